// SPDX-License-Identifier: Apache-2.0
#include "services/plan/plan_rpc.h"

#include <utility>

namespace huying::plan {

void RegisterPlan(rpc::RouteTable& table, rpc::Routes<PlanService>::FindService find,
                  rpc::Routes<PlanService>::FindLedger find_ledger) {
  rpc::Routes<PlanService> routes(table, "huying.plan.v1.PlanService", std::move(find),
                                  std::move(find_ledger));
  routes.Mutation("ImportPlan", &PlanService::ImportPlan);
  routes.Mutation("CopyPlan", &PlanService::CopyPlan);
  routes.Mutation("AbolishPlan", &PlanService::AbolishPlan);
  routes.Read("LintPlan", &PlanService::LintPlan);
  routes.Read("GetPlan", &PlanService::GetPlan);
  routes.Read("ListPlans", &PlanService::ListPlans);
  routes.Read("DryRun", &PlanService::DryRun);
  routes.Read("ExportPlans", &PlanService::ExportPlans);
}

}  // namespace huying::plan
