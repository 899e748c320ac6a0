// SPDX-License-Identifier: Apache-2.0
#include "services/incident/incident_service.h"

#include <memory>
#include <utility>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "services/incident/rule_limits.h"
#include "services/incident/rules/incidents.h"
#include "services/incident/rules/names.h"
#include "services/incident/rules/responses.h"
#include "services/incident/rules/validate.h"
#include "services/platform/base/status.h"

// Intake and verification.
namespace huying::incident {
namespace {

using base::Reason;
constexpr char kTransferReceipt[] = "incident.transfer-receipt";

// The number is given in the decision, the reporter is sealed before it: the dossier is named after the
// request.
std::string ReporterDossier(const context::CallContext& context) {
  const std::string hash =
      ledger::EntryHash(absl::StrCat(context.principal, "\n", context.request_id));
  return absl::StrCat("intakes/", absl::BytesToHexString(hash.substr(0, 16)), "/reporter");
}

absl::Status DecideIntake(ledger::Transaction& tx, const v1::TakeIntakeRequest& request,
                          const std::optional<References::Path>& path, const std::string& duty_post,
                          const rules::Limits& limits, const CaseTx::LimitsOf& limits_of) {
  const int year = rules::YearOf(tx.now());
  ASSIGN_OR_RETURN(int64_t number, tx.NextNumber(absl::StrCat("incidents/", year)));
  const rules::Act act{tx.actor(), tx.now(), tx.received_at()};
  v1::Incident incident =
      rules::TakeIn(request, rules::Numbered("incidents", year, number), limits, act);
  if (path) {
    for (const std::string& above : path->above) incident.add_area_ancestors(above);
    incident.set_duty_post(duty_post);
    tx.AddSource("directory", path->as_of_seq);
  } else {
    incident.set_areas_above_unknown(true);
    tx.AddFlag(rules::MakeFlag("incident.area-unchecked", "区域待核：组织目录没有应答"));
    tx.SetDeadline({.key = absl::StrCat(incident.name(), "/area-path"),
                    .handler = kAreaPathHandler,
                    .due_at = tx.now() + limits.area_retry,
                    .subject = incident.name()});
  }
  tx.Subject(kIncidents, incident.name());
  return CaseTx::DecideNew(tx, incident, limits_of, [](CaseTx&) { return absl::OkStatus(); });
}

// The case's open rows of a rule, whatever number they got, are settled.
absl::Status CloseMakeUpsOf(CaseTx& c, v1::Incident& incident, std::string_view rule_id) {
  const std::vector<std::string> open(incident.open_make_ups().begin(),
                                      incident.open_make_ups().end());
  for (const std::string& name : open) {
    ASSIGN_OR_RETURN(auto row, c.tx().Get(duty::kObligations, name));
    if (row.value.rule_id() == rule_id) RETURN_IF_ERROR(c.CloseMakeUp(name));
  }
  return absl::OkStatus();
}

// Nobody decides any more about a response that was proposed for it.
absl::Status DeclineProposals(CaseTx& c, v1::Incident& incident, std::string_view reason) {
  for (const std::string& name : incident.open_proposals()) {
    ASSIGN_OR_RETURN(auto response, c.tx().Get(kResponses, name));
    RETURN_IF_ERROR(rules::Decline(response.value, reason, c.act()));
    c.tx().Change(kResponses, name, response.value);
    RETURN_IF_ERROR(c.Drop(name, kDecisionRule, reason));
  }
  incident.clear_open_proposals();
  return absl::OkStatus();
}

// Asks the second person; nothing stops until he has sent the same himself.
absl::Status DecideProposal(CaseTx& c, v1::Incident& incident,
                            const v1::RejectIncidentRequest& request) {
  RETURN_IF_ERROR(rules::ProposeRejection(incident, request, c.act()));
  c.tx().AddFlag(rules::MakeFlag(
      "incident.rejection-pending",
      absl::StrCat("待 ", request.second_person(), " 本人同意后才判为不属实；各项时限照常运行")));
  return absl::OkStatus();
}

absl::Status DecideReject(CaseTx& c, v1::Incident& incident,
                          const v1::RejectIncidentRequest& request, const rules::Limits& limits) {
  if (rules::AgreesToRejection(incident, c.act())) {
    incident.set_second_person(c.act().actor.person());
    incident.set_second_reason(request.reason());
    return CloseMakeUpsOf(c, incident, rules::kSecondPersonRule);
  }
  const guard::Guard second = rules::SecondPersonGuard(incident, c.act(), limits);
  if (!second.passed && !request.second_person().empty() && !request.has_urgency()) {
    return DecideProposal(c, incident, request);
  }
  RETURN_IF_ERROR(rules::Reject(incident, request, c.act()));
  ASSIGN_OR_RETURN(auto make_ups,
                   guard::Judge({second}, request.has_urgency() ? &request.urgency() : nullptr,
                                incident.name(), c.act().actor, c.act().now));
  RETURN_IF_ERROR(DeclineProposals(c, incident, "事件判为不属实"));
  // It was verified, and was not true.
  RETURN_IF_ERROR(CloseMakeUpsOf(c, incident, rules::kVerifiedRule));
  if (second.passed) return CloseMakeUpsOf(c, incident, rules::kSecondPersonRule);
  return c.OpenMakeUps(make_ups).status();
}

}  // namespace

IncidentService::Command IncidentService::TakeIntake(const Context& context,
                                                     const v1::TakeIntakeRequest& request) {
  RETURN_IF_ERROR(rules::ValidateIntake(request, clock_.Now()));
  v1::TakeIntakeRequest intake = request;
  // Nobody's report waits for directory: then the code stands as it can be written without it.
  auto path = references_.PathOf(context, request.area());
  if (path.ok()) {
    intake.set_area(*path ? (*path)->code : rules::PaddedArea(request.area()));
  } else {
    return base::Invalid(Reason::UNKNOWN_AREA, absl::StrCat("没有区域 ", request.area()),
                         absl::StrCat("there is no area ", request.area()))
        .Field("area")
        .Next("请从区划表中选择；不清楚时填报本区代码",
              "choose one of the table; where it is not clear, give the district's own code");
  }
  intake.mutable_reporter()->clear_sealed();  // what is sealed is sealed here
  RETURN_IF_ERROR(sealer_.Seal(*intake.mutable_reporter(), ReporterDossier(context)));
  ledger::Command command;
  command.reads = {ledger::CounterRef(absl::StrCat("incidents/", rules::YearOf(clock_.Now())))};
  const rules::Limits limits =
      LimitsAt(table_, clock_.Now(), intake.event_class(), intake.event_code());
  const std::string duty_post = *path ? references_.DutyPostOver(context, **path) : "";
  command.decide = [intake, path = *std::move(path), duty_post, limits,
                    limits_of = LimitsOf()](ledger::Transaction& tx) {
    return DecideIntake(tx, intake, path, duty_post, limits, limits_of);
  };
  return command;
}

IncidentService::Command IncidentService::TakeOver(const Context& context,
                                                   const v1::TakeOverRequest& request) {
  return ForIncident(context, request.name(), "incident.verify",
                     [](CaseTx& c, v1::Incident& incident) -> absl::Status {
                       RETURN_IF_ERROR(rules::TakeOver(incident, c.act()));
                       return c.Drop(incident.name(), kTransferReceipt, "事件退回");
                     });
}

IncidentService::Command IncidentService::ConfirmIncident(
    const Context& context, const v1::ConfirmIncidentRequest& request) {
  RETURN_IF_ERROR(rules::ValidateConfirm(request));
  v1::ConfirmIncidentRequest confirm = request;
  ASSIGN_OR_RETURN(const References::Areas areas,
                   references_.AreasFor(context, "incident.confirm",
                                        {request.areas().begin(), request.areas().end()}));
  confirm.mutable_areas()->Assign(areas.codes.begin(), areas.codes.end());
  const std::vector<std::string> above = areas.above;
  std::vector<common::v1::Flag> unchecked;
  if (areas.unchecked) unchecked.push_back(*areas.unchecked);
  if (!request.lead_department().empty() && areas.unchecked) {
    unchecked.push_back(References::UnitUnchecked(request.lead_department()));
  } else if (!request.lead_department().empty()) {
    ASSIGN_OR_RETURN(auto unit,
                     references_.Unit(context, request.lead_department(), "lead_department"));
    if (unit) unchecked.push_back(*std::move(unit));
  }
  return ForIncident(
      context, request.name(), "incident.confirm",
      [this, confirm, unchecked, above](CaseTx& c, v1::Incident& incident) -> absl::Status {
        for (const common::v1::Flag& flag : unchecked) c.tx().AddFlag(flag);
        const rules::Limits before = LimitsFor(incident, c.act().now);
        RETURN_IF_ERROR(rules::Confirm(incident, confirm, before, c.act()));
        if (!confirm.areas().empty()) {
          incident.mutable_areas_above()->Assign(above.begin(), above.end());
        }
        // What one person rejected before is decided now, and what started before the
        // verification no longer owes it.
        RETURN_IF_ERROR(CloseMakeUpsOf(c, incident, rules::kSecondPersonRule));
        return CloseMakeUpsOf(c, incident, rules::kVerifiedRule);
      });
}

IncidentService::Command IncidentService::RejectIncident(const Context& context,
                                                         const v1::RejectIncidentRequest& request) {
  RETURN_IF_ERROR(rules::ValidateText(request.reason(), "reason", "理由"));
  std::optional<common::v1::Flag> unchecked;
  ASSIGN_OR_RETURN(const v1::Incident seen, Snapshot(kIncidents, request.name()));
  // Who agrees may well repeat the request that names him.
  const rules::Act agreeing{context.actor, context.received_at, context.received_at};
  const bool agrees = rules::SecondPersonGuard(seen, agreeing, {}).passed ||
                      rules::AgreesToRejection(seen, agreeing);
  if (!agrees && !request.second_person().empty()) {
    RETURN_IF_ERROR(rules::CheckSecondPerson(request.second_person(), context.actor));
    if (rules::IsName(request.second_person(), "posts")) {
      ASSIGN_OR_RETURN(unchecked,
                       references_.Post(context, request.second_person(), "second_person"));
    }
  }
  return ForIncident(context, request.name(), "incident.confirm",
                     [this, request, unchecked](CaseTx& c, v1::Incident& incident) {
                       if (unchecked) c.tx().AddFlag(*unchecked);
                       return DecideReject(c, incident, request, LimitsFor(incident, c.act().now));
                     });
}

IncidentService::Command IncidentService::TransferIncident(
    const Context& context, const v1::TransferIncidentRequest& request) {
  RETURN_IF_ERROR(rules::ValidateText(request.to(), "to", "接收单位"));
  if (!request.receipt().empty()) {
    RETURN_IF_ERROR(rules::ValidateText(request.receipt(), "receipt", "对方回执"));
  }
  return ForIncident(
      context, request.name(), "incident.confirm",
      [this, request](CaseTx& c, v1::Incident& incident) -> absl::Status {
        RETURN_IF_ERROR(rules::Transfer(incident, request, c.act()));
        RETURN_IF_ERROR(DeclineProposals(c, incident, "事件已移送"));
        if (!request.receipt().empty()) return absl::OkStatus();
        const rules::Limit limit = LimitsFor(incident, c.act().now).transfer_receipt;
        duty::Obligation receipt = duty::About(incident.name(), limit.rule_id, limit.title);
        receipt.set_kind(duty::Obligation::RECEIPT);
        receipt.set_post(c.act().actor.post());
        receipt.set_owed_to(request.to());
        receipt.set_project_default(limit.project_default);
        duty::Due(receipt, c.act().now, c.act().now + limit.within, limit.climb_every);
        return c.Owe(std::move(receipt)).status();
      });
}

IncidentService::Command IncidentService::RecordTransferReceipt(
    const Context& context, const v1::RecordTransferReceiptRequest& request) {
  RETURN_IF_ERROR(rules::ValidateText(request.receipt(), "receipt", "对方回执"));
  return ForIncident(context, request.name(), "incident.confirm",
                     [request](CaseTx& c, v1::Incident& incident) -> absl::Status {
                       RETURN_IF_ERROR(rules::RecordTransferReceipt(incident, request.receipt()));
                       return c.Settle(incident.name(), kTransferReceipt, incident.name());
                     });
}

IncidentService::Command IncidentService::SetLeadDepartment(
    const Context& context, const v1::SetLeadDepartmentRequest& request) {
  RETURN_IF_ERROR(rules::ValidateText(request.unit(), "unit", "牵头部门"));
  ASSIGN_OR_RETURN(const auto unchecked, references_.Unit(context, request.unit(), "unit"));
  return ForIncident(context, request.name(), "incident.confirm",
                     [request, unchecked](CaseTx& c, v1::Incident& incident) -> absl::Status {
                       if (unchecked) c.tx().AddFlag(*unchecked);
                       return rules::SetLead(incident, request.unit());
                     });
}

}  // namespace huying::incident
