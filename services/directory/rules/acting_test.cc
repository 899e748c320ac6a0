// SPDX-License-Identifier: Apache-2.0
#include "services/directory/rules/acting.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "services/directory/api_fake.h"
#include "services/platform/base/clock.h"
#include "services/platform/base/status.h"

namespace huying::directory::rules {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;

constexpr char kCommander[] = "posts/commander";
constexpr char kDeputy[] = "posts/deputy-commander";
constexpr absl::Duration kMax = absl::Hours(24);
const absl::Time kNow = absl::FromUnixSeconds(1'800'000'000);

class ActingTest : public testing::Test {
 protected:
  ActingTest() {
    asked_.set_post(kCommander);
    asked_.set_reason("总指挥在省里开会");
  }
  const v1::Post* Own(std::string_view post) const {
    auto at = view_->posts.find(post);
    return at == view_->posts.end() ? nullptr : &at->second;
  }
  absl::StatusOr<Acting> May(std::string_view own) const {
    return MayActFor(view_, Own(own), asked_, kNow, kMax);
  }
  std::string FieldOf(std::string_view own) const {
    const auto acting = May(own);
    return acting.ok() ? "may" : base::ProblemOf(acting.status()).field();
  }
  void SetUntil(absl::Time until) { *asked_.mutable_until() = base::ToProto(until); }

  View view_ = ViewOf(XingshanForTests(), 1);
  v1::ActingFor asked_;
};

TEST_F(ActingTest, OnlyADeputyOfThePostMayActForItAndWhoMayIsNamed) {
  int may = 0;
  for (const auto& [name, post] : view_->posts) {
    const auto acting = May(name);
    if (name == kDeputy) {
      ASSERT_TRUE(acting.ok()) << acting.status();
      EXPECT_EQ(acting->post, kCommander);
      ++may;
      continue;
    }
    // Also the post itself, which has no need to.
    EXPECT_EQ(acting.status().code(), absl::StatusCode::kPermissionDenied) << name;
    const base::Problem problem = base::ProblemOf(acting.status());
    EXPECT_EQ(problem.rule_id(), "directory.acting-for");
    EXPECT_EQ(problem.field(), "acting_for.post");
    EXPECT_THAT(problem.next_step(), HasSubstr("区应急指挥部副总指挥"));
  }
  EXPECT_EQ(may, 1);
  EXPECT_EQ(FieldOf("posts/none"), "acting_for.post");  // an account without a post
}

TEST_F(ActingTest, APostWithoutDeputiesIsActedForByNobody) {
  asked_.set_post(kDeputy);
  const auto acting = May(kCommander);
  EXPECT_EQ(acting.status().code(), absl::StatusCode::kPermissionDenied);
  EXPECT_THAT(base::ProblemOf(acting.status()).next_step(), HasSubstr("没有设定代行顺序"));
}

TEST_F(ActingTest, ThePostIsKnownAndTheReasonIsGiven) {
  asked_.clear_post();
  EXPECT_EQ(FieldOf(kDeputy), "acting_for.post");
  asked_.set_post("posts/none");
  EXPECT_EQ(May(kDeputy).status().code(), absl::StatusCode::kNotFound);
  asked_.set_post(kCommander);
  for (const std::string& reason : {std::string(), std::string(601, 'x')}) {
    asked_.set_reason(reason);
    EXPECT_EQ(FieldOf(kDeputy), "acting_for.reason");
  }
  asked_.set_reason(std::string(600, 'x'));
  EXPECT_EQ(FieldOf(kDeputy), "may");
}

TEST_F(ActingTest, ItEndsWithinADayAndNotInThePast) {
  EXPECT_EQ(May(kDeputy)->until, kNow + kMax);
  const std::pair<absl::Duration, bool> cases[] = {{-absl::Seconds(1), false},
                                                   {absl::ZeroDuration(), false},
                                                   {absl::Seconds(1), true},
                                                   {kMax, true},
                                                   {kMax + absl::Seconds(1), false}};
  for (const auto& [after, good] : cases) {
    SetUntil(kNow + after);
    EXPECT_EQ(FieldOf(kDeputy), good ? "may" : "acting_for.until") << after;
    if (good) EXPECT_EQ(May(kDeputy)->until, kNow + after);
  }
}

TEST_F(ActingTest, ARenewedTokenActsOnUntilItsEndAndWhileTheOrderOfDeputiesHasIt) {
  common::v1::Actor actor;
  EXPECT_FALSE(ActsStill(view_, Own(kDeputy), actor, kNow, kMax).has_value());
  SetActing({kCommander, "出差", kNow + absl::Hours(2)}, actor);
  EXPECT_EQ(actor.acting_for_post(), kCommander);
  EXPECT_EQ(actor.acting_reason(), "出差");
  const auto still =
      ActsStill(view_, Own(kDeputy), actor, kNow + absl::Hours(2) - absl::Seconds(1), kMax);
  ASSERT_TRUE(still.has_value());
  EXPECT_EQ(still->until, kNow + absl::Hours(2));
  EXPECT_FALSE(ActsStill(view_, Own(kDeputy), actor, kNow + absl::Hours(2), kMax).has_value());
  EXPECT_FALSE(ActsStill(view_, Own("posts/health-duty"), actor, kNow, kMax).has_value());
  EXPECT_FALSE(ActsStill(view_, nullptr, actor, kNow, kMax).has_value());
}

TEST_F(ActingTest, OfSeveralPostsTheOneThatIsDeputyIsChosen) {
  v1::Account account;
  account.add_posts("posts/health-duty");
  const v1::Post* health = Own("posts/health-duty");
  EXPECT_EQ(DeputyAmong(view_, account, kCommander, health), health);
  account.add_posts(kDeputy);
  EXPECT_EQ(DeputyAmong(view_, account, kCommander, health), Own(kDeputy));
  EXPECT_EQ(DeputyAmong(view_, account, kCommander, Own(kDeputy)), Own(kDeputy));
  EXPECT_EQ(DeputyAmong(view_, account, "posts/none", health), health);
}

TEST_F(ActingTest, WhoActsForAnotherHasThePermissionsOfBothPosts) {
  const auto both = WithPermissionsOf(view_, {"task.execute"}, {kCommander, "", kNow});
  EXPECT_THAT(both, Contains("task.execute"));
  EXPECT_THAT(both, Contains("alert.warning.sign"));
  EXPECT_THAT(WithPermissionsOf(view_, {"b", "a"}, {"posts/none", "", kNow}),
              ElementsAre("a", "b"));
}

// 08:00 in Beijing, when one shift goes and the next one comes.
class OffDutyTest : public testing::Test {
 protected:
  OffDutyTest() {
    AddShift("people/night", kEight - absl::Hours(24), kEight);
    AddShift("people/day", kEight, kEight + absl::Hours(10));
    auto* post = directory_.mutable_posts(0);
    post->set_standing_holder("people/standing");
    post_ = post->name();
    directory_.add_people()->set_name("people/day");
    directory_.mutable_people(directory_.people_size() - 1)->set_display_name("钱日班");
    view_ = ViewOf(directory_, 1);
  }
  void AddShift(const std::string& person, absl::Time start, absl::Time end) {
    v1::Shift shift;
    shift.set_post(directory_.posts(0).name());
    shift.set_person(person);
    *shift.mutable_start() = base::ToProto(start);
    *shift.mutable_end() = base::ToProto(end);
    shifts_.push_back(shift);
  }
  std::string FlagAt(absl::Time at, std::string_view person) const {
    const auto flag = OffDuty(view_, ShiftsOf(shifts_, at), person, &view_->posts.at(post_));
    if (!flag) return "on duty";
    EXPECT_EQ(flag->rule_id(), "directory.off-duty");
    return flag->text();
  }

  static inline const absl::Time kEight =
      absl::FromCivil(absl::CivilSecond(2026, 3, 2, 8, 0, 0), absl::FixedTimeZone(8 * 3600));
  v1::Directory directory_ = XingshanForTests();
  std::string post_;
  std::vector<v1::Shift> shifts_;
  View view_;
};

TEST_F(OffDutyTest, AtEightTheNightShiftGoesOffDutyAndTheDayShiftComesOn) {
  const absl::Time before = kEight - absl::Seconds(1);
  EXPECT_EQ(FlagAt(before, "people/night"), "on duty");
  EXPECT_THAT(FlagAt(before, "people/day"), HasSubstr("不在班"));
  EXPECT_EQ(FlagAt(kEight, "people/day"), "on duty");
  EXPECT_THAT(FlagAt(kEight, "people/night"), HasSubstr("钱日班在班"));
}

TEST_F(OffDutyTest, TheStandingHolderIsOnDutyWhereNoShiftIs) {
  EXPECT_THAT(FlagAt(kEight, "people/standing"), HasSubstr("不在班"));
  const absl::Time evening = kEight + absl::Hours(10);
  EXPECT_EQ(FlagAt(evening, "people/standing"), "on duty");
  EXPECT_THAT(FlagAt(evening, "people/day"), HasSubstr("不在班"));
}

TEST_F(OffDutyTest, WhereNobodyIsOnDutyTheFlagSaysSoAndWithoutAPostThereIsNone) {
  directory_.mutable_posts(0)->clear_standing_holder();
  view_ = ViewOf(directory_, 2);
  EXPECT_THAT(FlagAt(kEight + absl::Hours(10), "people/day"), HasSubstr("无人在班"));
  EXPECT_THAT(FlagAt(kEight + absl::Hours(10), ""), HasSubstr("无人在班"));
  EXPECT_FALSE(OffDuty(view_, {}, "people/day", nullptr).has_value());
}

}  // namespace
}  // namespace huying::directory::rules
