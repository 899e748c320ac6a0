// SPDX-License-Identifier: Apache-2.0
#include <utility>

#include "absl/strings/str_join.h"
#include "services/incident/incident_service.h"
#include "services/incident/rules/figures.h"
#include "services/incident/rules/incidents.h"
#include "services/incident/rules/level.h"
#include "services/incident/rules/states.h"
#include "services/incident/rules/validate.h"
#include "services/platform/base/status.h"
#include "services/platform/context/hurried.h"

// Handling: first acts, figures, levels, control and end.
namespace huying::incident {
namespace {

using base::Reason;

// Somebody acts on the ground where the papers say that nothing is to be done.
absl::Status NoteContradiction(CaseTx& c, const v1::Incident& incident, v1::IncidentState before) {
  if (before == v1::REJECTED) {
    return c.OpenItem(incident.name(), "incident.handling-after-rejection",
                      "判为不属实后又有先期处置，须重新核实");
  }
  if (before == v1::TRANSFERRED) {
    return c.OpenItem(incident.name(), "incident.handling-after-transfer",
                      "已移送的事件在本地有先期处置，请与接收单位核对");
  }
  if (before == v1::ENDED) {
    return c.OpenItem(incident.name(), "incident.handling-after-end",
                      "应急结束后又有先期处置，请核实是否为新的事件");
  }
  return absl::OkStatus();
}

}  // namespace

// R41: no area, no state and no paper stands before it; what is odd is flagged.
IncidentService::Command IncidentService::StartFirstHandling(
    const Context& context, const v1::StartFirstHandlingRequest& request) {
  RETURN_IF_ERROR(rules::ValidateText(request.action(), "action", "处置行动"));
  RETURN_IF_ERROR(rules::ValidateName(request.name(), "incidents", "name"));
  ASSIGN_OR_RETURN(v1::Incident now, Snapshot(kIncidents, request.name()));
  const auto said = facts_.CompetenceOf(context, "incident.handle", {now.area()}, "name");
  const bool outside = said.ok() && !said->silent() && !said->value->covers_area;
  ledger::Command command;
  command.reads = {kIncidents.Ref(request.name())};
  command.decide = [request, outside,
                    limits_of = LimitsOf()](ledger::Transaction& tx) -> absl::Status {
    ASSIGN_OR_RETURN(auto stored, tx.Get(kIncidents, request.name()));
    v1::Incident& incident = stored.value;
    tx.Subject(kIncidents, incident.name());
    if (outside) {
      tx.AddFlag(rules::MakeFlag("incident.handling-outside-area", "处置人员不属于事发区域"));
    }
    return CaseTx::Decide(tx, incident, limits_of, [&](CaseTx& c) -> absl::Status {
      const v1::IncidentState before = incident.state();
      RETURN_IF_ERROR(rules::Handle(incident, request.action(), c.act()));
      return NoteContradiction(c, incident, before);
    });
  };
  return command;
}

IncidentService::Command IncidentService::RecordFigures(const Context& context,
                                                        const v1::RecordFiguresRequest& request) {
  if (!request.has_figures()) {
    return base::Invalid(Reason::FIELD_MISSING, "缺少数据", "the figures are missing")
        .Field("figures");
  }
  RETURN_IF_ERROR(rules::ValidateFigures(request.figures(), "figures"));
  return ForIncident(context, request.name(), "incident.figures",
                     [this, request](CaseTx& c, v1::Incident& incident) -> absl::Status {
                       const rules::Limits limits = LimitsFor(incident, c.act().now);
                       ASSIGN_OR_RETURN(rules::FiguresOutcome outcome,
                                        rules::RecordFigures(incident, request.figures(),
                                                             request.reason(), limits, c.act()));
                       if (outcome.window_over) {
                         c.tx().AddFlag(rules::MakeFlag("level.recompute",
                                                        "已超过重新定级的期限，级别不再重新计算"));
                       }
                       return absl::OkStatus();
                     });
}

IncidentService::Command IncidentService::SetLevel(const Context& context,
                                                   const v1::SetLevelRequest& request) {
  if (request.level() == v1::EVENT_LEVEL_UNSPECIFIED || !v1::EventLevel_IsValid(request.level())) {
    return base::Invalid(Reason::UNKNOWN_ENUM_VALUE, "没有这个级别", "there is no such level")
        .Field("level");
  }
  RETURN_IF_ERROR(rules::ValidateText(request.reason(), "reason", "定级理由"));
  return ForIncident(
      context, request.name(), "incident.level",
      [this, request](CaseTx& c, v1::Incident& incident) -> absl::Status {
        const rules::Limits limits = LimitsFor(incident, c.act().now);
        RETURN_IF_ERROR(
            rules::Transition(incident.state(), rules::IncidentAct::kSetLevel).status());
        return rules::SetLevel(incident, request.level(), request.reason(), request.superior_body(),
                               limits, c.act().actor, c.act().now);
      });
}

IncidentService::Command IncidentService::MarkControlled(const Context& context,
                                                         const v1::MarkControlledRequest& request) {
  return ForIncident(
      context, request.name(), "incident.command",
      [text = request.text()](CaseTx& c, v1::Incident& incident) -> absl::Status {
        RETURN_IF_ERROR(rules::Control(incident, text, c.act()));
        if (!incident.open_responses().empty()) {
          c.tx().AddFlag(rules::MakeFlag(
              "incident.open-measures",
              absl::StrCat("仍在进行的响应：", absl::StrJoin(incident.open_responses(), "、"))));
        }
        return absl::OkStatus();
      });
}

IncidentService::Command IncidentService::Relapse(const Context& context,
                                                  const v1::RelapseRequest& request) {
  RETURN_IF_ERROR(rules::ValidateText(request.reason(), "reason", "理由"));
  return ForIncident(context, request.name(), "incident.command",
                     [reason = request.reason()](CaseTx&, v1::Incident& incident) {
                       return rules::Relapse(incident, reason);
                     });
}

IncidentService::Command IncidentService::EndIncident(const Context& context,
                                                      const v1::EndIncidentRequest& request) {
  return ForIncident(context, request.name(), "incident.command",
                     [request](CaseTx& c, v1::Incident& incident) -> absl::Status {
                       RETURN_IF_ERROR(rules::End(incident, request.text(), c.act()));
                       if (!incident.open_make_ups().empty()) {
                         c.tx().AddFlag(rules::MakeFlag(
                             "incident.make-ups-open",
                             absl::StrCat("尚未补办，将列入终报：",
                                          absl::StrJoin(incident.open_make_ups(), "、"))));
                       }
                       return absl::OkStatus();
                     });
}

}  // namespace huying::incident
