// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "services/drill/drill_service.h"
#include "services/platform/rpc/routes.h"

namespace huying::drill {

// One line per RPC of huying.drill.v1.DrillService, in proto order.
void RegisterDrill(rpc::RouteTable& table, rpc::Routes<DrillService>::FindService find,
                   rpc::Routes<DrillService>::FindLedger find_ledger);

}  // namespace huying::drill
