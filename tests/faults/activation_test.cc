// SPDX-License-Identifier: Apache-2.0
//
// Starting a response is one decision with effects in another ledger. Killed in the middle, each effect happens
// once: not zero times, not twice.
#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <set>

#include "absl/synchronization/notification.h"
#include "absl/time/clock.h"
#include "tests/support/incidents.h"
#include "tests/support/system.h"

namespace huying::testing {
namespace {

constexpr uint32_t kSeed = 721;
constexpr int kRounds = 4;
constexpr char kCommander[] = "posts/commander";
constexpr char kPinganArea[] = "230407001001";

// Both notices of the plan's level, each once.
void ExpectEachNoticeOnce(System& system, const std::string& response) {
  EXPECT_TRUE(Eventually([&] { return ResponseOf(system, response).effects_size() == 2; }))
      << ResponseOf(system, response).ShortDebugString();
  std::multiset<std::string> titles;
  for (const auto& alert : AlertsOf(system, response)) titles.insert(alert.title());
  EXPECT_EQ(titles,
            (std::multiset<std::string>{"煤矿事故一级响应：全员到岗", "矿区周边群众疏散安置"}));
  const incident::v1::Response done = ResponseOf(system, response);
  for (const auto& effect : done.effects()) EXPECT_EQ(effect.problem(), "") << effect.id();
}

class ActivationTest : public ::testing::TestWithParam<const char*> {
 protected:
  void SetUp() override {
    SystemOptions options{.services = {"directory", "plan", "alert", "incident"}};
    if (two()) {
      options.services = {"directory", "plan", "incident"};
      options.apart = {"alert"};
    }
    system_ = std::make_unique<System>(options);
    const absl::Status started = system_->Start();
    ASSERT_TRUE(started.ok()) << started;
    const auto plan = ImportPlan(*system_, MinePlan());
    ASSERT_TRUE(plan.ok()) << plan.status();
  }
  bool two() const { return GetParam() == std::string("two"); }
  // A part of the way from the decision to its last effect.
  void LetRun(absl::Duration part) { (void)system_->process().WaitForLine("no such line", part); }

  std::unique_ptr<System> system_;
  std::mt19937 dice_{kSeed};
};
INSTANTIATE_TEST_SUITE_P(Processes, ActivationTest, ::testing::Values("one", "two"),
                         [](const auto& form) { return std::string(form.param); });

TEST_P(ActivationTest, KilledInTheMiddleEachNoticeIsIssuedOnce) {
  for (int round = 0; round < kRounds; ++round) {
    const std::string incident = ConfirmedIncident(*system_, kPinganArea);
    const auto activation = Activation(incident);
    const auto started = system_->As(kCommander).Call("incident.ActivateResponse", activation);
    ASSERT_TRUE(started.ok()) << started.status();
    LetRun(absl::Microseconds(dice_() % 20'000));
    // With two: the one that decides, the one that executes, or both.
    const size_t victim = two() ? dice_() % 3 : 2;
    if (victim == 2) {
      system_->Kill();
      ASSERT_TRUE(system_->Boot().ok()) << system_->LogOf();
    } else {
      system_->Kill(victim);
      ASSERT_TRUE(system_->Boot(victim).ok()) << system_->LogOf(victim);
    }
    ExpectEachNoticeOnce(*system_, started->name());
    const auto again = system_->As(kCommander).Call("incident.ActivateResponse", activation);
    ASSERT_TRUE(again.ok()) << again.status();
    EXPECT_EQ(again->SerializeAsString(), started->SerializeAsString());
  }
  EXPECT_EQ(system_->Findings(), std::vector<std::string>{});
}

// Nobody knows whether the decision was taken: asked again, it was taken once.
TEST_P(ActivationTest, KilledWhileTheDecisionIsUnderWayItIsTakenOnce) {
  for (int round = 0; round < 2; ++round) {
    const std::string incident = ConfirmedIncident(*system_, kPinganArea);
    const auto activation = Activation(incident);
    Client& commander = system_->As(kCommander);
    absl::Notification over;
    commander.channel("incident.ActivateResponse")
        .CallAsync(FullMethod("incident.ActivateResponse"), commander.token(),
                   absl::Now() + kCallLimit, activation,
                   [&over](const absl::StatusOr<std::string>&) { over.Notify(); });
    LetRun(absl::Microseconds(dice_() % 8'000));
    system_->Kill();
    over.WaitForNotification();
    ASSERT_TRUE(system_->Boot().ok()) << system_->LogOf();
    const auto again = commander.Call("incident.ActivateResponse", activation);
    ASSERT_TRUE(again.ok()) << again.status();
    ExpectEachNoticeOnce(*system_, again->name());
    EXPECT_EQ(IncidentOf(*system_, incident).open_responses_size(), 1);
  }
}

// The same request id after the plan was superseded: the receipt of what was decided then.
TEST_P(ActivationTest, TheSameReceiptAfterThePlanWasSuperseded) {
  const std::string incident = ConfirmedIncident(*system_, kPinganArea);
  const auto activation = Activation(incident);
  const auto started = system_->As(kCommander).Call("incident.ActivateResponse", activation);
  ASSERT_TRUE(started.ok()) << started.status();
  std::string next = MinePlan();
  const std::string old_number = "演示〔2025〕1号";
  next.replace(next.find(old_number), old_number.size(), "演示〔2026〕1号");
  const auto superseded = ImportPlan(*system_, next);
  ASSERT_TRUE(superseded.ok()) << superseded.status();
  const auto again = system_->As(kCommander).Call("incident.ActivateResponse", activation);
  ASSERT_TRUE(again.ok()) << again.status();
  EXPECT_EQ(again->SerializeAsString(), started->SerializeAsString());
  // What runs is pinned to the version it was started by.
  EXPECT_EQ(ResponseOf(*system_, started->name()).plan_revision(), 1);
  ExpectEachNoticeOnce(*system_, started->name());
}

// The lower service is away: the decision stands, its effects follow when it is back.
TEST(ActivationWithoutAlert, TheEffectsFollowWhenTheLowerServiceIsBack) {
  System system({.services = {"directory", "plan", "incident"}, .apart = {"alert"}});
  ASSERT_TRUE(system.Start().ok());
  ASSERT_TRUE(ImportPlan(system, MinePlan()).ok());
  const std::string incident = ConfirmedIncident(system, kPinganArea);
  system.Kill(1);
  const auto started =
      system.As(kCommander).Call("incident.ActivateResponse", Activation(incident));
  ASSERT_TRUE(started.ok()) << started.status();
  EXPECT_EQ(ResponseOf(system, started->name()).effects_size(), 0);
  ASSERT_TRUE(system.Boot(1).ok()) << system.LogOf(1);
  ExpectEachNoticeOnce(system, started->name());
}

}  // namespace
}  // namespace huying::testing
