// SPDX-License-Identifier: Apache-2.0
#include "services/alert/rules/areas.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "services/alert/testing/records.h"

namespace huying::alert::rules {
namespace {
using ::testing::ElementsAre;
using testing::kDistrict;
using testing::kGuoAn;
using testing::kJingXiao;
using testing::kNorth;
using testing::kPingAn;
using testing::kSouth;
using ::testing::UnorderedElementsAre;

v1::Alert To(const std::string& area) {
  v1::Alert alert;
  alert.add_told_areas(area);
  testing::PutParents(*alert.mutable_parents());
  return alert;
}
bool Heard(const std::string& listener, const std::vector<std::string>& channels) {
  Parents parents;
  testing::PutParents(parents);
  for (const auto& mine : HeardChannels(listener, AncestorsOf(listener, parents))) {
    for (const auto& channel : channels) {
      if (mine == channel) return true;
    }
  }
  return false;
}

TEST(Areas, AncestorsAreLookedUpNearestFirstAndACircleEnds) {
  Parents parents;
  testing::PutParents(parents);
  EXPECT_THAT(AncestorsOf(kPingAn, parents), ElementsAre(kNorth, kDistrict));
  EXPECT_TRUE(AncestorsOf(kDistrict, parents).empty());
  parents[kDistrict] = kPingAn;
  EXPECT_THAT(AncestorsOf(kPingAn, parents), ElementsAre(kNorth, kDistrict));
}

// R40: 230407001000 reaches that street, its communities and the district; siblings do not hear.
TEST(Areas, AnAlertReachesTheStreetItsCommunitiesAndTheDistrictAndNobodyElse) {
  const auto channels = AlertChannels(To(kNorth));
  for (const char* hears : {kDistrict, kNorth, kPingAn, kGuoAn})
    EXPECT_TRUE(Heard(hears, channels));
  for (const char* deaf : {kSouth, kJingXiao}) EXPECT_FALSE(Heard(deaf, channels));
}

TEST(Areas, AnAlertForTheDistrictReachesAll) {
  const auto channels = AlertChannels(To(kDistrict));
  for (const char* hears : {kDistrict, kNorth, kPingAn, kGuoAn, kSouth, kJingXiao}) {
    EXPECT_TRUE(Heard(hears, channels)) << hears;
  }
}

TEST(Areas, ARecipientsActIsSeenByItsOwnAreaAndEveryTierAboveOnly) {
  Parents parents;
  testing::PutParents(parents);
  const auto channels = RecipientChannels(kPingAn, parents);
  for (const char* hears : {kDistrict, kNorth, kPingAn}) EXPECT_TRUE(Heard(hears, channels));
  for (const char* deaf : {kGuoAn, kSouth, kJingXiao}) EXPECT_FALSE(Heard(deaf, channels));
}

TEST(Areas, WhatAClientHearsAgreesWithTheChannelsForEveryPairOfAreas) {
  Parents parents;
  testing::PutParents(parents);
  const char* all[] = {kDistrict, kNorth, kPingAn, kGuoAn, kSouth, kJingXiao};
  for (const char* target : all) {
    for (const char* listener : all) {
      const v1::Alert alert = To(target);
      EXPECT_EQ(Hears(listener, AncestorsOf(listener, parents), alert),
                Heard(listener, AlertChannels(alert)))
          << listener << " ← " << target;
    }
  }
}

TEST(Areas, ASiblingIsNotShownWhoIsSilentNextDoor) {
  v1::Escalation step;
  testing::PutParents(*step.mutable_parents());
  for (const auto& [post, area] : {std::pair{"posts/a", kPingAn}, {"posts/b", kGuoAn}}) {
    step.add_silent_posts(post);
    (*step.mutable_post_areas())[post] = area;
    (*step.mutable_called_for())[post] = std::string(post) + "-deputy";
    step.add_called_posts(std::string(post) + "-deputy");
    step.add_holders()->set_post(std::string(post) + "-deputy");
  }
  v1::Escalation mine = step;
  KeepSilent({"posts/a"}, mine);
  EXPECT_THAT(mine.silent_posts(), ElementsAre("posts/a"));
  EXPECT_THAT(mine.called_posts(), ElementsAre("posts/a-deputy"));
  ASSERT_EQ(mine.holders_size(), 1);
  EXPECT_EQ(mine.post_areas().size(), 1u);
}

TEST(Areas, AChainRemembersEveryAreaItTold) {
  const v1::Alert first = To(kNorth);
  v1::Alert next = To(kSouth);
  UnionTold(first, next);
  EXPECT_THAT(next.told_areas(), UnorderedElementsAre(kNorth, kSouth));
}

}  // namespace
}  // namespace huying::alert::rules
