// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "services/alert/alert_service.h"
#include "services/alert/projection.h"
#include "services/alert/store.h"
#include "services/alert/testing/records.h"
#include "services/directory/api_fake.h"
#include "services/platform/duty/obligation.h"
#include "services/platform/guard/makeups.h"
#include "services/platform/push/testing/pumped_hub.h"
#include "services/platform/rpc/testing/kept_sink.h"
#include "services/platform/sql/fake_driver.h"
#include "services/platform/sql/sqlite/sqlite.h"

// For tests only: the alert service on a real ledger, with the fake directory of 兴山区 and a hub that
// delivers when it is pumped.
namespace huying::alert {

using common::v1::Receipt;

using push::testing::PumpedHub;
using rpc::testing::KeptSink;

class AlertBench : public ::testing::Test {
 protected:
  AlertBench() {
    std::string pattern = ::testing::TempDir() + "/alert-XXXXXX";
    folder_ = ::mkdtemp(pattern.data());
    auto table =
        huying::rules::RuleTable::FromTextFile(HUYING_SOURCE_DIR "/deploy/config/rules.textproto");
    EXPECT_TRUE(table.ok()) << table.status();
    rules_ = std::make_unique<huying::rules::RuleTable>(*std::move(table));
    Open();
  }
  ~AlertBench() override {
    Shut();
    std::filesystem::remove_all(folder_);
  }
  void Shut() {
    if (ledger_) ledger_->Stop();
    alerts_.reset();
    hub_.reset();
    ledger_.reset();
  }
  void Open(absl::Duration heartbeat = absl::InfiniteDuration()) {
    Shut();
    auto opened = ledger::Ledger::Open(engine_,
                                       {.service = "alert",
                                        .realm = "live",
                                        .path = folder_ + "/alert.db",
                                        .installation = "test",
                                        .clock = &clock_,
                                        .machine_clock = &clock_},
                                       AlertKinds());
    ASSERT_TRUE(opened.ok()) << opened.status();
    ledger_ = *std::move(opened);
    hub_ = std::make_unique<PumpedHub>(*ledger_, ProjectAlertEvent);
    alerts_ =
        std::make_unique<AlertService>(AlertService::Needs{.ledger = *ledger_,
                                                           .clock = clock_,
                                                           .hub = *hub_,
                                                           .directory = directory_,
                                                           .rules = *rules_,
                                                           .mark = "",
                                                           .feed = {.heartbeat = heartbeat},
                                                           .roll_up_pause = absl::ZeroDuration()});
  }

  context::CallContext As(const std::string& post, const std::string& act = "") {
    context::CallContext context = directory_.As("posts/" + post);
    context.method = "huying.alert.v1.AlertService/" + act;
    return context;
  }
  absl::StatusOr<Receipt> Run(const context::CallContext& context, const std::string& act,
                              absl::StatusOr<ledger::Command> command) {
    if (!command.ok()) return command.status();
    command->context = context;
    command->act = "alert." + act;
    return ledger_->ExecuteAndWait(*std::move(command), absl::Seconds(20));
  }
  // A use case as the pipeline runs it.
  template <typename Request>
  absl::StatusOr<Receipt> Do(
      const context::CallContext& context, const std::string& act,
      AlertService::Command (AlertService::*use_case)(const context::CallContext&, const Request&),
      const Request& request) {
    return Run(context, act, (alerts_.get()->*use_case)(context, request));
  }

