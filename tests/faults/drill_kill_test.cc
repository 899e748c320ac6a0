// SPDX-License-Identifier: Apache-2.0
//
// The server is killed while a drill is played, at points from a seed. Whoever plays it asks again: the drill
// goes on where it was and its score table is the one of an undisturbed run.
#include <gtest/gtest.h>

#include <random>
#include <string>
#include <thread>

#include "absl/synchronization/mutex.h"
#include "clients/drill/record.h"
#include "clients/drill/runner.h"
#include "tests/support/drills.h"
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
  }
  void End() {
    absl::MutexLock lock(&mutex_);
    over_ = true;
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
  bool over_ = false;
};

TEST(DrillKill, ADrillWhoseServerIsKilledEndsWithTheSameTable) {
  System system;
  const absl::Status started = system.Start();
  ASSERT_TRUE(started.ok()) << started;
  client::Session& director = system.As(kDirector).session();
  const auto play = [&director](Place& place) {
    drill_client::RunOptions options;
    options.on_progress = [&place](const drill_client::Progress&) { place.Advance(); };
    return drill_client::RunScenario(director, Smoke(), options);
  };
  Place whole;
  const auto undisturbed = play(whole);
  ASSERT_TRUE(undisturbed.ok()) << undisturbed.status();
  const std::string table = drill_client::ScoreTable(undisturbed->exercise);
  const int stretch = whole.steps() / (kKillsPerRun + 1);
  ASSERT_GT(stretch, 0);

  std::mt19937 dice(kSeed);
  for (int run = 0; run < kRuns; ++run) {
    Place place;
    absl::StatusOr<drill_client::RunResult> result = absl::UnknownError("not run");
    std::thread player([&] {
      result = play(place);
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

}  // namespace
}  // namespace huying::testing
