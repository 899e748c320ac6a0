// SPDX-License-Identifier: Apache-2.0
#include "services/plan/api.h"

namespace huying::plan {
namespace {
constexpr char kGetPlan[] = "huying.plan.v1.PlanService/GetPlan";
constexpr char kDryRun[] = "huying.plan.v1.PlanService/DryRun";
constexpr char kCopyPlan[] = "huying.plan.v1.PlanService/CopyPlan";
constexpr char kExportPlans[] = "huying.plan.v1.PlanService/ExportPlans";
}  // namespace

absl::StatusOr<v1::GetPlanResponse> Api::GetPlan(const context::CallContext& context,
                                                 const v1::GetPlanRequest& request) {
  return rpc::Call<v1::GetPlanResponse>(*caller_, context, kGetPlan, request);
}
absl::StatusOr<v1::DryRunResponse> Api::DryRun(const context::CallContext& context,
                                               const v1::DryRunRequest& request) {
  return rpc::Call<v1::DryRunResponse>(*caller_, context, kDryRun, request);
}
absl::StatusOr<common::v1::Receipt> Api::CopyPlan(const context::CallContext& context,
                                                  const v1::CopyPlanRequest& request) {
  return rpc::Call<common::v1::Receipt>(*caller_, context, kCopyPlan, request);
}
absl::StatusOr<v1::ExportPlansResponse> Api::ExportPlans(const context::CallContext& context,
                                                         const v1::ExportPlansRequest& request) {
  return rpc::Call<v1::ExportPlansResponse>(*caller_, context, kExportPlans, request);
}

}  // namespace huying::plan
