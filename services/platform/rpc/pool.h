// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <deque>
#include <string>
#include <thread>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/functional/any_invocable.h"
#include "absl/synchronization/mutex.h"

// A few threads and a bounded queue.
//
//   Pool pool({.name = "read", .threads = 6, .queue_max = 2048});
//   if (!pool.Post([] { ... })) return base::Exhausted(...);
namespace huying::rpc {

using Task = absl::AnyInvocable<void()>;

struct PoolOptions {
  std::string name;
  int threads = 1;
  int queue_max = 1024;
};

// Thread-safe. The destructor stops it.
class Pool {
 public:
  explicit Pool(PoolOptions options);
  ~Pool();
  Pool(const Pool&) = delete;
  Pool& operator=(const Pool&) = delete;

  // False when the queue is full or the pool has stopped; the task is then dropped.
  [[nodiscard]] bool Post(Task&& task);
  // For work whose number is bounded elsewhere (answers of admitted calls, ends of streams): takes
  // it whatever the queue's length. Runs it on this thread after Stop.
  void PostAlways(Task&& task);
  // Runs what is queued, then joins. Called twice, does nothing.
  void Stop();

  int queued() const;
  const std::string& name() const { return options_.name; }

 private:
  // A thread without work. The one that stopped last is woken first: its stack is still in the cache,
  // and under light load few threads take turns.
  struct Idle {
    absl::CondVar wake;
    bool woken = false;
  };
  void Run();
  void WakeOneLocked() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void WaitLocked() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  const PoolOptions options_;
  mutable absl::Mutex mutex_;
  std::deque<Task> queue_ ABSL_GUARDED_BY(mutex_);
  std::vector<Idle*> idle_ ABSL_GUARDED_BY(mutex_);
  bool stopped_ ABSL_GUARDED_BY(mutex_) = false;
  std::vector<std::thread> threads_;
};

}  // namespace huying::rpc
