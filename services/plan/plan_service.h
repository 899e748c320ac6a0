// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

#include "absl/status/statusor.h"
#include "huying/plan/v1/plan_service.pb.h"
#include "services/platform/context/call_context.h"
#include "services/platform/ledger/command.h"
#include "services/platform/ledger/ledger.h"

// Use cases of plan in one realm, named as the RPCs. Thread-safe; owned by the module, which also owns
// the ledger.
//
//   plan::PlanService plans(ledger);
//   ASSIGN_OR_RETURN(ledger::Command command, plans.ImportPlan(context, request));
namespace huying::plan {

class PlanService {
 public:
  explicit PlanService(ledger::Ledger& ledger) : ledger_(ledger) {}

  absl::StatusOr<ledger::Command> ImportPlan(const context::CallContext& context,
                                             const v1::ImportPlanRequest& request);
  absl::StatusOr<ledger::Command> CopyPlan(const context::CallContext& context,
                                           const v1::CopyPlanRequest& request);
  absl::StatusOr<ledger::Command> AbolishPlan(const context::CallContext& context,
                                              const v1::AbolishPlanRequest& request);
  absl::StatusOr<v1::LintPlanResponse> LintPlan(const context::CallContext& context,
                                                const v1::LintPlanRequest& request);
  absl::StatusOr<v1::GetPlanResponse> GetPlan(const context::CallContext& context,
                                              const v1::GetPlanRequest& request);
  absl::StatusOr<v1::ListPlansResponse> ListPlans(const context::CallContext& context,
                                                  const v1::ListPlansRequest& request);
  absl::StatusOr<v1::DryRunResponse> DryRun(const context::CallContext& context,
                                            const v1::DryRunRequest& request);
  absl::StatusOr<v1::ExportPlansResponse> ExportPlans(const context::CallContext& context,
                                                      const v1::ExportPlansRequest& request);

 private:
  ledger::Ledger& ledger_;
};

}  // namespace huying::plan
