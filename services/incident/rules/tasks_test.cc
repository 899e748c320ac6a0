// SPDX-License-Identifier: Apache-2.0
#include "services/incident/rules/tasks.h"

#include "gtest/gtest.h"
#include "services/platform/base/clock.h"
#include "services/platform/base/status.h"

namespace huying::incident::rules {
namespace {

class TasksTest : public ::testing::Test {
 protected:
  TasksTest() {
    act_.now = act_.received_at = absl::FromUnixSeconds(1'800'000'000);
    act_.actor.set_person("people/police");
    act_.actor.set_post("posts/police-duty");
    act_.actor.set_unit("units/police");
    response_.set_name("responses/2026-0001");
    response_.set_incident("incidents/2026-0001");
    auto* wanted = level_.add_tasks();
    wanted->set_id("cordon");
    wanted->set_unit("units/police");
    wanted->set_post("posts/police-duty");
    wanted->set_action("封控道路");
    wanted->mutable_within()->set_seconds(1800);
    task_ = TasksOf(response_, level_, act_).at(0);
  }
  Act act_;
  v1::Response response_;
  plan::v1::ResponseLevel level_;
  v1::Task task_;
};

// R53: executor, goal, deadline, feedback.
TEST_F(TasksTest, R53ATaskOfThePlanHasItsFourFacts) {
  EXPECT_EQ(task_.name(), "responses/2026-0001/tasks/cordon");
  EXPECT_EQ(task_.executor_unit(), "units/police");
  EXPECT_EQ(task_.goal(), "封控道路");
  EXPECT_EQ(base::FromProto(task_.deadline()), act_.now + absl::Minutes(30));
  const base::Problem problem = base::ProblemOf(Complete(task_, "", act_));
  EXPECT_EQ(problem.field(), "feedback");
  EXPECT_EQ(problem.rule_id(), "task.four-facts");
  EXPECT_EQ(task_.state(), v1::ASSIGNED);
  ASSERT_TRUE(Progress(task_, "到达现场", act_).ok());
  EXPECT_TRUE(task_.has_accepted_at());
  ASSERT_TRUE(Complete(task_, "", act_).ok()) << "feedback was given before";
  EXPECT_EQ(task_.feedback_size(), 1);
}

TEST_F(TasksTest, WhatTheResponseHasAlreadyIsNotAssignedAgain) {
  response_.add_tasks("responses/2026-0001/tasks/cordon");
  EXPECT_TRUE(TasksOf(response_, level_, act_).empty());
}

TEST_F(TasksTest, LatenessIsJudgedByReceiptAndStays) {
  v1::Task late = task_;
  act_.received_at = base::FromProto(task_.deadline());
  ASSERT_TRUE(Complete(task_, "完成", act_).ok());
  EXPECT_FALSE(task_.overdue());
  act_.received_at += absl::Microseconds(1);
  ASSERT_TRUE(Complete(late, "完成", act_).ok());
  EXPECT_TRUE(late.overdue());
}

TEST_F(TasksTest, AnOpenTaskFallsDueOnceAndAClosedOneNever) {
  EXPECT_TRUE(FallDue(task_));
  EXPECT_FALSE(FallDue(task_));
  act_.received_at += absl::Hours(3);
  ASSERT_TRUE(Complete(task_, "完成", act_).ok());
  EXPECT_TRUE(task_.overdue());
  v1::Task cancelled;
  cancelled.set_state(v1::TASK_CANCELLED);
  EXPECT_FALSE(FallDue(cancelled));
  EXPECT_FALSE(Cancel(cancelled));
}

TEST_F(TasksTest, AnotherPersonVerifies) {
  ASSERT_TRUE(Complete(task_, "完成", act_).ok());
  EXPECT_EQ(base::ProblemOf(Verify(task_, act_)).reason(), base::Reason::SAME_PERSON);
  act_.actor.set_person("people/commander");
  ASSERT_TRUE(Verify(task_, act_).ok());
  EXPECT_EQ(task_.state(), v1::VERIFIED);
}

TEST_F(TasksTest, TheExecutorIsThePostItsUnitOrWhoActsForIt) {
  EXPECT_TRUE(IsExecutor(task_, act_.actor));
  common::v1::Actor other;
  other.set_unit("units/fire");
  EXPECT_FALSE(IsExecutor(task_, other));
  other.set_acting_for_post("posts/police-duty");
  EXPECT_TRUE(IsExecutor(task_, other));
}

// Every tier, with directory's word for or against it, and without one.
TEST_F(TasksTest, WhoHasAHandInATaskThatIsNotHis) {
  v1::Incident incident;
  incident.set_area("230407001001");
  incident.add_area_ancestors("230407001000");
  incident.add_area_ancestors("230407000000");
  struct Row {
    common::v1::Tier tier;
    const char* area;
    bool over_helps, silent_helps;
  };
  for (const Row& row : {
           Row{common::v1::DISTRICT, "230407000000", true, true},
           Row{common::v1::SUBDISTRICT, "230407001000", true, true},
           Row{common::v1::SUBDISTRICT, "230407002000", true, false},
           Row{common::v1::COMMUNITY, "230407001001", true, false},
           Row{common::v1::EXTERNAL, "230407000000", false, false},
           Row{common::v1::TIER_UNSPECIFIED, "", false, false},
       }) {
    common::v1::Actor actor;
    actor.set_tier(row.tier);
    actor.set_area(row.area);
    actor.set_post("posts/other");
    actor.set_unit("units/other");
    const auto over = JudgeHand(task_, incident, actor, Standing{.over = true});
    EXPECT_EQ(over.ok(), row.over_helps) << row.tier << " " << row.area;
    if (over.ok()) EXPECT_EQ(*over, TaskHand::kHelper);
    const auto beside = JudgeHand(task_, incident, actor, Standing{.over = false});
    EXPECT_EQ(base::ProblemOf(beside.status()).rule_id(), "task.executor") << row.tier;
    EXPECT_EQ(base::ProblemOf(beside.status()).reason(), base::Reason::OUTSIDE_AREA);
    const auto silent = JudgeHand(task_, incident, actor, std::nullopt);
    EXPECT_EQ(silent.ok(), row.silent_helps) << row.tier << " " << row.area;
    if (silent.ok()) EXPECT_EQ(*silent, TaskHand::kUncheckedHelper);
    const Standing deputy{.over = false, .deputies = {"posts/other"}};
    EXPECT_EQ(*JudgeHand(task_, incident, actor, deputy), TaskHand::kExecutor);
    EXPECT_EQ(base::ProblemOf(CheckDecline(task_, actor, Standing{.over = true})).rule_id(),
              "task.decline");
    EXPECT_TRUE(CheckDecline(task_, actor, deputy).ok());
  }
  EXPECT_EQ(*JudgeHand(task_, incident, act_.actor, std::nullopt), TaskHand::kExecutor);
}

TEST_F(TasksTest, TheExecutorWhoAssignedItAndTheCommanderDecline) {
  EXPECT_TRUE(CheckDecline(task_, act_.actor, std::nullopt).ok());
  common::v1::Actor commander;
  commander.set_post("posts/commander");
  EXPECT_FALSE(CheckDecline(task_, commander, std::nullopt).ok());
  task_.set_commander_post("posts/commander");
  EXPECT_TRUE(CheckDecline(task_, commander, std::nullopt).ok());
  common::v1::Actor assigner;
  assigner.set_person("people/officer");
  EXPECT_FALSE(CheckDecline(task_, assigner, std::nullopt).ok());
  task_.mutable_assigned_by()->set_person("people/officer");
  EXPECT_TRUE(CheckDecline(task_, assigner, std::nullopt).ok());
}

TEST_F(TasksTest, ARefusalKeepsItsReason) {
  ASSERT_TRUE(Accept(task_, act_).ok());
  ASSERT_TRUE(Decline(task_, "没有车辆", act_).ok());
  EXPECT_EQ(task_.decline_reason(), "没有车辆");
  EXPECT_FALSE(Complete(task_, "x", act_).ok());
}

}  // namespace
}  // namespace huying::incident::rules
