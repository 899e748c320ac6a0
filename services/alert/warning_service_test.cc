// SPDX-License-Identifier: Apache-2.0
//
// The way of a warning, on a real ledger.
#include <gmock/gmock.h>

#include "services/alert/testing/warning_bench.h"

namespace huying::alert {
namespace {
using base::Reason;
using directory::kLingbei;
using directory::kLingnan;
using directory::kXingshan;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::IsSupersetOf;
using ::testing::UnorderedElementsAre;

class WarningServiceTest : public WarningBench {};

// R4, R13.
TEST_F(WarningServiceTest, DraftReviewSignIssueByThreePersonsReachesItsRecipients) {
  const std::string name = Draft(Content());
  EXPECT_TRUE(LastEntry().entry.channels().empty()) << "a draft is nobody's business yet";
  ASSERT_TRUE(Review(name).ok());
  EXPECT_EQ(Get(name).recipient_count(), 3) << "frozen at review";
  ASSERT_TRUE(Sign(name).ok());
  EXPECT_THAT(LastEntry().entry.channels(), ElementsAre("post:posts/district-duty"))
      << "who is to issue it";
  auto receipt = Send(name);
  ASSERT_TRUE(receipt.ok()) << receipt.status();
  EXPECT_THAT(FlagsOf(*receipt), IsEmpty());
  const v1::Alert alert = Get(name);
  EXPECT_EQ(alert.state(), v1::ISSUED);
  EXPECT_EQ(alert.issuer_unit(), "units/district-office") << "the signer's";
  EXPECT_FALSE(alert.recipients_stale());
  EXPECT_THAT(LastEntry().entry.channels(),
              UnorderedElementsAre(absl::StrCat("down:", kLingbei), absl::StrCat("up:", kXingshan),
                                   "post:posts/district-duty"));
  EXPECT_EQ(ledger_->NextDue().value(), clock_.Now() + absl::Minutes(5));
}

TEST_F(WarningServiceTest, OnePersonCannotDoTwoOfThree) {
  directory_.SetHolder("posts/alert-reviewer", "people/alert-drafter");
  const std::string name = Draft(Content());
  EXPECT_EQ(ReasonOf(Review(name).status()), Reason::SAME_PERSON);
  ASSERT_TRUE(Review(name, "district-leader").ok());
  directory_.SetHolder("posts/alert-signer", "people/district-leader");
  EXPECT_EQ(ReasonOf(Sign(name).status()), Reason::SAME_PERSON);
  EXPECT_TRUE(Sign(name, "commander").ok());
}

// HARD: a subdistrict may propose, never issue; kept as an entry.
TEST_F(WarningServiceTest, TheDistrictAloneIssues) {
  const std::string name = Draft(Content(), "lingbei-duty");
  EXPECT_EQ(ReasonOf(Review(name, "lingbei-leader").status()), Reason::GUARD_HARD);
  EXPECT_EQ(LastEntry().entry.refusal().rule_id(), "alert.warning-district-only");
  EXPECT_EQ(LastEntry().entry.case_id(), name);
  EXPECT_EQ(ReasonOf(Send(name, "lingbei-duty", true).status()), Reason::GUARD_HARD);
  v1::DraftWarningRequest outside;
  *outside.mutable_content() = Content(v1::RED, kLingnan);
  EXPECT_EQ(
      ReasonOf(
          Do(As("lingbei-duty"), "DraftWarning", &AlertService::DraftWarning, outside).status()),
      Reason::OUTSIDE_AREA);
}

TEST_F(WarningServiceTest, EveryMissingFactAndWrongAreaNamesItsField) {
  v1::DraftWarningRequest request;
  *request.mutable_content() = Content();
  request.mutable_content()->clear_cautions();
  EXPECT_EQ(
      base::ProblemOf(
          Do(As("alert-drafter"), "DraftWarning", &AlertService::DraftWarning, request).status())
          .field(),
      "content.cautions");
  *request.mutable_content() = Content(v1::RED, "230407009000");
  EXPECT_EQ(
      base::ProblemOf(
          Do(As("alert-drafter"), "DraftWarning", &AlertService::DraftWarning, request).status())
          .field(),
      "content.target_areas[0]");
}

TEST_F(WarningServiceTest, AWarningThatFollowsFromAnIncidentIsKeptUnderItItsSuccessorsToo) {
  v1::WarningContent content = Content();
  content.set_case_id("incidents/2026-0003");
  v1::DraftWarningRequest request;
  *request.mutable_content() = content;
  EXPECT_EQ(
      base::ProblemOf(
          Do(As("alert-drafter"), "DraftWarning", &AlertService::DraftWarning, request).status())
          .field(),
      "content.case_id")
      << "nobody writes into a case file by naming it";
  content.clear_case_id();
  content.set_refers_to("incidents/2026-0003");
  const std::string red = Issued(content);
  EXPECT_EQ(LastEntry().entry.case_id(), "incidents/2026-0003");
  const std::string yellow = Adjusted(red, Content(v1::YELLOW));
  EXPECT_EQ(LastEntry().entry.case_id(), "incidents/2026-0003");
  EXPECT_EQ(Get(yellow).case_id(), Get(red).case_id());
}

TEST_F(WarningServiceTest, AStaleScreenIsRefused) {
  const std::string name = Draft(Content());
  EXPECT_EQ(ReasonOf(Review(name, "alert-reviewer", 7).status()), Reason::STALE_VERSION);
  EXPECT_TRUE(Review(name, "alert-reviewer", 1).ok());
}

// R13: the oral order takes effect; the paper has a deadline that climbs.
TEST_F(WarningServiceTest, TheFastLaneIsMadeUpByDifferentPersonsOrClimbs) {
  const std::string name = Draft(Content());
  EXPECT_EQ(ReasonOf(Send(name, "district-leader").status()), Reason::GUARD_NEEDS_URGENCY);
  auto receipt = Send(name, "district-duty", true);
  ASSERT_TRUE(receipt.ok()) << receipt.status();
  EXPECT_THAT(FlagsOf(*receipt), IsSupersetOf({"alert.review", "alert.signature"}));
  EXPECT_EQ(Get(name).open_make_ups_size(), 2);
  ASSERT_EQ(MakeUps().size(), 2u);
  EXPECT_EQ(MakeUps().at("review").supervisor_post(), "posts/district-leader");

  clock_.Advance(absl::Minutes(30));
  ASSERT_TRUE(Review(name).ok());
  EXPECT_THAT(LastEntry().entry.channels(), Contains(absl::StrCat("down:", kLingbei)));
  EXPECT_EQ(MakeUps().at("review").state(), common::v1::MakeUp::MADE_UP);
  FireAfter(absl::Minutes(31));
  EXPECT_EQ(MakeUps().at("signature").state(), common::v1::MakeUp::OVERDUE);
  EXPECT_EQ(MakeUps(true).size(), 1u);
  EXPECT_EQ(ReasonOf(Sign(name, "alert-reviewer").status()), Reason::PERMISSION_MISSING);
  directory_.SetHolder("posts/alert-signer", "people/alert-drafter");
  EXPECT_EQ(ReasonOf(Sign(name).status()), Reason::SAME_PERSON);
  ASSERT_TRUE(Sign(name, "commander").ok());
  EXPECT_EQ(MakeUps().at("signature").state(), common::v1::MakeUp::MADE_UP_LATE);
  EXPECT_TRUE(Get(name).open_make_ups().empty());
  EXPECT_EQ(Get(name).state(), v1::ISSUED);
}

TEST_F(WarningServiceTest, AnOverdueMakeUpIsShownToItsSupervisor) {
  const std::string name = Draft(Content());
  auto sink = std::make_shared<KeptSink<v1::SubscribeEvent>>();
  ASSERT_TRUE(alerts_
                  ->Subscribe(As("district-leader"), v1::SubscribeRequest(),
                              rpc::Sink<v1::SubscribeEvent>(sink))
                  .ok());
  ASSERT_TRUE(Send(name, "district-duty", true).ok());
  FireAfter(absl::Minutes(61));
  hub_->Pump();
  std::vector<std::string> called;
  for (const auto& event : sink->events()) {
    const auto& step = event.escalation().escalation();
    if (step.name().find("makeups/") != 0) continue;
    called.insert(called.end(), step.called_posts().begin(), step.called_posts().end());
  }
  EXPECT_THAT(called, ElementsAre("posts/district-leader", "posts/district-leader"));
}

// ADR 9: alone at night, nobody to sign, a flash flood that the scale calls yellow.
TEST_F(WarningServiceTest, YellowAndBlueLeaveInUrgencyTooAndTheirPaperClimbs) {
  for (const v1::Color color : {v1::YELLOW, v1::BLUE}) {
    const std::string name = Draft(Content(color), "district-duty");
    EXPECT_EQ(ReasonOf(Send(name).status()), Reason::GUARD_NEEDS_URGENCY);
    const auto receipt = Send(name, "district-duty", true);
    ASSERT_TRUE(receipt.ok()) << receipt.status();
    EXPECT_THAT(FlagsOf(*receipt), IsSupersetOf({"alert.review", "alert.signature"}));
    EXPECT_EQ(Get(name).open_make_ups_size(), 2);
  }
  FireAfter(absl::Minutes(61));
  EXPECT_EQ(MakeUps(true).size(), 2u) << "review and signature of both, by their last word";
  for (const auto& [what, row] : MakeUps(true)) {
    EXPECT_EQ(row.state(), common::v1::MakeUp::OVERDUE) << what;
  }
}

// Act first: directory is down at issue.
TEST_F(WarningServiceTest, WithoutDirectoryItGoesToThoseFrozenAtReviewAndSaysSo) {
  const std::string name = Draft(Content());
  ASSERT_TRUE(Review(name).ok());
  ASSERT_TRUE(Sign(name).ok());
  directory_.SetDown(true);
  auto receipt = Send(name);
  ASSERT_TRUE(receipt.ok()) << receipt.status();
  EXPECT_THAT(FlagsOf(*receipt),
              IsSupersetOf({"alert.recipients-stale", "alert.competence-unverified"}));
  EXPECT_TRUE(Get(name).recipients_stale());
  EXPECT_FALSE(Get(name).recipients_unknown());
  EXPECT_EQ(Recipients(name).size(), 3u);
}

TEST_F(WarningServiceTest, RecipientsAreRefreshedAtIssue) {
  const std::string name = Draft(Content());
  ASSERT_TRUE(Review(name).ok());
  ASSERT_TRUE(Sign(name).ok());
  directory_.SetReceivesAlerts("posts/guoan-duty", false);
  auto receipt = Send(name);
  EXPECT_THAT(FlagsOf(*receipt), ElementsAre("alert.area-without-post"));
  EXPECT_EQ(Recipients(name).size(), 2u);
}

// R54 and DOMAIN invariant 4.
TEST_F(WarningServiceTest, AnAdjustmentSupersedesInOneCommandAndTellsEveryAreaOfTheChain) {
  const std::string red = Issued(Content(v1::RED, kLingbei));
  const std::string yellow = Adjusted(red, Content(v1::YELLOW, kLingnan));
  EXPECT_EQ(Get(red).state(), v1::ISSUED) << "a draft changes nothing";
  ASSERT_TRUE(Review(yellow).ok());
  ASSERT_TRUE(Sign(yellow).ok());
  ASSERT_TRUE(Send(yellow).ok());
  EXPECT_EQ(Get(red).state(), v1::SUPERSEDED);
  EXPECT_EQ(Get(red).next(), yellow);
  const auto entry = LastEntry().entry;
  EXPECT_EQ(entry.case_id(), red) << "the chain is one case";
  EXPECT_THAT(entry.channels(),
              IsSupersetOf({absl::StrCat("down:", kLingbei), absl::StrCat("down:", kLingnan),
                            absl::StrCat("up:", kXingshan)}));
  EXPECT_THAT(Get(yellow).told_areas(), ElementsAre(kLingbei, kLingnan));
  EXPECT_FALSE((*ledger_->Read())
                   ->FindDeadline(rules::AnswerDeadlineKey(red, common::v1::COMMUNITY))
                   .value())
      << "the ladder of the old one has stopped";
  // Lifting tells everybody the chain ever told.
  v1::LiftAlertRequest lift;
  lift.set_name(yellow);
  lift.set_reason("危险已经解除");
  EXPECT_EQ(ReasonOf(Do(As("district-duty"), "LiftAlert", &AlertService::LiftAlert, lift).status()),
            Reason::PERMISSION_MISSING)
      << "a signer's act";
  ASSERT_TRUE(Do(As("alert-signer"), "LiftAlert", &AlertService::LiftAlert, lift).ok());
  EXPECT_THAT(LastEntry().entry.channels(), IsSupersetOf({absl::StrCat("down:", kLingbei)}));
  EXPECT_EQ(ledger_->NextDue().value(), absl::InfiniteFuture());
}

// Two successors were drafted against one warning: the later to go out replaces the newest of the chain.
TEST_F(WarningServiceTest, ASuccessorReplacesTheNewestOfItsChainWhateverItWasDraftedAgainst) {
  const std::string orange = Issued(Content(v1::ORANGE));
  const std::string yellow = Adjusted(orange, Content(v1::YELLOW));
  const std::string red = Adjusted(orange, Content(v1::RED));
  for (const auto& name : {yellow, red}) {
    ASSERT_TRUE(Review(name).ok());
    ASSERT_TRUE(Sign(name).ok());
  }
  ASSERT_TRUE(Send(yellow).ok());
  const auto receipt = Send(red);
  ASSERT_TRUE(receipt.ok()) << receipt.status();
  EXPECT_THAT(FlagsOf(*receipt), Contains("alert.chain-newest"));
  EXPECT_EQ(Get(red).previous(), yellow);
  EXPECT_EQ(Get(yellow).state(), v1::SUPERSEDED);
  EXPECT_EQ(Get(yellow).next(), red);
  EXPECT_EQ(Get(orange).next(), yellow);
  v1::ListAlertsRequest in_force;
  in_force.set_in_force_only(true);
  EXPECT_EQ(alerts_->ListAlerts(As("district-duty"), in_force)->alerts_size(), 1);
}

TEST_F(WarningServiceTest, AWarningOrSuccessorWhosePeriodPassedWhileItWaitedIsNotIssued) {
  const std::string red = Issued(Content());
  v1::WarningContent brief = Content(v1::YELLOW);
  *brief.mutable_expires_at() = base::ToProto(clock_.Now() + absl::Hours(1));
  const std::string yellow = Adjusted(red, brief);
  ASSERT_TRUE(Review(yellow).ok());
  ASSERT_TRUE(Sign(yellow).ok());
  clock_.Advance(absl::Hours(1));
  EXPECT_EQ(ReasonOf(Send(yellow).status()), Reason::PAST_DEADLINE);
  EXPECT_EQ(Get(red).state(), v1::ISSUED) << "the old one is not given up for it";
  v1::AdjustWarningRequest past;
  past.set_name(red);
  past.set_reason("情况变化");
  *past.mutable_content() = brief;
  EXPECT_EQ(
      base::ProblemOf(
          Do(As("alert-drafter"), "AdjustWarning", &AlertService::AdjustWarning, past).status())
          .field(),
      "content.expires_at");
}

TEST_F(WarningServiceTest, ASubdistrictWithdrawsItsOwnProposalNotTheDistrictsDraft) {
  v1::WithdrawDraftRequest withdraw;
  withdraw.set_reason("误拟");
  withdraw.set_name(Draft(Content(), "alert-drafter"));
  EXPECT_EQ(
      base::ProblemOf(
          Do(As("lingbei-duty"), "WithdrawDraft", &AlertService::WithdrawDraft, withdraw).status())
          .rule_id(),
      "alert.not-ended-from-below");
  withdraw.set_name(Draft(Content(), "lingbei-duty"));
  EXPECT_TRUE(Do(As("lingbei-duty"), "WithdrawDraft", &AlertService::WithdrawDraft, withdraw).ok());
}

TEST_F(WarningServiceTest, WhatTheDistrictSignedIsNotWithdrawnFromBelowAndItsSignerIsTold) {
  const std::string name = Draft(Content(), "lingbei-duty");
  ASSERT_TRUE(Review(name).ok());
  ASSERT_TRUE(Sign(name).ok());
  v1::WithdrawDraftRequest withdraw;
  withdraw.set_reason("改主意了");
  withdraw.set_name(name);
  EXPECT_EQ(
      base::ProblemOf(
          Do(As("lingbei-duty"), "WithdrawDraft", &AlertService::WithdrawDraft, withdraw).status())
          .rule_id(),
      "alert.not-ended-from-below");
  ASSERT_TRUE(
      Do(As("alert-drafter"), "WithdrawDraft", &AlertService::WithdrawDraft, withdraw).ok());
  EXPECT_THAT(LastEntry().entry.channels(), Contains(absl::StrCat("up:", kXingshan)));
}

TEST_F(WarningServiceTest, ExpiryIsAnAlarmUntilAPersonLiftsOrExtends) {
  const std::string name = Issued(Content());
  for (const char* post : {"lingbei-duty", "pingan-duty", "guoan-duty"}) {
    ASSERT_TRUE(Answer(post, name).ok());
  }
  FireAfter(absl::Hours(24));
  EXPECT_EQ(Get(name).state(), v1::EXPIRED);
  // It repeats, and climbs, until a person acts.
  FireAfter(absl::Minutes(30));
  EXPECT_THAT(Escalations(name).at("expired-2").called_posts(), Contains("posts/district-leader"));
  FireAfter(absl::Minutes(59));
  EXPECT_EQ(Escalations(name).count("expired-3"), 0u) << "each pause is twice the last";
  FireAfter(absl::Minutes(1));
  EXPECT_EQ(Escalations(name).count("expired-3"), 1u);
  EXPECT_THAT(Escalations(name).at("expired").called_posts(),
              ElementsAre("posts/alert-signer", "posts/district-duty"));
  v1::ListAlertsRequest in_force;
  in_force.set_in_force_only(true);
  EXPECT_EQ(alerts_->ListAlerts(As("district-duty"), in_force)->alerts_size(), 1) << "not lifted";
  v1::ExtendWarningRequest extend;
  extend.set_name(name);
  extend.set_reason("降雪持续");
  EXPECT_EQ(
      base::ProblemOf(
          Do(As("alert-signer"), "ExtendWarning", &AlertService::ExtendWarning, extend).status())
          .field(),
      "expires_at");
  *extend.mutable_expires_at() = base::ToProto(clock_.Now() + absl::Hours(6));
  ASSERT_TRUE(Do(As("alert-signer"), "ExtendWarning", &AlertService::ExtendWarning, extend).ok());
  EXPECT_EQ(Get(name).state(), v1::ISSUED);
  FireAfter(absl::Hours(7));
  EXPECT_EQ(Get(name).state(), v1::EXPIRED) << "the new period ends, too";
}

// The list is frozen at issue: who joins or leaves the directory afterwards changes nothing of it.
TEST_F(WarningServiceTest, TheRecipientsOfAnIssuedWarningStayWhateverDirectoryBecomes) {
  const std::string name = Issued(Content());
  directory_.SetReceivesAlerts("posts/pingan-duty", false);
  directory_.SetReceivesAlerts("posts/pingan-deputy", true);
  EXPECT_EQ(Recipients(name).count("posts/pingan-duty"), 1u);
  EXPECT_EQ(Recipients(name).count("posts/pingan-deputy"), 0u);
  ASSERT_TRUE(Answer("pingan-duty", name).ok());
}

// An answer belongs to the alert it was given to, also when that was adjusted meanwhile.
TEST_F(WarningServiceTest, AnAnswerToAnAdjustedWarningStaysWithItAndDoesNotAnswerTheSuccessor) {
  const std::string red = Issued(Content());
  const std::string orange = Adjusted(red, Content(v1::ORANGE));
  ASSERT_TRUE(Review(orange).ok());
  ASSERT_TRUE(Sign(orange).ok());
  ASSERT_TRUE(Send(orange).ok());
  ASSERT_TRUE(Answer("pingan-duty", red).ok());
  EXPECT_EQ(Recipients(red).at("posts/pingan-duty").state(), v1::ANSWERED);
  EXPECT_EQ(Recipients(orange).at("posts/pingan-duty").state(), v1::SENT);
}

TEST_F(WarningServiceTest, WordsOfADrillInTheRealWorldAreAskedAbout) {
  v1::IssueNoticeRequest notice = Notice(kLingbei);
  for (const char* title :
       {"【演练】紧急转移", "测试 请忽略", "[TEST] flood", "【演习】紧急转移"}) {
    notice.set_title(title);
    const auto refused = Do(As("district-duty"), "IssueNotice", &AlertService::IssueNotice, notice);
    EXPECT_EQ(base::ProblemOf(refused.status()).rule_id(), "alert.drill-words") << title;
    EXPECT_EQ(base::ProblemOf(refused.status()).field(), "title");
  }
  notice.set_confirm_wording(true);
  EXPECT_TRUE(Do(As("district-duty"), "IssueNotice", &AlertService::IssueNotice, notice).ok());
  v1::DraftWarningRequest draft;
  *draft.mutable_content() = Content();
  draft.mutable_content()->set_text("这是一次测试");
  EXPECT_EQ(
      base::ProblemOf(
          Do(As("alert-drafter"), "DraftWarning", &AlertService::DraftWarning, draft).status())
          .field(),
      "content.text");
}

TEST_F(WarningServiceTest, ANoticeWhoseTiersMatchNobodySaysSo) {
  v1::IssueNoticeRequest notice = Notice(directory::kPingan);
  notice.add_tiers(common::v1::SUBDISTRICT);
  const auto receipt = Do(As("district-duty"), "IssueNotice", &AlertService::IssueNotice, notice);
  ASSERT_TRUE(receipt.ok()) << receipt.status();
  EXPECT_THAT(FlagsOf(*receipt), Contains("alert.nobody-to-answer"));
}

TEST_F(WarningServiceTest, ANoticeIsNotAWarning) {
  const std::string notice = Issue("district-duty", Notice(kLingbei));
  EXPECT_EQ(ReasonOf(Review(notice).status()), Reason::ILLEGAL_TRANSITION);
  EXPECT_EQ(Review("alerts/2027-0099").status().code(), absl::StatusCode::kNotFound);
  EXPECT_EQ(base::ProblemOf(Review("x").status()).field(), "name");
}

}  // namespace
}  // namespace huying::alert
