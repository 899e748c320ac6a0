// SPDX-License-Identifier: Apache-2.0
#include "services/alert/rules/recipients.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "services/alert/rules/ladder.h"
#include "services/alert/rules/rollup.h"
#include "services/alert/rules/test_records.h"
#include "services/platform/base/status.h"

namespace huying::alert::rules {
namespace {
using common::v1::COMMUNITY;
using common::v1::DISTRICT;
using common::v1::SUBDISTRICT;
using ::testing::ElementsAre;
using testing::Frozen;
using testing::kDistrict;
using testing::kGuoAn;
using testing::kNorth;
using testing::kNow;
using testing::kPingAn;
using testing::Person;

constexpr v1::RecipientState kStates[] = {v1::PENDING, v1::SENT,       v1::DELIVERED,
                                          v1::READ,    v1::ANSWERED,   v1::CANNOT_COMPLY,
                                          v1::FAILED,  v1::UNREACHABLE};

class RecipientsTest : public ::testing::Test {
 protected:
  RecipientsTest() {
    alert_.set_name("alerts/2026-0001");
    alert_.set_kind(v1::NOTICE);
    alert_.set_urgent(true);
    alert_.add_target_areas(kNorth);
    *alert_.mutable_issuer() = Person("commander");
    testing::PutParents(*alert_.mutable_parents());
    for (const auto tier : {SUBDISTRICT, COMMUNITY}) {
      auto* limit = alert_.add_limits();
      limit->set_tier(tier);
      *limit->mutable_limit_at() = base::ToProto(kNow + absl::Minutes(10));
    }
    *list_.add_recipients() = Frozen("north-duty", kNorth, SUBDISTRICT);
    *list_.add_recipients() = Frozen("pingan", kPingAn, COMMUNITY);
    *list_.add_recipients() = Frozen("guoan", kGuoAn, COMMUNITY);
    list_.mutable_recipients(1)->add_deputies("posts/pingan-b");
    list_.mutable_recipients(1)->add_deputies("posts/pingan-c");
    list_.mutable_recipients(1)->set_supervisor("posts/north-duty");
  }
  v1::Recipient Answered(int index, v1::AnswerKind kind, absl::Time at) {
    v1::Recipient recipient = Fresh(alert_, list_.recipients(index));
    v1::AnswerRequest request;
    request.set_kind(kind);
    ApplyAnswer(recipient, request, Person("x"), nullptr, at);
    return recipient;
  }
  v1::Alert alert_;
  v1::RecipientList list_;
};

TEST(RecipientStates, NoStateEverGoesBackForAnyPair) {
  for (const auto now : kStates) {
    for (const auto reported : kStates) {
      EXPECT_GE(RankOf(Advance(now, reported)), RankOf(now));
    }
  }
  EXPECT_EQ(Advance(v1::ANSWERED, v1::DELIVERED), v1::ANSWERED);
  EXPECT_EQ(Advance(v1::READ, v1::DELIVERED), v1::READ);
  EXPECT_EQ(Advance(v1::ANSWERED, v1::CANNOT_COMPLY), v1::CANNOT_COMPLY);
  EXPECT_FALSE(Spoke(v1::READ)) << "read is not answered";
}

TEST_F(RecipientsTest, ALateReceiptOfDeliveryKeepsTheAnswer) {
  v1::Recipient recipient = Answered(1, v1::RECEIVED, kNow);
  EXPECT_TRUE(ApplyReceipt(recipient, v1::READ, kNow + absl::Minutes(1)));
  EXPECT_EQ(recipient.state(), v1::ANSWERED);
  EXPECT_TRUE(recipient.has_read_at());
  EXPECT_FALSE(ApplyReceipt(recipient, v1::READ, kNow + absl::Minutes(2))) << "nothing new";
}

// DOMAIN invariant 16: lateness is judged by the time of receipt, and stays.
TEST_F(RecipientsTest, LatenessIsJudgedByReceiptAndByTheFirstAnswer) {
  EXPECT_FALSE(Answered(1, v1::RECEIVED, kNow + absl::Minutes(10)).late());
  v1::Recipient late = Answered(1, v1::RECEIVED, kNow + absl::Minutes(10) + absl::Microseconds(1));
  EXPECT_TRUE(late.late());
  v1::Recipient updated = Answered(1, v1::RECEIVED, kNow);
  v1::AnswerRequest more;
  more.set_kind(v1::EVACUATED);
  more.set_evacuated(42);
  ApplyAnswer(updated, more, Person("x"), nullptr, kNow + absl::Hours(1));
  EXPECT_FALSE(updated.late());
  EXPECT_EQ(updated.evacuated(), 42);
  EXPECT_EQ(base::FromProto(updated.answered_at()), kNow);
}

TEST_F(RecipientsTest, WhoMayAnswerForWhom) {
  v1::AnswerRequest request;
  request.set_kind(v1::RECEIVED);
  auto own = WhoAnswers(alert_, list_, Person("pingan", COMMUNITY, kPingAn), request);
  ASSERT_TRUE(own.ok()) << own.status();
  EXPECT_EQ(own->recipient.post(), "posts/pingan");
  auto deputy = WhoAnswers(alert_, list_, Person("pingan-b", COMMUNITY, kPingAn), request);
  ASSERT_TRUE(deputy.ok()) << deputy.status();
  EXPECT_EQ(deputy->recipient.post(), "posts/pingan");
  EXPECT_EQ(deputy->speaker.acting_for_post(), "posts/pingan");
  auto acting = Person("somebody", COMMUNITY, kGuoAn);
  acting.set_acting_for_post("posts/guoan");
  EXPECT_EQ(WhoAnswers(alert_, list_, acting, request)->recipient.post(), "posts/guoan");
  EXPECT_EQ(
      base::ProblemOf(WhoAnswers(alert_, list_, Person("viewer"), request).status()).rule_id(),
      "alert.recipient-only");
}

TEST_F(RecipientsTest, ByPhoneTheOneWhoSpokeIsNamedAndLiesBeneath) {
  v1::AnswerRequest request;
  request.set_kind(v1::ON_POST);
  request.set_for_post("posts/pingan");
  const auto officer = Person("officer", SUBDISTRICT, kNorth);
  EXPECT_EQ(base::ProblemOf(WhoAnswers(alert_, list_, officer, request).status()).field(),
            "person_name");
  request.set_person_name("刘某");
  auto phone = WhoAnswers(alert_, list_, officer, request);
  ASSERT_TRUE(phone.ok()) << phone.status();
  EXPECT_TRUE(phone->recorded);
  EXPECT_EQ(phone->speaker.person_name(), "刘某");
  const auto sibling = Person("guoan", COMMUNITY, kGuoAn);
  EXPECT_EQ(base::ProblemOf(WhoAnswers(alert_, list_, sibling, request).status()).reason(),
            base::Reason::OUTSIDE_AREA);
  request.set_for_post("posts/nobody");
  EXPECT_FALSE(WhoAnswers(alert_, list_, officer, request).ok());
}

TEST_F(RecipientsTest, WhileDirectoryHasNotSaidWhoMustAnswerAnAnswerIsStillKept) {
  alert_.set_recipients_unknown(true);
  v1::AnswerRequest request;
  request.set_kind(v1::RECEIVED);
  auto answering = WhoAnswers(alert_, {}, Person("pingan", COMMUNITY, kPingAn), request);
  ASSERT_TRUE(answering.ok()) << answering.status();
  EXPECT_EQ(answering->recipient.area(), kPingAn);
}

TEST_F(RecipientsTest, TheLadderCallsTheFirstDeputySomebodyHolds) {
  const auto silent = SilentOf(list_, COMMUNITY, {{"posts/guoan", v1::ANSWERED}});
  ASSERT_EQ(silent.size(), 1u);
  EXPECT_EQ(silent[0].post(), "posts/pingan");
  std::map<std::string, v1::Escalation::Held> held;
  held["posts/pingan-b"].set_post("posts/pingan-b");  // nobody
  held["posts/pingan-c"].set_post("posts/pingan-c");
  held["posts/pingan-c"].set_person("people/c");
  const StepFacts facts{
      .tier = COMMUNITY, .name = StepName(alert_.name(), COMMUNITY, 1), .at = kNow};
  v1::Escalation step = MakeStep(alert_, list_, silent, held, facts);
  EXPECT_EQ(step.name(), "alerts/2026-0001/escalations/COMMUNITY-1");
  EXPECT_THAT(step.called_posts(), ElementsAre("posts/pingan-c"));
  EXPECT_EQ(step.holders(0).person(), "people/c");
  EXPECT_EQ(step.post_areas().at("posts/pingan"), kPingAn);
  // Directory is silent: the first in order.
  step = MakeStep(alert_, list_, silent, std::nullopt, facts);
  EXPECT_THAT(step.called_posts(), ElementsAre("posts/pingan-b"));
}

TEST_F(RecipientsTest, APostWithoutADeputyIsSkippedAndNamed) {
  const auto silent = SilentOf(list_, COMMUNITY, {});
  const v1::Escalation step =
      MakeStep(alert_, list_, silent, std::nullopt, {.tier = COMMUNITY, .name = "n", .at = kNow});
  EXPECT_THAT(step.silent_posts(), ElementsAre("posts/pingan", "posts/guoan"));
  EXPECT_THAT(step.empty_posts(), ElementsAre("posts/guoan"));
}

TEST_F(RecipientsTest, TheTierAboveIsTheSupervisorElseTheAreaAboveElseTheIssuer) {
  EXPECT_THAT(Candidates(alert_, list_, list_.recipients(1), kStepTierAbove),
              ElementsAre("posts/north-duty", "posts/commander"));
  EXPECT_THAT(Candidates(alert_, list_, list_.recipients(2), kStepTierAbove),
              ElementsAre("posts/north-duty", "posts/commander"));
  EXPECT_THAT(Candidates(alert_, list_, list_.recipients(0), kStepTierAbove),
              ElementsAre("posts/commander"));
}

TEST_F(RecipientsTest, LimitsAreNamedBySpeedAndTier) {
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

// R40: per-tier answers and who is missing.
TEST_F(RecipientsTest, AParentIsGreenOnlyWhenAllItsChildrenAre) {
  std::map<std::string, v1::Recipient> acts;
  acts["posts/north-duty"] = Answered(0, v1::RECEIVED, kNow);
  acts["posts/pingan"] = Answered(1, v1::RECEIVED, kNow);
  v1::RollUp roll = MakeRollUp(alert_, list_, acts, kNow, 7);
  ASSERT_EQ(roll.nodes_size(), 4);
  EXPECT_EQ(roll.as_of_seq(), 7);
  const auto& district = roll.nodes(0);
  EXPECT_EQ(district.area(), kDistrict);
  EXPECT_EQ(district.recipients(), 3);
  EXPECT_EQ(district.answered(), 2);
  EXPECT_FALSE(district.green());
  const auto& north = roll.nodes(1);
  EXPECT_FALSE(north.green()) << "one community beneath is missing";
  EXPECT_TRUE(north.missing_posts().empty());
  EXPECT_TRUE(roll.nodes(2).green());
  EXPECT_THAT(roll.nodes(3).missing_posts(), ElementsAre("posts/guoan"));
  EXPECT_EQ(roll.nodes(3).overdue(), 0);

  acts["posts/guoan"] = Answered(2, v1::RECEIVED, kNow);
  EXPECT_TRUE(MakeRollUp(alert_, list_, acts, kNow, 8).nodes(0).green());
  acts["posts/guoan"] = Answered(2, v1::CANNOT, kNow);
  roll = MakeRollUp(alert_, list_, acts, kNow, 9);
  EXPECT_FALSE(roll.nodes(0).green());
  EXPECT_EQ(roll.nodes(0).cannot_comply(), 1);
  EXPECT_TRUE(roll.nodes(3).missing_posts().empty()) << "it spoke";
}

TEST_F(RecipientsTest, OverdueAndAreasWithoutAPostKeepANodeFromBeingGreen) {
  const v1::RollUp roll = MakeRollUp(alert_, list_, {}, kNow + absl::Hours(1), 1);
  EXPECT_EQ(roll.nodes(0).overdue(), 3);
  std::map<std::string, v1::Recipient> acts;
  for (int i = 0; i < 3; ++i) acts[list_.recipients(i).post()] = Answered(i, v1::RECEIVED, kNow);
  list_.add_silent_areas(testing::kJingXiao);
  const v1::RollUp holed = MakeRollUp(alert_, list_, acts, kNow, 1);
  EXPECT_FALSE(holed.nodes(0).green());
}

}  // namespace
}  // namespace huying::alert::rules
