// SPDX-License-Identifier: Apache-2.0
#include "services/incident/rules/limits.h"

#include "gtest/gtest.h"

namespace huying::incident::rules {
namespace {

TEST(Limits, AnUnknownLevelHasTheLongestInterval) {
  Limits limits;
  EXPECT_EQ(limits.FollowUp(v1::LEVEL_I).within, absl::Hours(24)) << "no rows: act first";
  limits.follow_up[v1::LEVEL_I] = {"report.follow-up.I", "续报间隔", absl::Hours(1)};
  limits.follow_up[v1::LEVEL_IV] = {"report.follow-up.IV", "续报间隔", absl::Hours(12)};
  EXPECT_EQ(limits.FollowUp(v1::LEVEL_I).within, absl::Hours(1));
  EXPECT_EQ(limits.FollowUp(v1::EVENT_LEVEL_UNSPECIFIED).rule_id, "report.follow-up.IV");
}

}  // namespace
}  // namespace huying::incident::rules
