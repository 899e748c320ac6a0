// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/synchronization/mutex.h"
#include "services/platform/push/catch_up.h"
#include "services/platform/push/hub_options.h"
#include "services/platform/push/positions.h"
#include "services/platform/push/subscriber.h"

// The hub: bus threads and callers put work into the inbox; the hub's thread alone moves positions
// and delivers live; the catch-up thread delivers what was before. One poll and one set of
// positions serve all subscriptions.
namespace huying::push {

struct HubCounters {
  std::atomic<int64_t> messages{0}, applied{0}, duplicates{0}, gap_reads{0}, poll_reads{0},
      join_reads{0}, prove_reads{0}, polls{0}, source_errors{0}, forged{0}, stale_epoch{0},
      unproven{0}, dropped{0}, beacons{0}, beacons_missed{0}, events{0};
  HubStats Snapshot() const;
};

class HubImpl final : public Hub, private BusListener {
 public:
  explicit HubImpl(const HubOptions& options);
  ~HubImpl() override;

  absl::StatusOr<std::unique_ptr<Subscription>> Subscribe(
      std::vector<std::string> channels, int64_t after_seq,
      std::function<void(const Event&)> callback) override;
  void ProveNow() override;
  std::pair<int64_t, int64_t> Progress(int64_t head) const override;
  bool redis_up() const override { return bus_up_.load(); }
  HubStats stats() const override { return counters_.Snapshot(); }

 private:
  // Why the journal is read; each is counted apart.
  enum class Why { kGap, kPoll, kJoin, kProve };

  struct Item {
    std::string sealed;
    std::string confirmed;  // instead: the bus's name of a channel heard from here on
  };
  struct Work {
    std::deque<Item> items;
    std::vector<std::shared_ptr<Subscriber>> joins;
    int64_t prove_ticket = 0;
    bool lost_some = false;
    bool bus_changed = false;
    bool stop = false;
  };

  // BusListener: the bus's threads.
  void OnMessage(std::string_view channel, std::string_view bytes) override;
  void OnSubscribed(std::string_view channel) override;
  void OnState(bool up) override;

  // Everything below is called by the hub's thread only.
  void Run();
  Work Take();
  absl::Time NextWake() const;
  void Tick(const Work& work);
  void AnswerProve();

  void Join(std::vector<std::shared_ptr<Subscriber>> joins);
  void PlaceNewChannels();
  void Sweep();

  void Handle(const std::string& sealed);
  void HandleMessage(const platform::v1::PushMessage& message);
  void HandleBeacon(const platform::v1::PushBeacon& beacon);
  // A hole found by message or beacon; while subscriptions are not confirmed yet, that is no loss.
  bool ReadHole() { return ReadOn(unconfirmed_.empty() ? Why::kGap : Why::kJoin); }
  void Apply(const platform::v1::PushMessage& message);

  void Poll(Why why);
  bool ReadOn(Why why);
  void Settle();
  void Prove(int64_t head);
  bool BusEpochFits(int64_t epoch);
  bool SourceEpochFits(int64_t epoch);
  void StartEpoch(int64_t epoch);
  absl::StatusOr<platform::v1::ReadChannelsResponse> ReadSource(
      const std::vector<std::string>& channels, int64_t after_seq, int limit);
  absl::Time Now() const { return options_.machine_clock->Now(); }

  const HubOptions options_;
  HubCounters counters_;
  std::atomic<bool> bus_up_{false};
  std::atomic<int64_t> proven_{0};  // positions_.complete_to() for the catch-up thread
  std::atomic<size_t> channels_heard_{0};

  mutable absl::Mutex mutex_;
  Work inbox_ ABSL_GUARDED_BY(mutex_);
  std::vector<std::shared_ptr<Subscriber>> registry_ ABSL_GUARDED_BY(mutex_);
  int64_t prove_wanted_ ABSL_GUARDED_BY(mutex_) = 0;
  int64_t prove_done_ ABSL_GUARDED_BY(mutex_) = 0;
  int64_t prove_head_ ABSL_GUARDED_BY(mutex_) = 0;

  // The hub's thread's own.
  Positions positions_;
  absl::flat_hash_map<std::string, std::vector<std::shared_ptr<Subscriber>>> listeners_;
  std::vector<std::shared_ptr<Subscriber>> all_;
  absl::flat_hash_set<std::string> unplaced_;  // channels whose head was not read yet
  std::vector<std::shared_ptr<Subscriber>> unplaced_subscribers_;
  absl::flat_hash_set<std::string> unconfirmed_;  // the bus's names of channels
  int64_t epoch_ = 0;
  uint64_t beacon_counter_ = 0;
  bool catch_up_wanted_ = false;  // confirmations came: look before the next message
  bool read_failed_ = false;
  int64_t prove_pending_ = 0;        // ticket
  std::optional<Claim> open_claim_;  // a poll found more than was applied
  absl::Time open_claim_until_ = absl::InfiniteFuture();
  absl::Time next_poll_ = absl::InfinitePast();
  absl::Time retry_at_ = absl::InfiniteFuture();

  std::unique_ptr<CatchUp> catch_up_;
  std::thread thread_;
};

}  // namespace huying::push
