// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <filesystem>
#include <utility>

#include "absl/strings/str_cat.h"
#include "google/protobuf/text_format.h"
#include "huying/platform/v1/backup.pb.h"
#include "services/platform/base/status.h"
#include "services/platform/runtime/admin.h"
#include "services/platform/runtime/files.h"
#include "services/platform/runtime/layout.h"
#include "services/platform/runtime/ledger_file.h"
#include "services/platform/runtime/staging.h"
#include "services/platform/sql/sqlite/sqlite.h"

namespace huying::runtime::admin {
namespace {
namespace fs = std::filesystem;
using platform::v1::BackupManifest;

// Collects the files of one backup and what the manifest says of them.
class Copy {
 public:
  Copy(std::string from, std::string to)
      : from_(std::move(from)), to_(std::move(to)), engine_(sql::MakeSqliteEngine()) {}

  absl::Status AddLedger(const LedgerFile& file, BackupResult& result) {
    const std::string path = absl::StrCat("realms/", file.realm, "/", file.service, ".db");
    RETURN_IF_ERROR(MakeFolder(absl::StrCat(to_, "/realms/", file.realm)));
    ASSIGN_OR_RETURN(auto database, engine_->Open(file.path));
    RETURN_IF_ERROR(database->BackUpTo(absl::StrCat(to_, "/", path)));
    ASSIGN_OR_RETURN(LedgerFacts facts, ReadLedgerFile(*engine_, absl::StrCat(to_, "/", path)));
    ASSIGN_OR_RETURN(BackupManifest::File * entry, Describe(path));
    entry->set_realm(file.realm);
    entry->set_service(file.service);
    entry->set_epoch(facts.header.epoch());
    entry->set_head_seq(facts.head);
    entry->set_head_hash(facts.head_hash);
    result.ledgers.push_back({file.realm, file.service, facts.header.epoch(), facts.head});
    return absl::OkStatus();
  }

  // A small file; one that is not there is left out.
  absl::Status AddFile(const std::string& path) {
    if (!fs::exists(absl::StrCat(from_, "/", path))) return absl::OkStatus();
    RETURN_IF_ERROR(CopyFileDurably(absl::StrCat(from_, "/", path), absl::StrCat(to_, "/", path)));
    return Describe(path).status();
  }

  absl::Status Finish(const std::string& installation, absl::Time now, BackupResult& result) {
    *manifest_.mutable_created_at() = base::ToProto(now);
    manifest_.set_installation(installation);
    for (const auto& file : manifest_.files()) result.bytes += file.bytes();
    std::string text;
    google::protobuf::TextFormat::PrintToString(manifest_, &text);
    return WriteFileAtomically(Layout(to_).manifest_file(), text);
  }

 private:
  absl::StatusOr<BackupManifest::File*> Describe(const std::string& path) {
    const std::string full = absl::StrCat(to_, "/", path);
    ASSIGN_OR_RETURN(std::string sha256, Sha256OfFile(full));
    BackupManifest::File* file = manifest_.add_files();
    file->set_path(path);
    file->set_bytes(static_cast<int64_t>(fs::file_size(full)));
    file->set_sha256(std::move(sha256));
    return file;
  }

