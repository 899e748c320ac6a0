// SPDX-License-Identifier: Apache-2.0
//
// Bad input to incident, plan and drill; see bad_input_test.cc for alert, directory and the pipeline.
#include <gtest/gtest.h>

#include <functional>
#include <string>

#include "absl/time/clock.h"
#include "huying/drill/v1/drill_service.pb.h"
#include "huying/incident/v1/incident_service.pb.h"
#include "huying/plan/v1/plan_service.pb.h"
#include "services/platform/base/clock.h"
#include "tests/faults/bad_input.h"
#include "tests/support/drills.h"
#include "tests/support/incidents.h"

namespace huying::testing {
namespace {

using absl::StatusCode;
using base::Reason;

constexpr char kDistrict[] = "posts/district-duty";
constexpr char kPingan[] = "posts/pingan-duty";
constexpr char kCommander[] = "posts/commander";
constexpr char kPlanner[] = "posts/plan-officer";
constexpr char kPinganArea[] = "230407001001";

// A complete request with one thing spoilt.
template <typename Request>
Request Spoilt(Request request, const std::function<void(Request&)>& spoil) {
  request.set_request_id(client::NewRequestId());
  spoil(request);
  return request;
}

class BadInputIncidentTest : public BadInput {
 protected:
  static void SetUpTestSuite() {
    BadInput::SetUpTestSuite();
    if (HasFatalFailure()) return;
    for (const char* post : {kDistrict, kPingan, kCommander, kPlanner, kDirector}) {
      (void)system_->As(post);
    }
    ASSERT_TRUE(ImportPlan(*system_, MinePlan()).ok());
    incident_ = ConfirmedIncident(*system_, kPinganArea);
    const auto response =
        system_->As(kCommander).Call("incident.ActivateResponse", Activation(incident_));
    ASSERT_TRUE(response.ok()) << response.status();
    response_ = response->name();
    drill::v1::PlanExerciseRequest exercise;
    exercise.set_title("演练");
    const auto planned = system_->As(kDirector).Call("drill.PlanExercise", exercise);
    ASSERT_TRUE(planned.ok()) << planned.status();
    exercise_ = planned->name();
    // Reactors save how far they are a moment after their last effect.
    ExpectEachNoticeOnce(*system_, response_);
    ASSERT_TRUE(Eventually([] { return Tables() == Tables(); }));
  }

  static incident::v1::TakeIntakeRequest Intake() {
    incident::v1::TakeIntakeRequest request;
    request.set_event_class(incident::v1::ACCIDENT);
    request.set_title("矿井瓦斯爆炸");
    request.set_area(kPinganArea);
    request.set_place("矿区井口");
    return request;
  }
  static incident::v1::AssignTaskRequest Task() {
    incident::v1::AssignTaskRequest request;
    request.set_response(response_);
    request.set_executor_unit("units/emergency");
    request.set_goal("清点下井人数");
    *request.mutable_deadline() = base::ToProto(absl::Now() + absl::Hours(1));
    return request;
  }
  static incident::v1::DraftReportRequest Report() {
    incident::v1::DraftReportRequest request;
    request.set_incident(incident_);
    request.set_chain(incident::v1::GOVERNMENT);
    request.set_kind(incident::v1::FIRST);
    request.mutable_content()->set_text("矿井发生瓦斯爆炸，正在核实。");
    return request;
  }
  static void IntakeRefused(const std::function<void(incident::v1::TakeIntakeRequest&)>& spoil,
                            const Expected& expected) {
    Refused(kPingan, "incident.TakeIntake", Spoilt(Intake(), spoil), expected);
  }

