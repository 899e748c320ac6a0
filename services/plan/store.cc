// SPDX-License-Identifier: Apache-2.0
#include "services/plan/store.h"

#include "absl/strings/str_cat.h"
#include "services/platform/base/strings.h"

namespace huying::plan {

const ledger::RecordKind<v1::PlanHead> kPlans(
    "plan", [](const v1::PlanHead& p) { return v1::PlanState_Name(p.state()); },
    {{"state", [](const v1::PlanHead& p) { return ledger::Int(p.state()); }}});

const ledger::RecordKind<v1::Plan> kPlanVersions(
    "plan_version", nullptr,
    {{"plan", [](const v1::Plan& p) { return ledger::Text(p.name()); }},
     {"revision", [](const v1::Plan& p) { return ledger::Int(p.revision()); }}});

std::string VersionKey(std::string_view plan, int revision) {
  return absl::StrCat(base::Abs(plan), "/revisions/", revision);
}

std::vector<ledger::KindSchema> PlanKinds() { return {kPlans.schema(), kPlanVersions.schema()}; }

}  // namespace huying::plan
