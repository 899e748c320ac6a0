// SPDX-License-Identifier: Apache-2.0
//
// Responses and tasks on the ledger.
#include "absl/strings/str_replace.h"
#include "services/incident/testing/incident_bench.h"

namespace huying::incident {
namespace {

using base::Reason;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

class ResponseTest : public IncidentBench {
 protected:
  v1::Task Task(const std::string& response, const std::string& id) {
    return Get(kTasks, response + "/tasks/" + id);
  }
  template <typename Request>
  absl::StatusOr<Receipt> OnTask(IncidentService::Command (IncidentService::*use_case)(
                                     const context::CallContext&, const Request&),
                                 Request request, const std::string& task, std::string_view post) {
    request.set_name(task);
    return Do(use_case, request, post);
  }
};

TEST_F(ResponseTest, R6AStartPinsThePlanAssignsItsTasksAndOpensTheHandling) {
  const std::string incident = Confirmed();
  auto receipt = Do(&IncidentService::ActivateResponse, StartOf(incident), "posts/commander");
  ASSERT_TRUE(receipt.ok()) << receipt.status();
  EXPECT_EQ(receipt->state(), "ACTIVE");
  EXPECT_EQ(receipt->flags_size(), 0) << receipt->ShortDebugString();
  const v1::Response response = Response(receipt->name());
  EXPECT_EQ(response.plan_revision(), 1);
  EXPECT_TRUE(response.conditions_met());
  EXPECT_EQ(response.tasks_size(), 6);
  EXPECT_EQ(Incident(incident).state(), v1::HANDLING);
  EXPECT_THAT(Incident(incident).open_responses(), ElementsAre(receipt->name()));
  const v1::Task cordon = Task(receipt->name(), "cordon");
  EXPECT_EQ(cordon.state(), v1::ASSIGNED);
  EXPECT_EQ(cordon.executor_post(), "posts/police-duty");
  EXPECT_EQ(base::FromProto(cordon.deadline()), Now() + absl::Minutes(30));
  const platform::v1::Entry entry = LastEntry();
  EXPECT_EQ(entry.case_id(), incident);
  EXPECT_EQ(entry.changes(0).key(), receipt->name());
  EXPECT_EQ(entry.legal_basis_size(), 2);
  std::vector<std::string> sources;
  for (const auto& source : entry.sources()) sources.push_back(source.ledger());
  EXPECT_THAT(sources, ::testing::UnorderedElementsAre("directory", "plan"));
}

// R13: without the plan's approver nothing starts but in urgency, and that is made up.
TEST_F(ResponseTest, R13AnotherThanTheApproverStartsInUrgencyAndTheApproverMakesItUp) {
  const std::string incident = Confirmed();
  v1::ActivateResponseRequest start = StartOf(incident);
  auto refused = Do(&IncidentService::ActivateResponse, start, "posts/district-leader");
  EXPECT_EQ(base::ProblemOf(refused.status()).reason(), Reason::GUARD_NEEDS_URGENCY);
  EXPECT_EQ(base::ProblemOf(refused.status()).rule_id(), "response.approver");
  *start.mutable_urgency() = Urgent();
  auto receipt = Do(&IncidentService::ActivateResponse, start, "posts/district-leader");
  ASSERT_TRUE(receipt.ok()) << receipt.status();
  const std::string row = duty::NameOf(receipt->name(), "response.approver");
  EXPECT_EQ(MakeUp(row), duty::Obligation::RUNNING);
  v1::MakeUpResponseRequest make_up;
  make_up.set_name(receipt->name());
  EXPECT_EQ(base::ProblemOf(
                Do(&IncidentService::MakeUpResponse, make_up, "posts/district-leader").status())
                .rule_id(),
            "response.approver");
  Advance(absl::Hours(3));
  EXPECT_EQ(MakeUp(row), duty::Obligation::OVERDUE);
  ASSERT_TRUE(Do(&IncidentService::MakeUpResponse, make_up, "posts/commander").ok());
  EXPECT_EQ(MakeUp(row), duty::Obligation::MET_LATE);
  EXPECT_EQ(Response(receipt->name()).approver().post(), "posts/commander");
  EXPECT_FALSE(Do(&IncidentService::MakeUpResponse, make_up, "posts/commander").ok());
  EXPECT_EQ(All(kResponses).size(), 1u);
}

// A short emergency: paper is brought when the response has ended.
TEST_F(ResponseTest, WhatWasPassedInUrgencyIsMadeUpAlsoAfterTheResponseHasEnded) {
  const std::string incident = Confirmed();
  v1::ActivateResponseRequest start = StartOf(incident);
  *start.mutable_urgency() = Urgent();
  const std::string response =
      Do(&IncidentService::ActivateResponse, start, "posts/district-leader")->name();
  ASSERT_TRUE(EndOf(response).ok());
  v1::ActivateResponseRequest again;
  again.set_name(response);
  const base::Problem refused =
      base::ProblemOf(Do(&IncidentService::ActivateResponse, again, "posts/commander").status());
  EXPECT_EQ(refused.reason(), Reason::ILLEGAL_TRANSITION);
  EXPECT_THAT(refused.next_step(), ::testing::HasSubstr("MakeUpResponse"));
  v1::MakeUpResponseRequest make_up;
  make_up.set_name(response);
  auto done = Do(&IncidentService::MakeUpResponse, make_up, "posts/commander");
  ASSERT_TRUE(done.ok()) << done.status();
  EXPECT_TRUE(Incident(incident).open_make_ups().empty());
  EXPECT_EQ(Response(response).state(), v1::RESPONSE_ENDED);
  EXPECT_EQ(
      base::ProblemOf(Do(&IncidentService::MakeUpResponse, make_up, "posts/commander").status())
          .rule_id(),
      "response.make-up");
}

TEST_F(ResponseTest, AProposalWaitsForItsApproverAndClimbsUntilItIsDecided) {
  const std::string incident = Confirmed();
  v1::ProposeResponseRequest propose;
  propose.set_incident(incident);
  propose.set_plan("plans/mine-accident");
  propose.set_level(1);
  propose.set_reason("失踪人数达到一级标准");
  const std::string response =
      Do(&IncidentService::ProposeResponse, propose, "posts/pingan-duty")->name();
  EXPECT_THAT(LastEntry().channels(), Contains("post:posts/commander"));
  const duty::Obligation decision = Clock(response, "response.decision");
  EXPECT_EQ(decision.post(), "posts/commander");
  EXPECT_EQ(decision.kind(), duty::Obligation::DECISION);
  Advance(absl::Minutes(16));
  EXPECT_EQ(Clock(response, "response.decision").state(), duty::Obligation::OVERDUE);
  EXPECT_THAT(duty::PostsOf(Clock(response, "response.decision")), Contains("posts/district-duty"));
  v1::DeclineResponseRequest decline;
  decline.set_name(response);
  decline.set_reason("已由市里统一指挥");
  ASSERT_TRUE(Do(&IncidentService::DeclineResponse, decline, "posts/commander").ok());
  EXPECT_EQ(Clock(response, "response.decision").state(), duty::Obligation::MET_LATE);
}

TEST_F(ResponseTest, AfterTheHandOverNoPeriodOfTheDistrictsRunsOut) {
  const std::string response = Activated(Confirmed());
  v1::HandOverResponseRequest over;
  over.set_name(response);
  over.set_body("省政府现场指挥部");
  over.set_commander("副省长");
  ASSERT_TRUE(Do(&IncidentService::HandOverResponse, over, "posts/commander").ok());
  EXPECT_EQ(Clock(response, "response.expected-period").state(), duty::Obligation::CANCELLED);
  Advance(absl::Hours(24 * 30));
  EXPECT_FALSE(Response(response).overdue());
  EXPECT_THAT(OverdueRules(), ::testing::Not(Contains("response.expected-period")));
}

TEST_F(ResponseTest, ATaskIsOwedByItsExecutorAndItsLatenessGoesToTheCommander) {
  const std::string response = Activated(Confirmed());
  const std::string cordon = response + "/tasks/cordon";
  EXPECT_THAT(LastEntry().channels(), Contains("post:posts/police-duty"));
  Advance(absl::Minutes(31));
  const duty::Obligation owed = Clock(cordon, "task.deadline");
  EXPECT_EQ(owed.post(), "posts/police-duty");
  EXPECT_EQ(owed.state(), duty::Obligation::OVERDUE);
  EXPECT_THAT(duty::PostsOf(owed), Contains("posts/commander"));
  EXPECT_TRUE(Get(kTasks, cordon).overdue());
}

TEST_F(ResponseTest, AnIncidentUnderResponseIsNeitherRejectedNorTransferred) {
  const std::string incident = TakeIn();
  v1::ActivateResponseRequest start = StartOf(incident);
  *start.mutable_urgency() = Urgent();
  const std::string response =
      Do(&IncidentService::ActivateResponse, start, "posts/commander")->name();
  v1::TransferIncidentRequest transfer;
  transfer.set_name(incident);
  transfer.set_to("邻区");
  EXPECT_EQ(base::ProblemOf(
                Do(&IncidentService::TransferIncident, transfer, "posts/district-duty").status())
                .rule_id(),
            "incident.responses-ended");
  v1::TakeOverRequest take;
  take.set_name(incident);
  ASSERT_TRUE(Do(&IncidentService::TakeOver, take, "posts/district-duty").ok());
  v1::RejectIncidentRequest reject;
  reject.set_name(incident);
  reject.set_reason("误报");
  *reject.mutable_urgency() = Urgent();
  EXPECT_EQ(
      base::ProblemOf(Do(&IncidentService::RejectIncident, reject, "posts/district-duty").status())
          .rule_id(),
      "incident.responses-ended");
  ASSERT_TRUE(EndOf(response).ok());
  ASSERT_TRUE(Do(&IncidentService::RejectIncident, reject, "posts/district-duty").ok());
  EXPECT_EQ(MakeUp(duty::NameOf(response, "response.incident-verified")), duty::Obligation::MET)
      << "it was verified: it is not true";
}

TEST_F(ResponseTest, ConditionsThatAreNotMetWantAReason) {
  const std::string incident = Confirmed(1);
  v1::ActivateResponseRequest start = StartOf(incident);
  auto refused = Do(&IncidentService::ActivateResponse, start, "posts/commander");
  EXPECT_EQ(base::ProblemOf(refused.status()).rule_id(), "response.conditions");
  start.set_override_reason("井下情况不明，按最坏情形准备");
  auto receipt = Do(&IncidentService::ActivateResponse, start, "posts/commander");
  ASSERT_TRUE(receipt.ok()) << receipt.status();
  EXPECT_FALSE(Response(receipt->name()).conditions_met());
  EXPECT_FALSE(Response(receipt->name()).condition_trace().empty());
}

TEST_F(ResponseTest, TwoResponsesOfOnePlanAtOneIncidentCannotBeActive) {
  const std::string incident = Confirmed();
  const std::string first = Activated(incident);
  auto second = Do(&IncidentService::ActivateResponse, StartOf(incident, 2), "posts/commander");
  EXPECT_EQ(base::ProblemOf(second.status()).rule_id(), "response.one-per-plan");
  ASSERT_TRUE(EndOf(first).ok());
  EXPECT_TRUE(Do(&IncidentService::ActivateResponse, StartOf(incident, 2), "posts/commander").ok());
}

TEST_F(ResponseTest, BeforeTheVerificationItStartsInUrgencyAndTheConfirmationMakesItUp) {
  const std::string incident = TakeIn();
  v1::ActivateResponseRequest start = StartOf(incident);
  EXPECT_EQ(
      base::ProblemOf(Do(&IncidentService::ActivateResponse, start, "posts/commander").status())
          .rule_id(),
      "response.incident-verified");
  *start.mutable_urgency() = Urgent();
  auto receipt = Do(&IncidentService::ActivateResponse, start, "posts/commander");
  ASSERT_TRUE(receipt.ok()) << receipt.status();
  EXPECT_EQ(Incident(incident).state(), v1::REPORTED);
  const std::string row = duty::NameOf(receipt->name(), "response.incident-verified");
  EXPECT_EQ(MakeUp(row), duty::Obligation::RUNNING);
  v1::TakeOverRequest take;
  take.set_name(incident);
  ASSERT_TRUE(Do(&IncidentService::TakeOver, take, "posts/district-duty").ok());
  v1::ConfirmIncidentRequest confirm;
  confirm.set_name(incident);
  ASSERT_TRUE(Do(&IncidentService::ConfirmIncident, confirm, "posts/district-duty").ok());
  EXPECT_EQ(MakeUp(row), duty::Obligation::MET);
  EXPECT_EQ(Incident(incident).state(), v1::HANDLING);
}

// The facts were gathered before another command changed them: the decision asks to gather again.
TEST_F(ResponseTest, FactsThatChangedMeanwhileAreGatheredAgain) {
  const std::string incident = Confirmed();
  context::CallContext commander = directory_.As("posts/commander");
  commander.request_id = "start";
  auto stale = service_->ActivateResponse(commander, StartOf(incident));
  ASSERT_TRUE(stale.ok());
  v1::RecordFiguresRequest figures;
  figures.set_name(incident);
  figures.mutable_figures()->set_missing(2);
  figures.set_reason("核实");
  ASSERT_TRUE(Do(&IncidentService::RecordFigures, figures, "posts/district-duty").ok());
  auto outcome = ledger_.Run(std::move(stale), commander, "incident.ActivateResponse");
  EXPECT_EQ(outcome.status().code(), absl::StatusCode::kAborted);
  EXPECT_EQ(base::ProblemOf(outcome.status()).reason(), Reason::FACTS_CHANGED);
  EXPECT_TRUE(All(kResponses).empty());
}

// A plan superseded between the asking and the decision: what is pinned is what was asked.
TEST_F(ResponseTest, APlanSupersededMeanwhileStaysPinnedAsItWasAsked) {
  const std::string incident = Confirmed();
  context::CallContext commander = directory_.As("posts/commander");
  commander.request_id = "start";
  auto asked = service_->ActivateResponse(commander, StartOf(incident));
  std::string text = ReadRepoFile("deploy/config/xingshan/plans/mine-accident.yaml");
  text.replace(text.find("within: 30m"), 11, "within: 10m");
  ASSERT_TRUE(plans_.Import(text).ok());
  auto receipt = ledger_.Run(std::move(asked), commander, "incident.ActivateResponse");
  ASSERT_TRUE(receipt.ok()) << receipt.status();
  EXPECT_EQ(Response(receipt->name()).plan_revision(), 1);
  EXPECT_EQ(base::FromProto(Task(receipt->name(), "rescue-support").deadline()),
            Now() + absl::Minutes(30));
  // Adjusting asks the pinned revision, too.
  v1::AdjustResponseRequest adjust;
  adjust.set_name(receipt->name());
  adjust.set_level(3);
  adjust.set_reason("好转");
  ASSERT_TRUE(Do(&IncidentService::AdjustResponse, adjust, "posts/commander").ok());
  EXPECT_EQ(Response(receipt->name()).plan_revision(), 1);
}

TEST_F(ResponseTest, WithoutThePlanServiceItStartsInUrgencyOnWhatIsStated) {
  const std::string incident = Confirmed();
  plans_.SetDown(true);
  v1::ActivateResponseRequest start = StartOf(incident);
  *start.mutable_urgency() = Urgent();
  EXPECT_EQ(
      base::ProblemOf(Do(&IncidentService::ActivateResponse, start, "posts/commander").status())
          .rule_id(),
      "response.four-facts");
  start.add_matters("救援");
  start.add_measures("警戒");
  start.mutable_expected_period()->set_seconds(3600);
  auto receipt = Do(&IncidentService::ActivateResponse, start, "posts/commander");
  ASSERT_TRUE(receipt.ok()) << receipt.status();
  const std::vector<std::string> rows = {duty::NameOf(receipt->name(), "response.plan-known"),
                                         duty::NameOf(receipt->name(), "response.approver"),
                                         duty::NameOf(receipt->name(), "response.conditions")};
  for (const std::string& row : rows) EXPECT_EQ(MakeUp(row), duty::Obligation::RUNNING) << row;
  EXPECT_EQ(Incident(incident).open_make_ups_size(), 3);

  v1::MakeUpResponseRequest make_up;
  make_up.set_name(receipt->name());
  EXPECT_EQ(
      base::ProblemOf(Do(&IncidentService::MakeUpResponse, make_up, "posts/commander").status())
          .rule_id(),
      "response.plan-known")
      << "plan is still away";
  plans_.SetDown(false);
  EXPECT_EQ(base::ProblemOf(
                Do(&IncidentService::MakeUpResponse, make_up, "posts/district-leader").status())
                .rule_id(),
            "response.approver");
  auto made_up = Do(&IncidentService::MakeUpResponse, make_up, "posts/commander");
  ASSERT_TRUE(made_up.ok()) << made_up.status();
  for (const std::string& row : rows) EXPECT_EQ(MakeUp(row), duty::Obligation::MET) << row;
  const v1::Response response = Response(receipt->name());
  EXPECT_EQ(response.plan_revision(), 1);
  EXPECT_EQ(response.approver_post(), "posts/commander");
  EXPECT_FALSE(response.legal_basis().empty());
  EXPECT_TRUE(Incident(incident).open_make_ups().empty());
  EXPECT_TRUE(response.notices_to_issue().empty()) << "a make-up brings paper and issues nothing";
}

// Equal to a start: what the approver did not do, or the conditions do not say, is passed in urgency only.
TEST_F(ResponseTest, R13AnAdjustmentByAnotherThanTheApproverIsUrgentAndMadeUp) {
  const std::string incident = Confirmed();
  const std::string response = Activated(incident);
  v1::AdjustResponseRequest adjust;
  adjust.set_name(response);
  adjust.set_level(2);
  adjust.set_reason("好转");
  auto refused = Do(&IncidentService::AdjustResponse, adjust, "posts/district-leader");
  EXPECT_EQ(base::ProblemOf(refused.status()).reason(), Reason::GUARD_NEEDS_URGENCY);
  EXPECT_EQ(base::ProblemOf(refused.status()).rule_id(), "response.approver");
  EXPECT_EQ(Response(response).level(), 1);
  *adjust.mutable_urgency() = Urgent();
  ASSERT_TRUE(Do(&IncidentService::AdjustResponse, adjust, "posts/district-leader").ok());
  adjust.set_level(3);
  ASSERT_TRUE(Do(&IncidentService::AdjustResponse, adjust, "posts/district-leader").ok());
  const std::string row = duty::NameOf(response, "response.approver");
  EXPECT_EQ(MakeUp(row), duty::Obligation::RUNNING);
  EXPECT_EQ(MakeUp(row + "-2"), duty::Obligation::RUNNING);
  v1::MakeUpResponseRequest make_up;
  make_up.set_name(response);
  ASSERT_TRUE(Do(&IncidentService::MakeUpResponse, make_up, "posts/commander").ok());
  EXPECT_EQ(MakeUp(row), duty::Obligation::MET);
  EXPECT_EQ(MakeUp(row + "-2"), duty::Obligation::MET) << "also the numbered one";
  // An extension without plan: the pinned approver is known.
  plans_.SetDown(true);
  v1::AdjustResponseRequest extend;
  extend.set_name(response);
  extend.set_level(3);
  extend.set_reason("延长");
  extend.mutable_expected_period()->set_seconds(3600);
  EXPECT_FALSE(Do(&IncidentService::AdjustResponse, extend, "posts/district-leader").ok());
  EXPECT_TRUE(Do(&IncidentService::AdjustResponse, extend, "posts/commander").ok());
}

TEST_F(ResponseTest, AProposalIsStartedOrDeclined) {
  const std::string incident = Confirmed();
  v1::ProposeResponseRequest propose;
  propose.set_incident(incident);
  propose.set_plan("plans/mine-accident");
  propose.set_level(1);
  propose.set_reason("失踪人数达到一级标准");
  auto proposed = Do(&IncidentService::ProposeResponse, propose, "posts/pingan-duty");
  ASSERT_TRUE(proposed.ok()) << proposed.status();
  EXPECT_TRUE(Response(proposed->name()).conditions_met());
  EXPECT_THAT(Incident(incident).open_responses(), IsEmpty());
  v1::ActivateResponseRequest start;
  start.set_name(proposed->name());
  auto started = Do(&IncidentService::ActivateResponse, start, "posts/commander");
  ASSERT_TRUE(started.ok()) << started.status();
  EXPECT_EQ(started->name(), proposed->name());
  auto other = Do(&IncidentService::ProposeResponse, propose, "posts/pingan-duty");
  v1::DeclineResponseRequest decline;
  decline.set_name(other->name());
  decline.set_reason("已在进行");
  ASSERT_TRUE(Do(&IncidentService::DeclineResponse, decline, "posts/commander").ok());
  EXPECT_EQ(Response(other->name()).state(), v1::DECLINED);
}

TEST_F(ResponseTest, TheExpectedPeriodPassesAndIsShownUnlessItWasExtended) {
  const std::string incident = Confirmed();
  const std::string response = Activated(incident);
  Advance(absl::Hours(24 * 6));
  v1::AdjustResponseRequest extend;
  extend.set_name(response);
  extend.set_level(1);
  extend.set_reason("搜救未完成");
  extend.mutable_expected_period()->set_seconds(48 * 3600);
  ASSERT_TRUE(Do(&IncidentService::AdjustResponse, extend, "posts/commander").ok());
  Advance(absl::Hours(36));
  EXPECT_FALSE(Response(response).overdue());
  Advance(absl::Hours(13));
  EXPECT_TRUE(Response(response).overdue());
  EXPECT_THAT(OverdueRules(), Contains("response.expected-period"));
  EXPECT_EQ(Clock(response, "response.expected-period-2").post(), "posts/commander");
}

TEST_F(ResponseTest, TheHandOverKeepsLocalTasksAndTheEndCancelsWhatIsOpen) {
  const std::string incident = Confirmed();
  const std::string response = Activated(incident);
  v1::CompleteTaskRequest done;
  done.set_feedback("道路已封控");
  ASSERT_TRUE(
      OnTask(&IncidentService::CompleteTask, done, response + "/tasks/cordon", "posts/police-duty")
          .ok());
  v1::HandOverResponseRequest over;
  over.set_name(response);
  over.set_body("省政府现场指挥部");
  EXPECT_EQ(
      base::ProblemOf(Do(&IncidentService::HandOverResponse, over, "posts/commander").status())
          .field(),
      "commander");
  over.set_commander("（虚构）现场总指挥");
  over.set_remaining("疏散安置和家属接待");
  ASSERT_TRUE(Do(&IncidentService::HandOverResponse, over, "posts/commander").ok());
  EXPECT_EQ(Task(response, "evacuate").state(), v1::ASSIGNED);
  v1::AssignTaskRequest assign;
  assign.set_response(response);
  assign.set_executor_unit("units/goubei");
  assign.set_goal("设家属接待点");
  *assign.mutable_deadline() = base::ToProto(Now() + absl::Hours(2));
  auto assigned = Do(&IncidentService::AssignTask, assign, "posts/commander");
  ASSERT_TRUE(assigned.ok()) << assigned.status();
  v1::AdjustResponseRequest adjust;
  adjust.set_name(response);
  adjust.set_level(2);
  adjust.set_reason("x");
  EXPECT_EQ(
      base::ProblemOf(Do(&IncidentService::AdjustResponse, adjust, "posts/commander").status())
          .reason(),
      Reason::ILLEGAL_TRANSITION);
  v1::MarkControlledRequest control;
  control.set_name(incident);
  ASSERT_TRUE(Do(&IncidentService::MarkControlled, control, "posts/commander").ok());
  v1::EndIncidentRequest end_incident;
  end_incident.set_name(incident);
  EXPECT_EQ(
      base::ProblemOf(Do(&IncidentService::EndIncident, end_incident, "posts/commander").status())
          .rule_id(),
      "incident.responses-ended");
  auto ended = EndOf(response);
  ASSERT_TRUE(ended.ok()) << ended.status();
  EXPECT_TRUE(HasFlag(*ended, "response.end-conditions")) << "139 are still missing";
  EXPECT_EQ(Task(response, "cordon").state(), v1::DONE);
  EXPECT_EQ(Task(response, "evacuate").state(), v1::TASK_CANCELLED);
  EXPECT_EQ(Get(kTasks, assigned->name()).state(), v1::TASK_CANCELLED);
  EXPECT_TRUE(Do(&IncidentService::EndIncident, end_incident, "posts/commander").ok());
  // No deadline of a cancelled task is left.
  Advance(absl::Hours(4));
  EXPECT_THAT(OverdueRules(), ::testing::Not(Contains("task.deadline")));
}

TEST_F(ResponseTest, AnAddedTaskNeverTakesTheIdOfATaskOfThePlan) {
  const std::string shipped = ReadRepoFile("deploy/config/xingshan/plans/mine-accident.yaml");
  const std::string theirs =
      absl::StrReplaceAll(shipped, {{"id: cordon", "id: t1"}, {"id: evacuate\n", "id: a1\n"}});
  ASSERT_TRUE(plans_.Import(theirs).ok());
  const std::string response = Activated(Confirmed());
  const auto before = Get(kResponses, response);
  ASSERT_THAT(before.tasks(), Contains(response + "/tasks/t1"));
  ASSERT_THAT(before.tasks(), Contains(response + "/tasks/a1"));
  std::vector<std::string> images;
  for (const std::string& task : before.tasks()) {
    images.push_back(Get(kTasks, task).SerializeAsString());
  }
  for (int i = 1; i <= 3; ++i) {
    v1::AssignTaskRequest assign;
    assign.set_response(response);
    assign.set_executor_unit("units/goubei");
    assign.set_goal("设家属接待点");
    *assign.mutable_deadline() = base::ToProto(Now() + absl::Hours(2));
    auto assigned = Do(&IncidentService::AssignTask, assign, "posts/commander");
    ASSERT_TRUE(assigned.ok()) << assigned.status();
    EXPECT_EQ(assigned->name(), absl::StrCat(response, "/tasks/A", i));
    EXPECT_EQ(assigned->version(), 1) << "created, not written over";
  }
  for (int i = 0; i < before.tasks_size(); ++i) {
    EXPECT_EQ(Get(kTasks, before.tasks(i)).SerializeAsString(), images[i]);
  }
}

TEST_F(ResponseTest, R53ATaskIsReportedLateDeclinedOrVerified) {
  const std::string incident = Confirmed();
  const std::string response = Activated(incident);
  v1::DeclineTaskRequest decline;
  decline.set_reason("救护车全部外出");
  ASSERT_TRUE(OnTask(&IncidentService::DeclineTask, decline, response + "/tasks/medical",
                     "posts/health-duty")
                  .ok());
  EXPECT_THAT(OpenItemRules(), ElementsAre("task.declined"));
  Advance(absl::Minutes(31));
  EXPECT_TRUE(Task(response, "cordon").overdue());
  v1::ReportTaskProgressRequest progress;
  progress.set_feedback("正在途中");
  // Another department of the district is not a government above this one; the duty office is.
  const auto beside = OnTask(&IncidentService::ReportTaskProgress, progress,
                             response + "/tasks/cordon", "posts/fire-duty");
  EXPECT_EQ(base::ProblemOf(beside.status()).rule_id(), "task.executor");
  auto helped = OnTask(&IncidentService::ReportTaskProgress, progress, response + "/tasks/cordon",
                       "posts/district-duty");
  ASSERT_TRUE(helped.ok());
  EXPECT_TRUE(HasFlag(*helped, "task.by-another"));
  v1::CompleteTaskRequest done;
  ASSERT_TRUE(
      OnTask(&IncidentService::CompleteTask, done, response + "/tasks/cordon", "posts/police-duty")
          .ok());
  EXPECT_TRUE(Task(response, "cordon").overdue());
  ASSERT_TRUE(OnTask(&IncidentService::VerifyTask, v1::VerifyTaskRequest(),
                     response + "/tasks/cordon", "posts/commander")
                  .ok());
  EXPECT_EQ(Task(response, "cordon").state(), v1::VERIFIED);
  v1::AcceptTaskRequest accept;
  ASSERT_TRUE(OnTask(&IncidentService::AcceptTask, accept, response + "/tasks/evacuate",
                     "posts/lingbei-duty")
                  .ok());
  v1::ListTasksRequest list;
  list.set_executor_post("posts/lingbei-duty");
  auto listed = service_->ListTasks(directory_.As("posts/lingbei-duty"), list);
  ASSERT_EQ(listed->tasks_size(), 1);
  EXPECT_EQ(listed->tasks(0).state(), v1::ACCEPTED);
}

TEST_F(ResponseTest, ACommunityMayNotStartOneForTheDistrict) {
  const std::string incident = Confirmed();
  auto denied = Do(&IncidentService::ActivateResponse, StartOf(incident), "posts/dongxing-duty");
  EXPECT_EQ(base::ProblemOf(denied.status()).reason(), Reason::OUTSIDE_AREA);
  auto tier = Do(&IncidentService::ActivateResponse, StartOf(incident), "posts/pingan-duty");
  EXPECT_EQ(base::ProblemOf(tier.status()).reason(), Reason::TIER_TOO_LOW);
}

}  // namespace
}  // namespace huying::incident
