// SPDX-License-Identifier: Apache-2.0
#include "services/directory/book.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "services/directory/testing/directory_fixture.h"

namespace huying::directory {
namespace {

class BookTest : public DirectoryFixture {
 protected:
  BookTest() { Load(); }
  rules::View ViewNow() {
    auto page = live().book().Open();
    EXPECT_TRUE(page.ok()) << page.status();
    return page->view();
  }
  int64_t Head() { return realms_.at("live").ledger->Head().seq; }
  void PutShift(int day) {
    v1::PutShiftRequest request;
    request.mutable_shift()->set_post("posts/pingan-duty");
    request.mutable_shift()->set_person("people/pingan-deputy");
    *request.mutable_shift()->mutable_start() = base::ToProto(clock_.Now() + day * absl::Hours(24));
    *request.mutable_shift()->mutable_end() =
        base::ToProto(clock_.Now() + day * absl::Hours(24) + absl::Hours(8));
    const auto put = Run(live().PutShift(ContextOf(), request));
    ASSERT_TRUE(put.ok()) << put.status();
  }
};

TEST_F(BookTest, ASignInAndAShiftBuildNoNewViewAndItsSeqMovesOn) {
  ASSERT_TRUE(SetPassword("pingan-duty", "right-password-1").ok());
  const rules::View before = ViewNow();
  v1::SignInRequest sign_in;
  sign_in.set_account("pingan-duty");
  sign_in.set_password("right-password-1");
  ASSERT_TRUE(live().SignIn(ContextOf(), sign_in).ok());
  PutShift(1);
  const rules::View after = ViewNow();
  EXPECT_EQ(after.tables, before.tables);
  EXPECT_EQ(after.as_of_seq, Head());
  EXPECT_GT(after.as_of_seq, before.as_of_seq);
  // What is answered from it says so too.
  v1::WhoHoldsRequest who;
  who.add_posts("posts/pingan-duty");
  *who.mutable_at() = base::ToProto(clock_.Now() + absl::Hours(25));
  const auto holds = live().WhoHolds(ContextOf(), who);
  EXPECT_EQ(holds->holders(0).person(), "people/pingan-deputy");
  EXPECT_EQ(holds->as_of_seq(), Head());
}

TEST_F(BookTest, EveryKindOfTheViewBuildsANewOne) {
  const v1::Directory all = XingshanForTests();
  const auto builds = [&](absl::StatusOr<ledger::Command> command) {
    const rules::View before = ViewNow();
    const auto receipt = Run(std::move(command));
    EXPECT_TRUE(receipt.ok()) << receipt.status();
    return ViewNow().tables != before.tables;
  };
  v1::PutUnitRequest unit;
  *unit.mutable_unit() = all.units(0);
  unit.mutable_unit()->set_title("改名的单位");
  EXPECT_TRUE(builds(live().PutUnit(ContextOf(), unit)));
  EXPECT_EQ(ViewNow()->units.at(unit.unit().name()).title(), "改名的单位");
  v1::PutRoleRequest role;
  *role.mutable_role() = all.roles(0);
  EXPECT_TRUE(builds(live().PutRole(ContextOf(), role)));
  v1::PutPostRequest post;
  *post.mutable_post() = all.posts(0);
  EXPECT_TRUE(builds(live().PutPost(ContextOf(), post)));
  v1::PutPersonRequest person;
  *person.mutable_person() = all.people(0);
  EXPECT_TRUE(builds(live().PutPerson(ContextOf(), person)));
  v1::PutAccountRequest account;
  *account.mutable_account() = all.accounts(0);
  EXPECT_TRUE(builds(live().PutAccount(ContextOf(), account)));
  v1::PutPowerItemRequest item;
  *item.mutable_item() = all.power_items(0);
  item.mutable_item()->set_title("改名的事项");
  *item.mutable_item()->mutable_valid_from() = base::ToProto(clock_.Now());
  EXPECT_TRUE(builds(live().PutPowerItem(ContextOf(), item)));
}

TEST_F(BookTest, AfterManyEntriesTheViewIsBuiltAnewAndIsTheSame) {
  // A book that was not opened meanwhile, as each put opens the service's own.
  Book book(*realms_.at("live").ledger, clock_);
  const rules::View before = book.Open()->view();
  for (int day = 0; day < 70; ++day) PutShift(day);
  const rules::View after = book.Open()->view();
  EXPECT_NE(after.tables, before.tables);
  EXPECT_EQ(after->posts.size(), before->posts.size());
  EXPECT_EQ(after.as_of_seq, Head());
}

TEST_F(BookTest, APageKeepsItsViewWhileTheBookMovesOn) {
  auto old = live().book().Open();
  ASSERT_TRUE(old.ok());
  v1::PutPostRequest post;
  *post.mutable_post() = TestPost("posts/pingan-duty");
  post.mutable_post()->set_title("新的名称");
  ASSERT_TRUE(Run(live().PutPost(ContextOf(), post)).ok());
  EXPECT_EQ(ViewNow()->posts.at("posts/pingan-duty").title(), "新的名称");
  EXPECT_NE(old->view()->posts.at("posts/pingan-duty").title(), "新的名称");
}

}  // namespace
}  // namespace huying::directory
