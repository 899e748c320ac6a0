// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "huying/alert/v1/alert_service.pb.h"
#include "services/alert/gather.h"
#include "services/alert/owed.h"
#include "services/alert/roll_ups.h"
#include "services/alert/rules/content.h"
#include "services/alert/rules/viewer.h"
#include "services/alert/send_out.h"
#include "services/alert/stream.h"
#include "services/directory/api.h"
#include "services/platform/base/clock.h"
#include "services/platform/context/call_context.h"
#include "services/platform/ledger/ledger.h"
#include "services/platform/ledger/timekeeper.h"
#include "services/platform/push/feed.h"
#include "services/platform/push/hub.h"
#include "services/platform/rpc/sink.h"
#include "services/platform/rules/rule_table.h"

// Warnings and notices, who must answer them and who has, in one realm. Methods are named as the RPCs.
// A mutation gathers and returns a ledger::Command; a read answers; a due handler is a mutation that the
// timekeeper calls.
//
//   AlertService alerts({.ledger = ledger, .clock = clock, .hub = hub, .directory = directory, .rules = table});
//   auto command = alerts.IssueNotice(context, request);   // the pipeline executes it
//
// Thread-safe. What `Needs` refers to must outlive it; the ledger is stopped before it goes.
namespace huying::alert {

class AlertService {
 public:
  struct Needs {
    ledger::Ledger& ledger;
    const base::Clock& clock;  // realm time
    push::Hub& hub;
    directory::Api& directory;
    const huying::rules::RuleTable& rules;
    std::string mark;  // 【演练】 in an exercise; what clients show of the mode
    push::FeedOptions feed = {};
    absl::Duration roll_up_pause = absl::Milliseconds(200);  // many answers, one picture
  };
  explicit AlertService(Needs needs);
  ~AlertService();

  using Context = context::CallContext;
  using Command = absl::StatusOr<ledger::Command>;

  Command IssueNotice(const Context& context, const v1::IssueNoticeRequest& request);
  Command DraftWarning(const Context& context, const v1::DraftWarningRequest& request);
  Command ReviewWarning(const Context& context, const v1::ReviewWarningRequest& request);
  Command SignWarning(const Context& context, const v1::SignWarningRequest& request);
  Command IssueWarning(const Context& context, const v1::IssueWarningRequest& request);
  Command AdjustWarning(const Context& context, const v1::AdjustWarningRequest& request);
  Command ExtendWarning(const Context& context, const v1::ExtendWarningRequest& request);
  Command WithdrawDraft(const Context& context, const v1::WithdrawDraftRequest& request);
  Command LiftAlert(const Context& context, const v1::LiftAlertRequest& request);
  Command RetractAlert(const Context& context, const v1::RetractAlertRequest& request);
  Command DecideOnResponse(const Context& context, const v1::DecideOnResponseRequest& request);

  Command ReportReceipts(const Context& context, const v1::ReportReceiptsRequest& request);
  Command Answer(const Context& context, const v1::AnswerRequest& request);

  absl::StatusOr<v1::GetAlertResponse> GetAlert(const Context& context,
                                                const v1::GetAlertRequest& request);
  absl::StatusOr<v1::ListAlertsResponse> ListAlerts(const Context& context,
                                                    const v1::ListAlertsRequest& request);
  absl::StatusOr<v1::ListRecipientsResponse> ListRecipients(
      const Context& context, const v1::ListRecipientsRequest& request);
  absl::StatusOr<v1::ListEscalationsResponse> ListEscalations(
      const Context& context, const v1::ListEscalationsRequest& request);
  absl::StatusOr<v1::ListMakeUpsResponse> ListMakeUps(const Context& context,
                                                      const v1::ListMakeUpsRequest& request);
  absl::StatusOr<common::v1::ListObligationsResponse> ListObligations(
      const Context& context, const common::v1::ListObligationsRequest& request);
  absl::StatusOr<v1::RollUp> GetRollUp(const Context& context, const v1::GetRollUpRequest& request);
  absl::Status WatchRollUp(const Context& context, const v1::GetRollUpRequest& request,
                           rpc::Sink<v1::RollUp> sink);
  absl::Status Subscribe(const Context& context, const v1::SubscribeRequest& request,
                         rpc::Sink<v1::SubscribeEvent> sink);