  const std::string from_;
  const std::string to_;
  std::unique_ptr<sql::Engine> engine_;
  BackupManifest manifest_;
};

// Upper services first; one that `order` does not know counts as uppermost.
void SortForBackup(std::vector<LedgerFile>& files, const std::vector<std::string>& order) {
  const auto rank = [&](const LedgerFile& file) {
    return std::find(order.begin(), order.end(), file.service) - order.begin();
  };
  std::stable_sort(files.begin(), files.end(),
                   [&](const LedgerFile& a, const LedgerFile& b) { return rank(a) > rank(b); });
}

absl::Status CopyKeyStore(const Layout& layout, const std::string& to) {
  ASSIGN_OR_RETURN(Staging staging, Staging::Begin(to));
  if (fs::exists(layout.keystore_file())) {
    const auto engine = sql::MakeSqliteEngine();
    ASSIGN_OR_RETURN(auto database, engine->Open(layout.keystore_file()));
    RETURN_IF_ERROR(database->BackUpTo(staging.path() + "/keys.db"));
  }
  return staging.Finish();
}

// A second process of an installation has its keys in the first one's folder.
absl::Status CheckKeysAreHere(const Layout& layout) {
  if (!fs::exists(layout.keys_folder())) {
    return base::Refused(base::Reason::CONDITION_NOT_MET,
                         absl::StrCat("没有系统密钥目录 ", layout.keys_folder()),
                         absl::StrCat("there is no folder of keys: ", layout.keys_folder()))
        .Field("keys_to")
        .Next(
            "密钥只在 admin init 建立的目录中，本目录不用 --keys-to",
            "the keys are in the folder that admin init made; back this one up without --keys-to");
  }
  return absl::OkStatus();
}

absl::Status CopyKeys(const Layout& layout, const std::string& to) {
  ASSIGN_OR_RETURN(Staging staging, Staging::Begin(to));
  for (const auto& file : fs::directory_iterator(layout.keys_folder())) {
    RETURN_IF_ERROR(CopyFileDurably(file.path().string(),
                                    staging.path() + "/" + file.path().filename().string()));
  }
  return staging.Finish();
}

absl::Status CopySmallFiles(const Layout& layout, Copy& copy) {
  for (const char* path : {"installation", "ledger_sign.pub"}) RETURN_IF_ERROR(copy.AddFile(path));
  std::error_code missing;
  for (const auto& realm : fs::directory_iterator(layout.realms_folder(), missing)) {
    RETURN_IF_ERROR(copy.AddFile(
        absl::StrCat("realms/", realm.path().filename().string(), "/realm.textproto")));
  }
  for (const auto& head : fs::directory_iterator(layout.heads_folder(), missing)) {
    if (head.path().extension() != ".pb") continue;
    RETURN_IF_ERROR(copy.AddFile("heads/" + head.path().filename().string()));
  }
  return absl::OkStatus();
}
}  // namespace

absl::StatusOr<BackupResult> Backup(const BackupOptions& options) {
  const Layout layout(options.data_dir);
  ASSIGN_OR_RETURN(std::string installation, LoadInstallation(layout, false));
  if (!options.keys_to.empty()) RETURN_IF_ERROR(CheckKeysAreHere(layout));
  ASSIGN_OR_RETURN(Staging staging, Staging::Begin(options.to));
  BackupResult result;
  Copy copy(options.data_dir, staging.path());
  std::vector<LedgerFile> files = FindLedgerFiles(options.data_dir);
  SortForBackup(files, options.order);
  for (const LedgerFile& file : files) RETURN_IF_ERROR(copy.AddLedger(file, result));
  RETURN_IF_ERROR(CopySmallFiles(layout, copy));
  // After the ledgers: a key is durable before its first use, so every key a copied ledger needs is there.
  if (!options.keystore_to.empty()) RETURN_IF_ERROR(CopyKeyStore(layout, options.keystore_to));
  if (!options.keys_to.empty()) RETURN_IF_ERROR(CopyKeys(layout, options.keys_to));
  const absl::Time now = base::SystemClock().Now();
  RETURN_IF_ERROR(copy.Finish(installation, now, result));
  RETURN_IF_ERROR(staging.Finish());
  RETURN_IF_ERROR(WriteFileAtomically(layout.last_backup_file(), absl::FormatTime(now)));
  return result;
}

absl::StatusOr<absl::Time> LastBackup(const std::string& data_dir) {
  ASSIGN_OR_RETURN(std::string text, ReadWholeFile(Layout(data_dir).last_backup_file()));
  absl::Time time;
  std::string error;
  if (!absl::ParseTime(absl::RFC3339_full, text, &time, &error)) {
    return base::NotFound("last_backup");
  }
  return time;
}

}  // namespace huying::runtime::admin
