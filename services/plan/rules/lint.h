// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "huying/plan/v1/plan.pb.h"

// What a plan must say before it may be in force (R3), whatever form it was written in.
namespace huying::plan::rules {

namespace v1 = ::huying::plan::v1;

struct LintProblem {
  bool is_error = true;  // else a warning: in force all the same
  std::string field;     // "levels[0].tasks[1].within"
  std::string zh;
  std::string en;
};

std::vector<LintProblem> Lint(const v1::Plan& plan);

// R2: the plan of a subdistrict or community must hang on a plan of the district.
bool NeedsParent(const v1::Plan& plan);

}  // namespace huying::plan::rules
