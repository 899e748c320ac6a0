// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>

#include "absl/status/statusor.h"
#include "huying/plan/v1/plan.pb.h"

// States of a plan and of one of its versions. The whole tables; nothing else decides a state.
namespace huying::plan::rules {

namespace v1 = ::huying::plan::v1;

enum class PlanAct { kImport, kAbolish };
inline constexpr int kPlanActs = 2;
inline constexpr int kPlanStates = 4;  // v1::PlanState, 0 = does not exist yet

// 0 = not allowed. Columns: –, IN_FORCE, SUPERSEDED, ABOLISHED. A plan as a whole is never SUPERSEDED:
// that is the state of its former versions.
inline constexpr std::array<std::array<int, kPlanStates>, kPlanActs> kPlanTable = {{
    // –  IF SU AB
    {{1, 1, 0, 1}},  // kImport
    {{0, 3, 0, 0}},  // kAbolish
}};

constexpr v1::PlanState NextState(v1::PlanState state, PlanAct act) {
  return static_cast<v1::PlanState>(kPlanTable[static_cast<int>(act)][static_cast<int>(state)]);
}

// FAILED_PRECONDITION / ILLEGAL_TRANSITION where the table has nothing.
absl::StatusOr<v1::PlanState> Transition(v1::PlanState state, PlanAct act);

// A version's state follows from its plan's: one version in force at most.
v1::PlanState VersionState(const v1::PlanHead& head, int revision);

// What a new version may replace: nothing, or something with another text.
absl::Status CheckImport(const v1::PlanHead* former, const v1::Plan& plan);
// R2: `parent` null = not loaded. The plan above must be in force and the district's where one is
// demanded.
absl::Status CheckParent(const v1::Plan& plan, const v1::PlanHead* parent);

}  // namespace huying::plan::rules
