// SPDX-License-Identifier: Apache-2.0
#include "services/platform/runtime/heads.h"

#include <algorithm>
#include <filesystem>
#include <utility>

#include "absl/strings/str_cat.h"
#include "services/platform/auth/signature.h"
#include "services/platform/base/clock.h"
#include "services/platform/base/status.h"
#include "services/platform/runtime/files.h"

namespace huying::runtime {
namespace {
namespace fs = std::filesystem;
using platform::v1::SignedHeads;
using platform::v1::Statement;

constexpr char kHeadsSuffix[] = ".pb";
constexpr size_t kDateBytes = 10;  // "2026-03-01"

absl::Status BadFile(const std::string& path) {
  return base::Refused(
      base::Reason::CONDITION_NOT_MET,
      absl::StrCat("账本签名文件 ", path, " 被改动或由另一密钥签名"),
      absl::StrCat("the signed heads in ", path, " were changed or signed with another key"));
}
}  // namespace

std::string HeadsFile(const Layout& layout, absl::Time machine_now) {
  return absl::StrCat(layout.heads_folder(), "/",
                      base::BeijingTime(machine_now).substr(0, kDateBytes), kHeadsSuffix);
}

absl::StatusOr<std::vector<Statement>> ReadHeads(const Layout& layout,
                                                 std::string_view public_key) {
  std::vector<Statement> result;
  std::vector<std::string> paths;
  std::error_code missing;
  for (const auto& file : fs::directory_iterator(layout.heads_folder(), missing)) {
    if (file.path().extension() == kHeadsSuffix) paths.push_back(file.path().string());
  }
  std::sort(paths.begin(), paths.end());
  for (const std::string& path : paths) {
    ASSIGN_OR_RETURN(std::string bytes, ReadWholeFile(path));
    SignedHeads heads;
    if (!heads.ParseFromString(bytes)) return BadFile(path);
    for (const auto& head : heads.heads()) {
      Statement statement;
      if (head.algorithm() != auth::kSignatureEd25519 ||
          !auth::VerifySignature(public_key, head.statement(), head.signature()) ||
          !statement.ParseFromString(head.statement())) {
        return BadFile(path);
      }
      result.push_back(std::move(statement));
    }
  }
  return result;
}

}  // namespace huying::runtime
