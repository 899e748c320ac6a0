// SPDX-License-Identifier: Apache-2.0
#include "services/platform/ledger/batch.h"

#include <spdlog/spdlog.h>

#include "absl/strings/str_cat.h"
#include "services/platform/base/clock.h"
#include "services/platform/base/status.h"
#include "services/platform/ledger/transaction.h"

namespace huying::ledger {
namespace {

constexpr char kSelectHeadOnly[] = "SELECT seq, hash FROM entry ORDER BY seq DESC LIMIT 1";
constexpr char kSelectRequest[] =
    "SELECT payload_hash, bytes FROM entry "
    "WHERE principal = $1 AND request_id = $2 AND request_id <> ''";
constexpr char kInsertEntry[] =
    "INSERT INTO entry(seq, case_id, case_prev, principal, request_id, payload_hash, hash, bytes) "
    "VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
// `prev` is what the channel's last entry was: computed where it is written, so nothing is read.
constexpr char kInsertChannelEntry[] =
    "INSERT INTO channel_entry(channel, seq, prev) "
    "VALUES ($1, $2, coalesce((SELECT last_seq FROM channel WHERE name = $1), 0))";
constexpr char kSetChannel[] =
    "INSERT INTO channel(name, last_seq) VALUES ($1, $2) "
    "ON CONFLICT (name) DO UPDATE SET last_seq = excluded.last_seq";
constexpr char kSetCursor[] =
    "INSERT INTO cursor(follower, epoch, seq, hash) VALUES ($1, $2, $3, $4) "
    "ON CONFLICT (follower) DO UPDATE SET epoch = excluded.epoch, seq = excluded.seq, "
    "hash = excluded.hash";
// Room for seq and links, which an entry gets after its decision.
constexpr size_t kLinkBytesMax = 128;

}  // namespace

Batch::Batch(sql::Database& database, sql::Connection& connection, const Kinds& kinds,
             const std::string& ledger, LedgerHead head, absl::Time now)
    : database_(database),
      connection_(connection),
      ledger_(ledger),
      overlay_(kinds, connection),
      head_(std::move(head)),
      now_(now) {}

absl::Status Batch::Begin(absl::Span<Command* const> commands) {
  std::vector<sql::Statement> statements = {{database_.BeginWrite()}};
  if (std::string lock = database_.LockWriter(); !lock.empty()) statements.push_back({lock});
  const size_t head_at = statements.size();
  statements.push_back({kSelectHeadOnly});
  std::vector<RequestKey> keys;
  for (const Command* command : commands) {
    overlay_.Want(*command);
    const context::CallContext& from = command->context;
    if (from.request_id.empty()) continue;
    keys.emplace_back(from.principal, from.request_id);
    statements.push_back({kSelectRequest, {from.principal, from.request_id}});
  }
  const size_t prefetch_at = statements.size();
  overlay_.AddPrefetch(statements);
  ASSIGN_OR_RETURN(std::vector<sql::Result> results, connection_.Run(statements));
  RETURN_IF_ERROR(CheckHead(results[head_at]));
  for (size_t i = 0; i < keys.size(); ++i) {
    const sql::Result& found = results[head_at + 1 + i];
    if (found.rows.empty()) continue;
    platform::v1::Entry entry;
    entry.ParseFromString(BytesAt(found.rows.front(), 1));
    requests_[keys[i]] = {BytesAt(found.rows.front(), 0), ReceiptOf(entry, ledger_)};
  }
  overlay_.TakePrefetch(results, prefetch_at);
  return absl::OkStatus();
}

absl::Status Batch::CheckHead(const sql::Result& result) const {
  const int64_t seq = result.rows.empty() ? 0 : IntAt(result.rows.front(), 0);
  if (seq == head_.seq && (seq == 0 || BytesAt(result.rows.front(), 1) == head_.hash)) {
    return absl::OkStatus();
  }
  spdlog::critical("ledger {}: head is {} in the database and {} here: another writer?", ledger_,
                   seq, head_.seq);
  return base::Unavailable(base::Reason::STORAGE_UNAVAILABLE, "账本被另一进程写入，本次未写入",
                           "another process wrote to this ledger; nothing was stored");
}

absl::StatusOr<common::v1::Receipt> Batch::Decide(const Command& command) {
  const context::CallContext& from = command.context;
  if (!from.request_id.empty()) {
    auto prior = requests_.find(RequestKey(from.principal, from.request_id));
    if (prior != requests_.end()) {
      return AnswerAgain(prior->second.receipt, prior->second.payload_hash, command.payload_hash);
    }
  }
  TransactionImpl tx(++transactions_, overlay_, command, now_);
  absl::Status status = command.decide(tx);
  RETURN_IF_ERROR(overlay_.fault());
  if (const absl::Status fault = status.ok() ? tx.Fault() : tx.error(); !fault.ok()) {
    spdlog::error("ledger {}: {} {}", ledger_, command.act, std::string(fault.message()));
    return fault;
  }
  if (status.ok()) return Accept(tx, command);
  if (tx.keeps_refusal()) AddEntry(tx.RefusedEntry(status));
  return status;
}

absl::StatusOr<common::v1::Receipt> Batch::Accept(TransactionImpl& tx, const Command& command) {
  if (tx.changes_nothing()) {
    common::v1::Receipt receipt;
    receipt.set_ledger(ledger_);
    *receipt.mutable_received_at() = base::ToProto(command.context.received_at);
    *receipt.mutable_decided_at() = base::ToProto(now_);
    return receipt;
  }
  platform::v1::Entry entry = tx.AcceptedEntry();
  if (entry.ByteSizeLong() + kLinkBytesMax > kEntryBytesMax) {
    return base::Invalid(
        base::Reason::MESSAGE_TOO_LARGE, "一次写入的内容过大，请分批提交",
        absl::StrCat("one command may write ", kEntryBytesMax, " bytes; send it in parts"));
  }
  tx.Apply();
  AddEntry(std::move(entry));
  const common::v1::Receipt receipt = ReceiptOf(entries_.back(), ledger_);
  Remember(command, receipt);
  return receipt;
}

void Batch::AddEntry(platform::v1::Entry entry) {
  entry.set_seq(head_.seq + 1 + static_cast<int64_t>(entries_.size()));
  entries_.push_back(std::move(entry));
}

void Batch::Remember(const Command& command, const common::v1::Receipt& receipt) {
  const context::CallContext& from = command.context;
  if (from.request_id.empty()) return;
  requests_[RequestKey(from.principal, from.request_id)] = {command.payload_hash, receipt};
}

void Batch::SealEntries(std::vector<sql::Statement>& statements) {
  for (platform::v1::Entry& entry : entries_) {
    Links links{entry.seq(), head_.hash};
    CaseHead* of_case = entry.case_id().empty() ? nullptr : &overlay_.CaseHeadOf(entry.case_id());
    if (of_case != nullptr) {
      links.case_prev_seq = of_case->seq;
      links.case_prev_hash = of_case->hash;
    }
    SealedEntry sealed = Seal(entry, links);
    head_ = {entry.seq(), sealed.hash, now_};
    if (of_case != nullptr) *of_case = {entry.seq(), sealed.hash, /*dirty=*/true};
    // A refusal is not remembered under its request id: refused, and then legal, works.
    const std::string request_id = entry.has_refusal() ? "" : entry.request_id();
    statements.push_back({kInsertEntry,
                          {entry.seq(), entry.case_id(), links.case_prev_seq, entry.principal(),
                           request_id, sql::Blob{entry.payload_hash()},
                           sql::Blob{std::move(sealed.hash)}, sql::Blob{std::move(sealed.bytes)}}});
    publishes_ = publishes_ || !entry.channels().empty();
    for (const std::string& channel : entry.channels()) {
      statements.push_back({kInsertChannelEntry, {channel, entry.seq()}});
      statements.push_back({kSetChannel, {channel, entry.seq()}});
    }
  }
}

absl::Status Batch::Commit(std::vector<CursorSave> cursors) {
  RETURN_IF_ERROR(overlay_.fault());
  std::vector<std::string> case_ids;
  for (const platform::v1::Entry& entry : entries_) {
    if (!entry.case_id().empty()) case_ids.push_back(entry.case_id());
  }
  RETURN_IF_ERROR(overlay_.LoadCaseHeads(case_ids));
  std::vector<sql::Statement> statements;
  SealEntries(statements);
  overlay_.AddWrites(statements);
  for (CursorSave& cursor : cursors) {
    statements.push_back({kSetCursor,
                          {std::move(cursor.follower), cursor.position.epoch, cursor.position.seq,
                           sql::Blob{std::move(cursor.position.hash)}}});
  }
  for (sql::Statement& statement : extra_) statements.push_back(std::move(statement));
  statements.push_back({"COMMIT"});
  return connection_.Run(statements).status();
}

}  // namespace huying::ledger
