// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <random>
#include <string>
#include <vector>

#include "services/incident/testing/incident_bench.h"

// For tests only: random acts of every kind by random posts, with directory and plan coming and going.
namespace huying::incident {

class PropertyWalk : public IncidentBench {
 protected:
  int Pick(int n) { return static_cast<int>(random_() % static_cast<uint64_t>(n)); }
  template <typename List>
  auto OneOf(const List& list) {
    return list[static_cast<size_t>(Pick(static_cast<int>(list.size())))];
  }
  std::string Post() {
    static const std::vector<std::string> posts = {"posts/commander",      "posts/deputy-commander",
                                                   "posts/district-duty",  "posts/pingan-duty",
                                                   "posts/dongxing-duty",  "posts/report-signer",
                                                   "posts/police-duty",    "posts/lingbei-duty",
                                                   "posts/emergency-duty", "posts/district-leader"};
    return OneOf(posts);
  }
  std::string NameOf(const std::vector<std::string>& names, const char* otherwise) {
    return names.empty() ? otherwise : OneOf(names);
  }
  template <typename T>
  std::vector<std::string> Names(const ledger::RecordKind<T>& kind) {
    std::vector<std::string> names;
    for (const T& value : All(kind)) names.push_back(value.name());
    return names;
  }
  v1::Figures RandomFigures() {
    v1::Figures figures;
    figures.set_dead(Pick(15));
    figures.set_missing(Pick(40));
    figures.set_seriously_injured(Pick(60));
    figures.set_trapped(Pick(40));
    return figures;
  }

  // Sends one random command, sometimes twice; a retry has no second effect (invariant 15).
  template <typename Request>
  void Send(IncidentService::Command (IncidentService::*use_case)(const context::CallContext&,
                                                                  const Request&),
            Request request) {
    request.set_request_id(absl::StrCat("step-", step_));
    const std::string post = Post();
    auto first = Do(use_case, request, post);
    accepted_ += first.ok();
    if (!first.ok() || Pick(3) != 0) return;
    const int64_t head = ledger_->Head().seq;
    auto again = Do(use_case, request, post);
    // The pipeline answers before gathering; here the writer does, unless gathering itself refuses.
    if (again.ok()) {
      ASSERT_EQ(again->seq(), first->seq());
    }
    auto known =
        ledger_->FindReceipt(directory_.As(post).principal, request.request_id(), "payload");
    ASSERT_TRUE(known.ok() && known->has_value());
    ASSERT_EQ((*known)->seq(), first->seq());
    ASSERT_EQ(ledger_->Head().seq, head);
  }
  template <typename Request, typename... Set>
  Request On(const std::string& name, Set... set) {
    Request request;
    request.set_name(name);
    (set(request), ...);
    return request;
  }

  void OnIncident();
  void OnReport();
  void OnResponse();
  void TurnServices();

