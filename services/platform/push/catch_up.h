// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <deque>
#include <functional>
#include <memory>
#include <thread>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "services/platform/push/channel_source.h"
#include "services/platform/push/subscriber.h"

// Brings new subscriptions from their cursor to the present, one after the other, on a thread of
// its own, so that reading a long past delays nobody who is live.
namespace huying::push {

// Thread-safe.
class CatchUp {
 public:
  struct Callbacks {
    std::function<void(bool ok)> read;  // a page was read, or could not be
    std::function<void()> joined;       // a subscription went live, or ended
    std::function<int64_t()> proven;    // what the hub has proven; does not block
  };
  // `source` must outlive this.
  CatchUp(ChannelSource& source, Callbacks callbacks);
  ~CatchUp();

  // The subscription is already fed live.
  void Add(std::shared_ptr<Subscriber> subscriber);

 private:
  enum class Outcome { kDone, kTryAgain };
  void Run();
  bool Stopping() const;
  Outcome Bring(Subscriber& subscriber);

  ChannelSource& source_;
  const Callbacks callbacks_;
  mutable absl::Mutex mutex_;
  bool stop_ ABSL_GUARDED_BY(mutex_) = false;
  std::deque<std::shared_ptr<Subscriber>> queue_ ABSL_GUARDED_BY(mutex_);
  std::thread thread_;
};

}  // namespace huying::push
