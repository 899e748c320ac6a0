// SPDX-License-Identifier: Apache-2.0
#include "services/incident/rules/responses.h"

#include <algorithm>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "services/incident/rules/states.h"
#include "services/platform/base/clock.h"
#include "services/platform/base/status.h"
#include "services/platform/base/strings.h"

namespace huying::incident::rules {
namespace {

using base::Reason;
constexpr char kStartLaw[] = "突发事件应对法 第七十二条";
constexpr char kLiftPrefix[] = "lift/";

template <typename List, typename Value>
bool Contains(const List& list, const Value& value) {
  return std::find(list.begin(), list.end(), value) != list.end();
}

absl::Status FactMissing(std::string_view field, std::string_view zh) {
  return base::Invalid(Reason::FIELD_MISSING, absl::StrCat("启动响应须写明", base::Abs(zh)),
                       absl::StrCat("a start must state ", base::Abs(field)))
      .Field(field)
      .Rule("response.four-facts")
      .Law(kStartLaw);
}

// What is known of a plan is not lost when it does not answer.
void TakePlan(v1::Response& response, const PlanFacts& plan) {
  if (!plan.available) return;
  response.set_plan_revision(plan.revision);
  response.set_commander_post(plan.commander_post);
  response.set_approver_post(plan.level.approver_post());
  response.set_conditions_met(plan.starts);
  response.clear_condition_trace();
  for (const std::string& line : plan.trace) response.add_condition_trace(line);
}

void RunUntil(v1::Response& response, const google::protobuf::Duration& period, absl::Time now) {
  *response.mutable_expected_period() = period;
  *response.mutable_ends_expected_at() = base::ToProto(now + absl::Seconds(period.seconds()));
}

// What the request states, else what the plan does.
void StateFacts(v1::Response& response, const v1::ActivateResponseRequest& request,
                const PlanFacts& plan, absl::Time now) {
  *response.mutable_matters() =
      request.matters().empty() ? plan.level.matters() : request.matters();
  *response.mutable_measures() =
      request.measures().empty() ? plan.level.measures() : request.measures();
  RunUntil(response,
           request.expected_period().seconds() > 0 ? request.expected_period()
                                                   : plan.level.expected_period(),
           now);
}

absl::Status CheckFacts(const v1::Response& response) {
  if (response.matters().empty()) return FactMissing("matters", "响应事项");
  if (response.level() < 1 || response.level() > 4) return FactMissing("level", "响应级别");
  if (response.expected_period().seconds() <= 0) return FactMissing("expected_period", "预计期限");
  if (response.measures().empty()) return FactMissing("measures", "应急处置措施");
  return absl::OkStatus();
}

// The plan's word of this level; when it does not answer, what the response knows of it.
std::string ApproverOf(const v1::Response& response, const PlanFacts& plan) {
  return plan.available ? plan.level.approver_post() : response.approver_post();
}

guard::Guard Soft(const char* rule, bool passed, const std::string& supervisor,
                  const Limits& limits, const std::string& zh, std::string_view en) {
  return {.rule_id = rule,
          .kind = guard::Kind::kSoft,
          .passed = passed,
          .problem = base::Refused(Reason::CONDITION_NOT_MET, zh, en).Law(kStartLaw),
          .make_up_within = limits.make_up_approval,
          .supervisor_post = supervisor};
}

guard::Guard PlanGuard(const PlanFacts& plan, const std::string& approver, const Limits& limits) {
  return Soft(kPlanRule, plan.available, approver, limits, "预案服务没有应答，无法核对预案",
              "plan does not answer: the plan cannot be checked");
}

guard::Guard ApproverGuard(const std::string& approver, const Act& act, const Limits& limits) {
  return Soft(kApproverRule, IsApprover(act.actor, approver), approver, limits,
              approver.empty() ? "无法核对本级响应应由谁批准"
                               : absl::StrCat("本级响应应由 ", approver, " 批准"),
              "the plan's approver of this level must approve");
}

guard::Guard ConditionsGuard(const PlanFacts& plan, const std::string& override_reason,
                             const std::string& approver, const Limits& limits) {
  return Soft(kConditionsRule, plan.starts || !override_reason.empty(), approver, limits,
              "启动条件未满足或无法判断，须写明理由",
              "the start conditions are not met or not known: say why all the same");
}

}  // namespace

v1::Response Propose(const v1::Incident& incident, const v1::ProposeResponseRequest& request,
                     std::string name, const PlanFacts& plan, const Act& act) {
  v1::Response response;
  response.set_name(std::move(name));
  response.set_incident(incident.name());
  response.set_state(Next(v1::RESPONSE_STATE_UNSPECIFIED, ResponseAct::kPropose));
  response.set_plan(request.plan());
  response.set_level(request.level());
  response.set_proposal_reason(request.reason());
  *response.mutable_proposer() = act.actor;
  *response.mutable_areas() = incident.areas();
  TakePlan(response, plan);
  return response;
}

absl::Status Decline(v1::Response& response, std::string_view reason, const Act& act) {
  ASSIGN_OR_RETURN(v1::ResponseState next, Transition(response.state(), ResponseAct::kDecline));
  response.set_state(next);
  response.set_end_reason(std::string(reason));
  *response.mutable_approver() = act.actor;
  *response.mutable_ended_at() = base::ToProto(act.received_at);
  ClearOccasions(response);
  return absl::OkStatus();
}

bool IsApprover(const common::v1::Actor& actor, std::string_view approver_post) {
  return !approver_post.empty() &&
         (actor.post() == approver_post || actor.acting_for_post() == approver_post);
}

bool IsInTheDark(const v1::Response& response) {
  return response.plan_revision() == 0 || response.level_unchecked();
}

std::vector<guard::Guard> StartGuards(const v1::Incident& incident, const v1::Response& response,
                                      const v1::ActivateResponseRequest& request,
                                      const PlanFacts& plan, const Act& act, const Limits& limits) {
  const std::string approver = ApproverOf(response, plan);
  std::vector<guard::Guard> guards;
  guards.push_back(PlanGuard(plan, approver, limits));
  guards.push_back(ApproverGuard(approver, act, limits));
  guards.push_back(ConditionsGuard(plan, request.override_reason(), approver, limits));
  guards.push_back(Soft(kVerifiedRule, IsVerified(incident.state()), approver, limits,
                        "事件尚未核实", "the incident was not verified"));
  return guards;
}

std::vector<guard::Guard> AdjustGuards(const v1::Response& response,
                                       const v1::AdjustResponseRequest& request,
                                       const PlanFacts& plan, const Act& act,
                                       const Limits& limits) {
  // Who approves another level only the plan says.
  const bool same = request.level() == response.level();
  const std::string approver = same || plan.available ? ApproverOf(response, plan) : "";
  if (same) return {ApproverGuard(approver, act, limits)};
  return {PlanGuard(plan, approver, limits), ApproverGuard(approver, act, limits),
          ConditionsGuard(plan, request.override_reason(), approver, limits)};
}

absl::Status CheckNotStarted(const v1::Response& response) {
  if (!IsUnderWay(response.state()) && response.state() != v1::RESPONSE_ENDED) {
    return absl::OkStatus();
  }
  return base::Refused(Reason::ILLEGAL_TRANSITION, "响应已经启动", "it was started before")
      .Rule("response.states")
      .Law(kStartLaw)
      .Next("补办用 MakeUpResponse", "what is owed of it is brought by MakeUpResponse");
}

absl::Status MakeUpStart(v1::Response& response, std::string_view override_reason,
                         const PlanFacts& plan, const Act& act) {
  RETURN_IF_ERROR(Transition(response.state(), ResponseAct::kMakeUp).status());
  if (IsInTheDark(response)) {
    if (!plan.available) {
      return base::Unavailable(Reason::LOWER_SERVICE_UNAVAILABLE,
                               "预案服务仍没有应答，暂时无法补办", "plan still does not answer")
          .Rule(kPlanRule)
          .Next("预案服务恢复后再补办", "make it up when plan answers again");
    }
    TakePlan(response, plan);
    response.clear_level_unchecked();
    if (response.legal_basis().empty()) {
      for (const auto& basis : plan.legal_basis) *response.add_legal_basis() = basis;
    }
  }
  if (!IsApprover(act.actor, response.approver_post())) {
    return base::Refused(Reason::ILLEGAL_TRANSITION,
                         absl::StrCat("响应已经启动；补办应由 ", response.approver_post(), " 办理"),
                         "it is under way; the plan's approver makes it up")
        .Rule(kApproverRule)
        .Law(kStartLaw)
        .Next(absl::StrCat("请 ", response.approver_post(), " 补办"),
              "ask the plan's approver to make it up");
  }
  ClearOccasions(response);
  *response.mutable_approver() = act.actor;
  if (!override_reason.empty()) response.set_override_reason(std::string(override_reason));
  return absl::OkStatus();
}

bool IsMadeUp(std::string_view rule_id, const v1::Response& response,
              const v1::Incident& incident) {
  if (rule_id == kPlanRule) return !IsInTheDark(response);
  if (rule_id == kConditionsRule) {
    return response.conditions_met() || !response.override_reason().empty();
  }
  if (rule_id == kVerifiedRule) return IsVerified(incident.state());
  return rule_id == kApproverRule;
}

absl::Status Start(v1::Response& response, const v1::Incident& incident,
                   const v1::ActivateResponseRequest& request, const PlanFacts& plan,
                   const Act& act) {
  ASSIGN_OR_RETURN(v1::ResponseState next, Transition(response.state(), ResponseAct::kActivate));
  if (response.plan().empty()) {
    response.set_plan(request.plan());
    response.set_level(request.level());
  }
  TakePlan(response, plan);
  StateFacts(response, request, plan, act.now);
  RETURN_IF_ERROR(CheckFacts(response));
  response.set_state(next);
  response.set_override_reason(request.override_reason());
  *response.mutable_approver() = act.actor;
  *response.mutable_started_at() = base::ToProto(act.received_at);
  *response.mutable_areas() = request.areas().empty() ? incident.areas() : request.areas();
  for (const auto& basis : request.legal_basis()) *response.add_legal_basis() = basis;
  if (response.legal_basis().empty()) {
    for (const auto& basis : plan.legal_basis) *response.add_legal_basis() = basis;
  }
  ClearOccasions(response);
  PlanNotices(response, plan.level);
  return absl::OkStatus();
}

absl::Status Adjust(v1::Response& response, const v1::AdjustResponseRequest& request,
                    const PlanFacts& plan, const Act& act) {
  ASSIGN_OR_RETURN(v1::ResponseState next, Transition(response.state(), ResponseAct::kAdjust));
  const bool same = request.level() == response.level();
  if (same && request.expected_period().seconds() <= 0) {
    return base::Invalid(Reason::FIELD_INVALID, "级别没有变化；延长请写明期限",
                         "the level is the same; an extension states its period")
        .Field("level");
  }
  ClearOccasions(response);
  v1::Response::LevelChange* change = response.add_level_changes();
  change->set_from(response.level());
  change->set_to(request.level());
  change->set_reason(request.reason());
  *change->mutable_actor() = act.actor;
  *change->mutable_at() = base::ToProto(act.received_at);
  const auto& period = request.expected_period().seconds() > 0 ? request.expected_period()
                                                               : plan.level.expected_period();
  RunUntil(response, period.seconds() > 0 ? period : response.expected_period(), act.now);
  response.set_state(next);
  if (same) return absl::OkStatus();
  response.set_level(request.level());
  response.set_level_unchecked(!plan.available);
  response.set_conditions_met(plan.starts);
  response.set_override_reason(request.override_reason());
  if (!plan.level.matters().empty()) *response.mutable_matters() = plan.level.matters();
  if (!plan.level.measures().empty()) *response.mutable_measures() = plan.level.measures();
  TakePlan(response, plan);
  PlanNotices(response, plan.level);
  return absl::OkStatus();
}

absl::Status HandOver(v1::Response& response, const v1::HandOverResponseRequest& request,
                      const Act& act) {
  ASSIGN_OR_RETURN(v1::ResponseState next, Transition(response.state(), ResponseAct::kHandOver));
  response.set_state(next);
  v1::Response::Handover* handover = response.mutable_handover();
  handover->set_body(request.body());
  handover->set_commander(request.commander());
  handover->set_remaining(request.remaining());
  handover->set_receipt(request.receipt());
  *handover->mutable_at() = base::ToProto(act.received_at);
  *handover->mutable_by() = act.actor;
  ClearOccasions(response);
  return absl::OkStatus();
}

absl::Status End(v1::Response& response, std::string_view reason, const Act& act) {
  ASSIGN_OR_RETURN(v1::ResponseState next, Transition(response.state(), ResponseAct::kEnd));
  response.set_state(next);
  response.set_end_reason(std::string(reason));
  *response.mutable_ended_at() = base::ToProto(act.received_at);
  ClearOccasions(response);
  for (std::string& alert : AlertsToLift(response)) response.add_alerts_to_lift(std::move(alert));
  return absl::OkStatus();
}

std::vector<std::string> AlertsToLift(const v1::Response& response) {
  std::vector<std::string> alerts;
  for (const v1::Response::Effect& effect : response.effects()) {
    if (effect.result().empty() || absl::StartsWith(effect.id(), kLiftPrefix)) continue;
    const std::string lift = absl::StrCat(kLiftPrefix, effect.result());
    const bool lifted =
        std::any_of(response.effects().begin(), response.effects().end(),
                    [&](const v1::Response::Effect& other) { return other.id() == lift; });
    if (!lifted) alerts.push_back(effect.result());
  }
  return alerts;
}

void RecordEffect(v1::Response& response, v1::Response::Effect effect) {
  ClearOccasions(response);
  const bool issued = !effect.result().empty() && !absl::StartsWith(effect.id(), kLiftPrefix);
  if (issued && response.state() == v1::RESPONSE_ENDED)
    response.add_alerts_to_lift(effect.result());
  *response.add_effects() = std::move(effect);
}

void PlanNotices(v1::Response& response, const plan::v1::ResponseLevel& level) {
  *response.mutable_notices() = level.notices();
  for (const plan::v1::NoticeTemplate& notice : level.notices()) {
    if (Contains(response.noticed(), notice.id())) continue;
    response.add_noticed(notice.id());
    *response.add_notices_to_issue() = notice;
  }
}

void ClearOccasions(v1::Response& response) {
  response.clear_notices_to_issue();
  response.clear_alerts_to_lift();
}

}  // namespace huying::incident::rules
