// SPDX-License-Identifier: Apache-2.0
#include "services/platform/rules/rule_table.h"

#include <gtest/gtest.h>

namespace huying::rules {
namespace {

absl::Time Day(int year) {
  return absl::FromCivil(absl::CivilDay(year, 1, 1), absl::UTCTimeZone());
}

TEST(RuleTable, AnOldCaseUsesTheRowOfItsDate) {
  auto table = RuleTable::FromText(R"(
    rows { id: "x" duration { seconds: 7200 } project_default: true effective_to { seconds: 1704067200 } }
    rows { id: "x" duration { seconds: 3600 } project_default: true effective_from { seconds: 1704067200 } }
  )");
  ASSERT_TRUE(table.ok()) << table.status();
  EXPECT_EQ(table->DurationOf("x", Day(2009), absl::ZeroDuration()), absl::Hours(2));
  EXPECT_EQ(table->DurationOf("x", Day(2026), absl::ZeroDuration()), absl::Hours(1));
}

TEST(RuleTable, TwoRowsInForceAtOnceAreRefused) {
  auto table = RuleTable::FromText(R"(
    rows { id: "x" number: 1 project_default: true }
    rows { id: "x" number: 2 project_default: true }
  )");
  EXPECT_EQ(table.status().code(), absl::StatusCode::kInvalidArgument);
}

TEST(RuleTable, ARowWithoutBasisMustSayThatItIsAProjectDefault) {
  EXPECT_FALSE(RuleTable::FromText(R"(rows { id: "x" number: 1 })").ok());
}

TEST(RuleTable, ASpellingErrorIsNamedByLine) {
  auto table = RuleTable::FromText("rows {\n  idd: \"x\"\n}");
  ASSERT_FALSE(table.ok());
  EXPECT_NE(table.status().message().find("line 2"), absl::string_view::npos) << table.status();
}

TEST(RuleTable, TheShippedTableIsSound) {
  auto table = RuleTable::FromTextFile(HUYING_SOURCE_DIR "/deploy/config/rules.textproto");
  ASSERT_TRUE(table.ok()) << table.status();
  EXPECT_EQ(table->NumberOf("level.accident.deaths.I", Day(2026), 0), 30);
}

TEST(RuleTable, AMissingRowGivesTheFallbackAndIsNamed) {
  auto table = RuleTable::FromText("");
  ASSERT_TRUE(table.ok());
  EXPECT_EQ(table->NumberOf("y", Day(2026), 3), 3);
  EXPECT_EQ(table->Missing({"y"}, Day(2026)), std::vector<std::string>{"y"});
}

}  // namespace
}  // namespace huying::rules
