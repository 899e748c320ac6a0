// SPDX-License-Identifier: Apache-2.0
#include "services/alert/rules/competence.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <set>

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

// A recipient must not silence the ladder that calls it: every pair of areas.
TEST(Competence, WhatAnAreaSentIsEndedThereOrAboveAndNeverFromBelowOrBeside) {
  Parents parents;
  testing::PutParents(parents);
  const std::map<std::string, common::v1::Tier> areas = {
      {testing::kDistrict, common::v1::DISTRICT}, {testing::kNorth, common::v1::SUBDISTRICT},
      {testing::kSouth, common::v1::SUBDISTRICT}, {testing::kPingAn, common::v1::COMMUNITY},
      {testing::kGuoAn, common::v1::COMMUNITY},   {testing::kJingXiao, common::v1::COMMUNITY}};
  const std::map<std::string, std::set<std::string>> beneath = {
      {testing::kDistrict,
       {testing::kDistrict, testing::kNorth, testing::kSouth, testing::kPingAn, testing::kGuoAn,
        testing::kJingXiao}},
      {testing::kNorth, {testing::kNorth, testing::kPingAn, testing::kGuoAn}},
      {testing::kSouth, {testing::kSouth, testing::kJingXiao}},
      {testing::kPingAn, {testing::kPingAn}},
      {testing::kGuoAn, {testing::kGuoAn}},
      {testing::kJingXiao, {testing::kJingXiao}}};
  for (const auto& [sent, sent_tier] : areas) {
    for (const auto& [ending, tier] : areas) {
      const absl::Status status = RequireSameAreaOrAbove(Person("sender", sent_tier, sent),
                                                         Person("ender", tier, ending), parents);
      EXPECT_EQ(status.ok(), beneath.at(ending).count(sent) > 0) << ending << " ends " << sent;
      if (status.ok()) continue;
      EXPECT_EQ(base::ProblemOf(status).reason(), Reason::OUTSIDE_AREA);
      EXPECT_EQ(base::ProblemOf(status).rule_id(), "alert.not-ended-from-below");
      EXPECT_FALSE(base::ProblemOf(status).next_step().empty());
    }
  }
}

TEST(Competence, EndingWithoutTheAreaTableIsTheSameAreasOrTheDistricts) {
  const Parents none;
  const auto north = Person("n", common::v1::SUBDISTRICT, testing::kNorth);
  const auto pingan = Person("p", common::v1::COMMUNITY, testing::kPingAn);
  EXPECT_TRUE(RequireSameAreaOrAbove(north, north, none).ok());
  EXPECT_TRUE(RequireSameAreaOrAbove(north, Person("d"), none).ok());
  EXPECT_FALSE(RequireSameAreaOrAbove(pingan, north, none).ok());
  EXPECT_FALSE(RequireSameAreaOrAbove(Person("d"), pingan, none).ok());
}

TEST(Competence, AUnitOfTheEconomyEndsNothingTheDistrictSentAndAProcessEndsWhatWasDecided) {
  const Parents none;
  auto mine = Person("mine", common::v1::EXTERNAL);
  EXPECT_FALSE(RequireSameAreaOrAbove(Person("d"), mine, none).ok());
  auto reactor = Person("p", common::v1::COMMUNITY, testing::kPingAn);
  reactor.set_system("incident.reactor");
  EXPECT_TRUE(RequireSameAreaOrAbove(Person("d"), reactor, none).ok());
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
