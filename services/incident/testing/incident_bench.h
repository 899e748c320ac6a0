// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <memory>
#include <optional>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "services/alert/api_fake.h"
#include "services/directory/api_fake.h"
#include "services/incident/incident_service.h"
#include "services/incident/response_effects.h"
#include "services/incident/store.h"
#include "services/plan/api_fake.h"
#include "services/platform/base/status.h"
#include "services/platform/base/temp_dir_fake.h"
#include "services/platform/ledger/reactor.h"
#include "services/platform/ledger/timekeeper.h"
#include "services/platform/push/testing/pumped_hub.h"
#include "services/platform/rpc/testing/kept_sink.h"
#include "services/platform/sql/sqlite/sqlite.h"
#include "tests/support/test_ledger.h"

// For tests only: the incident service on a real ledger, with the fake directory of 兴山区, the shipped
// plan, and a fake alert service that the reactor fills.
namespace huying::incident {

using common::v1::Receipt;

inline std::string ReadRepoFile(const std::string& path) {
  std::ifstream file(std::string(HUYING_SOURCE_DIR) + "/" + path);
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

class IncidentBench : public ::testing::Test {
 protected:
  IncidentBench() {
    auto table =
        ::huying::rules::RuleTable::FromText(ReadRepoFile("deploy/config/rules.textproto"));
    EXPECT_TRUE(table.ok()) << table.status();
    table_ = *std::move(table);
    auto plan = plans_.Import(ReadRepoFile("deploy/config/xingshan/plans/mine-accident.yaml"));
    EXPECT_TRUE(plan.ok()) << plan.status();
    keys_ = *privacy::KeyStore::Open(*engine_, dir_ / "keys.db", ledger_.machine_clock);
    Wire();
  }
  ~IncidentBench() override { StopFollowers(); }

  void Wire() {
    hub_ = std::make_unique<push::testing::PumpedHub>(*ledger_, duty::ProjectInbox);
    service_ = MakeService(*hub_);
  }
  std::unique_ptr<IncidentService> MakeService(push::Hub& hub) {
    return std::make_unique<IncidentService>(*ledger_, ledger_.clock, hub, directory_, plans_,
                                             privacy::Sealer(*keys_, "live"), table_);
  }
  // The process dies and comes back: followers stop where they are, the ledger is opened anew.
  void Restart() {
    StopFollowers();
    service_.reset();
    hub_.reset();
    ledger_.Open();
    Wire();
  }
  void StopFollowers() {
    if (timekeeper_) timekeeper_->Stop();
    timekeeper_.reset();
    if (reactor_) reactor_->Stop();
    reactor_.reset();
  }

  // --- Time
  absl::Time Now() const { return ledger_.clock.Now(); }
  void StartTimekeeper() {
    const auto handler = [this](IncidentService::Command (IncidentService::*use_case)(
                             const context::CallContext&, const IncidentService::Due&)) {
      return
          [this, use_case](const context::CallContext& context, const IncidentService::Due& due) {
            return (service_.get()->*use_case)(context, due);
          };
    };
    timekeeper_ = std::make_unique<ledger::Timekeeper>(
        *ledger_, ledger_.clock,
        std::map<std::string, ledger::DueHandler>{
            {duty::kDueHandler, handler(&IncidentService::ObligationFellDue)},
            {kAreaPathHandler, handler(&IncidentService::AreaPathDue)}});
    timekeeper_->Start();
  }
  // Moves the realm's clock and waits, bounded, until everything due has been decided.
  void Advance(absl::Duration by) {
    if (!timekeeper_) StartTimekeeper();
    ledger_.clock.Advance(by);
    ledger_.machine_clock.Advance(by);
    timekeeper_->Poke();
    AwaitThat([this] { return timekeeper_->Idle(Now()); });
  }
  template <typename Ready>
  void AwaitThat(const Ready& ready) {
    const absl::Time limit = base::SystemClock().Now() + absl::Seconds(30);
    while (!ready() && base::SystemClock().Now() < limit) {
      ledger_->WaitPast(ledger_->Head().seq, absl::Milliseconds(5));
    }
    ASSERT_TRUE(ready()) << "waited 30 s";
  }

  // --- The reactor
  void StartReactor() {
    reactor_ = std::make_unique<ledger::ReactorRunner>(
        *ledger_, ledger_.clock, ledger_.machine_clock, std::make_unique<ResponseEffects>(alerts_),
        ledger::ReactorOptions{.backoff_min = absl::Milliseconds(1),
                               .backoff_max = absl::Milliseconds(5)});
    reactor_->Start();
  }
  void AwaitEffects() {
    if (!reactor_) StartReactor();
    AwaitThat([this] { return reactor_->Lag() == 0; });
  }

  // --- Acts, as the pipeline does them: facts that changed are gathered again.
  template <typename Request>
  absl::StatusOr<Receipt> Do(IncidentService::Command (IncidentService::*use_case)(
                                 const context::CallContext&, const Request&),
                             const Request& request, std::string_view post) {
    return DoAs(use_case, request, directory_.As(post));
  }
  template <typename Request>
  absl::StatusOr<Receipt> DoAs(IncidentService::Command (IncidentService::*use_case)(
                                   const context::CallContext&, const Request&),
                               const Request& request, context::CallContext context) {
    context.request_id = request.request_id();
    if (context.request_id.empty()) context.request_id = absl::StrCat("auto-", ++requests_);
    std::string act = Request::descriptor()->name();
    act.resize(act.size() - 7);  // "Request"
    absl::StatusOr<Receipt> receipt;
    for (int round = 0; round < 3; ++round) {
      receipt = ledger_.Run((service_.get()->*use_case)(context, request), context,
                            absl::StrCat("incident.", act));
      if (receipt.status().code() != absl::StatusCode::kAborted) break;
    }
    return receipt;
  }

  std::string TakeIn(int64_t missing = 139) {
    v1::TakeIntakeRequest request;
    request.set_title("新兴煤矿瓦斯爆炸");
    request.set_area("230407001001");
    request.set_event_class(v1::ACCIDENT);
    request.set_event_code("coal-mine");
    request.mutable_figures()->set_missing(missing);
    request.mutable_reporter()->set_person_name("王小明");
    request.mutable_reporter()->set_phone("13812340001");
    request.mutable_reporter()->set_source("矿调度室");
    auto receipt = Do(&IncidentService::TakeIntake, request, "posts/pingan-duty");
    EXPECT_TRUE(receipt.ok()) << receipt.status();
    return receipt.ok() ? receipt->name() : "";
  }
  std::string Confirmed(int64_t missing = 139, const std::string& lead = "units/emergency") {
    std::string name = TakeIn(missing);
    v1::TakeOverRequest take;
    take.set_name(name);
    EXPECT_TRUE(Do(&IncidentService::TakeOver, take, "posts/district-duty").ok());
    v1::ConfirmIncidentRequest confirm;
    confirm.set_name(name);
    confirm.set_lead_department(lead);
    auto receipt = Do(&IncidentService::ConfirmIncident, confirm, "posts/district-duty");
    EXPECT_TRUE(receipt.ok()) << receipt.status();
    return name;
  }
  v1::ActivateResponseRequest StartOf(const std::string& incident, int level = 1) {
    v1::ActivateResponseRequest request;
    request.set_incident(incident);
    request.set_plan("plans/mine-accident");
    request.set_level(level);
    return request;
  }
  std::string Activated(const std::string& incident, int level = 1) {
    auto receipt =
        Do(&IncidentService::ActivateResponse, StartOf(incident, level), "posts/commander");
    EXPECT_TRUE(receipt.ok()) << receipt.status();
    return receipt.ok() ? receipt->name() : "";
  }
  absl::StatusOr<Receipt> EndOf(const std::string& response) {
    v1::EndResponseRequest request;
    request.set_name(response);
    request.set_reason("搜救结束");
    return Do(&IncidentService::EndResponse, request, "posts/commander");
  }
  absl::StatusOr<Receipt> Drafted(const std::string& incident, v1::ReportKind kind,
                                  v1::ReportChain chain = v1::GOVERNMENT) {
    v1::DraftReportRequest request;
    request.set_incident(incident);
    request.set_chain(chain);
    request.set_kind(kind);
    request.mutable_content()->set_text("情况报告");
    request.mutable_content()->add_receivers()->set_body("鹤岗市政府总值班室");
    return Do(&IncidentService::DraftReport, request, "posts/district-duty");
  }
  absl::StatusOr<Receipt> Told(const std::string& report) {
    v1::SendReportOrallyRequest request;
    request.set_name(report);
    request.set_body("鹤岗市政府总值班室");
    request.set_taken_by("赵某");
    return Do(&IncidentService::SendReportOrally, request, "posts/district-duty");
  }
  absl::StatusOr<Receipt> SignedAndSent(const std::string& report) {
    v1::SignReportRequest sign;
    sign.set_name(report);
    auto done = Do(&IncidentService::SignReport, sign, "posts/report-signer");
    if (!done.ok()) return done;
    v1::SendReportRequest send;
    send.set_name(report);
    return Do(&IncidentService::SendReport, send, "posts/district-duty");
  }
  common::v1::Urgency Urgent() {
    common::v1::Urgency urgency;
    urgency.set_reason("夜间无法联系领导");
    urgency.set_authorised_by("总指挥（电话）");
    urgency.set_channel(common::v1::Urgency::PHONE);
    *urgency.mutable_at() = base::ToProto(Now());
    return urgency;
  }

  // --- What stands in the ledger
  template <typename T>
  T Get(const ledger::RecordKind<T>& kind, const std::string& key) {
    auto stored = (*ledger_->Read())->Get(kind, key);
    EXPECT_TRUE(stored.ok()) << stored.status();
    return stored.ok() ? stored->value : T();
  }
  template <typename T>
  std::vector<T> All(const ledger::RecordKind<T>& kind) {
    std::vector<T> values;
    auto stored = (*ledger_->Read())->All(kind, {});
    EXPECT_TRUE(stored.ok()) << stored.status();
    for (auto& item : *stored) values.push_back(std::move(item.value));
    return values;
  }
  v1::Incident Incident(const std::string& name) { return Get(kIncidents, name); }
  v1::Response Response(const std::string& name) { return Get(kResponses, name); }
  // "report.first-oral-GOVERNMENT", "incident.verify-2"
  duty::Obligation Clock(const std::string& subject, const std::string& id) {
    return Get(duty::kObligations, duty::NameOf(subject, id));
  }
  // Of one kind, those that are still owed.
  std::vector<duty::Obligation> Owed(duty::Obligation::Kind kind) {
    std::vector<duty::Obligation> owed;
    for (const auto& one : All(duty::kObligations)) {
      if (one.kind() == kind && duty::IsOpen(one.state())) owed.push_back(one);
    }
    return owed;
  }
  // Rules of what has passed its limit and is still owed.
  std::vector<std::string> OverdueRules() {
    std::vector<std::string> rules;
    for (const auto& one : All(duty::kObligations)) {
      if (one.state() == duty::Obligation::OVERDUE) rules.push_back(one.rule_id());
    }
    return rules;
  }
  duty::Obligation::State MakeUp(const std::string& name) {
    return Get(duty::kObligations, name).state();
  }
  std::vector<std::string> OpenItemRules() {
    std::vector<std::string> rules;
    for (const auto& item : Owed(duty::Obligation::ITEM)) rules.push_back(item.rule_id());
    return rules;
  }
  platform::v1::Entry LastEntry() {
    auto entries = (*ledger_->Read())->Entries(ledger_->Head().seq - 1, 1);
    return entries.ok() && !entries->empty() ? entries->front().entry : platform::v1::Entry();
  }
  bool HasFlag(const Receipt& receipt, const std::string& rule) {
    for (const auto& flag : receipt.flags()) {
      if (flag.rule_id() == rule) return true;
    }
    return false;
  }

  base::TempDir dir_;
  std::unique_ptr<sql::Engine> engine_ = sql::MakeSqliteEngine();
  testing::TestLedger ledger_{"incident", IncidentKinds()};
  directory::FakeDirectory directory_{ledger_.clock};
  plan::FakePlans plans_;
  alert::FakeAlerts alerts_;
  ::huying::rules::RuleTable table_;
  std::unique_ptr<privacy::KeyStore> keys_;
  std::unique_ptr<push::testing::PumpedHub> hub_;
  std::unique_ptr<IncidentService> service_;
  std::unique_ptr<ledger::Timekeeper> timekeeper_;
  std::unique_ptr<ledger::ReactorRunner> reactor_;
  int requests_ = 0;
};

}  // namespace huying::incident
