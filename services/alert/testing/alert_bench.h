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
#include "services/platform/guard/makeups.h"
#include "services/platform/sql/fake_driver.h"
#include "services/platform/sql/sqlite/sqlite.h"

// For tests only: the alert service on a real ledger, with the fake directory of 兴山区 and a hub that
// delivers when it is pumped.
namespace huying::alert {

using common::v1::Receipt;

// Reads the journal when told; delivers each entry once per subscription, in seq order.
class PumpedHub final : public push::Hub {
 public:
  explicit PumpedHub(ledger::Ledger& ledger) : ledger_(ledger) {}

  absl::StatusOr<std::unique_ptr<push::Subscription>> Subscribe(
      std::vector<std::string> channels, int64_t after_seq,
      std::function<void(const push::Event&)> callback) override {
    absl::MutexLock lock(&mutex_);
    const int id = ++last_id_;
    rows_[id] = {std::move(channels), after_seq, std::move(callback)};
    return std::make_unique<Ticket>(*this, id);
  }
  void ProveNow() override { Pump(); }
  std::pair<int64_t, int64_t> Progress(int64_t) const override { return {0, 0}; }
  bool redis_up() const override { return up; }

  // `proven`: complete_to moves with the events; otherwise it stays where it was.
  void Pump(bool proven = true) {
    absl::MutexLock lock(&mutex_);
    auto reader = *ledger_.Read();
    const int64_t head = *reader->HeadSeq();
    for (auto& [id, row] : rows_) {
      auto entries = *reader->ChannelEntries(row.channels, row.after, 10'000);
      for (const auto& item : entries) {
        push::Event event{.seq = item.entry.entry.seq(), .bytes = ProjectAlertEvent(item.entry)};
        event.complete_to = proven ? event.seq : row.complete;
        row.callback(event);
        if (twice) row.callback(event);
        row.after = event.seq;
      }
      if (!proven) continue;
      row.complete = row.after = head;
      row.callback({.complete_to = head, .progress_only = true});
    }
  }
  bool up = true;
  bool twice = false;  // at least once means it may come again

 private:
  struct Row {
    std::vector<std::string> channels;
    int64_t after = 0;
    std::function<void(const push::Event&)> callback;
    int64_t complete = 0;
  };
  class Ticket final : public push::Subscription {
   public:
    Ticket(PumpedHub& hub, int id) : hub_(hub), id_(id) {}
    ~Ticket() override {
      absl::MutexLock lock(&hub_.mutex_);
      hub_.rows_.erase(id_);
    }

   private:
    PumpedHub& hub_;
    const int id_;
  };
  ledger::Ledger& ledger_;
  absl::Mutex mutex_;
  int last_id_ = 0;
  std::map<int, Row> rows_;
};

// Keeps what was sent; full after `room` events.
template <typename T>
class KeptSink final : public rpc::MessageSink {
 public:
  explicit KeptSink(int room = 1'000'000) : room_(room) {}
  bool Send(const google::protobuf::Message& event) override {
    absl::MutexLock lock(&mutex_);
    if (closed_ || static_cast<int>(events_.size()) >= room_) return false;
    events_.push_back(static_cast<const T&>(event));
    return true;
  }
  void Close(absl::Status status) override {
    std::vector<std::function<void()>> callbacks;
    {
      absl::MutexLock lock(&mutex_);
      if (closed_) return;
      closed_ = true;
      status_ = std::move(status);
      callbacks.swap(callbacks_);
    }
    for (auto& callback : callbacks) callback();
  }
  bool closed() const override {
    absl::MutexLock lock(&mutex_);
    return closed_;
  }
  void OnClosed(std::function<void()> callback) override {
    absl::MutexLock lock(&mutex_);
    callbacks_.push_back(std::move(callback));
  }
  int queued() const override { return 0; }

  std::vector<T> events() const {
    absl::MutexLock lock(&mutex_);
    return events_;
  }
  absl::Status status() const {
    absl::MutexLock lock(&mutex_);
    return status_;
  }
  // Waits, bounded, until `enough(events)`.
  template <typename Enough>
  bool Await(const Enough& enough) const {
    absl::MutexLock lock(&mutex_);
    const auto ready = [&] { return enough(events_); };
    return mutex_.AwaitWithTimeout(absl::Condition(&ready), absl::Seconds(20));
  }

 private:
  const int room_;
  mutable absl::Mutex mutex_;
  std::vector<T> events_;
  bool closed_ = false;
  absl::Status status_;
  std::vector<std::function<void()>> callbacks_;
};

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
    hub_ = std::make_unique<PumpedHub>(*ledger_);
    alerts_ = std::make_unique<AlertService>(AlertService::Needs{
        .ledger = *ledger_,
        .clock = clock_,
        .hub = *hub_,
        .directory = directory_,
        .rules = *rules_,
        .mark = "",
        .streams = {.heartbeat = heartbeat, .roll_up_pause = absl::ZeroDuration()}});
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
