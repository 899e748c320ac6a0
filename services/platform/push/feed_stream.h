// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "services/platform/push/bell.h"
#include "services/platform/push/cursor.h"
#include "services/platform/push/feed_view.h"
#include "services/platform/push/hub.h"
#include "services/platform/rpc/sink.h"

// One open stream of a feed. Private to feed.h and its tests.
namespace huying::push {

// An entry's event is parsed once, however many streams show it. Thread-safe.
template <typename Told>
class ParsedEvents {
 public:
  explicit ParsedEvents(int64_t epoch) : epoch_(epoch) {}

  // Null when there is nothing to show. The cursor has its epoch.
  std::shared_ptr<const Told> Get(const Event& event) {
    if (event.bytes.empty()) return nullptr;
    {
      absl::MutexLock lock(&mutex_);
      if (const auto known = by_seq_.find(event.seq); known != by_seq_.end()) return known->second;
    }
    auto parsed = std::make_shared<Told>();
    if (!parsed->ParseFromString(event.bytes)) return nullptr;
    parsed->mutable_cursor()->set_epoch(epoch_);
    absl::MutexLock lock(&mutex_);
    if (by_seq_.size() >= kKept) by_seq_.erase(by_seq_.begin());
    by_seq_[event.seq] = parsed;
    return parsed;
  }

 private:
  static constexpr size_t kKept = 64;  // streams of one hub stand close together
  const int64_t epoch_;
  absl::Mutex mutex_;
  std::map<int64_t, std::shared_ptr<const Told>> by_seq_ ABSL_GUARDED_BY(mutex_);
};

// Thread-safe; shared by the hub's callback and the feed's thread.
template <typename Told>
class FeedStream {
 public:
  FeedStream(std::unique_ptr<FeedView<Told>> view, std::shared_ptr<ParsedEvents<Told>> parsed,
             rpc::Sink<Told> sink, std::shared_ptr<Bell> bell)
      : parsed_(std::move(parsed)), sink_(std::move(sink)), view_(std::move(view)) {
    sink_.OnClosed([over = over_, bell = std::move(bell)] {
      over->store(true);
      bell->Ring();
    });
  }

  void SayResync(const std::string& reason) {
    Told event;
    event.mutable_resync()->set_reason(reason);
    absl::MutexLock lock(&mutex_);
    Send(event);
  }

  // Reads what stands at `cursor`, the reader's head. Sent by SendMore.
  absl::Status TakeSnapshot(ledger::Reader& reader, const common::v1::Cursor& cursor) {
    absl::MutexLock lock(&mutex_);
    ASSIGN_OR_RETURN(snapshot_, view_->Take(reader, cursor.seq()));
    snapshot_cursor_ = cursor;
    return absl::OkStatus();
  }

  // A snapshot may be larger than the stream's queue: what has no room yet waits until the client has
  // taken some. True when all of it went; then, as after Begin, the hub delivers.
  bool SendMore() {
    absl::MutexLock lock(&mutex_);
    if (over()) return false;
    for (; snapshot_sent_ < snapshot_.size; ++snapshot_sent_) {
      // The rest of the queue is for what happens meanwhile, and for the heartbeat.
      if (sink_.queued() >= kSnapshotQueuedMax) return false;
      if (!waiting_) waiting_ = snapshot_.at(snapshot_sent_);
      // No room in bytes: as in events, the client has not taken enough yet.
      if (!sink_.Send(*waiting_)) return false;
      waiting_.reset();
    }
    Told end;
    end.mutable_snapshot_end()->set_items(snapshot_.size);
    end.set_seq(snapshot_cursor_.seq());
    *end.mutable_cursor() = snapshot_cursor_;
    if (!sink_.Send(end)) return false;
    BeginLocked(snapshot_cursor_);
    snapshot_ = {};
    return true;
  }

  // The hub delivers from here on; everything up to `cursor` was told.
  void Begin(const common::v1::Cursor& cursor) {
    absl::MutexLock lock(&mutex_);
    BeginLocked(cursor);
  }

  // From the hub: shows each entry once, as far as the view lets it be seen.
  void OnEvent(const Event& event) {
    if (event.resync) return sink_.Close(MustResync());
    const auto whole = event.progress_only ? nullptr : parsed_->Get(event);
    absl::MutexLock lock(&mutex_);
    if (!event.progress_only) {
      if (event.seq <= complete_to_ || !seen_.insert(event.seq).second) return;
    }
    if (event.complete_to > complete_to_) {
      complete_to_ = event.complete_to;
      seen_.erase(seen_.begin(), seen_.upper_bound(complete_to_));
    }
    if (whole == nullptr) return;
    Told own;
    const Told* shown = view_->Show(*whole, own);
    if (shown == nullptr) return;
    // The entry's own cursor is proof only when everything before it was delivered, too.
    if (event.complete_to < event.seq) {
      if (shown != &own) own = *shown;
      own.clear_cursor();
      shown = &own;
    }
    Send(*shown);
  }

  // Proof without news. `cursor_at`: the cursor of a seq, read from the journal.
  void Beat(const common::v1::Heartbeat& beat,
            const std::function<common::v1::Cursor(int64_t)>& cursor_at) {
    int64_t complete_to = 0;
    {
      absl::MutexLock lock(&mutex_);
      complete_to = complete_to_;
    }
    Told event;
    *event.mutable_heartbeat() = beat;
    const common::v1::Cursor cursor = cursor_at(complete_to);  // reads: not under the lock
    absl::MutexLock lock(&mutex_);
    // An event may have told more meanwhile.
    if (cursor.epoch() != 0 && cursor.seq() >= told_.seq()) *event.mutable_cursor() = cursor;
    Send(event);
  }

  void Attach(std::unique_ptr<Subscription> subscription) {
    subscription_ = std::move(subscription);
  }
  void Close(const absl::Status& status) { sink_.Close(status); }
  bool over() const { return over_->load(); }

 private:
  static constexpr int kSnapshotQueuedMax = 256;

  void Send(const Told& event) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    if (over()) return;
    if (!sink_.Send(event)) return sink_.Close(TooSlow(told_));
    if (event.has_cursor()) told_ = event.cursor();
  }
  void BeginLocked(const common::v1::Cursor& cursor) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    complete_to_ = cursor.seq();
    told_ = cursor;
  }

  const std::shared_ptr<ParsedEvents<Told>> parsed_;
  const rpc::Sink<Told> sink_;
  // Shared with the sink, which may outlive this.
  const std::shared_ptr<std::atomic<bool>> over_ = std::make_shared<std::atomic<bool>>(false);
  absl::Mutex mutex_;
  const std::unique_ptr<FeedView<Told>> view_ ABSL_PT_GUARDED_BY(mutex_);
  FeedSnapshot<Told> snapshot_ ABSL_GUARDED_BY(mutex_);
  common::v1::Cursor snapshot_cursor_ ABSL_GUARDED_BY(mutex_);
  int snapshot_sent_ ABSL_GUARDED_BY(mutex_) = 0;
  std::optional<Told> waiting_ ABSL_GUARDED_BY(mutex_);  // made, and not sent for want of room
  int64_t complete_to_ ABSL_GUARDED_BY(mutex_) = 0;
  std::set<int64_t> seen_ ABSL_GUARDED_BY(mutex_);   // beyond complete_to_
  common::v1::Cursor told_ ABSL_GUARDED_BY(mutex_);  // the last cursor the client was given
  std::unique_ptr<Subscription> subscription_;       // set once, by Attach
};

}  // namespace huying::push
