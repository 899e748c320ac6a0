// SPDX-License-Identifier: Apache-2.0
#include "services/platform/rpc/stream_queue.h"

#include <utility>

namespace huying::rpc {

StreamQueue::StreamQueue(StreamLimits limits, Hooks hooks)
    : limits_(limits), hooks_(std::move(hooks)) {}

bool StreamQueue::Send(const google::protobuf::Message& event) {
  std::string bytes;
  if (!event.SerializeToString(&bytes)) return false;
  std::function<void()> wake;
  {
    absl::MutexLock lock(&mutex_);
    if (closed_ || static_cast<int>(events_.size()) >= limits_.events_max) return false;
    // One event larger than the limit still passes through an empty queue.
    if (!events_.empty() && bytes_ + bytes.size() > limits_.bytes_max) return false;
    bytes_ += bytes.size();
    events_.push_back(std::move(bytes));
    if (std::exchange(waiting_, false)) wake = wake_;
  }
  if (wake) wake();
  return true;
}

std::vector<std::function<void()>> StreamQueue::CloseLocked(absl::Status status) {
  closed_ = true;
  status_ = std::move(status);
  return std::exchange(on_closed_, {});
}

void StreamQueue::RunLaterAll(std::vector<std::function<void()>> callbacks) {
  for (auto& callback : callbacks) hooks_.run_later(std::move(callback));
}

void StreamQueue::Close(absl::Status status) {
  std::function<void()> wake;
  std::vector<std::function<void()>> callbacks;
  {
    absl::MutexLock lock(&mutex_);
    if (closed_) return;
    if (hooks_.present) status = hooks_.present(std::move(status));
    callbacks = CloseLocked(std::move(status));
    if (std::exchange(waiting_, false)) wake = wake_;
  }
  RunLaterAll(std::move(callbacks));
  if (wake) wake();
}

void StreamQueue::End(absl::Status status) {
  std::vector<std::function<void()>> callbacks;
  {
    absl::MutexLock lock(&mutex_);
    wake_ = nullptr;
    events_.clear();
    bytes_ = 0;
    if (!closed_) callbacks = CloseLocked(std::move(status));
  }
  RunLaterAll(std::move(callbacks));
}

bool StreamQueue::closed() const {
  absl::MutexLock lock(&mutex_);
  return closed_;
}

void StreamQueue::OnClosed(std::function<void()> callback) {
  {
    absl::MutexLock lock(&mutex_);
    if (!closed_) {
      on_closed_.push_back(std::move(callback));
      return;
    }
  }
  callback();
}

int StreamQueue::queued() const {
  absl::MutexLock lock(&mutex_);
  return static_cast<int>(events_.size());
}

void StreamQueue::SetWake(std::function<void()> wake) {
  absl::MutexLock lock(&mutex_);
  wake_ = std::move(wake);
}

std::optional<std::string> StreamQueue::Next() {
  absl::MutexLock lock(&mutex_);
  if (events_.empty()) {
    waiting_ = true;
    return std::nullopt;
  }
  std::string bytes = std::move(events_.front());
  events_.pop_front();
  bytes_ -= bytes.size();
  ++sent_;
  return bytes;
}

std::optional<absl::Status> StreamQueue::Outcome() const {
  absl::MutexLock lock(&mutex_);
  if (!closed_ || !events_.empty()) return std::nullopt;
  return status_;
}

absl::Status StreamQueue::end_status() const {
  absl::MutexLock lock(&mutex_);
  return status_;
}

int StreamQueue::sent() const {
  absl::MutexLock lock(&mutex_);
  return sent_;
}

}  // namespace huying::rpc
