// SPDX-License-Identifier: Apache-2.0
#include "services/drill/drill_rpc.h"

#include <utility>

namespace huying::drill {

void RegisterDrill(rpc::RouteTable& table, rpc::Routes<DrillService>::FindService find,
                   rpc::Routes<DrillService>::FindLedger find_ledger) {
  rpc::Routes<DrillService> routes(table, "huying.drill.v1.DrillService", std::move(find),
                                   std::move(find_ledger));
  routes.Mutation("PlanExercise", &DrillService::PlanExercise);
  routes.Mutation("ApproveExercise", &DrillService::ApproveExercise);
  routes.Mutation("StartExercise", &DrillService::StartExercise);
  routes.Mutation("PauseExercise", &DrillService::PauseExercise);
  routes.Mutation("ResumeExercise", &DrillService::ResumeExercise);
  routes.Mutation("RecordInject", &DrillService::RecordInject);
  routes.Mutation("FinishExercise", &DrillService::FinishExercise);
  routes.Mutation("StopExercise", &DrillService::StopExercise);
  routes.Mutation("ScoreExercise", &DrillService::ScoreExercise);
  routes.Mutation("ArchiveExercise", &DrillService::ArchiveExercise);
  routes.Read("AdvanceClock", &DrillService::AdvanceClock);
  routes.Read("GetExercise", &DrillService::GetExercise);
  routes.Read("ListExercises", &DrillService::ListExercises);
}

}  // namespace huying::drill
