// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "clients/cpp/session.h"
#include "clients/drill/describe.h"
#include "clients/drill/scenario.h"
#include "clients/drill/situation.h"
#include "clients/verify/verify.h"
#include "huying/directory/v1/directory.pb.h"
#include "huying/drill/v1/drill.pb.h"
#include "services/drill/rules/match.h"

// Plays a scenario through the public API: the director's token plans and steps the exercise, minted
// tokens act in it. Events are played by time and then by order; delays come from the seed; after
// each the runner waits until every process is idle and every stream was told. So the same seed gives
// the same journals and the same score table, on any machine.
//
//   ASSIGN_OR_RETURN(RunResult result, RunScenario(director_session, scenario, {.on_progress = …}));
//   return result.passed() ? 0 : 5;
namespace huying::drill_client {

struct Score {
  int met = 0;
  int missed = 0;
  int open = 0;  // neither yet
};

struct Progress {
  absl::Time now;
  const TimelineItem* item = nullptr;  // what has just happened
  const Situation* situation = nullptr;
  Score score;
};

struct RunOptions {
  // One step of the clock, waiting for streams included.
  absl::Duration stream_limit = absl::Seconds(15);
  std::function<void(const Progress&)> on_progress;
  std::function<void(bool paused)> on_pause;
  // Asked between events; true ends the exercise (STOPPED).
  std::function<bool()> stop_requested;
};

// An act that did not go as the scenario says.
struct ActProblem {
  absl::Time at;
  std::string act;
  std::string zh;
  std::string en;
};

struct RunResult {
  Scenario scenario;
  drill::v1::Exercise exercise;  // with its results
  std::vector<TimelineItem> timeline;
  std::vector<ActProblem> problems;
  std::vector<drill::rules::SeenEntry> entries;  // of all journals, as they were read
  Situation situation;
  std::vector<directory::v1::Area> areas;
  std::vector<directory::v1::Post> posts;
  std::string case_name;
  std::string case_file;  // serialised SignedCaseFile; empty when there is none
  verify::Report verified;

  // Every expectation met, every act as written, the case file whole.
  bool passed() const {
    return exercise.results_size() > 0 && exercise.met() == exercise.results_size() &&
           problems.empty() && verified.findings.empty();
  }
};

// Errors: what keeps the exercise from running at all (refused, unreachable, a stream that stays
// behind); CANCELLED when stop_requested said so. The exercise is then STOPPED as far as possible.
absl::StatusOr<RunResult> RunScenario(client::Session& director, const Scenario& scenario,
                                      const RunOptions& options);

}  // namespace huying::drill_client
