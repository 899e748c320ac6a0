// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/synchronization/mutex.h"
#include "services/platform/ledger/ledger.h"
#include "services/platform/push/channel_source.h"
#include "services/platform/push/hub.h"

namespace huying::push::testing {

// A hub for tests of streams, without a bus and without time.
//
//   PumpedHub hub(*ledger, ProjectAlertEvent);
//   hub.Pump();   // everything decided so far was delivered, and is proven
// Reads the journal when told; delivers each entry once per subscription, in seq order.
class PumpedHub final : public Hub {
 public:
  PumpedHub(ledger::Ledger& ledger, Projection projection)
      : ledger_(ledger), projection_(std::move(projection)) {}

  absl::StatusOr<std::unique_ptr<Subscription>> Subscribe(
      std::vector<std::string> channels, int64_t after_seq,
      std::function<void(const Event&)> callback) override {
    absl::MutexLock lock(&mutex_);
    const int id = ++last_id_;
    rows_[id] = {std::move(channels), after_seq, std::move(callback)};
    return std::make_unique<Ticket>(*this, id);
  }
  void ProveNow() override { Pump(); }
  std::pair<int64_t, int64_t> Progress(int64_t) const override { return {0, 0}; }
  bool redis_up() const override { return up; }

  // `proven`: complete_to moves with the events; otherwise it stays where it was.
  void Pump(bool proven = true) {
    absl::MutexLock lock(&mutex_);
    auto reader = *ledger_.Read();
    const int64_t head = *reader->HeadSeq();
    for (auto& [id, row] : rows_) {
      auto entries = *reader->ChannelEntries(row.channels, row.after, 10'000);
      for (const auto& item : entries) {
        Event event{.seq = item.entry.entry.seq(), .bytes = projection_(item.entry)};
        event.complete_to = proven ? event.seq : row.complete;
        row.callback(event);
        if (twice) row.callback(event);
        row.after = event.seq;
      }
      if (!proven) continue;
      row.complete = row.after = head;
      row.callback({.complete_to = head, .progress_only = true});
    }
  }
  // As after a restore: every subscription is told to start anew.
  void Resync() {
    absl::MutexLock lock(&mutex_);
    for (auto& [id, row] : rows_) row.callback({.resync = true});
  }
  bool up = true;
  bool twice = false;  // at least once means it may come again

 private:
  struct Row {
    std::vector<std::string> channels;
    int64_t after = 0;
    std::function<void(const Event&)> callback;
    int64_t complete = 0;
  };
  class Ticket final : public Subscription {
   public:
    Ticket(PumpedHub& hub, int id) : hub_(hub), id_(id) {}
    ~Ticket() override {
      absl::MutexLock lock(&hub_.mutex_);
      hub_.rows_.erase(id_);
    }

   private:
    PumpedHub& hub_;
    const int id_;
  };
  ledger::Ledger& ledger_;
  const Projection projection_;
  absl::Mutex mutex_;
  int last_id_ = 0;
  std::map<int, Row> rows_;
};

}  // namespace huying::push::testing
