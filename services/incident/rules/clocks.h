// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "absl/time/time.h"
#include "huying/incident/v1/incident.pb.h"
#include "services/incident/rules/limits.h"

// Statutory clocks 时限. They start from awareness, their due time never moves, lateness is judged by
// the time of receipt and stays once recorded.
namespace huying::incident::rules {

namespace v1 = ::huying::incident::v1;

// Running from `start`. Name: "<incident>/clocks/<rule id><suffix>"; the suffix tells clocks of one rule
// apart ("-GOVERNMENT").
v1::LegalClock StartClock(std::string_view incident, const Limit& limit, absl::Time start,
                          std::string_view suffix = "",
                          v1::ReportChain chain = v1::REPORT_CHAIN_UNSPECIFIED);

// False: it was closed before, nothing changed.
bool Meet(v1::LegalClock& clock, absl::Time received_at, std::string_view met_by);
bool FallDue(v1::LegalClock& clock, bool in_outage);
bool Cancel(v1::LegalClock& clock, absl::Time now);

constexpr bool IsLate(v1::ClockState state) {
  return state == v1::OVERDUE || state == v1::MET_LATE;
}

// What a clock of a report chain waits for.
enum class Awaits { kFirstOral, kFirstWritten, kNextReport };
Awaits AwaitedBy(const v1::LegalClock& clock);
// A report of the district that has reached all it must: by phone or in writing, and whether it had not
// reached them before (the paper of what was phoned is no further report).
struct Reached {
  v1::ReportKind kind = v1::REPORT_KIND_UNSPECIFIED;
  bool in_writing = false;
  bool first_time = true;
};
// A CORRECTION says what changed; the next periodic report it is not.
bool IsMetBy(const v1::LegalClock& clock, const Reached& report);

}  // namespace huying::incident::rules
