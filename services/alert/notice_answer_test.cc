// SPDX-License-Identifier: Apache-2.0
//
// Receipts, answers and the ladder that silence climbs, on a real ledger.
#include <gmock/gmock.h>

#include <algorithm>

#include "services/alert/testing/alert_bench.h"

namespace huying::alert {
namespace {
using base::Reason;
using directory::kLingbei;
using directory::kPingan;
using directory::kXingshan;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

class NoticeAnswerTest : public AlertBench {};

TEST_F(NoticeAnswerTest, ReceiptsMoveForwardOnlyAndOnlyForTheCallersOwnPost) {
  const std::string name = Issue("district-duty", Notice(kLingbei));
  v1::ReportReceiptsRequest request;
  auto* item = request.add_items();
  item->set_alert(name);
  item->set_state(v1::READ);
  ASSERT_TRUE(Do(As("pingan-duty"), "ReportReceipts", &AlertService::ReportReceipts, request).ok());
  EXPECT_EQ(Recipients(name).at("posts/pingan-duty").state(), v1::READ);
  item->set_state(v1::DELIVERED);
  auto again = Do(As("pingan-duty"), "ReportReceipts", &AlertService::ReportReceipts, request);
  ASSERT_TRUE(again.ok()) << again.status();
  EXPECT_EQ(Recipients(name).at("posts/pingan-duty").state(), v1::READ);
  EXPECT_TRUE(LastEntry().entry.channels().empty()) << "nothing new, nothing pushed";
  EXPECT_EQ(LastEntry().entry.case_id(), "incidents/2026-0001");
  EXPECT_EQ(
      ReasonOf(
          Do(As("fire-duty"), "ReportReceipts", &AlertService::ReportReceipts, request).status()),
      Reason::CONDITION_NOT_MET);
  item->set_alert("alerts/2027-0099");
  EXPECT_EQ(
      base::ProblemOf(
          Do(As("pingan-duty"), "ReportReceipts", &AlertService::ReportReceipts, request).status())
          .field(),
      "items[0].alert");
}

TEST_F(NoticeAnswerTest, AnAnswerIsANamedPersonsActAndIsSeenByEveryTierAbove) {
  const std::string name = Issue("district-duty", Notice(kLingbei));
  clock_.Advance(absl::Minutes(1));
  ASSERT_TRUE(Answer("pingan-duty", name, v1::ON_POST).ok());
  const v1::Recipient recipient = Recipients(name).at("posts/pingan-duty");
  EXPECT_EQ(recipient.state(), v1::ANSWERED);
  EXPECT_EQ(recipient.answered_by().person(), "people/pingan-duty");
  EXPECT_FALSE(recipient.late());
  EXPECT_THAT(LastEntry().entry.channels(),
              UnorderedElementsAre("post:posts/pingan-duty", absl::StrCat("up:", kPingan),
                                   absl::StrCat("up:", kLingbei), absl::StrCat("up:", kXingshan)));
  // A second answer updates the count; both stand in the journal.
  v1::AnswerRequest more;
  more.set_alert(name);
  more.set_kind(v1::EVACUATED);
  more.set_evacuated(12);
  ASSERT_TRUE(Do(As("pingan-duty"), "Answer", &AlertService::Answer, more).ok());
  EXPECT_EQ(Recipients(name).at("posts/pingan-duty").evacuated(), 12);
  EXPECT_EQ((*ledger_->Read())->CaseEntries("incidents/2026-0001", 0, 10)->size(), 3u);
}

// DOMAIN invariant 16: received before the limit, decided after it: in time.
TEST_F(NoticeAnswerTest, AnAnswerReceivedBeforeItsLimitAndDecidedAfterItIsInTime) {
  const std::string name = Issue("district-duty", Notice(kLingbei));
  v1::AnswerRequest request;
  request.set_alert(name);
  request.set_kind(v1::RECEIVED);
  const auto waiting = As("pingan-duty");  // received now
  clock_.Advance(absl::Minutes(11));
  ASSERT_TRUE(Do(waiting, "Answer", &AlertService::Answer, request).ok());
  EXPECT_FALSE(Recipients(name).at("posts/pingan-duty").late());
  auto late = Do(As("guoan-duty"), "Answer", &AlertService::Answer, request);
  ASSERT_TRUE(late.ok()) << "late answers are accepted";
  EXPECT_THAT(FlagsOf(*late), ElementsAre("alert.answered-late"));
  EXPECT_TRUE(Recipients(name).at("posts/guoan-duty").late());
}

TEST_F(NoticeAnswerTest, CannotComplyClimbsAtOnce) {
  const std::string name = Issue("district-duty", Notice(kLingbei));
  EXPECT_EQ(base::ProblemOf(Answer("pingan-duty", name, v1::CANNOT).status()).field(), "text");
  ASSERT_TRUE(Answer("pingan-duty", name, v1::CANNOT, "道路中断").ok());
  EXPECT_EQ(Recipients(name).at("posts/pingan-duty").state(), v1::CANNOT_COMPLY);
  const auto step = Escalations(name).at("cannot-pingan-duty");
  EXPECT_THAT(step.called_posts(), ElementsAre("posts/lingbei-duty"));
  EXPECT_EQ(step.holders(0).person(), "people/lingbei-duty");
  EXPECT_THAT(step.reason(), ::testing::HasSubstr("道路中断"));
  EXPECT_THAT(LastEntry().entry.channels(), Contains(absl::StrCat("up:", kXingshan)));
}

TEST_F(NoticeAnswerTest, SilenceCallsTheDeputiesThenTheTierAbove) {
  const std::string name = Issue("district-duty", Notice(kLingbei));
  ASSERT_TRUE(Answer("guoan-duty", name).ok());
  ASSERT_TRUE(Answer("lingbei-duty", name).ok());
  EXPECT_EQ(FireAfter(absl::Minutes(9)), 1) << "the row of the subdistrict";
  EXPECT_THAT(Escalations(name), IsEmpty()) << "the subdistrict has answered";
  FireAfter(absl::Minutes(1));
  auto steps = Escalations(name);
  ASSERT_EQ(steps.size(), 1u);
  const v1::Escalation first = steps.at("COMMUNITY-1");
  EXPECT_THAT(first.silent_posts(), ElementsAre("posts/pingan-duty"));
  EXPECT_THAT(first.called_posts(), ElementsAre("posts/pingan-deputy"));
  EXPECT_EQ(first.holders(0).person(), "people/pingan-deputy") << "who holds it at this very step";
  EXPECT_EQ(LastEntry().entry.sources(0).ledger(), "directory");
  EXPECT_TRUE(Recipients(name).at("posts/pingan-duty").escalated());
  FireAfter(absl::Minutes(5));
  steps = Escalations(name);
  ASSERT_EQ(steps.size(), 2u);
  EXPECT_THAT(steps.at("COMMUNITY-2").called_posts(), ElementsAre("posts/lingbei-duty"));
  EXPECT_EQ(ledger_->NextDue().value(), absl::InfiniteFuture())
      << "two steps, then a person's turn";
  // The deputy answers in the post's stead, late, and it is kept.
  ASSERT_TRUE(Answer("pingan-deputy", name).ok());
  const auto recipient = Recipients(name).at("posts/pingan-duty");
  EXPECT_EQ(recipient.state(), v1::ANSWERED);
  EXPECT_TRUE(recipient.late());
  EXPECT_EQ(recipient.answered_by().acting_for_post(), "posts/pingan-duty");
  EXPECT_EQ(recipient.holder(), "people/pingan-deputy") << "found on duty when it was called";
}

TEST_F(NoticeAnswerTest, APostWhoseDeputyNobodyHoldsGoesToTheTierAboveInTheSameAct) {
  directory_.SetHolder("posts/pingan-deputy", "");
  const std::string name = Issue("district-duty", Notice(kPingan));
  FireAfter(absl::Minutes(11));
  const auto steps = Escalations(name);
  EXPECT_THAT(steps.at("COMMUNITY-1").empty_posts(), ElementsAre("posts/pingan-duty"));
  EXPECT_THAT(steps.at("COMMUNITY-1").called_posts(), IsEmpty());
  EXPECT_THAT(steps.at("COMMUNITY-2-at-once").called_posts(), ElementsAre("posts/lingbei-duty"));
  EXPECT_EQ(LastEntry().entry.flags(0).rule_id(), "alert.empty-step");
  EXPECT_THAT(LastEntry().entry.flags(0).text(), ::testing::HasSubstr("posts/pingan-duty"));
  EXPECT_EQ(FireAfter(absl::Minutes(5)), 0) << "nobody is left to wait for";
}

TEST_F(NoticeAnswerTest, WhoWasToldAtOnceIsNotToldAgainAndTheOthersClimbInTheirTime) {
  directory_.SetHolder("posts/pingan-deputy", "");
  const std::string name = Issue("district-duty", Notice(kLingbei));
  ASSERT_TRUE(Answer("lingbei-duty", name).ok());
  FireAfter(absl::Minutes(11));
  EXPECT_THAT(Escalations(name).at("COMMUNITY-2-at-once").silent_posts(),
              ElementsAre("posts/pingan-duty"));
  FireAfter(absl::Minutes(5));
  EXPECT_THAT(Escalations(name).at("COMMUNITY-2").silent_posts(), ElementsAre("posts/guoan-duty"));
}

TEST_F(NoticeAnswerTest, AReceivedOverACannotLeavesItStandingInEveryTiersPicture) {
  const std::string name = Issue("district-duty", Notice(kPingan));
  ASSERT_TRUE(Answer("pingan-duty", name, v1::CANNOT, "桥断，人出不来").ok());
  context::CallContext colleague = As("pingan-deputy");
  common::v1::Flag off_duty;
  off_duty.set_rule_id("directory.off-duty");
  colleague.flags.push_back(off_duty);
  v1::AnswerRequest received;
  received.set_alert(name);
  received.set_kind(v1::RECEIVED);
  const auto receipt = Do(colleague, "Answer", &AlertService::Answer, received);
  ASSERT_TRUE(receipt.ok()) << receipt.status();
  EXPECT_THAT(FlagsOf(*receipt), Contains("alert.cannot-stands"));
  EXPECT_THAT(FlagsOf(*receipt), Contains("alert.answered-off-duty"));
  const v1::Recipient recipient = Recipients(name).at("posts/pingan-duty");
  EXPECT_EQ(recipient.state(), v1::CANNOT_COMPLY);
  EXPECT_EQ(recipient.answer_text(), "桥断，人出不来");
  ASSERT_EQ(recipient.statements_size(), 2);
  EXPECT_TRUE(recipient.statements(1).off_duty());
  v1::GetRollUpRequest of;
  of.set_alert(name);
  const auto picture = alerts_->GetRollUp(As("district-duty"), of);
  for (const auto& node : picture->nodes()) {
    EXPECT_EQ(node.cannot_comply(), 1) << node.area();
    EXPECT_FALSE(node.green()) << node.area();
  }
  // Solved, by the post that is on duty, with how.
  received.set_solved(true);
  EXPECT_EQ(
      base::ProblemOf(Do(As("pingan-duty"), "Answer", &AlertService::Answer, received).status())
          .field(),
      "text");
  received.set_text("便桥已通，正在转移");
  ASSERT_TRUE(Do(As("pingan-duty"), "Answer", &AlertService::Answer, received).ok());
  EXPECT_EQ(Recipients(name).at("posts/pingan-duty").state(), v1::ANSWERED);
}

TEST_F(NoticeAnswerTest, AnAnswerOffDutyIsShownAsSuchAndPeopleMovedAreSummed) {
  const std::string name = Issue("district-duty", Notice(kLingbei));
  v1::AnswerRequest moved;
  moved.set_alert(name);
  moved.set_kind(v1::EVACUATED);
  EXPECT_EQ(base::ProblemOf(Do(As("pingan-duty"), "Answer", &AlertService::Answer, moved).status())
                .field(),
            "evacuated");
  moved.set_evacuated(2'000'000'000);
  EXPECT_EQ(base::ProblemOf(Do(As("pingan-duty"), "Answer", &AlertService::Answer, moved).status())
                .rule_id(),
            "alert.evacuated-max");
  moved.set_evacuated(120);
  context::CallContext off = As("pingan-duty");
  off.flags.emplace_back().set_rule_id("directory.off-duty");
  ASSERT_TRUE(Do(off, "Answer", &AlertService::Answer, moved).ok());
  moved.set_evacuated(30);
  ASSERT_TRUE(Do(As("guoan-duty"), "Answer", &AlertService::Answer, moved).ok());
  v1::GetRollUpRequest of;
  of.set_alert(name);
  const auto picture = alerts_->GetRollUp(As("district-duty"), of);
  EXPECT_EQ(picture->nodes(0).evacuated(), 150);
  EXPECT_EQ(picture->nodes(0).off_duty(), 1);
  EXPECT_TRUE(Recipients(name).at("posts/pingan-duty").off_duty());
}

// Between the snapshot that a step of the ladder is gathered from and its decision.
TEST_F(NoticeAnswerTest, AnAnswerBetweenGatheringAndDecidingIsNotCalledFor) {
  const std::string name = Issue("district-duty", Notice(kLingbei));
  ASSERT_TRUE(Answer("lingbei-duty", name).ok());
  clock_.Advance(absl::Minutes(11));
  const auto due = ledger_->Due(clock_.Now(), 10);
  const auto row = std::find_if(due->begin(), due->end(), [](const auto& one) {
    return one.deadline.key.find("COMMUNITY") != std::string::npos;
  });
  ASSERT_NE(row, due->end());
  context::CallContext context;
  context.realm = "live";
  context.received_at = clock_.Now();
  context.actor.set_system("alert.timekeeper");
  auto gathered = alerts_->AnswerLimitPassed(context, *row);
  ASSERT_TRUE(Answer("pingan-duty", name).ok());
  ASSERT_TRUE(Run(context, rules::kAnswerLimitHandler, std::move(gathered)).ok());
  const auto step = Escalations(name).at("COMMUNITY-1");
  EXPECT_THAT(step.silent_posts(), ElementsAre("posts/guoan-duty"));
  EXPECT_THAT(step.called_posts(), ElementsAre("posts/guoan-deputy"));
}

TEST_F(NoticeAnswerTest, AnAnswerJudgedByAListThatWasFrozenAnewMeanwhileIsRepeated) {
  directory_.SetDown(true);
  const std::string name = Issue("lingbei-duty", Notice(kLingbei));
  v1::AnswerRequest request;
  request.set_alert(name);
  request.set_kind(v1::RECEIVED);
  auto gathered = alerts_->Answer(As("pingan-duty"), request);
  ASSERT_TRUE(gathered.ok()) << gathered.status();
  v1::ReportReceiptsRequest read;
  read.add_items()->set_alert(name);
  read.mutable_items(0)->set_state(v1::READ);
  auto receipts = alerts_->ReportReceipts(As("pingan-duty"), read);
  ASSERT_TRUE(receipts.ok()) << receipts.status();
  directory_.SetDown(false);
  FireAfter(absl::Minutes(1));  // the list is resolved
  EXPECT_EQ(ReasonOf(Run(As("pingan-duty"), "Answer", std::move(gathered)).status()),
            Reason::FACTS_CHANGED);
  EXPECT_EQ(ReasonOf(Run(As("pingan-duty"), "ReportReceipts", std::move(receipts)).status()),
            Reason::FACTS_CHANGED);
}

TEST_F(NoticeAnswerTest, AReceiptIsKeptWhileItIsNotKnownWhoMustAnswer) {
  directory_.SetDown(true);
  const std::string name = Issue("lingbei-duty", Notice(kLingbei));
  v1::ReportReceiptsRequest read;
  read.add_items()->set_alert(name);
  read.mutable_items(0)->set_state(v1::READ);
  ASSERT_TRUE(Do(As("pingan-duty"), "ReportReceipts", &AlertService::ReportReceipts, read).ok());
  directory_.SetDown(false);
  FireAfter(absl::Minutes(1));
  EXPECT_EQ(Recipients(name).at("posts/pingan-duty").state(), v1::READ);
}

TEST_F(NoticeAnswerTest, WhoeverHasNoAccountCountsAsNobody) {
  directory::v1::Directory data = directory::XingshanForTests();
  for (auto& account : *data.mutable_accounts()) {
    if (account.person() == "people/pingan-deputy" || account.person() == "people/guoan-duty") {
      account.set_disabled(true);
    }
  }
  directory_.Replace(data);
  auto receipt =
      Do(As("district-duty"), "IssueNotice", &AlertService::IssueNotice, Notice(kPingan));
  ASSERT_TRUE(receipt.ok()) << receipt.status();
  EXPECT_THAT(FlagsOf(*receipt), ::testing::Not(Contains("alert.nobody-can-answer")));
  const std::string name = receipt->name();
  FireAfter(absl::Minutes(11));
  EXPECT_THAT(Escalations(name).at("COMMUNITY-1").empty_posts(), ElementsAre("posts/pingan-duty"));
  EXPECT_EQ(Escalations(name).count("COMMUNITY-2-at-once"), 1u);
  receipt = Do(As("district-duty"), "IssueNotice", &AlertService::IssueNotice, Notice(kLingbei));
  EXPECT_THAT(FlagsOf(*receipt), Contains("alert.nobody-can-answer"))
      << "guoan-duty cannot sign in";
}

TEST_F(NoticeAnswerTest, TheLadderClimbsWithoutDirectoryToo) {
  const std::string name = Issue("district-duty", Notice(kPingan));
  directory_.SetDown(true);
  FireAfter(absl::Minutes(11));
  EXPECT_THAT(Escalations(name).at("COMMUNITY-1").called_posts(),
              ElementsAre("posts/pingan-deputy"));
  EXPECT_EQ(LastEntry().entry.flags(0).rule_id(), "alert.holders-unknown");
}

TEST_F(NoticeAnswerTest, WhatFellDueInAnOutageIsMarkedAndClimbsOnce) {
  const std::string name = Issue("district-duty", Notice(kPingan));
  Shut();
  clock_.Advance(absl::Minutes(20));
  Open();
  FireDue();
  FireAfter(absl::Minutes(2));
  const auto steps = Escalations(name);
  ASSERT_EQ(steps.size(), 1u);
  EXPECT_TRUE(steps.at("COMMUNITY-1").in_outage());
}

TEST_F(NoticeAnswerTest, TheRollUpSaysWhoIsMissing) {
  const std::string name = Issue("district-duty", Notice(kLingbei));
  ASSERT_TRUE(Answer("pingan-duty", name).ok());
  v1::GetRollUpRequest request;
  request.set_alert(name);
  const auto roll = alerts_->GetRollUp(As("district-duty"), request);
  ASSERT_TRUE(roll.ok()) << roll.status();
  EXPECT_EQ(roll->nodes(0).area(), kXingshan);
  EXPECT_EQ(roll->nodes(0).area_name(), "兴山区") << "named, though it has no recipient";
  EXPECT_EQ(roll->nodes(0).tier(), common::v1::DISTRICT);
  EXPECT_EQ(roll->nodes(0).answered(), 1);
  EXPECT_EQ(roll->nodes(1).area_name(), "岭北街道");
  EXPECT_THAT(roll->nodes(1).missing_posts(), ElementsAre("posts/lingbei-duty"));
  EXPECT_TRUE(roll->nodes(2).green());
  EXPECT_FALSE(roll->nodes(0).green());
}

}  // namespace
}  // namespace huying::alert
