// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "huying/drill/v1/drill_service.pb.h"
#include "services/drill/preparation.h"
#include "services/drill/realm_client.h"
#include "services/drill/rules/step.h"
#include "services/platform/base/clock.h"
#include "services/platform/context/call_context.h"
#include "services/platform/ledger/command.h"
#include "services/platform/ledger/ledger.h"
#include "services/platform/ledger/reactor.h"

namespace huying::drill {

// Exercises, in the realm "live". Methods are named as the RPCs of huying.drill.v1.DrillService.
//
//   DrillService drill(home.ledger(), platform.machine_clock(), realms);
//   ASSIGN_OR_RETURN(ledger::Command command, drill.PauseExercise(context, request));
//
// Thread-safe. A mutation gathers (the realm's time, all entries of its journals) and returns the
// command. AdvanceClock blocks until every process is idle or the deadline is near.
class DrillService {
 public:
  // All outlive it.
  DrillService(ledger::Ledger& ledger, const base::Clock& machine_clock, RealmClient& realms)
      : ledger_(ledger), machine_clock_(machine_clock), realms_(realms) {}

  absl::StatusOr<ledger::Command> PlanExercise(const context::CallContext& context,
                                               const v1::PlanExerciseRequest& request);
  absl::StatusOr<ledger::Command> ApproveExercise(const context::CallContext& context,
                                                  const v1::ApproveExerciseRequest& request);
  absl::StatusOr<ledger::Command> StartExercise(const context::CallContext& context,
                                                const v1::StartExerciseRequest& request);
  absl::StatusOr<ledger::Command> PauseExercise(const context::CallContext& context,
                                                const v1::PauseExerciseRequest& request);
  absl::StatusOr<ledger::Command> ResumeExercise(const context::CallContext& context,
                                                 const v1::ResumeExerciseRequest& request);
  absl::StatusOr<ledger::Command> RecordInject(const context::CallContext& context,
                                               const v1::RecordInjectRequest& request);
  absl::StatusOr<ledger::Command> FinishExercise(const context::CallContext& context,
                                                 const v1::FinishExerciseRequest& request);
  absl::StatusOr<ledger::Command> StopExercise(const context::CallContext& context,
                                               const v1::StopExerciseRequest& request);
  absl::StatusOr<ledger::Command> ScoreExercise(const context::CallContext& context,
                                                const v1::ScoreExerciseRequest& request);
  absl::StatusOr<ledger::Command> ArchiveExercise(const context::CallContext& context,
                                                  const v1::ArchiveExerciseRequest& request);

  absl::StatusOr<v1::AdvanceClockResponse> AdvanceClock(const context::CallContext& context,
                                                        const v1::AdvanceClockRequest& request);
  absl::StatusOr<v1::GetExerciseResponse> GetExercise(const context::CallContext& context,
                                                      const v1::GetExerciseRequest& request);
  absl::StatusOr<v1::ListExercisesResponse> ListExercises(const context::CallContext& context,
                                                          const v1::ListExercisesRequest& request);

 private:
  using Next = std::function<absl::StatusOr<v1::Exercise>(v1::Exercise, ledger::Transaction&)>;
  // The command that makes `next` of the exercise, for who may direct it.
  static absl::StatusOr<ledger::Command> Change(const std::string& name, Next next);

  absl::StatusOr<v1::Exercise> Load(const std::string& name);
  // Latest time of the realm in any process.
  absl::StatusOr<absl::Time> RealmNow(const context::CallContext& context, std::string_view realm);
  // Looks until two looks in a row agree that all is idle at one time; the last look.
  absl::StatusOr<rules::Probes> WaitIdle(const context::CallContext& context,
                                         std::string_view realm);

  ledger::Ledger& ledger_;
  const base::Clock& machine_clock_;
  RealmClient& realms_;
};

// What the reactor uses; all of it outlives the reactor.
struct ReactorNeeds {
  ledger::Ledger& ledger;
  const base::Clock& machine_clock;
  RealmClient& realms;
  Preparation& preparation;
};

// Follows StartExercise (realm, directory, plans; then RUNNING or the problem), FinishExercise and
// StopExercise (every process is told), ArchiveExercise (closes the realm). An effect that gets no
// answer for a few seconds is given up with its reason on the exercise: one never blocks another.
std::unique_ptr<ledger::Reactor> MakeExerciseReactor(ReactorNeeds needs);

}  // namespace huying::drill
