// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "services/platform/base/status.h"
#include "services/platform/push/hub.h"

namespace huying::runtime {

// A hub that can end before those who refer to it: a closed realm keeps its objects until the calls on their
// way have left, but no threads. Subscriptions made before stay silent. Thread-safe.
class StoppableHub final : public push::Hub {
 public:
  explicit StoppableHub(std::unique_ptr<push::Hub> hub) : hub_(std::move(hub)) {}

  void Stop() {
    std::unique_ptr<push::Hub> ended;
    absl::MutexLock lock(&mutex_);
    ended = std::move(hub_);
  }

  absl::StatusOr<std::unique_ptr<push::Subscription>> Subscribe(
      std::vector<std::string> channels, int64_t after_seq,
      std::function<void(const push::Event&)> callback) override {
    absl::ReaderMutexLock lock(&mutex_);
    if (hub_ == nullptr) {
      return base::Unavailable(base::Reason::SHUTTING_DOWN, "服务正在停止", "the realm has ended");
    }
    return hub_->Subscribe(std::move(channels), after_seq, std::move(callback));
  }
  void ProveNow() override {
    absl::ReaderMutexLock lock(&mutex_);
    if (hub_) hub_->ProveNow();
  }
  std::pair<int64_t, int64_t> Progress(int64_t head) const override {
    absl::ReaderMutexLock lock(&mutex_);
    return hub_ ? hub_->Progress(head) : std::pair<int64_t, int64_t>(0, 0);
  }
  bool redis_up() const override {
    absl::ReaderMutexLock lock(&mutex_);
    return hub_ != nullptr && hub_->redis_up();
  }
  push::HubStats stats() const override {
    absl::ReaderMutexLock lock(&mutex_);
    return hub_ ? hub_->stats() : push::HubStats();
  }

 private:
  mutable absl::Mutex mutex_;
  std::unique_ptr<push::Hub> hub_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace huying::runtime
