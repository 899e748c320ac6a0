// SPDX-License-Identifier: Apache-2.0
#include "services/incident/rules/competence.h"

#include "gtest/gtest.h"
#include "services/platform/base/status.h"

namespace huying::incident::rules {
namespace {

using base::Reason;

class CompetenceTest : public ::testing::Test {
 protected:
  CompetenceTest() {
    incident_.set_area("230407001001");
    incident_.add_area_ancestors("230407001000");
    incident_.add_area_ancestors("230407000000");
  }
  v1::Incident incident_;
  common::v1::Actor actor_;
};

TEST_F(CompetenceTest, AreaAndTierCannotBeLent) {
  Competence said;
  auto verdict = JudgeCompetence(actor_, said, incident_, false);
  EXPECT_EQ(base::ProblemOf(verdict.status()).reason(), Reason::OUTSIDE_AREA);
  said.covers_area = true;
  said.tier_ok = false;
  verdict = JudgeCompetence(actor_, said, incident_, false);
  EXPECT_EQ(base::ProblemOf(verdict.status()).reason(), Reason::TIER_TOO_LOW);
}

TEST_F(CompetenceTest, AMissingPowerItemIsFlaggedWhereOneIsWanted) {
  Competence said;
  said.covers_area = true;
  said.tier_ok = true;
  EXPECT_TRUE(JudgeCompetence(actor_, said, incident_, false)->empty());
  auto flags = JudgeCompetence(actor_, said, incident_, true);
  ASSERT_EQ(flags->size(), 1u);
  EXPECT_EQ((*flags)[0].rule_id(), "incident.competence.power-item");
  said.power_item = "powers/XS-YJ-005";
  EXPECT_TRUE(JudgeCompetence(actor_, said, incident_, true)->empty());
}

TEST_F(CompetenceTest, WithoutDirectoryTheTokensAreaDecidesAndItIsFlagged) {
  using common::v1::Tier;
  for (const auto& [tier, area] :
       {std::pair(Tier::COMMUNITY, "230407001001"), std::pair(Tier::SUBDISTRICT, "230407001000"),
        std::pair(Tier::DISTRICT, "230407000000")}) {
    actor_.set_tier(tier);
    actor_.set_area(area);
    auto flags = JudgeCompetence(actor_, std::nullopt, incident_, true);
    ASSERT_TRUE(flags.ok()) << area;
    ASSERT_EQ(flags->size(), 1u);
    EXPECT_EQ((*flags)[0].rule_id(), "incident.competence.unchecked");
  }
  actor_.set_tier(Tier::SUBDISTRICT);
  actor_.set_area("230407002000");
  EXPECT_EQ(
      base::ProblemOf(JudgeCompetence(actor_, std::nullopt, incident_, true).status()).reason(),
      Reason::OUTSIDE_AREA);
}

TEST_F(CompetenceTest, AnIncidentThatDoesNotKnowWhatLiesAboveItIsHandledByWhoeverMayBeAbove) {
  incident_.clear_area_ancestors();
  incident_.set_areas_above_unknown(true);
  actor_.set_area("230407000000");
  for (const auto tier : {common::v1::SUBDISTRICT, common::v1::DISTRICT}) {
    actor_.set_tier(tier);
    auto flags = JudgeCompetence(actor_, std::nullopt, incident_, false);
    ASSERT_TRUE(flags.ok()) << flags.status();
    EXPECT_EQ(flags->front().rule_id(), "incident.competence.unchecked");
  }
  actor_.set_area("230407001002");
  actor_.set_tier(common::v1::COMMUNITY);
  EXPECT_EQ(
      base::ProblemOf(JudgeCompetence(actor_, std::nullopt, incident_, false).status()).reason(),
      Reason::OUTSIDE_AREA);
}

// It has nothing above, and that is known: a subdistrict stays outside, also without directory.
TEST_F(CompetenceTest, AnIncidentOfTheDistrictItselfIsNotASubdistricts) {
  incident_.set_area("230407000000");
  incident_.clear_area_ancestors();
  actor_.set_area("230407001000");
  actor_.set_tier(common::v1::SUBDISTRICT);
  EXPECT_EQ(
      base::ProblemOf(JudgeCompetence(actor_, std::nullopt, incident_, false).status()).reason(),
      Reason::OUTSIDE_AREA);
  actor_.set_area("230407000000");
  actor_.set_tier(common::v1::DISTRICT);
  EXPECT_TRUE(JudgeCompetence(actor_, std::nullopt, incident_, false).ok());
}

}  // namespace
}  // namespace huying::incident::rules
