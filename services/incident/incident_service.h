// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "absl/status/statusor.h"
#include "huying/incident/v1/incident_service.pb.h"
#include "services/directory/api.h"
#include "services/directory/facts.h"
#include "services/incident/case_tx.h"
#include "services/incident/references.h"
#include "services/incident/rules/competence.h"
#include "services/incident/rules/responses.h"
#include "services/plan/api.h"
#include "services/platform/base/clock.h"
#include "services/platform/context/call_context.h"
#include "services/platform/duty/inbox.h"
#include "services/platform/ledger/ledger.h"
#include "services/platform/ledger/timekeeper.h"
#include "services/platform/privacy/sealer.h"
#include "services/platform/push/hub.h"
#include "services/platform/rules/rule_table.h"

// Use cases of incident in one realm, named as the RPCs. Thread-safe: holds nothing but references.
// The module owns it and what it refers to.
//
//   IncidentService incidents(ledger, clock, directory, plans, sealer, rule_table);
//   ASSIGN_OR_RETURN(ledger::Command command, incidents.TakeIntake(context, request));
namespace huying::incident {

class IncidentService {
 public:
  template <typename T>
  using Answer = absl::StatusOr<T>;
  using Command = absl::StatusOr<ledger::Command>;
  using Context = context::CallContext;

  IncidentService(ledger::Ledger& ledger, const base::Clock& realm_clock, push::Hub& hub,
                  directory::Api& directory, plan::Api& plans, privacy::Sealer sealer,
                  const ::huying::rules::RuleTable& table)
      : ledger_(ledger),
        clock_(realm_clock),
        facts_(directory),
        references_(directory),
        plans_(plans),
        sealer_(std::move(sealer)),
        table_(table),
        inbox_(ledger, realm_clock, hub) {}

  // --- Intake and verification (incident_service.cc)
  Command TakeIntake(const Context& context, const v1::TakeIntakeRequest& request);
  Command TakeOver(const Context& context, const v1::TakeOverRequest& request);
  Command ConfirmIncident(const Context& context, const v1::ConfirmIncidentRequest& request);
  Command RejectIncident(const Context& context, const v1::RejectIncidentRequest& request);
  Command TransferIncident(const Context& context, const v1::TransferIncidentRequest& request);
  Command RecordTransferReceipt(const Context& context,
                                const v1::RecordTransferReceiptRequest& request);
  Command SetLeadDepartment(const Context& context, const v1::SetLeadDepartmentRequest& request);

  // --- Handling (incident_service_handling.cc)
  Command StartFirstHandling(const Context& context, const v1::StartFirstHandlingRequest& request);
  Command RecordFigures(const Context& context, const v1::RecordFiguresRequest& request);
  Command SetLevel(const Context& context, const v1::SetLevelRequest& request);
  Command MarkControlled(const Context& context, const v1::MarkControlledRequest& request);
  Command Relapse(const Context& context, const v1::RelapseRequest& request);
  Command EndIncident(const Context& context, const v1::EndIncidentRequest& request);

  // --- Information reports (incident_service_report.cc)
  Command DraftReport(const Context& context, const v1::DraftReportRequest& request);
  Command SendReportOrally(const Context& context, const v1::SendReportOrallyRequest& request);
  Command SignReport(const Context& context, const v1::SignReportRequest& request);
  Command SendReport(const Context& context, const v1::SendReportRequest& request);
  Command RecordReportReceipt(const Context& context,
                              const v1::RecordReportReceiptRequest& request);
  Command ReturnReport(const Context& context, const v1::ReturnReportRequest& request);

  // --- Responses (incident_service_response.cc)
  Command ProposeResponse(const Context& context, const v1::ProposeResponseRequest& request);
  Command DeclineResponse(const Context& context, const v1::DeclineResponseRequest& request);
  Command ActivateResponse(const Context& context, const v1::ActivateResponseRequest& request);
  Command MakeUpResponse(const Context& context, const v1::MakeUpResponseRequest& request);
  Command AdjustResponse(const Context& context, const v1::AdjustResponseRequest& request);
  Command HandOverResponse(const Context& context, const v1::HandOverResponseRequest& request);
  Command EndResponse(const Context& context, const v1::EndResponseRequest& request);

