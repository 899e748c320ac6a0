// SPDX-License-Identifier: Apache-2.0
#include "services/platform/push/bell.h"

namespace huying::push {

void Bell::Ring() {
  absl::MutexLock lock(&mutex_);
  rung_ = true;
}

void Bell::Stop() {
  absl::MutexLock lock(&mutex_);
  stopped_ = true;
}

bool Bell::Await(absl::Duration wait) {
  absl::MutexLock lock(&mutex_);
  const auto ready = [this]() ABSL_NO_THREAD_SAFETY_ANALYSIS { return rung_ || stopped_; };
  mutex_.AwaitWithTimeout(absl::Condition(&ready), wait);
  rung_ = false;
  return !stopped_;
}

void Bell::Pause(absl::Duration wait) {
  absl::MutexLock lock(&mutex_);
  mutex_.AwaitWithTimeout(absl::Condition(&stopped_), wait);
}

}  // namespace huying::push
