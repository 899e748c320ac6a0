// SPDX-License-Identifier: Apache-2.0
#include "services/alert/rules/ladder.h"

#include <gmock/gmock.h>

#include "services/alert/testing/notice_records.h"

namespace huying::alert::rules {
namespace {
using ::testing::ElementsAre;

class LadderTest : public NoticeRecords {};

TEST_F(LadderTest, TheLadderCallsTheFirstDeputySomebodyHolds) {
  const auto silent = SilentOf(list_, COMMUNITY, {{"posts/guoan", v1::ANSWERED}});
  ASSERT_EQ(silent.size(), 1u);
  EXPECT_EQ(silent[0].post(), "posts/pingan");
  std::map<std::string, v1::Escalation::Held> held;
  held["posts/pingan-b"].set_post("posts/pingan-b");  // nobody
  held["posts/pingan-c"].set_post("posts/pingan-c");
  held["posts/pingan-c"].set_person("people/c");
  const StepFacts facts{.tier = COMMUNITY, .name = StepName(alert_, COMMUNITY, 1), .at = kNow};
  v1::Escalation step = MakeStep(alert_, list_, silent, held, facts);
  EXPECT_EQ(step.name(), "alerts/2026-0001/escalations/COMMUNITY-1");
  EXPECT_THAT(step.called_posts(), ElementsAre("posts/pingan-c"));
  EXPECT_EQ(step.holders(0).person(), "people/c");
  EXPECT_EQ(step.post_areas().at("posts/pingan"), kPingAn);
  // Directory is silent: the first in order.
  step = MakeStep(alert_, list_, silent, std::nullopt, facts);
  EXPECT_THAT(step.called_posts(), ElementsAre("posts/pingan-b"));
}

TEST_F(LadderTest, APostWithoutADeputyIsSkippedAndNamed) {
  const auto silent = SilentOf(list_, COMMUNITY, {});
  const v1::Escalation step =
      MakeStep(alert_, list_, silent, std::nullopt, {.tier = COMMUNITY, .name = "n", .at = kNow});
  EXPECT_THAT(step.silent_posts(), ElementsAre("posts/pingan", "posts/guoan"));
  EXPECT_THAT(step.empty_posts(), ElementsAre("posts/guoan"));
}

TEST_F(LadderTest, TheTierAboveIsTheSupervisorElseTheAreaAboveElseTheIssuer) {
  EXPECT_THAT(Candidates(alert_, list_, list_.recipients(1), kStepTierAbove),
              ElementsAre("posts/north-duty", "posts/commander"));
  EXPECT_THAT(Candidates(alert_, list_, list_.recipients(2), kStepTierAbove),
              ElementsAre("posts/north-duty", "posts/commander"));
  EXPECT_THAT(Candidates(alert_, list_, list_.recipients(0), kStepTierAbove),
              ElementsAre("posts/commander"));
}

TEST_F(LadderTest, LimitsAreNamedBySpeedAndTier) {
  EXPECT_EQ(LimitRuleId(alert_, COMMUNITY), "alert.answer-limit.urgent.COMMUNITY");
  alert_.set_urgent(false);
  EXPECT_EQ(LimitRuleId(alert_, DISTRICT), "alert.answer-limit.normal.DISTRICT");
  EXPECT_EQ(DefaultLimit(alert_, SUBDISTRICT), absl::Hours(2));
  alert_.set_kind(v1::WARNING);
  alert_.set_color(v1::YELLOW);
  EXPECT_EQ(LimitRuleId(alert_, SUBDISTRICT), "alert.answer-limit.YELLOW.SUBDISTRICT");
  EXPECT_EQ(DefaultLimit(alert_, COMMUNITY), absl::Hours(1));
  alert_.set_color(v1::RED);
  EXPECT_EQ(DefaultLimit(alert_, COMMUNITY), absl::Minutes(10));
  EXPECT_THAT(TiersOf(list_), ElementsAre(SUBDISTRICT, COMMUNITY));
}

// A refusal is an alarm at once and asked about ever more seldom; silence is asked about until it ends.
TEST_F(LadderTest, WhoMustAnswerIsAskedAgainAndTheAlarmIsRaisedInTime) {
  const AskLimits limits{.retry = absl::Seconds(30),
                         .alarm_after = absl::Minutes(5),
                         .give_up_after = absl::Hours(24)};
  EXPECT_FALSE(AskAgain(absl::Minutes(4), false, limits).alarm);
  EXPECT_TRUE(AskAgain(absl::Minutes(5), false, limits).alarm);
  EXPECT_EQ(AskAgain(absl::Hours(48), false, limits).after, absl::Seconds(30));
  EXPECT_FALSE(AskAgain(absl::Hours(48), false, limits).given_up) << "silence ends";
  EXPECT_TRUE(AskAgain(absl::Seconds(1), true, limits).alarm);
  EXPECT_EQ(AskAgain(absl::Seconds(1), true, limits).after, absl::Seconds(30));
  EXPECT_EQ(AskAgain(absl::Minutes(7), true, limits).after, absl::Minutes(7));
  EXPECT_TRUE(AskAgain(absl::Hours(24), true, limits).given_up);
  int asked = 0;
  for (absl::Duration at = limits.retry; at < absl::Hours(48); ++asked) {
    const NextAsk next = AskAgain(at, true, limits);
    if (next.given_up) break;
    at += next.after;
  }
  EXPECT_LT(asked, 20) << "a day of refusals is no storm";
  EXPECT_GT(asked, 5);
}

TEST_F(LadderTest, TheAlarmCallsTheIssuerAndThePostAboveIt) {
  const auto step = MakeUnknownStep(alert_, {.alarm = true}, "posts/leader",
                                    {.reason = "区划表中没有该代码", .at = kNow});
  EXPECT_EQ(step.name(), "alerts/2026-0001/escalations/recipients-unknown");
  EXPECT_THAT(step.called_posts(), ::testing::ElementsAre("posts/commander", "posts/leader"));
  EXPECT_THAT(step.reason(), ::testing::HasSubstr("区划表中没有该代码"));
  EXPECT_EQ(MakeUnknownStep(alert_, {.alarm = true, .given_up = true}, "", {}).called_posts_size(),
            1);
}

}  // namespace
}  // namespace huying::alert::rules
