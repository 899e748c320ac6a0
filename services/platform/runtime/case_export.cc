// SPDX-License-Identifier: Apache-2.0
#include "services/platform/runtime/case_export.h"

#include <algorithm>
#include <cctype>
#include <cstdint>
#include <limits>
#include <map>
#include <utility>

#include "absl/strings/str_cat.h"
#include "services/platform/base/clock.h"
#include "services/platform/base/status.h"
#include "services/platform/ledger/ledger.h"
#include "services/platform/ledger/schema.h"

namespace huying::runtime {
namespace {
using ledger::StoredEntry;
using platform::v1::CaseFileLedger;
using platform::v1::Change;
using platform::v1::LedgerHeader;
using platform::v1::Statement;

constexpr int64_t kEntriesPerRead = 500;

absl::StatusOr<Statement> HeadOf(ledger::Reader& reader, const LedgerHeader& header,
                                 const ExportContext& context) {
  Statement statement;
  *statement.mutable_header() = header;
  ASSIGN_OR_RETURN(int64_t head, reader.HeadSeq());
  statement.set_head_seq(head);
  if (head > 0) {
    ASSIGN_OR_RETURN(std::vector<StoredEntry> last, reader.Entries(head - 1, 1));
    if (!last.empty()) statement.set_head_hash(last.front().hash);
  }
  *statement.mutable_at() = base::ToProto(context.at);
  for (const std::string& name : context.realm_ledgers) statement.add_realm_ledgers(name);
  return statement;
}

// Names of kinds come from the journal and become part of a table's name.
bool IsKindName(const std::string& kind) {
  return !kind.empty() && std::all_of(kind.begin(), kind.end(), [](unsigned char c) {
    return std::islower(c) || std::isdigit(c) || c == '_';
  });
}

// What the case's entries made of a record, and the last of them.
struct LastChange {
  Change change;
  int64_t seq = 0;
};
using RecordName = std::pair<std::string, std::string>;  // kind, key
using LastChanges = std::map<RecordName, LastChange>;

// The row as it stands, unjudged: what it should be is in the entries, and whoever checks the file compares.
absl::StatusOr<CaseFileLedger::Record> RowOf(ledger::Reader& reader, const RecordName& name) {
  CaseFileLedger::Record record;
  record.set_kind(name.first);
  record.set_key(name.second);
  record.set_absent(true);
  if (!IsKindName(name.first)) return record;
  ASSIGN_OR_RETURN(
      sql::Result result,
      reader.Query({absl::StrCat("SELECT version, data FROM r_", name.first, " WHERE key = $1"),
                    {name.second}}));
  if (result.rows.empty()) return record;
  record.set_absent(false);
  record.set_version(ledger::IntAt(result.rows[0], 0));
  record.set_data(ledger::BytesAt(result.rows[0], 1));
  return record;
}

bool IsAsLeft(const CaseFileLedger::Record& record, const Change& last) {
  if (last.deleted()) return record.absent();
  return !record.absent() && record.version() == last.version() && record.data() == last.image();
}

// Notes on the records that entries of other cases changed later. Only the journal can say so: a row's
// version may have been raised by hand. Reads back from the head until all are found, or until the entries
// that the case itself left behind.
absl::Status NoteLaterChanges(ledger::Reader& reader, std::string_view case_id,
                              const LastChanges& changes,
                              std::map<RecordName, CaseFileLedger::Record*> open) {
  int64_t before = std::numeric_limits<int64_t>::max();
  while (!open.empty()) {
    int64_t down_to = before;
    for (const auto& [name, record] : open) down_to = std::min(down_to, changes.at(name).seq);
    ASSIGN_OR_RETURN(sql::Result page,
                     reader.Query({"SELECT seq, hash, bytes FROM entry WHERE seq < $1 AND seq > $2 "
                                   "ORDER BY seq DESC LIMIT $3",
                                   {before, down_to, kEntriesPerRead}}));
    if (page.rows.empty()) return absl::OkStatus();
    for (const sql::Row& row : page.rows) {
      before = ledger::IntAt(row, 0);
      platform::v1::Entry entry;
      // An entry that was tampered with is no witness.
      if (ledger::EntryHash(ledger::BytesAt(row, 2)) != ledger::BytesAt(row, 1) ||
          !entry.ParseFromString(ledger::BytesAt(row, 2)) || entry.case_id() == case_id) {
        continue;
      }
      for (const Change& change : entry.changes()) {
        const auto found = open.find({change.kind(), change.key()});
        if (found == open.end() || changes.at(found->first).seq >= before) continue;
        CaseFileLedger::Record& record = *found->second;
        CaseFileLedger::Later& later = *record.mutable_later();
        later.set_seq(before);
        later.set_version(change.version());
        later.set_deleted(change.deleted());
        if (!change.deleted()) later.set_image_hash(ledger::EntryHash(change.image()));
        // What the other case made of it is not this case's to show.
        if (!record.absent()) record.set_data_hash(ledger::EntryHash(record.data()));
        record.clear_data();
        open.erase(found);
      }
    }
  }
  return absl::OkStatus();
}

// Every record the case changed, also where its row is gone or is not what the case left.
absl::Status AddRecords(ledger::Reader& reader, std::string_view case_id,
                        const LastChanges& changes, CaseFileLedger& part) {
  std::map<RecordName, CaseFileLedger::Record*> differing;
  part.mutable_records()->Reserve(static_cast<int>(changes.size()));
  for (const auto& [name, last] : changes) {
    ASSIGN_OR_RETURN(*part.add_records(), RowOf(reader, name));
    CaseFileLedger::Record& record = *part.mutable_records(part.records_size() - 1);
    if (!IsAsLeft(record, last.change)) differing[name] = &record;
  }
  return NoteLaterChanges(reader, case_id, changes, std::move(differing));
}

// By the numbers of the rows: a damaged entry may give itself any.
absl::Status AddEntries(ledger::Reader& reader, std::string_view case_id, CaseFileLedger& part,
                        Statement& statement, LastChanges& changes) {
  int64_t after = 0;
  int64_t bytes = 0;
  while (true) {
    ASSIGN_OR_RETURN(sql::Result page,
                     reader.Query({"SELECT seq, hash, bytes FROM entry WHERE case_id = $1 AND "
                                   "case_id <> '' AND seq > $2 ORDER BY seq LIMIT $3",
                                   {std::string(case_id), after, kEntriesPerRead}}));
    if (page.rows.empty()) return absl::OkStatus();
    for (const sql::Row& row : page.rows) {
      after = ledger::IntAt(row, 0);
      const std::string& stored = ledger::BytesAt(row, 2);
      bytes += static_cast<int64_t>(stored.size());
      if (part.entries_size() >= kCaseEntriesMax || bytes > kCaseBytesMax) {
        return base::Exhausted("案卷过大，请分批导出", "the case is too large for one file");
      }
      platform::v1::Entry entry;
      entry.ParseFromString(stored);  // where it does not, verification says so
      for (const Change& change : entry.changes()) {
        changes[{change.kind(), change.key()}] = {change, after};
      }
      statement.set_case_entries(statement.case_entries() + 1);
      statement.set_case_last_seq(after);
      statement.set_case_last_hash(ledger::BytesAt(row, 1));
      CaseFileLedger::StoredEntry& copy = *part.add_entries();
      copy.set_seq(after);
      copy.set_bytes(stored);
    }
  }
}
}  // namespace

platform::v1::SignedStatement SignStatement(const Statement& statement,
                                            const auth::SigningKey& key) {
  platform::v1::SignedStatement result;
  result.set_statement(statement.SerializeAsString());
  result.set_signature(auth::Sign(key, result.statement()));
  result.set_key_id(key.key_id());
  result.set_algorithm(auth::kSignatureEd25519);
  return result;
}

absl::StatusOr<platform::v1::SignedStatement> SignHead(ledger::Reader& reader,
                                                       const LedgerHeader& header,
                                                       const ExportContext& context) {
  ASSIGN_OR_RETURN(Statement statement, HeadOf(reader, header, context));
  return SignStatement(statement, *context.key);
}

absl::StatusOr<CaseFileLedger> ExportCasePart(ledger::Reader& reader, const LedgerHeader& header,
                                              std::string_view case_id,
                                              const ExportContext& context) {
  CaseFileLedger part;
  ASSIGN_OR_RETURN(Statement statement, HeadOf(reader, header, context));
  statement.set_case_id(std::string(case_id));
  LastChanges changes;
  RETURN_IF_ERROR(AddEntries(reader, case_id, part, statement, changes));
  RETURN_IF_ERROR(AddRecords(reader, case_id, changes, part));
  *part.mutable_statement() = SignStatement(statement, *context.key);
  return part;
}

}  // namespace huying::runtime
