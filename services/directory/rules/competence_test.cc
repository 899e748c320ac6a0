// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "services/directory/api_fake.h"
#include "services/directory/rules/view.h"
#include "services/platform/base/status.h"

namespace huying::directory {
namespace {

using common::v1::Tier;
using testing::HasSubstr;

class CompetenceTest : public testing::Test {
 protected:
  v1::CheckCompetenceResponse Competence(std::string_view post, std::string_view permission,
                                         std::vector<std::string> areas) {
    auto answer = directory_.CheckCompetence(directory_.As(post), permission, areas);
    EXPECT_TRUE(answer.ok()) << answer.status();
    return answer.value_or(v1::CheckCompetenceResponse());
  }

  base::ManualClock clock_{absl::FromUnixSeconds(1'800'000'000)};
  FakeDirectory directory_{clock_};
};

TEST_F(CompetenceTest, CompetenceIsPermissionTimesTierTimesArea) {
  const auto own = Competence("posts/lingbei-duty", "alert.notice.issue", {kPingan, "230407001"});
  EXPECT_TRUE(own.covers_area());
  EXPECT_TRUE(own.has_permission());
  EXPECT_TRUE(own.tier_ok());
  EXPECT_EQ(own.power_item(), "powers/XS-YJ-001");
  EXPECT_EQ(own.legal_basis(0).article(), "第七十七条");
  EXPECT_EQ(own.post_area(), kLingbei);

  const auto sibling = Competence("posts/lingbei-duty", "alert.notice.issue", {kPingan, kLimin});
  EXPECT_FALSE(sibling.covers_area());
  EXPECT_EQ(sibling.outside_area(), kLimin);
  EXPECT_THAT(sibling.explanation(), HasSubstr("利民社区不在其管辖范围"));

  const auto above = Competence("posts/pingan-duty", "alert.notice.issue", {kLingbei});
  EXPECT_FALSE(above.covers_area());
}

TEST_F(CompetenceTest, AWarningIsNoActOfASubdistrictWhateverItsRolesSay) {
  const auto answer = Competence("posts/lingbei-duty", "alert.warning.issue", {kLingbei});
  EXPECT_TRUE(answer.has_permission());
  EXPECT_FALSE(answer.tier_ok());
  EXPECT_EQ(answer.lowest_tier(), Tier::DISTRICT);
  EXPECT_THAT(answer.explanation(), HasSubstr("最低层级为区"));
}

TEST_F(CompetenceTest, AnOutsideUnitHasNoTierThoughItsNumberIsSmall) {
  EXPECT_FALSE(Competence("posts/mine-dispatch", "alert.warning.issue", {}).tier_ok());
  EXPECT_FALSE(Competence("posts/mine-dispatch", "alert.notice.issue", {}).tier_ok());
}

TEST_F(CompetenceTest, WithoutAPowerItemInForceTheActIsAllowedAndFlagged) {
  directory_.RemovePowerItems("alert.notice.issue");
  const auto answer = Competence("posts/lingbei-duty", "alert.notice.issue", {});
  EXPECT_TRUE(answer.covers_area());
  EXPECT_TRUE(answer.tier_ok());
  EXPECT_EQ(answer.power_item(), "");
  EXPECT_THAT(answer.explanation(), HasSubstr("依据待核"));
}

TEST_F(CompetenceTest, APostWithoutThePermissionIsToldSo) {
  const auto answer = Competence("posts/alert-reviewer", "alert.warning.sign", {kXingshan});
  EXPECT_FALSE(answer.has_permission());
  EXPECT_THAT(answer.explanation(), HasSubstr("没有权限 alert.warning.sign"));
}

TEST_F(CompetenceTest, ADeputyActsWithThePostsCompetenceAndAStrangerDoesNot) {
  auto context = directory_.As("posts/deputy-commander");
  context.actor.set_acting_for_post("posts/commander");
  auto answer = directory_.CheckCompetence(context, "alert.warning.sign", {kXingshan});
  EXPECT_TRUE(answer->has_permission());

  context = directory_.As("posts/health-duty");
  context.actor.set_acting_for_post("posts/commander");
  answer = directory_.CheckCompetence(context, "alert.warning.sign", {kXingshan});
  EXPECT_FALSE(answer->has_permission());
  EXPECT_THAT(answer->explanation(), HasSubstr("代行顺序"));
}

TEST_F(CompetenceTest, WhatOnlyHisOwnPostMayDoADeputyStillDoesInHisOwnRight) {
  auto context = directory_.As("posts/pingan-deputy");
  v1::Directory directory = XingshanForTests();
  for (v1::Post& post : *directory.mutable_posts()) {
    if (post.name() == "posts/pingan-deputy") post.add_roles("roles/commander");
  }
  directory_.Replace(directory);
  context.actor.set_acting_for_post("posts/pingan-duty");
  EXPECT_TRUE(directory_.CheckCompetence(context, "response.command", {})->has_permission());
  EXPECT_TRUE(directory_.CheckCompetence(context, "incident.intake", {})->has_permission());
  // Not so who is no deputy.
  context.actor.set_acting_for_post("posts/guoan-duty");
  EXPECT_FALSE(directory_.CheckCompetence(context, "response.command", {})->has_permission());
}

TEST_F(CompetenceTest, APowerItemCountsOnlyWhileItIsInForce) {
  v1::PowerItem item;
  EXPECT_TRUE(rules::InForce(item, clock_.Now()));
  *item.mutable_valid_from() = base::ToProto(clock_.Now());
  EXPECT_TRUE(rules::InForce(item, clock_.Now()));
  EXPECT_FALSE(rules::InForce(item, clock_.Now() - absl::Seconds(1)));
  *item.mutable_valid_to() = base::ToProto(clock_.Now());
  EXPECT_FALSE(rules::InForce(item, clock_.Now()));
}

TEST_F(CompetenceTest, AnUnknownAreaIsInvalidAndNamesTheField) {
  auto answer = directory_.CheckCompetence(directory_.As("posts/lingbei-duty"),
                                           "alert.notice.issue", {kPingan, "230407001009"});
  EXPECT_EQ(base::ProblemOf(answer.status()).field(), "areas[1]");
  EXPECT_EQ(base::ProblemOf(answer.status()).reason(), base::Reason::UNKNOWN_AREA);
}

}  // namespace
}  // namespace huying::directory
