// SPDX-License-Identifier: Apache-2.0
#include "services/incident/rules/clocks.h"

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "services/incident/rules/states.h"
#include "services/platform/base/clock.h"
#include "services/platform/base/strings.h"

namespace huying::incident::rules {

v1::LegalClock StartClock(std::string_view incident, const Limit& limit, absl::Time start,
                          std::string_view suffix, v1::ReportChain chain) {
  v1::LegalClock clock;
  clock.set_name(absl::StrCat(base::Abs(incident), "/clocks/", limit.rule_id, base::Abs(suffix)));
  clock.set_incident(std::string(incident));
  clock.set_rule_id(limit.rule_id);
  clock.set_title(limit.title);
  *clock.mutable_start_at() = base::ToProto(start);
  *clock.mutable_due_at() = base::ToProto(start + limit.within);
  clock.set_state(v1::RUNNING);
  clock.set_project_default(limit.project_default);
  clock.set_chain(chain);
  return clock;
}

bool Meet(v1::LegalClock& clock, absl::Time received_at, std::string_view met_by) {
  const bool late = received_at > base::FromProto(clock.due_at());
  const v1::ClockState next = Next(clock.state(), ClockAct::kMeet, late);
  if (next == v1::CLOCK_STATE_UNSPECIFIED) return false;
  clock.set_state(next);
  clock.set_met_by(std::string(met_by));
  *clock.mutable_done_at() = base::ToProto(received_at);
  return true;
}

bool FallDue(v1::LegalClock& clock, bool in_outage) {
  const v1::ClockState next = Next(clock.state(), ClockAct::kFallDue, false);
  if (next == v1::CLOCK_STATE_UNSPECIFIED) return false;
  clock.set_state(next);
  clock.set_in_outage(in_outage);
  return true;
}

bool Cancel(v1::LegalClock& clock, absl::Time now) {
  const v1::ClockState next = Next(clock.state(), ClockAct::kCancel, false);
  if (next == v1::CLOCK_STATE_UNSPECIFIED || next == clock.state()) return false;
  clock.set_state(next);
  *clock.mutable_done_at() = base::ToProto(now);
  return true;
}

Awaits AwaitedBy(const v1::LegalClock& clock) {
  if (absl::StartsWith(clock.rule_id(), "report.first-oral")) return Awaits::kFirstOral;
  if (absl::StartsWith(clock.rule_id(), "report.follow-up")) return Awaits::kNextReport;
  return Awaits::kFirstWritten;  // report.first-written, report.accident-chain
}

bool IsMetBy(const v1::LegalClock& clock, const Reached& report) {
  switch (AwaitedBy(clock)) {
    case Awaits::kFirstOral:
      return report.kind == v1::FIRST;
    case Awaits::kFirstWritten:
      return report.kind == v1::FIRST && report.in_writing;
    case Awaits::kNextReport:
      if (!report.first_time) return false;
      return report.kind == v1::FOLLOW_UP || report.kind == v1::FINAL ||
             (report.kind == v1::CORRECTION && clock.reopened());
  }
  return false;
}

}  // namespace huying::incident::rules
