// SPDX-License-Identifier: Apache-2.0
#include "services/drill/rules/exercise.h"

#include <gtest/gtest.h>

#include "services/platform/base/clock.h"
#include "services/platform/base/status.h"

namespace huying::drill::rules {
namespace {

const absl::Time kNow = absl::FromUnixSeconds(1'700'000'000);

common::v1::Actor Actor(std::string person, std::string area, common::v1::Tier tier) {
  common::v1::Actor actor;
  actor.set_person(std::move(person));
  actor.set_area(std::move(area));
  actor.set_tier(tier);
  return actor;
}
common::v1::Actor District() { return Actor("people/a", "230407000000", common::v1::DISTRICT); }

v1::Exercise Running() {
  v1::PlanExerciseRequest request;
  request.set_title("演练");
  *request.mutable_starts_at() = base::ToProto(kNow);
  request.add_injects()->set_id("alarm");
  v1::Exercise exercise = Plan(request, District(), 2026, 7, kNow);
  exercise.set_state(v1::RUNNING);
  return exercise;
}

TEST(Exercise, APlanNamesItsRealmAfterYearAndNumber) {
  v1::PlanExerciseRequest request;
  request.set_title("t");
  request.add_injects()->mutable_played_at()->set_seconds(5);
  const v1::Exercise exercise = Plan(request, District(), 2026, 7, kNow);
  EXPECT_EQ(exercise.name(), "exercises/2026-0007");
  EXPECT_EQ(exercise.realm(), "drill-2026-0007");
  EXPECT_EQ(exercise.state(), v1::PLANNED);
  EXPECT_EQ(base::FromProto(exercise.starts_at()), kNow) << "unset start = now";
  EXPECT_EQ(base::FromProto(
                Plan(request, District(), 2026, 7, kNow + absl::Milliseconds(999)).starts_at()),
            kNow)
      << "in whole seconds";
  EXPECT_FALSE(exercise.injects(0).has_played_at()) << "nobody plans a played inject";
}

TEST(Exercise, WhoApprovesIsTheDirector) {
  v1::Exercise exercise = Running();
  exercise.set_state(v1::PLANNED);
  const auto approved = Approve(exercise, Actor("people/b", "230407000000", common::v1::DISTRICT));
  ASSERT_TRUE(approved.ok());
  EXPECT_EQ(approved->director().person(), "people/b");
}

TEST(Exercise, OnlyItsDirectorItsAreaOrAHigherTierDirectIt) {
  v1::Exercise exercise = Running();
  *exercise.mutable_director() = Actor("people/s", "230407001000", common::v1::SUBDISTRICT);
  EXPECT_TRUE(MayDirect(exercise, exercise.director()).ok());
  EXPECT_TRUE(MayDirect(exercise, District()).ok());
  EXPECT_TRUE(MayDirect(exercise, Actor("x", "230407001000", common::v1::SUBDISTRICT)).ok());
  for (const auto& other : {Actor("x", "230407002000", common::v1::SUBDISTRICT),
                            Actor("x", "230407001001", common::v1::COMMUNITY),
                            Actor("x", "2304", common::v1::EXTERNAL)}) {
    const absl::Status denied = MayDirect(exercise, other);
    EXPECT_EQ(denied.code(), absl::StatusCode::kPermissionDenied);
    EXPECT_EQ(base::ProblemOf(denied).rule_id(), "drill.director");
  }
}

TEST(Exercise, AFailedPreparationKeepsItsReasonUntilTheNextStart) {
  v1::Exercise exercise = Running();
  exercise.set_state(v1::PREPARING);
  const auto failed = PrepareFailed(exercise, "no plan");
  ASSERT_TRUE(failed.ok());
  EXPECT_EQ(failed->state(), v1::APPROVED);
  EXPECT_EQ(failed->problem(), "no plan");
  EXPECT_EQ(Start(*failed)->problem(), "");
}

TEST(Exercise, AnInjectIsPlayedOnceAndNotBeforeTheStart) {
  EXPECT_EQ(RecordInject(Running(), "alarm", kNow - absl::Seconds(1)).status().code(),
            absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(base::ProblemOf(RecordInject(Running(), "nothing", kNow).status()).field(), "inject");
  const auto once = RecordInject(Running(), "alarm", kNow + absl::Minutes(1));
  ASSERT_TRUE(once.ok());
  EXPECT_EQ(base::FromProto(once->injects(0).played_at()), kNow + absl::Minutes(1));
  EXPECT_EQ(RecordInject(*once, "alarm", kNow).status().code(),
            absl::StatusCode::kFailedPrecondition);
}

TEST(Exercise, NothingIsInjectedAndNoClockMovesWhilePaused) {
  const auto paused = Pause(Running(), "真实事件");
  ASSERT_TRUE(paused.ok());
  EXPECT_EQ(paused->reason(), "真实事件");
  EXPECT_FALSE(RecordInject(*paused, "alarm", kNow).ok());
  EXPECT_EQ(base::ProblemOf(MayAdvance(*paused)).rule_id(), "drill.clock");
  EXPECT_TRUE(MayAdvance(*Resume(*paused)).ok());
}

TEST(Exercise, EvaluationCountsWhatWasMetAndMissed) {
  auto finished = Finish(Running(), kNow + absl::Hours(1), {{"alert", 7}});
  ASSERT_TRUE(finished.ok());
  EXPECT_EQ(base::FromProto(finished->finished_at()), kNow + absl::Hours(1));
  std::vector<v1::ExpectationResult> results(3);
  results[1].set_met(true);
  const auto evaluated = Evaluate(*finished, results, {{"notice", "alerts/2026-0001"}});
  ASSERT_TRUE(evaluated.ok());
  EXPECT_EQ(evaluated->met(), 1);
  EXPECT_EQ(evaluated->missed(), 2);
  EXPECT_TRUE(Archive(*evaluated).ok());
  EXPECT_TRUE(Archive(*finished).ok()) << "nobody will score it";
  v1::Exercise closed = *Archive(*evaluated);
  EXPECT_TRUE(Archive(closed).ok()) << "its realm is not closed yet";
  closed.set_realm_closed(true);
  EXPECT_FALSE(Archive(closed).ok());
  EXPECT_TRUE(Stop(Running(), "停电", kNow).ok());
}

}  // namespace
}  // namespace huying::drill::rules
