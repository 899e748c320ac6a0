// SPDX-License-Identifier: Apache-2.0
#include "services/plan/rules/dry_run.h"

#include "gtest/gtest.h"
#include "services/plan/rules/condition.h"
#include "services/platform/base/status.h"

namespace huying::plan::rules {
namespace {

v1::Plan TwoLevels() {
  v1::Plan plan;
  plan.set_name("plans/mine");
  plan.set_revision(3);
  for (int level : {2, 1}) {
    v1::ResponseLevel* added = plan.add_levels();
    added->set_level(level);
    added->set_approver_post("posts/commander");
    *added->mutable_start() = *ParseComparison(level == 1 ? "missing >= 30" : "missing >= 10");
    *added->mutable_end() = *ParseComparison("missing == 0");
    added->add_tasks()->set_id("t");
  }
  return plan;
}
Facts Missing(double number) {
  Facts facts;
  facts["missing"].set_key("missing");
  facts["missing"].set_number(number);
  return facts;
}

TEST(DryRun, SuggestsTheHighestLevelThatStarts) {
  auto run = DryRunPlan(TwoLevels(), 0, Missing(139));
  ASSERT_TRUE(run.ok());
  EXPECT_EQ(run->suggested_level(), 1);
  EXPECT_EQ(run->revision(), 3);
  ASSERT_EQ(run->levels_size(), 2);
  EXPECT_EQ(DryRunPlan(TwoLevels(), 0, Missing(12))->suggested_level(), 2);
  EXPECT_EQ(DryRunPlan(TwoLevels(), 0, Missing(1))->suggested_level(), 0);
}

TEST(DryRun, OneLevelCarriesItsTasksApproverAndExplanation) {
  auto run = DryRunPlan(TwoLevels(), 1, Missing(139));
  ASSERT_TRUE(run.ok());
  ASSERT_EQ(run->levels_size(), 1);
  EXPECT_TRUE(run->levels(0).starts());
  EXPECT_FALSE(run->levels(0).ends());
  EXPECT_EQ(run->levels(0).start().text(), "失踪 139 ≥ 30");
  EXPECT_EQ(run->levels(0).approver_post(), "posts/commander");
  EXPECT_EQ(run->levels(0).tasks_size(), 1);
}

TEST(DryRun, AnUnknownFactStartsNothingAndSaysSo) {
  auto run = DryRunPlan(TwoLevels(), 0, {});
  ASSERT_TRUE(run.ok());
  EXPECT_EQ(run->suggested_level(), 0);
  EXPECT_TRUE(run->levels(0).start().unknown());
  EXPECT_FALSE(run->levels(0).starts());
}

TEST(DryRun, ALevelThePlanDoesNotHaveIsNotFound) {
  EXPECT_EQ(DryRunPlan(TwoLevels(), 4, {}).status().code(), absl::StatusCode::kNotFound);
}

TEST(DryRun, FactsAreCheckedByField) {
  v1::DryRunRequest request;
  request.add_facts()->set_key("missing");
  EXPECT_EQ(base::ProblemOf(CheckFacts(request.facts())).field(), "facts[0]");
  request.mutable_facts(0)->set_number(1);
  EXPECT_TRUE(CheckFacts(request.facts()).ok());
  *request.add_facts() = request.facts(0);
  EXPECT_EQ(base::ProblemOf(CheckFacts(request.facts())).field(), "facts[1]");
  for (int i = 0; i < 200; ++i) request.add_facts();
  EXPECT_EQ(base::ProblemOf(CheckFacts(request.facts())).field(), "facts");
}

}  // namespace
}  // namespace huying::plan::rules
