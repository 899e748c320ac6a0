// SPDX-License-Identifier: Apache-2.0
#include "services/directory/rules/view.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "services/directory/api_fake.h"
#include "services/platform/base/status.h"

namespace huying::directory {
namespace {

using common::v1::Tier;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

class ViewTest : public testing::Test {
 protected:
  v1::ResolveRecipientsResponse Resolve(std::vector<std::string> areas,
                                        std::vector<Tier> tiers = {}) {
    v1::ResolveRecipientsRequest request;
    for (const auto& area : areas) request.add_areas(area);
    for (Tier tier : tiers) request.add_tiers(tier);
    auto response = directory_.ResolveRecipients({}, request);
    EXPECT_TRUE(response.ok()) << response.status();
    return response.value_or(v1::ResolveRecipientsResponse());
  }
  v1::CheckCompetenceResponse Competence(std::string_view post, std::string_view permission,
                                         std::vector<std::string> areas) {
    auto answer = directory_.CheckCompetence(directory_.As(post), permission, areas);
    EXPECT_TRUE(answer.ok()) << answer.status();
    return answer.value_or(v1::CheckCompetenceResponse());
  }

  base::ManualClock clock_{absl::FromUnixSeconds(1'800'000'000)};
  FakeDirectory directory_{clock_};
};

std::vector<std::string> PostsOf(const v1::ResolveRecipientsResponse& response) {
  std::vector<std::string> posts;
  for (const auto& recipient : response.recipients()) posts.push_back(recipient.post());
  return posts;
}

TEST_F(ViewTest, RecipientsAreTheAnsweringPostsOfTheTargetAndAllBeneath) {
  const auto response = Resolve({"230407001"});
  EXPECT_THAT(PostsOf(response),
              ElementsAre("posts/lingbei-duty", "posts/pingan-duty", "posts/guoan-duty"));
  const auto& pingan = response.recipients(1);
  EXPECT_EQ(pingan.area_name(), "平安社区");
  EXPECT_THAT(pingan.deputies(), ElementsAre("posts/pingan-deputy"));
  EXPECT_EQ(pingan.supervisor(), "posts/lingbei-duty");
  EXPECT_EQ(pingan.holder().person(), "people/pingan-duty");
  EXPECT_TRUE(pingan.holder().standing());
  EXPECT_THAT(pingan.ancestors(), ElementsAre(kLingbei, kXingshan));
  ASSERT_EQ(response.targets_size(), 1);
  EXPECT_EQ(response.targets(0).code(), kLingbei);
  EXPECT_THAT(response.silent_areas(), IsEmpty());
}

TEST_F(ViewTest, TheParentMapHoldsEveryAreaTouchedAndTheAncestorsOfTargets) {
  const auto response = Resolve({kPingan});
  EXPECT_EQ(response.parents().at(kPingan), kLingbei);
  EXPECT_EQ(response.parents().at(kLingbei), kXingshan);
  EXPECT_FALSE(response.parents().contains(kXingshan));  // its parent is outside
}

TEST_F(ViewTest, TheWholeDistrictIsThirteenAreasEachOnce) {
  const auto response = Resolve({"230407", kPingan, kPingan});
  EXPECT_EQ(response.recipients_size(), 13);
  EXPECT_EQ(response.targets_size(), 2);
}

TEST_F(ViewTest, TiersNarrowTheRecipients) {
  EXPECT_EQ(Resolve({kXingshan}, {Tier::COMMUNITY}).recipients_size(), 8);
  EXPECT_EQ(Resolve({kXingshan}, {Tier::DISTRICT, Tier::SUBDISTRICT}).recipients_size(), 5);
}

TEST_F(ViewTest, AnAreaWhereNobodyAnswersIsNamedSilent) {
  directory_.SetReceivesAlerts("posts/limin-duty", false);
  EXPECT_THAT(Resolve({kGounan}).silent_areas(), ElementsAre(kLimin));
  EXPECT_THAT(Resolve({kGounan}, {Tier::SUBDISTRICT}).silent_areas(), IsEmpty());
}

TEST_F(ViewTest, AnUnknownTargetIsInvalidAndNamesTheField) {
  v1::ResolveRecipientsRequest request;
  request.add_areas(kPingan);
  request.add_areas("230407002002");
  auto response = directory_.ResolveRecipients({}, request);
  const auto problem = base::ProblemOf(response.status());
  EXPECT_EQ(problem.reason(), base::Reason::UNKNOWN_AREA);
  EXPECT_EQ(problem.field(), "areas[1]");
}

TEST_F(ViewTest, AShiftComesBeforeTheStandingHolderAndEndsExclusively) {
  v1::Shift shift;
  shift.set_name("shifts/pingan-duty/1");
  shift.set_post("posts/pingan-duty");
  shift.set_person("people/guoan-duty");
  *shift.mutable_start() = base::ToProto(clock_.Now());
  *shift.mutable_end() = base::ToProto(clock_.Now() + absl::Hours(8));
  directory_.AddShift(shift);
  auto holder = [this] { return *directory_.HolderNow({}, "posts/pingan-duty"); };
  EXPECT_EQ(holder().person(), "people/guoan-duty");
  EXPECT_EQ(holder().shift(), shift.name());
  EXPECT_FALSE(holder().standing());
  EXPECT_EQ(holder().account(), "accounts/guoan-duty");
  clock_.Advance(absl::Hours(8));
  EXPECT_EQ(holder().person(), "people/pingan-duty");
  EXPECT_TRUE(holder().standing());
}

TEST_F(ViewTest, APostThatNobodyHoldsSaysSo) {
  directory_.SetHolder("posts/pingan-duty", "");
  auto holder = directory_.HolderNow({}, "posts/pingan-duty");
  ASSERT_TRUE(holder.ok());
  EXPECT_EQ(holder->person(), "");
  EXPECT_FALSE(holder->standing());
  EXPECT_FALSE(directory_.HolderNow({}, "posts/none").ok());
}

TEST_F(ViewTest, CompetenceIsPermissionTimesTierTimesArea) {
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

TEST_F(ViewTest, AWarningIsNoActOfASubdistrictWhateverItsRolesSay) {
  const auto answer = Competence("posts/lingbei-duty", "alert.warning.issue", {kLingbei});
  EXPECT_TRUE(answer.has_permission());
  EXPECT_FALSE(answer.tier_ok());
  EXPECT_EQ(answer.lowest_tier(), Tier::DISTRICT);
  EXPECT_THAT(answer.explanation(), HasSubstr("最低层级为区"));
}

TEST_F(ViewTest, AnOutsideUnitHasNoTierThoughItsNumberIsSmall) {
  EXPECT_FALSE(Competence("posts/mine-dispatch", "alert.warning.issue", {}).tier_ok());
  EXPECT_FALSE(Competence("posts/mine-dispatch", "alert.notice.issue", {}).tier_ok());
}

TEST_F(ViewTest, WithoutAPowerItemInForceTheActIsAllowedAndFlagged) {
  directory_.RemovePowerItems("alert.notice.issue");
  const auto answer = Competence("posts/lingbei-duty", "alert.notice.issue", {});
  EXPECT_TRUE(answer.covers_area());
  EXPECT_TRUE(answer.tier_ok());
  EXPECT_EQ(answer.power_item(), "");
  EXPECT_THAT(answer.explanation(), HasSubstr("依据待核"));
}

TEST_F(ViewTest, APostWithoutThePermissionIsToldSo) {
  const auto answer = Competence("posts/alert-reviewer", "alert.warning.sign", {kXingshan});
  EXPECT_FALSE(answer.has_permission());
  EXPECT_THAT(answer.explanation(), HasSubstr("没有权限 alert.warning.sign"));
}

TEST_F(ViewTest, ADeputyActsWithThePostsCompetenceAndAStrangerDoesNot) {
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

TEST_F(ViewTest, APowerItemCountsOnlyWhileItIsInForce) {
  v1::PowerItem item;
  EXPECT_TRUE(rules::InForce(item, clock_.Now()));
  *item.mutable_valid_from() = base::ToProto(clock_.Now());
  EXPECT_TRUE(rules::InForce(item, clock_.Now()));
  EXPECT_FALSE(rules::InForce(item, clock_.Now() - absl::Seconds(1)));
  *item.mutable_valid_to() = base::ToProto(clock_.Now());
  EXPECT_FALSE(rules::InForce(item, clock_.Now()));
}

TEST_F(ViewTest, TheFakeAnswersUnavailableWhenItIsDown) {
  directory_.SetDown(true);
  EXPECT_EQ(directory_.ResolveRecipients({}, {}).status().code(), absl::StatusCode::kUnavailable);
}

}  // namespace
}  // namespace huying::directory
