// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "huying/incident/v1/incident.pb.h"
#include "services/platform/ledger/records.h"

namespace huying::incident {

// Keyed by their names. The case of every entry is the incident's name.
extern const ledger::RecordKind<v1::Incident> kIncidents;
extern const ledger::RecordKind<v1::Report> kReports;
extern const ledger::RecordKind<v1::ReportChainState> kChains;  // rules::ChainName
extern const ledger::RecordKind<v1::Response> kResponses;
extern const ledger::RecordKind<v1::Task> kTasks;

// With what is owed (duty::kObligations).
std::vector<ledger::KindSchema> IncidentKinds();

}  // namespace huying::incident
