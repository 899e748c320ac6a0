// SPDX-License-Identifier: Apache-2.0
#include "services/platform/auth/keys.h"

#include <fcntl.h>
#include <sodium.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "services/platform/auth/mac.h"
#include "services/platform/base/status.h"
#include "services/platform/base/strings.h"

namespace huying::auth {
namespace {
namespace fs = std::filesystem;
using base::Reason;

constexpr char kMagic[] = "huying-key 1";
constexpr char kEd25519[] = "Ed25519";
constexpr char kHmac[] = "HMAC-SHA512-256";
constexpr size_t kSecretBytes = 32;  // every kind: a seed or a MAC key
constexpr size_t kFileBytesMax = 4096;

struct KeyFile {
  const char* name;
  const char* algorithm;
};
constexpr std::array<KeyFile, 4> kFiles = {{{"ledger_sign", kEd25519},
                                            {"token_sign", kEd25519},
                                            {"push_mac", kHmac},
                                            {"payload_hash", kHmac}}};

std::string PathOf(const std::string& folder, const KeyFile& file) {
  return absl::StrCat(folder, "/", file.name, ".key");
}

absl::Status Wrong(const std::string& path, std::string_view zh, std::string_view en) {
  return base::Refused(Reason::CONDITION_NOT_MET,
                       absl::StrCat("密钥文件 ", path, " ", base::Abs(zh)),
                       absl::StrCat("key file ", path, " ", base::Abs(en)))
      .Next("新装：运行 huying admin init；旧装：从备份恢复 keys 目录",
            "new installation: run `huying admin init`; otherwise restore the keys folder from its "
            "backup");
}

std::string Describe(const KeyFile& file, const Secret& secret) {
  // Ids of MAC keys come from a MAC of a constant, which says nothing about the key.
  const std::string id = file.algorithm == kEd25519
                             ? SigningKey::FromSeed(secret.view()).key_id()
                             : ToHex(Mac(secret.view(), "huying key id").substr(0, 8));
  return absl::StrCat(kMagic, "\nname ", file.name, "\nalgorithm ", file.algorithm, "\nkey_id ", id,
                      "\n");
}

absl::Status SyncFolder(const std::string& folder) {
  const int fd = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY);
  if (fd < 0) return Wrong(folder, "无法打开", std::strerror(errno));
  const bool ok = ::fsync(fd) == 0;
  ::close(fd);
  return ok ? absl::OkStatus() : Wrong(folder, "无法落盘", "cannot be synced");
}

absl::Status WriteKey(const std::string& path, const KeyFile& file, const Secret& secret) {
  std::string text = Describe(file, secret);
  std::string encoded(sodium_base64_ENCODED_LEN(kSecretBytes, sodium_base64_VARIANT_ORIGINAL),
                      '\0');
  sodium_bin2base64(encoded.data(), encoded.size(), secret.data(), secret.size(),
                    sodium_base64_VARIANT_ORIGINAL);
  encoded.pop_back();
  absl::StrAppend(&text, "secret ", encoded, "\n");
  WipeString(encoded);
  const int fd = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (fd < 0) {
    WipeString(text);
    return Wrong(path, "无法创建", absl::StrCat("cannot be created: ", std::strerror(errno)));
  }
  const bool written = ::write(fd, text.data(), text.size()) == static_cast<ssize_t>(text.size()) &&
                       ::fsync(fd) == 0;
  ::close(fd);
  WipeString(text);
  return written ? absl::OkStatus() : Wrong(path, "写入失败", "could not be written");
}

absl::Status CheckPrivate(const std::string& path, mode_t type, const char* want) {
  struct stat info {};
  if (::stat(path.c_str(), &info) != 0) {
    return Wrong(path, "不存在", "is missing");
  }
  if ((info.st_mode & S_IFMT) != type) return Wrong(path, "类型不对", "is of the wrong type");
  if ((info.st_mode & 077) != 0) {
    return base::Refused(Reason::CONDITION_NOT_MET, absl::StrCat(path, " 可以被他人读取，拒绝使用"),
                         absl::StrCat(path, " is open to other users and is not used"))
        .Next(absl::StrCat("chmod ", want, " ", path),
              absl::StrCat("run: chmod ", want, " ", path));
  }
  return absl::OkStatus();
}

absl::StatusOr<Secret> ReadKey(const std::string& path, const KeyFile& file) {
  RETURN_IF_ERROR(CheckPrivate(path, S_IFREG, "0600"));
  std::ifstream in(path, std::ios::binary);
  std::string text(kFileBytesMax, '\0');
  in.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<size_t>(in.gcount()));
  const size_t at = text.find("\nsecret ");
  const absl::Status broken = Wrong(path, "内容不完整或被改动", "is incomplete or was changed");
  if (at == std::string::npos) return broken;
  std::string header = text.substr(0, at + 1);
  std::string encoded = text.substr(at + 8);
  WipeString(text);
  while (!encoded.empty() && encoded.back() == '\n') encoded.pop_back();
  std::string raw(kSecretBytes, '\0');
  size_t size = 0;
  const bool decoded = sodium_base642bin(reinterpret_cast<unsigned char*>(raw.data()), raw.size(),
                                         encoded.data(), encoded.size(), nullptr, &size, nullptr,
                                         sodium_base64_VARIANT_ORIGINAL) == 0 &&
                       size == kSecretBytes;
  WipeString(encoded);
  Secret secret(raw);
  WipeString(raw);
  // The header is made anew from the secret: a key under another key's name or id does not pass.
  if (!decoded || header != Describe(file, secret)) return broken;
  return secret;
}
}  // namespace

