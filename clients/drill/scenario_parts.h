// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "clients/drill/finding.h"
#include "clients/drill/scenario.h"
#include "yaml-cpp/yaml.h"

// The sections of a scenario file, for scenario.cc only.
namespace huying::drill_client {

class YamlMap;

// An offset like "1h30m", or a time like "2009-11-21T02:30:00+08:00" that is not before `zero`.
std::optional<absl::Duration> ReadOffset(YamlMap& map, const std::string& key,
                                         std::optional<absl::Time> zero);

void ReadInjects(const std::vector<YAML::Node>& items, Scenario& scenario, Findings& findings);
void ReadEvents(const std::vector<YAML::Node>& items, Scenario& scenario, Findings& findings);
void ReadActs(const std::vector<YAML::Node>& items, Scenario& scenario, Findings& findings);
void ReadExpectations(const std::vector<YAML::Node>& items, Scenario& scenario, Findings& findings);

// Ids, references, chains of `after`, and times that fit.
void CheckScenario(const Scenario& scenario, Findings& findings);

}  // namespace huying::drill_client
