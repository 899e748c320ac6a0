// SPDX-License-Identifier: Apache-2.0
//
// Acting for another post, and off duty, in tokens.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "services/directory/testing/directory_fixture.h"

namespace huying::directory {
namespace {

using testing::Contains;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

constexpr char kPassword[] = "right-password-1";
constexpr char kCommander[] = "posts/commander";

class DirectoryActingTest : public DirectoryFixture {
 protected:
  DirectoryActingTest() {
    Load();
    EXPECT_TRUE(SetPassword("deputy-commander", kPassword).ok());
    EXPECT_TRUE(SetPassword("health-duty", kPassword).ok());
  }
  static v1::ActingFor ForCommander() {
    v1::ActingFor acting;
    acting.set_post(kCommander);
    acting.set_reason("总指挥联系不上");
    return acting;
  }
  absl::StatusOr<v1::TokenResponse> SignIn(const std::string& account, const v1::ActingFor* acting,
                                           const std::string& post = "") {
    v1::SignInRequest request;
    request.set_account(account);
    request.set_password(kPassword);
    request.set_post(post);
    if (acting != nullptr) *request.mutable_acting_for() = *acting;
    return live().SignIn(ContextOf(), request);
  }
  absl::StatusOr<v1::TokenResponse> SignInFor(const std::string& account) {
    const v1::ActingFor acting = ForCommander();
    return SignIn(account, &acting);
  }
  // What the pipeline makes of a token.
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
    context.permissions.assign(claims->permissions().begin(), claims->permissions().end());
    return context;
  }
  void PutShift(const std::string& person, absl::Duration from, absl::Duration to) {
    v1::PutShiftRequest request;
    request.mutable_shift()->set_post("posts/health-duty");
    request.mutable_shift()->set_person(person);
    *request.mutable_shift()->mutable_start() = base::ToProto(clock_.Now() + from);
    *request.mutable_shift()->mutable_end() = base::ToProto(clock_.Now() + to);
    const auto put = Run(live().PutShift(ContextOf(), request));
    ASSERT_TRUE(put.ok()) << put.status();
  }
};

TEST_F(DirectoryActingTest, ADeputySignsInForThePostAndTheTokenSaysForWhomWhyAndUntilWhen) {
  const auto own = SignIn("deputy-commander", nullptr);
  ASSERT_TRUE(own.ok()) << own.status();
  EXPECT_EQ(own->actor().acting_for_post(), "");
  EXPECT_THAT(own->permissions(), Not(Contains("alert.warning.sign")));

  const auto token = SignInFor("deputy-commander");
  ASSERT_TRUE(token.ok()) << token.status();
  const auto context = With(token->token());
  EXPECT_EQ(context.actor.post(), "posts/deputy-commander");
  EXPECT_EQ(context.actor.person(), "people/deputy-commander");
  EXPECT_EQ(context.actor.acting_for_post(), kCommander);
  EXPECT_EQ(context.actor.acting_reason(), "总指挥联系不上");
  EXPECT_EQ(base::FromProto(context.actor.acting_until()), clock_.Now() + absl::Hours(24));
  EXPECT_THAT(context.permissions, Contains("alert.warning.sign"));
  v1::CheckCompetenceRequest check;
  check.set_permission("alert.warning.sign");
  EXPECT_TRUE(live().CheckCompetence(context, check)->has_permission());
}

TEST_F(DirectoryActingTest, WhoIsNoDeputyIsRefusedAndSignsInForHimself) {
  const auto refused = SignInFor("health-duty");
  EXPECT_EQ(refused.status().code(), absl::StatusCode::kPermissionDenied);
  EXPECT_EQ(base::ProblemOf(refused.status()).rule_id(), "directory.acting-for");
  EXPECT_TRUE(SignIn("health-duty", nullptr).ok());
}

TEST_F(DirectoryActingTest, EveryEntrySaysForWhomItWasDone) {
  v1::PutPostRequest put;
  *put.mutable_post() = TestPost("posts/pingan-duty");
  const auto context = With(SignInFor("deputy-commander")->token());
  const auto receipt = Run(live().PutPost(context, put), context);
  ASSERT_TRUE(receipt.ok()) << receipt.status();
  const auto entries = (*realms_.at("live").ledger->Read())->Entries(receipt->seq() - 1, 1);
  ASSERT_TRUE(entries.ok()) << entries.status();
  const common::v1::Actor& actor = entries->front().entry.actor();
  EXPECT_EQ(actor.acting_for_post(), kCommander);
  EXPECT_EQ(actor.acting_reason(), "总指挥联系不上");
  EXPECT_TRUE(actor.has_acting_until());
}

TEST_F(DirectoryActingTest, ARenewedTokenActsOnUntilItsEndOrUntilToldToStop) {
  const auto context = With(SignInFor("deputy-commander")->token());
  const absl::Time end = base::FromProto(context.actor.acting_until());
  clock_.Set(end - absl::Seconds(1));
  const auto renewed = live().RenewToken(context, {});
  ASSERT_TRUE(renewed.ok()) << renewed.status();
  EXPECT_EQ(renewed->actor().acting_for_post(), kCommander);
  EXPECT_EQ(base::FromProto(renewed->actor().acting_until()), end);  // not moved by renewing
  v1::RenewTokenRequest stop;
  stop.set_stop_acting(true);
  const auto stopped = live().RenewToken(context, stop);
  EXPECT_EQ(stopped->actor().acting_for_post(), "");
  EXPECT_THAT(stopped->permissions(), Not(Contains("alert.warning.sign")));
  clock_.Set(end);
  const auto over = live().RenewToken(context, {});
  ASSERT_TRUE(over.ok()) << over.status();  // back in his own post
  EXPECT_EQ(over->actor().acting_for_post(), "");
  EXPECT_EQ(over->actor().post(), "posts/deputy-commander");
}

TEST_F(DirectoryActingTest, ATokenStartsToActWhenItIsRenewed) {
  v1::RenewTokenRequest request;
  *request.mutable_acting_for() = ForCommander();
  const auto own = With(SignIn("deputy-commander", nullptr)->token());
  const auto acting = live().RenewToken(own, request);
  ASSERT_TRUE(acting.ok()) << acting.status();
  EXPECT_EQ(acting->actor().acting_for_post(), kCommander);
  const auto other = With(SignIn("health-duty", nullptr)->token());
  EXPECT_EQ(live().RenewToken(other, request).status().code(), absl::StatusCode::kPermissionDenied);
}

TEST_F(DirectoryActingTest, WhoIsNoLongerDeputyStopsActingWhenTheTokenIsRenewed) {
  const auto context = With(SignInFor("deputy-commander")->token());
  v1::PutPostRequest put;
  *put.mutable_post() = TestPost(kCommander);
  put.mutable_post()->clear_deputies();
  put.add_update_mask("deputies");
  ASSERT_TRUE(Run(live().PutPost(ContextOf(), put)).ok());
  const auto renewed = live().RenewToken(context, {});
  ASSERT_TRUE(renewed.ok()) << renewed.status();
  EXPECT_EQ(renewed->actor().acting_for_post(), "");
}

TEST_F(DirectoryActingTest, InAnExerciseADeputyActsByItsOwnDirectory) {
  const auto live_token = With(SignInFor("deputy-commander")->token());
  v1::EnterRealmRequest enter;
  enter.set_realm(kDrill);
  EXPECT_EQ(live().EnterRealm(live_token, enter)->actor().acting_for_post(), "");
  *enter.mutable_acting_for() = ForCommander();
  const auto entered = live().EnterRealm(live_token, enter);
  ASSERT_TRUE(entered.ok()) << entered.status();
  EXPECT_EQ(entered->actor().acting_for_post(), kCommander);

  v1::MintActorTokensRequest mint;
  mint.set_exercise(kExercise);
  mint.set_realm(kDrill);
  mint.add_posts("posts/deputy-commander");
  mint.add_posts("posts/health-duty");
  const auto minted = live().MintActorTokens(ContextOf("drill.direct"), mint);
  ASSERT_TRUE(minted.ok()) << minted.status();
  v1::RenewTokenRequest request;
  *request.mutable_acting_for() = ForCommander();
  const auto deputy = drill().RenewToken(With(minted->tokens(0).token()), request);
  ASSERT_TRUE(deputy.ok()) << deputy.status();
  EXPECT_EQ(deputy->actor().acting_for_post(), kCommander);
  EXPECT_THAT(deputy->permissions(), Contains("alert.warning.sign"));
  EXPECT_FALSE(drill().RenewToken(With(minted->tokens(1).token()), request).ok());
}

TEST_F(DirectoryActingTest, WhoSignsInOutsideHisShiftIsFlaggedAndNotRefused) {
  EXPECT_THAT(SignIn("health-duty", nullptr)->flags(), IsEmpty());  // standing holder, no shift
  PutShift("people/police-duty", -absl::Hours(1), absl::Hours(1));
  for (const char* post : {"", "posts/health-duty"}) {  // chosen for him, or asked for
    const auto token = SignIn("health-duty", nullptr, post);
    ASSERT_TRUE(token.ok()) << token.status();
    ASSERT_EQ(token->flags_size(), 1);
    EXPECT_EQ(token->flags(0).rule_id(), "directory.off-duty");
    EXPECT_THAT(token->flags(0).text(), HasSubstr("不在班"));
    EXPECT_EQ(With(token->token()).flags.size(), 1u);
  }
  // When the shift is over the renewed token says so.
  const auto context = With(SignIn("health-duty", nullptr)->token());
  clock_.Advance(absl::Hours(1));
  EXPECT_THAT(live().RenewToken(context, {})->flags(), IsEmpty());
}

}  // namespace
}  // namespace huying::directory
