// SPDX-License-Identifier: Apache-2.0
//
// Drills through the public API on real servers: every expectation met, the same table from the same
// seed, nothing left in the live realm.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <fstream>
#include <memory>
#include <sstream>
#include <thread>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "clients/cpp/session.h"
#include "clients/drill/record.h"
#include "clients/drill/runner.h"
#include "clients/drill/scenario.h"
#include "huying/drill/v1/drill_service.pb.h"
#include "huying/incident/v1/incident_service.pb.h"
#include "huying/plan/v1/plan_service.pb.h"
#include "services/platform/base/status.h"
#include "tests/support/dumps.h"
#include "tests/support/system.h"

namespace huying::testing {
namespace {

using common::v1::Receipt;
using drill_client::RunOptions;
using drill_client::RunResult;
using drill_client::Scenario;

std::string ReadText(const std::string& path) {
  std::ifstream in(absl::StrCat(HUYING_SOURCE_DIR, "/", path));
  std::stringstream text;
  text << in.rdbuf();
  return text.str();
}

std::string Problems(const RunResult& result) {
  std::string text = drill_client::ScoreTable(result.exercise);
  for (const auto& problem : result.problems) {
    absl::StrAppend(&text, problem.act, ": ", problem.en, "\n");
  }
  for (const auto& finding : result.verified.findings) absl::StrAppend(&text, finding.text, "\n");
  return text;
}

class DrillTest : public ::testing::Test {
 protected:
  void Start(SystemOptions options = {}) {
    system_ = std::make_unique<System>(std::move(options));
    const absl::Status started = system_->Start();
    ASSERT_TRUE(started.ok()) << started;
    plan::v1::ImportPlanRequest plan;
    plan.set_yaml(ReadText("deploy/config/xingshan/plans/mine-accident.yaml"));
    const auto imported = system_->As("posts/plan-officer").Call<Receipt>("plan.ImportPlan", plan);
    ASSERT_TRUE(imported.ok()) << imported.status();
    client::ConnectionOptions where;
    where.server = system_->routes().AddressOf("");
    for (const auto& [service, address] : system_->routes().address_of) {
      if (!service.empty()) where.elsewhere[service] = address;
    }
    auto connection = client::Connection::Open(std::move(where));
    ASSERT_TRUE(connection.ok()) << connection.status();
    connection_ = *std::move(connection);
    director_ = std::make_unique<client::Session>(*connection_,
                                                  system_->As("posts/drill-director").token());
  }

  static Scenario Load(const std::string& name,
                       const std::vector<std::pair<std::string, std::string>>& changes = {}) {
    drill_client::Findings findings;
    auto scenario = drill_client::ParseScenario(
        absl::StrReplaceAll(ReadText(absl::StrCat("clients/drill/scenarios/", name, ".yaml")),
                            changes),
        findings);
    for (const auto& finding : findings) ADD_FAILURE() << finding.line << ": " << finding.en;
    return scenario.value_or(Scenario());
  }

  absl::StatusOr<RunResult> Run(const Scenario& scenario, const RunOptions& options = {}) {
    return drill_client::RunScenario(*director_, scenario, options);
  }
  void ExpectPassed(const absl::StatusOr<RunResult>& result) {
    ASSERT_TRUE(result.ok()) << result.status() << "\n" << system_->LogOf();
    EXPECT_TRUE(result->passed()) << Problems(*result);
  }
  // The table of a run, which must be the same as every time before.
  void ExpectTable(const absl::StatusOr<RunResult>& result, std::string& table) {
    ASSERT_TRUE(result.ok()) << result.status() << "\n" << system_->LogOf();
    const std::string now = drill_client::ScoreTable(result->exercise);
    if (table.empty()) table = now;
    EXPECT_EQ(now, table);
  }

