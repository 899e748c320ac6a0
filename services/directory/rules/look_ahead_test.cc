// SPDX-License-Identifier: Apache-2.0
#include "services/directory/rules/look_ahead.h"

#include <gtest/gtest.h>

#include "services/platform/base/clock.h"

namespace huying::directory::rules {
namespace {

constexpr char kDistrict[] = "230407000000";
const absl::Time kNow = absl::FromUnixSeconds(1'800'000'000);

v1::Directory District() {
  v1::Directory directory;
  v1::Area* area = directory.add_areas();
  area->set_code(kDistrict);
  area->set_tier(common::v1::DISTRICT);
  v1::Post* post = directory.add_posts();
  post->set_name("posts/duty");
  post->set_title("区值班员");
  post->set_area(kDistrict);
  post->set_tier(common::v1::DISTRICT);
  post->set_receives_alerts(true);
  for (const char* who : {"wei-na", "left"}) {
    v1::Person* person = directory.add_people();
    person->set_name(std::string("people/") + who);
    person->set_display_name(who);
  }
  v1::Account* account = directory.add_accounts();
  account->set_name("accounts/wei-na");
  account->set_person("people/wei-na");
  account->add_posts("posts/duty");
  return directory;
}

v1::Shift Shift(const std::string& person, absl::Duration from, absl::Duration to) {
  v1::Shift shift;
  shift.set_name("shifts/duty/" + person);
  shift.set_post("posts/duty");
  shift.set_person("people/" + person);
  *shift.mutable_start() = base::ToProto(kNow + from);
  *shift.mutable_end() = base::ToProto(kNow + to);
  return shift;
}

std::vector<v1::RosterGap> Gaps(const std::vector<v1::Shift>& shifts) {
  return GapsOf(ViewOf(District(), 1), shifts, kDistrict, kNow, kNow + absl::Hours(48));
}

TEST(LookAhead, APostThatIsHeldAllTheTimeHasNoGap) {
  EXPECT_TRUE(Gaps({Shift("wei-na", -absl::Hours(1), absl::Hours(48))}).empty());
}

TEST(LookAhead, HoursThatNobodyHoldsAndTheEndOfTheRosterAreTold) {
  const auto gaps = Gaps({Shift("wei-na", absl::Hours(8), absl::Hours(24))});
  ASSERT_EQ(gaps.size(), 3u);
  EXPECT_EQ(gaps[0].kind(), v1::RosterGap::NOBODY);
  EXPECT_EQ(base::FromProto(gaps[0].start()), kNow);
  EXPECT_EQ(base::FromProto(gaps[0].end()), kNow + absl::Hours(8));
  EXPECT_EQ(gaps[2].kind(), v1::RosterGap::ROSTER_ENDS);
  EXPECT_EQ(base::FromProto(gaps[2].start()), kNow + absl::Hours(24));
}

TEST(LookAhead, WhoHasLeftCountsAsNobodyWhoCanSignIn) {
  const auto gaps = Gaps({Shift("left", -absl::Hours(1), absl::Hours(48))});
  ASSERT_EQ(gaps.size(), 1u);
  EXPECT_EQ(gaps[0].kind(), v1::RosterGap::CANNOT_SIGN_IN);
  EXPECT_EQ(gaps[0].person(), "people/left");
}

TEST(LookAhead, WhatSomebodyLeavesEmptyNamesPostsAndTheNumberOfShifts) {
  const View view = ViewOf(District(), 1);
  const std::vector<v1::Shift> shifts = {Shift("wei-na", absl::Hours(8), absl::Hours(24))};
  EXPECT_EQ(LeavesEmpty(view, shifts, "people/wei-na", kNow), "区值班员（1个班次）");
  EXPECT_EQ(LeavesEmpty(view, shifts, "people/wei-na", kNow + absl::Hours(30)), "");
  EXPECT_EQ(LeavesEmpty(view, shifts, "people/left", kNow), "");
}

}  // namespace
}  // namespace huying::directory::rules
