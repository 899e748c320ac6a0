// SPDX-License-Identifier: Apache-2.0
#include "services/platform/rpc/retry.h"

#include <algorithm>

#include "absl/time/clock.h"

namespace huying::rpc {

absl::Status CallWithRetry(common::v1::Idempotency idempotency, const RetryOptions& options,
                           const base::Clock& machine_clock, absl::Time deadline,
                           const std::function<absl::Status()>& call) {
  const bool repeatable = idempotency == common::v1::READ || idempotency == common::v1::REQUEST_ID;
  absl::Duration wait = options.first_wait;
  for (int attempt = 1;; ++attempt) {
    absl::Status status = call();
    const bool again = repeatable && status.code() == absl::StatusCode::kUnavailable &&
                       attempt < options.attempts_max;
    if (!again) return status;
    absl::Duration now_wait = wait;
    if (options.jitter) now_wait = wait * (1.0 - 0.5 * options.jitter());
    if (machine_clock.Now() + now_wait >= deadline) return status;
    if (options.sleep) {
      options.sleep(now_wait);
    } else {
      absl::SleepFor(now_wait);
    }
    wait = std::min(wait * 4, options.wait_max);
  }
}

}  // namespace huying::rpc