  // --- Tasks and open items (incident_service_task.cc)
  Command AssignTask(const Context& context, const v1::AssignTaskRequest& request);
  Command AcceptTask(const Context& context, const v1::AcceptTaskRequest& request);
  Command ReportTaskProgress(const Context& context, const v1::ReportTaskProgressRequest& request);
  Command CompleteTask(const Context& context, const v1::CompleteTaskRequest& request);
  Command DeclineTask(const Context& context, const v1::DeclineTaskRequest& request);
  Command VerifyTask(const Context& context, const v1::VerifyTaskRequest& request);
  Command CloseOpenItem(const Context& context, const v1::CloseOpenItemRequest& request);

  // --- Reads (incident_service_read.cc)
  Answer<v1::GetIncidentResponse> GetIncident(const Context& context,
                                              const v1::GetIncidentRequest& request);
  Answer<v1::ListIncidentsResponse> ListIncidents(const Context& context,
                                                  const v1::ListIncidentsRequest& request);
  Answer<v1::ListReportsResponse> ListReports(const Context& context,
                                              const v1::ListReportsRequest& request);
  Answer<v1::GetResponseResponse> GetResponse(const Context& context,
                                              const v1::GetResponseRequest& request);
  Answer<v1::ListResponsesResponse> ListResponses(const Context& context,
                                                  const v1::ListResponsesRequest& request);
  Answer<v1::ListTasksResponse> ListTasks(const Context& context,
                                          const v1::ListTasksRequest& request);
  Answer<common::v1::ListObligationsResponse> ListObligations(
      const Context& context, const common::v1::ListObligationsRequest& request);
  absl::Status WatchInbox(const Context& context, const common::v1::InboxRequest& request,
                          rpc::Sink<common::v1::InboxEvent> sink);

  // --- Due rows (incident_service_due.cc)
  using Due = ledger::Ledger::DueDeadline;
  // Something owed has passed its limit, or one more interval: it is told one post higher.
  Command ObligationFellDue(const Context& context, const Due& due);
  // Directory is asked again what lies above an incident that was taken down without it.
  Command AreaPathDue(const Context& context, const Due& due);

 private:
  // What was read of the ledger and asked of directory before the decision.
  struct Gathered {
    v1::Incident incident;
    std::optional<rules::Competence> competence;
    int64_t directory_seq = 0;
    bool wants_power_item = false;
    bool reports = false;  // to report, one need not stand above what is reported
  };
  using OnIncident = std::function<absl::Status(CaseTx& c, v1::Incident& incident)>;
  using OnReport =
      std::function<absl::Status(CaseTx& c, v1::Incident& incident, v1::Report& report)>;
  using OnResponse =
      std::function<absl::Status(CaseTx& c, v1::Incident& incident, v1::Response& response)>;
  using OnTask = std::function<absl::Status(CaseTx& c, v1::Task& task)>;

  template <typename T>
  absl::StatusOr<T> Snapshot(const ledger::RecordKind<T>& kind, std::string_view key);
  absl::StatusOr<Gathered> Gather(const Context& context, const std::string& incident,
                                  std::string_view permission);
  rules::Limits LimitsFor(const v1::Incident& incident, absl::Time at) const;
  CaseTx::LimitsOf LimitsOf() const;

  // A command on the current record: who may act is judged first, what `decide` changed of clocks,
  // chains and items is put after what it put itself.
  Command ForIncident(const Context& context, const std::string& name, std::string_view permission,
                      OnIncident decide);
  Command ForReport(const Context& context, const std::string& name, std::string_view permission,
                    OnReport decide);
  Command ForResponse(const Context& context, const std::string& name, std::string_view permission,
                      OnResponse decide);
  // Judged by the executor, not by the incident's area. Who helps is flagged; `declines` asks more.
  Command ForTask(const Context& context, const std::string& name, OnTask decide,
                  bool declines = false);
  static absl::Status Judge(ledger::Transaction& tx, const Gathered& gathered);

  // What the plan says of the level for the incident's facts now; `revision` 0 = in force.
  absl::StatusOr<rules::PlanFacts> AskPlan(const Context& context, const v1::Incident& incident,
                                           const std::string& plan, int revision, int level,
                                           int64_t* plan_seq);
  // Whom an overdue obligation is told next: the post above; at the top the commander, then the duty post.
  absl::StatusOr<std::string> PostAbove(const Context& context, const duty::Obligation& obligation,
                                        const std::string& post);
  // The duty post that receives a report of the actor's body, when that is known before the decision.
  std::string ReceivingPost(const Context& context) const;

  ledger::Ledger& ledger_;
  const base::Clock& clock_;
  const directory::Facts facts_;
  const References references_;
  plan::Api& plans_;
  privacy::Sealer sealer_;
  const ::huying::rules::RuleTable& table_;
  duty::Inbox inbox_;
};

}  // namespace huying::incident
