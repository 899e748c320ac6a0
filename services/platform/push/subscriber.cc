// SPDX-License-Identifier: Apache-2.0
#include "services/platform/push/subscriber.h"

#include <algorithm>
#include <utility>

namespace huying::push {

void Subscriber::Call(Event event) {
  if (closed() || ended_) return;
  event.complete_to = complete_to_.load(std::memory_order_relaxed);
  caller_.store(std::this_thread::get_id(), std::memory_order_release);
  callback_(event);
  caller_.store(std::thread::id(), std::memory_order_release);
  if (closed()) callback_ = nullptr;  // closed by its own callback
}

bool Subscriber::Live(int64_t seq, const std::string& bytes) {
  absl::MutexLock lock(&mutex_);
  if (closed() || ended_) return false;
  if (seq <= position_) return false;  // the journal was ahead of the bus
  if (live_) {
    Call({.seq = seq, .bytes = bytes});
    return true;
  }
  if (held_.size() >= kHeldEventsMax) {
    held_.clear();
    overflowed_ = true;
  }
  if (!overflowed_) held_.push_back({seq, bytes});
  return false;
}

void Subscriber::Prove(int64_t head) {
  absl::MutexLock lock(&mutex_);
  if (!live_ || ended_ || head <= complete_to()) return;
  complete_to_.store(head, std::memory_order_release);
  Call({.progress_only = true});
}

void Subscriber::CatchUp(int64_t seq, const std::string& bytes) {
  absl::MutexLock lock(&mutex_);
  position_ = seq;
  complete_to_.store(seq, std::memory_order_release);
  Call({.seq = seq, .bytes = bytes});
}

bool Subscriber::JoinLive(int64_t head, const std::function<int64_t()>& proven) {
  absl::MutexLock lock(&mutex_);
  // Read first: whatever it covers past `head` is held by now.
  const int64_t hub_proven = proven();
  position_ = std::max(position_, head);
  if (overflowed_) {
    overflowed_ = false;
    return false;
  }
  complete_to_.store(position_, std::memory_order_release);
  for (const Held& held : std::exchange(held_, {})) {
    if (held.seq > position_) Call({.seq = held.seq, .bytes = held.bytes});
  }
  complete_to_.store(std::max(position_, hub_proven), std::memory_order_release);
  Call({.progress_only = true});
  live_ = true;
  return true;
}

void Subscriber::Resync() {
  absl::MutexLock lock(&mutex_);
  Call({.resync = true});
  ended_ = true;
  held_.clear();
}

void Subscriber::Close() {
  closed_.store(true, std::memory_order_release);
  if (caller_.load(std::memory_order_acquire) == std::this_thread::get_id()) return;
  absl::MutexLock lock(&mutex_);
  callback_ = nullptr;
  held_.clear();
}

}  // namespace huying::push
