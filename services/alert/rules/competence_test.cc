// SPDX-License-Identifier: Apache-2.0
#include "services/alert/rules/competence.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "services/alert/testing/records.h"
#include "services/platform/base/status.h"

namespace huying::alert::rules {
namespace {
using base::Reason;
using testing::Person;

// R41 and DOMAIN §5.0: competence cannot be lent.
TEST(Competence, SubdistrictAndCommunityNeverIssueAWarning) {
  EXPECT_TRUE(RequireDistrict(Person("d")).ok());
  for (const auto tier : {common::v1::SUBDISTRICT, common::v1::COMMUNITY, common::v1::EXTERNAL}) {
    const auto problem = base::ProblemOf(RequireDistrict(Person("x", tier)));
    EXPECT_EQ(problem.reason(), Reason::GUARD_HARD);
    EXPECT_EQ(problem.rule_id(), "alert.warning-district-only");
  }
}

TEST(Competence, AreaAndTierAreHardAMissingPowerItemIsFlagged) {
  const Parents none;
  Competence said{
      .covers_area = true, .has_permission = true, .tier_ok = true, .power_item = "powers/1"};
  const std::vector<std::string> areas = {testing::kNorth};
  auto verdict = JudgeCompetence(Person("d"), said, areas, none);
  ASSERT_TRUE(verdict.ok());
  EXPECT_TRUE(verdict->flags.empty());
  said.power_item.clear();
  verdict = JudgeCompetence(Person("d"), said, areas, none);
  ASSERT_EQ(verdict->flags.size(), 1u);
  EXPECT_THAT(verdict->flags[0].text(), ::testing::StartsWith("依据待核"));
  EXPECT_TRUE(BasisOf(v1::Alert().legal_basis(), *verdict).empty());
  said.tier_ok = false;
  EXPECT_EQ(base::ProblemOf(JudgeCompetence(Person("d"), said, areas, none).status()).reason(),
            Reason::TIER_TOO_LOW);
  said.covers_area = false;
  EXPECT_EQ(base::ProblemOf(JudgeCompetence(Person("d"), said, areas, none).status()).reason(),
            Reason::OUTSIDE_AREA);
}

TEST(Competence, WithoutDirectoryTheTokenDecidesWithinItsOwnAreaAndItIsFlagged) {
  Parents known;
  testing::PutParents(known);
  const auto north = Person("n", common::v1::SUBDISTRICT, testing::kNorth);
  auto verdict = JudgeCompetence(north, std::nullopt, {testing::kPingAn, testing::kNorth}, known);
  ASSERT_TRUE(verdict.ok()) << verdict.status();
  EXPECT_EQ(verdict->flags[0].rule_id(), "alert.competence-unverified");
  EXPECT_EQ(base::ProblemOf(JudgeCompetence(north, std::nullopt, {testing::kSouth}, known).status())
                .reason(),
            Reason::OUTSIDE_AREA);
  const Parents empty;
  EXPECT_TRUE(JudgeCompetence(north, std::nullopt, {testing::kNorth}, empty).ok());
  EXPECT_EQ(JudgeCompetence(north, std::nullopt, {testing::kPingAn}, empty).status().code(),
            absl::StatusCode::kUnavailable);
  EXPECT_TRUE(JudgeCompetence(Person("d"), std::nullopt, {testing::kPingAn}, empty).ok());
}

}  // namespace
}  // namespace huying::alert::rules
