// SPDX-License-Identifier: Apache-2.0
#include "services/incident/incident_service.h"

#include <memory>
#include <utility>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "services/incident/rule_limits.h"
#include "services/incident/rules/incidents.h"
#include "services/incident/rules/names.h"
#include "services/incident/rules/validate.h"
#include "services/platform/base/status.h"
#include "services/platform/context/hurried.h"
#include "services/platform/guard/makeups.h"

// Intake and verification.
namespace huying::incident {
namespace {

using base::Reason;

// The number is given in the decision, the reporter is sealed before it: the dossier is named after the
// request.
std::string ReporterDossier(const context::CallContext& context) {
  const std::string hash =
      ledger::EntryHash(absl::StrCat(context.principal, "\n", context.request_id));
  return absl::StrCat("intakes/", absl::BytesToHexString(hash.substr(0, 16)), "/reporter");
}

absl::Status DecideIntake(ledger::Transaction& tx, const v1::TakeIntakeRequest& request,
                          const std::vector<std::string>& ancestors, const rules::Limits& limits) {
  const int year = rules::YearOf(tx.now());
  ASSIGN_OR_RETURN(int64_t number, tx.NextNumber(absl::StrCat("incidents/", year)));
  const rules::Act act{tx.actor(), tx.now(), tx.received_at()};
  v1::Incident incident =
      rules::TakeIn(request, rules::Numbered("incidents", year, number), limits, act);
  for (const std::string& above : ancestors) incident.add_area_ancestors(above);
  CaseTx c(tx, incident);
  c.StartVerify(incident, limits);
  c.OpenChains(incident, limits);
  tx.Put(kIncidents, incident.name(), incident);
  return c.Flush();
}

std::string MakeUpName(const std::string& incident) {
  return absl::StrCat("makeups/", incident, "/reject-second-person");
}

// Another person agrees to what was done in urgency.
absl::Status AgreeToRejection(CaseTx& c, v1::Incident& incident) {
  incident.set_second_person(c.act().actor.person());
  c.tx().Put(kIncidents, incident.name(), incident);
  return guard::CloseMakeUp(c.tx(), MakeUpName(incident.name()), c.act().actor);
}

// A response that started before the incident was verified no longer owes that.
absl::Status VerifiedAfterAll(ledger::Transaction& tx, const v1::Incident& incident) {
  for (const std::string& response : incident.open_responses()) {
    const std::string name = absl::StrCat("makeups/", response, "/incident-verified");
    ASSIGN_OR_RETURN(auto row, tx.Find(guard::kMakeUps, name));
    if (!row || row->value.has_closed_at()) continue;
    RETURN_IF_ERROR(guard::CloseMakeUp(tx, name, tx.actor()));
  }
  return absl::OkStatus();
}

absl::Status DecideReject(CaseTx& c, v1::Incident& incident,
                          const v1::RejectIncidentRequest& request, const rules::Limits& limits) {
  if (rules::AgreesToRejection(incident, c.act())) {
    ASSIGN_OR_RETURN(auto open, c.tx().Find(guard::kMakeUps, MakeUpName(incident.name())));
    if (open) return AgreeToRejection(c, incident);
  }
  RETURN_IF_ERROR(rules::Reject(incident, request, c.act()));
  ASSIGN_OR_RETURN(auto make_ups, guard::Judge({rules::SecondPersonGuard(request, c.act(), limits)},
                                               request.has_urgency() ? &request.urgency() : nullptr,
                                               incident.name(), c.act().actor, c.act().now));
  RETURN_IF_ERROR(c.CloseVerify(incident, incident.name()));
  RETURN_IF_ERROR(c.CancelReporting(incident, limits));
  c.tx().Put(kIncidents, incident.name(), incident);
  return guard::OpenMakeUps(c.tx(), make_ups, incident.name());
}

}  // namespace

IncidentService::Command IncidentService::TakeIntake(const Context& context,
                                                     const v1::TakeIntakeRequest& request) {
  RETURN_IF_ERROR(rules::ValidateIntake(request, clock_.Now()));
  v1::TakeIntakeRequest intake = request;
  intake.set_area(rules::NormaliseArea(request.area()));
  directory::v1::GetAreaRequest ask;
  ask.set_code(intake.area());
  auto area = directory_.GetArea(context::Hurried(context), ask);
  std::vector<std::string> ancestors;
  int64_t directory_seq = 0;
  if (area.ok()) {
    intake.set_area(area->area().code());
    for (const auto& above : area->ancestors()) ancestors.push_back(above.code());
    directory_seq = area->as_of_seq();
  } else if (absl::IsInvalidArgument(area.status())) {
    return base::Invalid(Reason::UNKNOWN_AREA, absl::StrCat("没有区域 ", request.area()),
                         absl::StrCat("there is no area ", request.area()))
        .Field("area")
        .Next("请从区划表中选择；不清楚时填报本区代码",
              "choose one of the table; where it is not clear, give the district's own code");
  }  // anything else is the directory's trouble, and nobody's report waits for that
  RETURN_IF_ERROR(sealer_.Seal(*intake.mutable_reporter(), ReporterDossier(context)));
  ledger::Command command;
  command.reads = {ledger::CounterRef(absl::StrCat("incidents/", rules::YearOf(clock_.Now())))};
  const rules::Limits limits =
      LimitsAt(table_, clock_.Now(), intake.event_class(), intake.event_code());
  command.decide = [intake, ancestors, directory_seq, limits](ledger::Transaction& tx) {
    if (directory_seq > 0)
      tx.AddSource("directory", directory_seq);
    else
      tx.AddFlag(rules::MakeFlag("incident.area-unchecked", "区域待核：组织目录没有应答"));
    return DecideIntake(tx, intake, ancestors, limits);
  };
  return command;
}

IncidentService::Command IncidentService::TakeOver(const Context& context,
                                                   const v1::TakeOverRequest& request) {
  return ForIncident(context, request.name(), "incident.verify",
                     [this](CaseTx& c, v1::Incident& incident) -> absl::Status {
                       const bool came_back = incident.state() == v1::TRANSFERRED;
                       const rules::Limits limits = LimitsFor(incident, c.act().now);
                       RETURN_IF_ERROR(rules::TakeOver(incident, c.act()));
                       if (came_back) {
                         c.StartVerify(incident, limits);
                         RETURN_IF_ERROR(c.RestartReporting(incident, limits));
                       }
                       c.tx().Put(kIncidents, incident.name(), incident);
                       return absl::OkStatus();
                     });
}

IncidentService::Command IncidentService::ConfirmIncident(
    const Context& context, const v1::ConfirmIncidentRequest& request) {
  RETURN_IF_ERROR(rules::ValidateConfirm(request));
  v1::ConfirmIncidentRequest confirm = request;
  for (std::string& area : *confirm.mutable_areas()) area = rules::NormaliseArea(area);
  return ForIncident(context, request.name(), "incident.confirm",
                     [this, confirm](CaseTx& c, v1::Incident& incident) -> absl::Status {
                       const rules::Limits before = LimitsFor(incident, c.act().now);
                       RETURN_IF_ERROR(rules::Confirm(incident, confirm, before, c.act()));
                       // The class may have changed, and with it the chains that are owed.
                       const rules::Limits limits = LimitsFor(incident, c.act().now);
                       RETURN_IF_ERROR(c.CloseVerify(incident, incident.name()));
                       c.OpenChains(incident, limits);
                       if (incident.lead_department_alarm()) c.StartLeadAlarm(incident, limits);
                       c.tx().Put(kIncidents, incident.name(), incident);
                       return VerifiedAfterAll(c.tx(), incident);
                     });
}

IncidentService::Command IncidentService::RejectIncident(const Context& context,
                                                         const v1::RejectIncidentRequest& request) {
  RETURN_IF_ERROR(rules::ValidateText(request.reason(), "reason", "理由"));
  return ForIncident(context, request.name(), "incident.confirm",
                     [this, request](CaseTx& c, v1::Incident& incident) {
                       return DecideReject(c, incident, request, LimitsFor(incident, c.act().now));
                     });
}

IncidentService::Command IncidentService::TransferIncident(
    const Context& context, const v1::TransferIncidentRequest& request) {
  RETURN_IF_ERROR(rules::ValidateText(request.to(), "to", "接收单位"));
  RETURN_IF_ERROR(rules::ValidateText(request.receipt(), "receipt", "对方回执"));
  return ForIncident(
      context, request.name(), "incident.confirm",
      [this, request](CaseTx& c, v1::Incident& incident) -> absl::Status {
        RETURN_IF_ERROR(rules::Transfer(incident, request, c.act()));
        RETURN_IF_ERROR(c.CloseVerify(incident, incident.name()));
        RETURN_IF_ERROR(c.CancelReporting(incident, LimitsFor(incident, c.act().now)));
        c.tx().Put(kIncidents, incident.name(), incident);
        return absl::OkStatus();
      });
}

IncidentService::Command IncidentService::SetLeadDepartment(
    const Context& context, const v1::SetLeadDepartmentRequest& request) {
  RETURN_IF_ERROR(rules::ValidateText(request.unit(), "unit", "牵头部门"));
  return ForIncident(context, request.name(), "incident.confirm",
                     [request](CaseTx& c, v1::Incident& incident) -> absl::Status {
                       RETURN_IF_ERROR(rules::SetLead(incident, request.unit()));
                       RETURN_IF_ERROR(c.CloseLeadAlarm(incident));
                       c.tx().Put(kIncidents, incident.name(), incident);
                       return absl::OkStatus();
                     });
}

}  // namespace huying::incident
