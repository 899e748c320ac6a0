// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>
#include <vector>

#include "absl/time/time.h"
#include "absl/types/span.h"
#include "huying/incident/v1/incident.pb.h"
#include "services/incident/rules/limits.h"

// Which reports the district owes (突发事件应对法 第六十一条, 第493号令 第九条 to 第十三条): a pure function of the
// incident and its report chains. After every act the difference to what runs is started and cancelled
// (CaseTx), so no act can forget a clock.
//
//   for (const OwedClock& owed : OwedClocks(incident, chains, limits, now)) ...
namespace huying::incident::rules {

namespace v1 = ::huying::incident::v1;

// What the clock of a report chain waits for.
enum class Awaits { kFirstOral, kFirstWritten, kNextReport };

struct OwedClock {
  v1::ReportChain chain = v1::REPORT_CHAIN_UNSPECIFIED;
  Awaits awaits = Awaits::kFirstOral;
  Limit limit;
  absl::Time start;
  absl::Time due;  // at the latest: a clock that runs and is due before that is kept as it is
};

// The clocks of every chain. An incident that is open or has ended owes, on each chain that its class
// demands, the first report until it was told, its paper until that left, and after it the next report
// until the FINAL was told. A chain that nobody demands owes the next report once it has told a first
// one. After the FINAL a report is owed again when figures or level changed. Chains of bodies below the
// district owe nothing here.
std::vector<OwedClock> OwedClocks(const v1::Incident& incident,
                                  absl::Span<const v1::ReportChainState> chains,
                                  const Limits& limits, absl::Time now);

// Reports are owed on it: neither found untrue nor another's.
constexpr bool OwesReports(v1::IncidentState state) {
  return state != v1::INCIDENT_STATE_UNSPECIFIED && state != v1::REJECTED &&
         state != v1::TRANSFERRED;
}
// Somebody still has to find out whether it is true.
constexpr bool OwesVerification(v1::IncidentState state) {
  return state == v1::REPORTED || state == v1::VERIFYING;
}

// By the rule of a running clock.
Awaits AwaitedBy(std::string_view rule_id);

// A report of the district that has reached all it must: by phone or in writing, and whether it had not
// reached them before (the paper of what was phoned is no further report).
struct Reached {
  v1::ReportKind kind = v1::REPORT_KIND_UNSPECIFIED;
  bool in_writing = false;
  bool first_time = true;
  bool changed = false;  // what was told before no longer held
};
// A CORRECTION says what changed; a periodic report it is not.
bool IsMetBy(Awaits awaits, const Reached& report);

}  // namespace huying::incident::rules
