// SPDX-License-Identifier: Apache-2.0
//
// The main job: an emergency is reported, verified, graded; a response starts and its notices leave; the whole
// in one process, and with alert in a second one.
#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <map>
#include <memory>
#include <set>

#include "huying/platform/v1/control.pb.h"
#include "huying/platform/v1/journal.pb.h"
#include "tests/support/incidents.h"
#include "tests/support/system.h"

namespace huying::testing {
namespace {

using base::Reason;
using incident::v1::Incident;
using incident::v1::Response;

constexpr char kDistrict[] = "posts/district-duty";
constexpr char kCommander[] = "posts/commander";
constexpr char kPingan[] = "posts/pingan-duty";
constexpr char kPinganArea[] = "230407001001";

class ResponseTest : public ::testing::TestWithParam<const char*> {
 protected:
  static void SetUpTestSuite() {
    for (const char* form : {"one", "two"}) {
      SystemOptions options{.services = {"directory", "plan", "alert", "incident"},
                            .limits = {{"incident.lead-department", absl::Seconds(2)},
                                       {"report.first-oral", absl::Seconds(2)}}};
      if (form == std::string("two")) {
        options.services = {"directory", "plan", "incident"};
        options.apart = {"alert"};
      }
      auto system = std::make_unique<System>(options);
      const absl::Status started = system->Start();
      ASSERT_TRUE(started.ok()) << started;
      const auto plan = ImportPlan(*system, MinePlan());
      ASSERT_TRUE(plan.ok()) << plan.status();
      systems_[form] = std::move(system);
    }
  }
  static void TearDownTestSuite() { systems_.clear(); }

  System& system() { return *systems_.at(GetParam()); }
  Client& As(const std::string& post) { return system().As(post); }
  template <typename Request>
  absl::StatusOr<common::v1::Receipt> Do(const std::string& post, const std::string& method,
                                         const std::string& name,
                                         const std::function<void(Request&)>& fill = nullptr) {
    Request request;
    request.set_name(name);
    if (fill) fill(request);
    return As(post).Call(method, request);
  }
  std::vector<common::v1::Obligation> ClocksOf(const std::string& incident) {
    common::v1::ListObligationsRequest request;
    request.set_case_id(incident);
    request.set_page_size(100);
    const auto page = As(kDistrict).Call<common::v1::ListObligationsResponse>(
        "incident.ListObligations", request);
    EXPECT_TRUE(page.ok()) << page.status();
    if (!page.ok()) return {};
    return {page->obligations().begin(), page->obligations().end()};
  }
  common::v1::Obligation::State ClockStateOf(const std::string& incident, const std::string& rule) {
    for (const auto& clock : ClocksOf(incident)) {
      if (clock.rule_id() == rule) return clock.state();
    }
    return common::v1::Obligation::STATE_UNSPECIFIED;
  }

