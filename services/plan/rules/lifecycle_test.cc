// SPDX-License-Identifier: Apache-2.0
#include "services/plan/rules/lifecycle.h"

#include "gtest/gtest.h"
#include "services/platform/base/status.h"

namespace huying::plan::rules {
namespace {

TEST(PlanLifecycle, EveryCell) {
  const v1::PlanState none = v1::PLAN_STATE_UNSPECIFIED;
  const v1::PlanState states[] = {none, v1::IN_FORCE, v1::SUPERSEDED, v1::ABOLISHED};
  const v1::PlanState import[] = {v1::IN_FORCE, v1::IN_FORCE, none, v1::IN_FORCE};
  const v1::PlanState abolish[] = {none, v1::ABOLISHED, none, none};
  for (int i = 0; i < kPlanStates; ++i) {
    EXPECT_EQ(NextState(states[i], PlanAct::kImport), import[i]) << i;
    EXPECT_EQ(NextState(states[i], PlanAct::kAbolish), abolish[i]) << i;
    EXPECT_EQ(Transition(states[i], PlanAct::kAbolish).ok(), abolish[i] != none);
  }
  EXPECT_EQ(base::ProblemOf(Transition(v1::ABOLISHED, PlanAct::kAbolish).status()).reason(),
            base::Reason::ILLEGAL_TRANSITION);
}

TEST(PlanLifecycle, OneVersionIsInForceAtMost) {
  v1::PlanHead head;
  head.set_state(v1::IN_FORCE);
  head.set_revision(3);
  head.set_last_revision(3);
  EXPECT_EQ(VersionState(head, 1), v1::SUPERSEDED);
  EXPECT_EQ(VersionState(head, 3), v1::IN_FORCE);
  head.set_state(v1::ABOLISHED);
  head.set_revision(0);
  EXPECT_EQ(VersionState(head, 3), v1::ABOLISHED);
  EXPECT_EQ(VersionState(head, 2), v1::SUPERSEDED);
}

TEST(PlanLifecycle, TheSameTextIsNoNewVersionWhileItIsInForce) {
  v1::PlanHead former;
  former.set_state(v1::IN_FORCE);
  former.set_text_hash("a");
  v1::Plan plan;
  plan.set_text_hash("a");
  EXPECT_EQ(CheckImport(&former, plan).code(), absl::StatusCode::kAlreadyExists);
  former.set_state(v1::ABOLISHED);
  EXPECT_TRUE(CheckImport(&former, plan).ok());
  former.set_state(v1::IN_FORCE);
  plan.set_text_hash("b");
  EXPECT_TRUE(CheckImport(&former, plan).ok());
  EXPECT_TRUE(CheckImport(nullptr, plan).ok());
}

// R2: linked plans at every level.
TEST(PlanLifecycle, R2ThePlanOfACommunityHangsOnADistrictPlanInForce) {
  v1::Plan plan;
  plan.set_type(v1::COMMUNITY_PLAN);
  plan.set_parent("plans/mine");
  EXPECT_EQ(base::ProblemOf(CheckParent(plan, nullptr)).reason(), base::Reason::UNKNOWN_REFERENCE);
  v1::PlanHead parent;
  parent.set_state(v1::ABOLISHED);
  parent.set_tier(common::v1::DISTRICT);
  EXPECT_FALSE(CheckParent(plan, &parent).ok());
  parent.set_state(v1::IN_FORCE);
  EXPECT_TRUE(CheckParent(plan, &parent).ok());
  parent.set_tier(common::v1::SUBDISTRICT);
  EXPECT_FALSE(CheckParent(plan, &parent).ok());
}

}  // namespace
}  // namespace huying::plan::rules
