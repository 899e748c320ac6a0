// SPDX-License-Identifier: Apache-2.0
//
// Random commands by random posts at random times; after each step the invariants hold. The seed is
// printed; HUYING_SEED chooses another.
#include <algorithm>
#include <map>
#include <random>
#include <set>

#include "services/incident/rules/clocks.h"
#include "services/incident/rules/level.h"
#include "services/incident/rules/states.h"
#include "services/incident/testing/incident_bench.h"

namespace huying::incident {
namespace {

constexpr int kSteps = 350;

class PropertyTest : public IncidentBench {
 protected:
  int Pick(int n) { return static_cast<int>(random_() % static_cast<uint64_t>(n)); }
  template <typename List>
  auto OneOf(const List& list) {
    return list[static_cast<size_t>(Pick(static_cast<int>(list.size())))];
  }
  std::string Post() {
    static const std::vector<std::string> posts = {"posts/commander",     "posts/deputy-commander",
                                                   "posts/district-duty", "posts/pingan-duty",
                                                   "posts/dongxing-duty", "posts/report-signer",
                                                   "posts/police-duty",   "posts/lingbei-duty"};
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
  void CheckRecords();
  void CheckReports();
  void CheckClocks();
  void CheckResponses();

  std::mt19937_64 random_;
  int step_ = 0;
  int accepted_ = 0;
  std::map<std::string, std::string> due_times_;
  std::map<std::string, std::string> sent_content_;
};

void PropertyTest::OnIncident() {
  const std::string name = NameOf(Names(kIncidents), "incidents/none");
  const auto reason = [](auto& r) { r.set_reason("随机"); };
  switch (Pick(11)) {
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
                  }));
    default:
      return Send(&IncidentService::Relapse, On<v1::RelapseRequest>(name, reason));
  }
}

void PropertyTest::OnReport() {
  const std::string name = NameOf(Names(kReports), "incidents/none/reports/GOVERNMENT-1");
  switch (Pick(6)) {
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
    default:
      return Send(&IncidentService::RecordReportReceipt,
                  On<v1::RecordReportReceiptRequest>(name, [](auto& r) {
                    r.set_body("市政府");
                    r.set_received_by("赵某");
                  }));
  }
}

