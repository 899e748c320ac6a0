// SPDX-License-Identifier: Apache-2.0
#include "services/platform/rpc/deadline_watch.h"

#include <utility>

namespace huying::rpc {

constexpr absl::Duration kLookEvery = absl::Milliseconds(100);

DeadlineWatch::DeadlineWatch(const base::Clock& machine_clock)
    : clock_(machine_clock), thread_([this] { Run(); }) {}

void DeadlineWatch::Add(std::shared_ptr<OwedAnswer> owed) {
  absl::MutexLock lock(&mutex_);
  owed_.push_back(std::move(owed));
}

void DeadlineWatch::Stop() {
  if (!thread_.joinable()) return;
  stop_.Notify();
  thread_.join();
}

void DeadlineWatch::Run() {
  std::vector<std::shared_ptr<OwedAnswer>> waiting;
  while (!stop_.WaitForNotificationWithTimeout(kLookEvery)) {
    {
      absl::MutexLock lock(&mutex_);
      waiting.insert(waiting.end(), std::make_move_iterator(owed_.begin()),
                     std::make_move_iterator(owed_.end()));
      owed_.clear();
    }
    const absl::Time now = clock_.Now();
    std::erase_if(waiting, [now](const std::shared_ptr<OwedAnswer>& owed) {
      if (owed->given) return true;
      if (now < owed->deadline) return false;
      if (owed->Claim()) owed->too_late();
      return true;
    });
  }
}

}  // namespace huying::rpc
