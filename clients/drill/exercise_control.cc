// SPDX-License-Identifier: Apache-2.0
#include "clients/drill/exercise_control.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "services/platform/base/clock.h"
#include "services/platform/base/status.h"

namespace huying::drill_client {
namespace {

constexpr char kDrill[] = "huying.drill.v1.DrillService/";
constexpr char kDirectory[] = "huying.directory.v1.DirectoryService/";
constexpr char kClockRule[] = "drill.clock";
constexpr int kArchivedAtOnceMax = 50;

}  // namespace

template <typename Request>
absl::StatusOr<common::v1::Receipt> ExerciseControl::Do(const char* rpc, Request request) {
  request.set_name(name_);
  return director_.Call<common::v1::Receipt>(absl::StrCat(kDrill, rpc), request);
}

absl::StatusOr<drill::v1::Exercise> ExerciseControl::Get() {
  drill::v1::GetExerciseRequest request;
  request.set_name(name_);
  ASSIGN_OR_RETURN(
      drill::v1::GetExerciseResponse response,
      director_.Call<drill::v1::GetExerciseResponse>(absl::StrCat(kDrill, "GetExercise"), request));
  return std::move(*response.mutable_exercise());
}

absl::Status ExerciseControl::ArchiveEarlier() {
  drill::v1::ListExercisesRequest request;
  request.set_page_size(kArchivedAtOnceMax);
  ASSIGN_OR_RETURN(const auto page, director_.Call<drill::v1::ListExercisesResponse>(
                                        absl::StrCat(kDrill, "ListExercises"), request));
  for (const drill::v1::Exercise& exercise : page.exercises()) {
    if (exercise.state() != drill::v1::EVALUATED && exercise.state() != drill::v1::STOPPED)
      continue;
    drill::v1::ArchiveExerciseRequest archive;
    archive.set_name(exercise.name());
    // Somebody else's exercise stays: its director archives it.
    (void)director_.Call<common::v1::Receipt>(absl::StrCat(kDrill, "ArchiveExercise"), archive);
  }
  return absl::OkStatus();
}

absl::Status ExerciseControl::Begin(const Scenario& scenario) {
  ASSIGN_OR_RETURN(const common::v1::Receipt planned,
                   director_.Call<common::v1::Receipt>(
                       absl::StrCat(kDrill, "PlanExercise"),
                       scenario.ToRequest(director_.connection().clock().Now())));
  name_ = planned.name();
  ASSIGN_OR_RETURN(const drill::v1::Exercise exercise, Get());
  realm_ = exercise.realm();
  starts_at_ = now_ = base::FromProto(exercise.starts_at());
  RETURN_IF_ERROR(Do("ApproveExercise", drill::v1::ApproveExerciseRequest()).status());
  RETURN_IF_ERROR(Do("StartExercise", drill::v1::StartExerciseRequest()).status());
  return WaitUntilRunning();
}

absl::Status ExerciseControl::WaitUntilRunning() {
  const base::Clock& clock = director_.connection().clock();
  const absl::Time give_up = clock.Now() + options_.prepare_limit;
  absl::Duration wait = absl::Milliseconds(5);
  while (true) {
    ASSIGN_OR_RETURN(const drill::v1::Exercise exercise, Get());
    if (exercise.state() == drill::v1::RUNNING) return absl::OkStatus();
    if (exercise.state() != drill::v1::PREPARING || clock.Now() > give_up) {
      const bool failed = !exercise.problem().empty();
      return base::Refused(base::Reason::CONDITION_NOT_MET,
                           failed ? absl::StrCat("演练准备失败：", exercise.problem())
                                  : "演练没有在时限内准备好",
                           failed ? absl::StrCat("preparing failed: ", exercise.problem())
                                  : "the exercise was not ready in time")
          .Rule("drill.prepare")
          .Next("查看各服务是否都在运行", "see whether every service runs");
    }
    absl::SleepFor(wait);
    wait = std::min(wait * 2, options_.poll);
  }
}

absl::Status ExerciseControl::WaitUntilResumed() {
  const base::Clock& clock = director_.connection().clock();
  const absl::Time give_up = clock.Now() + options_.pause_max;
  if (options_.on_pause) options_.on_pause(true);
  while (true) {
    ASSIGN_OR_RETURN(const drill::v1::Exercise exercise, Get());
    if (exercise.state() == drill::v1::RUNNING) break;
    if (exercise.state() != drill::v1::PAUSED || clock.Now() > give_up) {
      return base::Refused(base::Reason::CONDITION_NOT_MET,
                           absl::StrCat("演练已被终止：", exercise.reason()),
                           absl::StrCat("the exercise was ended: ", exercise.reason()))
          .Rule(kClockRule);
    }
    absl::SleepFor(options_.poll);
  }
  if (options_.on_pause) options_.on_pause(false);
  return absl::OkStatus();
}

absl::StatusOr<directory::v1::MintActorTokensResponse> ExerciseControl::MintTokens(
    const std::vector<std::string>& posts) {
  directory::v1::MintActorTokensRequest request;
  request.set_exercise(name_);
  request.set_realm(realm_);
  for (const std::string& post : posts) request.add_posts(post);
  return director_.Call<directory::v1::MintActorTokensResponse>(
      absl::StrCat(kDirectory, "MintActorTokens"), request);
}

absl::StatusOr<std::string> ExerciseControl::EnterRealm() {
  directory::v1::EnterRealmRequest request;
  request.set_realm(realm_);
  ASSIGN_OR_RETURN(const directory::v1::TokenResponse response,
                   director_.Call<directory::v1::TokenResponse>(
                       absl::StrCat(kDirectory, "EnterRealm"), request));
  return response.token();
}

absl::StatusOr<drill::v1::AdvanceClockResponse> ExerciseControl::Advance(absl::Time until) {
  drill::v1::AdvanceClockRequest request;
  request.set_name(name_);
  *request.mutable_until() = base::ToProto(until);
  *request.mutable_expected_now() = base::ToProto(now_);
  while (true) {
    auto response = director_.Call<drill::v1::AdvanceClockResponse>(
        absl::StrCat(kDrill, "AdvanceClock"), request);
    const bool stands = base::ProblemOf(response.status()).rule_id() == kClockRule &&
                        absl::IsFailedPrecondition(response.status());
    if (response.ok()) now_ = base::FromProto(response->now());
    if (response.ok() || !stands) return response;
    RETURN_IF_ERROR(WaitUntilResumed());
  }
}

absl::Status ExerciseControl::RecordInject(const std::string& inject, absl::Time at) {
  drill::v1::RecordInjectRequest request;
  request.set_inject(inject);
  *request.mutable_at() = base::ToProto(at);
  absl::Status status = Do("RecordInject", request).status();
  if (base::ProblemOf(status).rule_id() != "drill.lifecycle") return status;
  RETURN_IF_ERROR(WaitUntilResumed());
  return Do("RecordInject", request).status();
}

absl::StatusOr<drill::v1::Exercise> ExerciseControl::End(
    const std::map<std::string, std::string>& names) {
  RETURN_IF_ERROR(Do("FinishExercise", drill::v1::FinishExerciseRequest()).status());
  drill::v1::ScoreExerciseRequest score;
  score.mutable_names()->insert(names.begin(), names.end());
  RETURN_IF_ERROR(Do("ScoreExercise", score).status());
  return Get();
}

absl::Status ExerciseControl::Stop(const std::string& reason) {
  drill::v1::StopExerciseRequest request;
  request.set_reason(reason);
  return Do("StopExercise", request).status();
}

}  // namespace huying::drill_client
