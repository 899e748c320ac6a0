// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "huying/plan/v1/plan.pb.h"
#include "huying/plan/v1/plan_service.pb.h"

// A plan as people write it (docs/reference/plan-file.md has the fields), read and checked.
//
//   PlanText read = ReadPlan(yaml);
//   RETURN_IF_ERROR(FirstError(read.findings));     // names line and column
//   ... read.plan
//
// Pure functions of the text; any thread.
namespace huying::plan::rules {

namespace v1 = ::huying::plan::v1;

struct PlanText {
  v1::Plan plan;  // as far as it could be read
  std::vector<v1::LintFinding> findings;
};

// Form and content: what is wrong is an error, what is doubtful a warning; in the order of the lines.
PlanText ReadPlan(std::string_view yaml);

// INVALID_ARGUMENT for the first error, saying how many more there are; OK when there are warnings only.
absl::Status FirstError(const std::vector<v1::LintFinding>& findings);

}  // namespace huying::plan::rules
