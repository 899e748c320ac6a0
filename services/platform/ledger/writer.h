// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "services/platform/base/clock.h"
#include "services/platform/ledger/batch.h"
#include "services/platform/ledger/lanes.h"

namespace huying::ledger {

// Runs batches on the one connection that writes, and gets a new one after a fault. Used by one
// thread at a time: by Open, then by the ledger's writer thread.
class Writer {
 public:
  using Answers = std::vector<absl::StatusOr<common::v1::Receipt>>;

  // References must outlive the writer.
  Writer(sql::Database& database, const Kinds& kinds, const base::Clock& clock, std::string ledger);

  // With the connection and head that Open found.
  void Start(std::unique_ptr<sql::Connection> connection, std::string genesis, LedgerHead head);

  struct Outcome {
    Answers answers;         // one per command, in order
    absl::Status written;    // of the whole batch, cursors included
    bool published = false;  // some entry of it has channels
  };
  Outcome Run(std::vector<Waiting>& batch, std::vector<CursorSave> cursors);
  // An entry of the ledger's own, with statements that go with it.
  absl::Status WriteEntry(platform::v1::Entry entry, std::vector<sql::Statement> statements);

  const LedgerHead& head() const { return head_; }
  // Time of a decision made now: the clock's, but never before the last decision.
  absl::Time Now() const;

 private:
  absl::Status Connect();
  absl::Status RunBatch(Batch& batch, std::vector<Waiting>& waiting,
                        std::vector<CursorSave> cursors, Answers& answers);
  // Commits, and finds out what became of a commit whose answer was lost.
  absl::Status Settle(Batch& batch, std::vector<CursorSave> cursors);

  sql::Database& database_;
  const Kinds& kinds_;
  const base::Clock& clock_;
  const std::string ledger_;
  std::string genesis_;
  LedgerHead head_;
  absl::Time last_now_ = absl::InfinitePast();
  std::unique_ptr<sql::Connection> connection_;  // null after a fault
};

}  // namespace huying::ledger
