// SPDX-License-Identifier: Apache-2.0
#include "services/plan/rules/dry_run.h"

#include <set>
#include <string>

#include "absl/strings/str_cat.h"
#include "services/plan/rules/condition.h"
#include "services/platform/base/status.h"

namespace huying::plan::rules {
namespace {

using base::Reason;
constexpr int kFactsMax = 100;

v1::DryRunResponse::LevelResult RunLevel(const v1::ResponseLevel& level, const Facts& facts) {
  v1::DryRunResponse::LevelResult result;
  result.set_level(level.level());
  *result.mutable_start() = Evaluate(level.start(), facts);
  result.set_starts(result.start().holds() && !result.start().unknown());
  *result.mutable_end() = Evaluate(level.end(), facts);
  result.set_ends(result.end().holds() && !result.end().unknown());
  *result.mutable_tasks() = level.tasks();
  *result.mutable_notices() = level.notices();
  result.set_approver_post(level.approver_post());
  return result;
}

}  // namespace

absl::StatusOr<v1::DryRunResponse> DryRunPlan(const v1::Plan& plan, int level, const Facts& facts) {
  v1::DryRunResponse response;
  response.set_revision(plan.revision());
  for (const v1::ResponseLevel& candidate : plan.levels()) {
    if (level != 0 && candidate.level() != level) continue;
    auto* result = response.add_levels();
    *result = RunLevel(candidate, facts);
    const bool higher =
        response.suggested_level() == 0 || result->level() < response.suggested_level();
    if (result->starts() && higher) response.set_suggested_level(result->level());
  }
  if (level != 0 && response.levels().empty()) {
    return base::NotFound(absl::StrCat(plan.name(), " level ", level));
  }
  return response;
}

absl::Status CheckFacts(const google::protobuf::RepeatedPtrField<v1::Fact>& facts) {
  if (facts.size() > kFactsMax) {
    return base::Invalid(Reason::FIELD_TOO_LONG, "事实过多", "too many facts").Field("facts");
  }
  std::set<std::string> seen;
  for (int i = 0; i < facts.size(); ++i) {
    const std::string path = absl::StrCat("facts[", i, "]");
    if (facts[i].key().empty() || facts[i].value_case() == v1::Fact::VALUE_NOT_SET) {
      return base::Invalid(Reason::FIELD_MISSING, "事实缺少名称或值",
                           "the fact lacks its key or value")
          .Field(path);
    }
    if (!seen.insert(facts[i].key()).second) {
      return base::Invalid(Reason::FIELD_INVALID, "同一事实给了两个值", "the fact is given twice")
          .Field(path);
    }
  }
  return absl::OkStatus();
}

}  // namespace huying::plan::rules
