// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <memory>
#include <set>
#include <sstream>
#include <thread>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/time/civil_time.h"
#include "absl/time/clock.h"
#include "clients/cpp/alert_feed.h"
#include "clients/cpp/session.h"
#include "clients/drill/exercise_control.h"
#include "clients/drill/record.h"
#include "clients/drill/runner.h"
#include "clients/drill/scenario.h"
#include "clients/drill/time_text.h"
#include "huying/drill/v1/drill_service.pb.h"
#include "huying/incident/v1/incident_service.pb.h"
#include "huying/plan/v1/plan_service.pb.h"
#include "services/platform/base/clock.h"
#include "services/platform/base/status.h"
#include "tests/support/dumps.h"
#include "tests/support/eventually.h"
#include "tests/support/system.h"

// Plays whole scenarios against a real system, as the exercise's director.
namespace huying::testing {

using common::v1::Receipt;
using drill_client::RunOptions;
using drill_client::RunResult;
using drill_client::Scenario;

inline std::string ReadText(const std::string& path) {
  std::ifstream in(absl::StrCat(HUYING_SOURCE_DIR, "/", path));
  std::stringstream text;
  text << in.rdbuf();
  return text.str();
}

inline std::string Problems(const RunResult& result) {
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

  // Entries of a folder of the server's process: "task" its threads, "fd" its open files.
  int64_t CountOf(const std::string& what) {
    const std::filesystem::directory_iterator folder(
        absl::StrCat("/proc/", system_->process().pid(), "/", what));
    return std::distance(begin(folder), end(folder));
  }

  std::unique_ptr<System> system_;
  std::unique_ptr<client::Connection> connection_;
  std::unique_ptr<client::Session> director_;
};

}  // namespace huying::testing