  std::unique_ptr<System> system_;
  std::unique_ptr<client::Connection> connection_;
  std::unique_ptr<client::Session> director_;
};

TEST_F(DrillTest, TheSmallDrillMeetsEveryExpectationAndItsCaseFileIsWhole) {
  Start();
  const auto result = Run(Load("smoke"));
  ExpectPassed(result);
  EXPECT_EQ(result->verified.ledgers.size(), 4u);
  EXPECT_GT(result->situation.Counts(common::v1::COMMUNITY).answered, 0);
  const auto record = drill_client::ToRecord(*result, {});
  EXPECT_EQ(record["areas"].size(), 13u);
  EXPECT_EQ(record["expectations"].size(), 9u);
}

TEST_F(DrillTest, TheSameSeedGivesTheIdenticalTableTwentyTimes) {
  Start();
  const Scenario scenario = Load("smoke");
  std::string table;
  for (int i = 0; i < 20 && !HasFailure(); ++i) ExpectTable(Run(scenario), table);
  Scenario other = scenario;
  other.seed = 43;
  const auto result = Run(other);
  ASSERT_TRUE(result.ok()) << result.status();
  EXPECT_NE(drill_client::ScoreTable(result->exercise), table) << "another seed, other delays";
}

TEST_F(DrillTest, TheTableIsTheSameOnOneCoreUnderLoad) {
  Start({.only_core = 0});
  const Scenario scenario = Load("smoke");
  std::string table;
  ExpectTable(Run(scenario), table);
  std::atomic<bool> stop = false;
  std::vector<std::thread> load;
  for (int i = 0; i < 3; ++i) {
    load.emplace_back([&stop] {
      uint64_t x = 1;
      while (!stop) x = x * 6364136223846793005ULL + 1;
    });
  }
  for (int i = 0; i < 2 && !HasFailure(); ++i) ExpectTable(Run(scenario), table);
  stop = true;
  for (std::thread& thread : load) thread.join();
}

TEST_F(DrillTest, ItPassesWithAlertInASecondProcessAndGivesTheSameTable) {
  const Scenario scenario = Load("smoke");
  std::string table;
  Start();
  ExpectTable(Run(scenario), table);
  Start({.services = {"directory", "plan", "incident", "drill"}, .apart = {"alert"}});
  const auto result = Run(scenario);
  ExpectPassed(result);
  ExpectTable(result, table);
}

TEST_F(DrillTest, R25_TheExplosionOf2009MeetsEveryExpectationTwiceTheSameInOneProcessAndInTwo) {
  const Scenario scenario = Load("xinxing-2009");
  std::string table;
  Start();
  auto result = Run(scenario);
  ExpectPassed(result);
  ExpectTable(result, table);
  ASSERT_EQ(result->situation.incidents().size(), 1u);
  const auto& incident = result->situation.incidents().begin()->second;
  EXPECT_EQ(incident.figures().dead(), 108);
  EXPECT_EQ(incident.level(), incident::v1::LEVEL_I);
  for (const auto& [name, clock] : result->situation.clocks()) {
    EXPECT_NE(clock.state(), incident::v1::OVERDUE) << name;
    EXPECT_NE(clock.state(), incident::v1::MET_LATE) << name;
  }
  ExpectTable(Run(scenario), table);
  Start({.services = {"directory", "plan", "incident", "drill"}, .apart = {"alert"}});
  result = Run(scenario);
  ExpectPassed(result);
  ExpectTable(result, table);
}

TEST_F(DrillTest, ItPassesWithoutRedis) {
  Start({.redis = false});
  ExpectPassed(Run(Load("smoke")));
}

TEST_F(DrillTest, R25_ADrillLeavesTheLiveLedgersAsTheyWere) {
  Start();
  const std::vector<std::string> services = {"directory", "plan", "alert", "incident"};
  std::map<std::string, Dump> before;
  for (const auto& service : services) before[service] = *DumpOf(system_->LedgerFile(service));
  ExpectPassed(Run(Load("smoke")));
  for (const auto& service : services) {
    EXPECT_EQ(DifferenceOf(before[service], *DumpOf(system_->LedgerFile(service))), "") << service;
  }
}

TEST_F(DrillTest, APauseShiftsTheRestAndNothingBursts) {
  Start();
  const Scenario scenario = Load("smoke");
  std::string table;
  ExpectTable(Run(scenario), table);
  bool paused = false, resumed = false;
  RunOptions options;
  options.on_progress = [&](const drill_client::Progress& progress) {
    if (paused || progress.item->kind != "inject") return;
    drill::v1::ListExercisesRequest list;
    const auto page = director_->Call<drill::v1::ListExercisesResponse>(
        "huying.drill.v1.DrillService/ListExercises", list);
    ASSERT_TRUE(page.ok());
    drill::v1::PauseExerciseRequest request;
    request.set_name(page->exercises(0).name());
    paused = director_->Call<Receipt>("huying.drill.v1.DrillService/PauseExercise", request).ok();
  };
  options.on_pause = [&](bool now_paused) {
    if (!now_paused) {
      resumed = true;
      return;
    }
    drill::v1::ListExercisesRequest list;
    const auto page = director_->Call<drill::v1::ListExercisesResponse>(
        "huying.drill.v1.DrillService/ListExercises", list);
    ASSERT_TRUE(page.ok());
    EXPECT_EQ(page->exercises(0).state(), drill::v1::PAUSED);
    drill::v1::ResumeExerciseRequest request;
    request.set_name(page->exercises(0).name());
    EXPECT_TRUE(
        director_->Call<Receipt>("huying.drill.v1.DrillService/ResumeExercise", request).ok());
  };
  ExpectTable(Run(scenario, options), table);
  EXPECT_TRUE(paused);
  EXPECT_TRUE(resumed);
}

TEST_F(DrillTest, AnActThatIsRefusedIsAProblemOfTheRunAndNotItsEnd) {
  Start();
  const Scenario scenario = Load("smoke", {{"who: posts/district-duty\n    after: confirm",
                                            "who: posts/pingan-duty\n    after: confirm"}});
  const auto result = Run(scenario);
  ASSERT_TRUE(result.ok()) << result.status();
  EXPECT_FALSE(result->passed());
  ASSERT_FALSE(result->problems.empty());
  EXPECT_EQ(result->problems[0].act, "notice");
  EXPECT_EQ(result->exercise.state(), drill::v1::EVALUATED);
  EXPECT_GT(result->exercise.missed(), 0);
}

TEST_F(DrillTest, AnExpectedRefusalIsWhatTheScenarioSays) {
  Start();
  Scenario scenario = Load("smoke");
  const auto notice = std::find_if(scenario.acts.begin(), scenario.acts.end(),
                                   [](const auto& act) { return act.id == "notice"; });
  ASSERT_NE(notice, scenario.acts.end());
  drill_client::ActSpec overreach = *notice;
  overreach.id = "overreach";
  overreach.who = "posts/pingan-duty";
  overreach.refused = "OUTSIDE_AREA";
  overreach.save.clear();
  scenario.acts.push_back(overreach);
  ExpectPassed(Run(scenario));
}

TEST_F(DrillTest, AMissingPlanKeepsItFromStartingAndSaysSo) {
  Start();
  Scenario scenario = Load("smoke");
  scenario.plans = {"plans/no-such-plan"};
  const auto result = Run(scenario);
  EXPECT_EQ(result.status().code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(base::ProblemOf(result.status()).message_en(),
              ::testing::HasSubstr("plans/no-such-plan"));
}

TEST_F(DrillTest, StoppingOnRequestStopsTheExercise) {
  Start();
  RunOptions options;
  options.stop_requested = [] { return true; };
  EXPECT_TRUE(absl::IsCancelled(Run(Load("smoke"), options).status()));
  drill::v1::ListExercisesRequest list;
  const auto page = director_->Call<drill::v1::ListExercisesResponse>(
      "huying.drill.v1.DrillService/ListExercises", list);
  ASSERT_TRUE(page.ok());
  EXPECT_EQ(page->exercises(0).state(), drill::v1::STOPPED);
}

}  // namespace
}  // namespace huying::testing
