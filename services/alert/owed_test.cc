// SPDX-License-Identifier: Apache-2.0
//
// A warning that was signed and is not sent, and a RED one that nobody decided about, ring until done.
#include <gmock/gmock.h>

#include "services/alert/testing/warning_bench.h"

namespace huying::alert {
namespace {
using base::Reason;
using common::v1::Obligation;
using directory::kXingshan;
using ::testing::Contains;

class OwedTest : public WarningBench {
 protected:
  std::map<std::string, Obligation> Owed() {
    const auto listed =
        alerts_->ListObligations(As("district-duty"), common::v1::ListObligationsRequest());
    EXPECT_TRUE(listed.ok()) << listed.status();
    std::map<std::string, Obligation> owed;
    for (const auto& one : listed->obligations()) owed[one.rule_id()] = one;
    return owed;
  }
  std::string Signed(v1::Color color) {
    const std::string name = Draft(Content(color));
    EXPECT_TRUE(Review(name).ok());
    EXPECT_TRUE(Sign(name).ok());
    return name;
  }
  absl::StatusOr<Receipt> Decide(const std::string& name, bool started,
                                 const std::string& response = "") {
    v1::DecideOnResponseRequest request;
    request.set_name(name);
    request.set_started(started);
    request.set_response(response);
    request.set_reason("雨势已减弱");
    return Do(As("district-leader"), "DecideOnResponse", &AlertService::DecideOnResponse, request);
  }
};

TEST_F(OwedTest, ASignedRedThatNobodySendsClimbsUntilItIsSent) {
  const std::string name = Signed(v1::RED);
  EXPECT_EQ(Owed().at(kIssueRule).state(), Obligation::RUNNING);
  EXPECT_EQ(Owed().at(kIssueRule).post(), "posts/district-duty");
  FireAfter(absl::Minutes(10));
  EXPECT_EQ(Owed().at(kIssueRule).state(), Obligation::OVERDUE);
  EXPECT_THAT(LastEntry().entry.channels(), Contains("post:posts/district-leader"));
  ASSERT_TRUE(Send(name).ok());
  EXPECT_EQ(Owed().at(kIssueRule).state(), Obligation::MET_LATE);
}

TEST_F(OwedTest, AYellowOneHasNoSuchLimitAndAWithdrawnOneOwesNothing) {
  Signed(v1::YELLOW);
  EXPECT_EQ(Owed().count(kIssueRule), 0u);
  v1::WithdrawDraftRequest withdraw;
  withdraw.set_name(Signed(v1::ORANGE));
  withdraw.set_reason("雨已停");
  ASSERT_TRUE(
      Do(As("alert-drafter"), "WithdrawDraft", &AlertService::WithdrawDraft, withdraw).ok());
  EXPECT_EQ(Owed().at(kIssueRule).state(), Obligation::CANCELLED);
}

TEST_F(OwedTest, ARedInForceWantsADecisionAboutAResponse) {
  const std::string name = Issued(Content());
  EXPECT_EQ(Owed().at(kDecisionRule).state(), Obligation::RUNNING);
  EXPECT_EQ(Decide(name, /*started=*/true).status().code(), absl::StatusCode::kInvalidArgument);
  FireAfter(absl::Minutes(31));
  EXPECT_EQ(Owed().at(kDecisionRule).state(), Obligation::OVERDUE);
  ASSERT_TRUE(Decide(name, /*started=*/false).ok());
  EXPECT_EQ(Owed().at(kDecisionRule).state(), Obligation::MET_LATE);
  EXPECT_EQ(Get(name).response_decision().reason(), "雨势已减弱");
  EXPECT_EQ(ReasonOf(Decide(Issued(Content(v1::ORANGE)), false).status()),
            Reason::CONDITION_NOT_MET);
}

TEST_F(OwedTest, WhatEndedOwesNoDecisionAndASuccessorOwesItsOwn) {
  const std::string red = Issued(Content());
  const std::string next = Adjusted(red, Content());
  ASSERT_TRUE(Review(next).ok());
  ASSERT_TRUE(Sign(next).ok());
  ASSERT_TRUE(Send(next).ok());
  v1::LiftAlertRequest lift;
  lift.set_name(next);
  lift.set_reason("雨已停");
  ASSERT_TRUE(Do(As("alert-signer"), "LiftAlert", &AlertService::LiftAlert, lift).ok());
  common::v1::ListObligationsRequest open;
  open.set_open_only(true);
  EXPECT_EQ(alerts_->ListObligations(As("district-duty"), open)->obligations_size(), 0);
}

}  // namespace
}  // namespace huying::alert
