// SPDX-License-Identifier: Apache-2.0
//
// Starting a response is one decision with effects in another ledger. Killed in the middle, each effect happens
// once: not zero times, not twice.
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "absl/synchronization/notification.h"
#include "absl/time/clock.h"
#include "tests/support/incidents.h"
#include "tests/support/journal_watch.h"
#include "tests/support/system.h"

namespace huying::testing {
namespace {

constexpr char kCommander[] = "posts/commander";
constexpr char kPinganArea[] = "230407001001";

// What the journals hold of one activation on its way: the decision, then each of two notices in alert's ledger
// and its outcome in incident's own.
enum class Point { kDecided, kFirstIssued, kFirstRecorded, kSecondIssued };

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
  // Sends the activation and does not wait for its answer.
  void Send(const incident::v1::ActivateResponseRequest& activation, absl::Notification& over) {
    Client& commander = system_->As(kCommander);
    commander.channel("incident.ActivateResponse")
        .CallAsync(FullMethod("incident.ActivateResponse"), commander.token(),
                   absl::Now() + kCallLimit, activation,
                   [&over](const absl::StatusOr<std::string>&) { over.Notify(); });
  }
  // Returns at the moment the journals have come so far.
  void WaitUntil(Point point, const std::string& request_id, JournalWatch& incidents,
                 JournalWatch& alerts) {
    ASSERT_TRUE(incidents.WaitFor(request_id, 1, kSoon));
    const std::string steps = absl::StrCat("incident/", incidents.SeqOf(request_id), "/%");
    switch (point) {
      case Point::kDecided:
        return;
      case Point::kFirstIssued:
        ASSERT_TRUE(alerts.WaitFor(steps, 1, kSoon));
        return;
      case Point::kFirstRecorded:
        ASSERT_TRUE(incidents.WaitFor(steps + "/outcome", 1, kSoon));
        return;
      case Point::kSecondIssued:
        ASSERT_TRUE(alerts.WaitFor(steps, kLevelNotices, kSoon));
    }
  }

