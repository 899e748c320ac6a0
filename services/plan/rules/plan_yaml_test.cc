// SPDX-License-Identifier: Apache-2.0
#include "services/plan/rules/plan_yaml.h"

#include <fstream>
#include <sstream>

#include "absl/strings/str_replace.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/plan/rules/dry_run.h"
#include "services/platform/base/status.h"

namespace huying::plan::rules {
namespace {

using ::testing::HasSubstr;

constexpr char kPlan[] = R"(plan: snow
title: 暴雪应急预案
type: SPECIAL
tier: DISTRICT
classes: [NATURAL]
commander: posts/commander
legal_basis:
  - {kind: LAW, title: 突发事件应对法, article: 第七十二条}
levels:
  - level: 4
    approver: posts/deputy-commander
    start: affected >= 10
    end: {if: controlled == true, text: 已控制}
    matters: [除雪]
    expected_period: 1d12h
    measures: [出动机械]
    notices:
      - {id: inform, title: 除雪通知, text: 请上路除雪, tiers: [COMMUNITY]}
    tasks:
      - {id: roads, unit: units/city, post: posts/city, action: 清扫主干道, within: 2h}
)";

std::string With(const std::string& from, const std::string& to) {
  std::string changed = absl::StrReplaceAll(kPlan, {{from, to}});
  EXPECT_NE(changed, kPlan) << from;
  return changed;
}
std::string ShippedPlan() {
  std::ifstream file(std::string(HUYING_SOURCE_DIR) +
                     "/deploy/config/xingshan/plans/mine-accident.yaml");
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

TEST(PlanYaml, AGoodTextIsReadWholly) {
  const PlanText read = ReadPlan(kPlan);
  ASSERT_TRUE(FirstError(read.findings).ok()) << FirstError(read.findings);
  EXPECT_TRUE(read.findings.empty());
  const v1::Plan& plan = read.plan;
  EXPECT_EQ(plan.name(), "plans/snow");
  EXPECT_EQ(plan.type(), v1::SPECIAL);
  EXPECT_EQ(plan.tier(), common::v1::DISTRICT);
  ASSERT_EQ(plan.levels_size(), 1);
  const v1::ResponseLevel& level = plan.levels(0);
  EXPECT_EQ(level.level(), 4);
  EXPECT_EQ(level.start().compare().fact(), "affected");
  EXPECT_EQ(level.end().text(), "已控制");
  EXPECT_EQ(level.end().compare().values(0), "true");
  EXPECT_EQ(level.expected_period().seconds(), 36 * 3600);
  EXPECT_EQ(level.tasks(0).within().seconds(), 7200);
  EXPECT_EQ(level.notices(0).tiers(0), common::v1::COMMUNITY);
  EXPECT_EQ(plan.legal_basis(0).kind(), common::v1::LegalBasis::LAW);
}

// Each fault is found at its line and column.
TEST(PlanYaml, EachFaultNamesItsLineAndColumn) {
  struct Row {
    std::string from, to;
    int line, column;
    std::string field;
  };
  const std::vector<Row> rows = {
      {"approver:", "aprover:", 11, 5, "levels[0].aprover"},
      {"type: SPECIAL", "type: SPECAL", 3, 7, "type"},
      {"tier: DISTRICT", "tier: CITY", 4, 7, "tier"},
      {"[NATURAL]", "[NATURE]", 5, 11, "classes[0]"},
      {"level: 4", "level: 5", 10, 12, "levels[0].level"},
      {"level: 4", "level: four", 10, 12, "levels[0].level"},
      {"affected >= 10", "afected >= 10", 12, 12, "levels[0].start"},
      {"affected >= 10", "affected", 12, 12, "levels[0].start"},
      {"1d12h", "soon", 15, 22, "levels[0].expected_period"},
      {"title: 除雪通知, ", "", 18, 9, "levels[0].notices[0].title"},
      {"[COMMUNITY]", "[VILLAGE]", 18, 58, "levels[0].notices[0].tiers[0]"},
      {"within: 2h", "within: 2x", 20, 84, "levels[0].tasks[0].within"},
      {"unit: units/city", "unit: city", 20, 28, "levels[0].tasks[0].unit"},
      {"kind: LAW", "kind: MEETING_MINUTES", 8, 12, "legal_basis[0].kind"},
      {"plan: snow", "plan: Snow plan", 1, 7, "plan"},
      {"    tasks:\n", "    task:\n", 19, 5, "levels[0].task"},
  };
  for (const Row& row : rows) {
    const PlanText read = ReadPlan(With(row.from, row.to));
    const v1::LintFinding* found = nullptr;
    for (const v1::LintFinding& finding : read.findings) {
      if (finding.is_error() && finding.field() == row.field && found == nullptr) found = &finding;
    }
    ASSERT_NE(found, nullptr) << row.to;
    EXPECT_EQ(found->line(), row.line) << row.to << ": " << found->message_en();
    if (row.line != 18 &&
        row.line != 20) {  // columns count bytes or characters there, as the reader does
      EXPECT_EQ(found->column(), row.column) << row.to << ": " << found->message_en();
    } else {
      EXPECT_GT(found->column(), 1) << row.to;
    }
  }
}

TEST(PlanYaml, TheFirstErrorSaysWhereItIsAndHowManyMoreThereAre) {
  const PlanText read =
      ReadPlan(absl::StrReplaceAll(kPlan, {{"approver:", "aprover:"}, {"level: 4", "level: 9"}}));
  const base::Problem problem = base::ProblemOf(FirstError(read.findings));
  EXPECT_EQ(problem.reason(), base::Reason::FIELD_INVALID);
  EXPECT_THAT(problem.message(), HasSubstr("第 10 行"));
  EXPECT_THAT(problem.message(), HasSubstr("另有"));
  EXPECT_THAT(problem.message_en(), HasSubstr("line 10"));
  EXPECT_EQ(problem.rule_id(), "plan.file");
}

TEST(PlanYaml, TwoKindsOfConditionAtOnceAreRefused) {
  const PlanText read = ReadPlan(
      With("start: affected >= 10", "start: {all: [affected >= 1], any: [affected >= 2]}"));
  EXPECT_FALSE(FirstError(read.findings).ok());
}

TEST(PlanYaml, ATextOfAnyKindIsAnswered) {
  for (const char* text : {"", "null", "[1, 2]", "plan: [", "levels: 3", "levels: [3]",
                           "levels: [{start: {any: {}}}]", "? [a]\n: b", "\t", "&a [*a]"}) {
    EXPECT_FALSE(FirstError(ReadPlan(text).findings).ok()) << text;
  }
}

// R3: the plan that is shipped is complete, and says that it is fictional.
TEST(PlanYaml, R3TheShippedPlanHasNoFindingAndSaysThatItIsFictional) {
  const std::string text = ShippedPlan();
  ASSERT_FALSE(text.empty());
  EXPECT_THAT(text, HasSubstr("虚构"));
  const PlanText read = ReadPlan(text);
  for (const auto& finding : read.findings) ADD_FAILURE() << finding.ShortDebugString();
  EXPECT_THAT(read.plan.title(), HasSubstr("演示"));
  EXPECT_EQ(read.plan.levels_size(), 4);
  for (const auto& level : read.plan.levels()) {
    EXPECT_FALSE(level.matters().empty());
    EXPECT_FALSE(level.measures().empty());
    EXPECT_GT(level.expected_period().seconds(), 0);
  }
}

// The first report of 2009-11-21: 139 not accounted for.
TEST(PlanYaml, TheShippedPlanStartsLevelOneForTheFirstReport) {
  const v1::Plan plan = ReadPlan(ShippedPlan()).plan;
  Facts facts;
  const auto give = [&](const char* key, double number) {
    facts[key].set_key(key);
    facts[key].set_number(number);
  };
  give("trapped", 139);
  auto run = DryRunPlan(plan, 0, facts);
  ASSERT_TRUE(run.ok()) << run.status();
  EXPECT_EQ(run->suggested_level(), 1);
  give("trapped", 4);
  EXPECT_EQ(DryRunPlan(plan, 0, facts)->suggested_level(), 3);
  give("level", 2);
  EXPECT_EQ(DryRunPlan(plan, 0, facts)->suggested_level(), 2);
}

}  // namespace
}  // namespace huying::plan::rules
