// SPDX-License-Identifier: Apache-2.0
#include "services/drill/rules/score.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "huying/alert/v1/alert.pb.h"
#include "services/platform/base/clock.h"

namespace huying::drill::rules {
namespace {

const absl::Time kStart = absl::FromUnixSeconds(1'258'741'800);

SeenEntry Act(std::string act, absl::Duration at, int64_t seq = 1,
              std::string ledger = "incident") {
  SeenEntry seen{std::move(ledger), {}};
  seen.entry.set_act(std::move(act));
  seen.entry.set_seq(seq);
  *seen.entry.mutable_received_at() = base::ToProto(kStart + at);
  return seen;
}

v1::Expectation Expect(std::string id, std::string act, absl::Duration limit,
                       std::string from = "start") {
  v1::Expectation expectation;
  expectation.set_id(std::move(id));
  expectation.set_from(std::move(from));
  expectation.mutable_match()->set_act(std::move(act));
  *expectation.mutable_limit() = ToDurationProto(limit);
  return expectation;
}

ScoreInput Input() { return {kStart, kStart + absl::Hours(10), {}, {}, {}}; }

TEST(Score, AnActWithinItsLimitIsMetAndMeasured) {
  ScoreInput input = Input();
  input.expectations = {Expect("oral", "incident.SendReportOrally", absl::Minutes(30))};
  input.entries = {Act("incident.SendReportOrally", absl::Minutes(12), 7)};
  const auto results = Score(input);
  ASSERT_EQ(results.size(), 1u);
  EXPECT_TRUE(results[0].met());
  EXPECT_EQ(ToDuration(results[0].measured()), absl::Minutes(12));
  EXPECT_EQ(results[0].ledger(), "incident");
  EXPECT_EQ(results[0].seq(), 7);
  EXPECT_FALSE(results[0].narrow());
}

TEST(Score, AtTheVeryLimitIsInTimeAndNarrow) {
  ScoreInput input = Input();
  input.expectations = {Expect("oral", "a", absl::Minutes(30))};
  input.entries = {Act("a", absl::Minutes(30))};
  EXPECT_TRUE(Score(input)[0].met());
  EXPECT_TRUE(Score(input)[0].narrow());
}

TEST(Score, ASecondTooLateIsMissedAndSaysByHowMuch) {
  ScoreInput input = Input();
  input.expectations = {Expect("oral", "a", absl::Minutes(30))};
  input.entries = {Act("a", absl::Minutes(30) + absl::Seconds(1))};
  EXPECT_FALSE(Score(input)[0].met());
  EXPECT_EQ(Score(input)[0].explanation_en(), "late by 1 s");
  EXPECT_EQ(Score(input)[0].explanation(), "超出时限1秒");
}

TEST(Score, ToleranceForgivesAndSaysSo) {
  ScoreInput input = Input();
  input.expectations = {Expect("oral", "a", absl::Minutes(30))};
  *input.expectations[0].mutable_tolerance() = ToDurationProto(absl::Minutes(2));
  input.entries = {Act("a", absl::Minutes(31))};
  EXPECT_TRUE(Score(input)[0].met());
  EXPECT_EQ(Score(input)[0].explanation_en(), "late by 1 min, within tolerance");
}

TEST(Score, WhatHappenedBeforeTheClockStartedDoesNotCount) {
  ScoreInput input = Input();
  v1::Inject alarm;
  alarm.set_id("alarm");
  *alarm.mutable_played_at() = base::ToProto(kStart + absl::Minutes(5));
  input.injects = {alarm};
  input.expectations = {Expect("oral", "a", absl::Minutes(30), "alarm")};
  input.entries = {Act("a", absl::Minutes(4)), Act("a", absl::Minutes(9), 2)};
  const auto result = Score(input)[0];
  EXPECT_EQ(ToDuration(result.measured()), absl::Minutes(4));
  EXPECT_EQ(result.seq(), 2);
}

TEST(Score, AnInjectThatWasNotPlayedStartsNoClock) {
  ScoreInput input = Input();
  v1::Inject alarm;
  alarm.set_id("alarm");
  input.injects = {alarm};
  input.expectations = {Expect("oral", "a", absl::Minutes(30), "alarm")};
  input.entries = {Act("a", absl::Minutes(4))};
  EXPECT_FALSE(Score(input)[0].met());
  EXPECT_FALSE(Score(input)[0].has_from_at());
}

TEST(Score, AClockMayStartAtAnotherExpectationWhereverItStandsInTheList) {
  ScoreInput input = Input();
  input.expectations = {Expect("written", "b", absl::Hours(1), "oral"),
                        Expect("oral", "a", absl::Minutes(30))};
  input.entries = {Act("a", absl::Minutes(20)), Act("b", absl::Minutes(70), 2)};
  const auto results = Score(input);
  EXPECT_EQ(results[0].id(), "written");
  EXPECT_EQ(ToDuration(results[0].measured()), absl::Minutes(50));
  EXPECT_TRUE(results[0].met());
}

TEST(Score, ACircleOfClocksEndsAndIsMissed) {
  ScoreInput input = Input();
  input.expectations = {Expect("x", "a", absl::Hours(1), "y"),
                        Expect("y", "a", absl::Hours(1), "x")};
  input.entries = {Act("a", absl::Minutes(1))};
  const auto results = Score(input);
  EXPECT_FALSE(results[0].met());
  EXPECT_FALSE(results[1].met());
}

TEST(Score, TheNthEntryDecidesWhenSeveralAreNeeded) {
  ScoreInput input = Input();
  input.expectations = {Expect("answers", "alert.Answer", absl::Minutes(10))};
  input.expectations[0].mutable_match()->set_count(3);
  input.entries = {Act("alert.Answer", absl::Minutes(1), 1, "alert"),
                   Act("alert.Answer", absl::Minutes(4), 2, "alert")};
  EXPECT_FALSE(Score(input)[0].met());
  EXPECT_EQ(Score(input)[0].explanation_en(), "needed 3, seen 2");
  input.entries.push_back(Act("alert.Answer", absl::Minutes(9), 3, "alert"));
  EXPECT_TRUE(Score(input)[0].met());
  EXPECT_EQ(ToDuration(Score(input)[0].measured()), absl::Minutes(9));
}

TEST(Score, SilenceIsMetWhenNobodyActsAndTheTimeWasWaitedFor) {
  ScoreInput input = Input();
  input.expectations = {Expect("silent", "alert.Answer", absl::Minutes(10))};
  input.expectations[0].set_silence(true);
  EXPECT_TRUE(Score(input)[0].met());
  input.ended_at = kStart + absl::Minutes(9);
  EXPECT_FALSE(Score(input)[0].met()) << "a silence nobody waited for proves nothing";
}

TEST(Score, SilenceIsBrokenByOneActBeforeTheLimitOnly) {
  ScoreInput input = Input();
  input.expectations = {Expect("silent", "alert.Answer", absl::Minutes(10))};
  input.expectations[0].set_silence(true);
  input.entries = {Act("alert.Answer", absl::Minutes(10))};
  EXPECT_TRUE(Score(input)[0].met());
  input.entries = {Act("alert.Answer", absl::Minutes(9))};
  EXPECT_FALSE(Score(input)[0].met());
  *input.expectations[0].mutable_tolerance() = ToDurationProto(absl::Minutes(1));
  EXPECT_TRUE(Score(input)[0].met());
}

TEST(Score, WithACountSilenceMeansFewerThanThat) {
  ScoreInput input = Input();
  input.expectations = {Expect("no-third", "alert.IssueNotice", absl::Hours(1))};
  input.expectations[0].set_silence(true);
  input.expectations[0].mutable_match()->set_count(3);
  input.entries = {Act("alert.IssueNotice", absl::Minutes(1), 1),
                   Act("alert.IssueNotice", absl::Minutes(2), 2)};
  EXPECT_TRUE(Score(input)[0].met());
  input.entries.push_back(Act("alert.IssueNotice", absl::Minutes(3), 3));
  EXPECT_FALSE(Score(input)[0].met());
  EXPECT_EQ(Score(input)[0].seq(), 3);
}

TEST(Score, TheTableDoesNotDependOnTheOrderOfTheEntries) {
  ScoreInput input = Input();
  input.expectations = {Expect("x", "a", absl::Hours(1)), Expect("y", "b", absl::Hours(1), "x")};
  input.entries = {Act("a", absl::Minutes(3), 2, "alert"),
                   Act("a", absl::Minutes(3), 1, "incident"),
                   Act("a", absl::Minutes(3), 1, "alert"), Act("b", absl::Minutes(9), 5)};
  const auto expected = Score(input);
  EXPECT_EQ(expected[0].ledger(), "alert");
  EXPECT_EQ(expected[0].seq(), 1);
  std::sort(input.entries.begin(), input.entries.end(),
            [](const auto& a, const auto& b) { return a.entry.seq() > b.entry.seq(); });
  const auto again = Score(input);
  for (size_t i = 0; i < expected.size(); ++i) {
    EXPECT_EQ(expected[i].SerializeAsString(), again[i].SerializeAsString());
  }
}

TEST(Score, DurationsReadAsPeopleSayThem) {
  EXPECT_EQ(DurationText(absl::Hours(25) + absl::Seconds(5)), "1 d 1 h 5 s");
  EXPECT_EQ(DurationTextZh(absl::Minutes(61)), "1小时1分");
  EXPECT_EQ(DurationText(absl::ZeroDuration()), "0 s");
}

SeenEntry Noticed(std::string name, absl::Duration at, int64_t seq) {
  SeenEntry seen = Act("alert.Answer", at, seq, "alert");
  alert::v1::Recipient recipient;
  recipient.set_alert(name);
  platform::v1::Change* change = seen.entry.add_changes();
  change->set_kind("recipient");
  change->set_image(recipient.SerializeAsString());
  return seen;
}

v1::Expectation ExpectAnswerTo(std::string name) {
  v1::Expectation expectation = Expect("answer", "alert.Answer", absl::Minutes(10));
  expectation.mutable_match()->set_kind("recipient");
  (*expectation.mutable_match()->mutable_fields())["alert"] = std::move(name);
  return expectation;
}

TEST(Score, AMatchThatNamesAnActLooksForTheRecordOfThatActOnly) {
  ScoreInput input = Input();
  input.expectations = {ExpectAnswerTo("${notice}")};
  input.names = {{"notice", "alerts/2026-0002"}};
  input.entries = {Noticed("alerts/2026-0001", absl::Minutes(1), 1)};
  EXPECT_FALSE(Score(input)[0].met()) << "the answer to another alert";
  input.entries.push_back(Noticed("alerts/2026-0002", absl::Minutes(9), 2));
  EXPECT_TRUE(Score(input)[0].met());
  EXPECT_EQ(ToDuration(Score(input)[0].measured()), absl::Minutes(9));
}

TEST(Score, ASilenceAboutARecordThatNoActMadeIsNotMet) {
  ScoreInput input = Input();
  input.expectations = {ExpectAnswerTo("${notice}")};
  input.expectations[0].set_silence(true);
  EXPECT_FALSE(Score(input)[0].met());
  EXPECT_EQ(Score(input)[0].explanation_en(), "the act 'notice' made no record to look for");
  input.names = {{"notice", "alerts/2026-0002"}};
  EXPECT_TRUE(Score(input)[0].met());
}

TEST(Scoreboard, EntriesOneByOneInAnyOrderGiveTheTableOfTheWhole) {
  ScoreInput input = Input();
  input.expectations = {Expect("first", "a", absl::Minutes(30)),
                        Expect("second", "b", absl::Minutes(5), "first"),
                        Expect("third", "a", absl::Hours(3))};
  input.expectations[2].mutable_match()->set_count(3);
  for (int i = 0; i < 5; ++i) {
    input.entries.push_back(Act("a", absl::Minutes(20 + 7 * i), i + 1));
    input.entries.push_back(Act("b", absl::Minutes(18 + 3 * i), i + 1, "alert"));
  }
  const auto whole = Score(input);
  Scoreboard board(input.expectations);
  for (auto it = input.entries.rbegin(); it != input.entries.rend(); ++it) board.Add(*it);
  const auto kept = board.Results({input.starts_at, input.ended_at, input.injects});
  ASSERT_EQ(kept.size(), whole.size());
  for (size_t i = 0; i < whole.size(); ++i) {
    EXPECT_EQ(kept[i].SerializeAsString(), whole[i].SerializeAsString()) << i;
  }
}

TEST(Scoreboard, ANameBoundLateFindsTheEntriesBefore) {
  const std::vector<SeenEntry> so_far = {Noticed("alerts/2026-0002", absl::Minutes(2), 1)};
  Scoreboard board({ExpectAnswerTo("${notice}")});
  board.Add(so_far[0]);
  const Scoreboard::Moments moments = {kStart, kStart + absl::Hours(1), {}};
  EXPECT_FALSE(board.Results(moments)[0].met());
  board.Bind("notice", "alerts/2026-0002", so_far);
  EXPECT_TRUE(board.Results(moments)[0].met());
}

}  // namespace
}  // namespace huying::drill::rules
