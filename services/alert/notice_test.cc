// SPDX-License-Identifier: Apache-2.0
//
// Notices: how they are issued, to whom, and who finds them; on a real ledger.
#include <gmock/gmock.h>

#include "services/alert/testing/alert_bench.h"

namespace huying::alert {
namespace {
using base::Reason;
using directory::kGuoan;
using directory::kJingxiao;
using directory::kLingbei;
using directory::kLingnan;
using directory::kPingan;
using directory::kXingshan;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::IsSupersetOf;

class NoticeTest : public AlertBench {};

// R58: a notice is served on posts, each with its own state and time.
TEST_F(NoticeTest, ItIsOutAtOnceWithItsRecipientsFrozenAsPosts) {
  auto receipt =
      Do(As("district-duty"), "IssueNotice", &AlertService::IssueNotice, Notice(kLingbei));
  ASSERT_TRUE(receipt.ok()) << receipt.status();
  EXPECT_EQ(receipt->name(), "alerts/2027-0001");
  EXPECT_EQ(receipt->state(), "ISSUED");
  EXPECT_THAT(FlagsOf(*receipt), IsEmpty());
  const v1::Alert alert = Get(receipt->name());
  EXPECT_EQ(alert.power_item().substr(0, 7), "powers/");
  EXPECT_FALSE(alert.legal_basis().empty()) << "the power item's basis stands for it";
  EXPECT_EQ(alert.recipient_count(), 3);
  EXPECT_EQ(alert.case_id(), "incidents/2026-0001") << "kept under what it refers to";
  const auto recipients = Recipients(alert.name());
  ASSERT_EQ(recipients.size(), 3u);
  EXPECT_EQ(recipients.at("posts/pingan-duty").state(), v1::SENT);
  EXPECT_EQ(base::FromProto(recipients.at("posts/pingan-duty").limit_at()),
            clock_.Now() + absl::Minutes(10));
  EXPECT_EQ(base::FromProto(recipients.at("posts/lingbei-duty").limit_at()),
            clock_.Now() + absl::Minutes(5));
}

// A case file is written by what happened in the case, not by whoever names it.
TEST_F(NoticeTest, NobodyNamesTheCaseFileHisNoticeIsKeptIn) {
  v1::IssueNoticeRequest request = Notice(kPingan);
  request.set_refers_to("responses/2026-0001");
  EXPECT_EQ(Get(Issue("pingan-duty", request)).case_id(), "alerts/2027-0001") << "its own case";
  request.set_case_id("incidents/2026-0009");
  const auto head = ledger_->Head().seq;
  const auto refused = Do(As("pingan-duty"), "IssueNotice", &AlertService::IssueNotice, request);
  EXPECT_EQ(base::ProblemOf(refused.status()).field(), "case_id");
  EXPECT_EQ(base::ProblemOf(refused.status()).rule_id(), "alert.case");
  EXPECT_EQ(ledger_->Head().seq, head) << "nothing is written, least of all there";
  // The reactor of a response knows the incident that the response belongs to.
  auto reactor = As("pingan-duty");
  reactor.actor.set_system("incident.reactor");
  const auto receipt = Do(reactor, "IssueNotice", &AlertService::IssueNotice, request);
  ASSERT_TRUE(receipt.ok()) << receipt.status();
  EXPECT_EQ(LastEntry().entry.case_id(), "incidents/2026-0009");
}

TEST_F(NoticeTest, InAnExerciseItCarriesTheMark) {
  AlertService drill({.ledger = *ledger_,
                      .clock = clock_,
                      .hub = *hub_,
                      .directory = directory_,
                      .rules = *rules_,
                      .mark = "【演练】"});
  const auto context = As("district-duty");
  auto receipt = Run(context, "IssueNotice", drill.IssueNotice(context, Notice(kLingbei)));
  ASSERT_TRUE(receipt.ok()) << receipt.status();
  EXPECT_EQ(Get(receipt->name()).mark(), "【演练】");
  EXPECT_EQ(Get(Issue("district-duty", Notice(kLingbei))).mark(), "");
}

TEST_F(NoticeTest, TheIssuingPostDoesNotAnswerItself) {
  const std::string name = Issue("district-duty", Notice(kXingshan));
  EXPECT_EQ(Recipients(name).count("posts/district-duty"), 0u);
  EXPECT_EQ(Recipients(name).size(), 12u);
  EXPECT_EQ(Recipients(Issue("commander", Notice(kXingshan))).count("posts/district-duty"), 1u);
}

// R41: a community acts in its own area, and nowhere else (HARD).
TEST_F(NoticeTest, AnyTierSendsIntoItsOwnSubtreeOnly) {
  EXPECT_FALSE(Issue("pingan-duty", Notice(kPingan)).empty());
  EXPECT_FALSE(Issue("lingbei-duty", Notice(kPingan)).empty());
  for (const char* area : {kGuoan, kLingbei, kXingshan, kJingxiao}) {
    auto refused = Do(As("pingan-duty"), "IssueNotice", &AlertService::IssueNotice, Notice(area));
    EXPECT_EQ(ReasonOf(refused.status()), Reason::OUTSIDE_AREA) << area;
  }
  const auto entry = LastEntry().entry;
  EXPECT_EQ(entry.refusal().rule_id(), "alert.own-subtree") << "denied access is kept";
  EXPECT_TRUE(entry.changes().empty());
}

TEST_F(NoticeTest, AnUnknownAreaIsNamedByOurField) {
  auto refused =
      Do(As("district-duty"), "IssueNotice", &AlertService::IssueNotice, Notice("230407009000"));
  EXPECT_EQ(ReasonOf(refused.status()), Reason::UNKNOWN_AREA);
  EXPECT_EQ(base::ProblemOf(refused.status()).field(), "target_areas[0]");
}

TEST_F(NoticeTest, TheSameRequestTwiceIsOneNotice) {
  auto context = As("district-duty");
  context.request_id = "r-1";
  for (int i = 0; i < 3; ++i) {
    auto command = alerts_->IssueNotice(context, Notice(kLingbei));
    ASSERT_TRUE(command.ok());
    command->payload_hash = "h";
    EXPECT_EQ(Run(context, "IssueNotice", std::move(command))->name(), "alerts/2027-0001");
  }
}

TEST_F(NoticeTest, TiersNarrowWhoMustAnswer) {
  v1::IssueNoticeRequest request = Notice(kXingshan);
  request.add_tiers(common::v1::SUBDISTRICT);
  EXPECT_EQ(Recipients(Issue("district-duty", request)).size(), 4u);
}

TEST_F(NoticeTest, AMissingPowerItemIsFlaggedNotRefused) {
  directory_.RemovePowerItems("alert.notice.issue");
  auto receipt =
      Do(As("district-duty"), "IssueNotice", &AlertService::IssueNotice, Notice(kLingbei));
  ASSERT_TRUE(receipt.ok()) << receipt.status();
  EXPECT_THAT(FlagsOf(*receipt), ElementsAre("alert.power-item"));
}

// Act first: directory is down, the notice goes out, who must answer is settled later.
TEST_F(NoticeTest, WithoutDirectoryItGoesOutAndTheRecipientsAreResolvedWhenItIsBack) {
  directory_.SetDown(true);
  auto receipt =
      Do(As("district-duty"), "IssueNotice", &AlertService::IssueNotice, Notice(kXingshan));
  ASSERT_TRUE(receipt.ok()) << receipt.status();
  EXPECT_THAT(FlagsOf(*receipt),
              IsSupersetOf({"alert.recipients-unknown", "alert.competence-unverified"}));
  v1::Alert alert = Get(receipt->name());
  EXPECT_TRUE(alert.recipients_unknown());
  // Somebody answers before anybody knows that they must.
  ASSERT_TRUE(Answer("pingan-duty", alert.name()).ok());
  EXPECT_EQ(FireAfter(absl::Seconds(30)), 1) << "still down: asked again later";
  EXPECT_TRUE(Get(alert.name()).recipients_unknown());
  directory_.SetDown(false);
  FireAfter(absl::Seconds(30));
  alert = Get(alert.name());
  EXPECT_FALSE(alert.recipients_unknown());
  EXPECT_FALSE(alert.recipients_stale());
  EXPECT_EQ(alert.recipient_count(), 12);
  const auto recipients = Recipients(alert.name());
  EXPECT_EQ(recipients.at("posts/pingan-duty").state(), v1::ANSWERED);
  EXPECT_EQ(base::FromProto(recipients.at("posts/lingbei-duty").limit_at()),
            clock_.Now() + absl::Minutes(5));
  EXPECT_EQ(ledger_->NextDue().value(), clock_.Now() + absl::Minutes(5));
}

// Directory comes back and does not know the area: somebody must be told, or nobody ever answers.
TEST_F(NoticeTest, RecipientsThatCannotBeResolvedClimbAreAskedForAgainAndInTheEndGivenUp) {
  constexpr char kNew[] = "230407009000";
  auto sink = std::make_shared<KeptSink<v1::SubscribeEvent>>();
  ASSERT_TRUE(alerts_
                  ->Subscribe(As("district-duty"), v1::SubscribeRequest(),
                              rpc::Sink<v1::SubscribeEvent>(sink))
                  .ok());
  directory_.SetDown(true);
  const std::string name = Issue("commander", Notice(kNew));
  const std::string lifted = Issue("commander", Notice(kNew));
  directory_.SetDown(false);
  EXPECT_EQ(FireAfter(absl::Seconds(30)), 2);
  const auto step = Escalations(name).at("recipients-unknown");
  EXPECT_THAT(step.called_posts(), Contains("posts/commander"));
  EXPECT_THAT(step.reason(), ::testing::HasSubstr(kNew));
  EXPECT_TRUE(Get(name).recipients_unknown());
  hub_->Pump();
  int told = 0;
  for (const auto& event : sink->events()) {
    told += event.escalation().escalation().name() == step.name() ? 1 : 0;
  }
  EXPECT_EQ(told, 1) << "on the issuer's screen, though nobody knows what lies above the area";
  EXPECT_EQ(ledger_->NextDue().value(), clock_.Now() + absl::Seconds(30)) << "asked again";

  // It is entered meanwhile: then it is resolved after all.
  directory::v1::Directory grown = directory::XingshanForTests();
  auto* area = grown.add_areas();
  area->set_code(kNew);
  area->set_name("新设街道");
  area->set_tier(common::v1::SUBDISTRICT);
  area->set_parent(kXingshan);
  v1::LiftAlertRequest lift;
  lift.set_name(lifted);
  lift.set_reason("区域有误，重发");
  directory_.Replace(grown);
  ASSERT_TRUE(Do(As("commander"), "LiftAlert", &AlertService::LiftAlert, lift).ok());
  EXPECT_EQ(FireAfter(absl::Minutes(1)), 1) << "a lifted one is asked about no more";
  EXPECT_FALSE(Get(name).recipients_unknown());

  directory_.SetDown(true);
  const std::string never = Issue("commander", Notice("230407008000"));
  directory_.SetDown(false);
  int asked = 0;
  while (Escalations(never).count("recipients-given-up") == 0 && ++asked < 30) {
    const absl::Time due = ledger_->NextDue().value();
    ASSERT_NE(due, absl::InfiniteFuture());
    FireAfter(due - clock_.Now());
  }
  EXPECT_LT(asked, 20);
  EXPECT_EQ(ledger_->NextDue().value(), absl::InfiniteFuture()) << "and then a person's turn";
}

TEST_F(NoticeTest, ASilentDirectoryIsAnAlarmAfterAWhileAndAskedAsLongAsItTakes) {
  directory_.SetDown(true);
  const std::string name = Issue("district-duty", Notice(kPingan));
  for (int i = 0; i < 9; ++i) FireAfter(absl::Seconds(30));
  EXPECT_THAT(Escalations(name), IsEmpty()) << "it may be a restart";
  FireAfter(absl::Seconds(30));
  EXPECT_EQ(Escalations(name).count("recipients-unknown"), 1u);
  FireAfter(absl::Seconds(30));
  EXPECT_EQ(Escalations(name).size(), 1u) << "said once";
  directory_.SetDown(false);
  FireAfter(absl::Seconds(30));
  EXPECT_FALSE(Get(name).recipients_unknown());
}

TEST_F(NoticeTest, WithoutDirectoryTheAreaTableIsTheOneLastTold) {
  Issue("district-duty", Notice(kXingshan));
  directory_.SetDown(true);
  EXPECT_FALSE(Issue("lingbei-duty", Notice(kPingan)).empty());
  EXPECT_THAT(LastEntry().entry.channels(), IsSupersetOf({absl::StrCat("up:", kXingshan)}));
  auto refused =
      Do(As("lingbei-duty"), "IssueNotice", &AlertService::IssueNotice, Notice(kJingxiao));
  EXPECT_EQ(ReasonOf(refused.status()), Reason::OUTSIDE_AREA);
}

// A code is looked up as it was sent; who is silent leaves a guess, and the guess is marked.
TEST_F(NoticeTest, AShortCodeIsLookedUpAndOnlyGuessedWhileDirectoryIsSilent) {
  directory::v1::Directory renumbered = directory::XingshanForTests();
  for (auto& area : *renumbered.mutable_areas()) {
    if (area.code() == kLingbei) area.set_short_code("230407091");
  }
  directory_.Replace(renumbered);
  EXPECT_THAT(Get(Issue("district-duty", Notice("230407091"))).target_areas(),
              ElementsAre(kLingbei));
  EXPECT_THAT(FlagsOf(*Do(As("district-duty"), "IssueNotice", &AlertService::IssueNotice,
                          Notice("230407091"))),
              IsEmpty());
  const auto unknown =
      Do(As("district-duty"), "IssueNotice", &AlertService::IssueNotice, Notice("230407001"));
  EXPECT_EQ(ReasonOf(unknown.status()), Reason::UNKNOWN_AREA) << "zeros do not make it known";
  EXPECT_EQ(base::ProblemOf(unknown.status()).field(), "target_areas[0]");
  directory_.SetDown(true);
  const auto guessed =
      Do(As("district-duty"), "IssueNotice", &AlertService::IssueNotice, Notice("230407001"));
  ASSERT_TRUE(guessed.ok()) << guessed.status();
  EXPECT_THAT(FlagsOf(*guessed), Contains("alert.area-code-guessed"));
  EXPECT_THAT(Get(guessed->name()).target_areas(), ElementsAre(kLingbei));
}

// The number of a name comes with the batch's one prefetch, not by a round trip of its own.
TEST_F(NoticeTest, TheCounterOfNamesIsPrefetched) {
  const auto reads_of_the_counter = [this] {
    std::vector<size_t> round_trips;
    const auto texts = engine_.WriterTexts();
    for (size_t i = 0; i < texts.size(); ++i) {
      for (const std::string& text : texts[i]) {
        if (text.find("SELECT") == 0 && text.find("r_counter") != std::string::npos) {
          round_trips.push_back(i);
        }
      }
    }
    return round_trips;
  };
  engine_.Reset();
  Issue("district-duty", Notice(kLingbei));
  EXPECT_THAT(reads_of_the_counter(), ElementsAre(0u));
  v1::DraftWarningRequest draft;
  *draft.mutable_content() = testing::RedContent();
  *draft.mutable_content()->mutable_expires_at() = base::ToProto(clock_.Now() + absl::Hours(24));
  engine_.Reset();
  ASSERT_TRUE(Do(As("alert-drafter"), "DraftWarning", &AlertService::DraftWarning, draft).ok());
  EXPECT_THAT(reads_of_the_counter(), ElementsAre(0u));
}

TEST_F(NoticeTest, ListsShowWhatAnAreaHears) {
  const std::string north = Issue("district-duty", Notice(kLingbei));
  const std::string south = Issue("district-duty", Notice(kLingnan));
  v1::ListAlertsRequest request;
  request.set_in_force_only(true);
  request.set_area(kPingan);
  auto list = alerts_->ListAlerts(As("district-duty"), request);
  ASSERT_TRUE(list.ok()) << list.status();
  ASSERT_EQ(list->alerts_size(), 1);
  EXPECT_EQ(list->alerts(0).name(), north);
  request.set_area(kXingshan);
  EXPECT_EQ(alerts_->ListAlerts(As("district-duty"), request)->alerts_size(), 2);
  request.clear_area();
  request.set_refers_to("incidents/none");
  EXPECT_EQ(alerts_->ListAlerts(As("district-duty"), request)->alerts_size(), 0);
  v1::ListRecipientsRequest paged;
  paged.set_alert(north);
  paged.set_page_size(2);
  auto first = alerts_->ListRecipients(As("district-duty"), paged);
  ASSERT_EQ(first->recipients_size(), 2);
  paged.set_page_token(first->next_page_token());
  auto rest = alerts_->ListRecipients(As("district-duty"), paged);
  EXPECT_EQ(rest->recipients_size(), 1);
  EXPECT_TRUE(rest->next_page_token().empty());
}

}  // namespace
}  // namespace huying::alert
