// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"

// Live events of one ledger in one realm, for streams. Hears Redis (one subscription per channel,
// whoever many streams want it), checks mac, epoch and `prev` of every channel it hears, reads gaps
// from the journal, asks the journal for heads each second, and works without Redis, slower.
//
//   auto subscription = hub.Subscribe({"down:230407000000", "up:230407001000"}, snapshot_seq,
//       [sink](const push::Event& event) { ... });     // in seq order per channel, from the hub's thread
namespace huying::push {

struct Event {
  int64_t seq = 0;
  std::string bytes;  // what the service's projection made of the entry; empty for a mere progress
  // Every entry up to here on the subscription's channels was delivered: safe to store as cursor.
  // Advances only on proof, so it may stay behind `seq`.
  int64_t complete_to = 0;
  bool progress_only = false;  // no new entry, complete_to moved
};

// Ends the subscription when destroyed; no callback runs after that.
class Subscription {
 public:
  virtual ~Subscription() = default;
};

// Thread-safe.
class Hub {
 public:
  virtual ~Hub() = default;
  // Delivers what is on the channels after `after_seq`, each entry at least once, then live. The callback
  // must not block. Channel names without prefix ("down:<area>", "up:<area>").
  virtual absl::StatusOr<std::unique_ptr<Subscription>> Subscribe(
      std::vector<std::string> channels, int64_t after_seq,
      std::function<void(const Event&)> callback) = 0;
  // Reads the heads now and delivers what is missing: every subscription is complete to the present
  // head when it returns (used when a stepped clock waits).
  virtual void ProveNow() = 0;
  // Subscriptions, and how many are not complete to `head`.
  virtual std::pair<int64_t, int64_t> Progress(int64_t head) const = 0;
  // False: Redis is not reachable, events come by reading the journal.
  virtual bool redis_up() const = 0;
};

}  // namespace huying::push
