// SPDX-License-Identifier: Apache-2.0
//
// Random commands by random posts at random times; after each step the invariants hold. The seed is
// printed; HUYING_SEED chooses another.
#include <algorithm>
#include <map>
#include <set>

#include "services/incident/rules/level.h"
#include "services/incident/rules/names.h"
#include "services/incident/rules/owed_clocks.h"
#include "services/incident/rules/states.h"
#include "services/incident/testing/property_walk.h"

namespace huying::incident {
namespace {

constexpr int kSteps = 600;

class PropertyTest : public PropertyWalk {
 protected:
  void CheckMakeUps();
  void CheckRecords();
  void CheckReports();
  void CheckClocks();
  void CheckResponses();

  int without_basis_ = 0;  // responses seen under way with no basis but a row that owes it
  std::map<std::string, std::string> due_times_;
  std::map<std::string, std::string> sent_content_;
};

// Whatever is owed stands on its case, and nothing else does.
void PropertyTest::CheckMakeUps() {
  std::map<std::string, std::set<std::string>> owed;
  for (const duty::Obligation& row : All(duty::kObligations)) {
    if (row.kind() != duty::Obligation::MAKE_UP) continue;
    if (!row.has_closed_at()) owed[row.case_id()].insert(row.name());
    EXPECT_FALSE(duty::PostsOf(row).empty()) << "nobody was told of " << row.name();
  }
  for (const v1::Incident& incident : All(kIncidents)) {
    const std::set<std::string> open(incident.open_make_ups().begin(),
                                     incident.open_make_ups().end());
    EXPECT_EQ(open, owed[incident.name()]) << incident.name();
    // Invariant 6: two persons, or an open row.
    if (incident.state() != v1::REJECTED) continue;
    if (incident.second_person().empty()) {
      EXPECT_FALSE(open.empty()) << incident.name();
    } else {
      EXPECT_NE(incident.second_person(), incident.closer().person());
    }
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
        key = rules::ChainName(value.value.incident(), value.value.chain(), value.value.sender());
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
  compare(kResponses);
  compare(kTasks);
  compare(duty::kObligations);
  for (const auto& [key, image] : images) {
    EXPECT_EQ(key.first, ledger::kCounterKind) << "no record " << key.second;
  }
}

void PropertyTest::CheckReports() {
  std::map<std::string, std::set<int>> numbers;
  std::map<std::string, int> firsts;
  for (const v1::Report& report : All(kReports)) {
    const std::string chain = report.name().substr(0, report.name().rfind('-'));
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
  std::map<std::pair<std::string, std::string>, int> next;  // incident and chain
  for (const duty::Obligation& owed : All(duty::kObligations)) {
    if (!owed.has_due_at()) continue;
    // Invariant 7: the due time never moves.
    auto [it, fresh] = due_times_.emplace(owed.name(), owed.due_at().SerializeAsString());
    ASSERT_EQ(it->second, owed.due_at().SerializeAsString()) << owed.name();
    // Invariant 16: lateness is judged by the time of receipt, and nothing runs past its limit.
    if (owed.state() == duty::Obligation::MET) {
      ASSERT_LE(base::FromProto(owed.closed_at()), base::FromProto(owed.due_at()));
    }
    if (owed.state() == duty::Obligation::MET_LATE) {
      ASSERT_GT(base::FromProto(owed.closed_at()), base::FromProto(owed.due_at()));
    }
    if (owed.state() == duty::Obligation::RUNNING) {
      ASSERT_GE(base::FromProto(owed.due_at()), Now()) << owed.name();
    }
    const bool report = owed.kind() == duty::Obligation::REPORT && duty::IsOpen(owed.state());
    if (report && rules::AwaitedBy(owed.rule_id()) == rules::Awaits::kNextReport) {
      ++next[{owed.case_id(), owed.series()}];
    }
  }
  // Reporting and not final: each chain that has told its first report owes exactly one next report.
  for (const v1::ReportChainState& chain : All(kChains)) {
    if (!chain.sender().empty()) continue;
    const v1::Incident incident = Incident(chain.incident());
    const bool owes = rules::OwesReports(incident.state()) && chain.has_first_told_at() &&
                      (!chain.final_sent() || chain.changed());
    ASSERT_EQ((next[{chain.incident(), v1::ReportChain_Name(chain.chain())}]), owes ? 1 : 0)
        << chain.ShortDebugString();
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
      // Invariant 5: no order without a legal basis in force, or a row that says it is owed.
      const bool owed = std::any_of(
          response.make_ups().begin(), response.make_ups().end(), [&](const std::string& name) {
            const auto row = Get(duty::kObligations, name);
            return row.rule_id() == rules::kPlanRule && !row.has_closed_at();
          });
      without_basis_ += response.legal_basis().empty();
      ASSERT_TRUE(owed || !response.legal_basis().empty()) << response.name();
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
    else if (Pick(3) == 0)
      TurnServices();
    else
      Advance(absl::Minutes(Pick(50)));
    if (kind == 9 || step_ % 25 == 0) CheckClocks();
    if (step_ % 25 == 0) {
      CheckReports();
      CheckResponses();
      CheckMakeUps();
    }
  }
  EXPECT_GT(without_basis_, 0) << "invariant 5 was put to the test: something started in the dark";
  EXPECT_GT(accepted_, kSteps / 8) << "the steps do something";
  directory_.SetDown(false);
  plans_.SetDown(false);
  AwaitEffects();
  CheckMakeUps();
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
