// SPDX-License-Identifier: Apache-2.0
//
// The server is killed while a drill is played, at points from a seed. Whoever plays it asks again: the drill
// goes on where it was and its score table is the one of an undisturbed run.
#include <gtest/gtest.h>

#include <algorithm>
#include <limits>
#include <memory>
#include <random>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"
#include "absl/synchronization/notification.h"
#include "absl/time/clock.h"
#include "clients/drill/record.h"
#include "clients/drill/runner.h"
#include "tests/support/drills.h"
#include "tests/support/incidents.h"
#include "tests/support/journal_watch.h"
#include "tests/support/raw_listener.h"
#include "tests/support/storm.h"
#include "tests/support/system.h"

namespace huying::testing {
namespace {

constexpr uint32_t kSeed = 20091121;
constexpr int kRuns = 3;
constexpr int kKillsPerRun = 3;

// How far the drill is, told by the thread that plays it; the thread that kills waits for a point.
class Place {
 public:
  void Advance() {
    absl::MutexLock lock(&mutex_);
    ++steps_;
    const auto may_go_on = [&] { return steps_ < hold_at_; };
    mutex_.AwaitWithTimeout(absl::Condition(&may_go_on), absl::Minutes(2));
  }
  // The drill stands still once it has come to `step`, until it is told another one.
  void HoldAt(int step) {
    absl::MutexLock lock(&mutex_);
    hold_at_ = step;
  }
  void End() {
    absl::MutexLock lock(&mutex_);
    over_ = true;
  }
  bool over() const {
    absl::MutexLock lock(&mutex_);
    return over_;
  }
  int steps() const {
    absl::MutexLock lock(&mutex_);
    return steps_;
  }
  // False when the drill ended before it came to `step`.
  bool Reach(int step) {
    absl::MutexLock lock(&mutex_);
    const auto there = [&] { return over_ || steps_ >= step; };
    mutex_.AwaitWithTimeout(absl::Condition(&there), absl::Minutes(2));
    return !over_ && steps_ >= step;
  }

 private:
  mutable absl::Mutex mutex_;
  int steps_ = 0;
  int hold_at_ = std::numeric_limits<int>::max();
  bool over_ = false;
};

absl::StatusOr<drill_client::RunResult> Play(System& system, Place& place) {
  drill_client::RunOptions options;
  options.stream_limit = absl::Minutes(1);
  options.on_progress = [&place](const drill_client::Progress&) { place.Advance(); };
  return drill_client::RunScenario(system.As(kDirector).session(), Smoke(), options);
}

TEST(DrillKill, ADrillWhoseServerIsKilledEndsWithTheSameTable) {
  System system;
  const absl::Status started = system.Start();
  ASSERT_TRUE(started.ok()) << started;
  (void)system.As(kDirector);
  Place whole;
  const auto undisturbed = Play(system, whole);
  ASSERT_TRUE(undisturbed.ok()) << undisturbed.status();
  const std::string table = drill_client::ScoreTable(undisturbed->exercise);
  const int stretch = whole.steps() / (kKillsPerRun + 1);
  ASSERT_GT(stretch, 0);

  std::mt19937 dice(kSeed);
  for (int run = 0; run < kRuns; ++run) {
    Place place;
    absl::StatusOr<drill_client::RunResult> result = absl::UnknownError("not run");
    std::thread player([&] {
      result = Play(system, place);
      place.End();
    });
    int kills = 0;
    for (int part = 0; part < kKillsPerRun; ++part) {
      if (!place.Reach(1 + part * stretch + static_cast<int>(dice() % stretch))) break;
      system.Kill();
      const absl::Status booted = system.Boot();
      EXPECT_TRUE(booted.ok()) << booted;
      ++kills;
    }
    player.join();
    ASSERT_TRUE(result.ok()) << result.status();
    EXPECT_GT(kills, 0) << "the drill was over before it could be disturbed";
    EXPECT_TRUE(result->passed());
    EXPECT_EQ(drill_client::ScoreTable(result->exercise), table);
  }
  EXPECT_EQ(system.Findings(), std::vector<std::string>{});
}

// The real world goes on while a drill is played. 128 commands are in flight, a response has just been decided, the
// drill is between two events: kill -9, at points from a seed. Nothing of either realm is lost or done twice.
class BusyDrillTest : public ::testing::Test {
 protected:
  static constexpr int kKills = 4;
  static constexpr char kDuty[] = "posts/district-duty";
  static constexpr char kPingan[] = "posts/pingan-duty";
  static constexpr char kPinganArea[] = "230407001001";

  void SetUp() override {
    const absl::Status started = system_.Start();
    ASSERT_TRUE(started.ok()) << started;
    ASSERT_TRUE(ImportPlan(system_, MinePlan()).ok());
    for (const char* post : {kDirector, kDuty, kPingan, "posts/commander"}) (void)system_.As(post);
    feed_ = std::make_unique<Listener>(system_.As(kDuty));
    wire_ = std::make_unique<RawListener>(system_.As(kPingan));
    ASSERT_TRUE(feed_->WaitForSnapshot(kSoon));
    ASSERT_TRUE(wire_->WaitForSnapshot(kSoon));
  }

