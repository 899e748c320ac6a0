// SPDX-License-Identifier: Apache-2.0
#include "services/incident/store.h"

#include "services/incident/rules/names.h"
#include "services/incident/rules/states.h"
#include "services/platform/duty/obligation.h"

namespace huying::incident {

using ledger::Int;
using ledger::Text;

const ledger::RecordKind<v1::Incident> kIncidents(
    "incident", [](const v1::Incident& i) { return v1::IncidentState_Name(i.state()); },
    {{"state", [](const v1::Incident& i) { return Int(i.state()); }},
     {"open", [](const v1::Incident& i) { return Int(rules::IsOpen(i.state()) ? 1 : 0); }},
     {"area", [](const v1::Incident& i) { return Text(i.area()); }},
     {"taken", [](const v1::Incident& i) { return Int(rules::OrderOf(i.name())); }}});

const ledger::RecordKind<v1::Report> kReports(
    "report", [](const v1::Report& r) { return v1::ReportState_Name(r.state()); },
    {{"incident", [](const v1::Report& r) { return Text(r.incident()); }}});

const ledger::RecordKind<v1::ReportChainState> kChains(
    "report_chain", nullptr,
    {{"incident", [](const v1::ReportChainState& c) { return Text(c.incident()); }}});

const ledger::RecordKind<v1::Response> kResponses(
    "response", [](const v1::Response& r) { return v1::ResponseState_Name(r.state()); },
    {{"incident", [](const v1::Response& r) { return Text(r.incident()); }},
     {"state", [](const v1::Response& r) { return Int(r.state()); }}});

const ledger::RecordKind<v1::Task> kTasks(
    "task", [](const v1::Task& t) { return v1::TaskState_Name(t.state()); },
    {{"incident", [](const v1::Task& t) { return Text(t.incident()); }},
     {"response", [](const v1::Task& t) { return Text(t.response()); }},
     {"post", [](const v1::Task& t) { return Text(t.executor_post()); }},
     {"state", [](const v1::Task& t) { return Int(t.state()); }}});

std::vector<ledger::KindSchema> IncidentKinds() {
  return {kIncidents.schema(), kReports.schema(), kChains.schema(),
          kResponses.schema(), kTasks.schema(),   duty::kObligations.schema()};
}

}  // namespace huying::incident
