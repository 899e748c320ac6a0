// SPDX-License-Identifier: Apache-2.0
//
// huying-verify: checks an exported case file offline. Exit 0: unchanged; 1: findings; 2: usage.
#include <CLI/CLI.hpp>
#include <fstream>
#include <iostream>
#include <sstream>
#include <string>
#include <vector>

#include "clients/verify/verify.h"

namespace {

std::string ReadFile(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::stringstream bytes;
  bytes << file.rdbuf();
  return bytes.str();
}

void Print(const huying::verify::Report& report, bool key_is_trusted) {
  std::cout << "案卷 case:      " << report.case_id << "\n"
            << "域 realm:       " << report.realm << "\n"
            << "导出 exported:  " << report.exported_at << "\n"
            << "密钥 key:       " << report.key_fingerprint << "\n";
  for (const auto& ledger : report.ledgers) {
    std::cout << "  " << ledger.name << ": " << ledger.entries << " 条 entries, head #"
              << ledger.head_seq << " " << ledger.head_hash.substr(0, 16) << "…\n";
  }
  for (const auto& finding : report.findings) std::cout << "✗ " << finding.text << "\n";
  if (!report.findings.empty()) return;
  if (key_is_trusted) {
    std::cout << "✓ 未被改动, 由所给的密钥签名 / unchanged, signed with the given key\n";
  } else {
    std::cout << "✓ 未被改动; 请将密钥指纹与公布的核对, 或用 --key 给出公布的公钥 / unchanged; "
                 "compare the fingerprint with the published one, or pass --key\n";
  }
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app{
      "huying-verify 离线核验导出的案卷 / checks an exported case file offline.\n"
      "It names what was flipped, cut off, taken out or left out since the export."};
  app.footer(
      "例 / Example: huying-verify exported.case --key ledger_sign.pub\n"
      "退出码 / Exit: 0 未被改动 unchanged, 1 有发现 findings, 2 用法 usage");
  std::string path;
  std::string key_path;
  std::vector<std::string> head_paths;
  app.add_option("file", path, "案卷文件 / the case file")->required()->check(CLI::ExistingFile);
  app.add_option("--key", key_path,
                 "公布的公钥文件 (服务器的 <data>/ledger_sign.pub) / the published key file")
      ->check(CLI::ExistingFile);
  app.add_option(
         "--heads", head_paths,
         "另存的每日账本签名, 查账本末尾是否被截 / daily signed heads kept off the box: they tell "
         "whether a journal's end was cut off")
      ->check(CLI::ExistingFile);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    const int code = app.exit(error);
    return code == 0 ? 0 : 2;
  }
  const std::string key =
      key_path.empty() ? std::string() : huying::verify::PublicKeyFrom(ReadFile(key_path));
  if (!key_path.empty() && key.empty()) {
    std::cerr
        << key_path
        << " 不是公钥文件: 应为 64 个十六进制数字或 32 字节 / is no public key: 64 hexadecimal "
           "digits or 32 bytes are expected\n";
    return 2;
  }
  std::vector<std::string> heads;
  heads.reserve(head_paths.size());
  for (const std::string& head_path : head_paths) heads.push_back(ReadFile(head_path));
  const auto report = huying::verify::VerifyCaseFile(ReadFile(path), key, heads);
  Print(report, !key.empty());
  return report.findings.empty() ? 0 : 1;
}
