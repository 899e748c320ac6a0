// SPDX-License-Identifier: Apache-2.0
#include "services/drill/rules/lifecycle.h"

#include <gtest/gtest.h>

#include <map>
#include <utility>

#include "services/platform/base/status.h"

namespace huying::drill::rules {
namespace {

using enum ExerciseCommand;

// Written out a second time on purpose: the table is walked against it, cell by cell.
const std::map<std::pair<int, ExerciseCommand>, v1::ExerciseState> kAllowed = {
    {{v1::PLANNED, kApprove}, v1::APPROVED},     {{v1::PLANNED, kStop}, v1::STOPPED},
    {{v1::APPROVED, kStart}, v1::PREPARING},     {{v1::APPROVED, kStop}, v1::STOPPED},
    {{v1::PREPARING, kPrepared}, v1::RUNNING},   {{v1::PREPARING, kPrepareFailed}, v1::APPROVED},
    {{v1::PREPARING, kStop}, v1::STOPPED},       {{v1::RUNNING, kPause}, v1::PAUSED},
    {{v1::RUNNING, kRecordInject}, v1::RUNNING}, {{v1::RUNNING, kFinish}, v1::FINISHED},
    {{v1::RUNNING, kStop}, v1::STOPPED},         {{v1::PAUSED, kResume}, v1::RUNNING},
    {{v1::PAUSED, kFinish}, v1::FINISHED},       {{v1::PAUSED, kStop}, v1::STOPPED},
    {{v1::FINISHED, kScore}, v1::EVALUATED},     {{v1::STOPPED, kArchive}, v1::ARCHIVED},
    {{v1::EVALUATED, kArchive}, v1::ARCHIVED},   {{v1::FINISHED, kArchive}, v1::ARCHIVED},
    {{v1::ARCHIVED, kArchive}, v1::ARCHIVED},
};

TEST(ExerciseLifecycle, EveryCellOfTheTableIsAsWritten) {
  for (int state = 0; state < kExerciseStates; ++state) {
    for (int c = 0; c < kExerciseCommands; ++c) {
      const auto command = static_cast<ExerciseCommand>(c);
      const auto allowed = kAllowed.find({state, command});
      const auto next = NextState(static_cast<v1::ExerciseState>(state), command);
      if (allowed != kAllowed.end()) {
        ASSERT_TRUE(next.ok()) << state << " × " << c << ": " << next.status();
        EXPECT_EQ(*next, allowed->second) << state << " × " << c;
      } else {
        EXPECT_EQ(next.status().code(), absl::StatusCode::kFailedPrecondition)
            << state << " × " << c;
        const base::Problem problem = base::ProblemOf(next.status());
        EXPECT_EQ(problem.reason(), base::Reason::ILLEGAL_TRANSITION);
        EXPECT_EQ(problem.rule_id(), "drill.lifecycle");
        EXPECT_FALSE(problem.message().empty() || problem.message_en().empty());
      }
    }
  }
}

TEST(ExerciseLifecycle, ARefusalSaysWhatMayBeDone) {
  const auto refused = NextState(v1::PAUSED, kRecordInject);
  EXPECT_EQ(base::ProblemOf(refused.status()).next_step_en(), "possible now: resume, finish, stop");
}

TEST(ExerciseLifecycle, AnUnknownStateAllowsNothing) {
  EXPECT_FALSE(NextState(static_cast<v1::ExerciseState>(99), kApprove).ok());
}

}  // namespace
}  // namespace huying::drill::rules
