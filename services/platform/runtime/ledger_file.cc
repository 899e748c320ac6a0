// SPDX-License-Identifier: Apache-2.0
#include "services/platform/runtime/ledger_file.h"

#include <algorithm>
#include <filesystem>
#include <tuple>
#include <utility>

#include "absl/strings/str_cat.h"
#include "services/platform/base/clock.h"
#include "services/platform/base/status.h"
#include "services/platform/ledger/schema.h"
#include "services/platform/ledger/snapshot_reader.h"
#include "services/platform/runtime/layout.h"

namespace huying::runtime {
namespace {
namespace fs = std::filesystem;
constexpr char kLedgerSuffix[] = ".db";

absl::Status NoLedger(const std::string& path) {
  return base::Refused(base::Reason::CONDITION_NOT_MET, absl::StrCat(path, " 不是账本文件"),
                       absl::StrCat(path, " is not a ledger file"));
}
}  // namespace

std::vector<LedgerFile> FindLedgerFiles(const std::string& data_dir) {
  std::vector<LedgerFile> files;
  std::error_code error;
  for (const auto& realm : fs::directory_iterator(Layout(data_dir).realms_folder(), error)) {
    if (!realm.is_directory()) continue;
    for (const auto& file : fs::directory_iterator(realm.path(), error)) {
      if (file.path().extension() != kLedgerSuffix) continue;
      files.push_back(
          {realm.path().filename().string(), file.path().stem().string(), file.path().string()});
    }
  }
  std::sort(files.begin(), files.end(), [](const LedgerFile& a, const LedgerFile& b) {
    return std::tie(a.realm, a.service) < std::tie(b.realm, b.service);
  });
  return files;
}

absl::StatusOr<LedgerFacts> ReadLedgerFile(
    sql::Engine& engine, const std::string& path,
    const std::function<absl::Status(ledger::Reader&, const LedgerFacts&)>& use) {
  ASSIGN_OR_RETURN(auto database, engine.Open(path));
  const base::ManualClock still(
      absl::UnixEpoch());  // a whole ledger is read, however long it takes
  ledger::ReaderPool pool(*database, still, 1);
  ASSIGN_OR_RETURN(ledger::Kinds kinds, ledger::Kinds::Make({}));
  ASSIGN_OR_RETURN(auto reader, ledger::SnapshotReader::Begin(pool, kinds));
  LedgerFacts facts;
  ASSIGN_OR_RETURN(sql::Result meta, reader->Query({"SELECT name, number, bytes FROM meta "
                                                    "WHERE name = 'header' OR name = 'epoch'",
                                                    {}}));
  for (const sql::Row& row : meta.rows) {
    if (ledger::TextAt(row, 0) == "header" &&
        !facts.header.ParseFromString(ledger::BytesAt(row, 2))) {
      return NoLedger(path);
    }
  }
  if (facts.header.ledger().empty()) return NoLedger(path);
  for (const sql::Row& row : meta.rows) {
    if (ledger::TextAt(row, 0) == "epoch") facts.header.set_epoch(ledger::IntAt(row, 1));
  }
  ASSIGN_OR_RETURN(facts.head, reader->HeadSeq());
  if (facts.head > 0) {
    ASSIGN_OR_RETURN(auto last, reader->Entries(facts.head - 1, 1));
    if (!last.empty()) facts.head_hash = last.front().hash;
  }
  if (use) RETURN_IF_ERROR(use(*reader, facts));
  return facts;
}

}  // namespace huying::runtime
