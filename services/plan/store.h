// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "huying/plan/v1/plan.pb.h"
#include "services/platform/ledger/records.h"

namespace huying::plan {

// Keyed by the plan's name; columns "state" and "title".
extern const ledger::RecordKind<v1::PlanHead> kPlans;
// Keyed by "<plan>/revisions/<n>"; written once, never changed.
extern const ledger::RecordKind<v1::Plan> kPlanVersions;

std::string VersionKey(std::string_view plan, int revision);
std::vector<ledger::KindSchema> PlanKinds();

}  // namespace huying::plan
