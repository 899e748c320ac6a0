// SPDX-License-Identifier: Apache-2.0
#include "services/drill/drill_service.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "services/drill/rules/exercise.h"
#include "services/drill/store.h"
#include "services/platform/base/status.h"

namespace huying::drill {
namespace {

using context::CallContext;
using ledger::Command;
using ledger::Transaction;

absl::Status NeedName(const std::string& name) {
  if (!name.empty()) return absl::OkStatus();
  return base::Invalid(base::Reason::FIELD_MISSING, "缺少演练名称",
                       "the exercise's name is missing")
      .Field("name");
}

int YearOf(absl::Time time) {
  constexpr int kBeijingOffsetSeconds = 8 * 3600;
  return static_cast<int>(
      absl::ToCivilYear(time, absl::FixedTimeZone(kBeijingOffsetSeconds)).year());
}

}  // namespace

absl::StatusOr<Command> DrillService::Change(const std::string& name, Next next) {
  RETURN_IF_ERROR(NeedName(name));
  return Command{.reads = {Exercises().Ref(name)},
                 .decide = [name, next = std::move(next)](Transaction& tx) -> absl::Status {
                   ASSIGN_OR_RETURN(auto stored, tx.Get(Exercises(), name));
                   RETURN_IF_ERROR(rules::MayDirect(stored.value, tx.actor()));
                   ASSIGN_OR_RETURN(const v1::Exercise changed, next(std::move(stored.value), tx));
                   tx.Change(Exercises(), name, changed);
                   return absl::OkStatus();
                 }};
}

absl::StatusOr<v1::Exercise> DrillService::Load(const std::string& name) {
  RETURN_IF_ERROR(NeedName(name));
  ASSIGN_OR_RETURN(auto reader, ledger_.Read());
  ASSIGN_OR_RETURN(auto stored, reader->Get(Exercises(), name));
  return std::move(stored.value);
}

absl::StatusOr<Command> DrillService::PlanExercise(const CallContext&,
                                                   const v1::PlanExerciseRequest& request) {
  RETURN_IF_ERROR(rules::ValidatePlan(request));
  return Command{.decide = [request](Transaction& tx) -> absl::Status {
    const int year = YearOf(tx.now());
    ASSIGN_OR_RETURN(const int64_t number, tx.NextNumber(absl::StrCat("exercises/", year)));
    const v1::Exercise exercise = rules::Plan(request, tx.actor(), year, number, tx.now());
    tx.Create(Exercises(), exercise.name(), exercise);
    return absl::OkStatus();
  }};
}

absl::StatusOr<Command> DrillService::ApproveExercise(const CallContext&,
                                                      const v1::ApproveExerciseRequest& request) {
  return Change(request.name(), [](v1::Exercise exercise, Transaction& tx) {
    return rules::Approve(std::move(exercise), tx.actor());
  });
}

absl::StatusOr<Command> DrillService::StartExercise(const CallContext&,
                                                    const v1::StartExerciseRequest& request) {
  return Change(request.name(), [](v1::Exercise exercise, Transaction&) {
    return rules::Start(std::move(exercise));
  });
}

absl::StatusOr<Command> DrillService::PauseExercise(const CallContext&,
                                                    const v1::PauseExerciseRequest& request) {
  return Change(request.name(), [reason = request.reason()](v1::Exercise exercise, Transaction&) {
    return rules::Pause(std::move(exercise), reason);
  });
}

absl::StatusOr<Command> DrillService::ResumeExercise(const CallContext&,
                                                     const v1::ResumeExerciseRequest& request) {
  return Change(request.name(), [](v1::Exercise exercise, Transaction&) {
    return rules::Resume(std::move(exercise));
  });
}

absl::StatusOr<Command> DrillService::RecordInject(const CallContext&,
                                                   const v1::RecordInjectRequest& request) {
  if (!request.has_at()) {
    return base::Invalid(base::Reason::FIELD_MISSING, "缺少时间", "the time is missing")
        .Field("at");
  }
  return Change(request.name(), [request](v1::Exercise exercise, Transaction&) {
    return rules::RecordInject(std::move(exercise), request.inject(),
                               base::FromProto(request.at()));
  });
}

absl::StatusOr<Command> DrillService::ArchiveExercise(const CallContext&,
                                                      const v1::ArchiveExerciseRequest& request) {
  return Change(request.name(), [](v1::Exercise exercise, Transaction&) {
    return rules::Archive(std::move(exercise));
  });
}

absl::StatusOr<v1::GetExerciseResponse> DrillService::GetExercise(
    const CallContext&, const v1::GetExerciseRequest& request) {
  RETURN_IF_ERROR(NeedName(request.name()));
  ASSIGN_OR_RETURN(auto reader, ledger_.Read());
  ASSIGN_OR_RETURN(auto stored, reader->Get(Exercises(), request.name()));
  v1::GetExerciseResponse response;
  *response.mutable_exercise() = std::move(stored.value);
  response.set_version(stored.version);
  return response;
}

absl::StatusOr<v1::ListExercisesResponse> DrillService::ListExercises(
    const CallContext&, const v1::ListExercisesRequest& request) {
  ASSIGN_OR_RETURN(auto reader, ledger_.Read());
  ASSIGN_OR_RETURN(auto page, reader->List(Exercises(), {.newest_first = true}, request.page_size(),
                                           request.page_token()));
  v1::ListExercisesResponse response;
  for (auto& item : page.items) *response.add_exercises() = std::move(item.value);
  response.set_next_page_token(page.next_page_token);
  return response;
}

}  // namespace huying::drill
