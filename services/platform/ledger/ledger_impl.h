// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "services/platform/ledger/answers.h"
#include "services/platform/ledger/heartbeat.h"
#include "services/platform/ledger/kinds.h"
#include "services/platform/ledger/lanes.h"
#include "services/platform/ledger/ledger.h"
#include "services/platform/ledger/reader_pool.h"
#include "services/platform/ledger/writer.h"

namespace huying::ledger {

class LedgerImpl final : public Ledger {
 public:
  LedgerImpl(LedgerOptions options, Kinds kinds, std::unique_ptr<sql::Database> database);
  ~LedgerImpl() override;

  // Opens the schema, records an outage, starts the writer thread. Once.
  absl::Status Start();

  void Execute(Command command, Done done) override;
  absl::StatusOr<std::optional<common::v1::Receipt>> FindReceipt(
      std::string_view principal, std::string_view request_id,
      std::string_view payload_hash) override;
  absl::StatusOr<std::unique_ptr<Reader>> Read() override;
  Position Head() const override;
  const platform::v1::LedgerHeader& header() const override { return header_; }
  int64_t WaitPast(int64_t seq, absl::Duration wait) const override;
  int64_t WaitPublished(int64_t seq, absl::Duration wait) const override;
  int64_t LastPublished() const override;
  void WakeFollowers() override;
  int64_t InFlight() const override;
  absl::Time OldestUndecided() const override;
  absl::Time Expect() override;
  void NoLongerExpect(absl::Time received_at) override;
  bool StorageFails() const override;
  absl::StatusOr<std::vector<DueDeadline>> Due(absl::Time now, int limit) override;
  absl::StatusOr<absl::Time> NextDue() override;
  absl::StatusOr<Position> LoadCursor(std::string_view follower) override;
  absl::Status SaveCursor(std::string_view follower, const Position& position) override;
  absl::Status BackUpTo(const std::string& path) override { return database_->BackUpTo(path); }
  void Stop() override;

 private:
  struct PendingCursor {
    CursorSave save;
    bool done = false;
    absl::Status status;
  };
  absl::Status RecordOutage(const LedgerHead& head);
  void Loop();
  bool TakeWork(std::vector<Waiting>& batch, std::vector<PendingCursor*>& cursors);
  void RunWork(std::vector<Waiting> batch, const std::vector<PendingCursor*>& cursors);
  // True: more commands are waiting.
  bool TakeOver(const Writer::Outcome& outcome, const std::vector<PendingCursor*>& cursors);
  int64_t Wait(absl::CondVar& told, const int64_t& followed, int64_t seq,
               absl::Duration wait) const;
  void WakeFollowersLocked() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  const LedgerOptions options_;
  const Kinds kinds_;
  const std::unique_ptr<sql::Database> database_;
  ReaderPool readers_;
  Writer writer_;  // Start, then the writer thread
  Answers answers_;
  Heartbeat heartbeat_;
  platform::v1::LedgerHeader header_;  // constant after Start

  // Every command takes the mutex some four times, so nobody waits on it with a condition, which each
  // release would have to try: whoever makes one true says so.
  mutable absl::Mutex mutex_;
  absl::CondVar work_;                    // for the writer
  mutable absl::CondVar head_told_;       // for WaitPast
  mutable absl::CondVar published_told_;  // for WaitPublished
  Lanes lanes_ ABSL_GUARDED_BY(mutex_);
  std::vector<PendingCursor*> cursors_ ABSL_GUARDED_BY(mutex_);  // of waiting callers
  int64_t deciding_ ABSL_GUARDED_BY(mutex_) = 0;
  absl::Time deciding_oldest_ ABSL_GUARDED_BY(mutex_) = absl::InfiniteFuture();
  std::multiset<absl::Time> expected_ ABSL_GUARDED_BY(mutex_);
  Position head_ ABSL_GUARDED_BY(mutex_);
  int64_t published_ ABSL_GUARDED_BY(mutex_) = 0;  // head of the last batch with channels
  // What followers were woken for: head_ and published_ of a moment ago.
  int64_t told_head_ ABSL_GUARDED_BY(mutex_) = 0;
  int64_t told_published_ ABSL_GUARDED_BY(mutex_) = 0;
  bool storage_fails_ ABSL_GUARDED_BY(mutex_) = false;
  int64_t wakes_ ABSL_GUARDED_BY(mutex_) = 0;
  bool stopping_ ABSL_GUARDED_BY(mutex_) = false;
  std::thread thread_;
};

}  // namespace huying::ledger
