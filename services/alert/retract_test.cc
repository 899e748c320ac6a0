// SPDX-License-Identifier: Apache-2.0
//
// 误发撤回, and corrections that tell whom they no longer concern.
#include <gmock/gmock.h>

#include "services/alert/testing/warning_bench.h"

namespace huying::alert {
namespace {
using base::Reason;
using directory::kLingbei;
using directory::kPingan;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

class RetractTest : public WarningBench {
 protected:
  absl::StatusOr<Receipt> Retract(const std::string& name, const std::string& post,
                                  bool urgent = false) {
    v1::RetractAlertRequest request;
    request.set_name(name);
    request.set_reason("误发：并无险情");
    if (urgent) {
      auto* urgency = request.mutable_urgency();
      urgency->set_reason("误发正在引起转移");
      urgency->set_authorised_by("区长 王某（虚构）");
      urgency->set_channel(common::v1::Urgency::PHONE);
      *urgency->mutable_at() = base::ToProto(clock_.Now());
    }
    return Do(As(post), "RetractAlert", &AlertService::RetractAlert, request);
  }
  v1::RollUpNode Top(const std::string& name) {
    v1::GetRollUpRequest request;
    request.set_alert(name);
    return alerts_->GetRollUp(As("district-duty"), request)->nodes(0);
  }
};

TEST_F(RetractTest, AloneAtNightTheOfficerWhoIssuedAFalseRedTakesItBack) {
  const std::string name = Draft(Content());
  ASSERT_TRUE(Send(name, "district-duty", /*urgent=*/true).ok());
  EXPECT_EQ(ReasonOf(Retract(name, "district-duty").status()), Reason::GUARD_NEEDS_URGENCY);
  const auto receipt = Retract(name, "district-duty", /*urgent=*/true);
  ASSERT_TRUE(receipt.ok()) << receipt.status();
  EXPECT_EQ(receipt->state(), "RETRACTED");
  const v1::Alert alert = Get(name);
  EXPECT_EQ(alert.state(), v1::RETRACTED);
  EXPECT_EQ(alert.lift_reason(), "误发：并无险情");
  EXPECT_THAT(LastEntry().entry.channels(), Contains(absl::StrCat("down:", kLingbei)));
  EXPECT_EQ(MakeUps(/*open_only=*/true).count("retraction"), 1u);
  // The signature closes it, by another person.
  ASSERT_TRUE(Sign(name).ok());
  EXPECT_EQ(MakeUps(/*open_only=*/true).count("retraction"), 0u);
  EXPECT_EQ(MakeUps(/*open_only=*/true).count("signature"), 0u);
  EXPECT_EQ(Get(name).state(), v1::RETRACTED);
}

TEST_F(RetractTest, WhoDidNotIssueItAndMayNotSignDoesNotRetractItAndASignerNeedsNoUrgency) {
  const std::string name = Issued(Content());
  EXPECT_EQ(base::ProblemOf(Retract(name, "district-leader", true).status()).rule_id(),
            "alert.retraction");
  EXPECT_FALSE(Retract(name, "lingbei-duty", true).ok());
  ASSERT_TRUE(Retract(name, "alert-signer").ok());
  EXPECT_THAT(MakeUps(/*open_only=*/true), IsEmpty());
  EXPECT_EQ(ReasonOf(Retract(name, "alert-signer").status()), Reason::ILLEGAL_TRANSITION);
}

TEST_F(RetractTest, EverybodyToldMustSayThatHeHasStoppedAndSilenceClimbs) {
  const std::string name = Issued(Content());
  v1::AnswerRequest moved;
  moved.set_alert(name);
  moved.set_kind(v1::EVACUATED);
  moved.set_evacuated(120);
  for (const char* post : {"lingbei-duty", "pingan-duty", "guoan-duty"}) {
    ASSERT_TRUE(Do(As(post), "Answer", &AlertService::Answer, moved).ok());
  }
  EXPECT_TRUE(Top(name).green());
  ASSERT_TRUE(Retract(name, "alert-signer").ok());
  EXPECT_FALSE(Top(name).green()) << "who answered the alert has not said that he stopped";
  EXPECT_EQ(Top(name).evacuated(), 0);
  ASSERT_TRUE(Answer("pingan-duty", name, v1::STOPPED).ok());
  ASSERT_TRUE(Answer("lingbei-duty", name, v1::STOPPED).ok());
  ASSERT_TRUE(Answer("guoan-duty", name, v1::RECEIVED).ok());
  EXPECT_EQ(Top(name).answered(), 2);
  FireAfter(absl::Minutes(11));
  EXPECT_THAT(Escalations(name).at("retraction-COMMUNITY-1").silent_posts(),
              ElementsAre("posts/guoan-duty"));
  ASSERT_TRUE(Answer("guoan-duty", name, v1::STOPPED).ok());
  EXPECT_TRUE(Top(name).green());
}

TEST_F(RetractTest, WhoeverJoinsAStreamSeesTheRetractionForADay) {
  const std::string name = Issued(Content());
  ASSERT_TRUE(Retract(name, "alert-signer").ok());
  EXPECT_EQ(AlertsShown(**ledger_->Read())->size(), 1u);
  v1::ListAlertsRequest in_force;
  in_force.set_in_force_only(true);
  EXPECT_EQ(alerts_->ListAlerts(As("district-duty"), in_force)->alerts_size(), 0);
  FireAfter(absl::Hours(25));
  EXPECT_THAT(*AlertsShown(**ledger_->Read()), IsEmpty());
  EXPECT_EQ(Get(name).state(), v1::RETRACTED);
}

TEST_F(RetractTest, ANoticeIsRetractedByWhoeverIssuedItOrStandsAbove) {
  const std::string name = Issue("lingbei-duty", Notice(kPingan));
  EXPECT_FALSE(Retract(name, "pingan-duty").ok());
  ASSERT_TRUE(Retract(name, "lingbei-duty").ok());
  ASSERT_TRUE(Answer("pingan-duty", name, v1::STOPPED).ok());
  EXPECT_THAT(MakeUps(), IsEmpty());
}

TEST_F(RetractTest, WhoWasToldByMistakeIsARecipientOfTheCorrectionAndMustAnswerIt) {
  const std::string wrong = Issued(Content(v1::RED, kLingbei));
  ASSERT_TRUE(Answer("pingan-duty", wrong, v1::ON_POST).ok());
  const std::string right = Adjusted(wrong, Content(v1::YELLOW, directory::kLingnan));
  ASSERT_TRUE(Review(right).ok());
  ASSERT_TRUE(Sign(right).ok());
  ASSERT_TRUE(Send(right).ok());
  const v1::Alert alert = Get(right);
  EXPECT_THAT(alert.added_areas(), ElementsAre(directory::kLingnan));
  EXPECT_THAT(alert.dropped_areas(), ElementsAre(kLingbei));
  const auto recipients = Recipients(right);
  ASSERT_EQ(recipients.count("posts/pingan-duty"), 1u);
  EXPECT_TRUE(recipients.at("posts/pingan-duty").stood_down());
  EXPECT_FALSE(recipients.at("posts/dongxing-duty").stood_down());
  EXPECT_EQ(base::FromProto(recipients.at("posts/pingan-duty").limit_at()),
            clock_.Now() + absl::Minutes(10))
      << "as quickly as the alert that was wrong";
  EXPECT_FALSE(Top(right).green());
  ASSERT_TRUE(Answer("pingan-duty", right, v1::STOPPED).ok());
  EXPECT_EQ(Recipients(right).at("posts/pingan-duty").answer(), v1::STOPPED);
}

}  // namespace
}  // namespace huying::alert
