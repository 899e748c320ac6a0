// SPDX-License-Identifier: Apache-2.0
//
// R49 through the service: revisions, codes and versions as they are stored and read.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "services/directory/testing/directory_fixture.h"

namespace huying::directory {
namespace {

using testing::ElementsAre;

class DirectoryPowersTest : public DirectoryFixture {
 protected:
  DirectoryPowersTest() { Load(); }
  // The item that allows to issue a warning, from so many days from now.
  v1::PowerItem ItemFrom(int days, const std::string& name = "powers/XS-YJ-002") {
    v1::PowerItem item = XingshanForTests().power_items(1);
    item.set_name(name);
    *item.mutable_valid_from() = base::ToProto(clock_.Now() + days * absl::Hours(24));
    return item;
  }
  absl::StatusOr<common::v1::Receipt> Put(const v1::PowerItem& item, int64_t expected = 0) {
    v1::PutPowerItemRequest request;
    *request.mutable_item() = item;
    request.set_expected_version(expected);
    return Run(live().PutPowerItem(ContextOf(), request));
  }
  std::vector<int> Revisions(const v1::ListPowerItemRevisionsResponse& response) {
    std::vector<int> numbers;
    for (const auto& item : response.revisions()) numbers.push_back(item.revision());
    return numbers;
  }
};

TEST_F(DirectoryPowersTest, R49WhileTheOldRevisionIsInForceNobodyElseTakesItsCode) {
  ASSERT_TRUE(Put(ItemFrom(30)).ok());
  const auto taken = Put(ItemFrom(1, "powers/another"));
  EXPECT_EQ(base::ProblemOf(taken.status()).rule_id(), "directory.power-code");
  // Nor when the code changes, but only later.
  v1::PowerItem renamed = ItemFrom(60);
  renamed.set_code("XS-YJ-902");
  ASSERT_TRUE(Put(renamed).ok());
  EXPECT_FALSE(Put(ItemFrom(59, "powers/another")).ok());
  EXPECT_TRUE(Put(ItemFrom(60, "powers/another")).ok());
}

TEST_F(DirectoryPowersTest, R49EveryRevisionIsReadWithTheTimeItWasInForce) {
  ASSERT_TRUE(Put(ItemFrom(30)).ok());
  ASSERT_TRUE(Put(ItemFrom(10)).ok());  // back-dated: the one of day 30 was in force never
  v1::ListPowerItemRevisionsRequest request;
  request.set_name("powers/XS-YJ-002");
  const auto all = live().ListPowerItemRevisions(ContextOf(), request);
  ASSERT_TRUE(all.ok()) << all.status();
  EXPECT_THAT(Revisions(*all), ElementsAre(3, 2, 1));
  EXPECT_FALSE(all->revisions(0).has_valid_to());
  EXPECT_EQ(all->revisions(1).valid_to().seconds(), all->revisions(1).valid_from().seconds());
  EXPECT_EQ(all->revisions(2).valid_to().seconds(), all->revisions(0).valid_from().seconds());

  request.set_page_size(2);
  auto page = live().ListPowerItemRevisions(ContextOf(), request);
  EXPECT_THAT(Revisions(*page), ElementsAre(3, 2));
  request.set_page_token(page->next_page_token());
  page = live().ListPowerItemRevisions(ContextOf(), request);
  EXPECT_THAT(Revisions(*page), ElementsAre(1));
  EXPECT_EQ(page->next_page_token(), "");
  request.set_name("powers/none");
  EXPECT_EQ(live().ListPowerItemRevisions(ContextOf(), request).status().code(),
            absl::StatusCode::kNotFound);
}

TEST_F(DirectoryPowersTest, R49ARevisionDoesNotBeginWhereActsWereDoneUnderTheEarlierOne) {
  const auto refused = Put(ItemFrom(-2));
  EXPECT_EQ(base::ProblemOf(refused.status()).rule_id(), "directory.power-backdated");
  EXPECT_EQ(base::ProblemOf(refused.status()).field(), "item.valid_from");
  EXPECT_TRUE(Put(ItemFrom(0)).ok());
  EXPECT_TRUE(Put(ItemFrom(-700, "powers/new-item")).status().message().find("code") !=
              std::string::npos)
      << "a new item may be of any date; only its code is taken";
}

TEST_F(DirectoryPowersTest, R49AScreensEditCarriesTheVersionItRead) {
  const auto items = live().ListPowerItems(ContextOf(), {});
  ASSERT_EQ(items->versions_size(), items->items_size());
  ASSERT_EQ(items->items(1).name(), "powers/XS-YJ-002");
  v1::PowerItem edited = items->items(1);
  edited.set_title("发布突发事件预警");
  *edited.mutable_valid_from() = base::ToProto(clock_.Now());
  ASSERT_TRUE(Put(edited, items->versions(1)).ok());
  edited.set_title("另一人的修改");
  const auto stale = Put(edited, items->versions(1));
  EXPECT_EQ(base::ProblemOf(stale.status()).reason(), base::Reason::STALE_VERSION);
}

TEST_F(DirectoryPowersTest, TheSameItemAgainMakesNoRevision) {
  ASSERT_TRUE(Put(ItemFrom(30)).ok());
  ASSERT_TRUE(Put(ItemFrom(30)).ok());
  v1::ListPowerItemRevisionsRequest request;
  request.set_name("powers/XS-YJ-002");
  EXPECT_THAT(Revisions(*live().ListPowerItemRevisions(ContextOf(), request)), ElementsAre(2, 1));
}

TEST_F(DirectoryPowersTest, AnExercisesCopyHasTheRevisionInForceAndTheOneToCome) {
  v1::PowerItem later = ItemFrom(30);
  later.set_lowest_tier(common::v1::SUBDISTRICT);
  ASSERT_TRUE(Put(later).ok());
  ASSERT_TRUE(Put(ItemFrom(60)).ok());
  v1::ImportDirectoryRequest import;
  *import.mutable_directory() = live().ExportDirectory(ContextOf(), {})->directory();
  for (int times = 0; times < 2; ++times) {
    const auto copied =
        Run(drill().ImportDirectory(SystemContext(), import), SystemContext(), kDrill);
    ASSERT_TRUE(copied.ok()) << copied.status();
  }
  v1::CheckCompetenceRequest check;
  check.set_permission("alert.warning.issue");
  check.set_post("posts/lingbei-duty");
  for (const bool subdistrict_may : {false, true, false}) {
    const auto fact = drill().CheckCompetence(ContextOf(), check);
    EXPECT_EQ(fact->power_item(), "powers/XS-YJ-002");
    EXPECT_EQ(fact->tier_ok(), subdistrict_may);
    clock_.Advance(absl::Hours(24) * 30);
  }
}

}  // namespace
}  // namespace huying::directory
