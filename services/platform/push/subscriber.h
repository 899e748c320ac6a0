// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "services/platform/push/hub.h"

// One subscription inside a hub. It catches up from the journal first; what arrives live meanwhile
// waits in `held_`. The hand-over has no hole because the hub delivers to it from before the first
// read on:  registered → reads see everything up to head H → held entries past H → live.
namespace huying::push {

// Live entries kept while a subscription reads what was before; more than that, and it reads on.
inline constexpr size_t kHeldEventsMax = 1024;

// Thread-safe; two threads of the hub deliver, and the owner may close it at any time.
class Subscriber {
 public:
  Subscriber(std::vector<std::string> channels, int64_t after_seq,
             std::function<void(const Event&)> callback)
      : channels_(std::move(channels)),
        position_(after_seq),
        complete_to_(after_seq),
        callback_(std::move(callback)) {}

  const std::vector<std::string>& channels() const { return channels_; }
  bool closed() const { return closed_.load(std::memory_order_acquire); }
  int64_t complete_to() const { return complete_to_.load(std::memory_order_acquire); }

  // The hub's thread: an entry in order of its channels; everything up to `head` was delivered.
  // True when the callback ran.
  bool Live(int64_t seq, const std::string& bytes);
  void Prove(int64_t head);

  // The catch-up thread: entries past position(), in seq order; then, with nothing more up to
  // `head`, JoinLive. `proven` tells what the hub has proven by then. False: too much arrived
  // meanwhile, read on.
  int64_t position() const { return position_; }
  void CatchUp(int64_t seq, const std::string& bytes);
  bool JoinLive(int64_t head, const std::function<int64_t()>& proven);

  // Tells the owner to start anew, and delivers nothing more.
  void Resync();
  // No callback runs after this, but the one that calls it.
  void Close();

  // The hub's thread marks whom it has already counted in for an entry.
  int64_t marked_seq = 0;

 private:
  struct Held {
    int64_t seq = 0;
    std::string bytes;
  };
  void Call(Event event) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  const std::vector<std::string> channels_;
  int64_t position_;  // written by the catch-up thread, under the lock
  std::atomic<bool> closed_{false};
  std::atomic<int64_t> complete_to_;
  std::atomic<std::thread::id> caller_{};

  absl::Mutex mutex_;
  bool live_ ABSL_GUARDED_BY(mutex_) = false;
  bool overflowed_ ABSL_GUARDED_BY(mutex_) = false;
  bool ended_ ABSL_GUARDED_BY(mutex_) = false;
  std::vector<Held> held_ ABSL_GUARDED_BY(mutex_);
  std::function<void(const Event&)> callback_ ABSL_GUARDED_BY(mutex_);
};

// What the owner holds.
class SubscriberHandle final : public Subscription {
 public:
  explicit SubscriberHandle(std::shared_ptr<Subscriber> subscriber)
      : subscriber_(std::move(subscriber)) {}
  ~SubscriberHandle() override { subscriber_->Close(); }

 private:
  const std::shared_ptr<Subscriber> subscriber_;
};

}  // namespace huying::push
