// SPDX-License-Identifier: Apache-2.0
#include "services/alert/rules/viewer.h"

#include <gmock/gmock.h>

#include <set>

#include "services/alert/rules/rollup.h"
#include "services/alert/testing/notice_records.h"
#include "services/platform/base/status.h"

namespace huying::alert::rules {
namespace {
using ::testing::ElementsAre;
using testing::kJingXiao;
using testing::kSouth;

constexpr const char* kAreas[] = {kDistrict, kNorth, kSouth, kPingAn, kGuoAn, kJingXiao};

common::v1::Tier TierOf(const std::string& area) {
  if (area == kDistrict) return DISTRICT;
  return area == kNorth || area == kSouth ? SUBDISTRICT : COMMUNITY;
}
// A post of the area that must answer nothing.
Viewer From(const std::string& area, bool with_ancestors = true) {
  Parents parents;
  testing::PutParents(parents);
  Viewer viewer = ViewerOf(Person("clerk", TierOf(area), area), /*process=*/false);
  if (with_ancestors) viewer.ancestors = AncestorsOf(area, parents);
  return viewer;
}
v1::Alert Sent(const std::string& from, const std::string& to) {
  v1::Alert alert;
  alert.set_state(v1::ISSUED);
  *alert.mutable_issuer() = Person("sender", TierOf(from), from);
  *alert.mutable_drafter() = alert.issuer();
  alert.add_told_areas(to);
  testing::PutParents(*alert.mutable_parents());
  return alert;
}

class ViewerTest : public NoticeRecords {};

// DOMAIN 5.2: the district sees all; the others what concerns their subtree or was told them. Every
// reader, every target; and with the alert's own areas alone, for a directory that is silent.
TEST_F(ViewerTest, AReaderSeesExactlyWhatItsAreaHears) {
  for (const char* reader : kAreas) {
    for (const char* target : kAreas) {
      Parents parents;
      testing::PutParents(parents);
      const bool hears = Hears(reader, AncestorsOf(reader, parents), Sent(kDistrict, target));
      EXPECT_EQ(SeesByArea(From(reader), Sent(kDistrict, target)), hears)
          << reader << " ← " << target;
      EXPECT_EQ(SeesByArea(From(reader, false), Sent(kDistrict, target)), hears)
          << reader << " ← " << target << ", by what is frozen in the alert";
    }
  }
}

TEST_F(ViewerTest, WhoSentItAndThoseAboveSeeItWhateverItsAreas) {
  v1::Alert alert = Sent(kNorth, kPingAn);
  alert.clear_told_areas();
  for (const char* reader : kAreas) {
    const bool sees = reader == std::string(kDistrict) || reader == std::string(kNorth);
    EXPECT_EQ(SeesByArea(From(reader), alert), sees) << reader;
  }
}

TEST_F(ViewerTest, ADraftIsSeenWhereItIsWrittenAndAboveThoughItsChainToldOthers) {
  v1::Alert draft = Sent(kNorth, kDistrict);
  draft.clear_issuer();
  for (const v1::AlertState state : {v1::DRAFT, v1::REVIEWED, v1::SIGNED, v1::WITHDRAWN}) {
    draft.set_state(state);
    for (const char* reader : kAreas) {
      const bool sees = reader == std::string(kDistrict) || reader == std::string(kNorth);
      EXPECT_EQ(SeesByArea(From(reader), draft), sees) << reader;
    }
  }
}

TEST_F(ViewerTest, AnAlertWithoutAreaTableIsSeenByTheTableLastTold) {
  v1::Alert alert = Sent(kDistrict, kPingAn);
  alert.clear_parents();
  Viewer north = From(kNorth);
  EXPECT_FALSE(SeesByArea(north, alert));
  testing::PutParents(north.known);
  EXPECT_TRUE(SeesByArea(north, alert));
}

TEST_F(ViewerTest, AProcessAndTheDistrictSeeAllAndAPostWithoutAreaNothing) {
  EXPECT_TRUE(ViewerOf(common::v1::Actor(), /*process=*/true).all);
  EXPECT_TRUE(ViewerOf(Person("d"), false).all);
  EXPECT_FALSE(ViewerOf(Person("mine", common::v1::EXTERNAL), false).all);
  EXPECT_FALSE(SeesByArea(ViewerOf(common::v1::Actor(), false), Sent(kDistrict, kPingAn)));
  EXPECT_EQ(base::ProblemOf(OutsideView("name")).reason(), base::Reason::OUTSIDE_AREA);
  EXPECT_EQ(base::ProblemOf(OutsideView("name")).rule_id(), "alert.own-view");
  EXPECT_FALSE(base::ProblemOf(OutsideView("name")).next_step().empty());
}

// A mine's dispatcher sits in the district's area and is told what the district is told; who has not answered
// there is not his affair.
TEST_F(ViewerTest, AUnitOfTheEconomyReadsWhatGoesDownToItsAreaAndOfWhatComesUpItsOwn) {
  Viewer mine = ViewerOf(Person("mine", common::v1::EXTERNAL), false);
  EXPECT_TRUE(SeesByArea(mine, Sent(kDistrict, kDistrict)));
  EXPECT_FALSE(SeesByArea(mine, Sent(kDistrict, kPingAn)));
  EXPECT_FALSE(SeesByArea(mine, Sent(kNorth, kNorth)));
  *list_.add_recipients() = Frozen("mine", kDistrict, common::v1::EXTERNAL);
  v1::RollUp picture = MakeRollUp(alert_, list_, {}, kNow, 1);
  Narrow(mine, picture);
  EXPECT_TRUE(picture.nodes().empty());
  Narrow(mine, alert_.parents(), list_);
  ASSERT_EQ(list_.recipients_size(), 1);
  EXPECT_EQ(list_.recipients(0).post(), "posts/mine");
  v1::Escalation step;
  (*step.mutable_post_areas())["posts/pingan"] = kPingAn;
  EXPECT_FALSE(Narrow(mine, step));
}

TEST_F(ViewerTest, APostThatIsCalledSeesItWhereverItStands) {
  Viewer viewer = From(kJingXiao);
  EXPECT_FALSE(IsCalled(viewer, list_));
  viewer.posts = {"posts/pingan-b"};
  EXPECT_TRUE(IsCalled(viewer, list_)) << "a deputy is called, too";
  auto acting = Person("x", COMMUNITY, kJingXiao);
  acting.set_acting_for_post("posts/guoan");
  EXPECT_TRUE(IsCalled(ViewerOf(acting, false), list_));
}

TEST_F(ViewerTest, RecipientsAreThoseOfTheOwnSubtreeAndTheOwnPost) {
  const auto posts = [this](const Viewer& viewer) {
    v1::RecipientList list = list_;
    list.add_silent_areas(kGuoAn);
    Narrow(viewer, alert_.parents(), list);
    std::set<std::string> seen(list.silent_areas().begin(), list.silent_areas().end());
    for (const auto& recipient : list.recipients()) seen.insert(recipient.post());
    return seen;
  };
  EXPECT_THAT(posts(From(kDistrict)),
              ElementsAre(kGuoAn, "posts/guoan", "posts/north-duty", "posts/pingan"));
  EXPECT_THAT(posts(From(kNorth)),
              ElementsAre(kGuoAn, "posts/guoan", "posts/north-duty", "posts/pingan"));
  EXPECT_THAT(posts(From(kPingAn)), ElementsAre("posts/pingan"));
  EXPECT_TRUE(posts(From(kSouth)).empty());
  Viewer deputy = From(kJingXiao);
  deputy.posts = {"posts/pingan-c"};
  EXPECT_THAT(posts(deputy), ElementsAre("posts/pingan"));
}

TEST_F(ViewerTest, TheRollUpIsThatOfTheOwnSubtreeWithItsOwnCounts) {
  const v1::RollUp whole = MakeRollUp(alert_, list_, {}, kNow, 1);
  const auto areas = [&whole](const char* reader) {
    v1::RollUp picture = whole;
    Narrow(From(reader), picture);
    std::vector<std::string> seen;
    for (const auto& node : picture.nodes()) seen.push_back(node.area());
    return seen;
  };
  EXPECT_THAT(areas(kDistrict), ElementsAre(kDistrict, kNorth, kPingAn, kGuoAn));
  EXPECT_THAT(areas(kNorth), ElementsAre(kNorth, kPingAn, kGuoAn));
  EXPECT_THAT(areas(kPingAn), ElementsAre(kPingAn));
  EXPECT_TRUE(areas(kSouth).empty());
}

TEST_F(ViewerTest, AStepShowsTheSilentPostsOfTheOwnSubtreeAndNoAreaTable) {
  v1::Escalation step;
  testing::PutParents(*step.mutable_parents());
  for (const auto& [post, area] : {std::pair{"posts/pingan", kPingAn}, {"posts/guoan", kGuoAn}}) {
    step.add_silent_posts(post);
    (*step.mutable_post_areas())[post] = area;
  }
  v1::Escalation mine = step;
  EXPECT_TRUE(Narrow(From(kPingAn), mine));
  EXPECT_THAT(mine.silent_posts(), ElementsAre("posts/pingan"));
  EXPECT_TRUE(mine.parents().empty());
  v1::Escalation none = step;
  EXPECT_FALSE(Narrow(From(kSouth), none));
  v1::Escalation whole = step;
  EXPECT_TRUE(Narrow(From(kDistrict), whole));
  EXPECT_EQ(whole.silent_posts_size(), 2);
}

}  // namespace
}  // namespace huying::alert::rules
