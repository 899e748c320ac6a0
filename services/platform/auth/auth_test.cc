// SPDX-License-Identifier: Apache-2.0
#include "absl/strings/escaping.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/platform/auth/keys.h"
#include "services/platform/auth/password.h"
#include "services/platform/auth/tokens.h"
#include "services/platform/base/status.h"

namespace huying::auth {
namespace {
using base::Reason;
using platform::v1::TokenClaims;
using ::testing::ElementsAre;
using ::testing::StartsWith;

class TokensTest : public ::testing::Test {
 protected:
  TokenClaims Claims() {
    TokenClaims claims;
    claims.set_realm("live");
    claims.set_principal("accounts/wang");
    claims.mutable_actor()->set_person("people/wang");
    claims.add_permissions("alert.notice.issue");
    return claims;
  }
  Reason ReasonOf(const std::string& token) {
    return base::ProblemOf(tokens_.Verify(token).status()).reason();
  }
  const KeyRing keys_ = KeyRing::Ephemeral();
  base::ManualClock clock_{absl::FromUnixSeconds(1'700'000'000)};
  Tokens tokens_{keys_.token_sign(), clock_};
};

TEST_F(TokensTest, ATokenComesBackAsTheClaimsThatWentIn) {
  auto token = tokens_.Mint(Claims());
  ASSERT_TRUE(token.ok()) << token.status();
  EXPECT_THAT(*token, StartsWith("1."));
  auto claims = tokens_.Verify(*token);
  ASSERT_TRUE(claims.ok()) << claims.status();
  EXPECT_EQ(claims->actor().person(), "people/wang");
  EXPECT_EQ(claims->realm(), "live");
  EXPECT_FALSE(claims->token_id().empty());
  EXPECT_EQ(base::FromProto(claims->expires_at()), clock_.Now() + absl::Minutes(15));
}

TEST_F(TokensTest, ATokenEndsAfterFifteenMinutesOfMachineTime) {
  auto token = tokens_.Mint(Claims());
  ASSERT_TRUE(token.ok());
  clock_.Advance(absl::Minutes(15) - absl::Seconds(1));
  EXPECT_TRUE(tokens_.Verify(*token).ok());
  clock_.Advance(absl::Seconds(1));
  EXPECT_EQ(ReasonOf(*token), Reason::TOKEN_EXPIRED);
}

TEST_F(TokensTest, ATokenWithoutARealmIsNeitherMintedNorAccepted) {
  TokenClaims claims = Claims();
  claims.clear_realm();
  EXPECT_EQ(base::ProblemOf(tokens_.Mint(claims).status()).reason(), Reason::TOKEN_WITHOUT_REALM);

  // Well signed by the installation's own key, and refused all the same.
  *claims.mutable_expires_at() = base::ToProto(clock_.Now() + absl::Hours(1));
  const std::string text = "1." + absl::WebSafeBase64Escape(claims.SerializeAsString());
  const std::string signature = Sign(keys_.token_sign(), "huying.token:" + text);
  EXPECT_EQ(ReasonOf(text + "." + absl::WebSafeBase64Escape(signature)),
            Reason::TOKEN_WITHOUT_REALM);
}

TEST_F(TokensTest, AnyFlippedCharacterMakesATokenInvalid) {
  auto token = tokens_.Mint(Claims());
  ASSERT_TRUE(token.ok());
  for (size_t i = 0; i < token->size(); i += 3) {
    std::string forged = *token;
    forged[i] = forged[i] == 'A' ? 'B' : 'A';
    EXPECT_EQ(ReasonOf(forged), Reason::SIGN_IN_NEEDED) << i;
  }
  for (const char* text : {"", ".", "..", "1..", "1.a.b", "2.a.b", "1.!!.!!"}) {
    EXPECT_EQ(ReasonOf(text), Reason::SIGN_IN_NEEDED) << text;
  }
  EXPECT_EQ(ReasonOf(std::string(kTokenBytesMax + 1, 'a')), Reason::SIGN_IN_NEEDED);
}

TEST_F(TokensTest, ATokenOfAnotherInstallationIsNotAccepted) {
  const KeyRing other = KeyRing::Ephemeral();
  Tokens theirs(other.token_sign(), clock_);
  auto token = theirs.Mint(Claims());
  ASSERT_TRUE(token.ok());
  EXPECT_EQ(ReasonOf(*token), Reason::SIGN_IN_NEEDED);
}

TEST_F(TokensTest, ANodeTokenKeepsThePersonAndThePrincipal) {
  auto token = tokens_.MintNodeToken("incident", "exercises-1", Claims().actor(), "accounts/wang",
                                     {"alert.notice.issue"});
  ASSERT_TRUE(token.ok()) << token.status();
  auto claims = tokens_.Verify(*token);
  ASSERT_TRUE(claims.ok());
  EXPECT_EQ(claims->actor().person(), "people/wang");
  EXPECT_EQ(claims->principal(), "accounts/wang");
  EXPECT_THAT(claims->permissions(), ElementsAre("alert.notice.issue", "node"));

  auto own = tokens_.MintNodeToken("incident", "live", {}, "", {});
  ASSERT_TRUE(own.ok());
  EXPECT_EQ(tokens_.Verify(*own)->principal(), "node:incident");
  EXPECT_EQ(tokens_.Verify(*own)->actor().system(), "incident");
  EXPECT_FALSE(tokens_.MintNodeToken("incident", "", {}, "", {}).ok());
}

TEST_F(TokensTest, NobodyBecomesAProcessByAnOrdinaryToken) {
  TokenClaims claims = Claims();
  for (const char* principal : {"node:incident", "system:incident"}) {
    claims.set_principal(principal);
    EXPECT_EQ(tokens_.Mint(claims).status().code(), absl::StatusCode::kPermissionDenied);
  }
  claims = Claims();
  claims.add_permissions("node");
  EXPECT_EQ(tokens_.Mint(claims).status().code(), absl::StatusCode::kPermissionDenied);
  claims = Claims();
  claims.mutable_actor()->set_system("incident.reactor");
  EXPECT_EQ(tokens_.Mint(claims).status().code(), absl::StatusCode::kPermissionDenied);
}

TEST(PasswordTest, APasswordIsKnownAgainAndItsHashNamesTheAlgorithm) {
  PasswordHasher hasher(PasswordCost::kTest);
  auto hash = hasher.Hash("correct horse");
  ASSERT_TRUE(hash.ok()) << hash.status();
  EXPECT_THAT(*hash, StartsWith("$argon2id$"));
  EXPECT_TRUE(*hasher.Verify(*hash, "correct horse"));
  EXPECT_FALSE(*hasher.Verify(*hash, "correct horsf"));
  EXPECT_FALSE(*hasher.Verify("", "correct horse"));
  EXPECT_FALSE(*hasher.Verify("$1$md5$x", "correct horse"));
  EXPECT_NE(*hash, *hasher.Hash("correct horse"));  // salted
}

TEST(PasswordTest, AHashOfAnotherCostIsToBeRenewed) {
  PasswordHasher cheap(PasswordCost::kTest);
  PasswordHasher real(PasswordCost::kModerate);
  auto hash = cheap.Hash("correct horse");
  ASSERT_TRUE(hash.ok());
  EXPECT_FALSE(cheap.NeedsRehash(*hash));
  EXPECT_TRUE(real.NeedsRehash(*hash));
  EXPECT_TRUE(real.NeedsRehash("plain"));
}

TEST(PasswordTest, TooShortAndTooLongPasswordsAreInvalid) {
  PasswordHasher hasher(PasswordCost::kTest);
  for (const std::string& password : {std::string("1234567"), std::string(257, 'x')}) {
    EXPECT_EQ(base::ProblemOf(hasher.Hash(password).status()).field(), "password");
  }
}

TEST(PasswordTest, RandomPasswordsDiffer) {
  EXPECT_EQ(RandomPassword().size(), 24u);
  EXPECT_NE(RandomPassword(), RandomPassword());
}

}  // namespace
}  // namespace huying::auth
