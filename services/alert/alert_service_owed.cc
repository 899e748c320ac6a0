// SPDX-License-Identifier: Apache-2.0
//
// What warnings owe: the issue of a signed one, the decision whether a response follows a RED one.
#include <utility>

#include "services/alert/alert_service.h"
#include "services/alert/store.h"
#include "services/platform/base/clock.h"
#include "services/platform/base/status.h"
#include "services/platform/duty/due.h"
#include "services/platform/duty/list.h"

namespace huying::alert {
namespace {

constexpr absl::Duration kIssueWithin = absl::Minutes(10);
constexpr absl::Duration kDecideWithin = absl::Minutes(30);
constexpr char kResponses[] = "responses/";

absl::Status CheckDecision(const v1::Alert& alert, const v1::DecideOnResponseRequest& request) {
  if (alert.kind() != v1::WARNING || alert.color() != v1::RED || !alert.has_issued_at()) {
    return base::Refused(base::Reason::CONDITION_NOT_MET, "只有已发布的红色预警需要这项决定",
                         "only a RED warning that was issued wants this decision")
        .Field("name")
        .Rule(kDecisionRule);
  }
  if (request.started() == (request.response().rfind(kResponses, 0) == 0)) return absl::OkStatus();
  return base::Invalid(base::Reason::FIELD_INVALID, "已启动的写明是哪个响应，未启动的不写",
                       "name the response that was started, and none when none was")
      .Field("response")
      .Rule(kDecisionRule);
}

}  // namespace

OwedFacts AlertService::GatherOwed(const Context& context, const std::string& area) const {
  const absl::Time now = clock_.Now();
  OwedFacts facts{.duty_post = gather_.facts().DutyPostOf(context, area)};
  facts.issue_within = rules_.DurationOf(kIssueRule, now, kIssueWithin);
  facts.decide_within = rules_.DurationOf(kDecisionRule, now, kDecideWithin);
  return facts;
}

AlertService::Command AlertService::DecideOnResponse(const Context& context,
                                                     const v1::DecideOnResponseRequest& request) {
  RETURN_IF_ERROR(rules::ValidateReason(request.reason(), "reason", Limits()));
  ASSIGN_OR_RETURN(const v1::Alert seen, PeekWarning(request.name()));
  const std::vector<std::string> areas = ToStrings(seen.target_areas());
  ASSIGN_OR_RETURN(Acting acting, GatherActing(context, "response.approve", areas, "name"));
  ledger::Command command;
  command.reads = {CaseRef(seen.case_id()), kAlerts.Ref(request.name())};
  command.decide = [request, areas, acting](ledger::Transaction& tx) -> absl::Status {
    ASSIGN_OR_RETURN(auto stored, tx.Get(kAlerts, request.name()));
    v1::Alert& alert = stored.value;
    tx.SetCase(alert.case_id());
    RETURN_IF_ERROR(Judge(tx, acting.competence, areas, alert.parents()).status());
    RETURN_IF_ERROR(CheckDecision(alert, request));
    auto* decision = alert.mutable_response_decision();
    decision->set_started(request.started());
    decision->set_response(request.response());
    decision->set_reason(request.reason());
    *decision->mutable_by() = tx.actor();
    *decision->mutable_at() = base::ToProto(tx.received_at());
    tx.Change(kAlerts, alert.name(), alert);
    tx.Subject(kAlerts, alert.name());
    PublishAlert(tx, alert);
    return Done(tx, alert, kDecisionRule, request.reason());
  };
  return command;
}

absl::StatusOr<common::v1::ListObligationsResponse> AlertService::ListObligations(
    const Context& context, const common::v1::ListObligationsRequest& request) {
  ASSIGN_OR_RETURN(const rules::Viewer viewer, ViewerFor(context));
  ASSIGN_OR_RETURN(auto reader, ledger_.Read());
  return duty::List(*reader, request, clock_.Now(),
                    [&](const common::v1::Obligation& owed) -> absl::StatusOr<bool> {
                      return duty::Concerns(owed, context.actor) ||
                             rules::InSubtree(viewer, owed.area(), viewer.known);
                    });
}

ledger::DueHandler AlertService::ObligationFellDue() {
  return duty::OnDue(ledger_,
                     {.act = "alert.ObligationFellDue",
                      .post_above = [this](const Context& context, const common::v1::Obligation&,
                                           const std::string& post) -> absl::StatusOr<std::string> {
                        ASSIGN_OR_RETURN(const auto found, gather_.facts().PostOf(context, post));
                        if (found.silent())
                          return base::Unavailable(base::Reason::LOWER_SERVICE_UNAVAILABLE,
                                                   "目录服务未应答", "directory does not answer");
                        return found.value->supervisor();
                      }});
}

}  // namespace huying::alert
