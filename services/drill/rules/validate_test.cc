// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <vector>

#include "services/drill/rules/exercise.h"
#include "services/platform/base/status.h"

namespace huying::drill::rules {
namespace {

v1::PlanExerciseRequest Good() {
  v1::PlanExerciseRequest request;
  request.set_title("新兴煤矿演练");
  request.add_injects()->set_id("alarm");
  for (const std::string id : {"oral", "written"}) {
    v1::Expectation& expectation = *request.add_expectations();
    expectation.set_id(id);
    expectation.mutable_match()->set_act("incident.SendReport");
    expectation.mutable_limit()->set_seconds(1800);
  }
  request.mutable_expectations(0)->set_from("alarm");
  request.mutable_expectations(1)->set_from("oral");
  return request;
}

TEST(ValidatePlan, AGoodPlanPasses) { EXPECT_TRUE(ValidatePlan(Good()).ok()); }

TEST(ValidatePlan, EachMistakeIsNamedByItsField) {
  struct Case {
    std::string field;
    std::function<void(v1::PlanExerciseRequest&)> spoil;
  };
  for (const Case& c : std::vector<Case>{
           {"title", [](auto& r) { r.clear_title(); }},
           {"title", [](auto& r) { r.set_title(std::string(kTitleBytesMax + 1, 'x')); }},
           {"injects[0].id", [](auto& r) { r.mutable_injects(0)->clear_id(); }},
           {"injects[0].id", [](auto& r) { r.mutable_injects(0)->set_id("start"); }},
           {"injects[0].offset",
            [](auto& r) { r.mutable_injects(0)->mutable_offset()->set_seconds(-1); }},
           {"expectations[1].id", [](auto& r) { r.mutable_expectations(1)->set_id("alarm"); }},
           {"expectations[0].limit",
            [](auto& r) { r.mutable_expectations(0)->mutable_limit()->set_seconds(0); }},
           {"expectations[0].limit",
            [](auto& r) { r.mutable_expectations(0)->mutable_limit()->set_seconds(100 * 86400); }},
           {"expectations[0].tolerance",
            [](auto& r) { r.mutable_expectations(0)->mutable_tolerance()->set_seconds(-5); }},
           {"expectations[0].match",
            [](auto& r) { r.mutable_expectations(0)->mutable_match()->clear_act(); }},
           {"expectations[0].match.count",
            [](auto& r) { r.mutable_expectations(0)->mutable_match()->set_count(-1); }},
           {"expectations[0].match.tier",
            [](auto& r) { r.mutable_expectations(0)->mutable_match()->set_tier("VILLAGE"); }},
           {"expectations[1].from", [](auto& r) { r.mutable_expectations(1)->set_from("nobody"); }},
           {"expectations[1].from", [](auto& r) { r.mutable_expectations(0)->set_silence(true); }},
           {"expectations[0].from",
            [](auto& r) { r.mutable_expectations(0)->set_from("written"); }},
           {"injects",
            [](auto& r) {
              for (int i = 0; i <= kInjectsMax; ++i) r.add_injects()->set_id("x");
            }},
           {"expectations",
            [](auto& r) {
              for (int i = 0; i <= kExpectationsMax; ++i) r.add_expectations();
            }},
           {"actor_posts",
            [](auto& r) {
              for (int i = 0; i <= kActorPostsMax; ++i) r.add_actor_posts("x");
            }},
           {"plans",
            [](auto& r) {
              for (int i = 0; i <= kPlansMax; ++i) r.add_plans("x");
            }},
       }) {
    v1::PlanExerciseRequest request = Good();
    c.spoil(request);
    const absl::Status status = ValidatePlan(request);
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument) << c.field;
    EXPECT_EQ(base::ProblemOf(status).field(), c.field);
  }
}

}  // namespace
}  // namespace huying::drill::rules
