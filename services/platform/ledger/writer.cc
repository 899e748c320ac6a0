// SPDX-License-Identifier: Apache-2.0
#include "services/platform/ledger/writer.h"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <utility>

#include "services/platform/base/status.h"

namespace huying::ledger {
namespace {

absl::Status Nothing() {
  return base::Unavailable(base::Reason::STORAGE_UNAVAILABLE, "存储暂时不可用，没有写入任何内容",
                           "storage is unavailable; nothing was stored")
      .Next("请稍后用同一请求编号重试", "try again later with the same request id");
}

}  // namespace

Writer::Writer(sql::Database& database, const Kinds& kinds, const base::Clock& clock,
               std::string ledger)
    : database_(database), kinds_(kinds), clock_(clock), ledger_(std::move(ledger)) {}

void Writer::Start(std::unique_ptr<sql::Connection> connection, std::string genesis,
                   LedgerHead head) {
  connection_ = std::move(connection);
  genesis_ = std::move(genesis);
  last_now_ = head.decided_at;
  head_ = std::move(head);
}

absl::Time Writer::Now() const { return std::max(clock_.Now(), last_now_); }

absl::Status Writer::Connect() {
  if (connection_ != nullptr) return absl::OkStatus();
  ASSIGN_OR_RETURN(std::unique_ptr<sql::Connection> fresh, database_.OpenWriter());
  ASSIGN_OR_RETURN(sql::Result last, fresh->RunOne({kSelectHead}));
  ASSIGN_OR_RETURN(head_, ParseHead(last, genesis_));
  connection_ = std::move(fresh);
  return absl::OkStatus();
}

Writer::Outcome Writer::Run(std::vector<Waiting>& waiting, std::vector<CursorSave> cursors) {
  Outcome outcome;
  outcome.answers.reserve(waiting.size());
  outcome.written = Connect();
  if (outcome.written.ok()) {
    last_now_ = Now();
    Batch batch(database_, *connection_, kinds_, ledger_, head_, last_now_);
    outcome.written = RunBatch(batch, waiting, std::move(cursors), outcome.answers);
    outcome.published = batch.publishes();
  }
  if (!outcome.written.ok()) {
    spdlog::error("ledger {}: a batch of {} commands was not stored", ledger_, waiting.size());
    outcome.answers.clear();
    for (size_t i = 0; i < waiting.size(); ++i) outcome.answers.push_back(Nothing());
  }
  return outcome;
}

absl::Status Writer::RunBatch(Batch& batch, std::vector<Waiting>& waiting,
                              std::vector<CursorSave> cursors, Answers& answers) {
  std::vector<Command*> commands;
  commands.reserve(waiting.size());
  for (Waiting& one : waiting) commands.push_back(&one.command);
  absl::Status status = batch.Begin(commands);
  for (size_t i = 0; status.ok() && i < commands.size(); ++i) {
    answers.push_back(batch.Decide(*commands[i]));
    status = batch.fault();
  }
  if (!status.ok()) {
    connection_.reset();  // rolls back
    return status;
  }
  return Settle(batch, std::move(cursors));
}

absl::Status Writer::Settle(Batch& batch, std::vector<CursorSave> cursors) {
  absl::Status status = batch.Commit(std::move(cursors));
  if (status.ok()) {
    head_ = batch.head();
    return status;
  }
  connection_.reset();
  // The hash of the last entry names the whole batch: where it is the head, the commit came through
  // and only its answer was lost.
  if (batch.writes_entries() && Connect().ok() && head_.hash == batch.head().hash) {
    spdlog::warn("ledger {}: a commit's answer was lost, its entries are stored", ledger_);
    return absl::OkStatus();
  }
  return status;
}

absl::Status Writer::WriteEntry(platform::v1::Entry entry, std::vector<sql::Statement> statements) {
  RETURN_IF_ERROR(Connect());
  Batch batch(database_, *connection_, kinds_, ledger_, head_, Now());
  RETURN_IF_ERROR(batch.Begin({}));
  batch.AddEntry(std::move(entry));
  for (sql::Statement& statement : statements) batch.AddWrite(std::move(statement));
  return Settle(batch, {});
}

}  // namespace huying::ledger
