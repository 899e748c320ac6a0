// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "huying/alert/v1/alert_service.pb.h"
#include "services/alert/rules/viewer.h"
#include "services/platform/base/clock.h"
#include "services/platform/ledger/ledger.h"
#include "services/platform/push/hub.h"
#include "services/platform/rpc/sink.h"

// The open streams of one realm: what is in force, then live, then a heartbeat that proves how far the
// client is complete. One thread beats for all of them; events come on the hub's thread; nobody waits
// for a slow client: when its queue is full its stream ends with the cursor to resume from.
//
//   streams.Subscribe({.area = "230407001000", .ancestors = {...}, .resume_from = cursor}, sink);
//   streams.WatchRollUp("alerts/2026-0007", viewer, sink);
namespace huying::alert {

struct StreamOptions {
  absl::Duration heartbeat = absl::Seconds(5);             // machine time
  absl::Duration snapshot_pause = absl::Milliseconds(20);  // until a client has taken some of it
  absl::Duration roll_up_pause = absl::Milliseconds(200);  // many answers, one picture
};

class AlertStream;
class ParsedEvents;
class RollUpStream;
struct Snapshot;

// Bell of the beating thread; outlives the streams that ring it.
class Bell {
 public:
  void Ring() {
    absl::MutexLock lock(&mutex_);
    rung_ = true;
  }
  void Stop() {
    absl::MutexLock lock(&mutex_);
    stopped_ = true;
  }
  // Until rung, stopped or `wait` has passed; false: stopped.
  bool Await(absl::Duration wait);
  // Lets `wait` pass, whoever rings; ends early when stopped.
  void Pause(absl::Duration wait);

 private:
  mutable absl::Mutex mutex_;
  bool rung_ ABSL_GUARDED_BY(mutex_) = false;
  bool stopped_ ABSL_GUARDED_BY(mutex_) = false;
};

// Thread-safe. The ledger, the clock and the hub must outlive it; the destructor closes every stream.
class AlertStreams {
 public:
  AlertStreams(ledger::Ledger& ledger, const base::Clock& clock, push::Hub& hub,
               StreamOptions options);
  ~AlertStreams();

  struct Listener {
    std::string area;
    std::vector<std::string> ancestors;  // nearest first
    bool governs = true;                 // hears what comes up from the area, too
    std::optional<v1::Cursor> resume_from;
  };
  // Sends the snapshot (or what came after the cursor), then live events. Of a snapshot that has no room in
  // the stream's queue the rest follows as the client takes it.
  absl::Status Subscribe(const Listener& listener, rpc::Sink<v1::SubscribeEvent> sink);
  // The part of the roll-up that the viewer may see.
  absl::Status WatchRollUp(const std::string& alert, const rules::Viewer& viewer,
                           rpc::Sink<v1::RollUp> sink);

  int open() const;

 private:
  void Loop();
  void Beat();
  bool RefreshRollUps();  // true: a picture was computed
  void Reap();
  // What is in force at the reader's seq; read once for all who join at that seq.
  using Alerts = std::vector<std::shared_ptr<const v1::Alert>>;
  absl::StatusOr<std::shared_ptr<const Alerts>> InForce(ledger::Reader& reader, int64_t seq);
  absl::StatusOr<Snapshot> TakeSnapshot(const Listener& listener, ledger::Reader& reader,
                                        int64_t seq);
  // Everything up to `from` was told; the hub tells everything after it: nothing falls between.
  struct Arriving {
    std::shared_ptr<AlertStream> stream;
    std::vector<std::string> channels;
    int64_t from = 0;
  };
  absl::Status Join(Arriving arriving);
  bool SendSnapshots();  // true: some client has not taken all of its own

  ledger::Ledger& ledger_;
  const base::Clock& clock_;
  push::Hub& hub_;
  const StreamOptions options_;
  const std::shared_ptr<Bell> bell_ = std::make_shared<Bell>();
  const std::shared_ptr<ParsedEvents> parsed_;
  mutable absl::Mutex mutex_;
  std::shared_ptr<const Alerts> in_force_ ABSL_GUARDED_BY(mutex_);
  int64_t in_force_seq_ ABSL_GUARDED_BY(mutex_) = -1;
  std::vector<Arriving> arriving_ ABSL_GUARDED_BY(mutex_);
  std::vector<std::shared_ptr<AlertStream>> streams_ ABSL_GUARDED_BY(mutex_);
  std::vector<std::shared_ptr<RollUpStream>> roll_ups_ ABSL_GUARDED_BY(mutex_);
  std::thread thread_;
};

// The picture of one alert as of the reader's snapshot.
absl::StatusOr<v1::RollUp> ComputeRollUp(ledger::Reader& reader, const std::string& alert,
                                         absl::Time now);

// Is the cursor one of this ledger? OK, or a reason for `Resync`.
absl::StatusOr<std::optional<std::string>> WhyResync(ledger::Reader& reader, int64_t epoch,
                                                     int64_t head, const v1::Cursor& cursor);

}  // namespace huying::alert
