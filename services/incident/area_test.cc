// SPDX-License-Identifier: Apache-2.0
//
// Where an act reaches: areas, posts and units of a request, tasks of others, and an incident that was
// taken down while directory was silent.
#include "absl/strings/str_replace.h"
#include "services/incident/testing/incident_bench.h"

namespace huying::incident {
namespace {

using base::Reason;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::IsSupersetOf;

class AreaTest : public IncidentBench {
 protected:
  std::string TakenInTheDark(const std::string& area, std::string_view post) {
    directory_.SetDown(true);
    v1::TakeIntakeRequest request;
    request.set_title("火灾");
    request.set_area(area);
    auto taken = Do(&IncidentService::TakeIntake, request, post);
    EXPECT_TRUE(taken.ok()) << taken.status();
    return taken.ok() ? taken->name() : "";
  }
  absl::StatusOr<Receipt> TakenOverBy(const std::string& incident, std::string_view post) {
    v1::TakeOverRequest take;
    take.set_name(incident);
    return Do(&IncidentService::TakeOver, take, post);
  }
  template <typename Request>
  absl::StatusOr<Receipt> OnTask(IncidentService::Command (IncidentService::*use_case)(
                                     const context::CallContext&, const Request&),
                                 const std::string& task, std::string_view post) {
    Request request;
    request.set_name(task);
    if constexpr (std::is_same_v<Request, v1::DeclineTaskRequest>) request.set_reason("车坏了");
    if constexpr (std::is_same_v<Request, v1::CompleteTaskRequest>) request.set_feedback("完成");
    return Do(use_case, request, post);
  }
  v1::AssignTaskRequest TaskFor(const std::string& response, const std::string& unit,
                                const std::string& post) {
    v1::AssignTaskRequest assign;
    assign.set_response(response);
    assign.set_executor_unit(unit);
    assign.set_executor_post(post);
    assign.set_goal("转移群众");
    *assign.mutable_deadline() = base::ToProto(Now() + absl::Hours(2));
    return assign;
  }
  std::string Assigned(const std::string& response, const std::string& unit,
                       const std::string& post) {
    auto assigned =
        Do(&IncidentService::AssignTask, TaskFor(response, unit, post), "posts/commander");
    EXPECT_TRUE(assigned.ok()) << assigned.status();
    return assigned.ok() ? assigned->name() : "";
  }
};

TEST_F(AreaTest, ATaskIsItsExecutorsAndOfWhoeverStandsAboveIt) {
  const std::string response = Activated(Confirmed());
  const std::string task = Assigned(response, "units/guoan", "posts/guoan-duty");
  // A community elsewhere, one beside it, and an enterprise have no hand in it.
  for (const char* post : {"posts/dongxing-duty", "posts/pingan-duty", "posts/mine-dispatch"}) {
    auto denied = OnTask(&IncidentService::CompleteTask, task, post);
    EXPECT_EQ(base::ProblemOf(denied.status()).rule_id(), "task.executor") << post;
    EXPECT_TRUE(LastEntry().has_refusal());
    EXPECT_EQ(base::ProblemOf(OnTask(&IncidentService::DeclineTask, task, post).status()).rule_id(),
              "task.decline")
        << post;
  }
  EXPECT_EQ(Get(kTasks, task).state(), v1::ASSIGNED);
  // Its subdistrict may help, and is flagged; it does not decline for it.
  auto helped = OnTask(&IncidentService::AcceptTask, task, "posts/lingbei-duty");
  ASSERT_TRUE(helped.ok()) << helped.status();
  EXPECT_TRUE(HasFlag(*helped, "task.by-another"));
  EXPECT_FALSE(OnTask(&IncidentService::DeclineTask, task, "posts/lingbei-duty").ok());
  // The deputy is the executor.
  auto deputy = OnTask(&IncidentService::CompleteTask, task, "posts/guoan-deputy");
  ASSERT_TRUE(deputy.ok()) << deputy.status();
  EXPECT_FALSE(HasFlag(*deputy, "task.by-another"));
}

TEST_F(AreaTest, OnlyTheExecutorTheAssignerOrTheCommanderDeclines) {
  const std::string response = Activated(Confirmed());
  for (const char* post : {"posts/guoan-duty", "posts/guoan-deputy", "posts/commander"}) {
    const std::string task = Assigned(response, "units/guoan", "posts/guoan-duty");
    auto declined = OnTask(&IncidentService::DeclineTask, task, post);
    EXPECT_TRUE(declined.ok()) << post << " " << declined.status();
  }
  const std::string task = Assigned(response, "units/guoan", "posts/guoan-duty");
  EXPECT_FALSE(OnTask(&IncidentService::DeclineTask, task, "posts/police-duty").ok());
  for (const duty::Obligation& item : Owed(duty::Obligation::ITEM))
    EXPECT_EQ(item.post(), "posts/commander");
}

TEST_F(AreaTest, WithDirectorySilentTheDistrictHelpsAndAnUnknownCommunityDoesNot) {
  const std::string response = Activated(Confirmed());
  const std::string task = Assigned(response, "units/guoan", "posts/guoan-duty");
  directory_.SetDown(true);
  EXPECT_FALSE(OnTask(&IncidentService::AcceptTask, task, "posts/dongxing-duty").ok());
  EXPECT_FALSE(OnTask(&IncidentService::AcceptTask, task, "posts/lingnan-duty").ok());
  auto helped = OnTask(&IncidentService::AcceptTask, task, "posts/district-duty");
  ASSERT_TRUE(helped.ok()) << helped.status();
  EXPECT_TRUE(HasFlag(*helped, "incident.competence.unchecked"));
  EXPECT_TRUE(OnTask(&IncidentService::CompleteTask, task, "posts/guoan-duty").ok());
}

TEST_F(AreaTest, NamesThatDirectoryDoesNotKnowAreRefusedByTheirField) {
  const std::string incident = TakeIn();
  ASSERT_TRUE(TakenOverBy(incident, "posts/district-duty").ok());
  v1::ConfirmIncidentRequest confirm;
  confirm.set_name(incident);
  confirm.set_lead_department("units/nobody");
  auto refused = Do(&IncidentService::ConfirmIncident, confirm, "posts/district-duty");
  EXPECT_EQ(base::ProblemOf(refused.status()).field(), "lead_department");
  EXPECT_EQ(base::ProblemOf(refused.status()).reason(), Reason::UNKNOWN_REFERENCE);
  confirm.set_lead_department("units/emergency");
  ASSERT_TRUE(Do(&IncidentService::ConfirmIncident, confirm, "posts/district-duty").ok());
  v1::SetLeadDepartmentRequest lead;
  lead.set_name(incident);
  lead.set_unit("区应急局");
  EXPECT_EQ(
      base::ProblemOf(Do(&IncidentService::SetLeadDepartment, lead, "posts/district-duty").status())
          .field(),
      "unit");
  const std::string response = Activated(incident);
  const auto field_of = [&](const char* unit, const char* post) {
    return base::ProblemOf(
               Do(&IncidentService::AssignTask, TaskFor(response, unit, post), "posts/commander")
                   .status())
        .field();
  };
  EXPECT_EQ(field_of("units/nobody", "posts/guoan-duty"), "executor_unit");
  EXPECT_EQ(field_of("units/guoan", "posts/nobody"), "executor_post");
  // Silent: it is done, and the record says what was not checked.
  directory_.SetDown(true);
  auto blind = Do(&IncidentService::AssignTask, TaskFor(response, "units/nobody", "posts/nobody"),
                  "posts/commander");
  ASSERT_TRUE(blind.ok()) << blind.status();
  EXPECT_TRUE(HasFlag(*blind, "incident.unit-unchecked"));
  EXPECT_TRUE(HasFlag(*blind, "incident.post-unchecked"));
}

// A plan is older than the directory it names people of.
TEST_F(AreaTest, R53ATaskForAnExecutorNobodyKnowsIsNobodysAndTheCommanderIsToldAtOnce) {
  std::string yaml = ReadRepoFile("deploy/config/xingshan/plans/mine-accident.yaml");
  absl::StrReplaceAll(
      {{"units/fire\n", "units/fire-brigade\n"}, {"posts/health-duty", "posts/120"}}, &yaml);
  ASSERT_TRUE(plans_.Import(yaml).ok());
  const std::string response = Activated(Confirmed());
  EXPECT_EQ(Response(response).tasks_size(), 6) << "it starts as the plan says";
  std::vector<std::string> told;
  for (const duty::Obligation& item : Owed(duty::Obligation::ITEM)) {
    EXPECT_EQ(item.rule_id(), "task.executor-known");
    EXPECT_EQ(item.post(), "posts/commander");
    EXPECT_THAT(item.title(), ::testing::HasSubstr(Get(kTasks, item.subject()).goal()));
    told.push_back(item.subject());
  }
  EXPECT_THAT(told, ::testing::UnorderedElementsAre(response + "/tasks/rescue-support",
                                                    response + "/tasks/medical"));
}

TEST_F(AreaTest, OfASilentDirectoryNoExecutorIsSaidToBeUnknown) {
  const std::string incident = Confirmed();
  directory_.SetDown(true);
  auto receipt = Do(&IncidentService::ActivateResponse, StartOf(incident), "posts/commander");
  ASSERT_TRUE(receipt.ok()) << receipt.status();
  EXPECT_THAT(OpenItemRules(), IsEmpty());
  EXPECT_TRUE(HasFlag(*receipt, "incident.competence.unchecked"));
}

TEST_F(AreaTest, AreasAreResolvedByDirectoryAndLieInTheActorsOwn) {
  const std::string incident = TakeIn();
  ASSERT_TRUE(TakenOverBy(incident, "posts/district-duty").ok());
  v1::ConfirmIncidentRequest confirm;
  confirm.set_name(incident);
  confirm.add_areas("230407001");
  confirm.add_areas("230499");
  auto unknown = Do(&IncidentService::ConfirmIncident, confirm, "posts/district-duty");
  EXPECT_EQ(base::ProblemOf(unknown.status()).reason(), Reason::UNKNOWN_AREA);
  EXPECT_EQ(base::ProblemOf(unknown.status()).field(), "areas[1]");
  // A neighbouring district that directory knows of.
  directory::v1::Directory wider = directory::XingshanForTests();
  directory::v1::Area* neighbour = wider.add_areas();
  neighbour->set_code("230406000000");
  neighbour->set_name("邻区");
  neighbour->set_tier(common::v1::DISTRICT);
  neighbour->set_parent("2304");
  directory_.Replace(wider);
  confirm.set_areas(1, "230406000000");
  auto foreign = Do(&IncidentService::ConfirmIncident, confirm, "posts/district-duty");
  EXPECT_EQ(base::ProblemOf(foreign.status()).reason(), Reason::OUTSIDE_AREA);
  EXPECT_EQ(base::ProblemOf(foreign.status()).rule_id(), "incident.competence.area");
  v1::ActivateResponseRequest start = StartOf(incident);
  start.add_areas("230406000000");
  *start.mutable_urgency() = Urgent();
  EXPECT_EQ(
      base::ProblemOf(Do(&IncidentService::ActivateResponse, start, "posts/commander").status())
          .reason(),
      Reason::OUTSIDE_AREA)
      << "HARD, however urgent";
  confirm.mutable_areas()->RemoveLast();
  ASSERT_TRUE(Do(&IncidentService::ConfirmIncident, confirm, "posts/district-duty").ok());
  EXPECT_THAT(Incident(incident).areas(), ElementsAre("230407001000"));
  EXPECT_THAT(Incident(incident).areas_above(), ElementsAre("230407000000"));
  directory_.SetDown(true);
  start.set_areas(0, "230407002");
  auto blind = Do(&IncidentService::ActivateResponse, start, "posts/commander");
  ASSERT_TRUE(blind.ok()) << blind.status();
  EXPECT_TRUE(HasFlag(*blind, "incident.area-unchecked"));
  EXPECT_THAT(Response(blind->name()).areas(), ElementsAre("230407002000"));
}

TEST_F(AreaTest, WhatWasTakenInTheDarkLearnsWhatLiesAboveAndTellsIt) {
  const std::string name = TakenInTheDark("230407001001", "posts/pingan-duty");
  EXPECT_TRUE(Incident(name).areas_above_unknown());
  Advance(absl::Minutes(5));
  EXPECT_TRUE(Incident(name).areas_above_unknown()) << "directory is still silent";
  directory_.SetDown(false);
  Advance(absl::Seconds(31));
  const v1::Incident known = Incident(name);
  EXPECT_FALSE(known.areas_above_unknown());
  EXPECT_THAT(known.area_ancestors(), ElementsAre("230407001000", "230407000000"));
  const platform::v1::Entry entry = LastEntry();
  EXPECT_EQ(entry.act(), "incident.AreaPathDue");
  EXPECT_THAT(entry.channels(), IsSupersetOf({"up:230407001000", "up:230407000000"}));
  const int64_t head = ledger_->Head().seq;
  Advance(absl::Minutes(5));
  EXPECT_EQ(ledger_->Head().seq, head) << "it asks no more";
}

TEST_F(AreaTest, ACodeThatDirectoryDoesNotKnowIsLeftToAPerson) {
  const std::string name = TakenInTheDark("230407009009", "posts/pingan-duty");
  directory_.SetDown(false);
  Advance(absl::Seconds(31));
  EXPECT_TRUE(Incident(name).areas_above_unknown());
  EXPECT_THAT(OpenItemRules(), Contains("incident.area-unknown"));
}

TEST_F(AreaTest, WhatWasTakenInTheDarkMayBeTakenOverAndTheDistrictsOwnMayNot) {
  const std::string dark = TakenInTheDark("230407001001", "posts/pingan-duty");
  auto taken = TakenOverBy(dark, "posts/lingbei-duty");
  ASSERT_TRUE(taken.ok()) << taken.status();
  EXPECT_TRUE(HasFlag(*taken, "incident.competence.unchecked"));
  directory_.SetDown(false);
  v1::TakeIntakeRequest request;
  request.set_title("全区停电");
  request.set_area("230407");
  auto own = Do(&IncidentService::TakeIntake, request, "posts/district-duty");
  ASSERT_TRUE(own.ok()) << own.status();
  EXPECT_FALSE(Incident(own->name()).areas_above_unknown());
  EXPECT_THAT(Incident(own->name()).area_ancestors(), IsEmpty());
  directory_.SetDown(true);
  EXPECT_EQ(base::ProblemOf(TakenOverBy(own->name(), "posts/lingbei-duty").status()).reason(),
            Reason::OUTSIDE_AREA);
  EXPECT_TRUE(TakenOverBy(own->name(), "posts/district-duty").ok());
}

}  // namespace
}  // namespace huying::incident
