// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"

// Live events of one ledger in one realm, for streams. Hears Redis (one subscription per channel,
// whoever many streams want it), checks mac, epoch and `prev` of every channel it hears, reads gaps
// from the journal, asks the journal for heads each second, and works without Redis, slower.
//
//   auto subscription = hub.Subscribe({"down:230407000000", "up:230407001000"}, snapshot_seq,
//       [sink](const push::Event& event) { ... });     // in seq order per channel, from the hub's
//       thread
namespace huying::push {

struct Event {
  int64_t seq = 0;
  std::string bytes;  // what the service's projection made of the entry; empty for a mere progress
  // Every entry up to here on the subscription's channels was delivered: safe to store as cursor.
  // Advances only on proof, so it may stay behind `seq`.
  int64_t complete_to = 0;
  bool progress_only = false;  // no new entry, complete_to moved
  // The ledger was restored (new epoch), or the cursor lies past its head: nothing after this
  // event; take a new snapshot and subscribe again.
  bool resync = false;
};

// Since the hub was made. In steady state `gap_reads` stays 0.
struct HubStats {
  int64_t messages = 0;  // sealed well and for us
  int64_t applied = 0;   // entries that moved a channel, whichever way they came
  int64_t duplicates = 0;
  int64_t gap_reads = 0;   // something was lost or out of order
  int64_t poll_reads = 0;  // life without the bus
  int64_t join_reads =
      0;  // after subscribing or reconnecting, and catching up of new subscriptions
  int64_t prove_reads = 0;  // ProveNow found something under way
  int64_t polls = 0;        // heads asked for
  int64_t source_errors = 0;
  int64_t forged = 0;       // broken, or not sealed for this realm and ledger
  int64_t stale_epoch = 0;  // of an epoch that is not the ledger's
  int64_t unproven = 0;     // sealed well, but not in the journal
  int64_t dropped = 0;      // the inbox was full
  int64_t beacons = 0;
  int64_t beacons_missed = 0;
  int64_t events = 0;  // live callbacks with an entry, all subscriptions together
};

// Ends the subscription when destroyed; no callback runs after that. May be destroyed by its own
// callback, else not while holding a lock that the callback takes. May outlive the hub.
class Subscription {
 public:
  virtual ~Subscription() = default;
};

// Thread-safe.
class Hub {
 public:
  virtual ~Hub() = default;
  // Delivers what is on the channels after `after_seq`, each entry at least once, then live. Does
  // not wait for the journal. The callback must not block, nor call ProveNow; one runs at a time.
  // Channel names without prefix ("down:<area>", "up:<area>").
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
  virtual HubStats stats() const { return {}; }
};

}  // namespace huying::push
