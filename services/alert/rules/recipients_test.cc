// SPDX-License-Identifier: Apache-2.0
#include "services/alert/rules/recipients.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "services/alert/testing/notice_records.h"
#include "services/platform/base/status.h"

namespace huying::alert::rules {
namespace {

constexpr v1::RecipientState kStates[] = {v1::PENDING, v1::SENT,       v1::DELIVERED,
                                          v1::READ,    v1::ANSWERED,   v1::CANNOT_COMPLY,
                                          v1::FAILED,  v1::UNREACHABLE};

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

}  // namespace
}  // namespace huying::alert::rules
