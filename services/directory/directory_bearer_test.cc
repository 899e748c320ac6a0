// SPDX-License-Identifier: Apache-2.0
//
// A token's bearer at the moment of an act, and the end of an exercise.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "services/directory/testing/directory_fixture.h"

namespace huying::directory {
namespace {

using testing::IsEmpty;

constexpr char kPassword[] = "right-password-1";
constexpr char kPost[] = "posts/pingan-duty";

class DirectoryBearerTest : public DirectoryFixture {
 protected:
  DirectoryBearerTest() {
    Load();
    EXPECT_TRUE(SetPassword("pingan-duty", kPassword).ok());
  }
  context::CallContext With(const std::string& token) {
    const auto claims = tokens_.Verify(token);
    EXPECT_TRUE(claims.ok()) << claims.status();
    context::CallContext context;
    context.actor = claims->actor();
    context.principal = claims->principal();
    context.realm = claims->realm();
    context.exercise = claims->exercise();
    context.credential = claims->credential();
    context.flags.assign(claims->flags().begin(), claims->flags().end());
    context.received_at = clock_.Now();
    return context;
  }
  context::CallContext SignedIn() {
    v1::SignInRequest request;
    request.set_account("pingan-duty");
    request.set_password(kPassword);
    const auto token = live().SignIn(ContextOf(), request);
    EXPECT_TRUE(token.ok()) << token.status();
    return With(token->token());
  }
  v1::MintActorTokensRequest Mint() {
    v1::MintActorTokensRequest request;
    request.set_exercise(kExercise);
    request.set_realm(kDrill);
    request.add_posts(kPost);
    return request;
  }
  // From an hour on somebody else has the post.
  void Relieve(const std::string& realm) {
    v1::PutShiftRequest put;
    put.mutable_shift()->set_post(kPost);
    put.mutable_shift()->set_person("people/pingan-deputy");
    *put.mutable_shift()->mutable_start() = base::ToProto(clock_.Now() + absl::Hours(1));
    *put.mutable_shift()->mutable_end() = base::ToProto(clock_.Now() + absl::Hours(9));
    DirectoryService& service = *realms_.at(realm).service;
    ASSERT_TRUE(Run(service.PutShift(ContextOf(), put), ContextOf(), realm).ok());
  }
};

TEST_F(DirectoryBearerTest, OffDutyIsJudgedWhenTheActIsReceivedAndNotWhenTheTokenWasMade) {
  Relieve("live");
  auto context = SignedIn();
  ASSERT_TRUE(live().CheckBearer(context).ok());
  EXPECT_THAT(context.flags, IsEmpty());
  context.received_at += absl::Hours(1);
  ASSERT_TRUE(live().CheckBearer(context).ok());
  ASSERT_EQ(context.flags.size(), 1u);
  EXPECT_EQ(context.flags[0].rule_id(), "directory.off-duty");
  ASSERT_TRUE(live().CheckBearer(context).ok());
  EXPECT_EQ(context.flags.size(), 1u) << "once";
  context.received_at += absl::Hours(8);
  ASSERT_TRUE(live().CheckBearer(context).ok());
  EXPECT_THAT(context.flags, IsEmpty());
}

TEST_F(DirectoryBearerTest, AnActorIsWhoHoldsThePostAtTheActByTheExercisesClock) {
  Relieve(kDrill);
  const auto minted = live().MintActorTokens(ContextOf("drill.direct"), Mint());
  ASSERT_TRUE(minted.ok()) << minted.status();
  auto context = With(minted->tokens(0).token());
  EXPECT_EQ(context.actor.person(), "people/pingan-duty");
  context.received_at += absl::Hours(1);
  ASSERT_TRUE(drill().CheckBearer(context).ok());
  EXPECT_EQ(context.actor.person(), "people/pingan-deputy");
}

TEST_F(DirectoryBearerTest, ANewPasswordOrADisablingEndsATokenAtTheNextAct) {
  auto context = SignedIn();
  ASSERT_TRUE(live().CheckBearer(context).ok());
  ASSERT_TRUE(SetPassword("pingan-duty", "another-password").ok());
  EXPECT_EQ(base::ProblemOf(live().CheckBearer(context)).rule_id(), "directory.credential");
  ASSERT_TRUE(SetPassword("pingan-duty", kPassword, /*disabled=*/true).ok());
  EXPECT_EQ(base::ProblemOf(live().CheckBearer(context)).rule_id(), "directory.account-disabled");
}

TEST_F(DirectoryBearerTest, AFinishedExerciseGivesNoTokenAndTakesNoAct) {
  const auto minted = live().MintActorTokens(ContextOf("drill.direct"), Mint());
  ASSERT_TRUE(minted.ok()) << minted.status();
  auto actor = With(minted->tokens(0).token());
  v1::EnterRealmRequest enter;
  enter.set_realm(kDrill);
  const auto signed_in = SignedIn();
  ASSERT_TRUE(live().EnterRealm(signed_in, enter).ok());
  ASSERT_TRUE(drill().CheckBearer(actor).ok());
  finished_ = true;
  for (const absl::Status& status :
       {live().EnterRealm(signed_in, enter).status(), drill().RenewToken(actor, {}).status(),
        drill().CheckBearer(actor),
        live().MintActorTokens(ContextOf("drill.direct"), Mint()).status()}) {
    EXPECT_EQ(base::ProblemOf(status).rule_id(), "directory.exercise-over") << status;
  }
}

TEST_F(DirectoryBearerTest, OnlyPostsThatArePlayedGetATokenOfTheExercise) {
  played_ = {"posts/commander"};
  const auto refused = live().MintActorTokens(ContextOf("drill.direct"), Mint()).status();
  EXPECT_EQ(base::ProblemOf(refused).rule_id(), "directory.actor-posts");
  EXPECT_EQ(base::ProblemOf(refused).field(), "posts[0]");
  played_ = {kPost};
  EXPECT_TRUE(live().MintActorTokens(ContextOf("drill.direct"), Mint()).ok());
}

}  // namespace
}  // namespace huying::directory
