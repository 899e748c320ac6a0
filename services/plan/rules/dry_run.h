// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "absl/status/statusor.h"
#include "huying/plan/v1/plan.pb.h"
#include "huying/plan/v1/plan_service.pb.h"
#include "services/plan/rules/facts.h"

namespace huying::plan::rules {

// Which levels these facts would start or end, and why. `level` 0 = every level; NOT_FOUND for one the
// plan does not have. Suggested: the highest (smallest number) that starts.
absl::StatusOr<v1::DryRunResponse> DryRunPlan(const v1::Plan& plan, int level, const Facts& facts);

// One thing about the request is wrong: a fact without key or value, a key given twice, too many.
absl::Status CheckFacts(const google::protobuf::RepeatedPtrField<v1::Fact>& facts);

}  // namespace huying::plan::rules
