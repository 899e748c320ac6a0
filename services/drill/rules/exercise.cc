// SPDX-License-Identifier: Apache-2.0
#include "services/drill/rules/exercise.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "services/drill/rules/lifecycle.h"
#include "services/platform/base/clock.h"
#include "services/platform/base/status.h"
#include "services/platform/base/strings.h"
#include "services/platform/guard/reach.h"

namespace huying::drill::rules {
namespace {

using base::Reason;

absl::Status Move(v1::Exercise& exercise, ExerciseCommand command) {
  ASSIGN_OR_RETURN(const v1::ExerciseState next, NextState(exercise.state(), command));
  exercise.set_state(next);
  return absl::OkStatus();
}

}  // namespace

v1::Exercise Plan(const v1::PlanExerciseRequest& request, const common::v1::Actor& actor, int year,
                  int64_t number, absl::Time now) {
  v1::Exercise exercise;
  const std::string id = absl::StrFormat("%d-%04d", year, number);
  exercise.set_name(absl::StrCat("exercises/", id));
  exercise.set_realm(absl::StrCat("drill-", id));
  exercise.set_title(request.title());
  exercise.set_title_en(request.title_en());
  exercise.set_scenario(request.scenario());
  exercise.set_purpose(request.purpose());
  exercise.set_state(v1::PLANNED);
  exercise.set_seed(request.seed());
  // Now is a whole second: what is measured from it reads well, and offsets stay what they are.
  *exercise.mutable_starts_at() =
      request.has_starts_at() ? request.starts_at()
                              : base::ToProto(absl::FromUnixSeconds(absl::ToUnixSeconds(now)));
  *exercise.mutable_injects() = request.injects();
  for (v1::Inject& inject : *exercise.mutable_injects()) inject.clear_played_at();
  *exercise.mutable_expectations() = request.expectations();
  *exercise.mutable_actor_posts() = request.actor_posts();
  *exercise.mutable_plans() = request.plans();
  *exercise.mutable_planner() = actor;
  *exercise.mutable_director() = actor;
  return exercise;
}

absl::Status MayDirect(const v1::Exercise& exercise, const common::v1::Actor& actor) {
  const common::v1::Actor& director = exercise.director();
  if (actor.person() == director.person() && !actor.person().empty()) return absl::OkStatus();
  if (actor.area() == director.area() && actor.tier() == director.tier()) return absl::OkStatus();
  if (guard::SpeaksForGovernment(actor) && actor.tier() < director.tier()) {
    return absl::OkStatus();
  }
  return base::Denied(Reason::OUTSIDE_AREA, "不是本次演练的导调人",
                      "not the director of this exercise")
      .Rule("drill.director")
      .Next(absl::StrCat("请由", director.post_name(), "操作"),
            absl::StrCat("ask ", director.post()));
}

absl::StatusOr<v1::Exercise> Approve(v1::Exercise exercise, const common::v1::Actor& actor) {
  RETURN_IF_ERROR(Move(exercise, ExerciseCommand::kApprove));
  *exercise.mutable_director() = actor;
  return exercise;
}

absl::StatusOr<v1::Exercise> Start(v1::Exercise exercise) {
  RETURN_IF_ERROR(Move(exercise, ExerciseCommand::kStart));
  exercise.clear_problem();
  return exercise;
}

absl::StatusOr<v1::Exercise> Prepared(v1::Exercise exercise) {
  RETURN_IF_ERROR(Move(exercise, ExerciseCommand::kPrepared));
  *exercise.mutable_last_time() = exercise.starts_at();
  return exercise;
}

absl::StatusOr<v1::Exercise> PrepareFailed(v1::Exercise exercise, std::string_view problem) {
  RETURN_IF_ERROR(Move(exercise, ExerciseCommand::kPrepareFailed));
  exercise.set_problem(std::string(problem));
  return exercise;
}

absl::StatusOr<v1::Exercise> Pause(v1::Exercise exercise, std::string_view reason) {
  RETURN_IF_ERROR(Move(exercise, ExerciseCommand::kPause));
  exercise.set_reason(std::string(reason));
  return exercise;
}

absl::StatusOr<v1::Exercise> Resume(v1::Exercise exercise) {
  RETURN_IF_ERROR(Move(exercise, ExerciseCommand::kResume));
  return exercise;
}

absl::StatusOr<v1::Exercise> RecordInject(v1::Exercise exercise, std::string_view inject,
                                          absl::Time at) {
  RETURN_IF_ERROR(Move(exercise, ExerciseCommand::kRecordInject));
  if (at < base::FromProto(exercise.starts_at())) {
    return base::Invalid(Reason::FIELD_INVALID, "时间早于演练开始", "before the exercise began")
        .Field("at");
  }
  for (v1::Inject& known : *exercise.mutable_injects()) {
    if (known.id() != inject) continue;
    if (known.has_played_at()) {
      return base::Refused(Reason::ALREADY_EXISTS, "该情景已经注入",
                           "this inject was played already")
          .Field("inject")
          .Rule("drill.inject-once");
    }
    *known.mutable_played_at() = base::ToProto(at);
    *exercise.mutable_last_time() = base::ToProto(at);
    return exercise;
  }
  return base::Invalid(Reason::UNKNOWN_REFERENCE, absl::StrCat("没有情景“", base::Abs(inject), "”"),
                       absl::StrCat("no inject '", base::Abs(inject), "'"))
      .Field("inject");
}

absl::StatusOr<v1::Exercise> Finish(v1::Exercise exercise, absl::Time realm_now,
                                    const std::map<std::string, int64_t>& heads) {
  RETURN_IF_ERROR(Move(exercise, ExerciseCommand::kFinish));
  *exercise.mutable_finished_at() = base::ToProto(realm_now);
  *exercise.mutable_last_time() = base::ToProto(realm_now);
  for (const auto& [ledger, head] : heads) (*exercise.mutable_final_heads())[ledger] = head;
  return exercise;
}

absl::StatusOr<v1::Exercise> Stop(v1::Exercise exercise, std::string_view reason,
                                  absl::Time realm_now) {
  RETURN_IF_ERROR(Move(exercise, ExerciseCommand::kStop));
  exercise.set_reason(std::string(reason));
  *exercise.mutable_finished_at() = base::ToProto(realm_now);
  return exercise;
}

absl::StatusOr<v1::Exercise> Evaluate(v1::Exercise exercise,
                                      std::vector<v1::ExpectationResult> results,
                                      const std::map<std::string, std::string>& names) {
  RETURN_IF_ERROR(Move(exercise, ExerciseCommand::kScore));
  exercise.clear_results();
  for (const auto& [name, record] : names) (*exercise.mutable_names())[name] = record;
  int met = 0;
  for (v1::ExpectationResult& result : results) {
    met += result.met() ? 1 : 0;
    *exercise.add_results() = std::move(result);
  }
  exercise.set_met(met);
  exercise.set_missed(exercise.results_size() - met);
  return exercise;
}

absl::StatusOr<v1::Exercise> Archive(v1::Exercise exercise) {
  if (exercise.realm_closed()) {
    return base::Refused(Reason::ALREADY_EXISTS, "演练已归档，环境已关闭",
                         "it is archived and its realm is closed")
        .Rule("drill.archived-once");
  }
  exercise.clear_problem();
  RETURN_IF_ERROR(Move(exercise, ExerciseCommand::kArchive));
  return exercise;
}

absl::Status MayAdvance(const v1::Exercise& exercise) {
  if (exercise.state() == v1::RUNNING) return absl::OkStatus();
  const bool paused = exercise.state() == v1::PAUSED;
  return base::Refused(Reason::ILLEGAL_TRANSITION,
                       paused ? "演练已暂停，时钟不走" : "演练没有在进行，时钟不走",
                       paused ? "the exercise is paused: its clock stands"
                              : "the exercise does not run: its clock stands")
      .Rule("drill.clock")
      .Next(paused ? "先继续演练" : "先启动演练", paused ? "resume it first" : "start it first");
}

}  // namespace huying::drill::rules
