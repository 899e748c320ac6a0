// SPDX-License-Identifier: Apache-2.0
#include "services/incident/rules/facts.h"

#include <map>

#include "gtest/gtest.h"
#include "services/platform/base/clock.h"

namespace huying::incident::rules {
namespace {

const absl::Time kNow = absl::FromUnixSeconds(1'800'000'000);

std::map<std::string, plan::v1::Fact> ByKey(const v1::Incident& incident) {
  std::map<std::string, plan::v1::Fact> facts;
  for (auto& fact : FactsOf(incident, kNow)) facts[fact.key()] = fact;
  return facts;
}

TEST(Facts, WhatNobodyReportedIsLeftOutAndNeverZero) {
  v1::Incident incident;
  EXPECT_EQ(ByKey(incident).count("missing"), 0u);
  EXPECT_EQ(ByKey(incident).count("level"), 0u);
  EXPECT_EQ(ByKey(incident).count("class"), 0u);
  incident.mutable_figures();
  EXPECT_EQ(ByKey(incident).at("missing").number(), 0);
}

TEST(Facts, AnIncidentTellsAPlanWhatItKnows) {
  v1::Incident incident;
  incident.set_event_class(v1::ACCIDENT);
  incident.set_level(v1::LEVEL_I);
  incident.set_state(v1::CONTROLLED);
  incident.set_area("230407001000");
  incident.mutable_figures()->set_dead(42);
  incident.mutable_figures()->set_missing(66);
  *incident.mutable_received_at() = base::ToProto(kNow - absl::Minutes(90));
  auto facts = ByKey(incident);
  EXPECT_EQ(facts.at("class").text(), "ACCIDENT");
  EXPECT_EQ(facts.at("level").number(), 1);
  EXPECT_TRUE(facts.at("controlled").truth());
  EXPECT_EQ(facts.at("dead_and_missing").number(), 108);
  EXPECT_EQ(facts.at("hours").number(), 1.5);
}

TEST(Facts, TheKeyChangesWithTheFactsAndNotWithTheTime) {
  v1::Incident incident;
  incident.mutable_figures()->set_missing(139);
  *incident.mutable_received_at() = base::ToProto(kNow);
  const std::string key = FactsKey(incident);
  *incident.mutable_received_at() = base::ToProto(kNow + absl::Hours(1));
  incident.set_place("井口");
  EXPECT_EQ(FactsKey(incident), key);
  incident.mutable_figures()->set_missing(108);
  EXPECT_NE(FactsKey(incident), key);
}

TEST(Facts, ATraceBecomesLinesThatExplain) {
  plan::v1::ConditionTrace trace;
  trace.set_text("任一满足");
  trace.set_holds(true);
  auto* part = trace.add_parts();
  part->set_text("失踪 139 ≥ 30");
  part->set_holds(true);
  part = trace.add_parts();
  part->set_text("重伤（未知） ≥ 100");
  part->set_unknown(true);
  trace.add_parts()->set_text("被困 0 ≥ 30：不满足");
  const std::vector<std::string> expected = {"✓ 任一满足", "  ✓ 失踪 139 ≥ 30",
                                             "  ？ 重伤（未知） ≥ 100", "  ✗ 被困 0 ≥ 30：不满足"};
  EXPECT_EQ(TraceLines(trace), expected);
}

}  // namespace
}  // namespace huying::incident::rules