  // Due rows.
  Command AnswerLimitPassed(const Context& context, const ledger::Ledger::DueDeadline& due);
  Command LadderWaitPassed(const Context& context, const ledger::Ledger::DueDeadline& due);
  Command ExpiryReached(const Context& context, const ledger::Ledger::DueDeadline& due);
  Command ResolveRecipientsDue(const Context& context, const ledger::Ledger::DueDeadline& due);
  // What a warning owes was not done in time: the post above is told.
  ledger::DueHandler ObligationFellDue();
  // Who sees a make-up row that became overdue (for guard::MakeUpDue).
  static std::vector<std::string> MakeUpChannels(const common::v1::MakeUp& row);

 private:
  struct Acting {
    std::optional<rules::Competence> competence;
    v1::KnownAreas known;
  };
  // Competence for `permission` over `areas`, and the area table in case directory is silent.
  absl::StatusOr<Acting> GatherActing(const Context& context, std::string_view permission,
                                      const std::vector<std::string>& areas,
                                      std::string_view field = "target_areas");
  // Who owes what a warning owes, and how long.
  OwedFacts GatherOwed(const Context& context, const std::string& area) const;
  // Recipients that nobody holds now who can sign in: flagged at issue, so that somebody telephones.
  std::vector<std::string> UnableToAnswer(
      const Context& context, const std::optional<rules::RecipientFacts>& recipients) const;
  // The alert as it stands, to know what to gather; the decision reads it again.
  absl::StatusOr<v1::Alert> Peek(const std::string& name);
  absl::StatusOr<v1::Alert> PeekWarning(const std::string& name);
  // Where an area stands, from directory or as last told.
  struct AreaPlace {
    std::string area;
    std::vector<std::string> ancestors;  // nearest first
  };
  absl::StatusOr<AreaPlace> PlaceOf(const Context& context, const std::string& asked);
  static absl::Status CheckOwnSubtree(const rules::Viewer& viewer, const AreaPlace& place);
  // Who reads. Directory is asked for a post beneath the district only, and may be silent.
  absl::StatusOr<rules::Viewer> ViewerFor(const Context& context);
  Command Climb(const Context& context, const ledger::Ledger::DueDeadline& due, int step);
  Command DraftCommand(const Context& context, const v1::WarningContent& content,
                       const std::string& previous, const std::string& reason);
  rules::ContentLimits Limits() const;

  ledger::Ledger& ledger_;
  const base::Clock& clock_;
  const huying::rules::RuleTable& rules_;
  const std::string mark_;
  Gather gather_;
  push::Feed<v1::SubscribeEvent> feed_;
  const std::shared_ptr<InForce> in_force_ = std::make_shared<InForce>();
  RollUps roll_ups_;
};

// The decision every act begins with: HARD refusals are kept as entries, SOFT ones become flags.
absl::StatusOr<rules::CompetenceVerdict> Judge(ledger::Transaction& tx,
                                               const std::optional<rules::Competence>& competence,
                                               const std::vector<std::string>& areas,
                                               const rules::Parents& known,
                                               rules::Effect effect = rules::Effect::kOutside);
// RequireDistrict and RequireSameAreaOrAbove, kept when refused.
absl::Status JudgeDistrict(ledger::Transaction& tx);
absl::Status JudgeEnding(ledger::Transaction& tx, const common::v1::Actor& origin,
                         const std::optional<rules::Competence>& competence,
                         const rules::Parents& parents);
// Who may end an alert that is out, by lifting or by retracting it: the above, and the area's competence. Sets
// the entry's case.
absl::Status JudgeEndingOfIssued(ledger::Transaction& tx, const v1::Alert& alert,
                                 const std::optional<rules::Competence>& competence,
                                 const std::vector<std::string>& areas);
template <typename Areas>
std::vector<std::string> ToStrings(const Areas& areas) {
  return {areas.begin(), areas.end()};
}

}  // namespace huying::alert
