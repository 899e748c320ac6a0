// SPDX-License-Identifier: Apache-2.0
#include "services/incident/rules/reports.h"

#include <algorithm>
#include <array>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "services/incident/rules/figures.h"
#include "services/incident/rules/names.h"
#include "services/incident/rules/report_tiers.h"
#include "services/incident/rules/states.h"
#include "services/incident/rules/validate.h"
#include "services/platform/base/clock.h"
#include "services/platform/base/status.h"
#include "services/platform/base/strings.h"

namespace huying::incident::rules {
namespace {

using base::Reason;

absl::Status NotNow(std::string_view zh, std::string_view en, std::string_view rule) {
  return base::Refused(Reason::CONDITION_NOT_MET, zh, en)
      .Rule(rule)
      .Law("突发事件应对法 第六十一条");
}

// Not sent in any way: its text may still become another report.
bool IsLoose(const v1::Report& report) {
  return !report.has_oral_sent_at() &&
         (report.state() == v1::REPORT_DRAFT || report.state() == v1::REPORT_SIGNED);
}

absl::Status NotLower(const v1::Figures& before, const v1::Figures& after) {
  const std::vector<std::string> lowered = Lowered(before, after);
  if (lowered.empty()) return absl::OkStatus();
  return base::Refused(Reason::CONDITION_NOT_MET,
                       absl::StrCat("数据减少只能用更正报告：", absl::StrJoin(lowered, "、")),
                       "a number goes down only by a correction")
      .Field("content.figures")
      .Rule("report.numbers-down")
      .Law("突发事件应对法 第六十一条")
      .Next("另起一份更正（CORRECTION）并写明理由", "draft a CORRECTION that says why");
}

v1::Receiver* FindReceiver(v1::Report& report, std::string_view body) {
  for (v1::Receiver& receiver : *report.mutable_receivers()) {
    if (receiver.body() == body) return &receiver;
  }
  return nullptr;
}

// Who was phoned already stays so, also when the new draft leaves the receiver out.
void KeepPhoned(const v1::Report& former, v1::Report& next) {
  for (const v1::Receiver& receiver : former.receivers()) {
    if (!receiver.has_oral_at()) continue;
    v1::Receiver* kept = FindReceiver(next, receiver.body());
    if (kept == nullptr) {
      *next.add_receivers() = receiver;
    } else {
      *kept->mutable_oral_at() = receiver.oral_at();
      kept->set_oral_to(receiver.oral_to());
      kept->set_oral_channel(receiver.oral_channel());
    }
  }
}

absl::Status CheckCorrection(const v1::Report* corrected, const v1::ReportChainState& chain) {
  if (corrected == nullptr || corrected->chain() != chain.chain() ||
      corrected->incident() != chain.incident()) {
    return base::Invalid(Reason::UNKNOWN_REFERENCE, "没有所要更正的报告",
                         "there is no such report on this chain")
        .Field("corrects");
  }
  if (IsSent(corrected->state()) || corrected->has_oral_sent_at()) return absl::OkStatus();
  return NotNow("只能更正已经报出的报告", "only what was sent is corrected",
                "report.corrects-sent");
}

absl::Status CopyReceivers(const v1::Report& content, const Sender& sender, v1::Report& report) {
  for (int i = 0; i < content.receivers_size(); ++i) {
    const v1::Receiver& asked = content.receivers(i);
    // Receivers are a set: a body that is named twice is one.
    if (FindReceiver(report, asked.body()) != nullptr) continue;
    v1::Receiver* receiver = report.add_receivers();
    receiver->set_body(asked.body());
    receiver->set_tier(asked.tier());
    receiver->set_addressee(asked.addressee());
    receiver->set_skip_level(asked.skip_level());
    receiver->set_skip_reason(asked.skip_reason());
    ResolveReceiver(report.chain(), sender, *receiver);
    RETURN_IF_ERROR(CheckReceiver(report.chain(), sender, *receiver,
                                  absl::StrCat("content.receivers[", i, "]")));
  }
  if (!LacksCopy(report.chain(), report)) return absl::OkStatus();
  return base::Invalid(Reason::FIELD_MISSING, "越级报告须同时抄报直接上级",
                       "the level that is skipped gets a copy")
      .Field("content.receivers")
      .Rule("report.copy-to-superior")
      .Law("突发事件应对法 第十七条")
      .Next("在接收单位中加上街道", "add the subdistrict to the receivers");
}

// Of a body that was phoned and is not in the report.
absl::StatusOr<v1::Receiver> NewReceiver(const v1::Report& report,
                                         const v1::SendReportOrallyRequest& request) {
  const Sender sender{report.sender_tier() == v1::REPORT_TIER_UNSPECIFIED ? v1::REPORT_TIER_DISTRICT
                                                                          : report.sender_tier(),
                      report.sender_unit(), ""};
  v1::Receiver receiver;
  receiver.set_body(request.body());
  receiver.set_addressee(request.addressee());
  receiver.set_skip_level(request.skip_level());
  receiver.set_skip_reason(request.skip_reason());
  const bool unsaid = request.addressee() == v1::REPORT_TIER_UNSPECIFIED && !request.skip_level() &&
                      std::any_of(report.receivers().begin(), report.receivers().end(),
                                  [](const v1::Receiver& other) { return other.required(); });
  // Somebody is named who must be told: whoever else was called without saying what he is, is not he.
  if (unsaid) return receiver;
  ResolveReceiver(report.chain(), sender, receiver);
  RETURN_IF_ERROR(CheckReceiver(report.chain(), sender, receiver, ""));
  return receiver;
}

void CopyContent(const v1::Report& content, v1::Report& report) {
  report.set_source(content.source());
  report.set_nature(content.nature());
  report.set_scope(content.scope());
  report.set_trend(content.trend());
  report.set_leaders(content.leaders());
  report.set_measures(content.measures());
  report.set_advice(content.advice());
  report.set_text(content.text());
}

}  // namespace

absl::StatusOr<int> SeqForDraft(const v1::Incident& incident, const v1::ReportChainState& chain,
                                const v1::Report* first, const v1::Report* last,
                                v1::ReportKind kind) {
  RETURN_IF_ERROR(Transition(incident.state(), IncidentAct::kReport).status());
  if (kind == v1::FIRST) {
    if (first == nullptr) return 1;
    if (!IsSent(first->state())) return 1;
    return base::Refused(Reason::ALREADY_EXISTS, "本渠道首报已经报送",
                         "the first report of this chain was sent")
        .Field("kind")
        .Rule("report.first-once")
        .Law("突发事件应对法 第六十一条")
        .Next("用续报或更正", "draft a FOLLOW_UP or a CORRECTION");
  }
  if (!chain.first_sent() && !chain.first_sent_orally()) {
    return NotNow("本渠道首报尚未报出", "the first report of this chain was not sent",
                  "report.first-before-others");
  }
  if (chain.final_sent() && kind != v1::CORRECTION) {
    return NotNow("终报已经报送，只能更正", "after the final report only corrections follow",
                  "report.final-closes");
  }
  if (kind == v1::FINAL && incident.state() != v1::ENDED) {
    return NotNow("应急结束后才能终报", "a final report follows the end of the emergency",
                  "report.final-after-end");
  }
  if (last != nullptr && last->seq() > 1 && IsLoose(*last)) return last->seq();
  return chain.last_seq() + 1;
}

absl::StatusOr<v1::Report> Draft(const v1::Incident& incident, const v1::ReportChainState& chain,
                                 const v1::Report* former, const v1::Report* corrected,
                                 const v1::DraftReportRequest& request, int seq, const Act& act) {
  v1::Report report;
  ASSIGN_OR_RETURN(
      v1::ReportState state,
      Transition(former ? former->state() : v1::REPORT_STATE_UNSPECIFIED, ReportAct::kDraft));
  report.set_state(state);
  const Sender sender = SenderOf(act.actor);
  report.set_name(ReportName(incident.name(), request.chain(), seq, sender.id));
  report.set_sender_tier(sender.tier);
  report.set_sender_unit(sender.unit);
  report.set_incident(incident.name());
  report.set_chain(request.chain());
  report.set_kind(request.kind());
  report.set_seq(seq);
  CopyContent(request.content(), report);
  RETURN_IF_ERROR(CopyReceivers(request.content(), sender, report));
  if (request.content().has_figures()) {
    *report.mutable_figures() = request.content().figures();
  } else if (incident.has_figures()) {
    *report.mutable_figures() = incident.figures();
  }
  *report.mutable_author() = act.actor;
  *report.mutable_created_at() = base::ToProto(act.received_at);
  if (former != nullptr) {
    *report.mutable_created_at() = former->created_at();
    if (former->has_oral_sent_at()) *report.mutable_oral_sent_at() = former->oral_sent_at();
    if (former->has_told_at()) *report.mutable_told_at() = former->told_at();
    report.set_late(former->late());
    KeepPhoned(*former, report);
  }
  if (request.kind() == v1::CORRECTION) {
    RETURN_IF_ERROR(CheckCorrection(corrected, chain));
    report.set_corrects(request.corrects());
    report.set_reason(request.reason());
  } else if (former != nullptr && former->has_oral_sent_at()) {
    RETURN_IF_ERROR(NotLower(former->figures(), report.figures()));
  } else if (request.kind() != v1::FIRST) {
    RETURN_IF_ERROR(NotLower(chain.last_figures(), report.figures()));
  }
  for (std::string& element : MissingElements(incident, report)) {
    report.add_missing_elements(std::move(element));
  }
  return report;
}

std::vector<std::string> MissingElements(const v1::Incident& incident, const v1::Report& report) {
  std::vector<std::string> missing;
  const auto need = [&](bool there, std::string_view zh) {
    if (!there) missing.emplace_back(zh);
  };
  need(incident.has_received_at(), "接报时间");
  need(!report.source().empty() || !incident.reporter().source().empty(), "信息来源");
  need(incident.has_occurred_at(), "事发时间");
  need(!incident.place().empty(), "事发地点");
  need(!report.nature().empty(), "事件性质");
  need(!report.scope().empty(), "影响范围");
  need(report.has_figures(), "损失情况");
  need(!report.trend().empty(), "发展趋势");
  need(!report.leaders().empty(), "领导到位情况");
  need(!report.measures().empty(), "已采取措施");
  need(!report.advice().empty(), "建议");
  return missing;
}

absl::StatusOr<v1::Receiver> SendOrally(v1::Report& report,
                                        const v1::SendReportOrallyRequest& request,
                                        const Act& act) {
  ASSIGN_OR_RETURN(v1::ReportState next, Transition(report.state(), ReportAct::kOral));
  v1::Receiver* receiver = FindReceiver(report, request.body());
  if (receiver == nullptr) {
    if (report.receivers_size() >= kReceiversMax) {
      return base::Invalid(Reason::FIELD_TOO_LONG, "接收单位过多", "too many receivers")
          .Field("body");
    }
    ASSIGN_OR_RETURN(v1::Receiver fresh, NewReceiver(report, request));
    receiver = report.add_receivers();
    *receiver = std::move(fresh);
  } else if (receiver->addressee() == v1::REPORT_TIER_UNSPECIFIED) {
    // Called again, and now it is said what that body is.
    ASSIGN_OR_RETURN(const v1::Receiver known, NewReceiver(report, request));
    receiver->set_addressee(known.addressee());
    receiver->set_skip_level(known.skip_level());
    receiver->set_skip_reason(known.skip_reason());
    receiver->set_required(known.required());
  }
  if (!receiver->has_oral_at()) *receiver->mutable_oral_at() = base::ToProto(act.received_at);
  receiver->set_oral_to(request.taken_by());
  receiver->set_oral_channel(request.channel().empty() ? "phone" : request.channel());
  if (!report.has_oral_sent_at()) *report.mutable_oral_sent_at() = base::ToProto(act.received_at);
  report.set_state(next);
  return *receiver;
}

absl::Status Sign(v1::Report& report, const Act& act) {
  ASSIGN_OR_RETURN(v1::ReportState next, Transition(report.state(), ReportAct::kSign));
  if (report.has_signed_at()) {
    return base::Refused(Reason::ILLEGAL_TRANSITION, "报告已经签发", "it was signed before")
        .Rule("report.states");
  }
  *report.mutable_signer() = act.actor;
  *report.mutable_signed_at() = base::ToProto(act.received_at);
  report.set_state(next);
  return absl::OkStatus();
}

guard::Guard SignatureGuard(const v1::Report& report, const Limits& limits) {
  return {.rule_id = "report.signature",
          .kind = guard::Kind::kSoft,
          .passed = report.has_signed_at(),
          .problem =
              base::Refused(Reason::CONDITION_NOT_MET, "报告尚未签发", "the report was not signed"),
          .make_up_within = limits.make_up_signature};
}

absl::Status Send(v1::Report& report, const v1::ReportChainState& chain, const Act& act) {
  ASSIGN_OR_RETURN(v1::ReportState next, Transition(report.state(), ReportAct::kSend));
  if (report.receivers().empty()) {
    return base::Invalid(Reason::FIELD_MISSING, "没有接收单位", "nobody is to receive it")
        .Field("content.receivers")
        .Rule("report.receivers")
        .Next("重新起草并写明接收单位", "draft it anew with its receivers");
  }
  // Another report may have left since this one was drafted.
  if (report.kind() != v1::CORRECTION && report.kind() != v1::FIRST && !report.has_oral_sent_at()) {
    RETURN_IF_ERROR(NotLower(chain.last_figures(), report.figures()));
  }
  report.set_state(next);
  *report.mutable_sender() = act.actor;
  *report.mutable_sent_at() = base::ToProto(act.received_at);
  for (v1::Receiver& receiver : *report.mutable_receivers()) {
    *receiver.mutable_written_at() = base::ToProto(act.received_at);
  }
  return absl::OkStatus();
}

absl::Status RecordReceipt(v1::Report& report, const v1::RecordReportReceiptRequest& request,
                           const Act& act) {
  ASSIGN_OR_RETURN(v1::ReportState next, Transition(report.state(), ReportAct::kReceipt));
  v1::Receiver* receiver = FindReceiver(report, request.body());
  if (receiver == nullptr) {
    return base::Invalid(Reason::UNKNOWN_REFERENCE, "接收单位不在本报告中",
                         "that body is no receiver of this report")
        .Field("body");
  }
  if (!receiver->has_received_at()) {
    *receiver->mutable_received_at() = base::ToProto(act.received_at);
  }
  receiver->set_received_by(request.received_by());
  receiver->set_receipt_no(request.receipt_no());
  const bool everybody = std::all_of(report.receivers().begin(), report.receivers().end(),
                                     [](const v1::Receiver& r) { return r.has_received_at(); });
  report.set_state(everybody && next == v1::SENT ? v1::REPORT_RECEIVED : next);
  return absl::OkStatus();
}

absl::Status Return(v1::Report& report, std::string_view reason, const Act& act) {
  ASSIGN_OR_RETURN(v1::ReportState next, Transition(report.state(), ReportAct::kReturn));
  report.set_state(next);
  report.set_return_reason(std::string(reason));
  *report.mutable_returned_at() = base::ToProto(act.received_at);
  return absl::OkStatus();
}

void NoteSent(v1::ReportChainState& chain, const v1::Report& report, bool in_writing) {
  // What was told by phone first has been noted then; later reports may have gone beyond it.
  const bool told_before = in_writing && report.has_oral_sent_at();
  if (report.has_figures() && !told_before) *chain.mutable_last_figures() = report.figures();
  if (report.kind() == v1::FIRST) {
    if (in_writing)
      chain.set_first_sent(true);
    else
      chain.set_first_sent_orally(true);
  }
  if (report.kind() == v1::FINAL) chain.set_final_sent(true);  // by phone, too: it is the last
}

std::string_view NameZh(v1::ReportChain chain) {
  constexpr std::array<std::string_view, 5> kNames = {"", "政府值班系统", "应急管理部门",
                                                      "矿山安全监管监察机构", "党委值班室"};
  return kNames[chain];
}
std::string_view NameZh(v1::ReportKind kind) {
  constexpr std::array<std::string_view, 5> kNames = {"", "首报", "续报", "终报", "更正"};
  return kNames[kind];
}

}  // namespace huying::incident::rules
