// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "huying/platform/v1/control.pb.h"

// When may a stepped clock move, and to where? Idle is agreed between processes, not guessed: nothing
// in flight, no reactor or relay behind, every stream told, nothing due, and all of it equal twice.
//
//   if (rules::Settled(before, after, now)) SetTime(rules::NextTime(after, until));
namespace huying::drill::rules {

// One answer per process, in the same order each time.
using Probes = std::vector<platform::v1::ProbeResponse>;

// Why the processes are not idle at `now`; empty when they are.
std::string Unsettled(const Probes& probes, absl::Time now);

// Idle in both, and nothing changed between them.
bool Settled(const Probes& before, const Probes& after, absl::Time now);

// Earliest due time of any ledger; InfiniteFuture when nothing waits.
absl::Time NextDue(const Probes& probes);

// min(NextDue, until).
absl::Time NextTime(const Probes& probes, absl::Time until);

std::map<std::string, int64_t> Heads(const Probes& probes);

}  // namespace huying::drill::rules
