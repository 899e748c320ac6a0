// SPDX-License-Identifier: Apache-2.0
#include "services/incident/incident_rpc.h"

#include <utility>

namespace huying::incident {

void RegisterIncident(rpc::RouteTable& table, rpc::Routes<IncidentService>::FindService find,
                      rpc::Routes<IncidentService>::FindLedger find_ledger) {
  rpc::Routes<IncidentService> routes(table, "huying.incident.v1.IncidentService", std::move(find),
                                      std::move(find_ledger));
  routes.Mutation("TakeIntake", &IncidentService::TakeIntake);
  routes.Mutation("TakeOver", &IncidentService::TakeOver);
  routes.Mutation("ConfirmIncident", &IncidentService::ConfirmIncident);
  routes.Mutation("RejectIncident", &IncidentService::RejectIncident);
  routes.Mutation("TransferIncident", &IncidentService::TransferIncident);
  routes.Mutation("RecordTransferReceipt", &IncidentService::RecordTransferReceipt);
  routes.Mutation("SetLeadDepartment", &IncidentService::SetLeadDepartment);
  routes.Mutation("StartFirstHandling", &IncidentService::StartFirstHandling);
  routes.Mutation("RecordFigures", &IncidentService::RecordFigures);
  routes.Mutation("SetLevel", &IncidentService::SetLevel);
  routes.Mutation("MarkControlled", &IncidentService::MarkControlled);
  routes.Mutation("Relapse", &IncidentService::Relapse);
  routes.Mutation("EndIncident", &IncidentService::EndIncident);
  routes.Mutation("DraftReport", &IncidentService::DraftReport);
  routes.Mutation("SendReportOrally", &IncidentService::SendReportOrally);
  routes.Mutation("SignReport", &IncidentService::SignReport);
  routes.Mutation("SendReport", &IncidentService::SendReport);
  routes.Mutation("RecordReportReceipt", &IncidentService::RecordReportReceipt);
  routes.Mutation("ReturnReport", &IncidentService::ReturnReport);
  routes.Mutation("ProposeResponse", &IncidentService::ProposeResponse);
  routes.Mutation("DeclineResponse", &IncidentService::DeclineResponse);
  routes.Mutation("ActivateResponse", &IncidentService::ActivateResponse);
  routes.Mutation("MakeUpResponse", &IncidentService::MakeUpResponse);
  routes.Mutation("AdjustResponse", &IncidentService::AdjustResponse);
  routes.Mutation("HandOverResponse", &IncidentService::HandOverResponse);
  routes.Mutation("EndResponse", &IncidentService::EndResponse);
  routes.Mutation("AssignTask", &IncidentService::AssignTask);
  routes.Mutation("AcceptTask", &IncidentService::AcceptTask);
  routes.Mutation("ReportTaskProgress", &IncidentService::ReportTaskProgress);
  routes.Mutation("CompleteTask", &IncidentService::CompleteTask);
  routes.Mutation("DeclineTask", &IncidentService::DeclineTask);
  routes.Mutation("VerifyTask", &IncidentService::VerifyTask);
  routes.Mutation("CloseOpenItem", &IncidentService::CloseOpenItem);
  routes.Read("GetIncident", &IncidentService::GetIncident);
  routes.Read("ListIncidents", &IncidentService::ListIncidents);
  routes.Read("ListReports", &IncidentService::ListReports);
  routes.Read("GetResponse", &IncidentService::GetResponse);
  routes.Read("ListResponses", &IncidentService::ListResponses);
  routes.Read("ListTasks", &IncidentService::ListTasks);
  routes.Read("ListObligations", &IncidentService::ListObligations);
  routes.Stream("WatchInbox", &IncidentService::WatchInbox);
}

}  // namespace huying::incident
