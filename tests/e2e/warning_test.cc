// SPDX-License-Identifier: Apache-2.0
//
// A warning: three persons, issued, adjusted, lifted; and the fast lane with its make-up rows.
#include <gtest/gtest.h>

#include <algorithm>

#include "absl/time/clock.h"
#include "huying/alert/v1/alert_service.pb.h"
#include "services/platform/base/clock.h"
#include "tests/support/notices.h"
#include "tests/support/system.h"

namespace huying::testing {
namespace {

using alert::v1::AlertState;
using base::Reason;

constexpr char kDrafter[] = "posts/alert-drafter";
constexpr char kReviewer[] = "posts/alert-reviewer";
constexpr char kSigner[] = "posts/alert-signer";
constexpr char kDuty[] = "posts/district-duty";
constexpr char kLingbei[] = "230407001000";
constexpr char kLingnan[] = "230407002000";

class WarningTest : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    system_ = new System(
        {.services = {"directory", "alert"}, .limits = {{"alert.make-up", absl::Seconds(2)}}});
    const absl::Status started = system_->Start();
    ASSERT_TRUE(started.ok()) << started;
  }
  static void TearDownTestSuite() {
    delete system_;
    system_ = nullptr;
  }

  static alert::v1::WarningContent Content(alert::v1::Color color, const std::string& area) {
    alert::v1::WarningContent content;
    content.set_category("11B03");
    content.set_color(color);
    *content.mutable_effective_at() = base::ToProto(absl::Now());
    content.add_target_areas(area);
    content.set_cautions("低洼处和河道两侧可能被淹");
    content.set_measures("抢险队伍待命，预置物资，低洼处居民随时准备转移");
    content.set_title("暴雨预警");
    content.set_text("预计未来三小时有强降雨。");
    *content.add_legal_basis() = NoticeTo({}).legal_basis(0);
    return content;
  }
  static std::string Draft(alert::v1::Color color, const std::string& area) {
    alert::v1::DraftWarningRequest request;
    *request.mutable_content() = Content(color, area);
    const auto receipt = system_->As(kDrafter).Call("alert.DraftWarning", request);
    EXPECT_TRUE(receipt.ok()) << receipt.status();
    return receipt.ok() ? receipt->name() : "";
  }
  static absl::Status Review(Client& client, const std::string& name) {
    alert::v1::ReviewWarningRequest request;
    request.set_name(name);
    request.set_opinion("同意");
    return client.Call("alert.ReviewWarning", request).status();
  }
  static absl::Status Sign(Client& client, const std::string& name) {
    alert::v1::SignWarningRequest request;
    request.set_name(name);
    return client.Call("alert.SignWarning", request).status();
  }
  static alert::v1::IssueWarningRequest IssueOf(const std::string& name) {
    alert::v1::IssueWarningRequest request;
    request.set_name(name);
    return request;
  }
  static alert::v1::Alert AlertOf(const std::string& name) {
    alert::v1::GetAlertRequest request;
    request.set_name(name);
    const auto found =
        system_->As(kDuty).Call<alert::v1::GetAlertResponse>("alert.GetAlert", request);
    EXPECT_TRUE(found.ok()) << found.status();
    return found.ok() ? found->alert() : alert::v1::Alert();
  }
  // Draft, review, sign, issue, as the law has it.
  static void Issue(const std::string& name) {
    ASSERT_TRUE(Review(system_->As(kReviewer), name).ok());
    ASSERT_TRUE(Sign(system_->As(kSigner), name).ok());
    const auto issued = system_->As(kDuty).Call("alert.IssueWarning", IssueOf(name));
    ASSERT_TRUE(issued.ok()) << issued.status();
    EXPECT_EQ(issued->state(), "ISSUED");
  }

  static System* system_;
};
System* WarningTest::system_ = nullptr;

