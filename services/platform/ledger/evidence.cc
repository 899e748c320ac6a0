// SPDX-License-Identifier: Apache-2.0
#include "services/platform/ledger/evidence.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "services/platform/base/clock.h"
#include "services/platform/base/status.h"
#include "services/platform/base/strings.h"
#include "services/platform/ledger/kinds.h"
#include "services/platform/ledger/replay.h"
#include "services/platform/ledger/schema.h"

namespace huying::ledger {
namespace {

constexpr int64_t kRowsPerPage = 500;
constexpr size_t kColumnsPrefix = 8;  // "columns/"

class Verifier {
 public:
  Verifier(Reader& reader, VerifyOptions options) : reader_(reader), options_(options) {}

  absl::StatusOr<std::vector<Finding>> Run() {
    RETURN_IF_ERROR(ReadMeta());
    Replay replay(genesis_, findings_);
    RETURN_IF_ERROR(CheckEntries(replay));
    RETURN_IF_ERROR(CheckCases(replay));
    RETURN_IF_ERROR(CheckRecords(replay));
    RETURN_IF_ERROR(CheckDeadlines(replay));
    RETURN_IF_ERROR(CheckChannels(replay));
    if (findings_.size() > static_cast<size_t>(options_.findings_max)) {
      findings_.resize(static_cast<size_t>(options_.findings_max));
    }
    return std::move(findings_);
  }

 private:
  void Found(Finding::Kind kind, int64_t seq, std::string what) {
    findings_.push_back({kind, seq, std::move(what)});
  }
  absl::Status ReadMeta();
  absl::Status CheckEntries(Replay& replay);
  void CheckKnownHead(const Replay::Row& row);
  absl::Status CheckCases(const Replay& replay);
  absl::Status CheckRecords(const Replay& replay);
  absl::StatusOr<int64_t> CheckKind(const std::string& kind, const Replay& replay);
  void CheckRecord(const std::string& kind, const sql::Row& row, const KindTable* table,
                   const Replay& replay);
  absl::Status CheckDeadlines(const Replay& replay);
  absl::Status CheckChannels(const Replay& replay);

