// SPDX-License-Identifier: Apache-2.0
#include "services/platform/runtime/case_export.h"

#include <algorithm>
#include <cctype>
#include <map>
#include <utility>

#include "absl/strings/str_cat.h"
#include "services/platform/base/clock.h"
#include "services/platform/base/status.h"
#include "services/platform/ledger/ledger.h"

namespace huying::runtime {
namespace {
using ledger::StoredEntry;
using platform::v1::CaseFileLedger;
using platform::v1::Change;
using platform::v1::LedgerHeader;
using platform::v1::Statement;

constexpr int kEntriesPerRead = 500;

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

// The record as it stands, when no entry of another case changed it since.
absl::Status AddRecord(ledger::Reader& reader, const Change& last, CaseFileLedger& part) {
  if (last.deleted() || !IsKindName(last.kind())) return absl::OkStatus();
  ASSIGN_OR_RETURN(
      sql::Result result,
      reader.Query({absl::StrCat("SELECT version, data FROM r_", last.kind(), " WHERE key = $1"),
                    {last.key()}}));
  if (result.rows.empty()) return absl::OkStatus();
  const auto* version = std::get_if<int64_t>(&result.rows[0][0]);
  const auto* data = std::get_if<sql::Blob>(&result.rows[0][1]);
  if (version == nullptr || data == nullptr || *version > last.version()) return absl::OkStatus();
  CaseFileLedger::Record& record = *part.add_records();
  record.set_kind(last.kind());
  record.set_key(last.key());
  record.set_version(*version);
  record.set_data(data->bytes);
  return absl::OkStatus();
}

absl::Status AddEntries(ledger::Reader& reader, std::string_view case_id, CaseFileLedger& part,
                        Statement& statement,
                        std::map<std::pair<std::string, std::string>, Change>& changes) {
  int64_t after = 0;
  int64_t bytes = 0;
  while (true) {
    ASSIGN_OR_RETURN(std::vector<StoredEntry> entries,
                     reader.CaseEntries(case_id, after, kEntriesPerRead));
    if (entries.empty()) return absl::OkStatus();
    for (StoredEntry& stored : entries) {
      after = stored.entry.seq();
      bytes += static_cast<int64_t>(stored.bytes.size());
      if (part.entries_size() >= kCaseEntriesMax || bytes > kCaseBytesMax) {
        return base::Exhausted("案卷过大，请分批导出", "the case is too large for one file");
      }
      for (const Change& change : stored.entry.changes()) {
        changes[{change.kind(), change.key()}] = change;
      }
      statement.set_case_entries(statement.case_entries() + 1);
      statement.set_case_last_seq(after);
      statement.set_case_last_hash(stored.hash);
      CaseFileLedger::StoredEntry& copy = *part.add_entries();
      copy.set_seq(after);
      copy.set_bytes(std::move(stored.bytes));
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
  std::map<std::pair<std::string, std::string>, Change> changes;
  RETURN_IF_ERROR(AddEntries(reader, case_id, part, statement, changes));
  for (const auto& [name, change] : changes) RETURN_IF_ERROR(AddRecord(reader, change, part));
  *part.mutable_statement() = SignStatement(statement, *context.key);
  return part;
}

}  // namespace huying::runtime