  // With the drill held: everything is set going, the drill too, and killed. Then everything is asked again.
  void KillInTheMiddle(Place& place, int held_at, int hold_next, int round) {
    Client& duty = system_.As(kDuty);
    overdue_.push_back(ConfirmedIncident(system_, kPinganArea, ""));
    const auto activation = Activation(ConfirmedIncident(system_, kPinganArea));
    Storm storm(duty, kPinganArea, absl::StrCat("第", round, "轮-"));
    ASSERT_TRUE(storm.RunUntil(std::uniform_int_distribution<int>(1, 300)(dice_), kSoon));
    place.HoldAt(hold_next);
    ASSERT_TRUE(place.Reach(held_at + 1)) << "the drill was over before the kill";
    Client& commander = system_.As("posts/commander");
    absl::Notification answered;
    commander.channel("incident.ActivateResponse")
        .CallAsync(FullMethod("incident.ActivateResponse"), commander.token(),
                   absl::Now() + kCallLimit, activation,
                   [&answered](const absl::StatusOr<std::string>&) { answered.Notify(); });
    JournalWatch incidents(system_.LedgerFile("incident"));
    EXPECT_TRUE(incidents.WaitFor(activation.request_id(), 1, kSoon));
    EXPECT_GE(storm.under_way(), kStormInFlight);
    EXPECT_FALSE(place.over());
    system_.Kill();
    answered.WaitForNotification();
    const std::string steps =
        absl::StrCat("incident/", incidents.SeqOf(activation.request_id()), "/%/outcome");
    if (incidents.Count(steps) < kLevelNotices) ++effects_open_;
    ASSERT_TRUE(storm.Settle(kSoon));
    ASSERT_TRUE(system_.Boot().ok()) << system_.LogOf();

    const size_t before = notices_.size();
    unknown_ += AskAgain(duty, storm, notices_);
    EXPECT_EQ(notices_.size() - before, storm.sent().size());
    JournalWatch alerts(system_.LedgerFile("alert"));
    for (const Storm::Sent& sent : storm.sent()) {
      EXPECT_EQ(alerts.Count(sent.request.request_id()), 1);
    }
    const auto again = commander.Call("incident.ActivateResponse", activation);
    ASSERT_TRUE(again.ok()) << again.status();
    ExpectEachNoticeOnce(system_, again->name());
    ASSERT_TRUE(wire_->Resume(kSoon));
  }
  void ExpectToldOnce() {
    EXPECT_TRUE(feed_->WaitForAlerts(notices_, kSoon));
    EXPECT_TRUE(wire_->WaitForAlerts(notices_, kSoon));
    for (const std::string& name : notices_) EXPECT_EQ(feed_->TimesTold(name), 1) << name;
    EXPECT_EQ(feed_->resyncs(), 0);
    EXPECT_EQ(wire_->faults(), std::vector<std::string>{});
  }
  // Of every incident that was left without a lead department: once, and for good.
  void ExpectDeadlinesFired() {
    for (const std::string& incident : overdue_) {
      const auto overdue = [&] {
        common::v1::ListObligationsRequest request;
        request.set_case_id(incident);
        const auto page = system_.As(kDuty).Call<common::v1::ListObligationsResponse>(
            "incident.ListObligations", request);
        EXPECT_TRUE(page.ok()) << page.status();
        return page.ok() && std::count_if(page->obligations().begin(), page->obligations().end(),
                                          [](const auto& clock) {
                                            return clock.rule_id() == "incident.lead-department" &&
                                                   clock.state() == common::v1::Obligation::OVERDUE;
                                          }) == 1;
      };
      EXPECT_TRUE(Eventually(overdue)) << incident;
    }
  }

  System system_{{.limits = {{"incident.lead-department", absl::Seconds(2)}}}};
  std::mt19937 dice_{kSeed};
  std::unique_ptr<Listener> feed_;
  std::unique_ptr<RawListener> wire_;
  std::set<std::string> notices_;
  std::vector<std::string> overdue_;
  int unknown_ = 0;
  int effects_open_ = 0;
};

TEST_F(BusyDrillTest, R25_KilledWith128CommandsInFlightNothingIsLostOrDoneTwiceInEitherRealm) {
  Place whole;
  const auto undisturbed = Play(system_, whole);
  ASSERT_TRUE(undisturbed.ok()) << undisturbed.status();
  const int stretch = whole.steps() / (kKills + 1);
  ASSERT_GE(stretch, 3);
  std::vector<int> points;
  for (int i = 0; i < kKills; ++i) {
    points.push_back(1 + i * stretch + static_cast<int>(dice_() % (stretch - 2)));
  }
  points.push_back(std::numeric_limits<int>::max());

  Place place;
  place.HoldAt(points[0]);
  absl::StatusOr<drill_client::RunResult> result = absl::UnknownError("not run");
  std::thread player([&] {
    result = Play(system_, place);
    place.End();
  });
  for (int round = 0; round < kKills && !HasFatalFailure(); ++round) {
    EXPECT_TRUE(place.Reach(points[round]));
    KillInTheMiddle(place, points[round], points[round + 1], round);
  }
  place.HoldAt(std::numeric_limits<int>::max());
  player.join();
  ASSERT_FALSE(HasFatalFailure());
  ASSERT_TRUE(result.ok()) << result.status();
  EXPECT_TRUE(result->passed());
  EXPECT_EQ(drill_client::ScoreTable(result->exercise),
            drill_client::ScoreTable(undisturbed->exercise));
  EXPECT_GT(unknown_, 0) << "every call was answered before its kill";
  EXPECT_GT(effects_open_, 0) << "every effect was done before its kill";
  ExpectToldOnce();
  ExpectDeadlinesFired();
  EXPECT_EQ(system_.Findings(), std::vector<std::string>{});
}

}  // namespace
}  // namespace huying::testing
