// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/strings/str_format.h"
#include "absl/synchronization/mutex.h"
#include "services/alert/api.h"
#include "services/platform/base/status.h"

// An alert service for the tests of higher ones: keeps what it was asked, one effect per request id.
//
//   alert::FakeAlerts alerts;
//   alerts.SetDown(true);            // answers UNAVAILABLE
//   alerts.Refuse(status);           // the next call is refused once
//   EXPECT_EQ(alerts.notices().size(), 1);
namespace huying::alert {

class FakeAlerts final : public Api {
 public:
  struct Asked {
    context::CallContext context;
    v1::IssueNoticeRequest request;
    std::string name;
  };
  struct Lifted {
    context::CallContext context;
    v1::LiftAlertRequest request;
  };
  FakeAlerts() = default;

  void SetDown(bool down) {
    absl::MutexLock lock(&mutex_);
    down_ = down;
  }
  void Refuse(absl::Status status) {
    absl::MutexLock lock(&mutex_);
    refuse_ = std::move(status);
  }
  std::vector<Asked> notices() const {
    absl::MutexLock lock(&mutex_);
    return notices_;
  }
  std::vector<Lifted> lifted() const {
    absl::MutexLock lock(&mutex_);
    return lifted_;
  }

  absl::StatusOr<common::v1::Receipt> IssueNotice(const Context& context,
                                                  const v1::IssueNoticeRequest& request) override {
    absl::MutexLock lock(&mutex_);
    RETURN_IF_ERROR(Begin());
    const std::string id = Key(context, request.request_id());
    if (auto known = receipts_.find(id); known != receipts_.end()) return known->second;
    const std::string name =
        absl::StrFormat("alerts/2026-%04d", static_cast<int>(notices_.size()) + 1);
    notices_.push_back({context, request, name});
    return receipts_[id] = ReceiptOf(name, "ISSUED");
  }
  absl::StatusOr<common::v1::Receipt> LiftAlert(const Context& context,
                                                const v1::LiftAlertRequest& request) override {
    absl::MutexLock lock(&mutex_);
    RETURN_IF_ERROR(Begin());
    const std::string id = Key(context, request.request_id());
    if (auto known = receipts_.find(id); known != receipts_.end()) return known->second;
    lifted_.push_back({context, request});
    return receipts_[id] = ReceiptOf(request.name(), "LIFTED");
  }
  absl::StatusOr<v1::GetAlertResponse> GetAlert(const Context&,
                                                const v1::GetAlertRequest& request) override {
    absl::MutexLock lock(&mutex_);
    RETURN_IF_ERROR(Begin());
    for (const Asked& asked : notices_) {
      if (asked.name != request.name()) continue;
      v1::GetAlertResponse response;
      *response.mutable_alert() = AlertOf(asked);
      return response;
    }
    return base::NotFound(request.name());
  }
  absl::StatusOr<v1::ListAlertsResponse> ListAlerts(const Context&,
                                                    const v1::ListAlertsRequest& request) override {
    absl::MutexLock lock(&mutex_);
    RETURN_IF_ERROR(Begin());
    v1::ListAlertsResponse response;
    for (const Asked& asked : notices_) {
      const v1::Alert alert = AlertOf(asked);
      if (!request.refers_to().empty() && request.refers_to() != alert.refers_to()) continue;
      if (request.in_force_only() && alert.state() != v1::ISSUED) continue;
      *response.add_alerts() = alert;
    }
    return response;
  }
  absl::StatusOr<v1::ListRecipientsResponse> ListRecipients(
      const Context&, const v1::ListRecipientsRequest&) override {
    absl::MutexLock lock(&mutex_);
    RETURN_IF_ERROR(Begin());
    return v1::ListRecipientsResponse();
  }
  absl::StatusOr<v1::ListEscalationsResponse> ListEscalations(
      const Context&, const v1::ListEscalationsRequest&) override {
    absl::MutexLock lock(&mutex_);
    RETURN_IF_ERROR(Begin());
    return v1::ListEscalationsResponse();
  }
  absl::StatusOr<v1::RollUp> GetRollUp(const Context&,
                                       const v1::GetRollUpRequest& request) override {
    absl::MutexLock lock(&mutex_);
    RETURN_IF_ERROR(Begin());
    v1::RollUp picture;
    picture.set_alert(request.alert());
    return picture;
  }

 private:
  static std::string Key(const Context& context, const std::string& request_id) {
    return context.principal + "\n" + request_id;
  }
  absl::Status Begin() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    if (down_) {
      return base::Unavailable(base::Reason::LOWER_SERVICE_UNAVAILABLE, "预警服务没有应答",
                               "the alert service does not answer");
    }
    return std::exchange(refuse_, absl::OkStatus());
  }
  common::v1::Receipt ReceiptOf(const std::string& name, const std::string& state)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    common::v1::Receipt receipt;
    receipt.set_name(name);
    receipt.set_version(1);
    receipt.set_state(state);
    receipt.set_ledger("alert");
    receipt.set_seq(++seq_);
    return receipt;
  }
  v1::Alert AlertOf(const Asked& asked) const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    v1::Alert alert;
    alert.set_name(asked.name);
    alert.set_kind(v1::NOTICE);
    alert.set_state(v1::ISSUED);
    for (const Lifted& lifted : lifted_) {
      if (lifted.request.name() == asked.name) alert.set_state(v1::LIFTED);
    }
    alert.set_title(asked.request.title());
    alert.set_text(asked.request.text());
    alert.set_urgent(asked.request.urgent());
    alert.set_refers_to(asked.request.refers_to());
    alert.set_case_id(asked.request.case_id());
    *alert.mutable_target_areas() = asked.request.target_areas();
    return alert;
  }

  mutable absl::Mutex mutex_;
  std::vector<Asked> notices_ ABSL_GUARDED_BY(mutex_);
  std::vector<Lifted> lifted_ ABSL_GUARDED_BY(mutex_);
  std::map<std::string, common::v1::Receipt> receipts_ ABSL_GUARDED_BY(mutex_);
  int64_t seq_ ABSL_GUARDED_BY(mutex_) = 0;
  bool down_ ABSL_GUARDED_BY(mutex_) = false;
  absl::Status refuse_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace huying::alert
