// SPDX-License-Identifier: Apache-2.0
#include "services/incident/rules/incidents.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "services/incident/rules/figures.h"
#include "services/incident/rules/level.h"
#include "services/incident/rules/names.h"
#include "services/incident/rules/states.h"
#include "services/platform/base/clock.h"
#include "services/platform/base/status.h"
#include "services/platform/base/strings.h"
#include "services/platform/guard/persons.h"

namespace huying::incident::rules {
namespace {

using base::Reason;
// What stands in the record; older ones are in the journal.
constexpr int kHistoryMax = 100;
constexpr int kHandlingsMax = 100;

void KeepFigures(v1::Incident& incident, v1::Figures figures, std::string_view reason,
                 const Act& act) {
  if (!figures.has_as_of()) *figures.mutable_as_of() = base::ToProto(act.received_at);
  *incident.mutable_figures() = figures;
  auto& history = *incident.mutable_figures_history();
  if (history.size() >= kHistoryMax) history.DeleteSubrange(0, 1);
  v1::FiguresChange* change = history.Add();
  *change->mutable_figures() = std::move(figures);
  *change->mutable_actor() = act.actor;
  *change->mutable_at() = base::ToProto(act.received_at);
  change->set_reason(std::string(reason));
}

absl::Status Move(v1::Incident& incident, IncidentAct act) {
  ASSIGN_OR_RETURN(v1::IncidentState next, Transition(incident.state(), act));
  incident.set_state(next);
  return absl::OkStatus();
}

// Nobody would end what runs under an incident that is closed.
absl::Status CheckResponsesEnded(const v1::Incident& incident) {
  if (incident.open_responses().empty()) return absl::OkStatus();
  return base::Refused(
             Reason::CONDITION_NOT_MET,
             absl::StrCat("还有响应没有终止：", absl::StrJoin(incident.open_responses(), "、")),
             absl::StrCat("responses are still open: ",
                          absl::StrJoin(incident.open_responses(), ", ")))
      .Rule("incident.responses-ended")
      .Law("突发事件应对法 第八十六条")
      .Next("先终止全部响应", "end every response first");
}

bool ProposedByAnother(const v1::Incident& incident, const Act& act) {
  return incident.has_pending_rejection() &&
         guard::AreTwoPersons(incident.pending_rejection().proposer(), act.actor);
}

}  // namespace

v1::Incident TakeIn(const v1::TakeIntakeRequest& request, std::string name, const Limits& limits,
                    const Act& act) {
  v1::Incident incident;
  incident.set_name(std::move(name));
  incident.set_state(Next(v1::INCIDENT_STATE_UNSPECIFIED, IncidentAct::kIntake));
  incident.set_event_class(request.event_class());
  incident.set_event_code(request.event_code());
  incident.set_title(request.title());
  if (request.has_occurred_at()) *incident.mutable_occurred_at() = request.occurred_at();
  *incident.mutable_received_at() = base::ToProto(act.received_at);
  incident.set_area(request.area());
  incident.add_areas(request.area());
  incident.set_place(request.place());
  incident.set_description(request.description());
  incident.set_sensitive(request.sensitive());
  *incident.mutable_reporter() = request.reporter();
  *incident.mutable_taken_by() = act.actor;
  if (request.has_figures()) KeepFigures(incident, request.figures(), "", act);
  Regrade(incident, limits, act.actor, act.now);
  return incident;
}

void LearnPath(v1::Incident& incident, const std::string& code,
               const std::vector<std::string>& above) {
  for (std::string& area : *incident.mutable_areas()) {
    if (area == incident.area()) area = code;
  }
  incident.set_area(code);
  incident.mutable_area_ancestors()->Assign(above.begin(), above.end());
  incident.clear_areas_above_unknown();
}

absl::Status TakeOver(v1::Incident& incident, const Act& act) {
  RETURN_IF_ERROR(Move(incident, IncidentAct::kTakeOver));
  *incident.mutable_verifier() = act.actor;
  incident.clear_transferred_to();
  incident.clear_transfer_receipt();
  return absl::OkStatus();
}

absl::Status Confirm(v1::Incident& incident, const v1::ConfirmIncidentRequest& request,
                     const Limits& limits, const Act& act) {
  if (request.event_class() == v1::EVENT_CLASS_UNSPECIFIED &&
      incident.event_class() == v1::EVENT_CLASS_UNSPECIFIED) {
    return base::Invalid(Reason::FIELD_MISSING, "请确定事件类别", "the class of event is missing")
        .Field("event_class")
        .Rule("incident.class")
        .Law("突发事件应对法 第二条");
  }
  RETURN_IF_ERROR(Move(incident, IncidentAct::kConfirm));
  if (request.event_class() != v1::EVENT_CLASS_UNSPECIFIED) {
    incident.set_event_class(request.event_class());
  }
  *incident.mutable_confirmer() = act.actor;
  *incident.mutable_confirmed_at() = base::ToProto(act.received_at);
  if (!request.areas().empty()) *incident.mutable_areas() = request.areas();
  if (!request.lead_department().empty()) incident.set_lead_department(request.lead_department());
  incident.set_lead_department_alarm(incident.lead_department().empty());
  incident.clear_pending_rejection();
  if (request.has_figures()) KeepFigures(incident, request.figures(), "核实", act);
  Regrade(incident, limits, act.actor, act.now);
  if (incident.has_handling_at()) RETURN_IF_ERROR(Move(incident, IncidentAct::kFirstHandling));
  return absl::OkStatus();
}

guard::Guard SecondPersonGuard(const v1::Incident& incident, const Act& act, const Limits& limits) {
  return {.rule_id = kSecondPersonRule,
          .kind = guard::Kind::kSoft,
          .passed = ProposedByAnother(incident, act),
          .problem = base::Refused(Reason::SAME_PERSON, "判为不属实须有第二人同意",
                                   "a second person must agree that it is not true")
                         .Field("second_person")
                         .Law("突发事件应对法 第六十条"),
          .make_up_within = limits.make_up_default};
}

absl::Status CheckSecondPerson(std::string_view second, const common::v1::Actor& actor) {
  const std::string name(second);
  if (name == actor.person() || name == actor.account() || name == actor.post()) {
    return base::Invalid(Reason::SAME_PERSON, "第二人不能是本人",
                         "the second person is another one")
        .Field("second_person")
        .Rule(kSecondPersonRule)
        .Next("请另一人同意", "ask another person");
  }
  if (IsName(second, "posts") || IsName(second, "people")) return absl::OkStatus();
  return base::Invalid(Reason::FIELD_INVALID, "第二人应写岗位或人员编号",
                       "expected posts/… or people/…")
      .Field("second_person")
      .Rule(kSecondPersonRule)
      .Next("写明请谁同意，由其本人再次提交", "name who is asked; he then sends the same himself");
}

absl::Status ProposeRejection(v1::Incident& incident, const v1::RejectIncidentRequest& request,
                              const Act& act) {
  RETURN_IF_ERROR(Transition(incident.state(), IncidentAct::kReject).status());
  v1::Incident::Rejection* pending = incident.mutable_pending_rejection();
  *pending->mutable_proposer() = act.actor;
  pending->set_reason(request.reason());
  pending->set_second_person(request.second_person());
  *pending->mutable_at() = base::ToProto(act.received_at);
  return absl::OkStatus();
}

absl::Status Reject(v1::Incident& incident, const v1::RejectIncidentRequest& request,
                    const Act& act) {
  const bool agreed = ProposedByAnother(incident, act);
  RETURN_IF_ERROR(Transition(incident.state(), IncidentAct::kReject).status());
  RETURN_IF_ERROR(CheckResponsesEnded(incident));
  RETURN_IF_ERROR(Move(incident, IncidentAct::kReject));
  incident.set_close_reason(agreed ? incident.pending_rejection().reason() : request.reason());
  incident.set_second_person(agreed ? act.actor.person() : "");
  incident.set_second_reason(agreed ? request.reason() : "");
  *incident.mutable_closer() = agreed ? incident.pending_rejection().proposer() : act.actor;
  incident.clear_pending_rejection();
  return absl::OkStatus();
}

bool AgreesToRejection(const v1::Incident& incident, const Act& act) {
  return incident.state() == v1::REJECTED && incident.second_person().empty() &&
         guard::AreTwoPersons(incident.closer(), act.actor);
}

absl::Status Transfer(v1::Incident& incident, const v1::TransferIncidentRequest& request,
                      const Act& act) {
  RETURN_IF_ERROR(Transition(incident.state(), IncidentAct::kTransfer).status());
  RETURN_IF_ERROR(CheckResponsesEnded(incident));
  RETURN_IF_ERROR(Move(incident, IncidentAct::kTransfer));
  incident.clear_pending_rejection();
  incident.set_transferred_to(request.to());
  incident.set_transfer_receipt(request.receipt());
  *incident.mutable_closer() = act.actor;
  return absl::OkStatus();
}

absl::Status RecordTransferReceipt(v1::Incident& incident, std::string_view receipt) {
  if (incident.state() != v1::TRANSFERRED || !incident.transfer_receipt().empty()) {
    return base::Refused(Reason::ILLEGAL_TRANSITION,
                         incident.transfer_receipt().empty() ? "事件没有移送" : "回执已经登记",
                         incident.transfer_receipt().empty() ? "it was not transferred"
                                                             : "the receipt was recorded before")
        .Rule("incident.states");
  }
  incident.set_transfer_receipt(std::string(receipt));
  return absl::OkStatus();
}

absl::Status SetLead(v1::Incident& incident, std::string_view unit) {
  RETURN_IF_ERROR(Move(incident, IncidentAct::kSetLead));
  incident.set_lead_department(std::string(unit));
  incident.set_lead_department_alarm(false);
  return absl::OkStatus();
}

absl::Status Handle(v1::Incident& incident, std::string_view action, const Act& act) {
  RETURN_IF_ERROR(Move(incident, IncidentAct::kFirstHandling));
  // Somebody acts on the ground: nobody agrees any more to what was proposed before that.
  incident.clear_pending_rejection();
  if (!incident.has_handling_at()) {
    *incident.mutable_handling_at() = base::ToProto(act.received_at);
    *incident.mutable_first_handler() = act.actor;
    incident.set_first_handling(std::string(action));
  }
  auto& handlings = *incident.mutable_handlings();
  if (handlings.size() >= kHandlingsMax) handlings.DeleteSubrange(0, 1);
  v1::Handling* handling = handlings.Add();
  *handling->mutable_actor() = act.actor;
  handling->set_action(std::string(action));
  *handling->mutable_at() = base::ToProto(act.received_at);
  return absl::OkStatus();
}

absl::Status Respond(v1::Incident& incident, std::string_view response, const Act& act) {
  RETURN_IF_ERROR(Move(incident, IncidentAct::kRespond));
  if (!incident.has_handling_at()) *incident.mutable_handling_at() = base::ToProto(act.received_at);
  incident.clear_controlled_at();
  incident.clear_command_handed_over();
  incident.add_open_responses(std::string(response));
  return absl::OkStatus();
}

absl::Status Control(v1::Incident& incident, std::string_view text, const Act& act) {
  RETURN_IF_ERROR(Move(incident, IncidentAct::kControl));
  incident.set_controlled_text(std::string(text));
  *incident.mutable_controlled_at() = base::ToProto(act.received_at);
  return absl::OkStatus();
}

absl::Status Relapse(v1::Incident& incident, std::string_view reason) {
  RETURN_IF_ERROR(Move(incident, IncidentAct::kRelapse));
  incident.set_relapse_reason(std::string(reason));
  incident.clear_controlled_at();
  return absl::OkStatus();
}

absl::Status End(v1::Incident& incident, std::string_view text, const Act& act) {
  ASSIGN_OR_RETURN(v1::IncidentState next, Transition(incident.state(), IncidentAct::kEnd));
  RETURN_IF_ERROR(CheckResponsesEnded(incident));
  incident.set_state(next);
  incident.set_close_reason(std::string(text));
  *incident.mutable_ended_at() = base::ToProto(act.received_at);
  return absl::OkStatus();
}

bool GradingIsOver(const v1::Incident& incident, const Limits& limits, absl::Time at) {
  const absl::Time occurred = incident.has_occurred_at() ? base::FromProto(incident.occurred_at())
                                                         : base::FromProto(incident.received_at());
  return at > occurred + limits.recompute;
}

absl::StatusOr<FiguresOutcome> RecordFigures(v1::Incident& incident, const v1::Figures& figures,
                                             std::string_view reason, const Limits& limits,
                                             const Act& act) {
  RETURN_IF_ERROR(Transition(incident.state(), IncidentAct::kFigures).status());
  const std::vector<std::string> lowered = Lowered(incident.figures(), figures);
  if (!lowered.empty() && reason.empty()) {
    return base::Invalid(Reason::FIELD_MISSING,
                         absl::StrCat("数据减少须写明理由：", absl::StrJoin(lowered, "、")),
                         "a number went down: say why")
        .Field("reason")
        .Rule("incident.figures-down")
        .Law("突发事件应对法 第六十一条");
  }
  FiguresOutcome outcome;
  KeepFigures(incident, figures, reason, act);
  outcome.window_over = GradingIsOver(incident, limits, act.received_at);
  if (!outcome.window_over) {
    outcome.level_changed = Regrade(incident, limits, act.actor, act.now);
  }
  return outcome;
}

}  // namespace huying::incident::rules
