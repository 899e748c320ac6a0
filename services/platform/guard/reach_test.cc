// SPDX-License-Identifier: Apache-2.0
#include "services/platform/guard/reach.h"

#include <gmock/gmock.h>

namespace huying::guard {
namespace {

using common::v1::Actor;
using common::v1::Tier;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr char kDistrict[] = "230407000000";
constexpr char kNorth[] = "230407001000";
constexpr char kSouth[] = "230407002000";
constexpr char kPingAn[] = "230407001001";
constexpr char kUnknown[] = "230407009001";

AreaParents Table() {
  AreaParents parents;
  parents[kNorth] = kDistrict;
  parents[kSouth] = kDistrict;
  parents[kPingAn] = kNorth;
  return parents;
}

Actor Of(Tier tier, const std::string& area, bool department = false) {
  Actor actor;
  actor.set_tier(tier);
  actor.set_area(area);
  actor.set_department(department);
  return actor;
}

TEST(ReachTest, ATierReachesItselfAndBelowAndExternalOnlyWhatIsOpenToEveryPost) {
  constexpr Tier kAll[] = {Tier::TIER_UNSPECIFIED, Tier::EXTERNAL, Tier::DISTRICT,
                           Tier::SUBDISTRICT, Tier::COMMUNITY};
  struct Row {
    Tier lowest;
    std::vector<Tier> reach;
  };
  for (const Row& row :
       {Row{Tier::TIER_UNSPECIFIED, {}}, Row{Tier::EXTERNAL, {std::begin(kAll), std::end(kAll)}},
        Row{Tier::DISTRICT, {Tier::DISTRICT}},
        Row{Tier::SUBDISTRICT, {Tier::DISTRICT, Tier::SUBDISTRICT}},
        Row{Tier::COMMUNITY, {Tier::DISTRICT, Tier::SUBDISTRICT, Tier::COMMUNITY}}}) {
    for (const Tier tier : kAll) {
      EXPECT_EQ(TierReaches(tier, row.lowest),
                std::count(row.reach.begin(), row.reach.end(), tier) == 1)
          << tier << " → " << row.lowest;
    }
  }
}

TEST(ReachTest, EachKindOfPostSeesAndGovernsItsOwnSubtreeOnly) {
  struct Row {
    const char* who;
    Actor actor;
    const char* area;
    bool sees;
    bool governs;
  };
  const Actor district = Of(Tier::DISTRICT, kDistrict);
  const Actor police = Of(Tier::DISTRICT, kDistrict, /*department=*/true);
  const Actor north = Of(Tier::SUBDISTRICT, kNorth);
  const Actor station = Of(Tier::SUBDISTRICT, kNorth, /*department=*/true);
  const Actor pingan = Of(Tier::COMMUNITY, kPingAn);
  const Actor mine = Of(Tier::EXTERNAL, kDistrict);
  const Actor mine_below = Of(Tier::EXTERNAL, kPingAn);
  const Actor nobody = Of(Tier::TIER_UNSPECIFIED, "");
  for (const Row& row : {
           Row{"district", district, kDistrict, true, true},
           Row{"district", district, kPingAn, true, true},
           Row{"district, place unknown", district, kUnknown, true, true},
           Row{"department", police, kDistrict, true, false},
           Row{"department", police, kPingAn, true, false},
           Row{"subdistrict, upper", north, kDistrict, false, false},
           Row{"subdistrict, own", north, kNorth, true, true},
           Row{"subdistrict, beneath", north, kPingAn, true, true},
           Row{"subdistrict, sibling", north, kSouth, false, false},
           Row{"subdistrict, place unknown", north, kUnknown, false, false},
           Row{"subdistrict's department", station, kPingAn, true, false},
           Row{"community, own", pingan, kPingAn, true, true},
           Row{"community, upper", pingan, kNorth, false, false},
           Row{"community, sibling", pingan, kSouth, false, false},
           Row{"mine, own", mine, kDistrict, false, false},
           Row{"mine, beneath", mine, kPingAn, false, false},
           Row{"mine, own", mine_below, kPingAn, false, false},
           Row{"mine, place unknown", mine, kUnknown, false, false},
           Row{"no tier", nobody, kPingAn, false, false},
           Row{"no tier, no area", nobody, "", false, false},
       }) {
    EXPECT_EQ(Sees(row.actor, row.area, Table()), row.sees) << row.who << " sees " << row.area;
    EXPECT_EQ(Governs(row.actor, row.area, Table()), row.governs)
        << row.who << " governs " << row.area;
  }
}

TEST(ReachTest, ACircleInTheTableEndsTheWayUp) {
  AreaParents parents;
  parents["a"] = "b";
  parents["b"] = "c";
  parents["c"] = "b";
  EXPECT_THAT(AncestorsOf("a", parents), ElementsAre("b", "c"));
  EXPECT_THAT(AncestorsOf("unknown", parents), IsEmpty());
}

TEST(ReachTest, OneUnitIsOnePostOrOneUnitAndNobodyIsTheUnitOfNobody) {
  Actor one, other;
  EXPECT_FALSE(SameUnit(one, other));
  one.set_post("posts/police-duty");
  other.set_post("posts/police-chief");
  EXPECT_FALSE(SameUnit(one, other));
  one.set_unit("units/police");
  other.set_unit("units/police");
  EXPECT_TRUE(SameUnit(one, other));
  other.set_unit("units/fire");
  EXPECT_FALSE(SameUnit(one, other));
  other.set_post("posts/police-duty");
  EXPECT_TRUE(SameUnit(one, other));
}

}  // namespace
}  // namespace huying::guard