  static std::map<std::string, std::unique_ptr<System>> systems_;
};
std::map<std::string, std::unique_ptr<System>> ResponseTest::systems_;

INSTANTIATE_TEST_SUITE_P(Processes, ResponseTest, ::testing::Values("one", "two"),
                         [](const auto& form) { return std::string(form.param); });

// R6: activated by plan and level; its notices leave by themselves, once; its end stops what it started.
TEST_P(ResponseTest, R6_R53_AResponseIssuesItsNoticesAndTasksAndItsEndStopsThem) {
  Listener community(As(kPingan));
  ASSERT_TRUE(community.WaitForSnapshot(kSoon));
  const std::string incident = ConfirmedIncident(system(), kPinganArea);
  ASSERT_EQ(IncidentOf(system(), incident).level(), incident::v1::LEVEL_I);

  const auto activated = As(kCommander).Call("incident.ActivateResponse", Activation(incident));
  ASSERT_TRUE(activated.ok()) << activated.status();
  const std::string name = activated->name();
  ASSERT_TRUE(Eventually([&] { return ResponseOf(system(), name).effects_size() == 2; }));
  const Response active = ResponseOf(system(), name);
  std::set<std::string> notices;
  for (const auto& effect : active.effects()) {
    EXPECT_EQ(effect.problem(), "") << effect.id();
    notices.insert(effect.result());
  }
  EXPECT_EQ(notices.size(), 2u);
  EXPECT_EQ(AlertsOf(system(), name).size(), 2u);
  EXPECT_TRUE(community.WaitForAlerts(notices, kSoon));
  // Issued by the system, for the person who decided.
  for (const auto& alert : AlertsOf(system(), name)) {
    EXPECT_NE(alert.issuer().system(), "");
    EXPECT_EQ(alert.issuer().person(), As(kCommander).actor().person());
    EXPECT_EQ(alert.case_id(), incident);
  }

  // Executor, goal, deadline and feedback stand in every task.
  incident::v1::ListTasksRequest list;
  list.set_response(name);
  list.set_page_size(50);
  const auto tasks =
      As(kDistrict).Call<incident::v1::ListTasksResponse>("incident.ListTasks", list);
  ASSERT_TRUE(tasks.ok()) << tasks.status();
  EXPECT_EQ(tasks->tasks_size(), 6);
  for (const auto& task : tasks->tasks()) {
    EXPECT_NE(task.executor_unit(), "");
    EXPECT_NE(task.goal(), "");
    EXPECT_TRUE(task.has_deadline());
  }
  const std::string cordon = name + "/tasks/cordon";
  ASSERT_TRUE(
      Do<incident::v1::AcceptTaskRequest>("posts/police-duty", "incident.AcceptTask", cordon).ok());
  const auto done = Do<incident::v1::CompleteTaskRequest>(
      "posts/police-duty", "incident.CompleteTask", cordon,
      [](auto& request) { request.set_feedback("通道已开辟"); });
  ASSERT_TRUE(done.ok()) << done.status();

  const auto ended = Do<incident::v1::EndResponseRequest>(
      kCommander, "incident.EndResponse", name,
      [](auto& request) { request.set_reason("移交后本级任务完成"); });
  ASSERT_TRUE(ended.ok()) << ended.status();
  EXPECT_TRUE(Eventually([&] {
    const auto alerts = AlertsOf(system(), name);
    return std::all_of(alerts.begin(), alerts.end(),
                       [](const auto& alert) { return alert.state() == alert::v1::LIFTED; });
  }));
  const auto after =
      As(kDistrict).Call<incident::v1::ListTasksResponse>("incident.ListTasks", list);
  ASSERT_TRUE(after.ok());
  for (const auto& task : after->tasks()) {
    EXPECT_EQ(task.state() == incident::v1::TASK_CANCELLED, task.name() != cordon) << task.name();
  }
}

// R41: a community starts first handling by itself, before anybody has verified anything.
TEST_P(ResponseTest, R41_ACommunityHandlesFirstByItselfAndReports) {
  const auto taken = TakeIntake(As(kPingan), kPinganArea);
  ASSERT_TRUE(taken.ok()) << taken.status();
  const auto handled = Do<incident::v1::StartFirstHandlingRequest>(
      kPingan, "incident.StartFirstHandling", taken->name(),
      [](auto& request) { request.set_action("疏散井口周边群众，设警戒"); });
  ASSERT_TRUE(handled.ok()) << handled.status();
  const Incident incident = IncidentOf(system(), taken->name());
  EXPECT_EQ(incident.first_handler().post(), kPingan);
  EXPECT_TRUE(incident.has_handling_at());
}

// R60: an incident without lead department is an open alarm with a deadline; late stays late.
TEST_P(ResponseTest, R60_WithoutALeadDepartmentAnAlarmIsOpenAndItsDeadlineFires) {
  const std::string incident = ConfirmedIncident(system(), kPinganArea, "");
  EXPECT_TRUE(IncidentOf(system(), incident).lead_department_alarm());
  EXPECT_TRUE(Eventually([&] {
    return ClockStateOf(incident, "incident.lead-department") == common::v1::Obligation::OVERDUE;
  }));
  const auto set = Do<incident::v1::SetLeadDepartmentRequest>(
      kDistrict, "incident.SetLeadDepartment", incident,
      [](auto& request) { request.set_unit("units/emergency"); });
  ASSERT_TRUE(set.ok()) << set.status();
  EXPECT_FALSE(IncidentOf(system(), incident).lead_department_alarm());
  EXPECT_EQ(ClockStateOf(incident, "incident.lead-department"), common::v1::Obligation::MET_LATE);
}

// R5: the reporting clock runs from awareness; an overdue report is visible and cannot be erased.
TEST_P(ResponseTest, R5_AnOverdueReportIsVisibleAndStays) {
  const std::string incident = ConfirmedIncident(system(), kPinganArea);
  EXPECT_TRUE(Eventually([&] {
    return ClockStateOf(incident, "report.first-oral") == common::v1::Obligation::OVERDUE;
  }));
  incident::v1::DraftReportRequest draft;
  draft.set_incident(incident);
  draft.set_chain(incident::v1::GOVERNMENT);
  draft.set_kind(incident::v1::FIRST);
  auto* content = draft.mutable_content();
  content->set_source("矿方");
  content->set_text("矿井发生瓦斯爆炸，正在核实。");
  *content->mutable_figures() = IncidentOf(system(), incident).figures();
  auto* receiver = content->add_receivers();
  receiver->set_body("市政府总值班室");
  receiver->set_tier(common::v1::EXTERNAL);
  const auto drafted = As(kDistrict).Call("incident.DraftReport", draft);
  ASSERT_TRUE(drafted.ok()) << drafted.status();
  const auto oral = Do<incident::v1::SendReportOrallyRequest>(
      kDistrict, "incident.SendReportOrally", drafted->name(), [](auto& request) {
        request.set_body("市政府总值班室");
        request.set_taken_by("值班员");
        request.set_channel("phone");
      });
  ASSERT_TRUE(oral.ok()) << oral.status();
  const auto clocks = ClocksOf(incident);
  EXPECT_TRUE(std::any_of(clocks.begin(), clocks.end(), [](const auto& clock) {
    return clock.rule_id() == "report.first-oral" &&
           clock.state() == common::v1::Obligation::MET_LATE;
  }));
}

// The decision is refused where the law has it, also through two processes, with the same words.
TEST_P(ResponseTest, R13_WithoutTheApproverAndWithoutUrgencyNothingStarts) {
  const std::string incident = ConfirmedIncident(system(), kPinganArea);
  const auto refused =
      As("posts/district-leader").Call("incident.ActivateResponse", Activation(incident));
  EXPECT_FALSE(refused.ok());
  EXPECT_EQ(base::ProblemOf(refused.status()).reason(), Reason::GUARD_NEEDS_URGENCY)
      << refused.status();
  EXPECT_TRUE(IncidentOf(system(), incident).open_responses().empty());
}

// AB角: the commander cannot be reached, his deputy approves in his stead; another post does not.
TEST_P(ResponseTest, ADeputyApprovesForTheCommanderAndTheCaseFileShowsForWhom) {
  const std::string incident = ConfirmedIncident(system(), kPinganArea);
  directory::v1::RenewTokenRequest renew;
  renew.mutable_acting_for()->set_post(kCommander);
  renew.mutable_acting_for()->set_reason("总指挥电话无人接听");
  constexpr char kRenew[] = "directory.RenewToken";
  const auto stranger = system().SignInAgain("posts/police-duty");
  ASSERT_TRUE(stranger.ok()) << stranger.status();
  const auto refused = (*stranger)->Call<directory::v1::TokenResponse>(kRenew, renew).status();
  EXPECT_EQ(base::ProblemOf(refused).rule_id(), "directory.acting-for") << refused;

  const auto deputy = system().SignInAgain("posts/deputy-commander");
  ASSERT_TRUE(deputy.ok()) << deputy.status();
  const auto own = (*deputy)->Call("incident.ActivateResponse", Activation(incident)).status();
  EXPECT_EQ(base::ProblemOf(own).reason(), Reason::GUARD_NEEDS_URGENCY) << own;
  const auto token = (*deputy)->Call<directory::v1::TokenResponse>(kRenew, renew);
  ASSERT_TRUE(token.ok()) << token.status();
  const auto acting = system().WithToken(token->token());
  const auto activated = acting->Call("incident.ActivateResponse", Activation(incident));
  ASSERT_TRUE(activated.ok()) << activated.status();
  const common::v1::Actor approver = ResponseOf(system(), activated->name()).approver();
  EXPECT_EQ(approver.post(), "posts/deputy-commander");
  EXPECT_EQ(approver.acting_for_post(), kCommander);

  platform::v1::ExportCaseRequest request;
  request.set_case_id(incident);
  const auto exported = As(kDistrict).Call<platform::v1::SignedCaseFile>(
      "huying.platform.v1.JournalService/ExportCaseFile", request);
  ASSERT_TRUE(exported.ok()) << exported.status();
  platform::v1::CaseFile file;
  ASSERT_TRUE(file.ParseFromString(exported->case_file()));
  int shown = 0;
  for (const auto& ledger : file.ledgers()) {
    for (const auto& stored : ledger.entries()) {
      platform::v1::Entry entry;
      ASSERT_TRUE(entry.ParseFromString(stored.bytes()));
      if (entry.act() != "incident.ActivateResponse") continue;
      ++shown;
      EXPECT_EQ(entry.actor().person(), (*deputy)->actor().person());
      EXPECT_EQ(entry.actor().acting_for_post(), kCommander);
      EXPECT_EQ(entry.actor().acting_reason(), "总指挥电话无人接听");
      EXPECT_TRUE(entry.actor().has_acting_until());
    }
  }
  EXPECT_EQ(shown, 1);
}

TEST_P(ResponseTest, TheLedgersVerifyAtTheEnd) {
  EXPECT_EQ(system().Findings(), std::vector<std::string>{});
}

}  // namespace
}  // namespace huying::testing
