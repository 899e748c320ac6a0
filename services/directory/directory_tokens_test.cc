// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "services/directory/bootstrap.h"
#include "services/directory/testing/directory_fixture.h"

namespace huying::directory {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

constexpr char kRight[] = "right-password-1";

class DirectoryTokensTest : public DirectoryFixture {
 protected:
  DirectoryTokensTest() {
    Load();
    EXPECT_TRUE(SetPassword("lingbei-duty", kRight).ok());
  }

  absl::StatusOr<v1::TokenResponse> SignIn(const std::string& account, const std::string& password,
                                           const std::string& post = "",
                                           const std::string& peer = "ipv4:10.0.0.1:1") {
    v1::SignInRequest request;
    request.set_account(account);
    request.set_password(password);
    request.set_post(post);
    auto context = ContextOf();
    context.peer = peer;
    return live().SignIn(context, request);
  }
  platform::v1::TokenClaims Claims(const std::string& token) {
    auto claims = tokens_.Verify(token);
    EXPECT_TRUE(claims.ok()) << claims.status();
    return claims.value_or(platform::v1::TokenClaims());
  }
  // What the pipeline makes of a token.
  context::CallContext With(const std::string& token) {
    const auto claims = Claims(token);
    context::CallContext context;
    context.actor = claims.actor();
    context.principal = claims.principal();
    context.realm = claims.realm();
    context.exercise = claims.exercise();
    context.credential = claims.credential();
    context.permissions.assign(claims.permissions().begin(), claims.permissions().end());
    return context;
  }
  static base::Reason ReasonOf(const absl::Status& status) {
    return base::ProblemOf(status).reason();
  }
};

TEST_F(DirectoryTokensTest, SigningInGivesATokenOfTheLiveRealmWithThePostAndItsPermissions) {
  auto token = SignIn("lingbei-duty", kRight);
  ASSERT_TRUE(token.ok()) << token.status();
  EXPECT_EQ(token->realm(), "live");
  EXPECT_EQ(token->actor().post(), "posts/lingbei-duty");
  EXPECT_EQ(token->actor().area(), kLingbei);
  EXPECT_THAT(token->permissions(), Contains("alert.notice.issue"));
  const auto claims = Claims(token->token());
  EXPECT_EQ(claims.realm(), "live");
  EXPECT_EQ(claims.principal(), "accounts/lingbei-duty");
  EXPECT_EQ(claims.exercise(), "");
  EXPECT_THAT(claims.permissions(), Not(Contains("node")));
  EXPECT_EQ(claims.expires_at().seconds(), token->expires_at().seconds());
  EXPECT_TRUE(SignIn("accounts/lingbei-duty", kRight).ok());
}

TEST_F(DirectoryTokensTest, AnUnknownAccountAndAWrongPasswordAnswerTheSame) {
  const absl::Status wrong = SignIn("lingbei-duty", "wrong-password-1").status();
  const absl::Status unknown = SignIn("nobody", "wrong-password-1").status();
  const absl::Status without = SignIn("limin-duty", "").status();  // an account with no password
  const absl::Status absurd = SignIn(std::string(5000, 'x'), kRight).status();
  EXPECT_EQ(ReasonOf(wrong), base::Reason::SIGN_IN_FAILED);
  for (const absl::Status& other : {unknown, without, absurd}) {
    EXPECT_EQ(other.code(), wrong.code());
    EXPECT_EQ(base::ProblemOf(other).SerializeAsString(),
              base::ProblemOf(wrong).SerializeAsString());
  }
}

TEST_F(DirectoryTokensTest, GuessingIsSlowedDownAndADutyPostIsNotLocked) {
  absl::Status last;
  for (int i = 0; i < 10; ++i) last = SignIn("lingbei-duty", "wrong-password-1").status();
  EXPECT_EQ(ReasonOf(last), base::Reason::SIGN_IN_THROTTLED);
  EXPECT_EQ(ReasonOf(SignIn("lingbei-duty", kRight).status()), base::Reason::SIGN_IN_THROTTLED);
  clock_.Advance(absl::Minutes(6));
  EXPECT_TRUE(SignIn("lingbei-duty", kRight).ok());
}

TEST_F(DirectoryTokensTest, ADisabledAccountIsToldSoOnlyWithItsPassword) {
  ASSERT_TRUE(SetPassword("limin-duty", kRight, /*disabled=*/true).ok());
  EXPECT_EQ(ReasonOf(SignIn("limin-duty", "wrong-password-1").status()),
            base::Reason::SIGN_IN_FAILED);
  const absl::Status refused = SignIn("limin-duty", kRight).status();
  EXPECT_EQ(refused.code(), absl::StatusCode::kPermissionDenied);
  EXPECT_EQ(base::ProblemOf(refused).rule_id(), "directory.account-disabled");
}

TEST_F(DirectoryTokensTest, ThePasswordHasTwelveCharactersAndIsNowhereInAFile) {
  EXPECT_EQ(base::ProblemOf(SetPassword("limin-duty", "short").status()).rule_id(),
            "directory.password-min");
  const std::string bytes = FileBytes();
  EXPECT_THAT(bytes, HasSubstr("accounts/lingbei-duty"));
  EXPECT_EQ(bytes.find(kRight), std::string::npos);
  EXPECT_EQ(bytes.find("$argon2"), std::string::npos);
}

TEST_F(DirectoryTokensTest, AnAccountPutWithoutAPasswordKeepsIt) {
  v1::PutAccountRequest request;
  request.mutable_account()->set_name("accounts/lingbei-duty");
  request.mutable_account()->set_person("people/lingbei-duty");
  request.mutable_account()->add_posts("posts/lingbei-duty");
  request.mutable_account()->add_posts("posts/lingbei-leader");
  request.mutable_account()->set_password_hash("$argon2id$forged");
  ASSERT_TRUE(Run(live().PutAccount(ContextOf(), request)).ok());
  auto token = SignIn("lingbei-duty", kRight);
  ASSERT_TRUE(token.ok()) << token.status();
  EXPECT_THAT(token->other_posts(), ElementsAre("posts/lingbei-leader"));
  auto leader = SignIn("lingbei-duty", kRight, "posts/lingbei-leader");
  EXPECT_EQ(leader->actor().post(), "posts/lingbei-leader");
  EXPECT_FALSE(SignIn("lingbei-duty", kRight, "posts/commander").ok());
}

TEST_F(DirectoryTokensTest, APasswordPutWithNothingButTheNameLeavesTheAccountAsItIs) {
  v1::PutAccountRequest request;
  request.mutable_account()->set_name("accounts/lingbei-duty");
  request.set_password("another-password");
  ASSERT_TRUE(Run(live().PutAccount(ContextOf(), request)).ok());
  EXPECT_FALSE(SignIn("lingbei-duty", kRight).ok());
  auto token = SignIn("lingbei-duty", "another-password");
  ASSERT_TRUE(token.ok()) << token.status();
  EXPECT_EQ(token->actor().post(), "posts/lingbei-duty");
  // A name alone makes no account.
  request.mutable_account()->set_name("accounts/nobody");
  EXPECT_EQ(base::ProblemOf(Run(live().PutAccount(ContextOf(), request)).status()).field(),
            "account.person");
}

TEST_F(DirectoryTokensTest, ARenewedTokenShowsThePostAsItStandsNow) {
  const auto old = SignIn("lingbei-duty", kRight);
  v1::PutPostRequest change;
  *change.mutable_post() = TestPost("posts/lingbei-duty");
  change.mutable_post()->clear_roles();
  change.mutable_post()->add_roles("roles/reader");
  ASSERT_TRUE(Run(live().PutPost(ContextOf(), change)).ok());
  clock_.Advance(absl::Minutes(5));
  auto renewed = live().RenewToken(With(old->token()), {});
  ASSERT_TRUE(renewed.ok()) << renewed.status();
  EXPECT_THAT(renewed->permissions(), Not(Contains("alert.notice.issue")));
  EXPECT_GT(renewed->expires_at().seconds(), old->expires_at().seconds());
  EXPECT_EQ(Claims(renewed->token()).principal(), "accounts/lingbei-duty");

  ASSERT_TRUE(SetPassword("lingbei-duty", kRight, /*disabled=*/true).ok());
  EXPECT_FALSE(live().RenewToken(With(old->token()), {}).ok());
}

TEST_F(DirectoryTokensTest, ATokenOfADisabledAccountIsNeitherRenewedNorExchangedInAnyRealm) {
  const auto token = With(SignIn("lingbei-duty", kRight)->token());
  v1::EnterRealmRequest enter;
  enter.set_realm(kDrill);
  const auto entered = live().EnterRealm(token, enter);
  ASSERT_TRUE(entered.ok()) << entered.status();
  ASSERT_TRUE(drill().RenewToken(With(entered->token()), {}).ok());
  ASSERT_TRUE(SetPassword("lingbei-duty", kRight, /*disabled=*/true).ok());
  for (const absl::Status& status :
       {live().RenewToken(token, {}).status(), live().EnterRealm(token, enter).status(),
        drill().RenewToken(With(entered->token()), {}).status()}) {
    EXPECT_EQ(status.code(), absl::StatusCode::kPermissionDenied);
    EXPECT_EQ(base::ProblemOf(status).rule_id(), "directory.account-disabled");
  }
  // Enabled again, its person signs in again.
  ASSERT_TRUE(SetPassword("lingbei-duty", kRight).ok());
  EXPECT_EQ(base::ProblemOf(live().RenewToken(token, {}).status()).rule_id(),
            "directory.credential");
  EXPECT_TRUE(SignIn("lingbei-duty", kRight).ok());
}

TEST_F(DirectoryTokensTest, ATokenOfAnExerciseIsAnotherTokenAndReachesOnlyItsRealm) {
  const auto token = SignIn("lingbei-duty", kRight);
  v1::EnterRealmRequest request;
  request.set_realm(kDrill);
  auto entered = live().EnterRealm(With(token->token()), request);
  ASSERT_TRUE(entered.ok()) << entered.status();
  EXPECT_EQ(Claims(token->token()).realm(), "live");
  EXPECT_EQ(Claims(entered->token()).realm(), kDrill);
  EXPECT_EQ(Claims(entered->token()).principal(), "accounts/lingbei-duty");
  EXPECT_THAT(entered->permissions(), Contains("alert.notice.issue"));

  // Renewed there it stays there; from there there is no way back or on.
  auto renewed = drill().RenewToken(With(entered->token()), {});
  ASSERT_TRUE(renewed.ok()) << renewed.status();
  EXPECT_EQ(renewed->realm(), kDrill);
  EXPECT_EQ(ReasonOf(drill().EnterRealm(With(entered->token()), request).status()),
            base::Reason::WRONG_REALM);
  v1::SignInRequest sign_in;
  sign_in.set_account("lingbei-duty");
  sign_in.set_password(kRight);
  EXPECT_EQ(ReasonOf(drill().SignIn(ContextOf(), sign_in).status()), base::Reason::WRONG_REALM);
}

TEST_F(DirectoryTokensTest, OnlyAnOpenExerciseIsEntered) {
  const auto caller = With(SignIn("lingbei-duty", kRight)->token());
  v1::EnterRealmRequest request;
  request.set_realm("drill-2026-0099");
  EXPECT_EQ(live().EnterRealm(caller, request).status().code(), absl::StatusCode::kNotFound);
  request.set_realm("live");
  EXPECT_EQ(base::ProblemOf(live().EnterRealm(caller, request).status()).field(), "realm");
}

TEST_F(DirectoryTokensTest, ThePostMustBeInTheExercisesCopyOfTheDirectory) {
  v1::PutPostRequest put;
  *put.mutable_post() = TestPost("posts/lingbei-duty");
  put.mutable_post()->set_name("posts/lingbei-new");
  ASSERT_TRUE(Run(live().PutPost(ContextOf(), put)).ok());  // after the copy was made
  v1::PutAccountRequest account;
  account.mutable_account()->set_name("accounts/lingbei-duty");
  account.mutable_account()->set_person("people/lingbei-duty");
  account.mutable_account()->add_posts("posts/lingbei-new");
  ASSERT_TRUE(Run(live().PutAccount(ContextOf(), account)).ok());
  const auto caller = With(SignIn("lingbei-duty", kRight)->token());
  EXPECT_EQ(caller.actor.post(), "posts/lingbei-new");
  v1::EnterRealmRequest request;
  request.set_realm(kDrill);
  EXPECT_EQ(live().EnterRealm(caller, request).status().code(),
            absl::StatusCode::kPermissionDenied);
}

TEST_F(DirectoryTokensTest, ActorsTokensAreForTheRunningExercisesRealmOnly) {
  v1::MintActorTokensRequest request;
  request.set_exercise(kExercise);
  request.set_realm(kDrill);
  request.add_posts("posts/pingan-duty");
  request.add_posts("posts/commander");
  auto minted = live().MintActorTokens(ContextOf("drill.direct"), request);
  ASSERT_TRUE(minted.ok()) << minted.status();
  ASSERT_EQ(minted->tokens_size(), 2);
  const auto claims = Claims(minted->tokens(0).token());
  EXPECT_EQ(claims.realm(), kDrill);
  EXPECT_EQ(claims.principal(), "actor:exercises/2026-0001/posts/pingan-duty");
  EXPECT_EQ(claims.exercise(), kExercise);
  EXPECT_EQ(claims.actor().area(), kPingan);
  EXPECT_EQ(claims.actor().person(), "people/pingan-duty");
  EXPECT_THAT(claims.permissions(), Contains("alert.answer"));
  EXPECT_EQ(claims.expires_at().seconds(), minted->expires_at().seconds());

  request.set_realm("live");
  EXPECT_EQ(ReasonOf(live().MintActorTokens(ContextOf(), request).status()),
            base::Reason::WRONG_REALM);
  request.set_realm("drill-2026-0002");
  EXPECT_EQ(ReasonOf(live().MintActorTokens(ContextOf(), request).status()),
            base::Reason::WRONG_REALM);
  request.set_exercise("exercises/2026-0002");
  EXPECT_EQ(live().MintActorTokens(ContextOf(), request).status().code(),
            absl::StatusCode::kNotFound);
  request.set_exercise(kExercise);
  request.set_realm(kDrill);
  request.add_posts("posts/none");
  EXPECT_EQ(base::ProblemOf(live().MintActorTokens(ContextOf(), request).status()).field(),
            "posts[2]");
  EXPECT_FALSE(drill().MintActorTokens(ContextOf(), request).ok());
}

TEST_F(DirectoryTokensTest, AnActorRenewsItsTokenAndNothingElse) {
  v1::MintActorTokensRequest request;
  request.set_exercise(kExercise);
  request.set_realm(kDrill);
  request.add_posts("posts/pingan-duty");
  const auto minted = live().MintActorTokens(ContextOf("drill.direct"), request);
  const auto actor = With(minted->tokens(0).token());
  auto renewed = drill().RenewToken(actor, {});
  ASSERT_TRUE(renewed.ok()) << renewed.status();
  const auto claims = Claims(renewed->token());
  EXPECT_EQ(claims.principal(), actor.principal);
  EXPECT_EQ(claims.exercise(), kExercise);
  EXPECT_EQ(claims.realm(), kDrill);
  v1::RenewTokenRequest other;
  other.set_post("posts/commander");
  EXPECT_FALSE(drill().RenewToken(actor, other).ok());
  v1::EnterRealmRequest enter;
  enter.set_realm(kDrill);
  EXPECT_FALSE(live().EnterRealm(actor, enter).ok());
}

TEST_F(DirectoryTokensTest, OnlyItsDirectorMintsTokensOfAnExerciseThatIsNotOver) {
  v1::MintActorTokensRequest request;
  request.set_exercise(kExercise);
  request.set_realm(kDrill);
  request.add_posts("posts/pingan-duty");
  const auto as = [](const std::string& name) {
    auto context = ContextOf("drill.direct");
    context.principal = "accounts/" + name;
    context.actor.set_account("accounts/" + name);
    context.actor.set_person("people/" + name);
    return context;
  };
  director_ = as("first-director").actor;
  EXPECT_TRUE(live().MintActorTokens(as("first-director"), request).ok());
  const absl::Status other = live().MintActorTokens(as("second-director"), request).status();
  EXPECT_EQ(other.code(), absl::StatusCode::kPermissionDenied);
  EXPECT_EQ(base::ProblemOf(other).rule_id(), "directory.actor-director");
  finished_ = true;
  EXPECT_EQ(
      base::ProblemOf(live().MintActorTokens(as("first-director"), request).status()).rule_id(),
      "directory.exercise-over");
}

TEST_F(DirectoryTokensTest, ARenewedActorIsWhoHoldsThePostByTheExercisesClock) {
  v1::PutShiftRequest put;
  put.mutable_shift()->set_post("posts/pingan-duty");
  put.mutable_shift()->set_person("people/pingan-deputy");
  *put.mutable_shift()->mutable_start() = base::ToProto(clock_.Now() + absl::Hours(8));
  *put.mutable_shift()->mutable_end() = base::ToProto(clock_.Now() + absl::Hours(20));
  ASSERT_TRUE(Run(drill().PutShift(ContextOf(), put), ContextOf(), kDrill).ok());
  v1::MintActorTokensRequest request;
  request.set_exercise(kExercise);
  request.set_realm(kDrill);
  request.add_posts("posts/pingan-duty");
  const auto minted = live().MintActorTokens(ContextOf("drill.direct"), request);
  const auto actor = With(minted->tokens(0).token());
  EXPECT_EQ(actor.actor.person(), "people/pingan-duty");
  const auto person_at = [&](absl::Duration later) {
    clock_.Set(absl::FromUnixSeconds(1'800'000'000) + later);
    const auto renewed = drill().RenewToken(actor, {});
    EXPECT_TRUE(renewed.ok()) << renewed.status();
    return renewed.ok() ? renewed->actor().person() : "";
  };
  EXPECT_EQ(person_at(absl::Hours(8) - absl::Seconds(1)), "people/pingan-duty");
  EXPECT_EQ(person_at(absl::Hours(8)), "people/pingan-deputy");
  EXPECT_EQ(person_at(absl::Hours(20)), "people/pingan-duty");
}

TEST_F(DirectoryTokensTest, TheFirstAdministratorIsMadeOnceAndHasNoPowerOfAnExercise) {
  privacy::Sealer sealer(*keys_, "live");
  auto make = [&](const char* name) {
    auto command = FirstAdministrator(hasher_, sealer, name, kRight);
    if (!command.ok()) return command.status();
    command->context.received_at = clock_.Now();
    return realms_.at("live")
        .ledger->ExecuteAndWait(*std::move(command), absl::Seconds(20))
        .status();
  };
  EXPECT_TRUE(make("root-admin").ok());
  EXPECT_EQ(make("second-admin").code(), absl::StatusCode::kAlreadyExists);
  auto token = SignIn("root-admin", kRight);
  ASSERT_TRUE(token.ok()) << token.status();
  EXPECT_THAT(token->permissions(),
              ElementsAre("directory.accounts", "directory.read", "directory.roles",
                          "directory.write", "plan.read", "plan.write", "roster.write"));
  EXPECT_EQ(token->actor().tier(), common::v1::DISTRICT);
  EXPECT_THAT(token->other_posts(), IsEmpty());
  v1::EnterRealmRequest enter;
  enter.set_realm(kDrill);
  EXPECT_EQ(base::ProblemOf(live().EnterRealm(With(token->token()), enter).status()).field(),
            "post");
}

TEST_F(DirectoryTokensTest, APasswordIsResetOnTheMachineEvenWithoutTheKeysItWasSealedUnder) {
  ASSERT_TRUE(SetPassword("limin-duty", kRight, /*disabled=*/true).ok());
  auto other_keys = *privacy::KeyStore::Open(*engine_, dir_ / "restored-keys.db", clock_);
  privacy::Sealer sealer(*other_keys, "live");
  auto reset = [&](const char* account) {
    auto command = ResetPassword(hasher_, sealer, account, "another-password");
    EXPECT_TRUE(command.ok()) << command.status();
    command->context.received_at = clock_.Now();
    return realms_.at("live")
        .ledger->ExecuteAndWait(*std::move(command), absl::Seconds(20))
        .status();
  };
  EXPECT_EQ(reset("nobody").code(), absl::StatusCode::kNotFound);
  ASSERT_TRUE(reset("limin-duty").ok());
  DirectoryService restored(*realms_.at("live").ledger, clock_, sealer, tools_, rules_);
  v1::SignInRequest request;
  request.set_account("limin-duty");
  request.set_password("another-password");
  EXPECT_TRUE(restored.SignIn(ContextOf(), request).ok());
  request.set_password(kRight);
  EXPECT_FALSE(restored.SignIn(ContextOf(), request).ok());
}

}  // namespace
}  // namespace huying::directory
