// SPDX-License-Identifier: Apache-2.0
#include "services/alert/rules/recipients.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "services/alert/testing/notice_records.h"
#include "services/platform/base/status.h"

namespace huying::alert::rules {
namespace {

constexpr v1::RecipientState kStates[] = {v1::SENT, v1::DELIVERED, v1::READ, v1::ANSWERED,
                                          v1::CANNOT_COMPLY};

class RecipientsTest : public NoticeRecords {};

TEST(RecipientStates, EveryCellGoesForwardOrStays) {
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
  v1::Statement more = Said(v1::EVACUATED, kNow + absl::Hours(1));
  more.set_evacuated(42);
  ApplyAnswer(updated, more);
  EXPECT_FALSE(updated.late());
  EXPECT_EQ(updated.evacuated(), 42);
  EXPECT_EQ(base::FromProto(updated.answered_at()), kNow);
}

// Every pair of answers, on and off duty: what is shown after both.
TEST_F(RecipientsTest, AWeakerAnswerNeverHidesAStrongerOne) {
  constexpr v1::AnswerKind kKinds[] = {v1::RECEIVED, v1::ON_POST, v1::EVACUATED, v1::CANNOT,
                                       v1::STOPPED};
  for (const auto first : kKinds) {
    for (const auto second : kKinds) {
      for (const bool off_duty : {false, true}) {
        v1::Recipient recipient = Answered(1, first, kNow);
        const auto flags = ApplyAnswer(recipient, Said(second, kNow, "", off_duty));
        bool shown = StrengthOf(second) >= StrengthOf(first);
        if (first == v1::CANNOT) shown = second == v1::CANNOT || second == v1::STOPPED;
        if (off_duty && second != v1::CANNOT && second != v1::STOPPED) shown = false;
        EXPECT_EQ(recipient.answer(), shown ? second : first)
            << first << " then " << second << (off_duty ? " off duty" : "");
        EXPECT_EQ(recipient.statements_size(), 2) << "both are kept";
        EXPECT_EQ(flags.size(), static_cast<size_t>(off_duty) + (shown ? 0 : 1));
      }
    }
  }
}

TEST_F(RecipientsTest, ACannotStandsUntilSomebodyOnDutySaysHowItWasSolved) {
  v1::Recipient recipient = Answered(1, v1::CANNOT, kNow);
  v1::Statement solved = Said(v1::ON_POST, kNow, "便桥已通", /*off_duty=*/true);
  solved.set_solved(true);
  ApplyAnswer(recipient, solved);
  EXPECT_EQ(recipient.state(), v1::CANNOT_COMPLY) << "off duty";
  solved.set_off_duty(false);
  EXPECT_TRUE(ApplyAnswer(recipient, solved).empty());
  EXPECT_EQ(recipient.state(), v1::ANSWERED);
  EXPECT_EQ(recipient.answer_text(), "便桥已通");
}

TEST_F(RecipientsTest, FewerPeopleMovedThanSaidBeforeWantsAText) {
  v1::Recipient recipient = Answered(1, v1::EVACUATED, kNow);
  v1::Statement fewer = Said(v1::EVACUATED, kNow);
  fewer.set_evacuated(12);
  EXPECT_EQ(ApplyAnswer(recipient, fewer).front().rule_id(), "alert.evacuated-lower");
  EXPECT_EQ(recipient.evacuated(), 120);
  fewer.set_text("此前重复计数");
  EXPECT_TRUE(ApplyAnswer(recipient, fewer).empty());
  EXPECT_EQ(recipient.evacuated(), 12);
}

TEST_F(RecipientsTest, TheListOfStatementsIsBoundedAndKeepsWhatIsStrong) {
  v1::Recipient recipient = Answered(1, v1::CANNOT, kNow);
  for (int i = 0; i < 100; ++i) ApplyAnswer(recipient, Said(v1::RECEIVED));
  EXPECT_EQ(recipient.statements_size(), 30);
  EXPECT_EQ(recipient.statements(0).kind(), v1::CANNOT);
}

// By phone an answer is written down by a post that has the duty over the one that spoke.
TEST_F(RecipientsTest, OnlyAPostWithTheDutyOverTheOtherWritesDownItsAnswer) {
  v1::AnswerRequest request;
  request.set_kind(v1::EVACUATED);
  request.set_for_post("posts/pingan");
  request.set_person_name("张三");
  common::v1::Actor police = Person("police");
  police.set_department(true);
  common::v1::Actor mine = Person("mine", common::v1::EXTERNAL);
  common::v1::Actor supervisor = police;
  supervisor.set_post("posts/north-duty");
  struct Row {
    const char* who;
    common::v1::Actor actor;
    bool may;
  };
  for (const Row& row :
       {Row{"district", Person("duty"), true},
        Row{"own subdistrict", Person("n", SUBDISTRICT, kNorth), true},
        Row{"own community", Person("p", COMMUNITY, kPingAn), true},
        Row{"sibling", Person("g", COMMUNITY, kGuoAn), false}, Row{"department", police, false},
        Row{"external", mine, false}, Row{"supervisor", supervisor, true}}) {
    EXPECT_EQ(WhoAnswers(alert_, list_, row.actor, request).ok(), row.may) << row.who;
  }
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

}  // namespace
}  // namespace huying::alert::rules
