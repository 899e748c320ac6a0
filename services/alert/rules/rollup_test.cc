// SPDX-License-Identifier: Apache-2.0
#include "services/alert/rules/rollup.h"

#include <gmock/gmock.h>

#include "services/alert/testing/notice_records.h"

namespace huying::alert::rules {
namespace {
using ::testing::ElementsAre;

class RollUpTest : public NoticeRecords {};

// R40: per-tier answers and who is missing.
TEST_F(RollUpTest, AParentIsGreenOnlyWhenAllItsChildrenAre) {
  std::map<std::string, v1::Recipient> acts;
  acts["posts/north-duty"] = Answered(0, v1::RECEIVED, kNow);
  acts["posts/pingan"] = Answered(1, v1::RECEIVED, kNow);
  v1::RollUp roll = MakeRollUp(alert_, list_, acts, kNow, 7);
  ASSERT_EQ(roll.nodes_size(), 4);
  EXPECT_EQ(roll.as_of_seq(), 7);
  const auto& district = roll.nodes(0);
  EXPECT_EQ(district.area(), kDistrict);
  EXPECT_EQ(district.recipients(), 3);
  EXPECT_EQ(district.answered(), 2);
  EXPECT_FALSE(district.green());
  const auto& north = roll.nodes(1);
  EXPECT_FALSE(north.green()) << "one community beneath is missing";
  EXPECT_TRUE(north.missing_posts().empty());
  EXPECT_TRUE(roll.nodes(2).green());
  EXPECT_THAT(roll.nodes(3).missing_posts(), ElementsAre("posts/guoan"));
  EXPECT_EQ(roll.nodes(3).overdue(), 0);

  acts["posts/guoan"] = Answered(2, v1::RECEIVED, kNow);
  EXPECT_TRUE(MakeRollUp(alert_, list_, acts, kNow, 8).nodes(0).green());
  acts["posts/guoan"] = Answered(2, v1::CANNOT, kNow);
  roll = MakeRollUp(alert_, list_, acts, kNow, 9);
  EXPECT_FALSE(roll.nodes(0).green());
  EXPECT_EQ(roll.nodes(0).cannot_comply(), 1);
  EXPECT_TRUE(roll.nodes(3).missing_posts().empty()) << "it spoke";
}

TEST_F(RollUpTest, OverdueAndAreasWithoutAPostKeepANodeFromBeingGreen) {
  const v1::RollUp roll = MakeRollUp(alert_, list_, {}, kNow + absl::Hours(1), 1);
  EXPECT_EQ(roll.nodes(0).overdue(), 3);
  std::map<std::string, v1::Recipient> acts;
  for (int i = 0; i < 3; ++i) acts[list_.recipients(i).post()] = Answered(i, v1::RECEIVED, kNow);
  list_.add_silent_areas(testing::kJingXiao);
  const v1::RollUp holed = MakeRollUp(alert_, list_, acts, kNow, 1);
  EXPECT_FALSE(holed.nodes(0).green());
}

}  // namespace
}  // namespace huying::alert::rules
