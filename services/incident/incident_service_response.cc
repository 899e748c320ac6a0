// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "services/incident/incident_service.h"
#include "services/incident/rules/facts.h"
#include "services/incident/rules/incidents.h"
#include "services/incident/rules/names.h"
#include "services/incident/rules/states.h"
#include "services/incident/rules/tasks.h"
#include "services/incident/rules/validate.h"
#include "services/platform/base/clock.h"
#include "services/platform/base/status.h"

// Responses. Their notices are issued and lifted by the reactor (response_effects.h) after the entry is
// written; tasks are assigned and cancelled in the same command.
namespace huying::incident {
namespace {

using base::Reason;

// The expected period is owed anew; what ran before is no longer.
absl::Status OwePeriod(CaseTx& c, const v1::Response& response) {
  RETURN_IF_ERROR(c.Drop(response.name(), kPeriodRule, "已调整"));
  duty::Obligation period =
      duty::About(response.name(), kPeriodRule, "响应预计期限届满：延长、调整或者终止");
  period.set_kind(duty::Obligation::TERM);
  period.set_post(response.commander_post());
  duty::Due(period, c.act().now, base::FromProto(response.ends_expected_at()),
            c.limits().climb_every);
  return c.Owe(std::move(period)).status();
}

absl::Status SameFacts(const v1::Incident& incident, const rules::PlanFacts& plan) {
  if (!plan.available || rules::FactsKey(incident) == plan.facts_key) return absl::OkStatus();
  return base::Aborted(Reason::FACTS_CHANGED, "事件数据刚有变化，请重试",
                       "the incident changed while the plan was asked")
      .Next("重试", "try again");
}

// The plan named somebody who is not (or no longer) there. Nothing waits for that: the commander is told
// at once that this task is nobody's, not when its time is over.
absl::Status TellOfUnknownExecutor(CaseTx& c, const v1::Task& task,
                                   const std::set<std::string>& unknown) {
  std::vector<std::string> missing;
  for (const std::string& name : {task.executor_unit(), task.executor_post()}) {
    if (unknown.count(name) > 0) missing.push_back(name);
  }
  if (missing.empty()) return absl::OkStatus();
  return c.OpenItem(task.name(), "task.executor-known",
                    absl::StrCat("组织目录中没有预案指定的执行者 ", absl::StrJoin(missing, "、"),
                                 "，应当另行指派：", task.goal()),
                    task.commander_post());
}

// R53: every task with executor, goal and deadline, in the very command that starts the response.
absl::StatusOr<std::vector<v1::Task>> AssignTasks(CaseTx& c, v1::Response& response,
                                                  const rules::PlanFacts& plan) {
  std::vector<v1::Task> tasks = rules::TasksOf(response, plan.level, c.act());
  for (const v1::Task& task : tasks) {
    response.add_tasks(task.name());
    RETURN_IF_ERROR(c.OweTask(task));
    RETURN_IF_ERROR(TellOfUnknownExecutor(c, task, plan.unknown_executors));
  }
  return tasks;
}

// One response of a plan at a time; the records are read by key, so that two commands in one batch see
// each other.
absl::Status NoneUnderWay(ledger::Transaction& tx, const v1::Incident& incident,
                          const std::string& plan) {
  for (const std::string& name : incident.open_responses()) {
    ASSIGN_OR_RETURN(auto other, tx.Get(kResponses, name));
    if (other.value.plan() != plan) continue;
    return base::Refused(Reason::ALREADY_EXISTS, absl::StrCat("该预案的响应 ", name, " 正在进行"),
                         absl::StrCat("response ", name, " of this plan is under way"))
        .Rule("response.one-per-plan")
        .Next("调整正在进行的响应", "adjust the one under way");
  }
  return absl::OkStatus();
}

// Response and incident name the rows, so that whoever brings the papers finds them whatever their number.
absl::Status OpenMakeUps(CaseTx& c, v1::Response& response,
                         const std::vector<common::v1::MakeUp>& rows) {
  if (rows.empty()) return absl::OkStatus();
  ASSIGN_OR_RETURN(const std::vector<std::string> names, c.OpenMakeUps(rows));
  for (const std::string& name : names) response.add_make_ups(name);
  c.tx().Change(kResponses, response.name(), response);
  return absl::OkStatus();
}

template <typename List>
void RemoveFrom(List& list, const std::string& name) {
  list.erase(std::remove(list.begin(), list.end(), name), list.end());
}

absl::Status Activate(CaseTx& c, v1::Incident& incident, v1::Response& response,
                      const v1::ActivateResponseRequest& request, const rules::PlanFacts& plan,
                      const rules::Limits& limits) {
  ledger::Transaction& tx = c.tx();
  RETURN_IF_ERROR(SameFacts(incident, plan));
  const v1::Response before = response;
  RETURN_IF_ERROR(rules::Start(response, incident, request, plan, c.act()));
  RETURN_IF_ERROR(NoneUnderWay(tx, incident, response.plan()));
  ASSIGN_OR_RETURN(auto make_ups, guard::Judge(rules::StartGuards(incident, before, request, plan,
                                                                  c.act(), limits),
                                               request.has_urgency() ? &request.urgency() : nullptr,
                                               response.name(), c.act().actor, c.act().now));
  ASSIGN_OR_RETURN(const std::vector<v1::Task> tasks, AssignTasks(c, response, plan));
  // A proposal that is approved, or a response that starts without one.
  tx.Set(kResponses, response.name(), response);
  tx.Subject(kResponses, response.name());
  for (const v1::Task& task : tasks) tx.Create(kTasks, task.name(), task);
  RETURN_IF_ERROR(rules::Respond(incident, response.name(), c.act()));
  RETURN_IF_ERROR(OwePeriod(c, response));
  RETURN_IF_ERROR(c.Settle(response.name(), kDecisionRule, response.name()));
  RemoveFrom(*incident.mutable_open_proposals(), response.name());
  for (const auto& basis : response.legal_basis()) tx.AddBasis(basis);
  return OpenMakeUps(c, response, make_ups);
}

// What was passed in urgency when the response started or was adjusted, brought by the approver now.
absl::Status CloseMakeUps(CaseTx& c, const v1::Incident& incident, const v1::Response& response) {
  int closed = 0;
  for (const std::string& name : response.make_ups()) {
    ASSIGN_OR_RETURN(auto row, c.tx().Get(duty::kObligations, name));
    if (row.value.has_closed_at()) continue;
    if (!rules::IsMadeUp(row.value.rule_id(), response, incident)) continue;
    RETURN_IF_ERROR(c.CloseMakeUp(name));
    ++closed;
  }
  if (closed > 0) return absl::OkStatus();
  return base::Refused(Reason::CONDITION_NOT_MET, "没有需要补办、现在可以补办的事项",
                       "nothing is to be made up, or not by this")
      .Rule("response.make-up")
      .Next("查看该响应的待补事项", "look at what is owed on this response");
}

absl::Status DecideAdjust(CaseTx& c, v1::Incident& incident, v1::Response& response,
                          const v1::AdjustResponseRequest& request, const rules::PlanFacts& plan,
                          const rules::Limits& limits) {
  RETURN_IF_ERROR(SameFacts(incident, plan));
  const v1::Response before = response;
  RETURN_IF_ERROR(rules::Adjust(response, request, plan, c.act()));
  ASSIGN_OR_RETURN(auto make_ups,
                   guard::Judge(rules::AdjustGuards(before, request, plan, c.act(), limits),
                                request.has_urgency() ? &request.urgency() : nullptr,
                                response.name(), c.act().actor, c.act().now));
  ASSIGN_OR_RETURN(const std::vector<v1::Task> tasks, AssignTasks(c, response, plan));
  c.tx().Change(kResponses, response.name(), response);
  for (const v1::Task& task : tasks) c.tx().Create(kTasks, task.name(), task);
  RETURN_IF_ERROR(OwePeriod(c, response));
  // What the response stands on also bears its new level, unless the request names something else.
  const auto& bases =
      request.legal_basis().empty() ? response.legal_basis() : request.legal_basis();
  for (const auto& basis : bases) c.tx().AddBasis(basis);
  return OpenMakeUps(c, response, make_ups);
}

absl::Status CancelOpenTasks(CaseTx& c, const v1::Response& response) {
  for (const std::string& name : response.tasks()) {
    ASSIGN_OR_RETURN(auto task, c.tx().Get(kTasks, name));
    if (!rules::Cancel(task.value)) continue;
    RETURN_IF_ERROR(c.Drop(name, kTaskRule, "响应终止"));
    c.tx().Change(kTasks, name, task.value);
  }
  return absl::OkStatus();
}

// Somebody proposed it; the plan's approver decides, or it climbs.
absl::Status OweDecision(CaseTx& c, const v1::Response& response) {
  const rules::Limit limit = c.limits().decision;
  duty::Obligation decision = duty::About(response.name(), kDecisionRule, limit.title);
  decision.set_kind(duty::Obligation::DECISION);
  decision.set_post(response.approver_post());
  decision.set_project_default(limit.project_default);
  duty::Due(decision, c.act().now, c.act().now + limit.within, limit.climb_every);
  return c.Owe(std::move(decision)).status();
}

}  // namespace

IncidentService::Command IncidentService::ProposeResponse(
    const Context& context, const v1::ProposeResponseRequest& request) {
  RETURN_IF_ERROR(rules::ValidateName(request.plan(), "plans", "plan"));
  RETURN_IF_ERROR(rules::ValidateText(request.reason(), "reason", "建议理由"));
  RETURN_IF_ERROR(rules::ValidateLevel(request.level()));
  ASSIGN_OR_RETURN(v1::Incident now, Snapshot(kIncidents, request.incident()));
  int64_t plan_seq = 0;
  ASSIGN_OR_RETURN(rules::PlanFacts plan,
                   AskPlan(context, now, request.plan(), 0, request.level(), &plan_seq));
  return ForIncident(
      context, request.incident(), "response.propose",
      [request, plan, plan_seq](CaseTx& c, v1::Incident& incident) -> absl::Status {
        RETURN_IF_ERROR(SameFacts(incident, plan));
        RETURN_IF_ERROR(rules::Transition(incident.state(), rules::IncidentAct::kPropose).status());
        const int year = rules::YearOf(c.act().now);
        ASSIGN_OR_RETURN(int64_t number, c.tx().NextNumber(absl::StrCat("responses/", year)));
        const v1::Response response = rules::Propose(
            incident, request, rules::Numbered("responses", year, number), plan, c.act());
        if (plan_seq > 0) c.tx().AddSource("plan", plan_seq);
        c.tx().Create(kResponses, response.name(), response);
        c.tx().Subject(kResponses, response.name());
        incident.add_open_proposals(response.name());
        return OweDecision(c, response);
      });
}

IncidentService::Command IncidentService::DeclineResponse(
    const Context& context, const v1::DeclineResponseRequest& request) {
  RETURN_IF_ERROR(rules::ValidateText(request.reason(), "reason", "不启动的理由"));
  return ForResponse(
      context, request.name(), "response.approve",
      [request](CaseTx& c, v1::Incident& incident, v1::Response& response) -> absl::Status {
        RETURN_IF_ERROR(rules::Decline(response, request.reason(), c.act()));
        c.tx().Change(kResponses, response.name(), response);
        RemoveFrom(*incident.mutable_open_proposals(), response.name());
        return c.Settle(response.name(), kDecisionRule, response.name());
      });
}

IncidentService::Command IncidentService::ActivateResponse(
    const Context& context, const v1::ActivateResponseRequest& request) {
  RETURN_IF_ERROR(rules::ValidateActivate(request));
  v1::ActivateResponseRequest start = request;
  ASSIGN_OR_RETURN(const References::Areas areas,
                   references_.AreasFor(context, "response.approve",
                                        {request.areas().begin(), request.areas().end()}));
  start.mutable_areas()->Assign(areas.codes.begin(), areas.codes.end());
  if (!request.name().empty()) {
    ASSIGN_OR_RETURN(v1::Response proposed, Snapshot(kResponses, request.name()));
    RETURN_IF_ERROR(rules::CheckNotStarted(proposed));
    start.set_incident(proposed.incident());
    start.set_plan(proposed.plan());
    start.set_level(proposed.level());
  }
  ASSIGN_OR_RETURN(v1::Incident now, Snapshot(kIncidents, start.incident()));
  int64_t plan_seq = 0;
  ASSIGN_OR_RETURN(rules::PlanFacts plan,
                   AskPlan(context, now, start.plan(), 0, start.level(), &plan_seq));
  plan.unknown_executors = references_.UnknownExecutors(context, plan.level);
  const auto decide = [this, start, plan, plan_seq, unchecked = areas.unchecked](
                          CaseTx& c, v1::Incident& incident, v1::Response& response) {
    if (unchecked) c.tx().AddFlag(*unchecked);
    if (plan_seq > 0) c.tx().AddSource("plan", plan_seq);
    return Activate(c, incident, response, start, plan, LimitsFor(incident, c.act().now));
  };
  if (!start.name().empty()) return ForResponse(context, start.name(), "response.approve", decide);
  return ForIncident(context, start.incident(), "response.approve",
                     [decide](CaseTx& c, v1::Incident& incident) -> absl::Status {
                       const int year = rules::YearOf(c.act().now);
                       ASSIGN_OR_RETURN(int64_t number,
                                        c.tx().NextNumber(absl::StrCat("responses/", year)));
                       v1::Response response;
                       response.set_name(rules::Numbered("responses", year, number));
                       response.set_incident(incident.name());
                       return decide(c, incident, response);
                     });
}

IncidentService::Command IncidentService::MakeUpResponse(const Context& context,
                                                         const v1::MakeUpResponseRequest& request) {
  RETURN_IF_ERROR(rules::ValidateName(request.name(), "responses", "name"));
  if (!request.override_reason().empty()) {
    RETURN_IF_ERROR(rules::ValidateText(request.override_reason(), "override_reason", "理由"));
  }
  const std::string name = request.name();
  ASSIGN_OR_RETURN(v1::Response seen, Snapshot(kResponses, name));
  ASSIGN_OR_RETURN(v1::Incident now, Snapshot(kIncidents, seen.incident()));
  rules::PlanFacts plan;
  int64_t plan_seq = 0;
  // Started in the dark: the plan in force now is what the approver puts his name to.
  if (rules::IsInTheDark(seen)) {
    ASSIGN_OR_RETURN(
        plan, AskPlan(context, now, seen.plan(), seen.plan_revision(), seen.level(), &plan_seq));
  }
  return ForResponse(
      context, name, "response.approve",
      [request, plan, plan_seq](CaseTx& c, v1::Incident& incident,
                                v1::Response& response) -> absl::Status {
        RETURN_IF_ERROR(SameFacts(incident, plan));
        if (plan_seq > 0) c.tx().AddSource("plan", plan_seq);
        RETURN_IF_ERROR(rules::MakeUpStart(response, request.override_reason(), plan, c.act()));
        c.tx().Change(kResponses, response.name(), response);
        return CloseMakeUps(c, incident, response);
      });
}

IncidentService::Command IncidentService::AdjustResponse(const Context& context,
                                                         const v1::AdjustResponseRequest& request) {
  RETURN_IF_ERROR(rules::ValidateText(request.reason(), "reason", "调整理由"));
  RETURN_IF_ERROR(rules::ValidateLevel(request.level()));
  ASSIGN_OR_RETURN(v1::Response active, Snapshot(kResponses, request.name()));
  ASSIGN_OR_RETURN(v1::Incident now, Snapshot(kIncidents, active.incident()));
  int64_t plan_seq = 0;
  ASSIGN_OR_RETURN(
      rules::PlanFacts plan,
      AskPlan(context, now, active.plan(), active.plan_revision(), request.level(), &plan_seq));
  plan.unknown_executors = references_.UnknownExecutors(context, plan.level);
  return ForResponse(
      context, request.name(), "response.approve",
      [this, request, plan, plan_seq](CaseTx& c, v1::Incident& incident, v1::Response& response) {
        if (plan_seq > 0) c.tx().AddSource("plan", plan_seq);
        return DecideAdjust(c, incident, response, request, plan, LimitsFor(incident, c.act().now));
      });
}

IncidentService::Command IncidentService::HandOverResponse(
    const Context& context, const v1::HandOverResponseRequest& request) {
  RETURN_IF_ERROR(rules::ValidateText(request.body(), "body", "接手指挥的机关"));
  RETURN_IF_ERROR(rules::ValidateText(request.commander(), "commander", "接手的指挥人员"));
  return ForResponse(
      context, request.name(), "response.command",
      [request](CaseTx& c, v1::Incident& incident, v1::Response& response) -> absl::Status {
        RETURN_IF_ERROR(rules::HandOver(response, request, c.act()));
        c.tx().Change(kResponses, response.name(), response);
        incident.set_command_handed_over(true);
        // How long it goes on is the upper level's to say.
        return c.Drop(response.name(), kPeriodRule, "已移交指挥");
      });
}

IncidentService::Command IncidentService::EndResponse(const Context& context,
                                                      const v1::EndResponseRequest& request) {
  RETURN_IF_ERROR(rules::ValidateText(request.reason(), "reason", "终止理由"));
  RETURN_IF_ERROR(rules::ValidateName(request.name(), "responses", "name"));
  ASSIGN_OR_RETURN(v1::Response active, Snapshot(kResponses, request.name()));
  ASSIGN_OR_RETURN(v1::Incident now, Snapshot(kIncidents, active.incident()));
  int64_t plan_seq = 0;
  auto plan =
      AskPlan(context, now, active.plan(), active.plan_revision(), active.level(), &plan_seq);
  const bool unmet = plan.ok() && plan->available && !plan->ends;
  return ForResponse(
      context, request.name(), "response.command",
      [request, unmet](CaseTx& c, v1::Incident& incident, v1::Response& response) -> absl::Status {
        RETURN_IF_ERROR(rules::End(response, request.reason(), c.act()));
        RETURN_IF_ERROR(c.Settle(response.name(), kPeriodRule, response.name()));
        if (unmet) {
          c.tx().AddFlag(rules::MakeFlag("response.end-conditions",
                                         "预案的终止条件未满足或无法判断，按指挥员决定终止"));
        }
        c.tx().Change(kResponses, response.name(), response);
        RemoveFrom(*incident.mutable_open_responses(), response.name());
        return CancelOpenTasks(c, response);
      });
}

}  // namespace huying::incident
