// SPDX-License-Identifier: Apache-2.0
#include "absl/strings/str_cat.h"
#include "services/incident/incident_service.h"
#include "services/incident/rules/clocks.h"
#include "services/incident/rules/states.h"
#include "services/incident/rules/tasks.h"
#include "services/platform/base/clock.h"

// What happens when a limit passes: it is recorded, shown to followers and left with a duty officer.
// Each command checks by key that the row still stands for what it thinks; otherwise it does nothing.
namespace huying::incident {

IncidentService::Command IncidentService::ClockFellDue(const Context&, const Due& due) {
  const std::string name = due.deadline.subject;
  ledger::Command command;
  command.act = "incident.ClockFellDue";
  command.reads = {kClocks.Ref(name)};
  command.decide = [name](ledger::Transaction& tx) -> absl::Status {
    ASSIGN_OR_RETURN(auto clock, tx.Get(kClocks, name));
    ASSIGN_OR_RETURN(auto incident, tx.Get(kIncidents, clock.value.incident()));
    CaseTx c(tx, incident.value);
    if (!rules::FallDue(clock.value, tx.in_outage())) return absl::OkStatus();
    tx.Put(kClocks, name, clock.value);
    RETURN_IF_ERROR(
        c.OpenItem(name, clock.value.rule_id(),
                   absl::StrCat(clock.value.title(), "已过，应于 ",
                                base::BeijingTime(base::FromProto(clock.value.due_at())), " 前完成",
                                clock.value.project_default() ? "（本项目默认值）" : "")));
    return c.Flush();
  };
  return command;
}

IncidentService::Command IncidentService::PeriodFellDue(const Context&, const Due& due) {
  const std::string name = due.deadline.subject;
  ledger::Command command;
  command.act = "incident.PeriodFellDue";
  command.reads = {kResponses.Ref(name)};
  command.decide = [name](ledger::Transaction& tx) -> absl::Status {
    ASSIGN_OR_RETURN(auto stored, tx.Get(kResponses, name));
    v1::Response& response = stored.value;
    ASSIGN_OR_RETURN(auto incident, tx.Get(kIncidents, response.incident()));
    CaseTx c(tx, incident.value);
    if (!rules::IsUnderWay(response.state())) return absl::OkStatus();
    rules::ClearOccasions(response);
    response.set_overdue(true);
    tx.Put(kResponses, name, response);
    RETURN_IF_ERROR(
        c.OpenItem(name, "response.expected-period", "响应的预计期限已到，应当延长、调整或者终止"));
    return c.Flush();
  };
  return command;
}

IncidentService::Command IncidentService::TaskFellDue(const Context&, const Due& due) {
  const std::string name = due.deadline.subject;
  ledger::Command command;
  command.act = "incident.TaskFellDue";
  command.reads = {kTasks.Ref(name)};
  command.decide = [name](ledger::Transaction& tx) -> absl::Status {
    ASSIGN_OR_RETURN(auto task, tx.Get(kTasks, name));
    ASSIGN_OR_RETURN(auto incident, tx.Get(kIncidents, task.value.incident()));
    CaseTx c(tx, incident.value);
    if (!rules::FallDue(task.value)) return absl::OkStatus();
    tx.Put(kTasks, name, task.value);
    RETURN_IF_ERROR(c.OpenItem(name, "task.deadline",
                               absl::StrCat("任务超过时限尚未完成：", task.value.goal())));
    return c.Flush();
  };
  return command;
}

}  // namespace huying::incident
