// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <memory>
#include <utility>

#include "absl/strings/str_cat.h"
#include "services/incident/incident_service.h"
#include "services/incident/rule_limits.h"
#include "services/incident/rules/facts.h"
#include "services/incident/rules/names.h"
#include "services/incident/rules/tasks.h"
#include "services/incident/rules/validate.h"
#include "services/platform/base/status.h"
#include "services/platform/base/strings.h"
#include "services/platform/context/hurried.h"

// What every command of this service has in common: facts before the decision, and its frame.
namespace huying::incident {
namespace {

constexpr char kReportPermission[] = "report.write";

absl::Status Kept(ledger::Transaction& tx, const v1::Task& task, const absl::Status& status) {
  if (status.ok()) return status;
  tx.SetCase(task.incident());
  tx.KeepRefusal();
  return status;
}

// The executor, or a government above it, which helps and is flagged.
absl::Status JudgeTask(ledger::Transaction& tx, const v1::Task& task, const v1::Incident& incident,
                       const std::optional<rules::Standing>& standing, bool declines) {
  if (declines) {
    return Kept(tx, task, rules::CheckDecline(task, tx.actor(), standing));
  }
  const auto hand = rules::JudgeHand(task, incident, tx.actor(), standing);
  if (!hand.ok()) return Kept(tx, task, hand.status());
  if (*hand == rules::TaskHand::kExecutor) return absl::OkStatus();
  tx.AddFlag(rules::MakeFlag("task.by-another", "非指定执行岗位代办"));
  if (*hand == rules::TaskHand::kUncheckedHelper) {
    tx.AddFlag(rules::MakeFlag("incident.competence.unchecked", "权限待核：组织目录没有应答"));
  }
  return absl::OkStatus();
}

}  // namespace

using base::Reason;

template <typename T>
absl::StatusOr<T> IncidentService::Snapshot(const ledger::RecordKind<T>& kind,
                                            std::string_view key) {
  ASSIGN_OR_RETURN(std::unique_ptr<ledger::Reader> reader, ledger_.Read());
  ASSIGN_OR_RETURN(auto stored, reader->Get(kind, key));
  return std::move(stored.value);
}
template absl::StatusOr<v1::Incident> IncidentService::Snapshot(
    const ledger::RecordKind<v1::Incident>&, std::string_view);
template absl::StatusOr<v1::Report> IncidentService::Snapshot(const ledger::RecordKind<v1::Report>&,
                                                              std::string_view);
template absl::StatusOr<v1::Response> IncidentService::Snapshot(
    const ledger::RecordKind<v1::Response>&, std::string_view);
template absl::StatusOr<v1::Task> IncidentService::Snapshot(const ledger::RecordKind<v1::Task>&,
                                                            std::string_view);
template absl::StatusOr<duty::Obligation> IncidentService::Snapshot(
    const ledger::RecordKind<duty::Obligation>&, std::string_view);

rules::Limits IncidentService::LimitsFor(const v1::Incident& incident, absl::Time at) const {
  return LimitsAt(table_, at, incident.event_class(), incident.event_code());
}

CaseTx::LimitsOf IncidentService::LimitsOf() const {
  return [this](const v1::Incident& incident, absl::Time at) { return LimitsFor(incident, at); };
}

absl::StatusOr<IncidentService::Gathered> IncidentService::Gather(const Context& context,
                                                                  const std::string& incident,
                                                                  std::string_view permission) {
  Gathered gathered;
  ASSIGN_OR_RETURN(gathered.incident, Snapshot(kIncidents, incident));
  gathered.reports = permission == kReportPermission;
  ASSIGN_OR_RETURN(auto said,
                   facts_.CompetenceOf(context, permission, {gathered.incident.area()}, "name"));
  if (said.silent()) return gathered;
  gathered.directory_seq = said.as_of_seq;
  gathered.competence = std::move(said.value);
  // What happens to the whole district happens to each part of it, and each reports it upwards.
  if (gathered.reports && !gathered.competence->covers_area) {
    const auto own = references_.PathOf(context, context.actor.area());
    if (own.ok() && *own) {
      const std::vector<std::string>& above = (*own)->above;
      gathered.competence->covers_area =
          std::find(above.begin(), above.end(), gathered.incident.area()) != above.end();
    }
  }
  return gathered;
}

absl::Status IncidentService::Judge(ledger::Transaction& tx, const Gathered& gathered) {
  if (gathered.reports && !gathered.competence) {
    tx.AddFlag(rules::MakeFlag("incident.competence.unchecked", "权限待核：组织目录没有应答"));
    return absl::OkStatus();  // nobody's report is lost
  }
  auto flags = rules::JudgeCompetence(tx.actor(), gathered.competence, gathered.incident,
                                      gathered.wants_power_item);
  if (!flags.ok()) {
    tx.SetCase(gathered.incident.name());
    tx.KeepRefusal();
    return flags.status();
  }
  for (common::v1::Flag& flag : *flags) tx.AddFlag(std::move(flag));
  if (gathered.directory_seq > 0) tx.AddSource("directory", gathered.directory_seq);
  return absl::OkStatus();
}

IncidentService::Command IncidentService::ForIncident(const Context& context,
                                                      const std::string& name,
                                                      std::string_view permission,
                                                      OnIncident decide) {
  RETURN_IF_ERROR(rules::ValidateName(name, "incidents", "name"));
  ASSIGN_OR_RETURN(Gathered gathered, Gather(context, name, permission));
  ledger::Command command;
  command.reads = {kIncidents.Ref(name)};
  command.decide = [gathered = std::move(gathered), limits_of = LimitsOf(),
                    decide = std::move(decide)](ledger::Transaction& tx) -> absl::Status {
    RETURN_IF_ERROR(Judge(tx, gathered));
    ASSIGN_OR_RETURN(auto stored, tx.Get(kIncidents, gathered.incident.name()));
    tx.Subject(kIncidents, stored.value.name());
    RETURN_IF_ERROR(CaseTx::Decide(tx, stored.value, limits_of,
                                   [&](CaseTx& c) { return decide(c, stored.value); }));
    tx.Change(kIncidents, stored.value.name(), stored.value);
    return absl::OkStatus();
  };
  return command;
}

IncidentService::Command IncidentService::ForReport(const Context& context, const std::string& name,
                                                    std::string_view permission, OnReport decide) {
  const std::optional<rules::ReportParts> parts = rules::ParseReportName(name);
  if (!parts) {
    return base::Invalid(Reason::FIELD_INVALID, "报告名称格式不对",
                         "expected incidents/…/reports/<CHAIN>-<n>")
        .Field("name");
  }
  ASSIGN_OR_RETURN(Gathered gathered, Gather(context, parts->incident, permission));
  ledger::Command command;
  command.reads = {kReports.Ref(name), kIncidents.Ref(parts->incident),
                   kChains.Ref(rules::ChainName(parts->incident, parts->chain, parts->sender))};
  command.decide = [name, gathered = std::move(gathered), limits_of = LimitsOf(),
                    decide = std::move(decide)](ledger::Transaction& tx) -> absl::Status {
    RETURN_IF_ERROR(Judge(tx, gathered));
    ASSIGN_OR_RETURN(auto report, tx.Get(kReports, name));
    ASSIGN_OR_RETURN(auto incident, tx.Get(kIncidents, report.value.incident()));
    tx.Subject(kReports, name);
    return CaseTx::Decide(tx, incident.value, limits_of,
                          [&](CaseTx& c) { return decide(c, incident.value, report.value); });
  };
  return command;
}

IncidentService::Command IncidentService::ForResponse(const Context& context,
                                                      const std::string& name,
                                                      std::string_view permission,
                                                      OnResponse decide) {
  RETURN_IF_ERROR(rules::ValidateName(name, "responses", "name"));
  ASSIGN_OR_RETURN(v1::Response before, Snapshot(kResponses, name));
  ASSIGN_OR_RETURN(Gathered gathered, Gather(context, before.incident(), permission));
  gathered.wants_power_item = permission == "response.approve";
  ledger::Command command;
  command.reads = {kResponses.Ref(name), kIncidents.Ref(before.incident())};
  command.decide = [name, gathered = std::move(gathered), limits_of = LimitsOf(),
                    decide = std::move(decide)](ledger::Transaction& tx) -> absl::Status {
    RETURN_IF_ERROR(Judge(tx, gathered));
    ASSIGN_OR_RETURN(auto response, tx.Get(kResponses, name));
    ASSIGN_OR_RETURN(auto incident, tx.Get(kIncidents, response.value.incident()));
    tx.Subject(kResponses, name);
    return CaseTx::Decide(tx, incident.value, limits_of,
                          [&](CaseTx& c) { return decide(c, incident.value, response.value); });
  };
  return command;
}

IncidentService::Command IncidentService::ForTask(const Context& context, const std::string& name,
                                                  OnTask decide, bool declines) {
  const std::string response = rules::ResponseOfTask(name);
  if (response.empty()) {
    return base::Invalid(Reason::FIELD_INVALID, "任务名称格式不对", "expected responses/…/tasks/…")
        .Field("name");
  }
  ASSIGN_OR_RETURN(v1::Task before, Snapshot(kTasks, name));
  std::optional<rules::Standing> standing;
  if (!rules::IsExecutor(before, context.actor)) {
    standing = references_.StandingTo(context, before);
  }
  ledger::Command command;
  command.reads = {kTasks.Ref(name), kIncidents.Ref(before.incident())};
  command.decide = [name, standing, declines, limits_of = LimitsOf(),
                    decide = std::move(decide)](ledger::Transaction& tx) -> absl::Status {
    ASSIGN_OR_RETURN(auto task, tx.Get(kTasks, name));
    ASSIGN_OR_RETURN(auto incident, tx.Get(kIncidents, task.value.incident()));
    tx.Subject(kTasks, name);
    RETURN_IF_ERROR(JudgeTask(tx, task.value, incident.value, standing, declines));
    return CaseTx::Decide(tx, incident.value, limits_of,
                          [&](CaseTx& c) { return decide(c, task.value); });
  };
  return command;
}

// A community reports to its subdistrict; everybody else below to the district, whose post stands on the
// incident.
std::string IncidentService::ReceivingPost(const Context& context) const {
  if (context.actor.tier() != common::v1::COMMUNITY) return "";
  const auto path = references_.PathOf(context, context.actor.area());
  if (!path.ok() || !*path || (*path)->above.empty()) return "";
  return references_.DutyPostOf(context, (*path)->above.front());
}

absl::StatusOr<rules::PlanFacts> IncidentService::AskPlan(const Context& context,
                                                          const v1::Incident& incident,
                                                          const std::string& plan, int revision,
                                                          int level, int64_t* plan_seq) {
  rules::PlanFacts facts;
  facts.plan = plan;
  facts.facts_key = rules::FactsKey(incident);
  plan::v1::GetPlanRequest get;
  get.set_name(plan);
  get.set_revision(revision);
  auto found = plans_.GetPlan(context::Hurried(context), get);
  if (!found.ok()) {
    if (base::GaveNoAnswer(found.status())) return facts;
    return base::InField(found.status(), "plan");
  }
  plan::v1::DryRunRequest ask;
  ask.set_name(plan);
  ask.set_revision(
      found->plan().revision());  // the same text, also when it is superseded meanwhile
  ask.set_level(level);
  for (plan::v1::Fact& fact : rules::FactsOf(incident, clock_.Now())) {
    *ask.add_facts() = std::move(fact);
  }
  auto run = plans_.DryRun(context::Hurried(context), ask);
  if (!run.ok()) {
    if (base::GaveNoAnswer(run.status())) return facts;
    return base::InField(run.status(), "level");
  }
  for (const plan::v1::ResponseLevel& candidate : found->plan().levels()) {
    if (candidate.level() == level) facts.level = candidate;
  }
  facts.available = true;
  facts.revision = found->plan().revision();
  facts.commander_post = found->plan().commander_post();
  facts.legal_basis = {found->plan().legal_basis().begin(), found->plan().legal_basis().end()};
  facts.starts = run->levels(0).starts();
  facts.ends = run->levels(0).ends();
  facts.trace = rules::TraceLines(run->levels(0).start());
  facts.end_trace = rules::TraceLines(run->levels(0).end());
  *plan_seq = run->as_of_seq();
  return facts;
}

}  // namespace huying::incident
