// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>

#include "absl/time/time.h"
#include "services/platform/base/clock.h"
#include "services/platform/context/call_context.h"

// An act that must not wait asks a lower service for a moment only, and then goes on without it: one
// that hangs may not eat the time its caller has.
//
//   auto area = directory.GetArea(context::Hurried(context), request);
//   if (base::GaveNoAnswer(area.status())) ...  // act, and mark what was not checked
//
// Pure but for the machine's clock; any thread.
namespace huying::context {

inline constexpr absl::Duration kLowerServiceWait = absl::Milliseconds(1500);

// The same call with a deadline of at most kLowerServiceWait, and of half the time that is left.
inline CallContext Hurried(const CallContext& context) {
  const absl::Time now = base::SystemClock().Now();
  CallContext hurried = context;
  hurried.deadline = now + kLowerServiceWait;
  if (context.deadline != absl::Time()) {
    hurried.deadline = std::min(hurried.deadline, now + (context.deadline - now) / 2);
  }
  return hurried;
}

}  // namespace huying::context
