// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <iterator>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "services/platform/base/clock.h"
#include "services/platform/base/status.h"
#include "services/platform/ledger/ledger.h"
#include "services/platform/push/bell.h"
#include "services/platform/push/cursor.h"
#include "services/platform/push/feed_stream.h"
#include "services/platform/push/feed_view.h"
#include "services/platform/push/hub.h"
#include "services/platform/rpc/sink.h"

// The open streams of one service in one realm: what stands (the snapshot), then what happens, then a
// heartbeat that proves how far the client is complete. README.md says how it works.
//
//   push::Feed<v1::SubscribeEvent> feed(home.ledger(), home.clock(), home.hub());
//   feed.Subscribe({.channels = {"down:230407000000", "post:posts/district-duty"},
//                   .view = std::make_unique<MyView>(viewer),
//                   .resume_from = request.resume_from()}, sink);
//
// `Told` is the stream's event (see huying/common/v1/feed.proto): it has the bodies snapshot_end,
// heartbeat and resync, and the fields seq and cursor.
namespace huying::push {

struct FeedOptions {
  absl::Duration heartbeat = absl::Seconds(5);             // machine time
  absl::Duration snapshot_pause = absl::Milliseconds(20);  // until a client has taken some of it
};

// Thread-safe. The ledger, the clock and the hub must outlive it; the destructor closes every stream.
// One thread beats for all streams; events come on the hub's thread; nobody waits for a slow client:
// when its queue is full its stream ends with the cursor to resume from.
template <typename Told>
class Feed {
 public:
  struct Listener {
    std::vector<std::string> channels;
    std::unique_ptr<FeedView<Told>> view;
    std::optional<common::v1::Cursor> resume_from;
  };

  // `clock`: the realm's, shown in heartbeats.
  Feed(ledger::Ledger& ledger, const base::Clock& clock, Hub& hub, FeedOptions options = {})
      : ledger_(ledger),
        clock_(clock),
        hub_(hub),
        options_(options),
        parsed_(std::make_shared<ParsedEvents<Told>>(ledger.header().epoch())) {
    thread_ = std::thread([this] { Loop(); });
  }

  ~Feed() {
    bell_->Stop();
    thread_.join();
    // Outside the lock: ending a subscription waits for its callback.
    Streams streams;
    {
      absl::MutexLock lock(&mutex_);
      streams.swap(streams_);
      for (Arriving& each : arriving_) streams.push_back(std::move(each.stream));
      arriving_.clear();
    }
    for (const auto& stream : streams) {
      stream->Close(StreamsStopping());
      stream->Attach(nullptr);
    }
  }

  // The snapshot, or what is new since `resume_from`, then live. A cursor that this ledger does not
  // know is told `resync` and gets a snapshot. Of a snapshot that has no room in the stream's queue
  // the rest follows as the client takes it.
  absl::Status Subscribe(Listener listener, rpc::Sink<Told> sink) {
    const int64_t epoch = ledger_.header().epoch();
    auto stream =
        std::make_shared<FeedStream<Told>>(std::move(listener.view), parsed_, sink, bell_);
    ASSIGN_OR_RETURN(auto reader, ledger_.Read());
    ASSIGN_OR_RETURN(const int64_t head, reader->HeadSeq());
    Arriving arriving{.stream = stream, .channels = std::move(listener.channels), .from = head};
    std::optional<std::string> resync;
    if (listener.resume_from) {
      ASSIGN_OR_RETURN(resync, WhyResync(*reader, epoch, head, *listener.resume_from));
    }
    if (listener.resume_from && !resync) {
      reader.reset();
      arriving.from = listener.resume_from->seq();
      stream->Begin(*listener.resume_from);
      return Join(std::move(arriving));
    }
    if (resync) stream->SayResync(*resync);
    ASSIGN_OR_RETURN(const common::v1::Cursor cursor, CursorAt(*reader, epoch, head));
    RETURN_IF_ERROR(stream->TakeSnapshot(*reader, cursor));
    reader.reset();  // an old snapshot keeps the log from shrinking
    if (stream->SendMore()) return Join(std::move(arriving));
    {
      absl::MutexLock lock(&mutex_);
      arriving_.push_back(std::move(arriving));
    }
    bell_->Ring();
    return absl::OkStatus();
  }

