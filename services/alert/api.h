// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "absl/status/statusor.h"
#include "huying/alert/v1/alert_service.pb.h"
#include "huying/common/v1/common.pb.h"
#include "services/platform/context/call_context.h"
#include "services/platform/rpc/caller.h"

// What higher services (incident, drill) may ask of alert, the same whether it lives in this process or
// not. A reactor issues notices through it, with the step's request id:
//
//   alert::Api alerts(caller);
//   auto receipt = alerts.IssueNotice(context, request);   // "alerts/2026-0007", ISSUED
//   auto picture = alerts.GetRollUp(context, of);
//
// Thread-safe. Blocks until the answer or `context.deadline`. Virtual for `api_fake.h` alone.
namespace huying::alert {

class Api {
 public:
  // The caller must outlive it.
  explicit Api(rpc::Caller& caller) : caller_(&caller) {}
  virtual ~Api() = default;
  using Context = context::CallContext;

  virtual absl::StatusOr<common::v1::Receipt> IssueNotice(const Context& context,
                                                          const v1::IssueNoticeRequest& request);
  virtual absl::StatusOr<common::v1::Receipt> LiftAlert(const Context& context,
                                                        const v1::LiftAlertRequest& request);
  virtual absl::StatusOr<v1::GetAlertResponse> GetAlert(const Context& context,
                                                        const v1::GetAlertRequest& request);
  virtual absl::StatusOr<v1::ListAlertsResponse> ListAlerts(const Context& context,
                                                            const v1::ListAlertsRequest& request);
  virtual absl::StatusOr<v1::ListRecipientsResponse> ListRecipients(
      const Context& context, const v1::ListRecipientsRequest& request);
  virtual absl::StatusOr<v1::ListEscalationsResponse> ListEscalations(
      const Context& context, const v1::ListEscalationsRequest& request);
  virtual absl::StatusOr<v1::RollUp> GetRollUp(const Context& context,
                                               const v1::GetRollUpRequest& request);

 protected:
  Api() = default;  // for fakes, which override every virtual

 private:
  rpc::Caller* caller_ = nullptr;
};

}  // namespace huying::alert
