// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "huying/alert/v1/alert_service.pb.h"
#include "services/alert/streams.h"
#include "services/platform/push/hub.h"
#include "services/platform/rpc/sink.h"

// One open stream. Private to streams.cc and its tests.
namespace huying::alert {

// An entry's event is parsed once, however many streams show it. Thread-safe.
class ParsedEvents {
 public:
  explicit ParsedEvents(int64_t epoch) : epoch_(epoch) {}
  // Null when there is nothing to show. The cursor has its epoch.
  std::shared_ptr<const v1::SubscribeEvent> Get(const push::Event& event);

 private:
  static constexpr size_t kKept = 64;  // streams of one hub stand close together
  const int64_t epoch_;
  absl::Mutex mutex_;
  std::map<int64_t, std::shared_ptr<const v1::SubscribeEvent>> by_seq_ ABSL_GUARDED_BY(mutex_);
};

// What was in force at one seq, for one listener. Alerts are shared by everybody who joins at that seq.
struct Snapshot {
  struct Part {
    std::shared_ptr<const v1::Alert> alert;
    std::vector<v1::Recipient> recipients;  // of the own area
  };
  std::vector<Part> parts;
  v1::Cursor cursor;
};

// Events of one area. Thread-safe; shared by the hub's callback and the beating thread.
class AlertStream {
 public:
  AlertStream(std::string area, std::shared_ptr<ParsedEvents> parsed,
              rpc::Sink<v1::SubscribeEvent> sink, std::shared_ptr<Bell> bell);

  // False: the stream is over.
  bool Send(v1::SubscribeEvent event);
  // A snapshot may be larger than the stream's queue: what has no room yet waits here until the client has
  // taken some. `SendMore` is true when all of it went; then, as after `Begin`, the hub delivers.
  void Hold(Snapshot snapshot);
  bool SendMore();
  // The hub delivers from here on; everything up to `cursor` was told.
  void Begin(const v1::Cursor& cursor);
  // From the hub: shows each entry once, leaves out what lies outside the area.
  void OnEvent(const push::Event& event);
  // Proof without news. `cursor_at`: the cursor of a seq, read from the journal.
  void Beat(const v1::Heartbeat& beat, const std::function<v1::Cursor(int64_t)>& cursor_at);

  void Attach(std::unique_ptr<push::Subscription> subscription);
  void Close(const absl::Status& status) { sink_.Close(status); }
  bool over() const { return over_->load(); }

 private:
  bool SendLocked(const v1::SubscribeEvent& event) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void BeginLocked(const v1::Cursor& cursor) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void CloseSlow() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  const std::string area_;
  const std::shared_ptr<ParsedEvents> parsed_;
  const rpc::Sink<v1::SubscribeEvent> sink_;
  // Shared with the sink, which may outlive this.
  const std::shared_ptr<std::atomic<bool>> over_ = std::make_shared<std::atomic<bool>>(false);
  absl::Mutex mutex_;
  Snapshot snapshot_ ABSL_GUARDED_BY(mutex_);
  size_t parts_sent_ ABSL_GUARDED_BY(mutex_) = 0;
  int64_t complete_to_ ABSL_GUARDED_BY(mutex_) = 0;
  std::set<int64_t> seen_ ABSL_GUARDED_BY(mutex_);    // beyond complete_to_
  v1::Cursor told_ ABSL_GUARDED_BY(mutex_);           // the last cursor the client was given
  std::unique_ptr<push::Subscription> subscription_;  // set once, by Attach
};

// The roll-up of one alert: dirty after each event that concerns it, computed by the beating thread.
class RollUpStream {
 public:
  RollUpStream(std::string alert, rules::Viewer viewer, rpc::Sink<v1::RollUp> sink,
               std::shared_ptr<Bell> bell);

  void OnEvent(const push::Event& event);
  // Sends the present picture when something changed since the last one; false: nothing was asked.
  bool Refresh(const std::function<absl::StatusOr<v1::RollUp>(const std::string&)>& compute);
  void Attach(std::unique_ptr<push::Subscription> subscription);
  void Close(const absl::Status& status) { sink_.Close(status); }
  bool over() const { return over_->load(); }

 private:
  const std::string alert_;
  const rules::Viewer viewer_;
  const rpc::Sink<v1::RollUp> sink_;
  const std::shared_ptr<Bell> bell_;
  const std::shared_ptr<std::atomic<bool>> over_ = std::make_shared<std::atomic<bool>>(false);
  std::atomic<bool> dirty_ = true;
  std::string last_;  // beating thread only
  std::unique_ptr<push::Subscription> subscription_;
};

// "1/123/0a0b…", as `resume_from` is written in a problem's next step.
std::string CursorText(const v1::Cursor& cursor);

}  // namespace huying::alert
