// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "absl/time/time.h"
#include "clients/drill/runner.h"
#include "nlohmann/json.hpp"

// What a run leaves: the data of the report page (clients/drill/report/report.h says every field), and
// the score table as text, which is equal for equal seeds.
namespace huying::drill_client {

struct RecordOptions {
  std::string case_file_path;   // where the exported case was written; empty: nowhere
  std::string public_key_path;  // the published key to check it with; empty: none is known
  std::string verify_program = "huying-verify";
  double machine_seconds = 0;  // how long the run took; 0 = not said
};

// How to check the exported case on this machine, as a shell takes it; "" when none was written.
std::string VerifyCommand(const RecordOptions& options);

nlohmann::json ToRecord(const RunResult& result, const RecordOptions& options);

// One line per expectation, tab-separated: id, met or missed, limit, measured, entry. No times of the
// machine, no random ids.
std::string ScoreTable(const drill::v1::Exercise& exercise);

}  // namespace huying::drill_client