  // Everything that is due now, as the timekeeper does it. Returns how many rows fired.
  int FireDue() {
    int fired = 0;
    for (int round = 0; round < 100; ++round) {
      auto due = ledger_->Due(clock_.Now(), 100);
      EXPECT_TRUE(due.ok()) << due.status();
      if (due->empty()) return fired;
      for (const auto& row : *due) {
        context::CallContext context;
        context.realm = "live";
        context.received_at = clock_.Now();
        context.actor.set_system("alert.timekeeper");
        const std::string& handler = row.deadline.handler;
        absl::StatusOr<ledger::Command> command = absl::NotFoundError(handler);
        if (handler == rules::kAnswerLimitHandler)
          command = alerts_->AnswerLimitPassed(context, row);
        if (handler == rules::kLadderWaitHandler) command = alerts_->LadderWaitPassed(context, row);
        if (handler == rules::kExpiryHandler) command = alerts_->ExpiryReached(context, row);
        if (handler == rules::kResolveHandler)
          command = alerts_->ResolveRecipientsDue(context, row);
        if (handler == duty::kDueHandler) command = alerts_->ObligationFellDue()(context, row);
        if (handler == guard::kMakeUpHandler) {
          command = guard::MakeUpDue(&AlertService::MakeUpChannels)(context, row);
        }
        if (command.ok()) command->in_outage = row.in_outage;
        auto receipt = Run(context, handler, std::move(command));
        EXPECT_TRUE(receipt.ok()) << handler << ": " << receipt.status();
        ++fired;
      }
    }
    ADD_FAILURE() << "due rows never end";
    return fired;
  }
  int FireAfter(absl::Duration wait) {
    clock_.Advance(wait);
    return FireDue();
  }

  v1::IssueNoticeRequest Notice(const std::string& area, bool urgent = true) {
    v1::IssueNoticeRequest request = testing::Notice(area);
    request.set_urgent(urgent);
    return request;
  }
  std::string Issue(const std::string& post, const v1::IssueNoticeRequest& request) {
    auto receipt = Do(As(post), "IssueNotice", &AlertService::IssueNotice, request);
    EXPECT_TRUE(receipt.ok()) << receipt.status();
    return receipt.ok() ? receipt->name() : "";
  }
  absl::StatusOr<Receipt> Answer(const std::string& post, const std::string& alert,
                                 v1::AnswerKind kind = v1::RECEIVED, const std::string& text = "") {
    v1::AnswerRequest request;
    request.set_alert(alert);
    request.set_kind(kind);
    request.set_text(text);
    return Do(As(post), "Answer", &AlertService::Answer, request);
  }
  v1::Alert Get(const std::string& name) {
    v1::GetAlertRequest request;
    request.set_name(name);
    auto response = alerts_->GetAlert(As("district-duty"), request);
    EXPECT_TRUE(response.ok()) << response.status();
    return response.ok() ? response->alert() : v1::Alert();
  }
  std::map<std::string, v1::Recipient> Recipients(const std::string& alert) {
    v1::ListRecipientsRequest request;
    request.set_alert(alert);
    request.set_page_size(500);
    auto response = alerts_->ListRecipients(As("district-duty"), request);
    EXPECT_TRUE(response.ok()) << response.status();
    std::map<std::string, v1::Recipient> found;
    for (const auto& recipient : response->recipients()) found[recipient.post()] = recipient;
    return found;
  }
  std::map<std::string, v1::Escalation> Escalations(const std::string& alert) {
    v1::ListEscalationsRequest request;
    request.set_alert(alert);
    auto response = alerts_->ListEscalations(As("district-duty"), request);
    std::map<std::string, v1::Escalation> found;
    for (const auto& step : response->escalations()) {
      found[step.name().substr(step.name().rfind('/') + 1)] = step;
    }
    return found;
  }
  ledger::StoredEntry LastEntry() {
    auto reader = *ledger_->Read();
    return reader->Entries(*reader->HeadSeq() - 1, 1)->front();
  }
  static std::vector<std::string> FlagsOf(const Receipt& receipt) {
    std::vector<std::string> ids;
    for (const auto& flag : receipt.flags()) ids.push_back(flag.rule_id());
    return ids;
  }
  static base::Reason ReasonOf(const absl::Status& status) {
    return base::ProblemOf(status).reason();
  }

  std::string folder_;
  base::ManualClock clock_{testing::kNow};
  sql::CountingEngine engine_{sql::MakeSqliteEngine()};
  directory::FakeDirectory directory_{clock_};
  std::unique_ptr<huying::rules::RuleTable> rules_;
  std::unique_ptr<ledger::Ledger> ledger_;
  std::unique_ptr<PumpedHub> hub_;
  std::unique_ptr<AlertService> alerts_;
};

}  // namespace huying::alert
