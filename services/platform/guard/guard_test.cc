// SPDX-License-Identifier: Apache-2.0
#include "services/platform/guard/guard.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/platform/base/clock.h"
#include "services/platform/base/status.h"

namespace huying::guard {
namespace {
using base::Reason;
using common::v1::Urgency;
using ::testing::HasSubstr;

const absl::Time kNow = absl::FromUnixSeconds(1'700'000'000);

class GuardTest : public ::testing::Test {
 protected:
  GuardTest() {
    urgency_.set_reason("井下被困，来不及复核");
    urgency_.set_authorised_by("带班领导 李某");
    urgency_.set_channel(Urgency::PHONE);
    *urgency_.mutable_at() = base::ToProto(kNow);
    actor_.set_person("people/wang");
  }
  Guard Soft(bool passed) {
    return {.rule_id = "alert.three-persons",
            .kind = Kind::kSoft,
            .passed = passed,
            .problem = base::Refused(Reason::SAME_PERSON, "审核人不能是起草人",
                                     "the reviewer wrote the draft"),
            .make_up_within = absl::Hours(24),
            .supervisor_post = "posts/leader"};
  }
  Guard Hard(bool passed) {
    return {.rule_id = "alert.competence",
            .kind = Kind::kHard,
            .passed = passed,
            .problem = base::Denied(Reason::TIER_TOO_LOW, "街道无权发布预警",
                                    "a subdistrict may not issue warnings")};
  }
  auto JudgeAll(std::vector<Guard> guards, const Urgency* urgency) {
    return Judge(guards, urgency, "alerts/2026-0007", actor_, kNow);
  }
  Urgency urgency_;
  common::v1::Actor actor_;
};

TEST_F(GuardTest, WhenEveryGuardPassesNothingIsToBeMadeUpEvenInUrgency) {
  for (const Urgency* urgency : {static_cast<const Urgency*>(nullptr), &std::as_const(urgency_)}) {
    auto rows = JudgeAll({Soft(true), Hard(true)}, urgency);
    ASSERT_TRUE(rows.ok()) << rows.status();
    EXPECT_TRUE(rows->empty());
  }
}

TEST_F(GuardTest, ASoftGuardWithoutUrgencyIsRefusedAndSaysHowToPass) {
  const auto problem = base::ProblemOf(JudgeAll({Soft(false)}, nullptr).status());
  EXPECT_EQ(problem.reason(), Reason::GUARD_NEEDS_URGENCY);
  EXPECT_EQ(problem.rule_id(), "alert.three-persons");
  EXPECT_EQ(problem.message(), "审核人不能是起草人");
  EXPECT_THAT(problem.next_step(), HasSubstr("urgency"));
}

TEST_F(GuardTest, EveryFailedSoftGuardIsNamedAtOnce) {
  Guard second = Soft(false);
  second.rule_id = "alert.eight-facts";
  const auto problem = base::ProblemOf(JudgeAll({Soft(false), second}, nullptr).status());
  EXPECT_EQ(problem.rule_id(), "alert.three-persons,alert.eight-facts");
}

TEST_F(GuardTest, ASoftGuardInUrgencyOpensARowThatNamesWhoAndUntilWhen) {
  auto rows = JudgeAll({Soft(false), Hard(true)}, &urgency_);
  ASSERT_TRUE(rows.ok()) << rows.status();
  ASSERT_EQ(rows->size(), 1u);
  const auto& row = rows->front();
  EXPECT_EQ(row.name(), "makeups/alerts/2026-0007/three-persons");
  EXPECT_EQ(row.state(), common::v1::MakeUp::OPEN);
  EXPECT_EQ(row.urgency().authorised_by(), "带班领导 李某");
  EXPECT_EQ(row.actor().person(), "people/wang");
  EXPECT_EQ(base::FromProto(row.due_at()), kNow + absl::Hours(24));
  EXPECT_EQ(row.supervisor_post(), "posts/leader");
}

TEST_F(GuardTest, AHardGuardIsNotPassedByUrgency) {
  for (const Urgency* urgency : {static_cast<const Urgency*>(nullptr), &std::as_const(urgency_)}) {
    const absl::Status status = JudgeAll({Soft(false), Hard(false)}, urgency).status();
    EXPECT_EQ(status.code(), absl::StatusCode::kPermissionDenied);
    EXPECT_EQ(base::ProblemOf(status).reason(), Reason::TIER_TOO_LOW);
    EXPECT_EQ(base::ProblemOf(status).rule_id(), "alert.competence");
  }
  Guard silent = {.rule_id = "x.figures", .kind = Kind::kHard};
  EXPECT_EQ(base::ProblemOf(JudgeAll({silent}, &urgency_).status()).reason(), Reason::GUARD_HARD);
}

TEST_F(GuardTest, UrgencyThatLacksAnythingIsInvalidAndNamesTheField) {
  const auto field = [&](const Urgency& urgency) {
    return base::ProblemOf(JudgeAll({Soft(false)}, &urgency).status()).field();
  };
  Urgency u = urgency_;
  u.clear_reason();
  EXPECT_EQ(field(u), "urgency.reason");
  u = urgency_;
  u.set_reason(std::string(2001, 'x'));
  EXPECT_EQ(field(u), "urgency.reason");
  u = urgency_;
  u.clear_authorised_by();
  EXPECT_EQ(field(u), "urgency.authorised_by");
  u = urgency_;
  u.clear_channel();
  EXPECT_EQ(field(u), "urgency.channel");
  u.set_channel(static_cast<Urgency::Channel>(9));
  EXPECT_EQ(field(u), "urgency.channel");
  u = urgency_;
  u.clear_at();
  EXPECT_EQ(field(u), "urgency.at");
  *u.mutable_at() = base::ToProto(kNow + absl::Minutes(6));
  EXPECT_EQ(field(u), "urgency.at");
}

}  // namespace
}  // namespace huying::guard
