// SPDX-License-Identifier: Apache-2.0
#include "services/alert/api.h"

namespace huying::alert {
namespace {
constexpr char kIssueNotice[] = "huying.alert.v1.AlertService/IssueNotice";
constexpr char kLiftAlert[] = "huying.alert.v1.AlertService/LiftAlert";
constexpr char kGetAlert[] = "huying.alert.v1.AlertService/GetAlert";
constexpr char kListAlerts[] = "huying.alert.v1.AlertService/ListAlerts";
constexpr char kListRecipients[] = "huying.alert.v1.AlertService/ListRecipients";
constexpr char kListEscalations[] = "huying.alert.v1.AlertService/ListEscalations";
constexpr char kGetRollUp[] = "huying.alert.v1.AlertService/GetRollUp";
}  // namespace

absl::StatusOr<common::v1::Receipt> Api::IssueNotice(const Context& context,
                                                     const v1::IssueNoticeRequest& request) {
  return rpc::Call<common::v1::Receipt>(*caller_, context, kIssueNotice, request);
}
absl::StatusOr<common::v1::Receipt> Api::LiftAlert(const Context& context,
                                                   const v1::LiftAlertRequest& request) {
  return rpc::Call<common::v1::Receipt>(*caller_, context, kLiftAlert, request);
}
absl::StatusOr<v1::GetAlertResponse> Api::GetAlert(const Context& context,
                                                   const v1::GetAlertRequest& request) {
  return rpc::Call<v1::GetAlertResponse>(*caller_, context, kGetAlert, request);
}
absl::StatusOr<v1::ListAlertsResponse> Api::ListAlerts(const Context& context,
                                                       const v1::ListAlertsRequest& request) {
  return rpc::Call<v1::ListAlertsResponse>(*caller_, context, kListAlerts, request);
}
absl::StatusOr<v1::ListRecipientsResponse> Api::ListRecipients(
    const Context& context, const v1::ListRecipientsRequest& request) {
  return rpc::Call<v1::ListRecipientsResponse>(*caller_, context, kListRecipients, request);
}
absl::StatusOr<v1::ListEscalationsResponse> Api::ListEscalations(
    const Context& context, const v1::ListEscalationsRequest& request) {
  return rpc::Call<v1::ListEscalationsResponse>(*caller_, context, kListEscalations, request);
}
absl::StatusOr<v1::RollUp> Api::GetRollUp(const Context& context,
                                          const v1::GetRollUpRequest& request) {
  return rpc::Call<v1::RollUp>(*caller_, context, kGetRollUp, request);
}

}  // namespace huying::alert
