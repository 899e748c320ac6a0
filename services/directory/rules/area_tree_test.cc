// SPDX-License-Identifier: Apache-2.0
#include "services/directory/rules/area_tree.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "services/directory/api_fake.h"
#include "services/platform/base/status.h"

namespace huying::directory::rules {
namespace {

using common::v1::Tier;
using testing::ElementsAre;

AreaTree Xingshan() {
  const v1::Directory directory = XingshanForTests();
  return AreaTree({directory.areas().begin(), directory.areas().end()});
}

std::vector<std::string> NamesOf(const std::vector<const v1::Area*>& areas) {
  std::vector<std::string> names;
  names.reserve(areas.size());
  for (const v1::Area* area : areas) names.push_back(area->name());
  return names;
}

TEST(AreaTreeTest, CodesOfSixNineAndTwelveDigitsAreFoundByTable) {
  const AreaTree tree = Xingshan();
  EXPECT_EQ(tree.size(), 13u);
  EXPECT_EQ(tree.Find("230407")->name(), "兴山区");
  EXPECT_EQ(tree.Find("230407001")->code(), kLingbei);
  EXPECT_EQ(tree.Find(kJingxiao)->name(), "警校社区");
}

TEST(AreaTreeTest, ACodeThatIsNotInTheTableIsUnknownHoweverWellFormed) {
  const AreaTree tree = Xingshan();
  EXPECT_EQ(tree.Find("230407002002"), nullptr);  // the gap before 警校社区
  EXPECT_EQ(tree.Find("2304"), nullptr);
  EXPECT_EQ(tree.Find(""), nullptr);
}

TEST(AreaTreeTest, AParentIsWhatTheTableSaysAndNotThePrefix) {
  std::vector<v1::Area> areas(3);
  areas[0].set_code("230407000000");
  areas[0].set_tier(Tier::DISTRICT);
  areas[1].set_code("230407009000");
  areas[1].set_tier(Tier::SUBDISTRICT);
  areas[1].set_parent("230407000000");
  areas[2].set_code("230407001777");
  areas[2].set_tier(Tier::COMMUNITY);
  areas[2].set_parent("230407009000");
  const AreaTree tree(areas);
  EXPECT_EQ(tree.Parent("230407001777")->code(), "230407009000");
}

TEST(AreaTreeTest, AncestorsAreNearestFirstAndEndAtTheDistrict) {
  const AreaTree tree = Xingshan();
  EXPECT_THAT(NamesOf(tree.Ancestors(kPingan)), ElementsAre("岭北街道", "兴山区"));
  EXPECT_EQ(tree.Parent(kXingshan), nullptr);
  EXPECT_TRUE(tree.Ancestors(kXingshan).empty());
}

TEST(AreaTreeTest, WithinIsTheAreaAndAllBeneath) {
  const AreaTree tree = Xingshan();
  EXPECT_THAT(NamesOf(tree.Within("230407002")), ElementsAre("岭南街道", "东兴社区", "警校社区"));
  EXPECT_EQ(tree.Within(kXingshan).size(), 13u);
  EXPECT_TRUE(tree.Contains(kXingshan, kLimin));
  EXPECT_TRUE(tree.Contains(kLimin, kLimin));
  EXPECT_FALSE(tree.Contains(kLimin, kGounan));
  EXPECT_FALSE(tree.Contains(kLingbei, kLimin));
}

TEST(AreaTreeTest, AnAmbiguousShortCodeFindsNothing) {
  std::vector<v1::Area> areas(2);
  areas[0].set_code("230407001000");
  areas[0].set_short_code("230407001");
  areas[1].set_code("230407002000");
  areas[1].set_short_code("230407001");
  EXPECT_EQ(AreaTree(areas).Find("230407001"), nullptr);
}

TEST(CheckAreaTest, EachWrongFieldIsNamed) {
  v1::Area good;
  good.set_code(kPingan);
  good.set_name("平安社区");
  good.set_tier(Tier::COMMUNITY);
  good.set_parent(kLingbei);
  EXPECT_TRUE(CheckArea(good).ok());
  auto field = [&good](auto change) {
    v1::Area bad = good;
    change(bad);
    return base::ProblemOf(CheckArea(bad)).field();
  };
  EXPECT_EQ(field([](v1::Area& a) { a.set_code("230407001"); }), "code");
  EXPECT_EQ(field([](v1::Area& a) { a.set_code("23040700100X"); }), "code");
  EXPECT_EQ(field([](v1::Area& a) { a.set_short_code("2304"); }), "short_code");
  EXPECT_EQ(field([](v1::Area& a) { a.clear_name(); }), "name");
  EXPECT_EQ(field([](v1::Area& a) { a.set_tier(Tier::EXTERNAL); }), "tier");
  EXPECT_EQ(field([](v1::Area& a) { a.set_tier(static_cast<Tier>(9)); }), "tier");
  EXPECT_EQ(field([](v1::Area& a) { a.clear_parent(); }), "parent");
  EXPECT_EQ(field([](v1::Area& a) { a.set_parent(a.code()); }), "parent");
}

TEST(CheckParentTest, TheParentIsOneTierAboveAndADistrictsIsOutside) {
  const AreaTree tree = Xingshan();
  for (const v1::Area* area : tree.All()) {
    EXPECT_TRUE(CheckParent(*area, tree.Parent(area->code())).ok()) << area->code();
  }
  EXPECT_FALSE(CheckParent(*tree.Find(kPingan), tree.Find(kXingshan)).ok());
  EXPECT_FALSE(CheckParent(*tree.Find(kPingan), tree.Find(kGuoan)).ok());
  EXPECT_FALSE(CheckParent(*tree.Find(kLingbei), nullptr).ok());
  EXPECT_FALSE(CheckParent(*tree.Find(kXingshan), tree.Find(kLingbei)).ok());
}

}  // namespace
}  // namespace huying::directory::rules
