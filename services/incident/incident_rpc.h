// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "services/incident/incident_service.h"
#include "services/platform/rpc/routes.h"

namespace huying::incident {

// One line per RPC, in proto order. `find` and `find_ledger` open the realm of the call.
void RegisterIncident(rpc::RouteTable& table, rpc::Routes<IncidentService>::FindService find,
                      rpc::Routes<IncidentService>::FindLedger find_ledger);

}  // namespace huying::incident
