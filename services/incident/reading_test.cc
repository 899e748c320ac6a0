// SPDX-License-Identifier: Apache-2.0
//
// Whose eyes: every read of the service by area (rules/reading_test.cc walks the rule itself).
#include "services/incident/testing/incident_bench.h"

namespace huying::incident {
namespace {

using base::Reason;

class ReadingTest : public IncidentBench {
 protected:
  template <typename Request, typename Response>
  absl::StatusOr<Response> Ask(absl::StatusOr<Response> (IncidentService::*read)(
                                   const context::CallContext&, const Request&),
                               const Request& request, std::string_view post) {
    return (service_.get()->*read)(directory_.As(post), request);
  }
  std::string TakenAt(const std::string& area, std::string_view post) {
    v1::TakeIntakeRequest request;
    request.set_title("险情");
    request.set_area(area);
    auto taken = Do(&IncidentService::TakeIntake, request, post);
    EXPECT_TRUE(taken.ok()) << taken.status();
    return taken.ok() ? taken->name() : "";
  }
  int Incidents(std::string_view post) {
    return Ask(&IncidentService::ListIncidents, v1::ListIncidentsRequest(), post)->incidents_size();
  }
};

TEST_F(ReadingTest,
       EveryReadOfOneIncidentIsRefusedOutsideItsAreaAndAnExecutorReadsWhatHisTaskNeeds) {
  const std::string incident = Confirmed();
  const std::string response = Activated(incident);
  ASSERT_TRUE(Drafted(incident, v1::FIRST).ok());
  // An executor of one of its tasks reads the incident and the response, and nothing else of it.
  const auto check = [&](std::string_view post, bool by_area, bool executes) {
    const auto expect = [&](const char* read, const absl::Status& status) {
      const std::string_view name = read;
      const bool allowed =
          by_area || (executes && (name == "GetIncident" || name == "GetResponse"));
      EXPECT_EQ(status.ok(), allowed) << read << " " << post << " " << status;
      if (allowed) return;
      EXPECT_EQ(base::ProblemOf(status).reason(), Reason::OUTSIDE_AREA) << read;
      EXPECT_EQ(base::ProblemOf(status).rule_id(), "incident.read.area") << read;
      EXPECT_FALSE(base::ProblemOf(status).next_step().empty()) << read;
    };
    v1::GetIncidentRequest get;
    get.set_name(incident);
    expect("GetIncident", Ask(&IncidentService::GetIncident, get, post).status());
    v1::ListReportsRequest reports;
    reports.set_incident(incident);
    expect("ListReports", Ask(&IncidentService::ListReports, reports, post).status());
    common::v1::ListObligationsRequest owed;
    owed.set_case_id(incident);
    expect("ListObligations", Ask(&IncidentService::ListObligations, owed, post).status());
    v1::GetResponseRequest one;
    one.set_name(response);
    expect("GetResponse", Ask(&IncidentService::GetResponse, one, post).status());
    v1::ListResponsesRequest responses;
    responses.set_incident(incident);
    expect("ListResponses", Ask(&IncidentService::ListResponses, responses, post).status());
  };
  for (const char* post : {"posts/district-duty", "posts/lingbei-duty", "posts/pingan-duty"}) {
    check(post, true, false);
  }
  for (const char* post : {"posts/lingnan-duty", "posts/guoan-duty"}) check(post, false, false);
  check("posts/mine-dispatch", false, true);
}

TEST_F(ReadingTest, ListsShowWhatIsBeneathAndLeaveOutTheRest) {
  const std::string ours = Confirmed();  // 平安社区, 岭北街道
  const std::string response = Activated(ours);
  const std::string theirs = TakenAt("230407002001", "posts/dongxing-duty");
  const std::string districts = TakenAt("230407", "posts/district-duty");
  EXPECT_EQ(Incidents("posts/district-duty"), 3);
  // Theirs, and the whole district's.
  EXPECT_EQ(Incidents("posts/lingbei-duty"), 2);
  EXPECT_EQ(Incidents("posts/pingan-duty"), 2);
  EXPECT_EQ(Incidents("posts/guoan-duty"), 1);
  EXPECT_EQ(Incidents("posts/dongxing-duty"), 2);
  common::v1::ListObligationsRequest clocks;
  clocks.set_page_size(100);
  const auto seen = Ask(&IncidentService::ListObligations, clocks, "posts/dongxing-duty");
  for (const duty::Obligation& clock : seen->obligations()) {
    EXPECT_TRUE(clock.case_id() == theirs || clock.case_id() == districts) << clock.case_id();
  }
  EXPECT_GT(seen->obligations_size(), 0);
  EXPECT_EQ(Ask(&IncidentService::ListResponses, v1::ListResponsesRequest(), "posts/dongxing-duty")
                ->responses_size(),
            0);
}

TEST_F(ReadingTest, AnExecutorSeesItsTasksAndMakeUpsGoByTheirCase) {
  const std::string incident = Confirmed();
  v1::ActivateResponseRequest start = StartOf(incident);
  *start.mutable_urgency() = Urgent();
  auto response = Do(&IncidentService::ActivateResponse, start, "posts/district-leader");
  ASSERT_TRUE(response.ok()) << response.status();
  v1::ListTasksRequest tasks;
  tasks.set_response(response->name());
  EXPECT_EQ(Ask(&IncidentService::ListTasks, tasks, "posts/district-duty")->tasks_size(), 6);
  const auto mine = Ask(&IncidentService::ListTasks, tasks, "posts/mine-dispatch");
  ASSERT_EQ(mine->tasks_size(), 1);
  EXPECT_EQ(mine->tasks(0).executor_post(), "posts/mine-dispatch");
  EXPECT_EQ(Ask(&IncidentService::ListTasks, tasks, "posts/dongxing-duty")->tasks_size(), 0);
  common::v1::ListObligationsRequest papers;
  papers.add_kinds(duty::Obligation::MAKE_UP);
  const auto make_ups = [&](std::string_view post) {
    return Ask(&IncidentService::ListObligations, papers, post)->obligations_size();
  };
  EXPECT_EQ(make_ups("posts/district-duty"), 1);
  EXPECT_EQ(make_ups("posts/lingbei-duty"), 1);
  EXPECT_EQ(make_ups("posts/lingnan-duty"), 0);
}

TEST_F(ReadingTest, APageIsFilledByReadingOnAndNothingIsMissedOrShownTwice) {
  std::vector<std::string> ours;
  for (int i = 0; i < 30; ++i) {
    const bool own = i % 5 == 0;
    const std::string name = TakenAt(own ? "230407001001" : "230407002001",
                                     own ? "posts/pingan-duty" : "posts/dongxing-duty");
    if (own) ours.push_back(name);
  }
  std::reverse(ours.begin(), ours.end());
  v1::ListIncidentsRequest list;
  list.set_page_size(4);
  auto page = Ask(&IncidentService::ListIncidents, list, "posts/pingan-duty");
  EXPECT_EQ(page->incidents_size(), 4) << "filled, though four of five are not his";
  std::vector<std::string> seen;
  for (int pages = 0; pages < 20; ++pages) {
    for (const v1::Incident& incident : page->incidents()) seen.push_back(incident.name());
    if (page->next_page_token().empty()) break;
    list.set_page_token(page->next_page_token());
    page = Ask(&IncidentService::ListIncidents, list, "posts/pingan-duty");
  }
  EXPECT_EQ(seen, ours) << "newest first";
}

// 2026-10000 sorts below 2026-9999 as text.
TEST_F(ReadingTest, TheNewestIsFirstAlsoBeyondTenThousandOfAYear) {
  const context::CallContext context = directory_.As("posts/district-duty");
  for (const char* name : {"incidents/2026-9998", "incidents/2026-9999", "incidents/2026-10000",
                           "incidents/2026-10001", "incidents/2027-0001"}) {
    ledger::Command put;
    put.decide = [name](ledger::Transaction& tx) {
      v1::Incident incident;
      incident.set_name(name);
      incident.set_area("230407000000");
      tx.Create(kIncidents, name, incident);
      return absl::OkStatus();
    };
    context::CallContext one = context;
    one.request_id = name;
    ASSERT_TRUE(ledger_.Run(std::move(put), one, "test.Put").ok());
  }
  std::vector<std::string> seen;
  v1::ListIncidentsRequest list;
  list.set_page_size(2);
  for (int pages = 0; pages < 4; ++pages) {
    const auto page = service_->ListIncidents(context, list);
    ASSERT_TRUE(page.ok()) << page.status();
    for (const v1::Incident& incident : page->incidents()) seen.push_back(incident.name());
    if (page->next_page_token().empty()) break;
    list.set_page_token(page->next_page_token());
  }
  EXPECT_EQ(seen, (std::vector<std::string>{"incidents/2027-0001", "incidents/2026-10001",
                                            "incidents/2026-10000", "incidents/2026-9999",
                                            "incidents/2026-9998"}));
}

}  // namespace
}  // namespace huying::incident
