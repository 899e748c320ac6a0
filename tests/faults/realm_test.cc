// SPDX-License-Identifier: Apache-2.0
//
// A token names exactly one realm. An exercise cannot reach the live world, by mistake or otherwise.
#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "clients/drill/exercise_control.h"
#include "huying/drill/v1/drill_service.pb.h"
#include "services/platform/auth/keys.h"
#include "services/platform/auth/signature.h"
#include "services/platform/auth/tokens.h"
#include "services/platform/base/clock.h"
#include "tests/support/drills.h"
#include "tests/support/notices.h"
#include "tests/support/system.h"

namespace huying::testing {
namespace {

using base::Reason;
using drill_client::ExerciseControl;

constexpr char kPingan[] = "posts/pingan-duty";
constexpr char kDistrict[] = "posts/district-duty";
constexpr char kPinganArea[] = "230407001001";

// Two exercises are running.
class RealmTest : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    system_ = new System();
    const absl::Status started = system_->Start();
    ASSERT_TRUE(started.ok()) << started;
    // The director plays, too: only posts that are played get an actor's token.
    drill_client::Scenario smoke = Smoke();
    smoke.actors.emplace_back().post = kDirector;
    for (auto* control : {&first_, &second_}) {
      *control = new ExerciseControl(system_->As(kDirector).session());
      const absl::Status begun = (*control)->Begin(smoke);
      ASSERT_TRUE(begun.ok()) << begun;
    }
    (void)system_->As(kDistrict);
  }
  static void TearDownTestSuite() {
    delete first_;
    delete second_;
    delete system_;
  }
  static std::unique_ptr<Client> ActorIn(ExerciseControl& exercise, const std::string& post) {
    const auto minted = exercise.MintTokens({post});
    EXPECT_TRUE(minted.ok()) << minted.status();
    return system_->WithToken(minted.ok() ? minted->tokens(0).token() : "");
  }
  static Reason ReasonOf(const absl::Status& status) {
    EXPECT_FALSE(status.ok());
    return base::ProblemOf(status).reason();
  }
  static Dump TablesOf(const std::string& service, const std::string& realm) {
    auto dump = DumpOf(system_->LedgerFile(service, realm));
    EXPECT_TRUE(dump.ok()) << dump.status();
    return dump.ok() ? *std::move(dump) : Dump();
  }

  static System* system_;
  static ExerciseControl* first_;
  static ExerciseControl* second_;
};
System* RealmTest::system_ = nullptr;
ExerciseControl* RealmTest::first_ = nullptr;
ExerciseControl* RealmTest::second_ = nullptr;

TEST_F(RealmTest, AnActorActsInItsOwnRealmAndNowhereElse) {
  const auto live = LiveTables(*system_);
  const Dump other = TablesOf("alert", second_->realm());
  const auto actor = ActorIn(*first_, kDistrict);
  const auto notice = actor->Call("alert.IssueNotice", NoticeTo({kPinganArea}));
  ASSERT_TRUE(notice.ok()) << notice.status();
  ExpectEqual(live, LiveTables(*system_));
  EXPECT_EQ(DifferenceOf(other, TablesOf("alert", second_->realm())), "");
  // Marked for whoever sees it.
  alert::v1::GetAlertRequest get;
  get.set_name(notice->name());
  const auto seen = actor->Call<alert::v1::GetAlertResponse>("alert.GetAlert", get);
  ASSERT_TRUE(seen.ok()) << seen.status();
  EXPECT_EQ(seen->alert().mark(), "【演练】");
  // Nobody else finds it: neither live nor the other exercise.
  const auto elsewhere = ActorIn(*second_, kDistrict);
  EXPECT_EQ(ReasonOf(elsewhere->Call<alert::v1::GetAlertResponse>("alert.GetAlert", get).status()),
            Reason::NOT_FOUND);
  EXPECT_EQ(
      ReasonOf(
          system_->As(kDistrict).Call<alert::v1::GetAlertResponse>("alert.GetAlert", get).status()),
      Reason::NOT_FOUND);
  EXPECT_EQ(ReasonOf(elsewhere->Call("alert.Answer", AnswerTo(notice->name())).status()),
            Reason::NOT_FOUND);
}

TEST_F(RealmTest, ADrillTokenOpensNoDoorOfTheLiveRealm) {
  const auto live = LiveTables(*system_);
  const auto actor = ActorIn(*first_, kDirector);
  // What lives in the live realm only.
  drill::v1::PlanExerciseRequest plan;
  plan.set_title("演练中的演练");
  plan.set_scenario("smoke");
  EXPECT_EQ(ReasonOf(actor->Call("drill.PlanExercise", plan).status()), Reason::WRONG_REALM);
  directory::v1::EnterRealmRequest enter;
  enter.set_realm("live");
  EXPECT_EQ(
      ReasonOf(actor->Call<directory::v1::TokenResponse>("directory.EnterRealm", enter).status()),
      Reason::WRONG_REALM);
  enter.set_realm(second_->realm());
  EXPECT_EQ(
      ReasonOf(actor->Call<directory::v1::TokenResponse>("directory.EnterRealm", enter).status()),
      Reason::WRONG_REALM);
  directory::v1::MintActorTokensRequest mint;
  mint.set_exercise(first_->name());
  mint.set_realm(first_->realm());
  mint.add_posts(kPingan);
  EXPECT_EQ(
      ReasonOf(
          actor->Call<directory::v1::MintActorTokensResponse>("directory.MintActorTokens", mint)
              .status()),
      Reason::WRONG_REALM);
  // Renewed, it is the same actor in the same realm.
  directory::v1::RenewTokenRequest renew;
  const auto renewed = actor->Call<directory::v1::TokenResponse>("directory.RenewToken", renew);
  ASSERT_TRUE(renewed.ok()) << renewed.status();
  EXPECT_EQ(renewed->realm(), first_->realm());
  ExpectEqual(live, LiveTables(*system_));
}

