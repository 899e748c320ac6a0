// SPDX-License-Identifier: Apache-2.0
#include "services/directory/rules/rights.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "services/platform/base/status.h"

namespace huying::directory::rules {
namespace {

using ::testing::Contains;

v1::Account Account(const std::string& who, const std::string& post) {
  v1::Account account;
  account.set_name("accounts/" + who);
  account.set_person("people/" + who);
  if (!post.empty()) account.add_posts(post);
  return account;
}

v1::Directory District() {
  v1::Directory directory;
  v1::Role* planner = directory.add_roles();
  planner->set_name("roles/planner");
  planner->add_permissions("plan.write");
  planner->add_permissions("directory.write");
  v1::Role* keeper = directory.add_roles();
  keeper->set_name("roles/keeper");
  keeper->add_permissions("directory.roles");
  for (const char* name : {"plan-officer", "keeper", "second-keeper"}) {
    v1::Post* post = directory.add_posts();
    post->set_name(std::string("posts/") + name);
    post->add_roles(std::string(name) == "plan-officer" ? "roles/planner" : "roles/keeper");
    *directory.add_accounts() = Account(name, post->name());
  }
  v1::Account administrator = Account("admin", "");
  administrator.set_administrator(true);
  *directory.add_accounts() = administrator;
  return directory;
}

common::v1::Actor Actor(const std::string& who) {
  common::v1::Actor actor;
  actor.set_person("people/" + who);
  actor.set_account("accounts/" + who);
  actor.set_post("posts/" + who);
  return actor;
}

// The planners' role with one more permission.
v1::Directory PlannerWith(const std::string& permission) {
  v1::Directory change;
  *change.add_roles() = District().roles(0);
  change.mutable_roles(0)->add_permissions(permission);
  return change;
}

Verdict Judge(const std::string& who, const context::Permissions& permissions,
              const v1::Directory& change) {
  const View view = ViewOf(District(), 1);
  const common::v1::Actor actor = Actor(who);
  return JudgeRights(view, change, {actor, permissions});
}

TEST(Rights, WhatLetsSomebodySignIssueApproveOrKeepAccountsIsGrave) {
  for (const char* grave : {"alert.warning.sign", "alert.warning.issue", "response.approve",
                            "directory.accounts", "directory.roles"}) {
    EXPECT_TRUE(IsGrave(grave)) << grave;
  }
  EXPECT_FALSE(IsGrave("plan.read"));
}

TEST(Rights, DirectoryWriteAloneChangesNoRole) {
  const Verdict verdict =
      Judge("plan-officer", {"directory.write", "plan.write"}, PlannerWith("alert.warning.sign"));
  EXPECT_EQ(base::ProblemOf(verdict.refusal).reason(), base::Reason::PERMISSION_MISSING);
}

TEST(Rights, NobodyGivesWhatHeHasNot) {
  const Verdict verdict = Judge("keeper", {"directory.roles"}, PlannerWith("alert.warning.sign"));
  EXPECT_EQ(base::ProblemOf(verdict.refusal).rule_id(), "directory.rights-held");
}

TEST(Rights, AGraveRightWaitsForASecondPersonAndAnotherDoesNot) {
  const Verdict grave =
      Judge("keeper", {"directory.roles", "alert.warning.sign"}, PlannerWith("alert.warning.sign"));
  ASSERT_TRUE(grave.refusal.ok()) << grave.refusal;
  EXPECT_TRUE(grave.second_person);
  ASSERT_EQ(grave.gains.size(), 1u);
  EXPECT_EQ(grave.gains[0].account(), "accounts/plan-officer");
  EXPECT_THAT(grave.gains[0].permissions(), Contains("alert.warning.sign"));
  const Verdict plain = Judge("keeper", {"directory.roles", "plan.read"}, PlannerWith("plan.read"));
  ASSERT_TRUE(plain.refusal.ok()) << plain.refusal;
  EXPECT_FALSE(plain.second_person);
}

TEST(Rights, TheLastAdministratorIsNotLost) {
  v1::Directory change;
  *change.add_accounts() = District().accounts(3);
  change.mutable_accounts(0)->set_administrator(false);
  const Verdict verdict = Judge("admin", {"directory.accounts", "directory.roles"}, change);
  EXPECT_EQ(base::ProblemOf(verdict.refusal).rule_id(), "directory.last-administrator");
}

TEST(Rights, RowsThatAreAsTheyWereAskForNothing) {
  v1::Directory same;
  *same.add_roles() = District().roles(0);
  EXPECT_TRUE(Judge("plan-officer", {}, same).refusal.ok());
}

}  // namespace
}  // namespace huying::directory::rules
