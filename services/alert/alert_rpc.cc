// SPDX-License-Identifier: Apache-2.0
#include "services/alert/alert_rpc.h"

#include <utility>

namespace huying::alert {

void RegisterAlert(rpc::RouteTable& table, rpc::Routes<AlertService>::FindService find,
                   rpc::Routes<AlertService>::FindLedger find_ledger) {
  rpc::Routes<AlertService> routes(table, "huying.alert.v1.AlertService", std::move(find),
                                   std::move(find_ledger));
  routes.Mutation("IssueNotice", &AlertService::IssueNotice);

  routes.Mutation("DraftWarning", &AlertService::DraftWarning);
  routes.Mutation("ReviewWarning", &AlertService::ReviewWarning);
  routes.Mutation("SignWarning", &AlertService::SignWarning);
  routes.Mutation("IssueWarning", &AlertService::IssueWarning);
  routes.Mutation("AdjustWarning", &AlertService::AdjustWarning);
  routes.Mutation("ExtendWarning", &AlertService::ExtendWarning);
  routes.Mutation("WithdrawDraft", &AlertService::WithdrawDraft);
  routes.Mutation("LiftAlert", &AlertService::LiftAlert);
  routes.Mutation("RetractAlert", &AlertService::RetractAlert);
  routes.Mutation("DecideOnResponse", &AlertService::DecideOnResponse);

  routes.Mutation("ReportReceipts", &AlertService::ReportReceipts);
  routes.Mutation("Answer", &AlertService::Answer);

  routes.Read("GetAlert", &AlertService::GetAlert);
  routes.Read("ListAlerts", &AlertService::ListAlerts);
  routes.Read("ListRecipients", &AlertService::ListRecipients);
  routes.Read("ListEscalations", &AlertService::ListEscalations);
  routes.Read("ListMakeUps", &AlertService::ListMakeUps);
  routes.Read("GetRollUp", &AlertService::GetRollUp);
  routes.Stream("WatchRollUp", &AlertService::WatchRollUp);
  routes.Read("ListObligations", &AlertService::ListObligations);
  routes.Stream("Subscribe", &AlertService::Subscribe);
}

}  // namespace huying::alert