  std::mt19937_64 random_;
  int step_ = 0;
  int accepted_ = 0;
  bool directory_down_ = false;
  bool plan_down_ = false;
};

inline void PropertyWalk::OnIncident() {
  const std::string name = NameOf(Names(kIncidents), "incidents/none");
  const auto reason = [](auto& r) { r.set_reason("随机"); };
  switch (Pick(12)) {
    case 0: {
      v1::TakeIntakeRequest request;
      request.set_title("随机事件");
      request.set_area(OneOf(std::vector<std::string>{"230407001001", "230407", "230407002001"}));
      request.set_event_class(static_cast<v1::EventClass>(Pick(5)));
      if (Pick(2)) request.set_event_code("coal-mine");
      if (Pick(2)) *request.mutable_figures() = RandomFigures();
      return Send(&IncidentService::TakeIntake, request);
    }
    case 1:
      return Send(&IncidentService::TakeOver, On<v1::TakeOverRequest>(name));
    case 2:
      return Send(&IncidentService::ConfirmIncident,
                  On<v1::ConfirmIncidentRequest>(name, [&](auto& r) {
                    r.set_event_class(static_cast<v1::EventClass>(Pick(5)));
                    if (Pick(2)) r.set_lead_department("units/emergency");
                  }));
    case 3:
      return Send(&IncidentService::StartFirstHandling,
                  On<v1::StartFirstHandlingRequest>(name, [](auto& r) { r.set_action("撤离"); }));
    case 4:
    case 5:
      return Send(&IncidentService::RecordFigures, On<v1::RecordFiguresRequest>(name, [&](auto& r) {
        *r.mutable_figures() = RandomFigures();
        if (Pick(3)) r.set_reason("核实");
      }));
    case 6:
      return Send(&IncidentService::SetLevel, On<v1::SetLevelRequest>(name, reason, [&](auto& r) {
        r.set_level(static_cast<v1::EventLevel>(1 + Pick(4)));
        if (Pick(2)) r.set_superior_body("省政府");
      }));
    case 7:
      return Send(&IncidentService::MarkControlled, On<v1::MarkControlledRequest>(name));
    case 8:
      return Send(&IncidentService::EndIncident, On<v1::EndIncidentRequest>(name));
    case 9:
      return Send(&IncidentService::RejectIncident,
                  On<v1::RejectIncidentRequest>(name, reason, [&](auto& r) {
                    if (Pick(2)) *r.mutable_urgency() = Urgent();
                    if (Pick(3) == 0) r.set_second_person("posts/emergency-duty");
                  }));
    case 10:
      return Send(&IncidentService::TransferIncident,
                  On<v1::TransferIncidentRequest>(name, [](auto& r) {
                    r.set_to("邻区");
                    r.set_receipt("收文");
                  }));
    default:
      return Send(&IncidentService::Relapse, On<v1::RelapseRequest>(name, reason));
  }
}

inline void PropertyWalk::OnReport() {
  const std::string name = NameOf(Names(kReports), "incidents/none/reports/GOVERNMENT-1");
  switch (Pick(7)) {
    case 0:
    case 1: {
      v1::DraftReportRequest request;
      request.set_incident(NameOf(Names(kIncidents), "incidents/none"));
      request.set_chain(static_cast<v1::ReportChain>(1 + Pick(4)));
      request.set_kind(static_cast<v1::ReportKind>(1 + Pick(4)));
      request.set_corrects(name);
      request.set_reason("随机");
      request.mutable_content()->set_text(absl::StrCat("第 ", step_, " 步"));
      request.mutable_content()->add_receivers()->set_body("市政府");
      if (Pick(2)) *request.mutable_content()->mutable_figures() = RandomFigures();
      return Send(&IncidentService::DraftReport, request);
    }
    case 2:
      return Send(&IncidentService::SendReportOrally,
                  On<v1::SendReportOrallyRequest>(name, [](auto& r) {
                    r.set_body("市政府");
                    r.set_taken_by("赵某");
                  }));
    case 3:
      return Send(&IncidentService::SignReport, On<v1::SignReportRequest>(name));
    case 4:
      return Send(&IncidentService::SendReport, On<v1::SendReportRequest>(name, [&](auto& r) {
        if (Pick(2)) *r.mutable_urgency() = Urgent();
      }));
    case 5:
      return Send(&IncidentService::ReturnReport,
                  On<v1::ReturnReportRequest>(name, [](auto& r) { r.set_reason("补充"); }));
    default:
      return Send(&IncidentService::RecordReportReceipt,
                  On<v1::RecordReportReceiptRequest>(name, [](auto& r) {
                    r.set_body("市政府");
                    r.set_received_by("赵某");
                  }));
  }
}

inline void PropertyWalk::OnResponse() {
  const std::string name = NameOf(Names(kResponses), "responses/none");
  const std::string task = NameOf(Names(kTasks), "responses/none/tasks/none");
  const auto reason = [](auto& r) { r.set_reason("随机"); };
  switch (Pick(12)) {
    case 0:
    case 1: {
      v1::ActivateResponseRequest request =
          StartOf(NameOf(Names(kIncidents), "incidents/none"), 1 + Pick(4));
      if (Pick(2)) request.set_override_reason("随机");
      if (Pick(2)) *request.mutable_urgency() = Urgent();
      request.add_matters("救援");  // stated, so that a start goes through with plan away
      request.add_measures("警戒");
      request.mutable_expected_period()->set_seconds(3600 * (1 + Pick(48)));
      return Send(&IncidentService::ActivateResponse, request);
    }
    case 2:
      return Send(&IncidentService::AdjustResponse,
                  On<v1::AdjustResponseRequest>(name, reason, [&](auto& r) {
                    r.set_level(1 + Pick(4));
                    if (Pick(2)) r.set_override_reason("随机");
                    if (Pick(2)) *r.mutable_urgency() = Urgent();
                  }));
    case 7: {
      v1::AssignTaskRequest request;
      request.set_response(name);
      request.set_executor_unit("units/goubei");
      if (Pick(2)) request.set_executor_post("posts/goubei-duty");
      request.set_goal("随机任务");
      *request.mutable_deadline() = base::ToProto(Now() + absl::Minutes(10 + Pick(200)));
      return Send(&IncidentService::AssignTask, request);
    }
    case 8: {
      v1::ProposeResponseRequest request;
      request.set_incident(NameOf(Names(kIncidents), "incidents/none"));
      request.set_plan("plans/mine-accident");
      request.set_level(1 + Pick(4));
      request.set_reason("随机");
      return Send(&IncidentService::ProposeResponse, request);
    }
    case 9:
      return Send(&IncidentService::DeclineResponse, On<v1::DeclineResponseRequest>(name, reason));
    case 10:  // starts what was proposed, or brings what was passed in urgency
      if (Pick(2)) {
        return Send(&IncidentService::MakeUpResponse,
                    On<v1::MakeUpResponseRequest>(name, [&](auto& r) {
                      if (Pick(2)) r.set_override_reason("随机");
                    }));
      }
      return Send(&IncidentService::ActivateResponse,
                  On<v1::ActivateResponseRequest>(name, [&](auto& r) {
                    if (Pick(2)) r.set_override_reason("随机");
                    if (Pick(2)) *r.mutable_urgency() = Urgent();
                  }));
    case 3:
      return Send(&IncidentService::HandOverResponse,
                  On<v1::HandOverResponseRequest>(name, [](auto& r) {
                    r.set_body("省指挥部");
                    r.set_commander("李四");
                  }));
    case 4:
      return Send(&IncidentService::EndResponse, On<v1::EndResponseRequest>(name, reason));
    case 5:
      return Send(&IncidentService::CompleteTask,
                  On<v1::CompleteTaskRequest>(task, [](auto& r) { r.set_feedback("完成"); }));
    case 6:
      return Send(&IncidentService::DeclineTask, On<v1::DeclineTaskRequest>(task, reason));
    default:
      return Send(&IncidentService::AcceptTask, On<v1::AcceptTaskRequest>(task));
  }
}

// Directory and plan go away and come back; nothing may depend on it but what is flagged and owed.
inline void PropertyWalk::TurnServices() {
  if (Pick(2)) {
    directory_down_ = !directory_down_;
    directory_.SetDown(directory_down_);
  } else {
    plan_down_ = !plan_down_;
    plans_.SetDown(plan_down_);
  }
}

}  // namespace huying::incident