  static std::string incident_;
  static std::string response_;
  static std::string exercise_;
};
std::string BadInputIncidentTest::incident_;
std::string BadInputIncidentTest::response_;
std::string BadInputIncidentTest::exercise_;

TEST_F(BadInputIncidentTest, Intakes) {
  IntakeRefused([](auto& r) { r.clear_request_id(); },
                {StatusCode::kInvalidArgument, Reason::FIELD_MISSING, "request_id",
                 "platform.field-missing"});
  IntakeRefused(
      [](auto& r) { r.clear_title(); },
      {StatusCode::kInvalidArgument, Reason::FIELD_MISSING, "title", "platform.field-missing"});
  IntakeRefused(
      [](auto& r) { r.set_area("230499"); },
      {StatusCode::kInvalidArgument, Reason::UNKNOWN_AREA, "area", "platform.unknown-area"});
  IntakeRefused(
      [](auto& r) { r.set_area("23"); },
      {StatusCode::kInvalidArgument, Reason::UNKNOWN_AREA, "area", "platform.unknown-area"});
  IntakeRefused([](auto& r) { r.set_event_class(static_cast<incident::v1::EventClass>(77)); },
                {StatusCode::kInvalidArgument, Reason::UNKNOWN_ENUM_VALUE, "event_class",
                 "platform.unknown-enum-value"});
  IntakeRefused([](auto& r) { r.mutable_reporter()->set_person_name(kNotUtf8); },
                {StatusCode::kInvalidArgument, Reason::INVALID_UTF8, "reporter.person_name",
                 "platform.invalid-utf8"});
  IntakeRefused([](auto& r) { r.set_description(std::string(100'000, 'x')); },
                {StatusCode::kInvalidArgument, Reason::FIELD_TOO_LONG, "description",
                 "platform.field-too-long"});
  IntakeRefused(
      [](auto& r) { r.set_description(std::string(2 << 20, 'x')); },
      {StatusCode::kInvalidArgument, Reason::MESSAGE_TOO_LARGE, "", "platform.message-too-large"});
  IntakeRefused(
      [](auto& r) { r.mutable_occurred_at()->set_seconds(-(int64_t{1} << 62)); },
      {StatusCode::kInvalidArgument, Reason::FIELD_INVALID, "occurred_at", "platform.time-range"});
  IntakeRefused([](auto& r) { r.mutable_figures()->set_note(std::string(750'000, 'x')); },
                {StatusCode::kInvalidArgument, Reason::FIELD_TOO_LONG, "figures.note",
                 "platform.field-too-long"});
  IntakeRefused(
      [](auto& r) { *r.mutable_occurred_at() = base::ToProto(absl::Now() + absl::Hours(2)); },
      {StatusCode::kInvalidArgument, Reason::FIELD_INVALID, "occurred_at",
       "platform.field-invalid"});
  IntakeRefused(
      [](auto& r) { r.mutable_figures()->set_missing(-1); },
      {StatusCode::kInvalidArgument, Reason::FIELD_INVALID, "figures.missing", "incident.figures"});
}

TEST_F(BadInputIncidentTest, IncidentsAndTheirStates) {
  incident::v1::TakeOverRequest over;
  over.set_name(incident_);
  Refused(kDistrict, "incident.TakeOver", Spoilt<incident::v1::TakeOverRequest>(over, [](auto&) {}),
          {StatusCode::kFailedPrecondition, Reason::ILLEGAL_TRANSITION, "", "incident.states"});
  over.set_name("incidents/2026-9999");
  Refused(kDistrict, "incident.TakeOver", Spoilt<incident::v1::TakeOverRequest>(over, [](auto&) {}),
          {StatusCode::kNotFound, Reason::NOT_FOUND, "", "platform.not-found"});
  over.set_name("alerts/2026-0001");
  Refused(kDistrict, "incident.TakeOver", Spoilt<incident::v1::TakeOverRequest>(over, [](auto&) {}),
          {StatusCode::kInvalidArgument, Reason::FIELD_INVALID, "name", "platform.field-invalid"});
  over.set_name(incident_);
  Refused(kPingan, "incident.ConfirmIncident",
          Spoilt<incident::v1::ConfirmIncidentRequest>({}, [](auto& r) { r.set_name(incident_); }),
          {StatusCode::kPermissionDenied, Reason::PERMISSION_MISSING, "",
           "platform.permission-missing"});
}

TEST_F(BadInputIncidentTest, Reports) {
  const auto refused = [](const std::function<void(incident::v1::DraftReportRequest&)>& spoil,
                          const Expected& expected) {
    Refused(kDistrict, "incident.DraftReport", Spoilt(Report(), spoil), expected);
  };
  refused([](auto& r) { r.clear_chain(); },
          {StatusCode::kInvalidArgument, Reason::FIELD_MISSING, "chain", "platform.field-missing"});
  refused([](auto& r) { r.set_kind(static_cast<incident::v1::ReportKind>(44)); },
          {StatusCode::kInvalidArgument, Reason::UNKNOWN_ENUM_VALUE, "kind",
           "platform.unknown-enum-value"});
  refused(
      [](auto& r) {
        auto* receiver = r.mutable_content()->add_receivers();
        receiver->set_body("省政府总值班室");
        receiver->set_skip_level(true);
      },
      {StatusCode::kInvalidArgument, Reason::FIELD_MISSING, "content.receivers[0].skip_reason",
       "report.skip-level"});
}

TEST_F(BadInputIncidentTest, ResponsesAndTasks) {
  Refused(kCommander, "incident.ActivateResponse",
          Spoilt<incident::v1::ActivateResponseRequest>(Activation(incident_), [](auto&) {}),
          {StatusCode::kFailedPrecondition, Reason::ALREADY_EXISTS, "", "response.one-per-plan"});
  Refused(kCommander, "incident.ActivateResponse",
          Spoilt<incident::v1::ActivateResponseRequest>(Activation(incident_),
                                                        [](auto& r) { r.set_level(9); }),
          {StatusCode::kInvalidArgument, Reason::FIELD_MISSING, "level", "platform.field-missing"});
  Refused(kCommander, "incident.ActivateResponse",
          Spoilt<incident::v1::ActivateResponseRequest>(
              Activation(incident_), [](auto& r) { r.set_plan("plans/no-such-plan"); }),
          {StatusCode::kNotFound, Reason::NOT_FOUND, "plan", "platform.not-found"});

  const auto refused = [](const std::function<void(incident::v1::AssignTaskRequest&)>& spoil,
                          const Expected& expected) {
    Refused(kDistrict, "incident.AssignTask", Spoilt(Task(), spoil), expected);
  };
  refused([](auto& r) { *r.mutable_deadline() = base::ToProto(absl::Now() - absl::Minutes(1)); },
          {StatusCode::kInvalidArgument, Reason::PAST_DEADLINE, "deadline", "task.four-facts"});
  refused([](auto& r) { r.clear_deadline(); },
          {StatusCode::kInvalidArgument, Reason::FIELD_MISSING, "deadline", "task.four-facts"});
  refused([](auto& r) { r.clear_goal(); },
          {StatusCode::kInvalidArgument, Reason::FIELD_MISSING, "goal", "task.four-facts"});
}

TEST_F(BadInputIncidentTest, Plans) {
  const auto import = [](const std::string& yaml) {
    return Spoilt<plan::v1::ImportPlanRequest>({}, [&](auto& r) { r.set_yaml(yaml); });
  };
  Refused(kPlanner, "plan.ImportPlan", import("name: ["),
          {StatusCode::kInvalidArgument, Reason::FIELD_INVALID, "yaml:yaml", "plan.file"});
  Refused(kPlanner, "plan.ImportPlan", import(kNotUtf8),
          {StatusCode::kInvalidArgument, Reason::INVALID_UTF8, "yaml", "platform.invalid-utf8"});
  Refused(kPlanner, "plan.ImportPlan", import(MinePlan()),
          {StatusCode::kAlreadyExists, Reason::ALREADY_EXISTS, "yaml", "plan.unchanged"});
  Refused(kPingan, "plan.ImportPlan", import(MinePlan()),
          {StatusCode::kPermissionDenied, Reason::PERMISSION_MISSING, "",
           "platform.permission-missing"});
  const auto abolish = [](const std::string& name, const std::string& reason) {
    return Spoilt<plan::v1::AbolishPlanRequest>({}, [&](auto& r) {
      r.set_name(name);
      r.set_reason(reason);
    });
  };
  Refused(
      kPlanner, "plan.AbolishPlan", abolish("plans/mine-accident", ""),
      {StatusCode::kInvalidArgument, Reason::FIELD_MISSING, "reason", "platform.field-missing"});
  Refused(kPlanner, "plan.AbolishPlan", abolish("plans/no-such-plan", "停用"),
          {StatusCode::kNotFound, Reason::NOT_FOUND, "", "platform.not-found"});
}

TEST_F(BadInputIncidentTest, Exercises) {
  const auto plan = [](const std::function<void(drill::v1::PlanExerciseRequest&)>& spoil) {
    drill::v1::PlanExerciseRequest request;
    request.set_title("演练");
    return Spoilt(request, spoil);
  };
  Refused(kDirector, "drill.PlanExercise", plan([](auto& r) { r.clear_title(); }),
          {StatusCode::kInvalidArgument, Reason::FIELD_MISSING, "title", "platform.field-missing"});
  Refused(kDirector, "drill.PlanExercise", plan([](auto& r) { r.add_injects()->set_id("start"); }),
          {StatusCode::kInvalidArgument, Reason::FIELD_INVALID, "injects[0].id",
           "platform.field-invalid"});
  Refused(kDirector, "drill.PlanExercise", plan([](auto& r) {
            auto* expectation = r.add_expectations();
            expectation->set_id("e");
            expectation->mutable_limit()->set_seconds(60);
            expectation->mutable_match()->set_act("alert.Answer");
            expectation->mutable_match()->set_tier("VILLAGE");
          }),
          {StatusCode::kInvalidArgument, Reason::UNKNOWN_REFERENCE, "expectations[0].match.tier",
           "platform.unknown-reference"});
  Refused(kPingan, "drill.PlanExercise", plan([](auto&) {}),
          {StatusCode::kPermissionDenied, Reason::PERMISSION_MISSING, "",
           "platform.permission-missing"});
  const auto named = [](const std::string& name) {
    return Spoilt<drill::v1::StartExerciseRequest>({}, [&](auto& r) { r.set_name(name); });
  };
  Refused(kDirector, "drill.StartExercise", named(exercise_),
          {StatusCode::kFailedPrecondition, Reason::ILLEGAL_TRANSITION, "", "drill.lifecycle"});
  Refused(kDirector, "drill.StartExercise", named("exercises/2026-9999"),
          {StatusCode::kNotFound, Reason::NOT_FOUND, "", "platform.not-found"});
  drill::v1::AdvanceClockRequest advance;
  advance.set_name(exercise_);
  *advance.mutable_until() = base::ToProto(absl::Now() + absl::Hours(1));
  Refused(kDirector, "drill.AdvanceClock", advance,
          {StatusCode::kFailedPrecondition, Reason::ILLEGAL_TRANSITION, "", "drill.clock"});
}

}  // namespace
}  // namespace huying::testing
