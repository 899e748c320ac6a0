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
  // A busy thread looks at the queue by itself: waking one costs a system call.
  if (idle_ > 0) work_.Signal();
  return true;
}

void Pool::PostAlways(Task&& task) {
  {
    absl::MutexLock lock(&mutex_);
    if (!stopped_) {
      queue_.push_back(std::move(task));
      if (idle_ > 0) work_.Signal();
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
    work_.SignalAll();
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
    while (queue_.empty() && !stopped_) {
      ++idle_;
      work_.Wait(&mutex_);
      --idle_;
    }
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
