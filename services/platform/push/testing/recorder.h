// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <functional>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "services/platform/push/hub.h"

// Keeps what a subscription was told, and waits for it with a bound.
//
//   Recorder recorder;
//   auto subscription = hub.Subscribe({"down:1"}, 0, recorder.callback());
//   EXPECT_TRUE(recorder.WaitForEntries(3));
namespace huying::push::testing {

inline constexpr absl::Duration kWaitMax = absl::Seconds(10);

// Thread-safe. Must outlive the subscription.
class Recorder {
 public:
  std::function<void(const Event&)> callback() {
    return [this](const Event& event) {
      absl::MutexLock lock(&mutex_);
      complete_to_ = std::max(complete_to_, event.complete_to);
      if (event.resync) {
        resync_ = true;
      } else if (!event.progress_only) {
        events_.push_back(event);
      }
    };
  }

  bool WaitForEntries(size_t count, absl::Duration limit = kWaitMax) const {
    return Wait([&] { return events_.size() >= count; }, limit);
  }
  bool WaitForSeq(int64_t seq, absl::Duration limit = kWaitMax) const {
    return Wait(
        [&] {
          return std::any_of(events_.begin(), events_.end(),
                             [&](const Event& event) { return event.seq == seq; });
        },
        limit);
  }
  bool WaitForComplete(int64_t seq, absl::Duration limit = kWaitMax) const {
    return Wait([&] { return complete_to_ >= seq; }, limit);
  }
  bool WaitForResync(absl::Duration limit = kWaitMax) const {
    return Wait([&] { return resync_; }, limit);
  }

  // As they came.
  std::vector<int64_t> seqs() const {
    absl::MutexLock lock(&mutex_);
    std::vector<int64_t> seqs;
    for (const Event& event : events_) seqs.push_back(event.seq);
    return seqs;
  }
  // As a client has them that drops by seq and sorts.
  std::vector<int64_t> sorted_seqs() const {
    std::vector<int64_t> seqs = this->seqs();
    std::sort(seqs.begin(), seqs.end());
    seqs.erase(std::unique(seqs.begin(), seqs.end()), seqs.end());
    return seqs;
  }
  std::vector<Event> events() const {
    absl::MutexLock lock(&mutex_);
    return events_;
  }
  int64_t complete_to() const {
    absl::MutexLock lock(&mutex_);
    return complete_to_;
  }

 private:
  template <typename Predicate>
  bool Wait(Predicate predicate, absl::Duration limit) const {
    const auto holds = [&] { return predicate(); };
    absl::MutexLock lock(&mutex_);
    return mutex_.AwaitWithTimeout(absl::Condition(&holds), limit);
  }

  mutable absl::Mutex mutex_;
  std::vector<Event> events_ ABSL_GUARDED_BY(mutex_);
  int64_t complete_to_ ABSL_GUARDED_BY(mutex_) = 0;
  bool resync_ ABSL_GUARDED_BY(mutex_) = false;
};

// For what has no callback: looks again every few milliseconds.
inline bool Eventually(const std::function<bool()>& holds, absl::Duration limit = kWaitMax) {
  constexpr absl::Duration kLook = absl::Milliseconds(5);
  for (absl::Duration waited; waited < limit; waited += kLook) {
    if (holds()) return true;
    absl::SleepFor(kLook);
  }
  return holds();
}

}  // namespace huying::push::testing
