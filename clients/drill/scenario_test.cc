// SPDX-License-Identifier: Apache-2.0
#include "clients/drill/scenario.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "clients/drill/yaml_message.h"
#include "services/drill/rules/score.h"

namespace huying::drill_client {
namespace {

using ::testing::HasSubstr;

constexpr char kGood[] = R"(scenario: small
title: 小演练
start: 2009-11-21T01:30:00+08:00
end: 3h
seed: 7
plans: [plans/mine]
reactions:
  alert: {delivered: 1s..5s, read: 10s..60s, answer: 1m..4m, kind: ON_POST}
  task: {accept: 1m, complete: 20m..40m, feedback: 已完成}
actors:
  - post: posts/duty
  - posts: [posts/pingan, posts/guoan]
    alert: {answer: 2m}
  - post: posts/silent
    silent: answer
    silent_until: 1h
injects:
  - {id: alarm, at: 7m, to: posts/duty, text: 瓦斯报警}
  - {id: blast, at: "2009-11-21T02:30:00+08:00", text: 爆炸}
events:
  - id: silent-seen
    match: {kind: escalation, fields: {silent_posts: posts/silent}}
acts:
  - id: intake
    who: posts/duty
    after: alarm
    delay: 1m..2m
    call: incident.TakeIntake
    with:
      event_class: ACCIDENT
      title: 瓦斯爆炸
      area: "230407000000"
      occurred_at: 2009-11-21T02:30:00+08:00
      figures: {missing: 139, checked: false}
  - id: report
    who: posts/duty
    at: 1h
    call: incident.DraftReport
    every: 30m
    times: 3
    with:
      incident: ${intake}
      chain: GOVERNMENT
      content: {text: "续报${n}"}
  - id: look
    who: posts/duty
    after: intake
    call: incident.GetIncident
    with: {name: "${intake}"}
    save: {title: incident.title}
expectations:
  - id: quick
    text: 30分钟内电话报告
    from: alarm
    match: {act: incident.SendReportOrally, fields: {}}
    limit: 30m
    rule: report.first-oral
  - id: quiet
    text: 平安社区沉默
    from: quick
    match: {act: alert.Answer, post: posts/silent}
    limit: 10m
    silence: true
)";

std::optional<Scenario> Parse(const std::string& yaml, Findings& findings) {
  return ParseScenario(yaml, findings);
}
std::string Text(const Findings& findings) {
  std::string text;
  for (const Finding& f : findings) absl::StrAppend(&text, f.line, ": ", f.en, "\n");
  return text;
}

TEST(Scenario, AGoodOneIsReadWhole) {
  Findings findings;
  const auto scenario = Parse(kGood, findings);
  ASSERT_TRUE(scenario.has_value());
  EXPECT_TRUE(findings.empty()) << Text(findings);
  EXPECT_EQ(scenario->start, absl::FromUnixSeconds(1258738200));
  EXPECT_EQ(scenario->length, absl::Hours(3));
  ASSERT_EQ(scenario->actors.size(), 4u);
  EXPECT_EQ(scenario->actors[0].reactions.answer_kind, "ON_POST");
  EXPECT_EQ(scenario->actors[1].reactions.answer, (Span{absl::Minutes(2), absl::Minutes(2)}));
  EXPECT_EQ(scenario->actors[1].reactions.read->max, absl::Seconds(60)) << "the default stays";
  EXPECT_EQ(scenario->actors[3].silence, Silence::kAnswer);
  EXPECT_EQ(scenario->actors[3].silent_until, absl::Hours(1));
  EXPECT_EQ(drill::rules::ToDuration(scenario->injects[1].inject.offset()), absl::Hours(1));
  ASSERT_EQ(scenario->acts.size(), 5u) << "a repetition is as many acts";
  EXPECT_EQ(scenario->acts[3].id, "report-3");
  EXPECT_EQ(*scenario->acts[3].when.at, absl::Hours(2));
  EXPECT_EQ(scenario->acts[0].body["event_class"], "ACCIDENT");
  EXPECT_EQ(scenario->acts[0].body["figures"]["missing"], 139);
  EXPECT_EQ(scenario->acts[0].body["area"], "230407000000") << "digits stay a text";
  EXPECT_EQ(scenario->acts[4].save.at("title"), "incident.title");
  const auto request = scenario->ToRequest(absl::UnixEpoch());
  EXPECT_EQ(request.starts_at().seconds(), 1258738200) << "a chosen start is kept";
  EXPECT_EQ(request.injects_size(), 2);
  EXPECT_EQ(request.expectations(1).from(), "quick");
  EXPECT_EQ(request.actor_posts_size(), 4);
}

constexpr char kStart[] = "start: 2009-11-21T01:30:00+08:00";

TEST(Scenario, WithoutAStartItBeginsWhenItIsPlayedAndHoldsOffsetsOnly) {
  const std::string undated = absl::StrReplaceAll(
      kGood, {{std::string(kStart) + "\n", ""}, {"\"2009-11-21T02:30:00+08:00\"", "1h"}});
  Findings findings;
  auto scenario = Parse(undated, findings);
  ASSERT_TRUE(scenario.has_value() && findings.empty()) << Text(findings);
  const absl::Time now = absl::FromUnixSeconds(1258738200);  // 01:30 in Beijing
  EXPECT_FALSE(scenario->ToRequest(now).has_starts_at()) << "the server's now";
  scenario->time_of_day = absl::Minutes(90);
  EXPECT_EQ(scenario->StartsAt(now), now + absl::Hours(24)) << "the next one, not this one";
  EXPECT_EQ(scenario->StartsAt(now - absl::Seconds(1)), now);
  scenario->start = now - absl::Hours(1);
  EXPECT_EQ(scenario->StartsAt(now), now - absl::Hours(1)) << "the chosen one";

  findings.clear();
  Parse(absl::StrReplaceAll(kGood, {{std::string(kStart) + "\n", ""}}), findings);
  EXPECT_THAT(Text(findings), HasSubstr("needs re_enacts or start, or a duration"));
}

constexpr char kReEnactment[] = R"(scenario: again
title: 重演
re_enacts: 2009-11-21T01:30:00+08:00
sources: [新闻报道]
end: 2009-11-21T04:00:00+08:00
seed: 1
actors:
  - post: posts/duty
injects:
  - {id: blast, at: "2009-11-21T02:30:00+08:00", source: published, text: 爆炸}
  - {id: gas, at: 2h, source: setting, text: （设定）瓦斯}
)";

