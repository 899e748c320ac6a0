// SPDX-License-Identifier: Apache-2.0
#include "services/directory/rules/sign_in.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "services/directory/api_fake.h"
#include "services/platform/base/status.h"

namespace huying::directory::rules {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::Not;

class SignInRulesTest : public testing::Test {
 protected:
  SignInRulesTest() {
    account_.set_name("accounts/lingbei-leader");
    account_.set_person("people/lingbei-leader");
    account_.add_posts("posts/lingbei-duty");
    account_.add_posts("posts/lingbei-leader");
  }
  std::string Chosen(std::string_view requested) {
    auto post = ChoosePost(view_, {}, account_, requested);
    if (!post.ok()) return base::ProblemOf(post.status()).rule_id();
    return *post == nullptr ? "none" : (*post)->name();
  }

  View view_ = ViewOf(XingshanForTests(), 1);
  v1::Account account_;
};

TEST_F(SignInRulesTest, TheRequestedPostMustBeOneOfTheAccounts) {
  EXPECT_EQ(Chosen("posts/lingbei-duty"), "posts/lingbei-duty");
  EXPECT_EQ(Chosen("posts/commander"), "directory.account-posts");
  EXPECT_EQ(Chosen("posts/none"), "directory.account-posts");
}

TEST_F(SignInRulesTest, WithoutARequestItIsThePostItsPersonHoldsNow) {
  EXPECT_EQ(Chosen(""), "posts/lingbei-leader");
}

TEST_F(SignInRulesTest, APersonWhoHoldsNothingGetsTheFirst) {
  account_.set_person("people/limin-duty");
  EXPECT_EQ(Chosen(""), "posts/lingbei-duty");
  account_.clear_posts();
  EXPECT_EQ(Chosen(""), "none");
}

TEST_F(SignInRulesTest, TheActorIsAsThePostStandsNow) {
  const auto actor = ActorOf(view_, account_, &view_->posts.at("posts/lingbei-duty"));
  EXPECT_EQ(actor.person(), "people/lingbei-leader");
  EXPECT_EQ(actor.post_name(), "岭北街道值班员");
  EXPECT_EQ(actor.unit(), "units/lingbei");
  EXPECT_EQ(actor.area(), kLingbei);
  EXPECT_EQ(actor.tier(), common::v1::SUBDISTRICT);
  EXPECT_EQ(actor.system(), "");
}

TEST_F(SignInRulesTest, AnAdministratorWithoutAPostActsForTheDistrictAndNoMore) {
  v1::Account admin;
  admin.set_name("accounts/admin");
  admin.set_administrator(true);
  const auto actor = ActorOf(view_, admin, nullptr);
  EXPECT_EQ(actor.tier(), common::v1::DISTRICT);
  EXPECT_EQ(actor.area(), kXingshan);
  EXPECT_THAT(PermissionsOf(view_, admin, nullptr),
              ElementsAre("directory.accounts", "directory.read", "directory.roles",
                          "directory.write", "plan.read", "plan.write", "roster.write"));
}

TEST_F(SignInRulesTest, PermissionsAreTheUnionOfThePostsRoles) {
  const auto permissions = PermissionsOf(view_, account_, &view_->posts.at("posts/commander"));
  EXPECT_THAT(permissions, Contains("incident.command"));    // commander
  EXPECT_THAT(permissions, Contains("alert.warning.sign"));  // signer
  EXPECT_THAT(permissions, Contains("directory.read"));      // reader
  EXPECT_THAT(permissions, Not(Contains("directory.write")));
  account_.set_administrator(true);
  EXPECT_THAT(PermissionsOf(view_, account_, &view_->posts.at("posts/commander")),
              Contains("directory.write"));
}

TEST_F(SignInRulesTest, TwoPostsNobodyHoldsArePlayedByTwoPersons) {
  v1::Post a = view_->posts.at("posts/pingan-duty");
  v1::Post b = view_->posts.at("posts/guoan-duty");
  EXPECT_EQ(ExerciseActorOf(view_, {}, a).person(), "people/pingan-duty");
  a.clear_standing_holder();
  b.clear_standing_holder();
  EXPECT_EQ(ExerciseActorOf(view_, {}, a).person(), "people/actor-pingan-duty");
  EXPECT_NE(ExerciseActorOf(view_, {}, a).person(), ExerciseActorOf(view_, {}, b).person());
}

TEST_F(SignInRulesTest, OnlyTheDirectorOfTheRunningExerciseHasTokensMinted) {
  Played played{.exercise = "exercises/2026-0001"};
  played.director.set_person("people/yang-fan");
  played.director.set_account("accounts/yang-fan");
  common::v1::Actor caller;
  const auto rule = [&](std::string_view exercise) {
    const absl::Status status = MayMint(exercise, played, caller);
    return status.ok() ? "may" : base::ProblemOf(status).rule_id();
  };
  EXPECT_EQ(rule("exercises/2026-0001"), "directory.actor-director");  // nobody
  caller.set_person("people/han-chao");
  caller.set_account("accounts/han-chao");
  EXPECT_EQ(rule("exercises/2026-0001"), "directory.actor-director");  // another director
  caller.set_account("accounts/yang-fan");
  EXPECT_EQ(rule("exercises/2026-0001"), "may");  // by account
  caller.clear_account();
  caller.set_person("people/yang-fan");
  EXPECT_EQ(rule("exercises/2026-0001"), "may");  // by person
  EXPECT_EQ(rule("exercises/2026-0002"), "directory.actor-director");
  played.finished = true;
  EXPECT_EQ(rule("exercises/2026-0001"), "directory.exercise-over");
  played.director.Clear();
  caller.Clear();
  EXPECT_EQ(rule("exercises/2026-0001"), "directory.actor-director");
}

TEST_F(SignInRulesTest, AnExerciseHasOneRealm) {
  EXPECT_TRUE(IsRealmOf("exercises/2026-0001", "drill-2026-0001"));
  EXPECT_FALSE(IsRealmOf("exercises/2026-0001", "drill-2026-0002"));
  EXPECT_FALSE(IsRealmOf("exercises/2026-0001", "live"));
  EXPECT_FALSE(IsRealmOf("exercises/", "drill-"));
  EXPECT_FALSE(IsRealmOf("", "live"));
}

TEST_F(SignInRulesTest, NamesAndOtherPosts) {
  EXPECT_EQ(AccountName("zhang"), "accounts/zhang");
  EXPECT_EQ(AccountName("accounts/zhang"), "accounts/zhang");
  EXPECT_THAT(OtherPosts(account_, &view_->posts.at("posts/lingbei-duty")),
              ElementsAre("posts/lingbei-leader"));
}

}  // namespace
}  // namespace huying::directory::rules
