// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "services/platform/rpc/sink.h"

namespace huying::rpc::testing {

// The client's end of a stream, for tests of use cases.
//
//   auto sink = std::make_shared<KeptSink<v1::SubscribeEvent>>();
//   service.Subscribe(context, request, rpc::Sink<v1::SubscribeEvent>(sink));
//   EXPECT_TRUE(sink->Await([](const auto& events) { return events.size() == 3; }));
//
// Keeps what was sent; full after `room` events.
template <typename T>
class KeptSink final : public rpc::MessageSink {
 public:
  explicit KeptSink(int room = 1'000'000) : room_(room) {}
  bool Send(const google::protobuf::Message& event) override {
    absl::MutexLock lock(&mutex_);
    if (closed_ || static_cast<int>(events_.size()) >= room_) return false;
    events_.push_back(static_cast<const T&>(event));
    return true;
  }
  void Close(absl::Status status) override {
    std::vector<std::function<void()>> callbacks;
    {
      absl::MutexLock lock(&mutex_);
      if (closed_) return;
      closed_ = true;
      status_ = std::move(status);
      callbacks.swap(callbacks_);
    }
    for (auto& callback : callbacks) callback();
  }
  bool closed() const override {
    absl::MutexLock lock(&mutex_);
    return closed_;
  }
  void OnClosed(std::function<void()> callback) override {
    absl::MutexLock lock(&mutex_);
    callbacks_.push_back(std::move(callback));
  }
  int queued() const override { return 0; }

  std::vector<T> events() const {
    absl::MutexLock lock(&mutex_);
    return events_;
  }
  absl::Status status() const {
    absl::MutexLock lock(&mutex_);
    return status_;
  }
  // Waits, bounded, until `enough(events)`.
  template <typename Enough>
  bool Await(const Enough& enough) const {
    absl::MutexLock lock(&mutex_);
    const auto ready = [&] { return enough(events_); };
    return mutex_.AwaitWithTimeout(absl::Condition(&ready), absl::Seconds(20));
  }

 private:
  const int room_;
  mutable absl::Mutex mutex_;
  std::vector<T> events_;
  bool closed_ = false;
  absl::Status status_;
  std::vector<std::function<void()>> callbacks_;
};

}  // namespace huying::rpc::testing
