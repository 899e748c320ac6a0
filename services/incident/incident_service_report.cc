// SPDX-License-Identifier: Apache-2.0
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "services/incident/incident_service.h"
#include "services/incident/rules/names.h"
#include "services/incident/rules/reports.h"
#include "services/incident/rules/states.h"
#include "services/incident/rules/validate.h"
#include "services/platform/base/status.h"
#include "services/platform/guard/makeups.h"

// Information reports.
namespace huying::incident {
namespace {

absl::StatusOr<std::optional<v1::Report>> FindReport(ledger::Transaction& tx,
                                                     const std::string& name) {
  ASSIGN_OR_RETURN(auto stored, tx.Find(kReports, name));
  if (!stored) return std::optional<v1::Report>();
  return std::optional<v1::Report>(std::move(stored->value));
}

const v1::Report* Pointer(const std::optional<v1::Report>& report) {
  return report ? &*report : nullptr;
}

absl::Status DecideDraft(CaseTx& c, v1::Incident& incident, const v1::DraftReportRequest& request,
                         const rules::Limits& limits) {
  ledger::Transaction& tx = c.tx();
  ASSIGN_OR_RETURN(v1::ReportChainState * chain, c.Chain(incident, request.chain(), limits));
  const auto name = [&](int seq) {
    return rules::ReportName(incident.name(), request.chain(), seq);
  };
  ASSIGN_OR_RETURN(auto first, FindReport(tx, name(1)));
  ASSIGN_OR_RETURN(auto last, FindReport(tx, name(std::max(1, chain->last_seq()))));
  ASSIGN_OR_RETURN(
      int seq, rules::SeqForDraft(incident, *chain, Pointer(first), Pointer(last), request.kind()));
  ASSIGN_OR_RETURN(auto former, FindReport(tx, name(seq)));
  std::optional<v1::Report> corrected;
  if (request.kind() == v1::CORRECTION) {
    ASSIGN_OR_RETURN(corrected, FindReport(tx, request.corrects()));
  }
  ASSIGN_OR_RETURN(v1::Report report, rules::Draft(incident, *chain, Pointer(former),
                                                   Pointer(corrected), request, seq, c.act()));
  if (!report.missing_elements().empty()) {
    tx.AddFlag(rules::MakeFlag(
        "report.missing-elements",
        absl::StrCat("要素不全（疑似漏报）：", absl::StrJoin(report.missing_elements(), "、"))));
  }
  chain->set_last_seq(std::max(seq, chain->last_seq()));
  if (!former) incident.set_report_count(incident.report_count() + 1);
  tx.Put(kReports, report.name(), report);
  tx.Put(kIncidents, incident.name(), incident);
  return absl::OkStatus();
}

// The signature that was owed since the report left in urgency.
absl::Status CloseSignature(ledger::Transaction& tx, const v1::Report& report) {
  const std::string name = absl::StrCat("makeups/", report.name(), "/signature");
  ASSIGN_OR_RETURN(auto open, tx.Find(guard::kMakeUps, name));
  if (!open) return absl::OkStatus();
  return guard::CloseMakeUp(tx, name, tx.actor());
}

}  // namespace

IncidentService::Command IncidentService::DraftReport(const Context& context,
                                                      const v1::DraftReportRequest& request) {
  RETURN_IF_ERROR(rules::ValidateDraft(request));
  return ForIncident(context, request.incident(), "report.write",
                     [this, request](CaseTx& c, v1::Incident& incident) {
                       return DecideDraft(c, incident, request, LimitsFor(incident, c.act().now));
                     });
}

IncidentService::Command IncidentService::SendReportOrally(
    const Context& context, const v1::SendReportOrallyRequest& request) {
  RETURN_IF_ERROR(rules::ValidateText(request.body(), "body", "接收单位"));
  RETURN_IF_ERROR(rules::ValidateText(request.taken_by(), "taken_by", "对方接听人"));
  if (!request.channel().empty()) {
    RETURN_IF_ERROR(rules::ValidateText(request.channel(), "channel", "渠道"));
  }
  return ForReport(
      context, request.name(), "report.write",
      [this, request](CaseTx& c, v1::Incident& incident, v1::Report& report) -> absl::Status {
        const rules::Limits limits = LimitsFor(incident, c.act().now);
        const bool first_time = !report.has_oral_sent_at() && !report.has_sent_at();
        RETURN_IF_ERROR(rules::SendOrally(report, request, c.act()));
        ASSIGN_OR_RETURN(v1::ReportChainState * chain, c.Chain(incident, report.chain(), limits));
        if (first_time) {
          RETURN_IF_ERROR(c.ReportSent(incident, *chain, report, false, true, limits));
        }
        c.tx().Put(kReports, report.name(), report);
        return absl::OkStatus();
      });
}

IncidentService::Command IncidentService::SignReport(const Context& context,
                                                     const v1::SignReportRequest& request) {
  return ForReport(context, request.name(), "report.sign",
                   [](CaseTx& c, v1::Incident&, v1::Report& report) -> absl::Status {
                     RETURN_IF_ERROR(rules::Sign(report, c.act()));
                     c.tx().Put(kReports, report.name(), report);
                     return CloseSignature(c.tx(), report);
                   });
}

IncidentService::Command IncidentService::SendReport(const Context& context,
                                                     const v1::SendReportRequest& request) {
  return ForReport(
      context, request.name(), "report.write",
      [this, request](CaseTx& c, v1::Incident& incident, v1::Report& report) -> absl::Status {
        const rules::Limits limits = LimitsFor(incident, c.act().now);
        ASSIGN_OR_RETURN(v1::ReportChainState * chain, c.Chain(incident, report.chain(), limits));
        const bool first_time = !report.has_oral_sent_at();
        RETURN_IF_ERROR(rules::Send(report, *chain, c.act()));
        ASSIGN_OR_RETURN(auto make_ups,
                         guard::Judge({rules::SignatureGuard(report, limits)},
                                      request.has_urgency() ? &request.urgency() : nullptr,
                                      report.name(), c.act().actor, c.act().now));
        RETURN_IF_ERROR(c.ReportSent(incident, *chain, report, true, first_time, limits));
        c.tx().Put(kReports, report.name(), report);
        return guard::OpenMakeUps(c.tx(), make_ups, incident.name());
      });
}

IncidentService::Command IncidentService::RecordReportReceipt(
    const Context& context, const v1::RecordReportReceiptRequest& request) {
  RETURN_IF_ERROR(rules::ValidateText(request.body(), "body", "接收单位"));
  RETURN_IF_ERROR(rules::ValidateText(request.received_by(), "received_by", "接收人"));
  return ForReport(context, request.name(), "report.write",
                   [request](CaseTx& c, v1::Incident&, v1::Report& report) -> absl::Status {
                     RETURN_IF_ERROR(rules::RecordReceipt(report, request, c.act()));
                     c.tx().Put(kReports, report.name(), report);
                     return absl::OkStatus();
                   });
}

// What was returned stays as it is: the next report of the chain supplements it.
IncidentService::Command IncidentService::ReturnReport(const Context& context,
                                                       const v1::ReturnReportRequest& request) {
  RETURN_IF_ERROR(rules::ValidateText(request.reason(), "reason", "退回理由"));
  return ForReport(context, request.name(), "report.receive",
                   [request](CaseTx& c, v1::Incident&, v1::Report& report) -> absl::Status {
                     RETURN_IF_ERROR(rules::Return(report, request.reason(), c.act()));
                     c.tx().Put(kReports, report.name(), report);
                     return c.OpenItem(report.name(), "report.returned",
                                       absl::StrCat("报告被退回补充：", request.reason()));
                   });
}

}  // namespace huying::incident
