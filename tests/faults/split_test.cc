// SPDX-License-Identifier: Apache-2.0
//
// Alert in a process of its own. The lower service is away: act first, and say what is not known.
#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <utility>
#include <vector>

#include "huying/alert/v1/alert_service.pb.h"
#include "tests/support/incidents.h"
#include "tests/support/notices.h"
#include "tests/support/system.h"

namespace huying::testing {
namespace {

constexpr char kDistrict[] = "posts/district-duty";
constexpr char kPingan[] = "posts/pingan-duty";
constexpr char kPinganArea[] = "230407001001";

bool HasFlag(const common::v1::Receipt& receipt, const std::string& rule) {
  return std::any_of(receipt.flags().begin(), receipt.flags().end(),
                     [&](const auto& flag) { return flag.rule_id() == rule; });
}

class SplitTest : public ::testing::Test {
 protected:
  void SetUp() override { Start({"alert"}); }
  // Directory in the first process, `apart` in the second.
  void Start(std::vector<std::string> apart) {
    system_ = std::make_unique<System>(
        SystemOptions{.services = {"directory"},
                      .apart = std::move(apart),
                      .process_through_gate = true,
                      .limits = {{"alert.answer-limit.urgent", absl::Seconds(2)},
                                 {"alert.resolve-retry", absl::Seconds(1)},
                                 {"incident.area-retry", absl::Seconds(1)}}});
    const absl::Status started = system_->Start();
    ASSERT_TRUE(started.ok()) << started;
    (void)system_->As(kDistrict);
    (void)system_->As(kPingan);
  }
  alert::v1::GetAlertResponse AlertOf(const std::string& name) {
    alert::v1::GetAlertRequest request;
    request.set_name(name);
    const auto found =
        system_->As(kDistrict).Call<alert::v1::GetAlertResponse>("alert.GetAlert", request);
    EXPECT_TRUE(found.ok()) << found.status();
    return found.value_or(alert::v1::GetAlertResponse());
  }
  std::unique_ptr<System> system_;
};

TEST_F(SplitTest, ANoticeLeavesWithoutDirectoryAndIsCompletedWhenItIsBack) {
  Listener community(system_->As(kPingan));
  Listener district(system_->As(kDistrict));
  ASSERT_TRUE(community.WaitForSnapshot(kSoon));
  ASSERT_TRUE(district.WaitForSnapshot(kSoon));
  // The area table as last told stands in the ledger.
  ASSERT_TRUE(system_->As(kDistrict).Call("alert.IssueNotice", NoticeTo({kPinganArea})).ok());

  system_->Kill(0);
  auto request = NoticeTo({kPinganArea});
  request.set_urgent(true);
  const auto notice = system_->As(kDistrict).Call("alert.IssueNotice", request);
  ASSERT_TRUE(notice.ok()) << notice.status();
  EXPECT_TRUE(HasFlag(*notice, "alert.competence-unverified")) << notice->ShortDebugString();
  EXPECT_TRUE(AlertOf(notice->name()).alert().recipients_unknown());
  EXPECT_TRUE(community.WaitForAlert(notice->name(), kSoon));

  ASSERT_TRUE(system_->Boot(0).ok()) << system_->LogOf(0);
  EXPECT_TRUE(Eventually([&] { return !AlertOf(notice->name()).alert().recipients_unknown(); }));
  EXPECT_EQ(AlertOf(notice->name()).recipients().recipients_size(), 1);
  // From now on silence climbs as ever.
  EXPECT_TRUE(Eventually([&] { return district.silent_posts().contains(kPingan); }));
  EXPECT_EQ(community.TimesTold(notice->name()), 1);
  EXPECT_EQ(system_->Findings(), std::vector<std::string>{});
}

// Worse than away: it takes the call and never answers.
TEST_F(SplitTest, ANoticeLeavesWhileDirectoryHangs) {
  ASSERT_TRUE(system_->As(kDistrict).Call("alert.IssueNotice", NoticeTo({kPinganArea})).ok());
  system_->process_gate().Stall(true);
  const auto notice = system_->As(kDistrict).Call("alert.IssueNotice", NoticeTo({kPinganArea}));
  ASSERT_TRUE(notice.ok()) << notice.status();
  EXPECT_TRUE(HasFlag(*notice, "alert.competence-unverified")) << notice->ShortDebugString();
  // An answer needs nothing of directory.
  system_->process_gate().Heal();
  EXPECT_TRUE(Eventually([&] { return !AlertOf(notice->name()).alert().recipients_unknown(); }));
  const auto answer = system_->As(kPingan).Call("alert.Answer", AnswerTo(notice->name()));
  EXPECT_TRUE(answer.ok()) << answer.status();
}

class IncidentApartTest : public SplitTest {
 protected:
  void SetUp() override { Start({"plan", "alert", "incident"}); }
};

TEST_F(IncidentApartTest, AnEmergencyIsTakenDownWhileDirectoryHangs) {
  Client& community = system_->As(kPingan);
  ASSERT_TRUE(TakeIntake(community, kPinganArea).ok());
  system_->process_gate().Stall(true);
  const auto taken = TakeIntake(community, kPinganArea);
  ASSERT_TRUE(taken.ok()) << taken.status();
  EXPECT_TRUE(HasFlag(*taken, "incident.area-unchecked")) << taken->ShortDebugString();
  incident::v1::TakeOverRequest take_over;
  take_over.set_name(taken->name());
  const auto verified = system_->As(kDistrict).Call("incident.TakeOver", take_over);
  EXPECT_TRUE(verified.ok()) << verified.status();
  // Names and areas that cannot be looked up are flagged within the caller's time.
  incident::v1::ConfirmIncidentRequest confirm;
  confirm.set_name(taken->name());
  confirm.set_lead_department("units/emergency");
  confirm.add_areas(kPinganArea);
  const auto confirmed = system_->As(kDistrict).Call("incident.ConfirmIncident", confirm);
  ASSERT_TRUE(confirmed.ok()) << confirmed.status();
  EXPECT_TRUE(HasFlag(*confirmed, "incident.unit-unchecked")) << confirmed->ShortDebugString();
  // It asks again, and then those above hear of it.
  system_->process_gate().Heal();
  EXPECT_TRUE(
      Eventually([&] { return !IncidentOf(*system_, taken->name()).areas_above_unknown(); }));
}

TEST_F(SplitTest, AlertKilledAndStartedAgainLosesNothing) {
  Listener community(system_->As(kPingan));
  ASSERT_TRUE(community.WaitForSnapshot(kSoon));
  const auto first = system_->As(kDistrict).Call("alert.IssueNotice", NoticeTo({kPinganArea}));
  ASSERT_TRUE(first.ok()) << first.status();
  system_->Kill(1);
  ASSERT_TRUE(system_->Boot(1).ok()) << system_->LogOf(1);
  const auto second = system_->As(kDistrict).Call("alert.IssueNotice", NoticeTo({kPinganArea}));
  ASSERT_TRUE(second.ok()) << second.status();
  EXPECT_TRUE(community.WaitForAlerts({first->name(), second->name()}, kSoon));
  EXPECT_EQ(community.TimesTold(second->name()), 1);
}

}  // namespace
}  // namespace huying::testing
