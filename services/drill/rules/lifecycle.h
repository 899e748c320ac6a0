// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>

#include "absl/status/statusor.h"
#include "huying/drill/v1/drill.pb.h"

// Which command an exercise takes in which state.
//
//   ASSIGN_OR_RETURN(ExerciseState next, rules::NextState(exercise.state(), ExerciseCommand::kPause));
namespace huying::drill::rules {

enum class ExerciseCommand {
  kApprove,
  kStart,
  kPrepared,       // the reactor: realm open, directory and plans copied
  kPrepareFailed,  // the reactor: it could not; may be started again
  kPause,
  kResume,
  kRecordInject,
  kFinish,
  kStop,
  kScore,
  kArchive,
};

inline constexpr int kExerciseStates = v1::ExerciseState_ARRAYSIZE;
inline constexpr int kExerciseCommands = static_cast<int>(ExerciseCommand::kArchive) + 1;

// [state][command] → state after it; EXERCISE_STATE_UNSPECIFIED = not allowed.
using ExerciseTable = std::array<std::array<v1::ExerciseState, kExerciseCommands>, kExerciseStates>;

constexpr ExerciseTable MakeExerciseTable() {
  using enum ExerciseCommand;
  ExerciseTable table{};
  auto allow = [&table](v1::ExerciseState from, ExerciseCommand command, v1::ExerciseState to) {
    table[from][static_cast<int>(command)] = to;
  };
  allow(v1::PLANNED, kApprove, v1::APPROVED);
  allow(v1::PLANNED, kStop, v1::STOPPED);
  allow(v1::APPROVED, kStart, v1::PREPARING);
  allow(v1::APPROVED, kStop, v1::STOPPED);
  allow(v1::PREPARING, kPrepared, v1::RUNNING);
  allow(v1::PREPARING, kPrepareFailed, v1::APPROVED);
  allow(v1::PREPARING, kStop, v1::STOPPED);
  allow(v1::RUNNING, kPause, v1::PAUSED);
  allow(v1::RUNNING, kRecordInject, v1::RUNNING);
  allow(v1::RUNNING, kFinish, v1::FINISHED);
  allow(v1::RUNNING, kStop, v1::STOPPED);
  allow(v1::PAUSED, kResume, v1::RUNNING);
  allow(v1::PAUSED, kFinish, v1::FINISHED);
  allow(v1::PAUSED, kStop, v1::STOPPED);
  allow(v1::FINISHED, kScore, v1::EVALUATED);
  allow(v1::STOPPED, kArchive, v1::ARCHIVED);
  allow(v1::EVALUATED, kArchive, v1::ARCHIVED);
  allow(v1::FINISHED, kArchive, v1::ARCHIVED);  // nobody will score it
  allow(v1::ARCHIVED, kArchive, v1::ARCHIVED);  // again, while its realm is not closed
  return table;
}
inline constexpr ExerciseTable kExerciseTable = MakeExerciseTable();

// FAILED_PRECONDITION / ILLEGAL_TRANSITION with what may be done instead.
absl::StatusOr<v1::ExerciseState> NextState(v1::ExerciseState state, ExerciseCommand command);

}  // namespace huying::drill::rules
