// SPDX-License-Identifier: Apache-2.0
#include "services/platform/rpc/pool.h"

#include <utility>

namespace huying::rpc {

Pool::Pool(PoolOptions options) : options_(std::move(options)) {
  for (int i = 0; i < options_.threads; ++i) threads_.emplace_back([this] { Run(); });
}
Pool::~Pool() { Stop(); }

bool Pool::Post(Task&& task) {
  absl::MutexLock lock(&mutex_);
  if (stopped_ || static_cast<int>(queue_.size()) >= options_.queue_max) return false;
  queue_.push_back(std::move(task));
  WakeOneLocked();
  return true;
}

void Pool::WakeOneLocked() {
  if (idle_.empty()) return;  // a busy thread looks at the queue by itself
  Idle* idle = idle_.back();
  idle_.pop_back();
  idle->woken = true;
  idle->wake.Signal();
}

void Pool::WaitLocked() {
  Idle idle;
  idle_.push_back(&idle);
  while (!idle.woken) idle.wake.Wait(&mutex_);
}

void Pool::PostAlways(Task&& task) {
  {
    absl::MutexLock lock(&mutex_);
    if (!stopped_) {
      queue_.push_back(std::move(task));
      WakeOneLocked();
      return;
    }
  }
  task();
}

void Pool::Stop() {
  {
    absl::MutexLock lock(&mutex_);
    if (stopped_) return;
    stopped_ = true;
    while (!idle_.empty()) WakeOneLocked();
  }
  for (std::thread& thread : threads_) thread.join();
}

int Pool::queued() const {
  absl::MutexLock lock(&mutex_);
  return static_cast<int>(queue_.size());
}

void Pool::Run() {
  mutex_.Lock();
  while (true) {
    while (queue_.empty() && !stopped_) WaitLocked();
    if (queue_.empty()) break;
    Task task = std::move(queue_.front());
    queue_.pop_front();
    mutex_.Unlock();
    task();
    task = nullptr;  // frees what it holds outside the lock
    mutex_.Lock();
  }
  mutex_.Unlock();
}

}  // namespace huying::rpc
