// SPDX-License-Identifier: Apache-2.0
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "services/incident/incident_service.h"
#include "services/incident/rules/names.h"
#include "services/incident/rules/report_tiers.h"
#include "services/incident/rules/reports.h"
#include "services/incident/rules/states.h"
#include "services/incident/rules/validate.h"
#include "services/platform/base/clock.h"
#include "services/platform/base/status.h"
#include "services/platform/base/strings.h"

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

// Who may not report there is refused, and the refusal stands in the journal: that he tried is known.
absl::Status KeptRefusal(ledger::Transaction& tx, const absl::Status& status) {
  if (absl::IsPermissionDenied(status)) tx.KeepRefusal();
  return status;
}

// Whose chain a report is on.
rules::Sender SenderOf(const v1::Report& report, std::string_view id) {
  return {report.sender_tier(), report.sender_unit(), std::string(id)};
}

void FlagReceivers(ledger::Transaction& tx, const v1::Report& report) {
  bool required = false;
  for (const v1::Receiver& receiver : report.receivers()) required |= receiver.required();
  if (required || report.receivers().empty()) return;
  tx.AddFlag(rules::MakeFlag("report.direct-superior",
                             absl::StrCat("接收单位中没有直接上级（",
                                          base::Abs(rules::NameZh(rules::DirectSuperior(
                                              report.chain(), report.sender_tier()))),
                                          "），本报告不计入报送时限")));
}

// 终报 says what was passed in urgency and never made up.
absl::Status ListNotMadeUp(ledger::Transaction& tx, const v1::Incident& incident,
                           v1::Report& report) {
  for (const std::string& name : incident.open_make_ups()) {
    ASSIGN_OR_RETURN(auto row, tx.Get(duty::kObligations, name));
    report.add_not_made_up(absl::StrCat(row.value.title(), "（", name, "，应于 ",
                                        base::BeijingTime(base::FromProto(row.value.due_at())),
                                        " 前补办）"));
  }
  return absl::OkStatus();
}

// 终报 says how often this chain was silent when a report was due.
absl::Status CountMissed(ledger::Transaction& tx, const v1::ReportChainState& chain,
                         v1::Report& report) {
  int missed = chain.missed();
  for (const std::string& name : chain.open_clocks()) {
    ASSIGN_OR_RETURN(const auto clock, tx.Get(duty::kObligations, name));
    missed += clock.value.missed();
  }
  report.set_missed_reports(missed);
  return absl::OkStatus();
}

