// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <memory>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "services/incident/incident_service.h"
#include "services/incident/rules/incidents.h"
#include "services/incident/rules/responses.h"
#include "services/incident/rules/states.h"
#include "services/incident/rules/tasks.h"
#include "services/platform/base/clock.h"
#include "services/platform/base/status.h"
#include "services/platform/duty/due.h"

// What happens when a limit passes: it is recorded, shown to followers and left with a duty officer.
// Each command checks by key that the row still stands for what it thinks; otherwise it does nothing.
namespace huying::incident {
namespace {

// What else shows that it is late: the task, or the response; and whoever follows the areas hears it.
absl::Status NoteOverdue(ledger::Transaction& tx, const duty::Obligation& obligation) {
  ASSIGN_OR_RETURN(const auto incident, tx.Get(kIncidents, obligation.case_id()));
  for (const std::string& channel : ChannelsOf(incident.value)) tx.Publish(channel);
  if (obligation.rule_id() == kTaskRule) {
    ASSIGN_OR_RETURN(auto task, tx.Get(kTasks, obligation.subject()));
    if (rules::FallDue(task.value)) tx.Change(kTasks, obligation.subject(), task.value);
  }
  if (obligation.rule_id() == kPeriodRule) {
    ASSIGN_OR_RETURN(auto response, tx.Get(kResponses, obligation.subject()));
    rules::ClearOccasions(response.value);
    response.value.set_overdue(true);
    tx.Change(kResponses, obligation.subject(), response.value);
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<std::string> IncidentService::PostAbove(const Context& context,
                                                       const duty::Obligation& obligation,
                                                       const std::string& post) {
  if (!post.empty()) {
    ASSIGN_OR_RETURN(std::string above, references_.PostAbove(context, post));
    if (!above.empty()) return above;
  }
  // Nobody stands above that post: the commander, then whoever answers for the district.
  ASSIGN_OR_RETURN(std::unique_ptr<ledger::Reader> reader, ledger_.Read());
  ASSIGN_OR_RETURN(const auto incident, reader->Get(kIncidents, obligation.case_id()));
  std::vector<std::string> last;
  for (const std::string& name : incident.value.open_responses()) {
    ASSIGN_OR_RETURN(const auto response, reader->Get(kResponses, name));
    last.push_back(response.value.commander_post());
  }
  reader.reset();
  last.push_back(incident.value.duty_post());
  const std::vector<std::string> told = duty::PostsOf(obligation);
  for (const std::string& next : last) {
    const bool knows = std::find(told.begin(), told.end(), next) != told.end();
    if (!next.empty() && !knows) return next;
  }
  return std::string();
}

IncidentService::Command IncidentService::ObligationFellDue(const Context& context,
                                                            const Due& due) {
  const duty::DueOptions options{
      .act = "incident.ObligationFellDue",
      .post_above = [this](const Context& asked, const duty::Obligation& obligation,
                           const std::string& post) { return PostAbove(asked, obligation, post); },
      .then = NoteOverdue};
  return duty::OnDue(ledger_, options)(context, due);
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
  const std::string duty_post = found ? references_.DutyPostOver(context, *found) : "";
  command.decide = [this, key = due.deadline.key, name, found, duty_post,
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
    if (found) tx.AddSource("directory", found->as_of_seq);
    tx.Subject(kIncidents, name);
    // Whoever is above hears of it now.
    RETURN_IF_ERROR(CaseTx::Decide(tx, incident, LimitsOf(), [&](CaseTx& c) -> absl::Status {
      if (found) {
        rules::LearnPath(incident, found->code, found->above);
        incident.set_duty_post(duty_post);
      }
      if (!no_such_area) return absl::OkStatus();
      return c.OpenItem(
          name, "incident.area-unknown",
          absl::StrCat("区划表中没有 ", incident.area(), "：请核实事发区域，必要时重新接报"));
    }));
    tx.Change(kIncidents, name, incident);
    return absl::OkStatus();
  };
  return command;
}

}  // namespace huying::incident
