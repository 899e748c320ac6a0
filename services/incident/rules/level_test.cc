// SPDX-License-Identifier: Apache-2.0
#include "services/incident/rules/level.h"

#include <algorithm>
#include <fstream>
#include <map>
#include <random>
#include <sstream>

#include "absl/strings/numbers.h"
#include "absl/strings/str_split.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/platform/base/status.h"

namespace huying::incident::rules {
namespace {

using base::Reason;
using ::testing::HasSubstr;
const absl::Time kNow = absl::FromUnixSeconds(1'800'000'000);

v1::Figures Of(int64_t dead, int64_t missing, int64_t injured = 0, int64_t loss = 0) {
  v1::Figures figures;
  figures.set_dead(dead);
  figures.set_missing(missing);
  figures.set_seriously_injured(injured);
  figures.set_direct_loss_yuan(loss);
  return figures;
}
v1::EventLevel Level(const v1::Figures& figures) {
  return ComputeLevel(v1::ACCIDENT, figures, {}).level;
}

// Decree 493 article 3 at and around every bound.
TEST(Level, GoldenRowsOfTheAccidentThresholds) {
  std::ifstream file(std::string(HUYING_SOURCE_DIR) +
                     "/services/incident/testdata/accident_levels.csv");
  ASSERT_TRUE(file.good());
  const std::map<std::string, v1::EventLevel> names = {
      {"I", v1::LEVEL_I}, {"II", v1::LEVEL_II}, {"III", v1::LEVEL_III}, {"IV", v1::LEVEL_IV}};
  std::string line;
  std::getline(file, line);
  EXPECT_EQ(line, "deaths,missing,serious_injuries,loss_yuan,level,why");
  int rows = 0;
  while (std::getline(file, line)) {
    const std::vector<std::string> cells = absl::StrSplit(line, ',');
    ASSERT_EQ(cells.size(), 6u) << line;
    const auto number = [&](int i) {
      int64_t value = -1;
      EXPECT_TRUE(absl::SimpleAtoi(cells[i], &value)) << line;
      return value;
    };
    EXPECT_EQ(Level(Of(number(0), number(1), number(2), number(3))), names.at(cells[4])) << line;
    ++rows;
  }
  EXPECT_GE(rows, 14);
}

// Invariant 9: the level is the worst that any one condition reaches.
TEST(Level, Invariant9TheLevelIsTheMaximumOverConditions) {
  std::mt19937_64 random(493);
  const auto pick = [&](int64_t max) { return static_cast<int64_t>(random() % (max + 1)); };
  for (int round = 0; round < 5000; ++round) {
    const v1::Figures all = Of(pick(40), pick(40), pick(120), pick(120'000'000));
    const v1::EventLevel alone[] = {Level(Of(all.dead() + all.missing(), 0)),
                                    Level(Of(0, 0, all.seriously_injured())),
                                    Level(Of(0, 0, 0, all.direct_loss_yuan()))};
    ASSERT_EQ(Level(all), *std::min_element(std::begin(alone), std::end(alone)))
        << all.ShortDebugString();
    // More of anything never makes it better.
    v1::Figures more = all;
    more.set_missing(all.missing() + pick(20));
    ASSERT_FALSE(IsWorse(Level(all), Level(more)));
  }
}

TEST(Level, TheFirstReportOf139MissingIsGradedIAndSaysWhy) {
  const Computed computed = ComputeLevel(v1::ACCIDENT, Of(0, 139), {});
  EXPECT_EQ(computed.level, v1::LEVEL_I);
  ASSERT_EQ(computed.reasons.size(), 1u);
  EXPECT_EQ(computed.reasons[0], "死亡和失踪 139 ≥ 30（第493号令 第三条）");
  EXPECT_EQ(ComputeLevel(v1::ACCIDENT, Of(30, 0, 100), {}).reasons.size(), 2u);
  EXPECT_THAT(ComputeLevel(v1::ACCIDENT, Of(0, 0), {}).reasons[0], HasSubstr("未达到"));
}

TEST(Level, OtherClassesAreNotComputedAndSocialSecurityHasNone) {
  EXPECT_EQ(ComputeLevel(v1::NATURAL, Of(50, 0), {}).level, v1::EVENT_LEVEL_UNSPECIFIED);
  EXPECT_EQ(ComputeLevel(v1::SOCIAL_SECURITY, Of(50, 0), {}).level, v1::EVENT_LEVEL_UNSPECIFIED);
  v1::Incident incident;
  incident.set_event_class(v1::SOCIAL_SECURITY);
  const absl::Status refused = SetLevel(incident, v1::LEVEL_I, "大", "省政府", {}, {}, kNow);
  EXPECT_EQ(base::ProblemOf(refused).reason(), Reason::GUARD_HARD);
  EXPECT_EQ(base::ProblemOf(refused).legal_article(), "突发事件应对法 第三条");
  incident.set_event_class(v1::NATURAL);
  EXPECT_TRUE(SetLevel(incident, v1::LEVEL_II, "研判", "", {}, {}, kNow).ok());
  EXPECT_EQ(incident.level(), v1::LEVEL_II);
}

class RegradeTest : public ::testing::Test {
 protected:
  RegradeTest() { incident_.set_event_class(v1::ACCIDENT); }
  bool Now(const v1::Figures& figures) {
    *incident_.mutable_figures() = figures;
    return Regrade(incident_, {}, {}, kNow);
  }
  v1::Incident incident_;
};

TEST_F(RegradeTest, R54EveryChangeIsANewJudgementAndNoneIsRewritten) {
  EXPECT_TRUE(Now(Of(0, 139)));
  EXPECT_FALSE(Now(Of(42, 66)));
  ASSERT_EQ(incident_.level_history_size(), 1);
  const std::string first = incident_.level_history(0).SerializeAsString();
  EXPECT_TRUE(Now(Of(11, 0)));
  EXPECT_EQ(incident_.level(), v1::LEVEL_II);
  ASSERT_EQ(incident_.level_history_size(), 2);
  EXPECT_EQ(incident_.level_history(0).SerializeAsString(), first);
  EXPECT_TRUE(incident_.level_history(1).by_rule());
}

TEST_F(RegradeTest, APersonMayRaiseAndTheRaiseStaysUntilTheFiguresAreWorse) {
  Now(Of(4, 0));
  ASSERT_TRUE(SetLevel(incident_, v1::LEVEL_II, "敏感时段", "", {}, {}, kNow).ok());
  EXPECT_EQ(incident_.level(), v1::LEVEL_II);
  EXPECT_EQ(incident_.level_history(1).computed(), v1::LEVEL_III);
  EXPECT_EQ(incident_.level_history(1).reason(), "敏感时段");
  EXPECT_FALSE(Now(Of(5, 0)));
  EXPECT_EQ(incident_.level(), v1::LEVEL_II);
  EXPECT_TRUE(Now(Of(31, 0)));
  EXPECT_EQ(incident_.level(), v1::LEVEL_I);
}

TEST_F(RegradeTest, OnlyASuperiorGoesBelowAndOnlyForTheFiguresItKnew) {
  Now(Of(12, 0));
  const base::Problem refused =
      base::ProblemOf(SetLevel(incident_, v1::LEVEL_III, "影响小", "", {}, {}, kNow));
  EXPECT_EQ(refused.reason(), Reason::GUARD_HARD);
  EXPECT_EQ(refused.rule_id(), "level.lower-than-computed");
  EXPECT_EQ(incident_.level(), v1::LEVEL_II);
  ASSERT_TRUE(SetLevel(incident_, v1::LEVEL_III, "认定", "省应急管理厅", {}, {}, kNow).ok());
  EXPECT_EQ(incident_.level(), v1::LEVEL_III);
  EXPECT_EQ(incident_.level_history(1).superior_body(), "省应急管理厅");
  Now(Of(13, 0));
  EXPECT_EQ(incident_.level(), v1::LEVEL_III) << "no worse than the superior knew";
  Now(Of(35, 0));
  EXPECT_EQ(incident_.level(), v1::LEVEL_I);
}

TEST_F(RegradeTest, AThresholdOfTheRuleTableIsUsedAndItsBasisQuoted) {
  Limits limits;
  limits.accident.deaths = {5, 3, 1};
  limits.accident.basis.set_kind(common::v1::LegalBasis::ADMIN_REGULATION);
  limits.accident.basis.set_article("第三条");
  *incident_.mutable_figures() = Of(5, 0);
  EXPECT_TRUE(Regrade(incident_, limits, {}, kNow));
  EXPECT_EQ(incident_.level(), v1::LEVEL_I);
  ASSERT_EQ(incident_.level_history(0).legal_basis_size(), 1);
  EXPECT_EQ(incident_.level_history(0).legal_basis(0).article(), "第三条");
}

}  // namespace
}  // namespace huying::incident::rules