absl::Status DecideDraft(CaseTx& c, v1::Incident& incident, const v1::DraftReportRequest& request) {
  ledger::Transaction& tx = c.tx();
  const rules::Sender sender = rules::SenderOf(c.act().actor);
  ASSIGN_OR_RETURN(v1::ReportChainState * chain, c.Chain(request.chain(), sender));
  const auto name = [&](int seq) {
    return rules::ReportName(incident.name(), request.chain(), seq, sender.id);
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
  auto drafted =
      rules::Draft(incident, *chain, Pointer(former), Pointer(corrected), request, seq, c.act());
  if (!drafted.ok()) return KeptRefusal(tx, drafted.status());
  v1::Report report = *std::move(drafted);
  if (report.kind() == v1::FINAL) {
    RETURN_IF_ERROR(ListNotMadeUp(tx, incident, report));
    RETURN_IF_ERROR(CountMissed(tx, *chain, report));
  }
  FlagReceivers(tx, report);
  if (!report.missing_elements().empty()) {
    tx.AddFlag(rules::MakeFlag(
        "report.missing-elements",
        absl::StrCat("要素不全（疑似漏报）：", absl::StrJoin(report.missing_elements(), "、"))));
  }
  chain->set_last_seq(std::max(seq, chain->last_seq()));
  if (former) {
    tx.Change(kReports, report.name(), report);
  } else {
    incident.set_report_count(incident.report_count() + 1);
    tx.Create(kReports, report.name(), report);
  }
  tx.Subject(kReports, report.name());
  return absl::OkStatus();
}

// The signature that was owed since the report left in urgency.
absl::Status CloseSignature(CaseTx& c, const v1::Report& report) {
  ASSIGN_OR_RETURN(const auto open, duty::FindOpen(c.tx(), report.name(), "report.signature"));
  return open ? c.CloseMakeUp(open->name()) : absl::OkStatus();
}

void FlagOral(ledger::Transaction& tx, const v1::Report& report, const v1::Receiver& told) {
  if (told.addressee() == v1::REPORT_TIER_UNSPECIFIED) {
    tx.AddFlag(
        rules::MakeFlag("report.addressee-unknown",
                        absl::StrCat("未注明 ", told.body(),
                                     " 的层级，不计入报送时限：请注明 addressee 再登记一次")));
  }
  if (rules::LacksCopy(report.chain(), report)) {
    tx.AddFlag(rules::MakeFlag("report.copy-to-superior", "越级报告须同时抄报街道"));
  }
}

void FlagSuperior(ledger::Transaction& tx, const v1::Report& report) {
  if (rules::OwnershipOf(report, tx.actor()) != rules::Ownership::kSuperior) return;
  tx.AddFlag(rules::MakeFlag("report.by-superior", "上级岗位代办下级的报告"));
}

// A report of a body below waits for its superior, from when it had been told.
absl::Status OweReceipt(CaseTx& c, const v1::Incident& incident, const v1::Report& report,
                        bool was_told, const std::string& receiving_post) {
  if (was_told || !report.has_told_at() || report.sender_tier() == v1::REPORT_TIER_DISTRICT) {
    return absl::OkStatus();
  }
  const rules::Limit limit = c.limits().receipt;
  duty::Obligation receipt = duty::About(report.name(), limit.rule_id, limit.title);
  receipt.set_kind(duty::Obligation::RECEIPT);
  receipt.set_post(receiving_post.empty() ? incident.duty_post() : receiving_post);
  receipt.set_owed_to(report.sender_unit());
  receipt.set_project_default(limit.project_default);
  duty::Due(receipt, c.act().now, c.act().now + limit.within, limit.climb_every);
  return c.Owe(std::move(receipt)).status();
}

absl::Status DecideOral(CaseTx& c, const v1::Incident& incident, v1::Report& report,
                        const v1::SendReportOrallyRequest& request, std::string_view sender_id,
                        const std::string& receiving_post) {
  ledger::Transaction& tx = c.tx();
  const absl::Status own = rules::CheckOwn(report, c.act().actor, /*superior_too=*/true);
  if (!own.ok()) return KeptRefusal(tx, own);
  auto told = rules::SendOrally(report, request, c.act());
  if (!told.ok()) return KeptRefusal(tx, told.status());
  ASSIGN_OR_RETURN(v1::ReportChainState * chain,
                   c.Chain(report.chain(), SenderOf(report, sender_id)));
  const bool was_told = report.has_told_at();
  RETURN_IF_ERROR(c.ReportSent(*chain, report, false, told->required()));
  RETURN_IF_ERROR(OweReceipt(c, incident, report, was_told, receiving_post));
  FlagOral(tx, report, *told);
  FlagSuperior(tx, report);
  tx.Change(kReports, report.name(), report);
  return absl::OkStatus();
}

absl::Status DecideSend(CaseTx& c, const v1::Incident& incident, v1::Report& report,
                        const v1::SendReportRequest& request, std::string_view sender_id,
                        const rules::Limits& limits, const std::string& receiving_post) {
  ledger::Transaction& tx = c.tx();
  const absl::Status own = rules::CheckOwn(report, c.act().actor, /*superior_too=*/true);
  if (!own.ok()) return KeptRefusal(tx, own);
  ASSIGN_OR_RETURN(v1::ReportChainState * chain,
                   c.Chain(report.chain(), SenderOf(report, sender_id)));
  RETURN_IF_ERROR(rules::Send(report, *chain, c.act()));
  ASSIGN_OR_RETURN(auto make_ups, guard::Judge({rules::SignatureGuard(report, limits)},
                                               request.has_urgency() ? &request.urgency() : nullptr,
                                               report.name(), c.act().actor, c.act().now));
  const bool was_told = report.has_told_at();
  RETURN_IF_ERROR(c.ReportSent(*chain, report, true, true));
  RETURN_IF_ERROR(OweReceipt(c, incident, report, was_told, receiving_post));
  FlagSuperior(tx, report);
  tx.Change(kReports, report.name(), report);
  return c.OpenMakeUps(make_ups).status();
}

std::string SenderIdOf(const std::string& report) {
  const std::optional<rules::ReportParts> parts = rules::ParseReportName(report);
  return parts ? parts->sender : "";
}

}  // namespace

