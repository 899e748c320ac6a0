// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <deque>
#include <thread>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "services/platform/ledger/lanes.h"
#include "services/platform/ledger/writer.h"

// Takes the answers of decided batches off the writer's thread: while commands wait, the writer must go
// on to the next batch, and whoever is answered may have work to do (a transport serialises and sends).
// One hand-over per batch, however many commands it held.
//
//   Answers answers;
//   answers.Give(std::move(batch), std::move(outcome.answers), /*later=*/true);
namespace huying::ledger {

// Thread-safe; Give is the writer thread's. The destructor gives what is left and joins.
class Answers {
 public:
  Answers();
  ~Answers() { Stop(); }

  // Runs each command's `done`, once: here and now, or soon on the thread of its own.
  void Give(std::vector<Waiting> batch, Writer::Answers answers, bool later);
  // Commands whose answers are still to be given.
  int64_t pending() const;
  void Stop();

 private:
  struct Batch {
    std::vector<Waiting> commands;
    Writer::Answers answers;
  };
  void Run();

  mutable absl::Mutex mutex_;
  std::deque<Batch> batches_ ABSL_GUARDED_BY(mutex_);
  int64_t pending_ ABSL_GUARDED_BY(mutex_) = 0;
  bool stopping_ ABSL_GUARDED_BY(mutex_) = false;
  std::thread thread_;
};

}  // namespace huying::ledger
