// SPDX-License-Identifier: Apache-2.0
//
// The runner's parts that need no server; tests/e2e/drill_test.cc plays whole drills.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "clients/drill/agenda.h"
#include "clients/drill/describe.h"
#include "clients/drill/new_scenario.h"
#include "clients/drill/record.h"
#include "clients/drill/roster.h"
#include "clients/drill/situation.h"
#include "services/platform/base/clock.h"

namespace huying::drill_client {
namespace {

using drill::rules::SeenEntry;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

const absl::Time kNow = absl::FromUnixSeconds(1'258'741'800);

template <typename Message>
void AddChange(SeenEntry& seen, const std::string& kind, const std::string& key,
               const std::string& state, const Message& message) {
  platform::v1::Change* change = seen.entry.add_changes();
  change->set_kind(kind);
  change->set_key(key);
  change->set_state(state);
  change->set_image(message.SerializeAsString());
}
SeenEntry Entry(std::string ledger, std::string act, absl::Duration after = absl::ZeroDuration()) {
  SeenEntry seen{std::move(ledger), {}};
  seen.entry.set_act(std::move(act));
  seen.entry.set_seq(1);
  seen.entry.mutable_actor()->set_person("people/x");
  *seen.entry.mutable_received_at() = base::ToProto(kNow + after);
  return seen;
}

TEST(Agenda, PlaysByTimeAndThenByOrder) {
  Agenda agenda;
  std::vector<std::string> played;
  const auto add = [&](absl::Duration after, const std::string& what) {
    agenda.Add(kNow + after, what, [&played, what] { played.push_back(what); });
  };
  add(absl::Minutes(2), "c");
  add(absl::Minutes(1), "a");
  add(absl::Minutes(2), "d");
  add(absl::Minutes(1), "b");
  EXPECT_EQ(agenda.NextTime(), kNow + absl::Minutes(1));
  while (!agenda.empty()) agenda.Pop().play();
  EXPECT_THAT(played, ElementsAre("a", "b", "c", "d"));
  EXPECT_EQ(agenda.NextTime(), absl::InfiniteFuture());
}

SeenEntry OnShift(const std::string& person, absl::Duration from, absl::Duration to) {
  directory::v1::Shift shift;
  shift.set_post("posts/a");
  shift.set_person(person);
  *shift.mutable_start() = base::ToProto(kNow + from);
  *shift.mutable_end() = base::ToProto(kNow + to);
  shift.set_name(absl::StrCat("shifts/a/", shift.start().seconds()));
  SeenEntry seen = Entry("directory", "directory.PutShift");
  AddChange(seen, "shift", shift.name(), "", shift);
  return seen;
}

TEST(Roster, APostChangesHandsAtTheEndOfAShiftAndWhenTheShiftIsGivenAway) {
  Roster roster;
  EXPECT_EQ(roster.PersonAt("posts/a", kNow), "");
  roster.Apply(OnShift("people/x", -absl::Hours(1), absl::Hours(1)));
  roster.Apply(OnShift("people/y", absl::Hours(1), absl::Hours(2)));
  EXPECT_EQ(roster.PersonAt("posts/a", kNow), "people/x");
  EXPECT_EQ(roster.PersonAt("posts/b", kNow), "");
  EXPECT_EQ(roster.PersonAt("posts/a", kNow + absl::Hours(1)), "people/y")
      << "the end is exclusive";
  EXPECT_EQ(roster.PersonAt("posts/a", kNow + absl::Hours(2)), "") << "the standing holder";
  roster.Apply(OnShift("people/z", absl::Hours(1), absl::Hours(2)));
  EXPECT_EQ(roster.PersonAt("posts/a", kNow + absl::Hours(1)), "people/z");
}

SeenEntry Issued() {
  SeenEntry seen = Entry("alert", "alert.IssueNotice");
  alert::v1::Alert alert;
  alert.set_name("alerts/1");
  alert.set_title("到岗");
  alert.set_recipient_count(2);
  AddChange(seen, "alert", "alerts/1", "ISSUED", alert);
  alert::v1::RecipientList list;
  list.set_alert("alerts/1");
  for (const char* post : {"posts/a", "posts/b"}) {
    auto* recipient = list.add_recipients();
    recipient->set_post(post);
    recipient->set_tier(common::v1::COMMUNITY);
  }
  AddChange(seen, "recipient_list", "alerts/1", "", list);
  return seen;
}

TEST(Situation, WhoHasNoRecordWasSentAndNoMore) {
  Situation situation;
  situation.Apply(Issued());
  SeenEntry answered = Entry("alert", "alert.Answer", absl::Minutes(3));
  alert::v1::Recipient recipient;
  recipient.set_alert("alerts/1");
  recipient.set_post("posts/a");
  recipient.set_tier(common::v1::COMMUNITY);
  recipient.set_state(alert::v1::ANSWERED);
  recipient.set_answer(alert::v1::ON_POST);
  *recipient.mutable_delivered_at() = base::ToProto(kNow);
  *recipient.mutable_answered_at() = base::ToProto(kNow);
  AddChange(answered, "recipient", "alerts/1/recipients/a", "ANSWERED", recipient);
  situation.Apply(answered);
  const TierCounts counts = situation.Counts(common::v1::COMMUNITY);
  EXPECT_EQ(counts.sent, 2);
  EXPECT_EQ(counts.delivered, 1);
  EXPECT_EQ(counts.read, 0);
  EXPECT_EQ(counts.answered, 1);
  EXPECT_EQ(situation.Counts(common::v1::DISTRICT).sent, 0);
  EXPECT_THAT(Describe(answered, situation).zh, HasSubstr("应答 已到岗（到岗）"));
}

TEST(Situation, FiguresAreKeptWhenTheyChange) {
  Situation situation;
  const auto apply = [&situation](int dead, int missing, absl::Duration after) {
    SeenEntry seen = Entry("incident", "incident.RecordFigures", after);
    incident::v1::Incident incident;
    incident.set_name("incidents/1");
    incident.set_level(incident::v1::LEVEL_I);
    incident.mutable_figures()->set_dead(dead);
    incident.mutable_figures()->set_missing(missing);
    AddChange(seen, "incident", "incidents/1", "HANDLING", incident);
    situation.Apply(seen);
    return Describe(seen, situation);
  };
  apply(0, 139, absl::ZeroDuration());
  apply(0, 139, absl::Minutes(5));
  const TimelineItem item = apply(42, 66, absl::Hours(15));
  ASSERT_EQ(situation.figures().size(), 2u);
  EXPECT_EQ(situation.figures()[1].figures.dead(), 42);
  EXPECT_EQ(item.kind, "level");
  EXPECT_EQ(item.zh, "更新伤亡数据 初判Ⅰ级，死亡42，失踪66");
  EXPECT_EQ(item.en, "new figures: level Ⅰ, 42 dead, 66 missing");
}

TEST(Describe, ACannotComplyNamesWhoIsCalled) {
  Situation situation;
  situation.SetTitle("posts/chief", "沟北街道值班员");
  situation.Apply(Issued());
  SeenEntry cannot = Entry("alert", "alert.Answer");
  alert::v1::Recipient recipient;
  recipient.set_alert("alerts/1");
  recipient.set_post("posts/b");
  recipient.set_answer(alert::v1::CANNOT);
  recipient.set_answer_text("仅一人值班");
  *recipient.mutable_answered_at() = base::ToProto(kNow);
  AddChange(cannot, "recipient", "alerts/1/recipients/b", "CANNOT_COMPLY", recipient);
  alert::v1::Escalation escalation;
  escalation.set_alert("alerts/1");
  escalation.add_silent_posts("posts/b");
  escalation.add_called_posts("posts/chief");
  AddChange(cannot, "escalation", "alerts/1/escalations/cannot-b", "", escalation);
  const TimelineItem item = Describe(cannot, situation);
  EXPECT_EQ(item.kind, "answer");
  EXPECT_TRUE(item.bad);
  EXPECT_EQ(item.zh, "应答 无法执行：仅一人值班（到岗）；改叫：沟北街道值班员");
}

TEST(Situation, ALimitThatWasMetLateIsMissedAndOneThatRunsIsNeither) {
  Situation situation;
  using common::v1::Obligation;
  SeenEntry seen = Entry("incident", "incident.ObligationFellDue");
  const auto add = [&seen](const std::string& name, Obligation::State state, bool late = false) {
    Obligation clock;
    clock.set_name(name);
    clock.set_kind(Obligation::REPORT);
    clock.set_state(state);
    if (late) clock.mutable_overdue_at()->set_seconds(1);
    AddChange(seen, "obligation", name, Obligation::State_Name(state), clock);
  };
  add("a", Obligation::MET);
  add("b", Obligation::MET_LATE, true);
  add("c", Obligation::OVERDUE, true);
  add("d", Obligation::RUNNING);
  add("e", Obligation::CANCELLED);
  situation.Apply(seen);
  EXPECT_EQ(situation.Clocks().met, 1);
  EXPECT_EQ(situation.Clocks().missed, 2);
  EXPECT_EQ(situation.Clocks().running, 1);
}

TEST(Describe, ARefusalOnRecordSaysWhy) {
  SeenEntry refused = Entry("alert", "alert.IssueNotice");
  refused.entry.mutable_refusal()->set_message("不在辖区");
  const TimelineItem item = Describe(refused, Situation());
  EXPECT_EQ(item.kind, "problem");
  EXPECT_TRUE(item.bad);
  EXPECT_EQ(item.zh, "发布紧急通知 被拒绝：不在辖区");
}

TEST(Record, ItHoldsWhatThePageShowsAndTheTableHoldsNoMachineTime) {
  RunResult result;
  *result.exercise.mutable_starts_at() = base::ToProto(kNow);
  result.scenario.re_enacts = kNow - absl::Hours(24);
  result.scenario.sources = {"新闻报道"};
  result.situation.Apply(Issued());
  result.timeline.push_back(Describe(Issued(), result.situation));
  result.timeline.back().source = Source::kPublishedDay;
  drill::v1::ExpectationResult* expectation = result.exercise.add_results();
  expectation->set_id("oral");
  expectation->set_met(true);
  expectation->mutable_limit()->set_seconds(1800);
  expectation->mutable_measured()->set_seconds(700);
  expectation->set_ledger("incident");
  expectation->set_seq(9);
  const auto record = ToRecord(result, {.machine_seconds = 1.5});
  EXPECT_EQ(record["timeline"][0]["kind"], "alert");
  EXPECT_EQ(record["timeline"][0]["at"], "2009-11-21T02:30:00+08:00");
  EXPECT_EQ(record["timeline"][0]["offset_s"], 0);
  EXPECT_EQ(record["timeline"][0]["source"], "published-day");
  EXPECT_EQ(record["exercise"]["starts_at"], "2009-11-21T02:30:00+08:00");
  EXPECT_EQ(record["exercise"]["re_enacts"], "2009-11-20T02:30:00+08:00");
  EXPECT_EQ(record["exercise"]["sources"][0], "新闻报道");
  EXPECT_EQ(record["expectations"][0]["measured_s"], 700);
  EXPECT_EQ(record["system"]["machine_seconds"], 1.5);
  EXPECT_EQ(ScoreTable(result.exercise), "oral\tmet\t30m\t11m40s\tincident#9\t\n");
  EXPECT_FALSE(result.passed()) << "nothing was counted as met";
}

TEST(NewScenario, WhatIsWrittenForANewcomerIsFreeOfFindings) {
  Findings findings;
  EXPECT_TRUE(ParseScenario(NewScenario(), findings).has_value());
  EXPECT_TRUE(findings.empty());
}

}  // namespace
}  // namespace huying::drill_client
