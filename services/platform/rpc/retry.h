// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "huying/common/v1/policy.pb.h"
#include "services/platform/base/clock.h"

namespace huying::rpc {

struct RetryOptions {
  int attempts_max = 3;
  absl::Duration first_wait = absl::Milliseconds(50);  // four times longer each time
  absl::Duration wait_max = absl::InfiniteDuration();
  // Share of a wait that is random, 0..1, so that many clients do not come back together. Null:
  // none.
  std::function<double()> jitter;
  std::function<void(absl::Duration)> sleep;  // null: sleeps
};

// Calls again what may be called again: idempotency READ or REQUEST_ID, answered UNAVAILABLE, while
// the deadline leaves time. Blocks the calling thread.
absl::Status CallWithRetry(common::v1::Idempotency idempotency, const RetryOptions& options,
                           const base::Clock& machine_clock, absl::Time deadline,
                           const std::function<absl::Status()>& call);

}  // namespace huying::rpc
