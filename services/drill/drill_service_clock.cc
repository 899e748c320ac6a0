// SPDX-License-Identifier: Apache-2.0
//
// The stepped clock of an exercise: it moves only when every process is idle, and then to the next
// time at which anything is due.
#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "services/drill/drill_service.h"
#include "services/drill/rules/exercise.h"
#include "services/platform/base/status.h"

namespace huying::drill {
namespace {

using context::CallContext;

// A look costs little: the first ones follow quickly, because most steps are idle at once.
constexpr absl::Duration kLookAgainMin = absl::Milliseconds(1);
constexpr absl::Duration kLookAgainMax = absl::Milliseconds(20);
// So that the caller hears why, and not just that time ran out.
constexpr absl::Duration kAnswerReserve = absl::Milliseconds(500);

absl::Time LatestNow(const rules::Probes& probes) {
  absl::Time latest = absl::InfinitePast();
  for (const auto& process : probes) latest = std::max(latest, base::FromProto(process.now()));
  return latest;
}

}  // namespace

absl::StatusOr<absl::Time> DrillService::RealmNow(const CallContext& context,
                                                  std::string_view realm) {
  ASSIGN_OR_RETURN(const rules::Probes probes, realms_.Probe(context, realm));
  return LatestNow(probes);
}

absl::StatusOr<rules::Probes> DrillService::WaitIdle(const CallContext& context,
                                                     std::string_view realm) {
  ASSIGN_OR_RETURN(rules::Probes before, realms_.Probe(context, realm));
  absl::Duration wait = kLookAgainMin;
  while (true) {
    const absl::Time now = LatestNow(before);
    ASSIGN_OR_RETURN(rules::Probes after, realms_.Probe(context, realm));
    if (rules::Settled(before, after, now)) return after;
    if (machine_clock_.Now() + kAnswerReserve > context.deadline) {
      return base::Unavailable(base::Reason::DEADLINE_EXCEEDED,
                               absl::StrCat("系统尚未空闲：", rules::Unsettled(after, now)),
                               absl::StrCat("not idle yet: ", rules::Unsettled(after, now)))
          .Rule("drill.clock")
          .Next("稍后再试", "try again");
    }
    before = std::move(after);
    absl::SleepFor(wait);
    wait = std::min(wait * 2, kLookAgainMax);
  }
}

absl::StatusOr<v1::AdvanceClockResponse> DrillService::AdvanceClock(
    const CallContext& context, const v1::AdvanceClockRequest& request) {
  ASSIGN_OR_RETURN(const v1::Exercise exercise, Load(request.name()));
  RETURN_IF_ERROR(rules::MayDirect(exercise, context.actor));
  RETURN_IF_ERROR(rules::MayAdvance(exercise));
  const std::string& realm = exercise.realm();
  ASSIGN_OR_RETURN(rules::Probes probes, realms_.Probe(context, realm));
  absl::Time now = LatestNow(probes);
  for (const auto& process : probes) {
    // A step that was cut off in the middle is finished first.
    if (base::FromProto(process.now()) == now) continue;
    RETURN_IF_ERROR(realms_.SetTime(context, realm, now));
    break;
  }
  ASSIGN_OR_RETURN(probes, WaitIdle(context, realm));
  now = LatestNow(probes);
  const absl::Time until = request.has_until() ? base::FromProto(request.until()) : now;
  // Another time than the caller knows: his last step was done, and its answer was lost on the way.
  const bool expected =
      !request.has_expected_now() || base::FromProto(request.expected_now()) == now;
  if (until > now && expected) {
    now = rules::NextTime(probes, until);
    RETURN_IF_ERROR(realms_.SetTime(context, realm, now));
    ASSIGN_OR_RETURN(probes, WaitIdle(context, realm));
  }
  v1::AdvanceClockResponse response;
  *response.mutable_now() = base::ToProto(now);
  response.set_reached_until(now >= until);
  for (const auto& [ledger, head] : rules::Heads(probes)) {
    (*response.mutable_heads())[ledger] = head;
  }
  response.set_more_due(rules::NextDue(probes) < absl::InfiniteFuture());
  return response;
}

absl::StatusOr<ledger::Command> DrillService::FinishExercise(
    const CallContext& context, const v1::FinishExerciseRequest& request) {
  ASSIGN_OR_RETURN(const v1::Exercise exercise, Load(request.name()));
  ASSIGN_OR_RETURN(const rules::Probes probes, realms_.Probe(context, exercise.realm()));
  return Change(request.name(), [realm_now = LatestNow(probes), heads = rules::Heads(probes)](
                                    v1::Exercise current, ledger::Transaction&) {
    return rules::Finish(std::move(current), realm_now, heads);
  });
}

absl::StatusOr<ledger::Command> DrillService::StopExercise(const CallContext& context,
                                                           const v1::StopExerciseRequest& request) {
  ASSIGN_OR_RETURN(const v1::Exercise exercise, Load(request.name()));
  // A realm that does not answer, or was never opened, must not keep anybody from stopping.
  const absl::StatusOr<absl::Time> asked = RealmNow(context, exercise.realm());
  const absl::Time realm_now = asked.ok() ? *asked : base::FromProto(exercise.starts_at());
  return Change(request.name(),
                [realm_now, reason = request.reason()](v1::Exercise current, ledger::Transaction&) {
                  return rules::Stop(std::move(current), reason, realm_now);
                });
}

}  // namespace huying::drill