  int open() const {
    absl::MutexLock lock(&mutex_);
    return static_cast<int>(arriving_.size() + streams_.size());
  }

 private:
  using Streams = std::vector<std::shared_ptr<FeedStream<Told>>>;
  struct Arriving {
    std::shared_ptr<FeedStream<Told>> stream;
    std::vector<std::string> channels;
    int64_t from = 0;
  };

  // Everything up to `from` was told; the hub tells everything after it: nothing falls between.
  absl::Status Join(Arriving arriving) {
    const auto& stream = arriving.stream;
    ASSIGN_OR_RETURN(auto subscription,
                     hub_.Subscribe(std::move(arriving.channels), arriving.from,
                                    [stream](const Event& event) { stream->OnEvent(event); }));
    stream->Attach(std::move(subscription));
    absl::MutexLock lock(&mutex_);
    streams_.push_back(stream);
    return absl::OkStatus();
  }

  // True: some client has not taken all of its snapshot.
  bool SendSnapshots() {
    std::vector<Arriving> arriving;
    {
      absl::MutexLock lock(&mutex_);
      arriving.swap(arriving_);
    }
    std::vector<Arriving> waiting;
    for (Arriving& each : arriving) {
      if (each.stream->SendMore()) {
        const auto stream = each.stream;
        if (const absl::Status joined = Join(std::move(each)); !joined.ok()) stream->Close(joined);
      } else if (!each.stream->over()) {
        waiting.push_back(std::move(each));
      }
    }
    absl::MutexLock lock(&mutex_);
    arriving_.insert(arriving_.end(), std::make_move_iterator(waiting.begin()),
                     std::make_move_iterator(waiting.end()));
    return !arriving_.empty();
  }

  void Loop() {
    const base::SystemClock machine;
    absl::Time next_beat = machine.Now() + options_.heartbeat;
    bool snapshots_wait = false;
    const auto pause = [&] {
      const absl::Duration wait = std::max(absl::ZeroDuration(), next_beat - machine.Now());
      return snapshots_wait ? std::min(wait, options_.snapshot_pause) : wait;
    };
    while (bell_->Await(pause())) {
      Forget();
      snapshots_wait = SendSnapshots();
      if (machine.Now() < next_beat) continue;
      Beat();
      next_beat = machine.Now() + options_.heartbeat;
    }
  }

  void Beat() {
    Streams streams;
    {
      absl::MutexLock lock(&mutex_);
      streams = streams_;
    }
    if (streams.empty()) return;
    common::v1::Heartbeat beat;
    *beat.mutable_server_time() = base::ToProto(clock_.Now());
    beat.set_degraded(!hub_.redis_up());
    auto reader = ledger_.Read();
    std::map<int64_t, common::v1::Cursor> cursors;  // most streams stand at the same seq
    const auto cursor_at = [&](int64_t seq) {
      const auto known = cursors.find(seq);
      if (known != cursors.end()) return known->second;
      common::v1::Cursor cursor;
      if (reader.ok()) {
        auto found = CursorAt(**reader, ledger_.header().epoch(), seq);
        if (found.ok()) cursor = *std::move(found);
      }
      return cursors[seq] = cursor;
    };
    for (const auto& stream : streams) stream->Beat(beat, cursor_at);
  }

  // Streams that are over give up their subscription, outside the lock.
  void Forget() {
    Streams gone;
    {
      absl::MutexLock lock(&mutex_);
      const auto first = std::stable_partition(streams_.begin(), streams_.end(),
                                               [](const auto& stream) { return !stream->over(); });
      gone.assign(first, streams_.end());
      streams_.erase(first, streams_.end());
    }
    for (const auto& stream : gone) stream->Attach(nullptr);
  }

  ledger::Ledger& ledger_;
  const base::Clock& clock_;
  Hub& hub_;
  const FeedOptions options_;
  const std::shared_ptr<Bell> bell_ = std::make_shared<Bell>();
  const std::shared_ptr<ParsedEvents<Told>> parsed_;
  mutable absl::Mutex mutex_;
  std::vector<Arriving> arriving_ ABSL_GUARDED_BY(mutex_);
  Streams streams_ ABSL_GUARDED_BY(mutex_);
  std::thread thread_;
};

}  // namespace huying::push
