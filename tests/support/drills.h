// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <map>
#include <string>

#include "absl/strings/str_cat.h"
#include "clients/drill/scenario.h"
#include "tests/support/dumps.h"
#include "tests/support/system.h"

// Exercises played against whole servers.
namespace huying::testing {

inline constexpr char kDirector[] = "posts/drill-director";

// The file is named from the repository's root. Fails the test when it has errors.
inline drill_client::Scenario ScenarioOf(const std::string& file) {
  std::ifstream in(absl::StrCat(HUYING_SOURCE_DIR, "/", file));
  const std::string text((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
  drill_client::Findings findings;
  auto scenario = drill_client::ParseScenario(text, findings);
  for (const auto& finding : findings) {
    EXPECT_FALSE(finding.error) << file << ":" << finding.line << ": " << finding.en;
  }
  EXPECT_TRUE(scenario.has_value()) << file;
  return scenario.value_or(drill_client::Scenario());
}

inline drill_client::Scenario Smoke() { return ScenarioOf("clients/drill/scenarios/smoke.yaml"); }

// Every live ledger but the one of drill, which keeps the exercise itself.
inline std::map<std::string, Dump> LiveTables(System& system) {
  std::map<std::string, Dump> tables;
  for (const char* service : {"directory", "plan", "alert", "incident"}) {
    auto dump = DumpOf(system.LedgerFile(service));
    EXPECT_TRUE(dump.ok()) << service << ": " << dump.status();
    if (dump.ok()) tables[service] = *std::move(dump);
  }
  return tables;
}
inline void ExpectEqual(const std::map<std::string, Dump>& before,
                        const std::map<std::string, Dump>& after) {
  for (const auto& [service, dump] : before) {
    EXPECT_EQ(DifferenceOf(dump, after.at(service)), "") << service;
  }
}

}  // namespace huying::testing
