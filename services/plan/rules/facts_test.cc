// SPDX-License-Identifier: Apache-2.0
#include "services/plan/rules/facts.h"

#include <set>

#include "gtest/gtest.h"

namespace huying::plan::rules {
namespace {

TEST(Facts, EveryKeyStandsOnceAndHasAName) {
  std::set<std::string_view> keys;
  for (const FactInfo& fact : KnownFacts()) {
    EXPECT_TRUE(keys.insert(fact.key).second) << fact.key;
    EXPECT_FALSE(fact.name.empty()) << fact.key;
    EXPECT_EQ(FindFact(fact.key), &fact);
  }
  EXPECT_EQ(FindFact("death"), nullptr);
  EXPECT_EQ(NearestFact("mising"), "missing");
}

TEST(Facts, ANumberIsReadAndShownAsPeopleWriteIt) {
  EXPECT_EQ(NumberOf("missing", "139"), 139);
  EXPECT_EQ(NumberOf("level", "II"), 2);
  EXPECT_EQ(NumberOf("missing", "II"), std::nullopt);
  EXPECT_EQ(NumberOf("missing", "many"), std::nullopt);
  EXPECT_EQ(NumberOf("missing", "inf"), std::nullopt);
  EXPECT_EQ(NumberText(139), "139");
  EXPECT_EQ(NumberText(0.5), "0.5");
  EXPECT_EQ(NumberText(-0.00001), "0");
  EXPECT_EQ(NumberText(100), "100");
}

}  // namespace
}  // namespace huying::plan::rules