  Reader& reader_;
  const VerifyOptions options_;
  std::string genesis_;
  std::vector<std::string> kinds_;
  std::vector<Finding> findings_;
};

absl::Status Verifier::ReadMeta() {
  ASSIGN_OR_RETURN(sql::Result meta, reader_.Query({"SELECT name, bytes FROM meta"}));
  platform::v1::LedgerHeader header;
  for (const sql::Row& row : meta.rows) {
    const std::string& name = TextAt(row, 0);
    if (name == "header") {
      genesis_ = EntryHash(BytesAt(row, 1));
      if (!header.ParseFromString(BytesAt(row, 1)) || header.epoch() != 1) {
        Found(Finding::Kind::kHeader, 0, "the ledger's header is damaged");
      }
    } else if (name.rfind("columns/", 0) == 0) {
      kinds_.push_back(name.substr(kColumnsPrefix));
    }
  }
  return absl::OkStatus();
}

absl::Status Verifier::CheckEntries(Replay& replay) {
  int64_t after = -1;
  while (true) {
    ASSIGN_OR_RETURN(sql::Result page,
                     reader_.Query({"SELECT seq, case_id, principal, request_id, payload_hash, "
                                    "hash, bytes, case_prev FROM entry WHERE seq > $1 ORDER BY seq "
                                    "LIMIT $2",
                                    {after, kRowsPerPage}}));
    if (page.rows.empty()) break;
    for (const sql::Row& row : page.rows) {
      after = IntAt(row, 0);
      const Replay::Row stored{after,           TextAt(row, 1),  TextAt(row, 2),  TextAt(row, 3),
                               BytesAt(row, 4), BytesAt(row, 5), BytesAt(row, 6), IntAt(row, 7)};
      replay.Add(stored);
      CheckKnownHead(stored);
    }
  }
  if (options_.known_head && options_.known_head->seq > replay.last_seq()) {
    Found(Finding::Kind::kHeadMoved, replay.last_seq(),
          absl::StrCat("the journal ends at ", replay.last_seq(), ", the known head is ",
                       options_.known_head->seq));
  }
  return absl::OkStatus();
}

void Verifier::CheckKnownHead(const Replay::Row& row) {
  if (!options_.known_head || options_.known_head->seq != row.seq) return;
  if (options_.known_head->hash != row.hash) {
    Found(Finding::Kind::kHeadMoved, row.seq, "the entry is not the one of the known head");
  }
}

absl::Status Verifier::CheckCases(const Replay& replay) {
  ASSIGN_OR_RETURN(sql::Result heads, reader_.Query({"SELECT case_id, seq, hash FROM case_head"}));
  std::map<std::string, Replay::CaseEnd> stored;
  for (const sql::Row& row : heads.rows) stored[TextAt(row, 0)] = {IntAt(row, 1), BytesAt(row, 2)};
  if (stored != replay.cases()) {
    Found(Finding::Kind::kIndex, 0, "the heads of the cases differ from the entries");
  }
  return absl::OkStatus();
}

absl::Status Verifier::CheckRecords(const Replay& replay) {
  std::map<std::string, int64_t> expected;
  for (const auto& [key, record] : replay.records()) {
    if (!record.deleted) ++expected[key.first];
  }
  for (const std::string& kind : kinds_) {
    ASSIGN_OR_RETURN(int64_t matched, CheckKind(kind, replay));
    if (matched != expected[kind]) {
      Found(Finding::Kind::kRecord, 0,
            absl::StrCat(expected[kind] - matched, " records of kind ", kind,
                         " are missing from its table"));
    }
    expected.erase(kind);
  }
  for (const auto& [kind, count] : expected) {
    Found(Finding::Kind::kRecord, 0, absl::StrCat("the table of kind ", kind, " is missing"));
  }
  return absl::OkStatus();
}

// Answers how many records the journal knows, too.
absl::StatusOr<int64_t> Verifier::CheckKind(const std::string& kind, const Replay& replay) {
  const Kinds* tables = nullptr;
  absl::StatusOr<Kinds> made = Kinds::Make({});
  for (const KindSchema& schema : options_.kinds) {
    if (schema.name == kind) made = Kinds::Make({schema});
  }
  if (made.ok()) tables = &*made;
  const KindTable* table = tables == nullptr ? nullptr : tables->Find(kind);
  std::string columns;
  for (size_t i = 0; table != nullptr && i < table->schema.columns.size(); ++i) {
    absl::StrAppend(&columns, ", ", table->schema.columns[i].name);
  }
  const std::string text = absl::StrCat("SELECT key, version, data", columns, " FROM r_", kind,
                                        " WHERE key > $1 ORDER BY key LIMIT $2");
  int64_t matched = 0;
  std::string after;
  while (true) {
    ASSIGN_OR_RETURN(sql::Result page, reader_.Query({text, {after, kRowsPerPage}}));
    if (page.rows.empty()) return matched;
    for (const sql::Row& row : page.rows) {
      after = TextAt(row, 0);
      const auto known = replay.records().find({kind, after});
      if (known != replay.records().end() && !known->second.deleted) ++matched;
      CheckRecord(kind, row, table, replay);
    }
  }
}

void Verifier::CheckRecord(const std::string& kind, const sql::Row& row, const KindTable* table,
                           const Replay& replay) {
  const auto found = replay.records().find({kind, TextAt(row, 0)});
  const std::string name = absl::StrCat(kind, " ", TextAt(row, 0));
  if (found == replay.records().end() || found->second.deleted) {
    Found(Finding::Kind::kRecord, 0, name + " stands in the table, but in no entry");
    return;
  }
  const Replay::Record& record = found->second;
  if (record.version != IntAt(row, 1) || record.image_hash != EntryHash(BytesAt(row, 2))) {
    Found(Finding::Kind::kRecord, record.seq, name + " differs from its last after-image");
    return;
  }
  if (table == nullptr || table->schema.columns.empty()) return;
  if (table->schema.project(BytesAt(row, 2)) !=
      std::vector<sql::Value>(row.begin() + 3, row.end())) {
    Found(Finding::Kind::kRecord, record.seq, name + " has columns that its message does not give");
  }
}

absl::Status Verifier::CheckDeadlines(const Replay& replay) {
  ASSIGN_OR_RETURN(
      sql::Result rows,
      reader_.Query({"SELECT key, handler, due_at, grace_ms, subject, in_outage FROM deadline"}));
  auto expected = replay.deadlines();
  for (const sql::Row& row : rows.rows) {
    const auto found = expected.find(TextAt(row, 0));
    if (found == expected.end()) {
      Found(Finding::Kind::kDeadline, 0, TextAt(row, 0) + " stands in the table, but in no entry");
      continue;
    }
    const platform::v1::DeadlineChange& change = found->second.row;
    if (change.handler() != TextAt(row, 1) || change.grace_ms() != IntAt(row, 3) ||
        absl::ToUnixMicros(base::FromProto(change.due_at())) != IntAt(row, 2) ||
        change.subject() != TextAt(row, 4) || found->second.in_outage != (IntAt(row, 5) != 0)) {
      Found(Finding::Kind::kDeadline, found->second.seq,
            TextAt(row, 0) + " differs from the entry that set it");
    }
    expected.erase(found);
  }
  for (const auto& [key, deadline] : expected) {
    Found(Finding::Kind::kDeadline, deadline.seq, key + " is missing from the table");
  }
  return absl::OkStatus();
}

absl::Status Verifier::CheckChannels(const Replay& replay) {
  ASSIGN_OR_RETURN(sql::Result heads, reader_.Query({"SELECT name, last_seq FROM channel"}));
  std::map<std::string, int64_t> stored_heads;
  for (const sql::Row& row : heads.rows) stored_heads[TextAt(row, 0)] = IntAt(row, 1);
  if (stored_heads != replay.channels()) {
    Found(Finding::Kind::kChannel, 0, "the channels' heads differ from the entries");
  }
  auto expected = replay.links();
  std::string channel;
  int64_t seq = -1;
  while (true) {
    ASSIGN_OR_RETURN(sql::Result page,
                     reader_.Query({"SELECT channel, seq, prev FROM channel_entry WHERE "
                                    "(channel, seq) > ($1, $2) ORDER BY channel, seq LIMIT $3",
                                    {channel, seq, kRowsPerPage}}));
    if (page.rows.empty()) break;
    for (const sql::Row& row : page.rows) {
      channel = TextAt(row, 0);
      seq = IntAt(row, 1);
      const auto found = expected.find({channel, seq});
      if (found == expected.end() || found->second != IntAt(row, 2)) {
        Found(Finding::Kind::kChannel, seq, channel + ": the link differs from the entries");
      }
      if (found != expected.end()) expected.erase(found);
    }
  }
  for (const auto& [link, prev] : expected) {
    Found(Finding::Kind::kChannel, link.second, link.first + ": a link is missing");
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<std::vector<Finding>> VerifyLedger(Reader& reader, VerifyOptions options) {
  return Verifier(reader, std::move(options)).Run();
}

}  // namespace huying::ledger
