// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "services/platform/ledger/journal.h"
#include "services/platform/ledger/ledger.h"
#include "services/platform/ledger/overlay.h"
#include "services/platform/ledger/schema.h"

// Commands that are decided together and become durable together.
//
//   Batch batch(database, connection, kinds, "alert", head, now);
//   RETURN_IF_ERROR(batch.Begin(commands));           // round trip 1
//   for (Command* command : commands) answers.push_back(batch.Decide(*command));
//   RETURN_IF_ERROR(batch.Commit(cursors));           // round trip 2
//
// Any error of Begin or Commit, and fault() after a Decide, means that nothing of the batch may be
// answered but UNAVAILABLE: the caller drops the connection, which rolls back.
namespace huying::ledger {

struct CursorSave {
  std::string follower;
  Ledger::Position position;
};

class Batch {
 public:
  // References must outlive the batch. `now` is the time of its decisions.
  Batch(sql::Database& database, sql::Connection& connection, const Kinds& kinds,
        const std::string& ledger, LedgerHead head, absl::Time now);

  absl::Status Begin(absl::Span<Command* const> commands);
  absl::StatusOr<common::v1::Receipt> Decide(const Command& command);
  absl::Status Commit(std::vector<CursorSave> cursors);
  // A statement of the ledger's own that goes with the batch.
  void AddWrite(sql::Statement statement) { extra_.push_back(std::move(statement)); }
  // An entry of the ledger's own, without changes of records.
  void AddEntry(platform::v1::Entry entry);

  const absl::Status& fault() const { return overlay_.fault(); }
  // After Commit: the head the batch makes, whether or not the commit came through.
  const LedgerHead& head() const { return head_; }
  bool writes_entries() const { return !entries_.empty(); }
  bool publishes() const { return publishes_; }

 private:
  struct Prior {
    std::string payload_hash;
    common::v1::Receipt receipt;
  };
  using RequestKey = std::pair<std::string, std::string>;  // principal, request id

  absl::Status CheckHead(const sql::Result& result) const;
  absl::StatusOr<common::v1::Receipt> Accept(class TransactionImpl& tx, const Command& command);
  void SealEntries(std::vector<sql::Statement>& statements);
  void Remember(const Command& command, const common::v1::Receipt& receipt);

  sql::Database& database_;
  sql::Connection& connection_;
  const std::string& ledger_;
  Overlay overlay_;
  LedgerHead head_;
  const absl::Time now_;
  int64_t transactions_ = 0;
  bool publishes_ = false;
  absl::flat_hash_map<RequestKey, Prior> requests_;
  std::vector<platform::v1::Entry> entries_;
  std::vector<sql::Statement> extra_;
};

}  // namespace huying::ledger
