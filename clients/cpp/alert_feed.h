// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>
#include <set>
#include <string>
#include <thread>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "clients/cpp/session.h"
#include "huying/alert/v1/alert_service.pb.h"

namespace huying::client {

enum class FeedState { kConnecting, kSnapshot, kLive, kDegraded, kLost, kRefused };

struct FeedOptions {
  std::string area;                // empty: the caller's own
  common::v1::Cursor resume_from;  // unset = snapshot first
  absl::Duration retry_min = absl::Milliseconds(200);
  absl::Duration retry_max = absl::Seconds(5);
  // A stream that says nothing for this long is dead, whatever the transport thinks.
  absl::Duration quiet_max = absl::Seconds(30);
};

// What an area hears, without loss and without doubles: opens AlertService/Subscribe, resumes by
// itself from its cursor when the stream ends, drops entries it has seen.
//
//   client::AlertFeed feed(session, {.area = "230407001000"},
//       [](const SubscribeEvent& event) { … }, [](FeedState state, const absl::Status& why) { … });
//   feed.WaitFor(head_seq, absl::Seconds(5));     // everything up to that entry was told
//
// Callbacks come one at a time, from threads of the transport or its own, and must not block for
// long. The destructor ends the stream; no callback runs after it.
class AlertFeed {
 public:
  using OnEvent = std::function<void(const alert::v1::SubscribeEvent& event)>;
  using OnState = std::function<void(FeedState state, const absl::Status& why)>;

  AlertFeed(Session& session, FeedOptions options, OnEvent on_event, OnState on_state = nullptr);
  ~AlertFeed();
  AlertFeed(const AlertFeed&) = delete;

  // True when every entry up to `seq` of the alert ledger was delivered, within `limit`.
  bool WaitFor(int64_t seq, absl::Duration limit) const;
  // True when the entry `seq` was delivered, or proved not to be for this area, within `limit`. Does
  // not wait for what came before it.
  bool WaitForEntry(int64_t seq, absl::Duration limit) const;
  // Where a later feed may go on: complete up to here.
  common::v1::Cursor cursor() const;
  // Ended for good: the server refuses this subscription.
  absl::Status refusal() const;

 private:
  void Loop();
  // One stream from opening to end; why it ended.
  absl::Status RunStream();
  void Take(const alert::v1::SubscribeEvent& event);
  bool IsNew(const alert::v1::SubscribeEvent& event) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void Tell(FeedState state, const absl::Status& why);

  Session& session_;
  const FeedOptions options_;
  const OnEvent on_event_;
  const OnState on_state_;
  mutable absl::Mutex mutex_;
  common::v1::Cursor cursor_ ABSL_GUARDED_BY(mutex_);
  // Beyond the cursor: taken from the stream, and those whose callback has returned.
  std::set<int64_t> seen_ ABSL_GUARDED_BY(mutex_);
  std::set<int64_t> told_ ABSL_GUARDED_BY(mutex_);
  bool stopping_ ABSL_GUARDED_BY(mutex_) = false;
  bool stream_over_ ABSL_GUARDED_BY(mutex_) = false;
  absl::Status stream_end_ ABSL_GUARDED_BY(mutex_);
  absl::Time last_heard_ ABSL_GUARDED_BY(mutex_);
  absl::Status refusal_ ABSL_GUARDED_BY(mutex_);
  FeedState state_ ABSL_GUARDED_BY(mutex_) = FeedState::kConnecting;
  std::thread thread_;
};

}  // namespace huying::client