  std::unique_ptr<System> system_;
};
INSTANTIATE_TEST_SUITE_P(Processes, ActivationTest, ::testing::Values("one", "two"),
                         [](const auto& form) { return std::string(form.param); });

// The kill follows what the journals show, not a time: at each point of the way, and the dumps right after it prove
// that it fell into the middle.
TEST_P(ActivationTest, KilledInTheMiddleEachNoticeIsIssuedOnce) {
  int in_the_middle = 0;
  for (const Point point :
       {Point::kDecided, Point::kFirstIssued, Point::kFirstRecorded, Point::kSecondIssued}) {
    const std::string incident = ConfirmedIncident(*system_, kPinganArea);
    const auto activation = Activation(incident);
    JournalWatch incidents(system_->LedgerFile("incident"));
    JournalWatch alerts(system_->LedgerFile("alert"));
    absl::Notification over;
    Send(activation, over);
    WaitUntil(point, activation.request_id(), incidents, alerts);
    if (!HasFatalFailure()) system_->Kill();
    over.WaitForNotification();
    const std::string steps =
        absl::StrCat("incident/", incidents.SeqOf(activation.request_id()), "/%");
    if (incidents.Count(steps + "/outcome") < kLevelNotices) ++in_the_middle;
    ASSERT_TRUE(system_->Boot().ok()) << system_->LogOf();
    const auto again = system_->As(kCommander).Call("incident.ActivateResponse", activation);
    ASSERT_TRUE(again.ok()) << again.status();
    ExpectEachNoticeOnce(*system_, again->name());
    EXPECT_EQ(alerts.Count(steps), kLevelNotices);
    EXPECT_EQ(incidents.Count(steps + "/outcome"), kLevelNotices);
  }
  EXPECT_GT(in_the_middle, 0) << "every kill came after the last effect: nothing was proven";
  EXPECT_EQ(system_->Findings(), std::vector<std::string>{});
}

// The one that executes stands still, so that the decision is there and none of its effects can be; then either is
// killed, or both.
TEST(ActivationInTwo, KilledBetweenDecisionAndEffectsEachNoticeIsIssuedOnce) {
  System system({.services = {"directory", "plan", "incident"}, .apart = {"alert"}});
  const absl::Status ready = system.Start();
  ASSERT_TRUE(ready.ok()) << ready;
  ASSERT_TRUE(ImportPlan(system, MinePlan()).ok());
  (void)system.As(kCommander);
  JournalWatch incidents(system.LedgerFile("incident"));
  JournalWatch alerts(system.LedgerFile("alert"));
  for (size_t victim = 0; victim < 3; ++victim) {
    const std::string incident = ConfirmedIncident(system, kPinganArea);
    const auto activation = Activation(incident);
    system.process(1).Freeze();
    const auto started = system.As(kCommander).Call("incident.ActivateResponse", activation);
    ASSERT_TRUE(started.ok()) << started.status();
    const std::string steps =
        absl::StrCat("incident/", incidents.SeqOf(activation.request_id()), "/%");
    EXPECT_EQ(alerts.Count(steps), 0);
    EXPECT_EQ(incidents.Count(steps + "/outcome"), 0);
    for (size_t i = 0; i < 2; ++i) {
      if (victim == i || victim == 2) system.Kill(i);
    }
    for (size_t i = 0; i < 2; ++i) {
      if (victim == i || victim == 2) ASSERT_TRUE(system.Boot(i).ok()) << system.LogOf(i);
    }
    if (victim == 0) system.process(1).Thaw();
    ExpectEachNoticeOnce(system, started->name());
    const auto again = system.As(kCommander).Call("incident.ActivateResponse", activation);
    ASSERT_TRUE(again.ok()) << again.status();
    EXPECT_EQ(again->SerializeAsString(), started->SerializeAsString());
    EXPECT_EQ(alerts.Count(steps), kLevelNotices);
  }
  EXPECT_EQ(system.Findings(), std::vector<std::string>{});
}

// Nobody knows whether the decision was taken: asked again, it was taken once. Killed before the server could read
// the request, and at the moment the decision was committed.
TEST_P(ActivationTest, KilledWhileTheDecisionIsUnderWayItIsTakenOnce) {
  for (const bool decided : {false, true}) {
    const std::string incident = ConfirmedIncident(*system_, kPinganArea);
    const auto activation = Activation(incident);
    (void)system_->As(kCommander);  // signed in while somebody answers
    JournalWatch incidents(system_->LedgerFile("incident"));
    if (!decided) system_->process().Freeze();
    absl::Notification over;
    Send(activation, over);
    if (decided) {
      EXPECT_TRUE(incidents.WaitFor(activation.request_id(), 1, kSoon));
    }
    system_->Kill();
    over.WaitForNotification();
    EXPECT_EQ(incidents.Count(activation.request_id()), decided ? 1 : 0);
    ASSERT_TRUE(system_->Boot().ok()) << system_->LogOf();
    const auto again = system_->As(kCommander).Call("incident.ActivateResponse", activation);
    ASSERT_TRUE(again.ok()) << again.status();
    EXPECT_EQ(incidents.Count(activation.request_id()), 1);
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
  // A reactor that does not get on is seen: in health, as a gauge, and in the log.
  constexpr absl::Duration kStuck = absl::Minutes(1);
  EXPECT_TRUE(Eventually([&] { return !system.Serving("huying.reactors"); }, kStuck));
  EXPECT_TRUE(system.Serving("huying.incident.v1.IncidentService"));
  EXPECT_EQ(system.Metric("huying_health", "part=\"huying.reactors\"").value_or(-1), 0);
  EXPECT_NE(system.LogOf().find("times in a row"), std::string::npos);
  ASSERT_TRUE(system.Boot(1).ok()) << system.LogOf(1);
  ExpectEachNoticeOnce(system, started->name());
  EXPECT_TRUE(Eventually([&] { return system.Serving("huying.reactors"); }, kStuck));
}

}  // namespace
}  // namespace huying::testing
