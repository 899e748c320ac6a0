// SPDX-License-Identifier: Apache-2.0
#include "services/alert/rules/warning.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "services/alert/rules/content.h"
#include "services/alert/testing/records.h"
#include "services/platform/base/status.h"

namespace huying::alert::rules {
namespace {
using base::Reason;
using ::testing::ElementsAre;
using testing::kNow;
using testing::Person;

common::v1::Urgency Urgent() {
  common::v1::Urgency urgency;
  urgency.set_reason("暴雪已至");
  urgency.set_authorised_by("区长 王某");
  urgency.set_channel(common::v1::Urgency::PHONE);
  *urgency.mutable_at() = base::ToProto(kNow);
  return urgency;
}
v1::Alert Draft(v1::Color color = v1::RED) {
  v1::WarningContent content = testing::RedContent();
  content.set_color(color);
  v1::Alert alert = DraftWarning(content, {testing::kNorth}, Person("drafter"));
  alert.set_name("alerts/2026-0001");
  alert.set_case_id(alert.name());
  return alert;
}
v1::Alert Reviewed(v1::Color color = v1::RED) {
  return ReviewWarning(Draft(color), "同意", Person("reviewer"))->alert;
}
v1::Alert Signed(v1::Color color = v1::RED) {
  return SignWarning(Reviewed(color), Person("signer"))->alert;
}
v1::Alert IssuedOne(v1::Color color = v1::RED) {
  return IssueWarning(Signed(color), nullptr, {}, Person("duty"), kNow)->alert;
}

TEST(Warning, ThreePersonsAndADutyOfficerBringItOut) {
  const v1::Alert alert = IssuedOne();
  EXPECT_EQ(alert.state(), v1::ISSUED);
  EXPECT_EQ(alert.drafter().person(), "people/drafter");
  EXPECT_EQ(alert.reviewer().person(), "people/reviewer");
  EXPECT_EQ(alert.signer().person(), "people/signer");
  EXPECT_EQ(alert.issuer().person(), "people/duty");
  EXPECT_THAT(alert.told_areas(), ElementsAre(testing::kNorth));
  EXPECT_TRUE(MissingFacts(alert, FactsAt::kIssue).empty());
  // The signer may issue, too.
  EXPECT_TRUE(IssueWarning(Signed(), nullptr, {}, Person("signer"), kNow).ok());
}

// R13, DOMAIN invariant 6: told apart by person, whatever the account or post.
TEST(Warning, OnePersonWithThreeAccountsIsStillOnePerson) {
  common::v1::Actor again = Person("other");
  again.set_person("people/drafter");
  EXPECT_EQ(base::ProblemOf(ReviewWarning(Draft(), "", again).status()).reason(),
            Reason::SAME_PERSON);
  EXPECT_EQ(base::ProblemOf(SignWarning(Reviewed(), again).status()).rule_id(),
            "alert.three-persons");
  again.set_person("people/reviewer");
  EXPECT_EQ(base::ProblemOf(SignWarning(Reviewed(), again).status()).reason(), Reason::SAME_PERSON);
  again.clear_person();
  EXPECT_EQ(base::ProblemOf(ReviewWarning(Draft(), "", again).status()).reason(),
            Reason::SAME_PERSON);
}

TEST(Warning, WithoutUrgencyPaperComesFirst) {
  for (const v1::Color color : {v1::RED, v1::ORANGE, v1::YELLOW, v1::BLUE}) {
    for (const v1::Alert& alert : {Draft(color), Reviewed(color)}) {
      EXPECT_EQ(
          base::ProblemOf(IssueWarning(alert, nullptr, {}, Person("duty"), kNow).status()).reason(),
          Reason::GUARD_NEEDS_URGENCY);
    }
  }
}

// ADR 9: a SOFT guard is passed in urgency whatever the colour; what is owed is the same.
TEST(Warning, EveryColourLeavesInUrgencyAndOwesTheSamePaper) {
  const auto urgency = Urgent();
  for (const v1::Color color : {v1::RED, v1::ORANGE, v1::YELLOW, v1::BLUE}) {
    auto draft = IssueWarning(Draft(color), &urgency, {}, Person("drafter"), kNow);
    ASSERT_TRUE(draft.ok()) << v1::Color_Name(color) << ": " << draft.status();
    EXPECT_EQ(draft->alert.state(), v1::ISSUED);
    EXPECT_EQ(draft->make_ups.size(), 2u);
    auto reviewed = IssueWarning(Reviewed(color), &urgency, {}, Person("duty"), kNow);
    ASSERT_TRUE(reviewed.ok()) << v1::Color_Name(color) << ": " << reviewed.status();
    EXPECT_EQ(reviewed->make_ups.size(), 1u);
    EXPECT_TRUE(IssueWarning(Signed(color), &urgency, {}, Person("duty"), kNow)->make_ups.empty())
        << "urgency that nothing needs opens nothing";
  }
}

// R13: the act takes effect at once; what is missing has a deadline. Alone at night, no leader
// online.
TEST(Warning, TheFastLaneOpensARowForEachMissingAct) {
  const auto urgency = Urgent();
  auto issued =
      IssueWarning(Draft(), &urgency, {.supervisor_post = "posts/leader"}, Person("drafter"), kNow);
  ASSERT_TRUE(issued.ok()) << issued.status();
  EXPECT_EQ(issued->alert.state(), v1::ISSUED);
  ASSERT_EQ(issued->make_ups.size(), 2u);
  EXPECT_THAT(issued->alert.open_make_ups(),
              ElementsAre(MakeUpName("alerts/2026-0001", kReviewRule),
                          MakeUpName("alerts/2026-0001", kSignatureRule)));
  EXPECT_EQ(base::FromProto(issued->make_ups[0].due_at()), kNow + absl::Hours(1));
  EXPECT_EQ(issued->make_ups[0].supervisor_post(), "posts/leader");

  auto half = IssueWarning(Reviewed(v1::ORANGE), &urgency, {}, Person("duty"), kNow);
  ASSERT_TRUE(half.ok()) << half.status();
  EXPECT_THAT(half->alert.open_make_ups(),
              ElementsAre(MakeUpName("alerts/2026-0001", kSignatureRule)));
}

TEST(Warning, MadeUpActsAreStillOfThreePersonsInEitherOrder) {
  const auto urgency = Urgent();
  v1::Alert alert = IssueWarning(Draft(), &urgency, {}, Person("drafter"), kNow)->alert;
  EXPECT_EQ(base::ProblemOf(SignWarning(alert, Person("drafter")).status()).reason(),
            Reason::SAME_PERSON);
  auto signed_first = SignWarning(alert, Person("signer"));
  ASSERT_TRUE(signed_first.ok()) << signed_first.status();
  EXPECT_EQ(signed_first->made_up,
            std::vector<std::string>{MakeUpName(alert.name(), kSignatureRule)});
  EXPECT_EQ(signed_first->alert.state(), v1::ISSUED);
  EXPECT_EQ(
      base::ProblemOf(ReviewWarning(signed_first->alert, "", Person("signer")).status()).reason(),
      Reason::SAME_PERSON);
  auto both = ReviewWarning(signed_first->alert, "补审", Person("reviewer"));
  ASSERT_TRUE(both.ok()) << both.status();
  EXPECT_TRUE(both->alert.open_make_ups().empty());
  EXPECT_EQ(base::ProblemOf(ReviewWarning(both->alert, "", Person("fourth")).status()).reason(),
            Reason::ILLEGAL_TRANSITION)
      << "nothing is left to make up";
}

TEST(Warning, IncompleteUrgencyNamesItsField) {
  auto urgency = Urgent();
  urgency.clear_authorised_by();
  EXPECT_EQ(
      base::ProblemOf(IssueWarning(Draft(), &urgency, {}, Person("duty"), kNow).status()).field(),
      "urgency.authorised_by");
}

TEST(Warning, EachOfTheEightFactsIsCheckedAgainAtReviewAndIssue) {
  v1::Alert draft = Draft();
  draft.clear_cautions();
  EXPECT_EQ(base::ProblemOf(ReviewWarning(draft, "", Person("reviewer")).status()).field(),
            "cautions");
  v1::Alert signed_one = Signed();
  signed_one.mutable_signer()->clear_unit();
  EXPECT_EQ(
      base::ProblemOf(IssueWarning(signed_one, nullptr, {}, Person("duty"), kNow).status()).field(),
      "issuer_unit");
}

TEST(Warning, OneWhosePeriodIsOverDoesNotLeaveWithOrWithoutUrgency) {
  const absl::Time end = kNow + absl::Hours(24);
  const auto urgency = Urgent();
  for (const auto& [alert, urgent] :
       {std::pair{Signed(), false}, {Draft(), true}, {Reviewed(v1::ORANGE), true}}) {
    const auto* given = urgent ? &urgency : nullptr;
    EXPECT_TRUE(IssueWarning(alert, given, {}, Person("duty"), end - absl::Seconds(1)).ok());
    const auto problem =
        base::ProblemOf(IssueWarning(alert, given, {}, Person("duty"), end).status());
    EXPECT_EQ(problem.reason(), Reason::PAST_DEADLINE);
    EXPECT_EQ(problem.rule_id(), "alert.period");
    EXPECT_FALSE(problem.next_step().empty());
  }
  v1::Alert open_end = Signed();
  open_end.clear_expires_at();
  EXPECT_TRUE(IssueWarning(open_end, nullptr, {}, Person("duty"), end).ok());
}

// R54: a change is a new decision that cites the old.
TEST(Warning, AnAdjustmentIsANewAlertThatRemembersEveryAreaTheChainTold) {
  const v1::Alert first = IssuedOne();
  v1::WarningContent south = testing::RedContent();
  south.set_color(v1::YELLOW);
  auto next = DraftSuccessor(first, south, {testing::kSouth}, "雪带南移", Person("drafter"));
  ASSERT_TRUE(next.ok()) << next.status();
  EXPECT_EQ(next->state(), v1::DRAFT);
  EXPECT_EQ(next->previous(), first.name());
  EXPECT_EQ(next->case_id(), first.case_id());
  EXPECT_FALSE(next->has_reviewer()) << "it takes the whole way itself";
  next->set_name("alerts/2026-0002");
  v1::Alert issued = SignWarning(ReviewWarning(*next, "", Person("r"))->alert, Person("s"))->alert;
  issued = IssueWarning(issued, nullptr, {}, Person("duty"), kNow)->alert;
  EXPECT_THAT(issued.told_areas(), ElementsAre(testing::kNorth, testing::kSouth));
  auto old = Supersede(first, issued, kNow);
  ASSERT_TRUE(old.ok());
  EXPECT_EQ(old->state(), v1::SUPERSEDED);
  EXPECT_EQ(old->next(), "alerts/2026-0002");
  EXPECT_EQ(base::ProblemOf(Supersede(*old, issued, kNow).status()).reason(),
            Reason::ILLEGAL_TRANSITION)
      << "one chain has one newest colour";
  v1::Alert lifted = *Lift(first, "危险已解除", Person("s"), kNow);
  EXPECT_EQ(Supersede(lifted, issued, kNow)->state(), v1::LIFTED);
}

TEST(Warning, ExpiredIsExtendedOrLiftedByAPerson) {
  v1::Alert alert = *Expire(IssuedOne());
  EXPECT_EQ(alert.state(), v1::EXPIRED);
  EXPECT_FALSE(alert.has_ended_at());
  EXPECT_EQ(base::ProblemOf(Extend(alert, kNow, "继续", kNow).status()).field(), "expires_at");
  auto extended = Extend(alert, kNow + absl::Hours(48), "继续降雪", kNow);
  ASSERT_TRUE(extended.ok()) << extended.status();
  EXPECT_EQ(extended->state(), v1::ISSUED);
  auto lifted = Lift(alert, "危险已解除", Person("signer"), kNow);
  EXPECT_EQ(lifted->state(), v1::LIFTED);
  EXPECT_EQ(lifted->lifter().person(), "people/signer");
}

TEST(Warning, OnlyADraftIsWithdrawn) {
  EXPECT_EQ(Withdraw(Reviewed(), "误拟", kNow)->state(), v1::WITHDRAWN);
  EXPECT_FALSE(Withdraw(IssuedOne(), "误发", kNow).ok());
}

TEST(Warning, AStaleScreenIsToldSo) {
  EXPECT_TRUE(CheckVersion(0, 7).ok());
  EXPECT_TRUE(CheckVersion(7, 7).ok());
  EXPECT_EQ(base::ProblemOf(CheckVersion(6, 7)).reason(), Reason::STALE_VERSION);
}

TEST(Notice, ItIsOutAtOnceAndCarriesWhoSentIt) {
  const v1::Alert notice =
      IssueNotice(testing::Notice("230407001"), {testing::kNorth}, Person("duty"), kNow);
  EXPECT_EQ(notice.state(), v1::ISSUED);
  EXPECT_EQ(notice.color(), v1::COLOR_UNSPECIFIED);
  EXPECT_THAT(notice.target_areas(), ElementsAre(testing::kNorth));
  EXPECT_EQ(notice.issuer().post(), "posts/duty");
}

}  // namespace
}  // namespace huying::alert::rules
