// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "absl/status/statusor.h"
#include "huying/common/v1/common.pb.h"
#include "huying/plan/v1/plan_service.pb.h"
#include "services/platform/context/call_context.h"
#include "services/platform/rpc/caller.h"

// What higher services may ask of plan, the same whether it lives in this process or not.
//
//   plan::Api plans(caller);
//   ASSIGN_OR_RETURN(auto plan, plans.GetPlan(context, "plans/mine-accident"));   // in force
//   ASSIGN_OR_RETURN(auto run, plans.DryRun(context, request));   // the pinned revision's level
//
// Thread-safe. Blocks until the answer or `context.deadline`; UNAVAILABLE when it does not answer.
// Virtual for `api_fake.h` alone.
namespace huying::plan {

class Api {
 public:
  // The caller must outlive it.
  explicit Api(rpc::Caller& caller) : caller_(&caller) {}
  virtual ~Api() = default;

  virtual absl::StatusOr<v1::GetPlanResponse> GetPlan(const context::CallContext& context,
                                                      const v1::GetPlanRequest& request);
  virtual absl::StatusOr<v1::DryRunResponse> DryRun(const context::CallContext& context,
                                                    const v1::DryRunRequest& request);
  virtual absl::StatusOr<common::v1::Receipt> CopyPlan(const context::CallContext& context,
                                                       const v1::CopyPlanRequest& request);
  virtual absl::StatusOr<v1::ExportPlansResponse> ExportPlans(
      const context::CallContext& context, const v1::ExportPlansRequest& request);

 protected:
  Api() = default;  // for fakes, which override every virtual

 private:
  rpc::Caller* caller_ = nullptr;
};

}  // namespace huying::plan
