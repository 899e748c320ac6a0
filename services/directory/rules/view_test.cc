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
using testing::IsEmpty;

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

TEST_F(ViewTest, TheFakeAnswersUnavailableWhenItIsDown) {
  directory_.SetDown(true);
  EXPECT_EQ(directory_.ResolveRecipients({}, {}).status().code(), absl::StatusCode::kUnavailable);
}

}  // namespace
}  // namespace huying::directory