TEST_F(RealmTest, TheDirectorMintsTokensForTheExercisesOwnRealmOnly) {
  directory::v1::MintActorTokensRequest mint;
  mint.set_exercise(first_->name());
  mint.add_posts(kPingan);
  for (const std::string& realm : {std::string("live"), second_->realm(), std::string("drill-9")}) {
    mint.set_realm(realm);
    EXPECT_EQ(ReasonOf(system_->As(kDirector)
                           .Call<directory::v1::MintActorTokensResponse>(
                               "directory.MintActorTokens", mint)
                           .status()),
              Reason::WRONG_REALM)
        << realm;
  }
  // And nobody else mints any.
  mint.set_realm(first_->realm());
  EXPECT_EQ(
      ReasonOf(system_->As(kDistrict)
                   .Call<directory::v1::MintActorTokensResponse>("directory.MintActorTokens", mint)
                   .status()),
      Reason::PERMISSION_MISSING);
  directory::v1::EnterRealmRequest enter;
  enter.set_realm("live");
  EXPECT_EQ(ReasonOf(system_->As(kDistrict)
                         .Call<directory::v1::TokenResponse>("directory.EnterRealm", enter)
                         .status()),
            Reason::WRONG_REALM);
}

// Signed with the installation's own key, and still good for nothing.
TEST_F(RealmTest, ATokenWithoutARealmOrOfAnUnknownOneIsRefused) {
  auto keys = auth::KeyRing::Load(system_->data_dir() + "/keys");
  ASSERT_TRUE(keys.ok()) << keys.status();
  const base::SystemClock clock;
  const auth::Tokens tokens(keys->token_sign(), clock);
  platform::v1::TokenClaims claims;
  claims.set_principal("accounts/zhao-ming");
  *claims.mutable_actor() = system_->As(kDistrict).actor();
  claims.add_permissions("alert.notice.issue");
  claims.add_permissions("directory.read");
  EXPECT_FALSE(tokens.Mint(claims).ok()) << "our own code mints none";
  claims.set_token_id("made-by-hand");
  *claims.mutable_expires_at() = base::ToProto(clock.Now() + absl::Minutes(5));
  const auto signed_by_hand = [&keys](const platform::v1::TokenClaims& content) {
    std::string token = absl::StrCat("1.", absl::WebSafeBase64Escape(content.SerializeAsString()));
    const std::string signature = auth::Sign(keys->token_sign(), "huying.token:" + token);
    return absl::StrCat(token, ".", absl::WebSafeBase64Escape(signature));
  };
  const auto live = LiveTables(*system_);
  const auto outcome = [&](const std::string& token) {
    return system_->WithToken(token)->Once("alert.IssueNotice", NoticeTo({kPinganArea})).status();
  };
  EXPECT_EQ(ReasonOf(outcome(signed_by_hand(claims))), Reason::TOKEN_WITHOUT_REALM);
  claims.set_realm("drill-2020-0001");
  EXPECT_EQ(ReasonOf(outcome(signed_by_hand(claims))), Reason::NOT_FOUND);
  ExpectEqual(live, LiveTables(*system_));
  // The craft is good: with a realm that is there the same token works.
  claims.set_realm("live");
  EXPECT_TRUE(outcome(signed_by_hand(claims)).ok()) << outcome(signed_by_hand(claims));
}

// Over is over: the realm of an archived exercise takes no more acts.
TEST_F(RealmTest, AnArchivedExercisesTokensAreDead) {
  ExerciseControl third(system_->As(kDirector).session());
  ASSERT_TRUE(third.Begin(Smoke()).ok());
  const auto actor = ActorIn(third, kDistrict);
  ASSERT_TRUE(actor->Call("alert.IssueNotice", NoticeTo({kPinganArea})).ok());
  ASSERT_TRUE(third.Stop("不再继续").ok());
  drill::v1::ArchiveExerciseRequest archive;
  archive.set_name(third.name());
  const auto archived = system_->As(kDirector).Call("drill.ArchiveExercise", archive);
  ASSERT_TRUE(archived.ok()) << archived.status();
  absl::Status last;
  EXPECT_TRUE(Eventually([&] {
    last = actor->Once("alert.IssueNotice", NoticeTo({kPinganArea})).status();
    return base::ProblemOf(last).reason() == Reason::WRONG_REALM;
  })) << last;
}

}  // namespace
}  // namespace huying::testing
