// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>

#include "absl/synchronization/notification.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"

namespace huying::testing {

// For what tells nobody when it has happened: looks again every few milliseconds, within a bound.
inline bool Eventually(const std::function<bool()>& holds,
                       absl::Duration limit = absl::Seconds(20)) {
  constexpr absl::Duration kLook = absl::Milliseconds(10);
  absl::Notification never;
  for (const absl::Time end = absl::Now() + limit; absl::Now() < end;) {
    if (holds()) return true;
    never.WaitForNotificationWithTimeout(kLook);
  }
  return holds();
}

}  // namespace huying::testing
