// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstdint>
#include <string>
#include <thread>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "services/platform/base/clock.h"
#include "services/platform/ledger/ledger.h"
#include "services/platform/push/bus.h"
#include "services/platform/push/channel_source.h"
#include "services/platform/push/envelope.h"

// Tells the bus what a ledger of this process decided: one message per channel of each entry, and a
// beacon with the channels' heads each second. It starts at the present head: what was before, and
// what a dead bus missed, followers read from the journal.
//
//   Relay relay(ledger, bus, envelope, projection, {.machine_clock = &clock});
//   ... relay.stats().lag == 0 && !relay.bus_up() ...
//   relay.Stop();
namespace huying::push {

struct RelayOptions {
  const base::Clock* machine_clock = nullptr;  // must outlive the relay
  absl::Duration beacon_interval = absl::Seconds(1);
};

struct RelayStats {
  int64_t entries = 0;   // handed to the bus
  int64_t messages = 0;  // one per channel of an entry
  int64_t skipped = 0;   // fell behind the window while the bus was down; followers read them
  int64_t beacons = 0;
  int64_t read_errors = 0;
  int64_t lag = 0;  // entries not yet handed to the bus; grows while it is down
};

inline constexpr int64_t kRelayWindow = 256;         // entries published anew after an outage
inline constexpr size_t kBeaconChannelsMax = 1024;   // per beacon, the most recent
inline constexpr size_t kRelayChannelsMax = 65'536;  // remembered heads

// Thread-safe. Works on a thread of its own; ledger and bus must outlive it.
class Relay final : private BusListener {
 public:
  Relay(ledger::Ledger& ledger, Bus& bus, Envelope envelope, Projection projection,
        RelayOptions options);
  ~Relay() override { Stop(); }

  void Stop();
  // False: the lag grows, and nothing waits for it.
  bool bus_up() const { return up_.load(); }
  RelayStats stats() const;

 private:
  void OnMessage(std::string_view, std::string_view) override {}
  void OnSubscribed(std::string_view) override {}
  void OnState(bool up) override;

  void Run();
  void WaitForWork();
  void Follow();
  absl::Status PublishPage();
  absl::Status LearnHeads(const std::vector<ledger::StoredEntry>& page);
  void Publish(const ledger::StoredEntry& entry);
  void SkipTo(int64_t seq);
  void Beacon();

  ledger::Ledger& ledger_;
  Bus& bus_;
  const Envelope envelope_;
  const Projection projection_;
  const RelayOptions options_;

  // The thread's own.
  absl::flat_hash_map<std::string, int64_t> heads_;  // of channels, as of cursor_
  int64_t known_after_ = 0;                          // a channel that moved past this is in heads_
  uint64_t beacon_counter_ = 0;
  absl::Time next_beacon_ = absl::InfinitePast();

  std::atomic<int64_t> cursor_{0};
  std::atomic<bool> up_{false};
  std::atomic<bool> came_up_{false};
  std::atomic<int64_t> entries_{0};
  std::atomic<int64_t> messages_{0};
  std::atomic<int64_t> skipped_{0};
  std::atomic<int64_t> beacons_{0};
  std::atomic<int64_t> read_errors_{0};

  mutable absl::Mutex mutex_;
  bool stop_ ABSL_GUARDED_BY(mutex_) = false;
  bool retry_later_ = false;
  std::thread thread_;
};

}  // namespace huying::push
