// SPDX-License-Identifier: Apache-2.0
//
// Area codes are looked up as the table has them, never made of one another.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "services/directory/testing/directory_fixture.h"

namespace huying::directory {
namespace {

// Short codes that are no beginning of the long ones: 6, 9 and 12 digits.
constexpr char kShort6[] = "239999";
constexpr char kShort9[] = "230407771";
constexpr char kShort12[] = "230407881002";

class DirectoryCodesTest : public DirectoryFixture {
 protected:
  DirectoryCodesTest() {
    v1::Directory directory = XingshanForTests();
    for (v1::Area& area : *directory.mutable_areas()) {
      if (area.code() == kXingshan) area.set_short_code(kShort6);
      if (area.code() == kLingbei) area.set_short_code(kShort9);
      if (area.code() == kPingan) area.set_short_code(kShort12);
    }
    Load(directory);
  }
  std::string CodeOf(const std::string& code) {
    v1::GetAreaRequest request;
    request.set_code(code);
    const auto area = live().GetArea(ContextOf(), request);
    return area.ok() ? area->area().code()
                     : common::v1::Reason_Name(base::ProblemOf(area.status()).reason());
  }
};

TEST_F(DirectoryCodesTest, AnAreaIsFoundByEachOfItsCodesAndByNoOther) {
  EXPECT_EQ(CodeOf(kShort6), kXingshan);
  EXPECT_EQ(CodeOf(kShort9), kLingbei);
  EXPECT_EQ(CodeOf(kShort12), kPingan);
  EXPECT_EQ(CodeOf(kLingbei), kLingbei);
  for (const char* unknown : {"230407", "230407001", "239999000000", "230407771000", ""}) {
    EXPECT_EQ(CodeOf(unknown), "UNKNOWN_AREA") << unknown;
  }
}

TEST_F(DirectoryCodesTest, EveryLookUpTakesTheShortCode) {
  v1::ListAreasRequest areas;
  areas.set_within(kShort9);
  EXPECT_EQ(live().ListAreas(ContextOf(), areas)->areas_size(), 3);
  v1::ListPostsRequest posts;
  posts.set_area(kShort12);
  std::vector<std::string> listed;
  const auto found = live().ListPosts(ContextOf(), posts);
  for (const v1::Post& post : found->posts()) listed.push_back(post.name());
  EXPECT_THAT(listed, testing::ElementsAre("posts/pingan-deputy", "posts/pingan-duty"));
  v1::GetRosterRequest roster;
  roster.set_area(kShort12);
  std::vector<std::string> held;
  const auto holders = live().GetRoster(ContextOf(), roster);
  for (const v1::Holder& holder : holders->holders()) held.push_back(holder.post());
  EXPECT_EQ(held, listed);
  v1::ResolveRecipientsRequest recipients;
  recipients.add_areas(kShort12);
  recipients.add_areas(kPingan);  // the same, once
  const auto resolved = live().ResolveRecipients(ContextOf(), recipients);
  ASSERT_EQ(resolved->targets_size(), 1);
  EXPECT_EQ(resolved->targets(0).code(), kPingan);
  v1::CheckCompetenceRequest check;
  check.set_permission("alert.notice.issue");
  check.set_post("posts/lingbei-duty");
  check.add_areas(kShort12);
  check.add_areas(kShort9);
  EXPECT_TRUE(live().CheckCompetence(ContextOf(), check)->covers_area());
  check.add_areas(kShort6);
  const auto outside = live().CheckCompetence(ContextOf(), check);
  EXPECT_FALSE(outside->covers_area());
  EXPECT_EQ(outside->outside_area(), kXingshan);
}

TEST_F(DirectoryCodesTest, WhatIsWrittenUnderAShortCodeStandsUnderTheLongOne) {
  v1::PutPostRequest post;
  *post.mutable_post() = TestPost("posts/pingan-duty");
  post.mutable_post()->set_area(kShort12);
  v1::PutUnitRequest unit;
  unit.mutable_unit()->set_name("units/new");
  unit.mutable_unit()->set_title("新单位");
  unit.mutable_unit()->set_area(kShort9);
  unit.mutable_unit()->set_tier(common::v1::SUBDISTRICT);
  for (int times = 0; times < 2; ++times) {
    auto receipt = Run(live().PutPost(ContextOf(), post));
    ASSERT_TRUE(receipt.ok()) << receipt.status();
    receipt = Run(live().PutUnit(ContextOf(), unit));
    ASSERT_TRUE(receipt.ok()) << receipt.status();
  }
  v1::GetPostRequest get;
  get.set_name("posts/pingan-duty");
  EXPECT_EQ(live().GetPost(ContextOf(), get)->post().area(), kPingan);
  const auto reader = realms_.at("live").ledger->Read();
  EXPECT_EQ((*reader)->Get(Units(), "units/new")->value.area(), kLingbei);
}

TEST_F(DirectoryCodesTest, AParentMayBeNamedByItsShortCodeInAnImport) {
  v1::ImportDirectoryRequest request;
  v1::Area* area = request.mutable_directory()->add_areas();
  area->set_code("230407001077");
  area->set_name("新设社区");
  area->set_tier(common::v1::COMMUNITY);
  area->set_parent(kShort9);
  const auto receipt = Run(live().ImportDirectory(ContextOf(), request));
  ASSERT_TRUE(receipt.ok()) << receipt.status();
  v1::GetAreaRequest get;
  get.set_code("230407001077");
  EXPECT_EQ(live().GetArea(ContextOf(), get)->area().parent(), kLingbei);
}

}  // namespace
}  // namespace huying::directory
