// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <thread>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "absl/synchronization/notification.h"
#include "absl/time/time.h"
#include "services/platform/base/clock.h"

namespace huying::rpc {

// An answer that is owed, or a stream that is open: whoever claims it first ends it, the ledger (or the
// stream's own end) or the deadline.
struct OwedAnswer {
  std::atomic<bool> given = false;
  absl::Time deadline;             // machine time
  std::function<void()> too_late;  // runs on the watch's thread
  bool Claim() { return !given.exchange(true); }
};

// Answers calls whose deadline passes while a ledger has them: a stuck disk must not hold callers who
// named no deadline of their own. Looks every tenth of a second, so it may be that much late.
//
// Thread-safe, but for Stop, which one thread calls. Costs one push per call; what was answered in time
// is dropped at the next look.
class DeadlineWatch {
 public:
  explicit DeadlineWatch(const base::Clock& machine_clock);
  ~DeadlineWatch() { Stop(); }
  void Add(std::shared_ptr<OwedAnswer> owed);
  void Stop();

 private:
  void Run();

  const base::Clock& clock_;
  absl::Notification stop_;
  absl::Mutex mutex_;
  std::vector<std::shared_ptr<OwedAnswer>> owed_ ABSL_GUARDED_BY(mutex_);
  std::thread thread_;
};

}  // namespace huying::rpc
