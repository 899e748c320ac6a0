// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "huying/plan/v1/plan.pb.h"
#include "huying/plan/v1/plan_service.pb.h"
#include "services/plan/rules/facts.h"

// Conditions of response levels, 启动条件: comparisons over facts, joined by all / any / not.
//
//   ASSIGN_OR_RETURN(v1::Condition condition, ParseComparison("missing >= 30"));
//   v1::ConditionTrace trace = Evaluate(condition, facts);   // text "失踪 139 ≥ 30", holds
//
// Three values: holds, does not hold, unknown. Pure functions; any thread.
namespace huying::plan::rules {

inline constexpr int kConditionDepthMax = 8;
inline constexpr int kValuesMax = 64;

// "fact op value", op one of == != < <= > >= in (also ≤ ≥); values of `in` in square brackets.
absl::StatusOr<v1::Condition> ParseComparison(std::string_view text);

// How the condition stands to the facts, and why. A condition that says nothing is unknown.
v1::ConditionTrace Evaluate(const v1::Condition& condition, const Facts& facts);

// One thing wrong in a condition, with the path of the part ("any[1]").
struct ConditionFault {
  std::string path;
  std::string zh;
  std::string en;
};
// Everything that keeps it from ever being evaluated: facts nobody supplies, texts compared as numbers,
// empty groups, too deep.
std::vector<ConditionFault> FaultsOf(const v1::Condition& condition);

}  // namespace huying::plan::rules
