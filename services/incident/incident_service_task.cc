// SPDX-License-Identifier: Apache-2.0
#include <utility>

#include "absl/strings/str_cat.h"
#include "services/incident/incident_service.h"
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

// Another than the executor may act: help is help. The record says so.
void FlagOther(CaseTx& c, const v1::Task& task) {
  if (rules::IsExecutor(task, c.act().actor)) return;
  c.tx().AddFlag(rules::MakeFlag("task.by-another", "非指定执行岗位代办"));
}

absl::Status DecideAssign(CaseTx& c, v1::Response& response, const v1::AssignTaskRequest& request) {
  ledger::Transaction& tx = c.tx();
  RETURN_IF_ERROR(rules::Transition(response.state(), rules::ResponseAct::kAssign).status());
  if (response.tasks_size() >= kTasksPerResponseMax) {
    return base::Exhausted("本次响应的任务过多", "too many tasks in this response");
  }
  ASSIGN_OR_RETURN(int64_t number, tx.NextNumber(absl::StrCat(response.name(), "/tasks")));
  const v1::Task task = rules::Assign(response, request, absl::StrCat("t", number), c.act());
  tx.SetDeadline({.key = task.name(),
                  .handler = kTaskHandler,
                  .due_at = base::FromProto(task.deadline()),
                  .subject = task.name()});
  rules::ClearOccasions(response);
  response.add_tasks(task.name());
  tx.Put(kTasks, task.name(), task);
  tx.Put(kResponses, response.name(), response);
  return absl::OkStatus();
}

}  // namespace

IncidentService::Command IncidentService::AssignTask(const Context& context,
                                                     const v1::AssignTaskRequest& request) {
  RETURN_IF_ERROR(rules::ValidateTask(request, clock_.Now()));
  return ForResponse(context, request.response(), "task.assign",
                     [request](CaseTx& c, v1::Incident&, v1::Response& response) {
                       return DecideAssign(c, response, request);
                     });
}

IncidentService::Command IncidentService::AcceptTask(const Context&,
                                                     const v1::AcceptTaskRequest& request) {
  return ForTask(request.name(), [](CaseTx& c, v1::Task& task) -> absl::Status {
    RETURN_IF_ERROR(rules::Accept(task, c.act()));
    FlagOther(c, task);
    c.tx().Put(kTasks, task.name(), task);
    return absl::OkStatus();
  });
}

IncidentService::Command IncidentService::ReportTaskProgress(
    const Context&, const v1::ReportTaskProgressRequest& request) {
  RETURN_IF_ERROR(rules::ValidateText(request.feedback(), "feedback", "进展情况"));
  return ForTask(request.name(), [request](CaseTx& c, v1::Task& task) -> absl::Status {
    RETURN_IF_ERROR(rules::Progress(task, request.feedback(), c.act()));
    FlagOther(c, task);
    c.tx().Put(kTasks, task.name(), task);
    return absl::OkStatus();
  });
}

IncidentService::Command IncidentService::CompleteTask(const Context&,
                                                       const v1::CompleteTaskRequest& request) {
  if (!request.feedback().empty()) {
    RETURN_IF_ERROR(rules::ValidateText(request.feedback(), "feedback", "执行情况"));
  }
  return ForTask(request.name(), [request](CaseTx& c, v1::Task& task) -> absl::Status {
    RETURN_IF_ERROR(rules::Complete(task, request.feedback(), c.act()));
    FlagOther(c, task);
    c.tx().ClearDeadline(task.name());
    c.tx().Put(kTasks, task.name(), task);
    return absl::OkStatus();
  });
}

IncidentService::Command IncidentService::DeclineTask(const Context&,
                                                      const v1::DeclineTaskRequest& request) {
  RETURN_IF_ERROR(rules::ValidateText(request.reason(), "reason", "无法执行的理由"));
  return ForTask(request.name(), [request](CaseTx& c, v1::Task& task) -> absl::Status {
    RETURN_IF_ERROR(rules::Decline(task, request.reason(), c.act()));
    FlagOther(c, task);
    c.tx().ClearDeadline(task.name());
    c.tx().Put(kTasks, task.name(), task);
    return c.OpenItem(task.name(), "task.declined",
                      absl::StrCat("任务无人执行：", task.goal(), "。理由：", request.reason()));
  });
}

IncidentService::Command IncidentService::VerifyTask(const Context&,
                                                     const v1::VerifyTaskRequest& request) {
  return ForTask(request.name(), [](CaseTx& c, v1::Task& task) -> absl::Status {
    RETURN_IF_ERROR(rules::Verify(task, c.act()));
    c.tx().Put(kTasks, task.name(), task);
    return absl::OkStatus();
  });
}

IncidentService::Command IncidentService::CloseOpenItem(const Context& context,
                                                        const v1::CloseOpenItemRequest& request) {
  RETURN_IF_ERROR(rules::ValidateText(request.note(), "note", "处理情况"));
  const size_t middle = request.name().find("/open-items/");
  if (middle == std::string::npos) {
    return base::Invalid(Reason::FIELD_INVALID, "待办事项名称格式不对",
                         "expected incidents/…/open-items/…")
        .Field("name");
  }
  return ForIncident(context, request.name().substr(0, middle), "incident.confirm",
                     [request](CaseTx& c, v1::Incident&) -> absl::Status {
                       ASSIGN_OR_RETURN(auto item, c.tx().Get(kOpenItems, request.name()));
                       if (!item.value.open()) {
                         return base::Refused(Reason::ILLEGAL_TRANSITION, "待办事项已经办结",
                                              "it was closed before")
                             .Rule("open-item.states");
                       }
                       item.value.set_open(false);
                       item.value.set_note(request.note());
                       *item.value.mutable_closed_by() = c.act().actor;
                       *item.value.mutable_closed_at() = base::ToProto(c.act().received_at);
                       c.tx().Put(kOpenItems, request.name(), item.value);
                       return absl::OkStatus();
                     });
}

}  // namespace huying::incident
