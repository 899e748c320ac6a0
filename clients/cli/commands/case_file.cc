// SPDX-License-Identifier: Apache-2.0
#include <fstream>
#include <memory>
#include <nlohmann/json.hpp>

#include "clients/cli/commands/commands.h"
#include "clients/verify/verify.h"
#include "huying/platform/v1/control.pb.h"
#include "services/platform/base/status.h"

namespace huying::cli {
namespace {

constexpr char kExport[] = "huying.platform.v1.JournalService/ExportCaseFile";

int Export(Cli& cli, const std::string& case_id, const std::string& path) {
  platform::v1::ExportCaseRequest request;
  request.set_case_id(case_id);
  platform::v1::SignedCaseFile file;
  const absl::Status status = cli.session().Call(kExport, request, &file);
  if (!status.ok()) return cli.Fail(status);
  std::ofstream out(path, std::ios::binary);
  out << file.SerializeAsString();
  out.close();
  if (!out) {
    return cli.Fail(base::Refused(base::Reason::CONDITION_NOT_MET, "写不了文件 " + path,
                                  "cannot write " + path));
  }
  const verify::Report report = verify::VerifyCaseFile(file.SerializeAsString(), "");
  nlohmann::json facts = {{"file", path},
                          {"case", report.case_id},
                          {"key_fingerprint", report.key_fingerprint},
                          {"findings", nlohmann::json::array()}};
  std::string text = "✓ " + path + "\n";
  for (const auto& ledger : report.ledgers) {
    facts["entries"][ledger.name] = ledger.entries;
    text += "  " + ledger.name + ": " + std::to_string(ledger.entries) +
            cli.say()(" 条", " entries") + "\n";
  }
  for (const auto& finding : report.findings) {
    facts["findings"].push_back(finding.text);
    text += "✗ " + finding.text + "\n";
  }
  text += cli.say()("离线核验 (公钥是服务器上的 <data>/ledger_sign.pub): ",
                    "check it offline (the key is <data>/ledger_sign.pub of the server): ") +
          "huying-verify " + path + " --key ledger_sign.pub\n";
  cli.Tell(facts, text);
  return report.findings.empty() ? kOk : kUnexpected;
}

}  // namespace

void AddCaseFileCommands(Cli& cli) {
  struct Words {
    std::string case_id;
    std::string path = "exported.case";
  };
  auto words = std::make_shared<Words>();
  CLI::App* group = cli.AddGroup("case-file", "案卷: 导出, 离线可核验", "case files");
  CLI::App* command =
      cli.AddCommand(group, "export", "导出一案的全部记录", "export all entries of a case",
                     "case-file export incidents/2026-0001 --to 2026-0001.case",
                     [&cli, words] { return Export(cli, words->case_id, words->path); });
  command->add_option("case", words->case_id, "incidents/2026-0001")->required();
  command->add_option("--to", words->path, cli.say()("文件", "file"));
}

}  // namespace huying::cli