TEST(Scenario, AReEnactmentKeepsThePublishedTimesAndBeginsAtTheirTimeOfDay) {
  Findings findings;
  auto scenario = Parse(kReEnactment, findings);
  ASSERT_TRUE(scenario.has_value() && findings.empty()) << Text(findings);
  EXPECT_FALSE(scenario->start.has_value());
  EXPECT_EQ(drill::rules::ToDuration(scenario->injects[0].inject.offset()), absl::Hours(1));
  EXPECT_EQ(scenario->length, absl::Minutes(150));
  EXPECT_EQ(scenario->injects[0].source, Source::kPublished);
  EXPECT_EQ(scenario->injects[1].source, Source::kSetting);
  absl::Time noon, night;
  ASSERT_TRUE(absl::ParseTime(absl::RFC3339_full, "2026-12-06T12:00:00+08:00", &noon, nullptr));
  ASSERT_TRUE(absl::ParseTime(absl::RFC3339_full, "2026-12-07T01:30:00+08:00", &night, nullptr));
  EXPECT_EQ(scenario->StartsAt(noon), night);
  EXPECT_EQ(ParseStart("2026-12-07", *scenario), night) << "a date is enough";
  EXPECT_EQ(ParseStart("2026-12-06T12:00:00+08:00", *scenario), noon);
  for (const char* wrong : {"", "tomorrow", "2026-13-01", "01:30"}) {
    EXPECT_FALSE(ParseStart(wrong, *scenario).has_value()) << wrong;
  }
}

TEST(Scenario, AReEnactmentSaysWhatWasPublishedAndWhatWasSet) {
  struct Case {
    std::string from, to, says;
  };
  for (const Case& c : std::vector<Case>{
           {"source: published, ", "", "must be 'published', 'published-day'"},
           {"source: published", "source: rumour", "must be 'published', 'published-day'"},
           {"text: （设定）瓦斯", "text: 瓦斯", "what is set says （设定）"},
           {"source: published", "source: published-day", "what is set says （设定）"},
           {"sources: [新闻报道]\n", "", "a re-enactment names its sources"},
           {"re_enacts: 2009", "start: 2009", "is for re-enactments (re_enacts) only"}}) {
    Findings findings;
    Parse(absl::StrReplaceAll(kReEnactment, {{c.from, c.to}}), findings);
    EXPECT_THAT(Text(findings), HasSubstr(c.says)) << c.to;
  }
}

struct Slip {
  std::string from;
  std::string to;
  int line;
  std::string says;
};

