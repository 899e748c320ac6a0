// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "clients/drill/agenda.h"
#include "clients/drill/cast.h"
#include "clients/drill/dice.h"
#include "clients/drill/exercise_control.h"
#include "clients/drill/journal_reader.h"
#include "clients/drill/references.h"
#include "clients/drill/roster.h"
#include "clients/drill/runner.h"
#include "services/drill/rules/score.h"

// The running exercise, private to runner.cc (the loop), stage_acts.cc (what the scenario writes) and
// stage_reactions.cc (what actors do by themselves).
namespace huying::drill_client {

class Stage {
 public:
  Stage(client::Session& director, const Scenario& scenario, const RunOptions& options);

  // Realm open, tokens minted, streams open, first events on the agenda.
  absl::Status Open();
  // Everything up to the end of the scenario.
  absl::Status Play();
  // Finish, score, case file.
  absl::Status Close();
  absl::Status Stop(const std::string& reason) { return control_.Stop(reason); }
  RunResult TakeResult() { return std::move(result_); }

 private:
  // --- runner.cc
  absl::Status LoadDirectory();
  absl::Status ExportCase();
  // Moves the clock to at most `until` (now = only waits until all is idle) and looks at what happened.
  absl::Status Step(absl::Time until);
  absl::Status Observe(const std::map<std::string, int64_t>& heads);
  // At a change of shift the posts that change get tokens of whoever holds them now.
  absl::Status Relieve();
  void Show(TimelineItem item);
  Score ScoreNow() const;
  // An act made this record: matches that name it look for it from now on.
  void Keep(const std::string& name, const std::string& record);
  // Acts that never had their turn are problems: what they waited for did not happen.
  void CheckUnplayed();

  // --- stage_acts.cc
  void Schedule();
  void PlayInject(const InjectSpec& inject);
  void PlayAct(const ActSpec& act);
  absl::Status Call(const ActSpec& act, Actor& actor);
  absl::Status Save(const ActSpec& act, const google::protobuf::Message& answer);
  // Something with this id has happened: acts that wait for it are put on the agenda.
  void Trigger(const std::string& id);
  void CheckEvents(const drill::rules::SeenEntry& seen);
  void AddProblem(const std::string& act, const absl::Status& status);

  // --- stage_reactions.cc
  void React(const std::vector<drill::rules::SeenEntry>& entries);
  void Hear(const Heard& heard);
  void ReportReceipt(const std::string& post, const std::string& alert,
                     alert::v1::RecipientState state);
  void Answer(const std::string& post, const std::string& alert);
  void TakeTask(const incident::v1::Task& task);
  bool IsSilent(const ActorSpec& actor, Silence kind) const;
  bool IsOver(const std::string& alert) const { return over_.count(alert) > 0; }
  // The record as the dice know it: its number in this run, because its name holds the year.
  std::string DiceName(const std::string& record);
  // Calls as that post; a refusal is a problem of the run, an unreachable server ends it.
  void CallAs(const std::string& post, const char* method, const google::protobuf::Message& request,
              const std::string& what);

  client::Session& director_;
  const Scenario& scenario_;
  const RunOptions& options_;
  const Dice dice_;
  ExerciseControl control_;
  client::Session realm_;
  JournalReader journals_;
  Cast cast_;
  Agenda agenda_;
  absl::Time start_;  // of the exercise, known when it has begun
  absl::Time now_;
  absl::Time end_;
  absl::Status fatal_;
  std::map<std::string, std::string> saved_;
  std::map<std::string, int> events_seen_;
  std::set<std::string> played_;  // acts
  drill::rules::Scoreboard board_;
  std::set<std::pair<std::string, std::string>> handled_;  // alert, post
  std::set<std::string> over_;                             // alerts no longer in force
  std::map<std::string, std::string> dice_names_;
  Roster roster_;
  std::map<std::string, std::string> on_duty_;  // post → the person on shift its token is for
  RunResult result_;
};

}  // namespace huying::drill_client
