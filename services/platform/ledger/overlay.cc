// SPDX-License-Identifier: Apache-2.0
#include "services/platform/ledger/overlay.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "services/platform/base/status.h"
#include "services/platform/base/strings.h"
#include "services/platform/ledger/schema.h"

namespace huying::ledger {

const char kDeadlineColumns[] = "key, handler, due_at, grace_ms, subject, in_outage";

namespace {

const std::string& SelectCase() {
  static const auto* const text =
      new std::string("SELECT seq, hash FROM case_head WHERE case_id = $1");
  return *text;
}
const std::string& SelectDeadline() {
  static const auto* const text =
      new std::string(absl::StrCat("SELECT ", kDeadlineColumns, " FROM deadline WHERE key = $1"));
  return *text;
}
constexpr char kSetDeadline[] =
    "INSERT INTO deadline(key, handler, due_at, grace_ms, subject, fires_at, in_outage) "
    "VALUES ($1, $2, $3, $4, $5, $6, 0) ON CONFLICT (key) DO UPDATE SET "
    "handler = excluded.handler, due_at = excluded.due_at, grace_ms = excluded.grace_ms, "
    "subject = excluded.subject, fires_at = excluded.fires_at, in_outage = 0";
constexpr char kClearDeadline[] = "DELETE FROM deadline WHERE key = $1";
constexpr char kSetCase[] =
    "INSERT INTO case_head(case_id, seq, hash) VALUES ($1, $2, $3) "
    "ON CONFLICT (case_id) DO UPDATE SET seq = excluded.seq, hash = excluded.hash";

void FillRecord(const sql::Result& result, RecordSlot& slot) {
  if (result.rows.empty()) return;
  slot.exists = true;
  slot.version = IntAt(result.rows.front(), 0);
  slot.image = BytesAt(result.rows.front(), 1);
}

void FillDeadline(const sql::Result& result, DeadlineSlot& slot) {
  if (!result.rows.empty()) slot.row = DeadlineOf(result.rows.front());
}

CaseHead CaseHeadFrom(const sql::Result& result) {
  if (result.rows.empty()) return {};
  return {IntAt(result.rows.front(), 0), BytesAt(result.rows.front(), 1)};
}

}  // namespace

Deadline DeadlineOf(const sql::Row& row) {
  return {.key = TextAt(row, 0),
          .handler = TextAt(row, 1),
          .due_at = absl::FromUnixMicros(IntAt(row, 2)),
          .grace = absl::Milliseconds(IntAt(row, 3)),
          .subject = TextAt(row, 4)};
}

void Overlay::Want(const Command& command) {
  bool subject = true;
  for (const RecordRef& ref : command.reads) {
    if (ref.kind == kDeadlineKind) {
      auto [slot, is_new] = deadlines_.try_emplace(ref.key);
      if (is_new) wanted_.push_back({.deadline = &slot->second, .key = ref.key});
      continue;
    }
    const KindTable* kind = kinds_.Find(ref.kind);
    if (kind == nullptr) continue;  // the decision meets it again, and says so
    auto [slot, is_new] = records_.try_emplace(ref);
    if (is_new) {
      slot->second.kind = kind;
      slot->second.key = ref.key;
      wanted_.push_back({.record = &slot->second, .key = ref.key});
    }
    // An entry's case is mostly its subject.
    if (subject && cases_.try_emplace(ref.key).second) wanted_.push_back({.key = ref.key});
    subject = false;
  }
}

void Overlay::AddPrefetch(std::vector<sql::Statement>& statements) const {
  for (const Wanted& wanted : wanted_) {
    const std::string& text = wanted.record != nullptr     ? wanted.record->kind->select
                              : wanted.deadline != nullptr ? SelectDeadline()
                                                           : SelectCase();
    statements.push_back({text, {wanted.key}});
  }
}

void Overlay::TakePrefetch(const std::vector<sql::Result>& results, size_t first) {
  for (size_t i = 0; i < wanted_.size(); ++i) {
    const sql::Result& result = results[first + i];
    if (wanted_[i].record != nullptr) {
      FillRecord(result, *wanted_[i].record);
    } else if (wanted_[i].deadline != nullptr) {
      FillDeadline(result, *wanted_[i].deadline);
    } else {
      cases_[wanted_[i].key] = CaseHeadFrom(result);
    }
  }
  wanted_.clear();
}

absl::StatusOr<RecordSlot*> Overlay::Record(const RecordRef& ref) {
  auto found = records_.find(ref);
  if (found != records_.end()) return &found->second;
  RETURN_IF_ERROR(fault_);
  const KindTable* kind = kinds_.Find(ref.kind);
  if (kind == nullptr) {
    return absl::InternalError(absl::StrCat("record kind not declared: ", ref.kind));
  }
  RecordSlot& slot = records_[ref];
  slot.kind = kind;
  slot.key = ref.key;
  RETURN_IF_ERROR(Load(slot));
  return &slot;
}

absl::Status Overlay::Load(RecordSlot& slot) {
  // A record first met here may well be new, and its own case: both in one round trip.
  std::vector<sql::Statement> statements = {{slot.kind->select, {slot.key}}};
  const bool with_case = !cases_.contains(slot.key) && slot.kind->schema.name != kCounterKind;
  if (with_case) statements.push_back({SelectCase(), {slot.key}});
  auto results = connection_.Run(statements);
  if (!results.ok()) return fault_ = results.status();
  FillRecord(results->front(), slot);
  if (with_case) cases_[slot.key] = CaseHeadFrom(results->back());
  return absl::OkStatus();
}

absl::StatusOr<DeadlineSlot*> Overlay::DeadlineRow(std::string_view key) {
  auto found = deadlines_.find(base::Abs(key));
  if (found != deadlines_.end()) return &found->second;
  RETURN_IF_ERROR(fault_);
  auto result = connection_.RunOne({SelectDeadline(), {std::string(key)}});
  if (!result.ok()) return fault_ = result.status();
  DeadlineSlot& slot = deadlines_[std::string(key)];
  FillDeadline(*result, slot);
  return &slot;
}

void Overlay::PutDeadline(std::string_view key, std::optional<Deadline> row) {
  DeadlineSlot& slot = deadlines_[std::string(key)];
  slot.row = std::move(row);
  slot.dirty = true;
}

absl::Status Overlay::LoadCaseHeads(const std::vector<std::string>& case_ids) {
  std::vector<std::string> missing;
  std::vector<sql::Statement> statements;
  for (const std::string& case_id : case_ids) {
    if (!cases_.try_emplace(case_id).second) continue;
    missing.push_back(case_id);
    statements.push_back({SelectCase(), {case_id}});
  }
  if (statements.empty()) return absl::OkStatus();
  auto results = connection_.Run(statements);
  if (!results.ok()) return fault_ = results.status();
  for (size_t i = 0; i < missing.size(); ++i) cases_[missing[i]] = CaseHeadFrom((*results)[i]);
  return absl::OkStatus();
}

// A column that is named is written anew in its index, whether it changes or not: where none
// changes, none is named.
sql::Statement Overlay::WriteOf(RecordSlot& slot) {
  if (!slot.exists) return {slot.kind->remove, {slot.key}};
  const KindSchema& schema = slot.kind->schema;
  std::vector<sql::Value> columns;
  if (!schema.columns.empty()) columns = schema.project(slot.image);
  const bool same_columns =
      slot.stored && (schema.columns.empty() || columns == schema.project(*slot.stored));
  std::vector<sql::Value> parameters;
  parameters.reserve(columns.size() + 3);
  parameters.emplace_back(slot.key);
  parameters.emplace_back(slot.version);
  parameters.emplace_back(sql::Blob{std::move(slot.image)});
  if (same_columns) return {slot.kind->update, std::move(parameters)};
  for (sql::Value& column : columns) parameters.push_back(std::move(column));
  return {slot.kind->upsert, std::move(parameters)};
}

void Overlay::AddWrites(std::vector<sql::Statement>& statements) {
  for (auto& [ref, slot] : records_) {
    if (slot.dirty) statements.push_back(WriteOf(slot));
  }
  for (auto& [case_id, head] : cases_) {
    if (head.dirty) statements.push_back({kSetCase, {case_id, head.seq, sql::Blob{head.hash}}});
  }
  for (auto& [key, slot] : deadlines_) {
    if (!slot.dirty) continue;
    if (!slot.row) {
      statements.push_back({kClearDeadline, {key}});
      continue;
    }
    const Deadline& row = *slot.row;
    statements.push_back(
        {kSetDeadline,
         {key, row.handler, absl::ToUnixMicros(row.due_at), absl::ToInt64Milliseconds(row.grace),
          row.subject, absl::ToUnixMicros(row.due_at + row.grace)}});
  }
}

}  // namespace huying::ledger
