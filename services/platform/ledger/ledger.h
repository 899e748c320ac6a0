// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/functional/any_invocable.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "huying/common/v1/common.pb.h"
#include "huying/platform/v1/journal.pb.h"
#include "services/platform/base/clock.h"
#include "services/platform/ledger/command.h"
#include "services/platform/ledger/reader.h"
#include "services/platform/sql/sql.h"

// One service's records and journal in one realm, and the only way to change them.
//
//   auto ledger = ledger::Ledger::Open(engine, {.service = "alert", .realm = "live", ...}, kinds);
//   (*ledger)->Execute(std::move(command), [](absl::StatusOr<Receipt> receipt) { ... });
//
// A single writer thread takes waiting commands by lane, prefetches what they name (round trip 1),
// lets each decide on top of the ones before, writes everything and commits once (round trip 2),
// then answers all. A storage error aborts the whole batch: every command in it answers
// UNAVAILABLE.
namespace huying::ledger {

using Done = absl::AnyInvocable<void(absl::StatusOr<common::v1::Receipt>)>;

inline constexpr int kBatchMax = 256;
inline constexpr int kQueueMaxPerLane = 4096;

struct LedgerOptions {
  std::string service;  // "alert": also the ledger's name
  std::string realm;
  std::string path;  // database file; its folder must exist
  std::string installation;
  // Realm time. Must outlive the ledger.
  const base::Clock* clock = nullptr;
  // Machine time, for the heartbeat and outages. Must outlive the ledger.
  const base::Clock* machine_clock = nullptr;
  // A stepped realm has no outages: its time stands still while nobody runs it.
  bool record_outages = true;
  absl::Duration outage_min = absl::Seconds(30);
  // What fell due in an outage fires this long after the start: answers come in first.
  absl::Duration restart_grace = absl::Seconds(60);
  int readers_max = 8;
};

// Thread-safe. The module that opened it owns it; stop it before what its commands refer to.
class Ledger {
 public:
  // Creates or opens; refuses a newer schema, a wrong realm or service, and a broken head.
  static absl::StatusOr<std::unique_ptr<Ledger>> Open(sql::Engine& engine, LedgerOptions options,
                                                      std::vector<KindSchema> kinds);
  virtual ~Ledger() = default;

  // Never blocks. `done` runs once, on a thread of the ledger's (keep it short), or at once when the
  // lane is full (RESOURCE_EXHAUSTED) or the ledger stops (UNAVAILABLE). A request id seen before
  // answers with the same receipt; with another payload, ALREADY_EXISTS / REQUEST_ID_CONFLICT.
  virtual void Execute(Command command, Done done) = 0;
  // For callers with a thread of their own. DEADLINE_EXCEEDED leaves the outcome open: ask again
  // with the same request id.
  absl::StatusOr<common::v1::Receipt> ExecuteAndWait(Command command, absl::Duration wait);

  // The receipt of an earlier command with this request id; conflict as above. For a caller whose
  // gathering failed: what was done once stays done, whatever has changed since.
  virtual absl::StatusOr<std::optional<common::v1::Receipt>> FindReceipt(
      std::string_view principal, std::string_view request_id, std::string_view payload_hash) = 0;

  virtual absl::StatusOr<std::unique_ptr<Reader>> Read() = 0;

  struct Position {
    int64_t epoch = 0;
    int64_t seq = 0;
    std::string hash;
  };
  virtual Position Head() const = 0;
  virtual const platform::v1::LedgerHeader& header() const = 0;
  // Returns as soon as the head is past `seq`, or after `wait`. The local wake of followers: it comes
  // after the answers, for which somebody waits.
  virtual int64_t WaitPast(int64_t seq, absl::Duration wait) const = 0;
  // The same for a follower that looks at entries with channels only.
  virtual int64_t WaitPublished(int64_t seq, absl::Duration wait) const = 0;
  // The last entry with channels may be before this one, but none is after it. 0: none since Open.
  virtual int64_t LastPublished() const = 0;
  // Ends every WaitPast that is under way, for a follower that wants to stop.
  virtual void WakeFollowers() = 0;

  // Commands accepted into a lane and not answered yet, and the receipt time of the oldest of them.
  virtual int64_t InFlight() const = 0;
  virtual absl::Time OldestUndecided() const = 0;  // InfiniteFuture when idle

  // The last batch could not be written, and none since.
  virtual bool StorageFails() const { return false; }

  // A command is on its way to Execute (queued, gathering): from now until the second call it counts
  // as undecided. Answers when it was received, by the realm's clock. Use `Expected`.
  virtual absl::Time Expect() = 0;
  virtual void NoLongerExpect(absl::Time received_at) = 0;

  // Due rows (due_at + grace <= now, none undecided that was received before): for the timekeeper.
  struct DueDeadline {
    Deadline deadline;
    bool in_outage = false;
  };
  virtual absl::StatusOr<std::vector<DueDeadline>> Due(absl::Time now, int limit) = 0;
  // Earliest due_at + grace; InfiniteFuture when there is none.
  virtual absl::StatusOr<absl::Time> NextDue() = 0;

  // Stored positions of followers (reactors, relay). Not records: no entry. Saved by the writer.
  virtual absl::StatusOr<Position> LoadCursor(std::string_view follower) = 0;
  virtual absl::Status SaveCursor(std::string_view follower, const Position& position) = 0;

  virtual absl::Status BackUpTo(const std::string& path) = 0;
  // Takes no more commands, answers the queued ones, joins its threads.
  virtual void Stop() = 0;
};

// Tells a ledger of a command that is on its way, for as long as it lives. An answer that came in
// before its limit is in time, however long it waits for its turn. The ledger outlives it: it waits
// for those it expects before it goes.
//
//   ledger::Expected expected(ledger);
//   context.received_at = expected.received_at();
class Expected {
 public:
  Expected() = default;
  explicit Expected(Ledger& ledger) : ledger_(&ledger), at_(ledger.Expect()) {}
  ~Expected() {
    if (ledger_ != nullptr) ledger_->NoLongerExpect(at_);
  }
  absl::Time received_at() const { return at_; }
  Expected(const Expected&) = delete;
  Expected& operator=(const Expected&) = delete;
  Expected(Expected&& other) noexcept
      : ledger_(std::exchange(other.ledger_, nullptr)), at_(other.at_) {}
  Expected& operator=(Expected&& other) noexcept {
    std::swap(ledger_, other.ledger_);
    std::swap(at_, other.at_);
    return *this;
  }

 private:
  Ledger* ledger_ = nullptr;
  absl::Time at_;
};

// SHA-256 of stored bytes; the chain's hash.
std::string EntryHash(std::string_view stored_bytes);
// prev_hash of entry 1: of the header as first written, that is with epoch 1 (a restore raises the
// epoch and must not break the chain).
std::string GenesisHash(platform::v1::LedgerHeader header);

}  // namespace huying::ledger
