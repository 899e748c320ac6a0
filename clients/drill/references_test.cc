// SPDX-License-Identifier: Apache-2.0
#include "clients/drill/references.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "clients/drill/dice.h"
#include "clients/drill/time_text.h"

namespace huying::drill_client {
namespace {

using nlohmann::json;

TEST(TimeText, DurationsAreReadAsWritten) {
  EXPECT_EQ(ParseDuration("1h30m"), absl::Minutes(90));
  EXPECT_EQ(ParseDuration("7d12h"), absl::Hours(180));
  EXPECT_EQ(ParseDuration("45s"), absl::Seconds(45));
  EXPECT_EQ(ParseDuration("0s"), absl::ZeroDuration());
  for (const char* wrong : {"", "5", "m", "5x", "1m2h", "1h1h", "-5m", "99999999s", "1h "}) {
    EXPECT_EQ(ParseDuration(wrong), std::nullopt) << wrong;
  }
  EXPECT_EQ(ParseSpan("30s..2m"), (Span{absl::Seconds(30), absl::Minutes(2)}));
  EXPECT_EQ(ParseSpan("2m..30s"), std::nullopt);
  EXPECT_EQ(ParseSpan("30s.."), std::nullopt);
  EXPECT_EQ(ParseTime("2009-11-21T02:30:00+08:00"), absl::FromUnixSeconds(1258741800));
  EXPECT_EQ(ParseTime("2009-11-21"), std::nullopt);
}

TEST(TimeText, TimesOfDayAreBeijings) {
  EXPECT_EQ(ParseTimeOfDay("01:30"), absl::Minutes(90));
  EXPECT_EQ(ParseTimeOfDay("23:59"), absl::Hours(24) - absl::Minutes(1));
  for (const char* wrong : {"", "1:30", "24:00", "12:60", "aa:bb", "12-30", "01:30:00"}) {
    EXPECT_EQ(ParseTimeOfDay(wrong), std::nullopt) << wrong;
  }
  const absl::Time noon = *ParseTime("2026-12-31T04:00:00Z");
  EXPECT_EQ(TimeOfDay(noon), absl::Hours(12));
  EXPECT_EQ(NextTimeOfDay(absl::Hours(13), noon), noon + absl::Hours(1));
  EXPECT_EQ(NextTimeOfDay(absl::Hours(12), noon), noon + absl::Hours(24));
  EXPECT_EQ(NextTimeOfDay(absl::Minutes(90), noon), *ParseTime("2027-01-01T01:30:00+08:00"));
}

TEST(Dice, TheSameSeedAndPurposeThrowTheSame) {
  const Span span{absl::Seconds(30), absl::Seconds(90)};
  const Dice dice(7), again(7), other(8);
  std::set<absl::Duration> seen;
  int differs = 0;
  for (int i = 0; i < 200; ++i) {
    const std::string what = std::to_string(i);
    const absl::Duration delay = dice.Delay(span, {"answer", what});
    EXPECT_EQ(delay, again.Delay(span, {"answer", what}));
    differs += delay != other.Delay(span, {"answer", what}) ? 1 : 0;
    EXPECT_GE(delay, span.min);
    EXPECT_LE(delay, span.max);
    seen.insert(delay);
  }
  EXPECT_GT(seen.size(), 40u);
  EXPECT_GT(differs, 150);
  EXPECT_NE(dice.Chance(0.5, {"ab", "c"}) ? 1 : 0, 2);
  EXPECT_TRUE(dice.Chance(1, {"x"}));
  EXPECT_FALSE(dice.Chance(0, {"x"}));
}

TEST(References, NamesAreFoundAndTimesAreNotNames) {
  const auto names =
      ReferencesIn(json{{"name", "${response}/tasks/${task}"},
                        {"at", "${now+2h}"},
                        {"list", {"${n}", "${start}", "${date}", "${year}", "plain"}}});
  ASSERT_TRUE(names.ok());
  EXPECT_THAT(*names, ::testing::ElementsAre("response", "task"));
  EXPECT_FALSE(ReferencesIn(json("${open")).ok());
}

TEST(References, TextsAreFilledWithWhatWasSavedAndTheTime) {
  Values values;
  values.saved = {{"response", "responses/2009-0001"}};
  values.start = absl::FromUnixSeconds(1258741800);
  values.now = values.start + absl::Minutes(1);
  values.n = 3;
  const auto filled = Fill(json{{"name", "${response}/tasks/rescue"},
                                {"at", "${now+2h}"},
                                {"text", "续报${n}"},
                                {"day", "截至${date}，〔${year}〕1号"},
                                {"number", 5}},
                           values);
  ASSERT_TRUE(filled.ok());
  EXPECT_EQ((*filled)["name"], "responses/2009-0001/tasks/rescue");
  EXPECT_EQ((*filled)["at"], "2009-11-21T04:31:00+08:00");
  EXPECT_EQ((*filled)["text"], "续报3");
  EXPECT_EQ((*filled)["day"], "截至2009年11月21日，〔2009〕1号");
  EXPECT_EQ((*filled)["number"], 5);
  EXPECT_EQ(FillText("${nothing}", values).status().code(), absl::StatusCode::kNotFound);
}

TEST(References, APathPicksOneValueOfAnAnswer) {
  const json answer = json::parse(
      R"({"response":{"level":1,"effects":[{"id":"a","result":"alerts/1"},{"id":"b","result":"alerts/2"}]}})");
  EXPECT_EQ(*Pick(answer, "response.effects[id=b].result"), "alerts/2");
  EXPECT_EQ(*Pick(answer, "response.level"), "1");
  EXPECT_FALSE(Pick(answer, "response.effects[id=c].result").ok());
  EXPECT_FALSE(Pick(answer, "response.nothing").ok());
}

}  // namespace
}  // namespace huying::drill_client
