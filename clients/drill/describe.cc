// SPDX-License-Identifier: Apache-2.0
#include "clients/drill/describe.h"

#include <map>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "services/platform/base/clock.h"

namespace huying::drill_client {
namespace {

using drill::rules::SeenEntry;
using platform::v1::Change;

struct Detail {
  std::string kind;
  std::string zh;
  std::string en;
  bool bad = false;
};

const char* LevelWord(incident::v1::EventLevel level) {
  switch (level) {
    case incident::v1::LEVEL_I:
      return "Ⅰ";
    case incident::v1::LEVEL_II:
      return "Ⅱ";
    case incident::v1::LEVEL_III:
      return "Ⅲ";
    case incident::v1::LEVEL_IV:
      return "Ⅳ";
    default:
      return "—";
  }
}

Detail OfIncident(const incident::v1::Incident& incident, const std::string& act) {
  const auto& f = incident.figures();
  Detail detail{"incident", "", ""};
  if (act == "incident.StartFirstHandling" && !incident.handlings().empty()) {
    detail.zh = incident.handlings().rbegin()->action();
    return detail;
  }
  const bool grades = act == "incident.TakeIntake" || act == "incident.ConfirmIncident" ||
                      act == "incident.RecordFigures" || act == "incident.SetLevel";
  if (!grades) return detail;
  if (incident.level() != incident::v1::EVENT_LEVEL_UNSPECIFIED) {
    detail.kind = "level";
    absl::StrAppend(&detail.zh, "初判", LevelWord(incident.level()), "级");
    absl::StrAppend(&detail.en, "level ", LevelWord(incident.level()));
  }
  const auto add = [&detail](int64_t n, const char* zh, const char* en) {
    if (n == 0) return;
    absl::StrAppend(&detail.zh, detail.zh.empty() ? "" : "，", zh, n);
    absl::StrAppend(&detail.en, detail.en.empty() ? "" : ", ", n, " ", en);
  };
  add(f.dead(), "死亡", "dead");
  add(f.missing(), "失踪", "missing");
  add(f.trapped(), "被困", "trapped");
  add(f.seriously_injured(), "重伤", "seriously injured");
  add(f.injured(), "受伤", "injured");
  return detail;
}

Detail OfReport(const incident::v1::Report& report, const std::string& act) {
  static const std::map<int, Words> kinds = {{incident::v1::FIRST, {"首报", "first"}},
                                             {incident::v1::FOLLOW_UP, {"续报", "follow-up"}},
                                             {incident::v1::FINAL, {"终报", "final"}},
                                             {incident::v1::CORRECTION, {"更正", "correction"}}};
  Detail detail{"report", "", "", report.late()};
  // Every follow-up is drafted and sent: once is enough to read.
  if (act == "incident.DraftReport" && report.kind() == incident::v1::FOLLOW_UP) {
    detail.kind = "routine";
  }
  const Words chain = ChainWords(report.chain());
  const auto kind = kinds.find(report.kind());
  detail.zh = chain.zh, detail.en = chain.en;
  if (kind != kinds.end()) {
    absl::StrAppend(&detail.zh, " ", kind->second.zh);
    absl::StrAppend(&detail.en, " ", kind->second.en);
  }
  std::vector<std::string> bodies;
  for (const auto& receiver : report.receivers()) {
    bodies.push_back(absl::StrCat(receiver.body(), receiver.skip_level() ? "（越级）" : ""));
  }
  if (!bodies.empty()) absl::StrAppend(&detail.zh, " → ", absl::StrJoin(bodies, "、"));
  return detail;
}

Detail OfAlert(const alert::v1::Alert& alert) {
  Detail detail{"alert", absl::StrCat("“", alert.title(), "”"),
                absl::StrCat(alert.name(), " '", alert.title(), "'")};
  if (alert.recipient_count() > 0) {
    absl::StrAppend(&detail.zh, "，对象", alert.recipient_count(), "个岗位");
    absl::StrAppend(&detail.en, ", ", alert.recipient_count(), " posts");
  }
  return detail;
}

Detail OfRecipient(const alert::v1::Recipient& recipient) {
  if (!recipient.has_answered_at()) return {"receipt", "", ""};
  static const std::map<int, Words> answers = {{alert::v1::RECEIVED, {"收到", "received"}},
                                               {alert::v1::ON_POST, {"已到岗", "on post"}},
                                               {alert::v1::EVACUATED, {"已转移", "evacuated"}},
                                               {alert::v1::CANNOT, {"无法执行", "cannot comply"}}};
  Detail detail{"answer", "", "", recipient.late() || recipient.answer() == alert::v1::CANNOT};
  const auto answer = answers.find(recipient.answer());
  if (answer != answers.end()) detail.zh = answer->second.zh, detail.en = answer->second.en;
  if (recipient.evacuated() > 0) {
    absl::StrAppend(&detail.zh, recipient.evacuated(), "人");
    absl::StrAppend(&detail.en, " ", recipient.evacuated());
  }
  if (!recipient.answer_text().empty() && recipient.answer_text() != detail.zh) {
    absl::StrAppend(&detail.zh, "：", recipient.answer_text());
  }
  if (recipient.late()) detail.zh += "（超时）", detail.en += " (late)";
  return detail;
}

std::string Titles(const google::protobuf::RepeatedPtrField<std::string>& posts,
                   const Situation& situation) {
  std::vector<std::string> titles;
  for (const std::string& post : posts) titles.push_back(situation.TitleOf(post));
  return absl::StrJoin(titles, "、");
}

Detail OfEscalation(const alert::v1::Escalation& escalation, const Situation& situation) {
  const std::string silent = absl::StrJoin(escalation.silent_posts(), " ");
  const std::string called = absl::StrJoin(escalation.called_posts(), " ");
  return {"escalation",
          absl::StrCat("无应答：", Titles(escalation.silent_posts(), situation), "；改叫：",
                       Titles(escalation.called_posts(), situation)),
          absl::StrCat("no answer: ", silent, "; called: ", called), true};
}

Detail OfTask(const incident::v1::Task& task) {
  return {"task", absl::StrCat("“", task.goal(), "”", task.overdue() ? "（超时）" : ""),
          absl::StrCat(task.name(), task.overdue() ? " (overdue)" : ""), task.overdue()};
}

Detail OfObligation(const common::v1::Obligation& clock) {
  const bool late = clock.has_overdue_at();
  return {"clock", absl::StrCat("“", clock.title(), "”", late ? "超时" : ""),
          absl::StrCat(clock.rule_id(), late ? " overdue" : ""), late};
}

Detail OfResponse(const incident::v1::Response& response, const std::string& act) {
  if (act == "incident.RecordEffect" && !response.effects().empty()) {
    const auto& effect = *response.effects().rbegin();
    const bool failed = !effect.problem().empty();
    const std::string& what = failed ? effect.problem() : effect.result();
    return {"response", absl::StrCat(effect.id(), " → ", what),
            absl::StrCat(effect.id(), " → ", what), failed};
  }
  Detail detail{"response", absl::StrCat(response.level(), "级响应"),
                absl::StrCat("response level ", response.level())};
  if (act == "incident.HandOverResponse") {
    absl::StrAppend(&detail.zh, "，移交", response.handover().body());
    absl::StrAppend(&detail.en, ", to ", response.handover().body());
  }
  return detail;
}

template <typename Message>
Message Parsed(const Change& change) {
  Message message;
  message.ParseFromString(change.image());
  return message;
}

Detail OfChange(const Change& change, const std::string& act, const Situation& situation) {
  const std::string& kind = change.kind();
  if (kind == "incident") return OfIncident(Parsed<incident::v1::Incident>(change), act);
  if (kind == "report") return OfReport(Parsed<incident::v1::Report>(change), act);
  if (kind == "response") return OfResponse(Parsed<incident::v1::Response>(change), act);
  if (kind == "task") return OfTask(Parsed<incident::v1::Task>(change));
  if (kind == "obligation") return OfObligation(Parsed<common::v1::Obligation>(change));
  if (kind == "alert") return OfAlert(Parsed<alert::v1::Alert>(change));
  if (kind == "escalation") return OfEscalation(Parsed<alert::v1::Escalation>(change), situation);
  if (kind == "recipient") {
    const auto recipient = Parsed<alert::v1::Recipient>(change);
    Detail detail = OfRecipient(recipient);
    const auto view = situation.alerts().find(recipient.alert());
    if (detail.kind == "answer" && view != situation.alerts().end()) {
      absl::StrAppend(&detail.zh, "（", view->second.alert.title(), "）");
      absl::StrAppend(&detail.en, " (", view->first, ")");
    }
    return detail;
  }
  return {"other", "", ""};
}

}  // namespace

TimelineItem Describe(const SeenEntry& seen, const Situation& situation) {
  const platform::v1::Entry& entry = seen.entry;
  TimelineItem item;
  item.at = base::FromProto(entry.received_at());
  item.ledger = seen.ledger;
  item.seq = entry.seq();
  item.post = entry.actor().post();
  item.who = absl::StrCat(entry.actor().post_name(), entry.actor().person_name().empty() ? "" : " ",
                          entry.actor().person_name());
  const Words words = ActWords(entry.act());
  Detail detail{"other", "", ""};
  if (entry.has_refusal()) {
    detail = {"problem", absl::StrCat("被拒绝：", entry.refusal().message()),
              absl::StrCat("refused: ", entry.refusal().message_en()), true};
  } else if (!entry.changes().empty()) {
    detail = OfChange(entry.changes(0), entry.act(), situation);
    // What was missed matters more than the record it was noted on.
    for (const Change& change : entry.changes()) {
      if (change.kind() != "escalation") continue;
      const Detail climbed = OfChange(change, entry.act(), situation);
      if (detail.kind == "answer") {  // "cannot comply" climbs in the same act
        const auto called = Parsed<alert::v1::Escalation>(change);
        absl::StrAppend(&detail.zh, "；改叫：", Titles(called.called_posts(), situation));
        absl::StrAppend(&detail.en, "; called: ", absl::StrJoin(called.called_posts(), " "));
      } else {
        detail = climbed;
      }
    }
  }
  // A limit that passed with nothing to say: everybody had answered.
  if (seen.ledger == "alert" && entry.actor().person().empty() && detail.kind == "other") {
    detail.kind = "routine";
  }
  item.kind = detail.kind;
  item.bad = detail.bad;
  item.zh = absl::StrCat(words.zh, detail.zh.empty() ? "" : " ", detail.zh);
  item.en = absl::StrCat(words.en, detail.en.empty() ? "" : ": ", detail.en);
  return item;
}

Words ChainWords(incident::v1::ReportChain chain) {
  switch (chain) {
    case incident::v1::GOVERNMENT:
      return {"政府", "government"};
    case incident::v1::WORK_SAFETY:
      return {"应急管理部门", "work safety"};
    case incident::v1::MINE_SAFETY:
      return {"矿山安全", "mine safety"};
    case incident::v1::PARTY:
      return {"党委", "party"};
    default:
      return {};
  }
}

Words ActWords(const std::string& act) {
  static const std::map<std::string, Words> words = {
      {"incident.TakeIntake", {"接报", "intake"}},
      {"incident.TakeOver", {"接手核实", "taken over to verify"}},
      {"incident.ConfirmIncident", {"核实属实", "confirmed"}},
      {"incident.RejectIncident", {"不属实", "rejected"}},
      {"incident.TransferIncident", {"移送", "transferred"}},
      {"incident.SetLeadDepartment", {"确定牵头部门", "lead department set"}},
      {"incident.StartFirstHandling", {"先期处置", "first handling"}},
      {"incident.RecordFigures", {"更新伤亡数据", "new figures"}},
      {"incident.SetLevel", {"定级", "level set"}},
      {"incident.MarkControlled", {"险情已控制", "under control"}},
      {"incident.Relapse", {"险情反复", "relapse"}},
      {"incident.EndIncident", {"应急结束", "emergency ended"}},
      {"incident.DraftReport", {"起草报告", "report drafted"}},
      {"incident.SendReportOrally", {"电话报告", "reported by phone"}},
      {"incident.SignReport", {"签发报告", "report signed"}},
      {"incident.SendReport", {"书面报送", "report sent"}},
      {"incident.RecordReportReceipt", {"登记回执", "receipt of report"}},
      {"incident.ReturnReport", {"退回补充", "report returned"}},
      {"incident.ProposeResponse", {"建议启动响应", "response proposed"}},
      {"incident.DeclineResponse", {"不启动响应", "response declined"}},
      {"incident.ActivateResponse", {"启动响应", "response activated"}},
      {"incident.AdjustResponse", {"调整响应", "response adjusted"}},
      {"incident.HandOverResponse", {"移交指挥权", "command handed over"}},
      {"incident.EndResponse", {"终止响应", "response ended"}},
      {"incident.AssignTask", {"下达任务", "task assigned"}},
      {"incident.AcceptTask", {"接受任务", "task accepted"}},
      {"incident.ReportTaskProgress", {"任务进展", "task progress"}},
      {"incident.CompleteTask", {"完成任务", "task done"}},
      {"incident.DeclineTask", {"不接受任务", "task declined"}},
      {"incident.VerifyTask", {"核验任务", "task verified"}},
      {"incident.CloseOpenItem", {"办结待办", "open item closed"}},
      {"alert.IssueNotice", {"发布紧急通知", "notice issued"}},
      {"alert.DraftWarning", {"制作预警", "warning drafted"}},
      {"alert.ReviewWarning", {"审核预警", "warning reviewed"}},
      {"alert.SignWarning", {"签发预警", "warning signed"}},
      {"alert.IssueWarning", {"发布预警", "warning issued"}},
      {"alert.AdjustWarning", {"调整预警", "warning adjusted"}},
      {"alert.ExtendWarning", {"延长预警", "warning extended"}},
      {"alert.WithdrawDraft", {"撤回草稿", "draft withdrawn"}},
      {"alert.LiftAlert", {"解除", "lifted"}},
      {"alert.RetractAlert", {"误发撤回", "retracted"}},
      {"alert.DecideOnResponse", {"决定是否启动响应", "decided about a response"}},
      {"alert.ReportReceipts", {"送达回执", "receipts"}},
      {"alert.Answer", {"应答", "answer"}},
      {"incident.RecordEffect", {"响应联动结果", "effect of the response"}},
      {"incident.ObligationFellDue", {"逾期，逐级上报", "overdue, told one post higher"}},
      {"incident.MakeUpResponse", {"补办响应手续", "response papers made up"}},
      {"incident.RecordTransferReceipt", {"登记移送回执", "transfer receipt recorded"}},
      {"incident.AreaPathDue", {"查明上级区域", "areas above learnt"}},
      {"alert.ObligationFellDue", {"逾期，逐级上报", "overdue, told one post higher"}},
      {"alert.RetractAlert", {"误发撤回", "false alarm retracted"}},
      {"alert.DecideOnResponse", {"决定是否启动响应", "decided about a response"}},
      {"alert.answer-limit", {"应答时限到", "answer limit"}},
      {"alert.ladder-wait", {"叫应等待期满", "ladder wait over"}},
      {"alert.alert-expires", {"预警到期", "alert expired"}},
      {"alert.resolve-recipients", {"重新解析对象", "recipients resolved again"}},
      {"alert.makeup", {"待补时限", "make-up deadline"}},
      {"directory.ImportDirectory", {"导入名录", "directory copied"}},
      {"plan.ImportPlan", {"导入预案", "plan copied"}},
  };
  const auto known = words.find(act);
  if (known != words.end()) return known->second;
  return {act, act};
}

}  // namespace huying::drill_client