TEST(Scenario, EachSlipIsFoundAtItsLine) {
  const std::vector<Slip> slips = {
      {"title: 小演练", "titel: 小演练", 2, "no key 'titel', did you mean title"},
      {"seed: 7", "seed: seven", 5, "must be a whole number"},
      {"title: 小演练", "title: \xC3\xBA\xBF\xF3", 2, "not UTF-8 (GBK, perhaps)"},
      {"end: 3h", "end: 3 hours", 4, "is written like 1h30m"},
      {"start: 2009-11-21T01:30:00+08:00", "start: yesterday", 3, "a time is written like"},
      {"delivered: 1s..5s", "delivered: 5s..1s", 8, "30s..2m"},
      {"kind: ON_POST", "kind: MAYBE", 8, "must be RECEIVED"},
      {"silent: answer", "silent: perhaps", 15, "silent"},
      {"- post: posts/duty", "- post: posts/pingan", 12, "stands twice"},
      {"to: posts/duty, text", "to: posts/dutty, text", 18, "did you mean posts/duty"},
      {"{id: alarm, at: 7m", "{id: alarm, at: 9h", 18, "comes after the end"},
      {"call: incident.TakeIntake", "call: incident.TakeIntak", 28,
       "did you mean incident.TakeIntake"},
      {"      title: 瓦斯爆炸", "      titel: 瓦斯爆炸", 31,
       "no field 'titel', did you mean title"},
      {"event_class: ACCIDENT", "event_class: ACIDENT", 30, "did you mean ACCIDENT"},
      {"missing: 139", "missing: many", 34, "must be a whole number"},
      {"checked: false", "checked: no", 34, "must be true or false"},
      {"occurred_at: 2009-11-21T02:30:00+08:00", "occurred_at: 02:30", 33, "must be a time like"},
      {"    after: alarm", "    after: alram", 24, "'alram' is unknown"},
      {"      incident: ${intake}", "      incident: ${intak}", 35, "did you mean intake"},
      {"      incident: ${intake}", "      request_id: x", 42, "made by the program"},
      {"    at: 1h\n", "    at: 1m\n", 35, "used before it is made"},
      {"times: 3", "times: 0", 40, "a repetition needs at and every"},
      {"    limit: 30m", "    limit: 0s", 56, "must be above 0"},
      {"from: alarm", "from: alarn", 52, "there is no 'alarn'"},
      {"  - id: look", "  - id: intake", 45, "is taken by line 24"},
      {"post: posts/silent}\n    limit", "post: posts/silnt}\n    limit", 58, "posts/silent"},
      {"call: incident.GetIncident", "call: alert.Subscribe", 48, "cannot call this RPC"},
      {"with: {name: \"${intake}\"}", "with: {name: \"${intake\"}", 49, "without '}'"},
  };
  for (const Slip& slip : slips) {
    ASSERT_THAT(kGood, HasSubstr(slip.from));
    Findings findings;
    Parse(absl::StrReplaceAll(kGood, {{slip.from, slip.to}}), findings);
    EXPECT_TRUE(HasErrors(findings)) << slip.to;
    bool found = false;
    for (const Finding& f : findings) {
      found = found || (f.line == slip.line && f.en.find(slip.says) != std::string::npos);
      EXPECT_FALSE(f.zh.empty()) << f.en;
    }
    EXPECT_TRUE(found) << slip.to << " gives\n" << Text(findings);
  }
}

TEST(Scenario, ACircleOfAfterIsFound) {
  Findings findings;
  Parse(absl::StrReplaceAll(kGood, {{"    after: alarm\n    delay: 1m..2m", "    after: look"}}),
        findings);
  EXPECT_THAT(Text(findings),
              HasSubstr("24: 'intake': after 'look' is unknown or goes in a circle"));
}

TEST(Scenario, BrokenYamlIsOneFindingWithItsPlace) {
  for (const char* text : {"a: [1, 2", "a: b: c", "\t- x", "just text", "", "[1]"}) {
    Findings findings;
    EXPECT_FALSE(ParseScenario(text, findings).has_value()) << text;
    ASSERT_EQ(findings.size(), 1u) << text;
  }
  Findings findings;
  EXPECT_FALSE(ParseScenario(std::string(kScenarioBytesMax + 1, ' '), findings).has_value());
}

TEST(Scenario, ADirectoryNamesUnknownPostsAndPlans) {
  Findings findings;
  const auto scenario = Parse(kGood, findings);
  ASSERT_TRUE(scenario.has_value());
  CheckAgainst(*scenario,
               {.posts = {"posts/duty", "posts/pingan", "posts/guoan", "posts/silence"},
                .plans = {"plans/flood"}},
               findings);
  ASSERT_EQ(findings.size(), 2u) << Text(findings);
  EXPECT_EQ(findings[0].line, 14);
  EXPECT_THAT(findings[0].en, HasSubstr("did you mean posts/silence"));
  EXPECT_THAT(findings[1].en, HasSubstr("plans/mine"));
}

TEST(Methods, EveryRpcHasAShortNameThatFindsIt) {
  const auto names = MethodNames();
  EXPECT_GT(names.size(), 80u);
  for (const std::string& name : names) {
    const auto* method = FindMethod(name);
    ASSERT_NE(method, nullptr) << name;
    EXPECT_EQ(ShortName(*method), name);
  }
  EXPECT_EQ(FullName(*FindMethod("alert.IssueNotice")), "huying.alert.v1.AlertService/IssueNotice");
  for (const char* wrong : {"", ".", "alert", "alert.", ".IssueNotice", "alert.x.y"}) {
    EXPECT_EQ(FindMethod(wrong), nullptr) << wrong;
  }
}

}  // namespace
}  // namespace huying::drill_client
