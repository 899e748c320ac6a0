// SPDX-License-Identifier: Apache-2.0
#include <memory>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "services/incident/incident_service.h"
#include "services/incident/rules/clocks.h"
#include "services/incident/rules/incidents.h"
#include "services/incident/rules/states.h"
#include "services/incident/rules/tasks.h"
#include "services/platform/base/clock.h"
#include "services/platform/base/status.h"
#include "services/platform/guard/makeups.h"

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
    tx.Change(kClocks, name, clock.value);
    tx.Subject(kClocks, name);
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
    tx.Change(kResponses, name, response);
    tx.Subject(kResponses, name);
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
    tx.Change(kTasks, name, task.value);
    tx.Subject(kTasks, name);
    RETURN_IF_ERROR(c.OpenItem(name, "task.deadline",
                               absl::StrCat("任务超过时限尚未完成：", task.value.goal())));
    return c.Flush();
  };
  return command;
}

IncidentService::Command IncidentService::MakeUpFellDue(const Context& context, const Due& due) {
  const std::string name = due.deadline.key;
  ASSIGN_OR_RETURN(std::unique_ptr<ledger::Reader> reader, ledger_.Read());
  ASSIGN_OR_RETURN(const auto seen, reader->Find(guard::kMakeUps, name));
  std::string post;
  if (seen) {
    post = seen->value.supervisor_post();
    if (post.empty()) post = references_.SupervisorOf(context, seen->value.actor().post());
    // Nobody above, or directory silent: whoever answers for the area, by name where it can be had.
    if (post.empty()) post = references_.DutyPostOf(context, seen->value.actor().area());
  }
  reader.reset();
  ledger::Command command;
  command.reads = {guard::kMakeUps.Ref(name)};
  command.decide = [name, post](ledger::Transaction& tx) -> absl::Status {
    ASSIGN_OR_RETURN(const auto row, guard::FallDue(tx, name));
    if (!row) return absl::OkStatus();
    ASSIGN_OR_RETURN(auto incident, tx.Get(kIncidents, row->case_id()));
    CaseTx c(tx, incident.value);
    RETURN_IF_ERROR(c.OpenItem(
        name, row->rule_id(),
        absl::StrCat("先行后补逾期未补：", row->text(), "；应于 ",
                     base::BeijingTime(base::FromProto(row->due_at())), " 前补办，经办 ",
                     row->actor().person_name(), "，授权 ", row->urgency().authorised_by()),
        post));
    return c.Flush();
  };
  return command;
}

IncidentService::Command IncidentService::AreaPathDue(const Context& context, const Due& due) {
  const std::string name = due.deadline.subject;
  ASSIGN_OR_RETURN(const v1::Incident seen, Snapshot(kIncidents, name));
  auto path = references_.PathOf(context, seen.area());
  // A code that directory does not know will not become known by asking: a person must look.
  const bool no_such_area = !path.ok();
  std::optional<References::Path> found;
  if (path.ok()) found = *std::move(path);
  ledger::Command command;
  command.act = "incident.AreaPathDue";
  command.reads = {kIncidents.Ref(name)};
  command.decide = [this, key = due.deadline.key, name, found,
                    no_such_area](ledger::Transaction& tx) -> absl::Status {
    tx.ClearDeadline(key);
    ASSIGN_OR_RETURN(auto stored, tx.Get(kIncidents, name));
    v1::Incident& incident = stored.value;
    tx.SetCase(name);
    if (!incident.areas_above_unknown()) return absl::OkStatus();
    if (!found && !no_such_area) {
      tx.SetDeadline({.key = key,
                      .handler = kAreaPathHandler,
                      .due_at = tx.now() + LimitsFor(incident, tx.now()).area_retry,
                      .subject = name});
      return absl::OkStatus();
    }
    if (found) rules::LearnPath(incident, found->code, found->above);
    // Whoever is above hears of it now.
    CaseTx c(tx, incident);
    if (found) tx.AddSource("directory", found->as_of_seq);
    tx.Change(kIncidents, name, incident);
    tx.Subject(kIncidents, name);
    if (no_such_area) {
      RETURN_IF_ERROR(c.OpenItem(
          name, "incident.area-unknown",
          absl::StrCat("区划表中没有 ", incident.area(), "：请核实事发区域，必要时重新接报")));
    }
    return c.Flush();
  };
  return command;
}

}  // namespace huying::incident
