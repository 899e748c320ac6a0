// SPDX-License-Identifier: Apache-2.0
//
// The server is killed while a drill is played, at points from a seed. Whoever plays it asks again: the drill
// goes on where it was and its score table is the one of an undisturbed run.
#include <gtest/gtest.h>

#include <random>
#include <string>
#include <thread>

#include "absl/synchronization/notification.h"
#include "clients/drill/record.h"
#include "clients/drill/runner.h"
#include "tests/support/drills.h"
#include "tests/support/system.h"

namespace huying::testing {
namespace {

constexpr uint32_t kSeed = 20091121;
constexpr int kRuns = 3;
constexpr int kKillsPerRun = 3;

TEST(DrillKill, ADrillWhoseServerIsKilledEndsWithTheSameTable) {
  System system;
  const absl::Status started = system.Start();
  ASSERT_TRUE(started.ok()) << started;
  client::Session& director = system.As(kDirector).session();
  const auto undisturbed = drill_client::RunScenario(director, Smoke(), {});
  ASSERT_TRUE(undisturbed.ok()) << undisturbed.status();
  const std::string table = drill_client::ScoreTable(undisturbed->exercise);

  std::mt19937 dice(kSeed);
  for (int run = 0; run < kRuns; ++run) {
    absl::Notification over;
    absl::StatusOr<drill_client::RunResult> result = absl::UnknownError("not run");
    std::thread player([&] {
      result = drill_client::RunScenario(director, Smoke(), {});
      over.Notify();
    });
    int kills = 0;
    while (kills < kKillsPerRun &&
           !over.WaitForNotificationWithTimeout(absl::Milliseconds(50 + dice() % 300))) {
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

}  // namespace
}  // namespace huying::testing
