// SPDX-License-Identifier: Apache-2.0
//
// 误发撤回: an alert that should never have left is taken back, and everybody told says that he has stopped.
#include <utility>

#include "services/alert/alert_service.h"
#include "services/alert/rules/ladder.h"
#include "services/alert/rules/retract.h"
#include "services/alert/store.h"
#include "services/platform/base/clock.h"
#include "services/platform/guard/makeups.h"

namespace huying::alert {
namespace {

constexpr char kSignPermission[] = "alert.warning.sign";
constexpr absl::Duration kShownFor = absl::Hours(24);  // to whoever joins a stream

// The ladder of the alert stops; one that asks everybody to stop begins.
absl::Status AskToStop(ledger::Transaction& tx, const LadderLimits& limits, absl::Duration shown,
                       v1::Alert& alert) {
  RETURN_IF_ERROR(StopLadder(tx, alert));
  ASSIGN_OR_RETURN(const auto list, tx.Find(kRecipientLists, alert.name()));
  if (list) rules::SetLimits(list->value, limits.answer, tx.now(), alert);
  SetAnswerRows(tx, alert, limits);
  tx.SetDeadline({.key = rules::ExpiryDeadlineKey(alert.name()),
                  .handler = rules::kExpiryHandler,
                  .due_at = tx.now() + shown,
                  .subject = alert.name()});
  return absl::OkStatus();
}

}  // namespace

AlertService::Command AlertService::RetractAlert(const Context& context,
                                                 const v1::RetractAlertRequest& request) {
  RETURN_IF_ERROR(rules::ValidateReason(request.reason(), "reason", Limits()));
  ASSIGN_OR_RETURN(const v1::Alert seen, Peek(request.name()));
  const std::vector<std::string> areas = ToStrings(seen.target_areas());
  ASSIGN_OR_RETURN(Acting acting, GatherActing(context, "alert.lift", areas, "name"));
  const absl::Time now = clock_.Now();
  rules::RetractFacts facts{.may_sign = context.permissions.Contains(kSignPermission)};
  facts.make_up_within = rules_.DurationOf("alert.make-up.retraction", now, facts.make_up_within);
  if (request.has_urgency()) {
    facts.supervisor_post = gather_.facts().SupervisorOf(context, context.actor.post());
  }
  v1::Alert after = seen;
  after.set_state(v1::RETRACTED);
  const LadderLimits limits = LimitsFor(after, rules_, now);
  const absl::Duration shown = rules_.DurationOf("alert.retraction-shown", now, kShownFor);

  ledger::Command command;
  command.reads = {CaseRef(seen.case_id()), kAlerts.Ref(request.name()),
                   kRecipientLists.Ref(request.name())};
  AddLadderReads(seen.name(), command);
  command.decide = [request, areas, acting, facts, limits,
                    shown](ledger::Transaction& tx) -> absl::Status {
    ASSIGN_OR_RETURN(auto stored, tx.Get(kAlerts, request.name()));
    RETURN_IF_ERROR(JudgeEndingOfIssued(tx, stored.value, acting.competence, areas));
    ASSIGN_OR_RETURN(rules::Retracted done,
                     rules::Retract(std::move(stored.value), request.reason(),
                                    request.has_urgency() ? &request.urgency() : nullptr, facts,
                                    tx.actor(), tx.now()));
    RETURN_IF_ERROR(AskToStop(tx, limits, shown, done.alert));
    tx.Change(kAlerts, done.alert.name(), done.alert);
    tx.Subject(kAlerts, done.alert.name());
    RETURN_IF_ERROR(NothingOwed(tx, done.alert, "误发已撤回"));
    PublishAlert(tx, done.alert);
    return guard::OpenMakeUps(tx, done.make_ups, done.alert.case_id());
  };
  return command;
}

}  // namespace huying::alert
