// SPDX-License-Identifier: Apache-2.0
#include "services/incident/rules/reading.h"

#include "gtest/gtest.h"
#include "services/platform/base/status.h"

namespace huying::incident::rules {
namespace {

constexpr char kDistrict[] = "230407000000";
constexpr char kStreet[] = "230407001000";
constexpr char kOtherStreet[] = "230407002000";
constexpr char kCommunity[] = "230407001001";
constexpr char kSibling[] = "230407001002";

Viewer Of(common::v1::Tier tier, const std::string& area) {
  Viewer viewer;
  viewer.actor.set_tier(tier);
  viewer.actor.set_area(area);
  viewer.actor.set_post("posts/viewer");
  viewer.actor.set_unit("units/viewer");
  return viewer;
}

v1::Incident At(const std::string& area, const std::vector<std::string>& above) {
  v1::Incident incident;
  incident.set_area(area);
  incident.add_areas(area);
  for (const std::string& code : above) incident.add_area_ancestors(code);
  return incident;
}

// Every tier and kind of place: who sees an incident of a community, of a subdistrict, of the district.
TEST(Reading, EveryTierSeesItsOwnWhatLiesBeneathAndWhatHappensToTheWholeDistrict) {
  struct Row {
    common::v1::Tier tier;
    const char* area;
    bool community, street, district;
  };
  const v1::Incident community = At(kCommunity, {kStreet, kDistrict});
  const v1::Incident street = At(kStreet, {kDistrict});
  const v1::Incident district = At(kDistrict, {});
  for (const Row& row : {
           Row{common::v1::DISTRICT, kDistrict, true, true, true},
           Row{common::v1::SUBDISTRICT, kStreet, true, true, true},
           Row{common::v1::SUBDISTRICT, kOtherStreet, false, false, true},
           Row{common::v1::COMMUNITY, kCommunity, true, false, true},
           Row{common::v1::COMMUNITY, kSibling, false, false, true},
           Row{common::v1::EXTERNAL, kDistrict, false, false, false},
           Row{common::v1::TIER_UNSPECIFIED, "", false, false, false},
       }) {
    const Viewer viewer = Of(row.tier, row.area);
    EXPECT_EQ(MayRead(community, viewer), row.community) << row.tier << " " << row.area;
    EXPECT_EQ(MayRead(street, viewer), row.street) << row.tier << " " << row.area;
    EXPECT_EQ(MayRead(district, viewer), row.district) << row.tier << " " << row.area;
  }
}

TEST(Reading, WhoIsTouchedWhoReportedAndWhoSuperviseSeeIt) {
  v1::Incident incident = At(kCommunity, {kStreet, kDistrict});
  Viewer sibling = Of(common::v1::COMMUNITY, kSibling);
  EXPECT_EQ(base::ProblemOf(CheckRead(incident, sibling)).rule_id(), "incident.read.area");
  EXPECT_EQ(base::ProblemOf(CheckRead(incident, sibling)).reason(), base::Reason::OUTSIDE_AREA);
  v1::Incident wide = incident;
  wide.add_areas(kSibling);
  EXPECT_TRUE(CheckRead(wide, sibling).ok());
  const Viewer other_street = Of(common::v1::SUBDISTRICT, kOtherStreet);
  EXPECT_FALSE(MayRead(wide, other_street));
  wide.add_areas_above(kOtherStreet);
  EXPECT_TRUE(MayRead(wide, other_street)) << "a community of its own is touched";
  v1::Incident reported = incident;
  reported.mutable_taken_by()->set_unit("units/viewer");
  EXPECT_TRUE(MayRead(reported, Of(common::v1::EXTERNAL, kDistrict)));
  common::v1::Actor auditor = Of(common::v1::EXTERNAL, "").actor;
  EXPECT_TRUE(MayRead(incident, ViewerOf(auditor, {kReadAllPermission})));
  EXPECT_FALSE(MayRead(incident, ViewerOf(auditor, {"incident.read"})));
  auditor.set_system("incident.timekeeper");
  EXPECT_TRUE(MayRead(incident, ViewerOf(auditor, {})));
}

TEST(Reading, WhatLiesAboveIsNotKnownSoNoSubdistrictIsShutOut) {
  v1::Incident incident = At(kCommunity, {});
  incident.set_areas_above_unknown(true);
  EXPECT_TRUE(MayRead(incident, Of(common::v1::SUBDISTRICT, kStreet)));
  EXPECT_FALSE(MayRead(incident, Of(common::v1::COMMUNITY, kSibling)));
}

TEST(Reading, AnExecutorSeesItsTaskWhereverTheIncidentIs) {
  const v1::Incident incident = At(kSibling, {kStreet, kDistrict});
  v1::Task task;
  task.set_executor_unit("units/viewer");
  EXPECT_TRUE(MayReadTask(task, incident, Of(common::v1::EXTERNAL, kDistrict)));
  task.set_executor_unit("units/other");
  EXPECT_FALSE(MayReadTask(task, incident, Of(common::v1::COMMUNITY, kCommunity)));
  EXPECT_TRUE(MayReadTask(task, incident, Of(common::v1::DISTRICT, kDistrict)));
}

}  // namespace
}  // namespace huying::incident::rules
