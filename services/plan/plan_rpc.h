// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "services/plan/plan_service.h"
#include "services/platform/rpc/routes.h"

namespace huying::plan {

// One line per RPC, in proto order. `find` and `find_ledger` open the realm of the call.
void RegisterPlan(rpc::RouteTable& table, rpc::Routes<PlanService>::FindService find,
                  rpc::Routes<PlanService>::FindLedger find_ledger);

}  // namespace huying::plan