IncidentService::Command IncidentService::DraftReport(const Context& context,
                                                      const v1::DraftReportRequest& request) {
  RETURN_IF_ERROR(rules::ValidateDraft(request));
  return ForIncident(
      context, request.incident(), "report.write",
      [request](CaseTx& c, v1::Incident& incident) { return DecideDraft(c, incident, request); });
}

IncidentService::Command IncidentService::SendReportOrally(
    const Context& context, const v1::SendReportOrallyRequest& request) {
  RETURN_IF_ERROR(rules::ValidateText(request.body(), "body", "接收单位"));
  RETURN_IF_ERROR(rules::ValidateText(request.taken_by(), "taken_by", "对方接听人"));
  if (!request.channel().empty()) {
    RETURN_IF_ERROR(rules::ValidateText(request.channel(), "channel", "渠道"));
  }
  return ForReport(context, request.name(), "report.write",
                   [request, receiving = ReceivingPost(context)](CaseTx& c, v1::Incident& incident,
                                                                 v1::Report& report) {
                     return DecideOral(c, incident, report, request, SenderIdOf(request.name()),
                                       receiving);
                   });
}

IncidentService::Command IncidentService::SignReport(const Context& context,
                                                     const v1::SignReportRequest& request) {
  return ForReport(context, request.name(), "report.sign",
                   [](CaseTx& c, v1::Incident&, v1::Report& report) -> absl::Status {
                     // The head of the body that reports signs; nobody above or beside it.
                     const absl::Status own =
                         rules::CheckOwn(report, c.act().actor, /*superior_too=*/false);
                     if (!own.ok()) return KeptRefusal(c.tx(), own);
                     RETURN_IF_ERROR(rules::Sign(report, c.act()));
                     c.tx().Change(kReports, report.name(), report);
                     return CloseSignature(c, report);
                   });
}

IncidentService::Command IncidentService::SendReport(const Context& context,
                                                     const v1::SendReportRequest& request) {
  return ForReport(context, request.name(), "report.write",
                   [request, receiving = ReceivingPost(context)](CaseTx& c, v1::Incident& incident,
                                                                 v1::Report& report) {
                     return DecideSend(c, incident, report, request, SenderIdOf(request.name()),
                                       c.limits(), receiving);
                   });
}

IncidentService::Command IncidentService::RecordReportReceipt(
    const Context& context, const v1::RecordReportReceiptRequest& request) {
  RETURN_IF_ERROR(rules::ValidateText(request.body(), "body", "接收单位"));
  RETURN_IF_ERROR(rules::ValidateText(request.received_by(), "received_by", "接收人"));
  return ForReport(context, request.name(), "report.write",
                   [request](CaseTx& c, v1::Incident&, v1::Report& report) -> absl::Status {
                     const absl::Status own =
                         rules::CheckOwn(report, c.act().actor, /*superior_too=*/true);
                     if (!own.ok()) return KeptRefusal(c.tx(), own);
                     RETURN_IF_ERROR(rules::RecordReceipt(report, request, c.act()));
                     c.tx().Change(kReports, report.name(), report);
                     return c.Settle(report.name(), kReceiveRule, report.name());
                   });
}

// What was returned stays as it is: the next report of the chain supplements it.
IncidentService::Command IncidentService::ReturnReport(const Context& context,
                                                       const v1::ReturnReportRequest& request) {
  RETURN_IF_ERROR(rules::ValidateText(request.reason(), "reason", "退回理由"));
  return ForReport(context, request.name(), "report.receive",
                   [request](CaseTx& c, v1::Incident&, v1::Report& report) -> absl::Status {
                     RETURN_IF_ERROR(rules::Return(report, request.reason(), c.act()));
                     c.tx().Change(kReports, report.name(), report);
                     RETURN_IF_ERROR(c.Settle(report.name(), kReceiveRule, report.name()));
                     return c.OpenItem(report.name(), "report.returned",
                                       absl::StrCat("报告被退回补充：", request.reason()));
                   });
}

}  // namespace huying::incident