void PropertyTest::OnResponse() {
  const std::string name = NameOf(Names(kResponses), "responses/none");
  const std::string task = NameOf(Names(kTasks), "responses/none/tasks/none");
  const auto reason = [](auto& r) { r.set_reason("随机"); };
  switch (Pick(8)) {
    case 0:
    case 1: {
      v1::ActivateResponseRequest request =
          StartOf(NameOf(Names(kIncidents), "incidents/none"), 1 + Pick(4));
      if (Pick(2)) request.set_override_reason("随机");
      if (Pick(2)) *request.mutable_urgency() = Urgent();
      return Send(&IncidentService::ActivateResponse, request);
    }
    case 2:
      return Send(
          &IncidentService::AdjustResponse,
          On<v1::AdjustResponseRequest>(name, reason, [&](auto& r) { r.set_level(1 + Pick(4)); }));
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

// Invariant 17: records equal the last after-images of their journal.
void PropertyTest::CheckRecords() {
  std::map<std::pair<std::string, std::string>, std::string> images;
  auto reader = *ledger_->Read();
  for (int64_t after = 0;;) {
    auto entries = *reader->Entries(after, 500);
    if (entries.empty()) break;
    for (const auto& stored : entries) {
      EXPECT_FALSE(stored.entry.case_id().empty());
      for (const auto& change : stored.entry.changes()) {
        images[{change.kind(), change.key()}] = change.image();
      }
      after = stored.entry.seq();
    }
  }
  const auto compare = [&](const auto& kind) {
    const auto stored = *reader->All(kind, {});
    for (const auto& value : stored) {
      std::string key;
      if constexpr (std::is_same_v<std::decay_t<decltype(value.value)>, v1::ReportChainState>) {
        key = value.value.incident() + "/chains/" + v1::ReportChain_Name(value.value.chain());
      } else {
        key = value.value.name();
      }
      ASSERT_EQ((images[{kind.name(), key}]), value.value.SerializeAsString()) << key;
      images.erase({kind.name(), key});
    }
  };
  compare(kIncidents);
  compare(kReports);
  compare(kChains);
  compare(kClocks);
  compare(kResponses);
  compare(kTasks);
  compare(kOpenItems);
  compare(guard::kMakeUps);
  for (const auto& [key, image] : images) {
    EXPECT_EQ(key.first, ledger::kCounterKind) << "no record " << key.second;
  }
}

void PropertyTest::CheckReports() {
  std::map<std::string, std::set<int>> numbers;
  std::map<std::string, int> firsts;
  for (const v1::Report& report : All(kReports)) {
    const std::string chain = report.incident() + v1::ReportChain_Name(report.chain());
    numbers[chain].insert(report.seq());
    firsts[chain] += report.kind() == v1::FIRST;
    ASSERT_EQ(report.seq() == 1, report.kind() == v1::FIRST) << report.name();
    if (!rules::IsSent(report.state())) continue;
    // Nothing of the content changes after it was sent.
    const std::string content = absl::StrCat(
        report.kind(), report.text(), report.figures().SerializeAsString(), report.corrects(),
        report.reason(), report.author().SerializeAsString(), report.sent_at().SerializeAsString());
    auto [it, fresh] = sent_content_.emplace(report.name(), content);
    ASSERT_EQ(it->second, content) << report.name();
  }
  for (const auto& [chain, seqs] : numbers) {
    ASSERT_EQ(*seqs.rbegin(), static_cast<int>(seqs.size())) << "a gap on " << chain;
    ASSERT_EQ(firsts[chain], 1) << chain;
  }
}

void PropertyTest::CheckClocks() {
  for (const v1::LegalClock& clock : All(kClocks)) {
    // Invariant 7: the due time never moves.
    auto [it, fresh] = due_times_.emplace(clock.name(), clock.due_at().SerializeAsString());
    ASSERT_EQ(it->second, clock.due_at().SerializeAsString()) << clock.name();
    // Invariant 16: lateness is judged by the time of receipt, and nothing runs past its limit.
    if (clock.state() == v1::MET) {
      ASSERT_LE(base::FromProto(clock.done_at()), base::FromProto(clock.due_at()));
    }
    if (clock.state() == v1::MET_LATE) {
      ASSERT_GT(base::FromProto(clock.done_at()), base::FromProto(clock.due_at()));
    }
    if (clock.state() == v1::RUNNING) {
      ASSERT_GE(base::FromProto(clock.due_at()), Now()) << clock.name();
    }
  }
}

void PropertyTest::CheckResponses() {
  std::map<std::string, std::set<std::string>> active;
  for (const v1::Response& response : All(kResponses)) {
    const bool under_way = rules::IsUnderWay(response.state());
    const v1::Incident incident = Incident(response.incident());
    const auto& open = incident.open_responses();
    ASSERT_EQ(std::count(open.begin(), open.end(), response.name()), under_way ? 1 : 0);
    if (under_way) {
      ASSERT_TRUE(active[response.incident()].insert(response.plan()).second) << "two of one plan";
      // Invariant 5: no order without a legal basis.
      ASSERT_FALSE(response.legal_basis().empty());
      ASSERT_FALSE(response.matters().empty());
      ASSERT_FALSE(response.measures().empty());
      ASSERT_GT(response.expected_period().seconds(), 0);
      ASSERT_NE(incident.state(), v1::ENDED);
    }
    for (const std::string& name : response.tasks()) {
      const v1::Task task = Get(kTasks, name);
      // Invariant 11: nothing of it is under way after its end.
      const bool left_open = response.state() == v1::RESPONSE_ENDED && rules::IsOpen(task.state());
      ASSERT_FALSE(left_open) << name;
      ASSERT_FALSE(task.executor_unit().empty() || task.goal().empty() || !task.has_deadline());
    }
  }
  for (const v1::Incident& incident : All(kIncidents)) {
    for (const v1::LevelJudgement& judgement : incident.level_history()) {
      if (incident.event_class() != v1::ACCIDENT) continue;
      // Invariant 9: what was computed is the worst of all conditions.
      if (judgement.computed() == v1::EVENT_LEVEL_UNSPECIFIED) continue;
      ASSERT_EQ(judgement.computed(),
                rules::ComputeLevel(v1::ACCIDENT, judgement.figures(), {}).level);
    }
  }
}

TEST_F(PropertyTest, InvariantsHoldAfterEveryRandomStep) {
  const char* chosen = std::getenv("HUYING_SEED");
  const uint64_t seed = chosen != nullptr ? std::strtoull(chosen, nullptr, 10) : 20091121;
  SCOPED_TRACE(absl::StrCat("HUYING_SEED=", seed));
  random_.seed(seed);
  StartTimekeeper();
  for (int i = 0; i < 3; ++i) Confirmed();
  for (step_ = 0; step_ < kSteps && !HasFatalFailure(); ++step_) {
    const int kind = Pick(10);
    if (kind < 4)
      OnIncident();
    else if (kind < 7)
      OnReport();
    else if (kind < 9)
      OnResponse();
    else
      Advance(absl::Minutes(Pick(50)));
    if (kind == 9 || step_ % 25 == 0) CheckClocks();
    if (step_ % 25 == 0) {
      CheckReports();
      CheckResponses();
    }
  }
  EXPECT_GT(accepted_, kSteps / 8) << "the steps do something";
  AwaitEffects();
  CheckReports();
  CheckResponses();
  CheckRecords();
  // Invariant 11 in the alert service: what is in force belongs to a response under way.
  alert::v1::ListAlertsRequest in_force;
  in_force.set_in_force_only(true);
  const alert::v1::ListAlertsResponse left = *alerts_.ListAlerts({}, in_force);
  for (const auto& alert : left.alerts()) {
    EXPECT_TRUE(rules::IsUnderWay(Response(alert.refers_to()).state())) << alert.refers_to();
  }
}

}  // namespace
}  // namespace huying::incident