absl::Status KeyRing::CreateAll(const std::string& folder) {
  EnsureSodium();
  for (const KeyFile& file : kFiles) {
    if (fs::exists(PathOf(folder, file))) {
      return base::AlreadyExists(
                 absl::StrCat("密钥已存在：", PathOf(folder, file), "，不会覆盖"),
                 absl::StrCat("the key ", PathOf(folder, file), " exists and is not overwritten"))
          .Next("确需新密钥时，请另选数据目录",
                "choose another data folder for a new installation");
    }
  }
  std::error_code error;
  fs::create_directories(folder, error);
  if (error || ::chmod(folder.c_str(), 0700) != 0) {
    return Wrong(folder, "目录无法创建", "cannot be made");
  }
  for (const KeyFile& file : kFiles) {
    RETURN_IF_ERROR(WriteKey(PathOf(folder, file), file, Secret::Random(kSecretBytes)));
  }
  return SyncFolder(folder);
}

absl::StatusOr<KeyRing> KeyRing::Load(const std::string& folder) {
  EnsureSodium();
  RETURN_IF_ERROR(CheckPrivate(folder, S_IFDIR, "0700"));
  std::vector<Secret> secrets;
  for (const KeyFile& file : kFiles) {
    ASSIGN_OR_RETURN(Secret secret, ReadKey(PathOf(folder, file), file));
    secrets.push_back(std::move(secret));
  }
  KeyRing keys;
  keys.ledger_sign_ = SigningKey::FromSeed(secrets[0].view());
  keys.token_sign_ = SigningKey::FromSeed(secrets[1].view());
  keys.push_mac_ = std::move(secrets[2]);
  keys.payload_hash_ = std::move(secrets[3]);
  return keys;
}

KeyRing KeyRing::Ephemeral() {
  KeyRing keys;
  keys.ledger_sign_ = SigningKey::Generate();
  keys.token_sign_ = SigningKey::Generate();
  keys.push_mac_ = Secret::Random(kMacKeyBytes);
  keys.payload_hash_ = Secret::Random(kMacKeyBytes);
  return keys;
}

}  // namespace huying::auth
