// SPDX-License-Identifier: Apache-2.0
#include "services/incident/rules/limits.h"

#include "gtest/gtest.h"

namespace huying::incident::rules {
namespace {

TEST(Limits, AnUnknownLevelHasTheShortestIntervalUntilItIsGraded) {
  Limits limits;
  EXPECT_EQ(limits.FollowUp(v1::LEVEL_I).within, absl::Hours(1)) << "no rows: act first";
  limits.follow_up[v1::LEVEL_I] = {"report.follow-up.I", "续报间隔", absl::Hours(1)};
  limits.follow_up[v1::LEVEL_IV] = {"report.follow-up.IV", "续报间隔", absl::Hours(24)};
  EXPECT_EQ(limits.FollowUp(v1::LEVEL_IV).within, absl::Hours(24));
  EXPECT_EQ(limits.FollowUp(v1::EVENT_LEVEL_UNSPECIFIED).rule_id, "report.follow-up.I");
}

TEST(Limits, WhatIsSensitiveDoesNotWaitForItsLevel) {
  Limits limits;
  limits.follow_up[v1::LEVEL_I] = {"report.follow-up.I", "续报间隔", absl::Hours(1)};
  limits.follow_up[v1::LEVEL_IV] = {"report.follow-up.IV", "续报间隔", absl::Hours(24)};
  v1::Incident incident;
  incident.set_level(v1::LEVEL_IV);
  EXPECT_EQ(limits.FollowUp(incident).within, absl::Hours(24));
  incident.set_sensitive(true);
  EXPECT_EQ(limits.FollowUp(incident).within, absl::Hours(1));
}

TEST(Limits, AfterTheCommandWasHandedOverTheUpperLevelReports) {
  Limits limits;
  limits.follow_up[v1::LEVEL_I] = {"report.follow-up.I", "续报间隔", absl::Hours(1)};
  v1::Incident incident;
  incident.set_level(v1::LEVEL_I);
  incident.set_command_handed_over(true);
  EXPECT_EQ(limits.FollowUp(incident).rule_id, "report.follow-up.I") << "no row: nothing changes";
  limits.follow_up_handed_over = {"report.follow-up.handed-over", "移交后", absl::Hours(24)};
  EXPECT_EQ(limits.FollowUp(incident).rule_id, "report.follow-up.handed-over");
  incident.set_command_handed_over(false);
  EXPECT_EQ(limits.FollowUp(incident).rule_id, "report.follow-up.I");
}

}  // namespace
}  // namespace huying::incident::rules
