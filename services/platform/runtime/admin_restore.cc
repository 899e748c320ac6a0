// SPDX-License-Identifier: Apache-2.0
#include <filesystem>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "services/platform/base/status.h"
#include "services/platform/ledger/schema.h"
#include "services/platform/runtime/admin.h"
#include "services/platform/runtime/files.h"
#include "services/platform/runtime/layout.h"
#include "services/platform/runtime/ledger_file.h"
#include "services/platform/runtime/manifest.h"
#include "services/platform/runtime/staging.h"
#include "services/platform/sql/sqlite/sqlite.h"

namespace huying::runtime::admin {
namespace {
namespace fs = std::filesystem;
using base::Reason;
using platform::v1::BackupManifest;

absl::StatusOr<BackupManifest> CheckedManifest(const std::string& from) {
  absl::StatusOr<BackupManifest> manifest = ReadManifest(from);
  if (!manifest.ok() && manifest.status().code() == absl::StatusCode::kNotFound) {
    return base::Refused(Reason::CONDITION_NOT_MET,
                         absl::StrCat(from, " 不是完整的备份（没有清单）"),
                         absl::StrCat(from, " is not a whole backup: it has no manifest"));
  }
  RETURN_IF_ERROR(manifest.status());
  ASSIGN_OR_RETURN(std::vector<std::string> findings, CheckManifest(from, *manifest));
  if (findings.empty()) return manifest;
  return base::Refused(Reason::CONDITION_NOT_MET,
                       absl::StrCat("备份文件有误：", absl::StrJoin(findings, "；")),
                       absl::StrCat("the backup is damaged: ", absl::StrJoin(findings, "; ")))
      .Next("改用另一份备份", "use another backup");
}

absl::Status CopyFolder(const std::string& from, const std::string& to) {
  RETURN_IF_ERROR(MakeFolder(to));
  for (const auto& file : fs::directory_iterator(from)) {
    if (!file.is_regular_file()) continue;
    const std::string target = to + "/" + file.path().filename().string();
    RETURN_IF_ERROR(CopyFileDurably(file.path().string(), target));
    std::error_code error;
    fs::permissions(target, fs::perms::owner_read | fs::perms::owner_write, error);
  }
  return absl::OkStatus();
}
}  // namespace

absl::StatusOr<RestoreResult> Restore(const RestoreOptions& options) {
  ASSIGN_OR_RETURN(BackupManifest manifest, CheckedManifest(options.from));
  ASSIGN_OR_RETURN(Staging staging, Staging::Begin(options.data_dir));
  const Layout layout(staging.path());
  RestoreResult result;
  for (const auto& file : manifest.files()) {
    RETURN_IF_ERROR(CopyFileDurably(absl::StrCat(options.from, "/", file.path()),
                                    absl::StrCat(staging.path(), "/", file.path())));
  }
  const auto engine = sql::MakeSqliteEngine();
  for (const LedgerFile& file : FindLedgerFiles(staging.path())) {
    ASSIGN_OR_RETURN(int64_t epoch, ledger::BeginNewEpoch(*engine, file.path));
    ASSIGN_OR_RETURN(LedgerFacts facts, ReadLedgerFile(*engine, file.path));
    result.ledgers.push_back({file.realm, file.service, epoch, facts.head});
  }
  if (options.keystore_from.empty()) {
    result.warnings.push_back(
        "没有恢复卷宗密钥：已加密的个人信息无法打开，也没有人能登录，先用 huying admin "
        "reset-password / the keys of "
        "dossiers were not restored: personal data is unreadable and nobody can sign in before "
        "`huying admin "
        "reset-password`");
  } else {
    RETURN_IF_ERROR(CopyFolder(options.keystore_from, layout.keystore_folder()));
  }
  if (options.keys_from.empty()) {
    result.warnings.push_back(
        "没有恢复系统密钥：请把 keys 目录放回后再启动 / the installation's keys were not restored: "
        "put the keys "
        "folder back before the start");
  } else {
    RETURN_IF_ERROR(CopyFolder(options.keys_from, layout.keys_folder()));
  }
  RETURN_IF_ERROR(staging.Finish());
  return result;
}

}  // namespace huying::runtime::admin
