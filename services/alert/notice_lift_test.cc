// SPDX-License-Identifier: Apache-2.0
//
// How a notice is lifted, by whom, and what that stops; on a real ledger.
#include <gmock/gmock.h>

#include <map>
#include <set>
#include <string>

#include "services/alert/testing/alert_bench.h"

namespace huying::alert {
namespace {
using base::Reason;
using directory::kLingbei;
using directory::kPingan;
using directory::kXingshan;
using ::testing::UnorderedElementsAre;

class NoticeLiftTest : public AlertBench {};

TEST_F(NoticeLiftTest, ALiftedNoticeStopsItsLadderAndTellsEveryArea) {
  const std::string name = Issue("district-duty", Notice(kLingbei));
  v1::LiftAlertRequest lift;
  lift.set_name(name);
  EXPECT_EQ(
      base::ProblemOf(Do(As("district-duty"), "LiftAlert", &AlertService::LiftAlert, lift).status())
          .field(),
      "reason");
  lift.set_reason("险情已排除");
  EXPECT_EQ(ReasonOf(Do(As("pingan-duty"), "LiftAlert", &AlertService::LiftAlert, lift).status()),
            Reason::OUTSIDE_AREA);
  auto receipt = Do(As("district-duty"), "LiftAlert", &AlertService::LiftAlert, lift);
  ASSERT_TRUE(receipt.ok()) << receipt.status();
  EXPECT_EQ(receipt->state(), "LIFTED");
  EXPECT_EQ(ledger_->NextDue().value(), absl::InfiniteFuture());
  EXPECT_THAT(LastEntry().entry.channels(), UnorderedElementsAre(absl::StrCat("down:", kLingbei),
                                                                 absl::StrCat("up:", kXingshan)));
  EXPECT_EQ(ReasonOf(Do(As("district-duty"), "LiftAlert", &AlertService::LiftAlert, lift).status()),
            Reason::ILLEGAL_TRANSITION);
  EXPECT_TRUE(Answer("pingan-duty", name).ok()) << "an answer on its way is not lost";
}

// Who is called must not be able to stop the calling: each sender, each who would lift it.
TEST_F(NoticeLiftTest, ANoticeIsLiftedByItsIssuersAreaOrAboveNeverByThoseItCalls) {
  const auto lift = [this](const std::string& name, const std::string& post) {
    v1::LiftAlertRequest request;
    request.set_name(name);
    request.set_reason("险情已排除");
    return Do(As(post), "LiftAlert", &AlertService::LiftAlert, request).status();
  };
  const std::map<std::string, std::set<std::string>> may_lift = {
      {"district-duty", {"district-duty", "district-leader"}},
      {"lingbei-duty", {"district-duty", "district-leader", "lingbei-duty", "lingbei-leader"}},
      {"pingan-duty",
       {"district-duty", "district-leader", "lingbei-duty", "lingbei-leader", "pingan-duty"}}};
  for (const auto& [sender, allowed] : may_lift) {
    for (const std::string post : {"district-duty", "district-leader", "lingbei-duty",
                                   "lingbei-leader", "pingan-duty", "guoan-duty", "lingnan-duty"}) {
      const std::string name = Issue(sender, Notice(kPingan));
      const absl::Status status = lift(name, post);
      if (allowed.count(post) > 0) {
        EXPECT_TRUE(status.ok()) << post << " lifts " << sender << ": " << status;
        continue;
      }
      EXPECT_EQ(ReasonOf(status), Reason::OUTSIDE_AREA) << post << " lifts " << sender;
      EXPECT_FALSE(LastEntry().entry.refusal().rule_id().empty()) << "denied access is kept";
      EXPECT_EQ(Get(name).state(), v1::ISSUED);
      if (Get(name).recipient_count() == 0) continue;  // its own post alone: nobody is called
      EXPECT_TRUE((*ledger_->Read())
                      ->FindDeadline(rules::AnswerDeadlineKey(name, common::v1::COMMUNITY))
                      .value())
          << "the ladder stands";
    }
  }
}

TEST_F(NoticeLiftTest, WhoActsForAPostLiftsAsThatPost) {
  directory::v1::Directory deputised = directory::XingshanForTests();
  for (auto& post : *deputised.mutable_posts()) {
    if (post.name() == "posts/lingbei-duty") post.add_deputies("posts/lingnan-duty");
  }
  directory_.Replace(deputised);
  v1::LiftAlertRequest request;
  request.set_name(Issue("lingbei-duty", Notice(kPingan)));
  request.set_reason("险情已排除");
  EXPECT_EQ(
      ReasonOf(Do(As("lingnan-duty"), "LiftAlert", &AlertService::LiftAlert, request).status()),
      Reason::OUTSIDE_AREA);
  auto acting = As("lingnan-duty");
  acting.actor.set_acting_for_post("posts/lingbei-duty");
  const auto receipt = Do(acting, "LiftAlert", &AlertService::LiftAlert, request);
  EXPECT_TRUE(receipt.ok()) << receipt.status();
}

// A response's end lifts what it sent, whoever decided the end.
TEST_F(NoticeLiftTest, AReactorLiftsWhatAResponseSent) {
  const std::string name = Issue("district-duty", Notice(kPingan));
  auto context = As("lingbei-duty");
  context.actor.set_system("incident.reactor");
  v1::LiftAlertRequest request;
  request.set_name(name);
  request.set_reason("响应终止");
  const auto receipt = Do(context, "LiftAlert", &AlertService::LiftAlert, request);
  ASSERT_TRUE(receipt.ok()) << receipt.status();
  EXPECT_EQ(receipt->state(), "LIFTED");
}

// Everything an answer or a lifting needs comes with the batch's prefetch, also the last entry of its case.
TEST_F(NoticeLiftTest, AnAnswerAndALiftingTakeTwoRoundTrips) {
  const std::string name = Issue("district-duty", Notice(kLingbei));
  ASSERT_EQ(Get(name).case_id(), "incidents/2026-0001");
  engine_.Reset();
  ASSERT_TRUE(Answer("pingan-duty", name).ok());
  EXPECT_EQ(engine_.WriterRuns(), 2);
  v1::LiftAlertRequest lift;
  lift.set_name(name);
  lift.set_reason("险情已排除");
  engine_.Reset();
  ASSERT_TRUE(Do(As("district-duty"), "LiftAlert", &AlertService::LiftAlert, lift).ok());
  EXPECT_EQ(engine_.WriterRuns(), 2);
}

}  // namespace
}  // namespace huying::alert
