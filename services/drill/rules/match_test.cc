// SPDX-License-Identifier: Apache-2.0
#include "services/drill/rules/match.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "huying/alert/v1/alert.pb.h"
#include "huying/incident/v1/incident.pb.h"

namespace huying::drill::rules {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

SeenEntry Answered() {
  SeenEntry seen{"alert", {}};
  seen.entry.set_act("alert.Answer");
  seen.entry.mutable_actor()->set_post("posts/pingan-duty");
  seen.entry.mutable_actor()->set_tier(common::v1::COMMUNITY);
  alert::v1::Recipient recipient;
  recipient.set_answer(alert::v1::ON_POST);
  recipient.set_evacuated(12);
  platform::v1::Change* change = seen.entry.add_changes();
  change->set_kind("recipient");
  change->set_state("ANSWERED");
  change->set_image(recipient.SerializeAsString());
  return seen;
}

TEST(Match, AnEmptyQuestionAsksNothing) { EXPECT_TRUE(Matches({}, Answered())); }

TEST(Match, EachPartOfTheQuestionCanFail) {
  v1::Expectation::Match match;
  match.set_act("alert.Answer");
  match.set_post("posts/pingan-duty");
  match.set_tier("COMMUNITY");
  match.set_state("ANSWERED");
  match.set_kind("recipient");
  (*match.mutable_fields())["answer"] = "ON_POST";
  (*match.mutable_fields())["evacuated"] = "12";
  EXPECT_TRUE(Matches(match, Answered()));
  for (const auto& spoil : std::vector<std::function<void(v1::Expectation::Match&)>>{
           [](auto& m) { m.set_act("alert.ReportReceipts"); },
           [](auto& m) { m.set_post("posts/guoan-duty"); },
           [](auto& m) { m.set_tier("DISTRICT"); },
           [](auto& m) { m.set_state("READ"); },
           [](auto& m) { m.set_kind("alert"); },
           [](auto& m) { (*m.mutable_fields())["answer"] = "CANNOT"; },
           [](auto& m) { (*m.mutable_fields())["no_such_field"] = ""; },
       }) {
    v1::Expectation::Match wrong = match;
    spoil(wrong);
    EXPECT_FALSE(Matches(wrong, Answered())) << wrong.ShortDebugString();
  }
}

TEST(Match, WithAKindAnyRecordOfItCounts) {
  SeenEntry seen = Answered();
  platform::v1::Change* second = seen.entry.add_changes();
  second->set_kind("escalation");
  second->set_state("");
  alert::v1::Escalation escalation;
  escalation.add_silent_posts("posts/a");
  escalation.add_silent_posts("posts/b");
  second->set_image(escalation.SerializeAsString());
  v1::Expectation::Match match;
  match.set_kind("escalation");
  (*match.mutable_fields())["silent_posts"] = "posts/b";
  EXPECT_TRUE(Matches(match, seen));
  match.clear_kind();
  EXPECT_FALSE(Matches(match, seen)) << "without a kind only the subject is meant";
}

TEST(Match, ARefusedActMatchesOnlyWhenRefusalIsAskedFor) {
  SeenEntry refused = Answered();
  refused.entry.clear_changes();
  refused.entry.mutable_refusal()->set_rule_id("alert.area");
  v1::Expectation::Match match;
  match.set_act("alert.Answer");
  EXPECT_FALSE(Matches(match, refused));
  match.set_state("REFUSED");
  EXPECT_TRUE(Matches(match, refused));
  EXPECT_FALSE(Matches(match, Answered()));
}

TEST(Match, ValuesAreFoundAlongAPath) {
  incident::v1::Report report;
  report.set_chain(incident::v1::MINE_SAFETY);
  report.mutable_figures()->set_missing(139);
  report.add_receivers()->set_body("市政府总值班室");
  report.add_receivers()->set_body("省政府总值班室");
  report.mutable_sent_at()->set_seconds(1258741800);
  EXPECT_THAT(ValuesAt(report, "chain"), ElementsAre("MINE_SAFETY"));
  EXPECT_THAT(ValuesAt(report, "figures.missing"), ElementsAre("139"));
  EXPECT_THAT(ValuesAt(report, "figures.dead"), ElementsAre("0"));
  EXPECT_THAT(ValuesAt(report, "receivers.body"), ElementsAre("市政府总值班室", "省政府总值班室"));
  EXPECT_THAT(ValuesAt(report, "receivers.skip_level"), ElementsAre("false", "false"));
  EXPECT_THAT(ValuesAt(report, "sent_at"), ElementsAre("2009-11-20T18:30:00Z"));
  EXPECT_THAT(ValuesAt(report, "figures.nothing"), IsEmpty());
  EXPECT_THAT(ValuesAt(report, "late.deeper"), IsEmpty());
}

}  // namespace
}  // namespace huying::drill::rules
