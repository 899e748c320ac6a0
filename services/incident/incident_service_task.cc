// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "services/incident/incident_service.h"
#include "services/incident/rules/competence.h"
#include "services/incident/rules/names.h"
#include "services/incident/rules/states.h"
#include "services/incident/rules/tasks.h"
#include "services/incident/rules/validate.h"
#include "services/platform/base/clock.h"
#include "services/platform/base/status.h"

// Tasks and open items.
namespace huying::incident {
namespace {

using base::Reason;
constexpr int kTasksPerResponseMax = 500;

constexpr char kConfirmPermission[] = "incident.confirm";

absl::Status NotHisItem(const duty::Obligation& item) {
  return base::Denied(Reason::PERMISSION_MISSING, "待办事项由其岗位或有核实权限的岗位办结",
                      "the post it waits for, or one that may confirm incidents, closes it")
      .Field("name")
      .Rule("open-item.post")
      .Next(item.post().empty() ? "请值班员办结" : absl::StrCat("请 ", item.post(), " 办结"),
            "ask that post");
}

// Only an item is closed by a word; a report, a task or a paper is met by what it waits for.
absl::Status CheckIsItem(const duty::Obligation& item) {
  if (item.kind() == duty::Obligation::ITEM) return absl::OkStatus();
  return base::Refused(Reason::CONDITION_NOT_MET,
                       absl::StrCat("不是待办事项，只能以办理结案：", item.title()),
                       "this is met by doing it, not by closing it")
      .Field("name")
      .Rule("open-item.kind");
}

absl::Status DecideAssign(CaseTx& c, v1::Response& response, const v1::AssignTaskRequest& request) {
  ledger::Transaction& tx = c.tx();
  RETURN_IF_ERROR(rules::Transition(response.state(), rules::ResponseAct::kAssign).status());
  if (response.tasks_size() >= kTasksPerResponseMax) {
    return base::Exhausted("本次响应的任务过多", "too many tasks in this response");
  }
  ASSIGN_OR_RETURN(int64_t number, tx.NextNumber(absl::StrCat(response.name(), "/tasks")));
  // Ids of a plan have no capitals (its lint refuses them): an added task never meets one of those.
  const v1::Task task = rules::Assign(response, request, absl::StrCat("A", number), c.act());
  RETURN_IF_ERROR(c.OweTask(task));
  rules::ClearOccasions(response);
  response.add_tasks(task.name());
  tx.Create(kTasks, task.name(), task);
  tx.Subject(kTasks, task.name());
  tx.Change(kResponses, response.name(), response);
  return absl::OkStatus();
}

}  // namespace

IncidentService::Command IncidentService::AssignTask(const Context& context,
                                                     const v1::AssignTaskRequest& request) {
  RETURN_IF_ERROR(rules::ValidateTask(request, clock_.Now()));
  std::vector<common::v1::Flag> flags;
  ASSIGN_OR_RETURN(auto unit, references_.Unit(context, request.executor_unit(), "executor_unit"));
  if (unit) flags.push_back(*std::move(unit));
  if (!request.executor_post().empty()) {
    ASSIGN_OR_RETURN(auto post,
                     references_.Post(context, request.executor_post(), "executor_post"));
    if (post) flags.push_back(*std::move(post));
  }
  return ForResponse(context, request.response(), "task.assign",
                     [request, flags](CaseTx& c, v1::Incident&, v1::Response& response) {
                       for (const common::v1::Flag& flag : flags) c.tx().AddFlag(flag);
                       return DecideAssign(c, response, request);
                     });
}

IncidentService::Command IncidentService::AcceptTask(const Context& context,
                                                     const v1::AcceptTaskRequest& request) {
  return ForTask(context, request.name(), [](CaseTx& c, v1::Task& task) -> absl::Status {
    RETURN_IF_ERROR(rules::Accept(task, c.act()));
    c.tx().Change(kTasks, task.name(), task);
    return absl::OkStatus();
  });
}

IncidentService::Command IncidentService::ReportTaskProgress(
    const Context& context, const v1::ReportTaskProgressRequest& request) {
  RETURN_IF_ERROR(rules::ValidateText(request.feedback(), "feedback", "进展情况"));
  return ForTask(context, request.name(), [request](CaseTx& c, v1::Task& task) -> absl::Status {
    RETURN_IF_ERROR(rules::Progress(task, request.feedback(), c.act()));
    c.tx().Change(kTasks, task.name(), task);
    return absl::OkStatus();
  });
}

IncidentService::Command IncidentService::CompleteTask(const Context& context,
                                                       const v1::CompleteTaskRequest& request) {
  if (!request.feedback().empty()) {
    RETURN_IF_ERROR(rules::ValidateText(request.feedback(), "feedback", "执行情况"));
  }
  return ForTask(context, request.name(), [request](CaseTx& c, v1::Task& task) -> absl::Status {
    RETURN_IF_ERROR(rules::Complete(task, request.feedback(), c.act()));
    c.tx().Change(kTasks, task.name(), task);
    return c.Settle(task.name(), kTaskRule, task.name());
  });
}

IncidentService::Command IncidentService::DeclineTask(const Context& context,
                                                      const v1::DeclineTaskRequest& request) {
  RETURN_IF_ERROR(rules::ValidateText(request.reason(), "reason", "无法执行的理由"));
  return ForTask(
      context, request.name(),
      [request](CaseTx& c, v1::Task& task) -> absl::Status {
        RETURN_IF_ERROR(rules::Decline(task, request.reason(), c.act()));
        c.tx().Change(kTasks, task.name(), task);
        RETURN_IF_ERROR(c.Drop(task.name(), kTaskRule, request.reason()));
        return c.OpenItem(task.name(), "task.declined",
                          absl::StrCat("任务无人执行：", task.goal(), "。理由：", request.reason()),
                          task.commander_post());
      },
      /*declines=*/true);
}

// Whoever commands there verifies: the incident's area is judged, not the executor.
IncidentService::Command IncidentService::VerifyTask(const Context& context,
                                                     const v1::VerifyTaskRequest& request) {
  return ForResponse(context, rules::ResponseOfTask(request.name()), "task.verify",
                     [request](CaseTx& c, v1::Incident&, v1::Response&) -> absl::Status {
                       ASSIGN_OR_RETURN(auto task, c.tx().Get(kTasks, request.name()));
                       RETURN_IF_ERROR(rules::Verify(task.value, c.act()));
                       c.tx().Change(kTasks, task.value.name(), task.value);
                       c.tx().Subject(kTasks, task.value.name());
                       return absl::OkStatus();
                     });
}

IncidentService::Command IncidentService::CloseOpenItem(const Context& context,
                                                        const v1::CloseOpenItemRequest& request) {
  RETURN_IF_ERROR(rules::ValidateText(request.note(), "note", "处理情况"));
  ASSIGN_OR_RETURN(const duty::Obligation seen, Snapshot(duty::kObligations, request.name()));
  RETURN_IF_ERROR(CheckIsItem(seen));
  ASSIGN_OR_RETURN(Gathered gathered, Gather(context, seen.case_id(), kConfirmPermission));
  const auto& may = context.permissions;
  const bool confirms = std::find(may.begin(), may.end(), kConfirmPermission) != may.end();
  // Whoever it waits for closes it, wherever the incident is.
  const bool his =
      duty::Concerns(seen, context.actor) ||
      (seen.post().empty() && guard::Governs(context.actor, rules::PathOf(gathered.incident)));
  if (!his && !confirms) return NotHisItem(seen);
  ledger::Command command;
  command.reads = {duty::kObligations.Ref(seen.name()), kIncidents.Ref(seen.case_id())};
  command.decide = [request, his, gathered = std::move(gathered),
                    limits_of = LimitsOf()](ledger::Transaction& tx) -> absl::Status {
    if (!his) RETURN_IF_ERROR(Judge(tx, gathered));
    ASSIGN_OR_RETURN(auto incident, tx.Get(kIncidents, gathered.incident.name()));
    tx.Subject(duty::kObligations, request.name());
    return CaseTx::Decide(tx, incident.value, limits_of, [&](CaseTx& c) {
      return duty::Meet(c.tx(), request.name(), "", request.note()).status();
    });
  };
  return command;
}

}  // namespace huying::incident
