// SPDX-License-Identifier: Apache-2.0
#include "services/alert/rules/content.h"

#include <gtest/gtest.h>

#include <functional>

#include "services/alert/testing/records.h"
#include "services/platform/base/status.h"

namespace huying::alert::rules {
namespace {
using testing::kNorth;
using testing::kNow;
const ContentLimits kLimits;

common::v1::Problem OfNotice(const std::function<void(v1::IssueNoticeRequest&)>& spoil) {
  v1::IssueNoticeRequest request = testing::Notice(kNorth);
  spoil(request);
  return base::ProblemOf(ValidateNotice(request, kLimits, kNow));
}
common::v1::Problem OfWarning(const std::function<void(v1::WarningContent&)>& spoil) {
  v1::WarningContent content = testing::RedContent();
  spoil(content);
  return base::ProblemOf(ValidateWarning(content, "content", kLimits, kNow));
}

TEST(NoticeContent, ACompleteNoticePasses) {
  EXPECT_TRUE(ValidateNotice(testing::Notice(kNorth), kLimits, kNow).ok());
}

TEST(NoticeContent, EveryErrorNamesItsField) {
  EXPECT_EQ(OfNotice([](auto& r) { r.clear_title(); }).field(), "title");
  EXPECT_EQ(OfNotice([](auto& r) { r.clear_text(); }).field(), "text");
  EXPECT_EQ(OfNotice([](auto& r) { r.clear_target_areas(); }).field(), "target_areas");
  EXPECT_EQ(OfNotice([](auto& r) { r.add_target_areas("2304"); }).field(), "target_areas[1]");
  EXPECT_EQ(OfNotice([](auto& r) { r.add_tiers(common::v1::EXTERNAL); }).field(), "tiers[0]");
  EXPECT_EQ(OfNotice([](auto& r) { *r.mutable_expires_at() = base::ToProto(kNow); }).field(),
            "expires_at");
}

TEST(NoticeContent, ATitleIsCountedInCharactersNotBytes) {
  std::string title;
  for (int i = 0; i < 40; ++i) title += "呼";
  v1::IssueNoticeRequest request = testing::Notice(kNorth);
  request.set_title(title);
  EXPECT_TRUE(ValidateNotice(request, kLimits, kNow).ok());
  const auto problem = OfNotice([&](auto& r) { r.set_title(title + "应"); });
  EXPECT_EQ(problem.reason(), base::Reason::FIELD_TOO_LONG);
  EXPECT_EQ(problem.rule_id(), "alert.title-max");
}

TEST(NoticeContent, ItRefersToAnIncidentResponseOrderOrTask) {
  for (const char* good : {"incidents/2026-0001", "responses/2026-0001", "orders/1", "tasks/1"}) {
    v1::IssueNoticeRequest request = testing::Notice(kNorth);
    request.set_refers_to(good);
    EXPECT_TRUE(ValidateNotice(request, kLimits, kNow).ok()) << good;
  }
  for (const char* bad : {"", "incidents/", "plans/1", "会议纪要"}) {
    const auto problem = OfNotice([&](auto& r) { r.set_refers_to(bad); });
    EXPECT_EQ(problem.field(), "refers_to") << bad;
    EXPECT_EQ(problem.rule_id(), "alert.notice-refers") << bad;
  }
}

TEST(NoticeContent, WhatItRefersToIsANameAndNothingElse) {
  const std::string longest(200 - std::string("tasks/").size(), 'a');
  EXPECT_EQ(OfNotice([&](auto& r) { r.set_refers_to("tasks/" + longest); }).field(), "");
  for (const std::string& bad :
       {"tasks/a" + longest, std::string("incidents/none"), std::string("incidents/2026-1"),
        std::string("incidents/2026-0001 "), std::string("incidents/2026-0001/x"),
        std::string("incidents/事件-0001"), std::string("tasks/a\nb")}) {
    EXPECT_EQ(OfNotice([&](auto& r) { r.set_refers_to(bad); }).field(), "refers_to") << bad;
  }
}

// Nobody writes into a case file by naming it: the case follows from the reference, or a process says it.
TEST(Case, APersonsFollowsFromWhatItRefersToAndAProcessSaysItsOwn) {
  constexpr char kThis[] = "incidents/2026-0001";
  constexpr char kOther[] = "incidents/2026-0002";
  const auto person = testing::Person("p");
  auto process = person;
  process.set_system("incident.reactor");
  EXPECT_EQ(*CaseOf("", kThis, person, ""), kThis);
  EXPECT_EQ(*CaseOf(kThis, kThis, person, ""), kThis) << "said twice is no lie";
  EXPECT_EQ(*CaseOf("", "responses/2026-0001", person, ""), "") << "its own case";
  EXPECT_EQ(*CaseOf(kOther, "responses/2026-0001", process, ""), kOther);
  for (const std::string& asked : {std::string(kOther), std::string("alerts/2026-0001"),
                                   std::string("x"), std::string(100'000, 'x')}) {
    const auto problem = base::ProblemOf(CaseOf(asked, kThis, person, "content").status());
    EXPECT_EQ(problem.field(), "content.case_id");
    EXPECT_EQ(problem.rule_id(), "alert.case");
    EXPECT_FALSE(problem.next_step().empty());
  }
  for (const std::string& asked : {std::string("alerts/2026-0001"), std::string(100'000, 'x')}) {
    EXPECT_EQ(base::ProblemOf(CaseOf(asked, "responses/1", process, "").status()).field(),
              "case_id")
        << "a process is checked for its form";
  }
}

TEST(NoticeContent, AnAreaCodeHasSixNineOrTwelveDigitsAndIsGuessedByZeros) {
  for (const char* code : {"230407", "230407001", "230407001001"}) EXPECT_TRUE(IsAreaCode(code));
  for (const char* code : {"", "2304", "23040700100x", "2304070010010"}) {
    EXPECT_FALSE(IsAreaCode(code)) << code;
  }
  EXPECT_EQ(PadArea("230407"), "230407000000");
  EXPECT_EQ(PadArea("230407001"), "230407001000");
  EXPECT_EQ(PadArea("230407001001"), "230407001001");
}

// R4: 突发事件应对法 第六十四条, the facts a request carries.
TEST(WarningContent, EachMissingFactHasItsOwnFieldRuleAndLaw) {
  const std::vector<std::pair<std::string, std::function<void(v1::WarningContent&)>>> cases = {
      {"content.category", [](auto& c) { c.clear_category(); }},
      {"content.color", [](auto& c) { c.clear_color(); }},
      {"content.effective_at", [](auto& c) { c.clear_effective_at(); }},
      {"content.target_areas", [](auto& c) { c.clear_target_areas(); }},
      {"content.cautions", [](auto& c) { c.clear_cautions(); }},
      {"content.measures", [](auto& c) { c.clear_measures(); }}};
  for (const auto& [field, spoil] : cases) {
    const auto problem = OfWarning(spoil);
    EXPECT_EQ(problem.reason(), base::Reason::FIELD_MISSING) << field;
    EXPECT_EQ(problem.field(), field);
    EXPECT_EQ(problem.rule_id(), "alert.eight-facts") << field;
    EXPECT_EQ(problem.legal_article(), "突发事件应对法 第六十四条") << field;
  }
}

TEST(WarningContent, AllEightFactsStandAtIssueAndSixAtReview) {
  v1::Alert empty;
  EXPECT_EQ(MissingFacts(empty, FactsAt::kReview).size(), 6u);
  const auto missing = MissingFacts(empty, FactsAt::kIssue);
  ASSERT_EQ(missing.size(), 8u);
  EXPECT_EQ(missing[6].field, "issuer_unit");
  EXPECT_EQ(missing[7].field, "issued_at");
  EXPECT_EQ(base::ProblemOf(CheckFacts(empty, FactsAt::kIssue)).field(), "category");
}

TEST(WarningContent, RedAndOrangeSayWhatIsToBeDone) {
  for (const v1::Color color : {v1::RED, v1::ORANGE}) {
    const auto problem = OfWarning([&](auto& c) {
      c.set_color(color);
      c.set_measures("注意安全");
    });
    EXPECT_EQ(problem.rule_id(), "alert.color-measures");
    EXPECT_EQ(problem.field(), "content.measures");
  }
  for (const v1::Color color : {v1::YELLOW, v1::BLUE}) {
    v1::WarningContent content = testing::RedContent();
    content.set_color(color);
    content.set_measures("注意安全");
    EXPECT_TRUE(ValidateWarning(content, "content", kLimits, kNow).ok());
  }
}

TEST(WarningContent, UnknownColourPeriodAndLengthAreRefusedByField) {
  EXPECT_EQ(OfWarning([](auto& c) { c.set_color(static_cast<v1::Color>(9)); }).reason(),
            base::Reason::UNKNOWN_ENUM_VALUE);
  EXPECT_EQ(OfWarning([](auto& c) { *c.mutable_expires_at() = c.effective_at(); }).field(),
            "content.expires_at");
  EXPECT_EQ(OfWarning([](auto& c) { c.set_text(std::string(2001, 'x')); }).field(), "content.text");
  EXPECT_EQ(OfWarning([](auto& c) { c.clear_title(); }).field(), "content.title");
  EXPECT_EQ(OfWarning([](auto& c) { c.set_refers_to("responses/2026-0001"); }).field(),
            "content.refers_to");
  EXPECT_EQ(OfWarning([](auto& c) { c.set_refers_to("incidents/2026-0001"); }).field(), "");
}

TEST(AlertNames, AreOrderedByYearAndNumberBeyondTenThousand) {
  EXPECT_LT(OrderOf("alerts/2026-9999"), OrderOf("alerts/2026-10000"));
  EXPECT_LT(OrderOf("alerts/2026-10000"), OrderOf("alerts/2027-0001"));
  for (const char* other : {"", "alerts/x", "alerts/2026", "2026-0001", "alerts/a-b"}) {
    EXPECT_EQ(OrderOf(other), 0) << other;
  }
}

TEST(AnswerContent, CannotComplyNeedsAReason) {
  v1::AnswerRequest request;
  request.set_alert("alerts/2026-0001");
  request.set_kind(v1::CANNOT);
  EXPECT_EQ(base::ProblemOf(ValidateAnswer(request, kLimits)).field(), "text");
  request.set_text("道路中断");
  EXPECT_TRUE(ValidateAnswer(request, kLimits).ok());
  request.set_evacuated(-1);
  EXPECT_EQ(base::ProblemOf(ValidateAnswer(request, kLimits)).field(), "evacuated");
  request.clear_kind();
  EXPECT_EQ(base::ProblemOf(ValidateAnswer(request, kLimits)).field(), "kind");
}

TEST(AnswerContent, AReceiptIsNeverAnAnswer) {
  v1::ReportReceiptsRequest request;
  EXPECT_EQ(base::ProblemOf(ValidateReceipts(request)).field(), "items");
  auto* item = request.add_items();
  item->set_alert("alerts/2026-0001");
  for (int state = 0; state <= v1::CANNOT_COMPLY; ++state) {
    item->set_state(static_cast<v1::RecipientState>(state));
    EXPECT_EQ(ValidateReceipts(request).ok(), state == v1::DELIVERED || state == v1::READ) << state;
  }
  item->set_state(v1::READ);
  for (int i = 0; i < kReceiptsMax; ++i) *request.add_items() = request.items(0);
  EXPECT_EQ(base::ProblemOf(ValidateReceipts(request)).reason(), base::Reason::FIELD_TOO_LONG);
}

}  // namespace
}  // namespace huying::alert::rules