// R13: no act takes effect without the approver that the rule demands.
TEST_F(WarningTest, R13_LeavesOnlyAfterThreeDifferentPersonsActed) {
  const std::string name = Draft(alert::v1::YELLOW, kLingbei);
  const auto too_early = system_->As(kDuty).Call("alert.IssueWarning", IssueOf(name));
  EXPECT_EQ(too_early.status().code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(Sign(system_->As(kSigner), name).code(), absl::StatusCode::kFailedPrecondition);

  // A person has one account: no second login, and the drafter with the reviewer's post stays the drafter.
  directory::v1::PutAccountRequest put;
  put.mutable_account()->set_name("accounts/second-login");
  put.mutable_account()->set_person("people/jiang-bo");
  put.mutable_account()->add_posts(kReviewer);
  const auto second = system_->Administrator().Call("directory.PutAccount", put);
  EXPECT_EQ(base::ProblemOf(second.status()).rule_id(), "directory.one-account");
  put.mutable_account()->set_name("accounts/jiang-bo");
  put.mutable_account()->add_posts(kDrafter);
  const auto both = system_->Administrator().Call("directory.PutAccount", put);
  ASSERT_TRUE(both.ok()) << both.status();
  directory::v1::SignInRequest sign_in;
  sign_in.set_account("jiang-bo");
  sign_in.set_post(kReviewer);
  sign_in.set_password(kAccountPassword);
  const auto token =
      system_->Administrator().Call<directory::v1::TokenResponse>("directory.SignIn", sign_in);
  ASSERT_TRUE(token.ok()) << token.status();
  const absl::Status same = Review(*system_->WithToken(token->token()), name);
  EXPECT_EQ(base::ProblemOf(same).reason(), Reason::SAME_PERSON) << same;
  EXPECT_EQ(base::ProblemOf(same).rule_id(), "alert.three-persons");

  Issue(name);
  const alert::v1::Alert issued = AlertOf(name);
  EXPECT_EQ(issued.state(), AlertState::ISSUED);
  EXPECT_NE(issued.drafter().person(), issued.reviewer().person());
  EXPECT_NE(issued.reviewer().person(), issued.signer().person());
}

// R13: an emergency act first, with its paper made up by a deadline that is enforced.
TEST_F(WarningTest, R13_TheFastLaneLeavesAtOnceAndItsPaperIsMadeUpOrOverdue) {
  Listener district(system_->As(kDuty));
  ASSERT_TRUE(district.WaitForSnapshot(kSoon));
  const std::string name = Draft(alert::v1::RED, kLingbei);
  auto request = IssueOf(name);
  const auto without = system_->As(kDuty).Call("alert.IssueWarning", request);
  EXPECT_EQ(base::ProblemOf(without.status()).reason(), Reason::GUARD_NEEDS_URGENCY)
      << without.status();
  auto* urgency = request.mutable_urgency();
  urgency->set_reason("溃坝险情，来不及会签");
  urgency->set_authorised_by("王志刚");
  urgency->set_channel(common::v1::Urgency::PHONE);
  *urgency->mutable_at() = base::ToProto(absl::Now());
  const auto issued = system_->As(kDuty).Call("alert.IssueWarning", request);
  ASSERT_TRUE(issued.ok()) << issued.status();
  EXPECT_EQ(issued->flags_size(), 2);
  EXPECT_EQ(AlertOf(name).open_make_ups_size(), 2);
  // Nobody makes it up: it climbs.
  const auto overdue = [&name](const std::vector<alert::v1::SubscribeEvent>& events) {
    return 2 <= std::count_if(events.begin(), events.end(), [&name](const auto& event) {
             return event.escalation().escalation().alert() == name &&
                    !event.escalation().escalation().called_posts().empty();
           });
  };
  EXPECT_TRUE(district.WaitFor(overdue, kSoon));
  // Made up late is made up, and stays late.
  ASSERT_TRUE(Review(system_->As(kReviewer), name).ok());
  ASSERT_TRUE(Sign(system_->As(kSigner), name).ok());
  EXPECT_EQ(AlertOf(name).open_make_ups_size(), 0);
  alert::v1::ListMakeUpsRequest all;
  const auto rows =
      system_->As(kDuty).Call<alert::v1::ListMakeUpsResponse>("alert.ListMakeUps", all);
  ASSERT_TRUE(rows.ok()) << rows.status();
  ASSERT_EQ(rows->make_ups_size(), 2);
  for (const auto& row : rows->make_ups()) {
    EXPECT_EQ(row.state(), common::v1::MakeUp::MADE_UP_LATE);
  }
}

// R4, R54: what was decided is changed only by a new decision that cites the old one, and everybody who was
// told of the old one is told of the new one.
TEST_F(WarningTest, R4_R54_AnAdjustmentCitesItsPredecessorAndReachesWhoeverWasTold) {
  Listener lingbei(system_->As("posts/lingbei-duty"));
  ASSERT_TRUE(lingbei.WaitForSnapshot(kSoon));
  const std::string old = Draft(alert::v1::YELLOW, kLingbei);
  Issue(old);
  ASSERT_TRUE(lingbei.WaitForAlert(old, kSoon));
  alert::v1::AdjustWarningRequest adjust;
  adjust.set_name(old);
  *adjust.mutable_content() = Content(alert::v1::BLUE, kLingnan);
  adjust.set_reason("雨带南移");
  const auto successor = system_->As(kDrafter).Call("alert.AdjustWarning", adjust);
  ASSERT_TRUE(successor.ok()) << successor.status();
  EXPECT_EQ(AlertOf(old).state(), AlertState::ISSUED) << "a draft changes nothing yet";
  Issue(successor->name());
  EXPECT_TRUE(lingbei.WaitForAlert(successor->name(), kSoon));
  EXPECT_EQ(AlertOf(old).state(), AlertState::SUPERSEDED);
  EXPECT_EQ(AlertOf(old).next(), successor->name());
  EXPECT_EQ(AlertOf(successor->name()).previous(), old);

  alert::v1::LiftAlertRequest lift;
  lift.set_name(successor->name());
  lift.set_reason("雨停");
  const auto lifted = system_->As(kSigner).Call("alert.LiftAlert", lift);
  ASSERT_TRUE(lifted.ok()) << lifted.status();
  EXPECT_EQ(AlertOf(successor->name()).state(), AlertState::LIFTED);
  // Not a second time, by another command.
  lift.set_reason("再次解除");
  const auto twice = system_->As(kSigner).Call("alert.LiftAlert", lift);
  EXPECT_EQ(base::ProblemOf(twice.status()).reason(), Reason::ILLEGAL_TRANSITION);
  EXPECT_EQ(system_->Findings(), std::vector<std::string>{});
}

}  // namespace
}  // namespace huying::testing
