// SPDX-License-Identifier: Apache-2.0
#include "clients/cli/say.h"

#include <map>

namespace huying::cli {
namespace {

// docs/glossary.md pairs the same words.
const std::map<std::string_view, std::string_view>& Words() {
  static const auto* words = new std::map<std::string_view, std::string_view>{
      {"DISTRICT", "区"},
      {"SUBDISTRICT", "街道"},
      {"COMMUNITY", "社区"},
      {"EXTERNAL", "外部"},
      {"NOTICE", "紧急通知"},
      {"WARNING", "预警"},
      {"RED", "红色"},
      {"ORANGE", "橙色"},
      {"YELLOW", "黄色"},
      {"BLUE", "蓝色"},
      {"DRAFT", "制作"},
      {"REVIEWED", "已审核"},
      {"SIGNED", "已签发"},
      {"ISSUED", "已发布"},
      {"SUPERSEDED", "已调整"},
      {"LIFTED", "已解除"},
      {"RETRACTED", "误发已撤回"},
      {"EXPIRED", "已到期"},
      {"WITHDRAWN", "已撤回"},
      {"SENT", "已发出"},
      {"DELIVERED", "已送达"},
      {"READ", "已读"},
      {"ANSWERED", "已应答"},
      {"CANNOT_COMPLY", "无法执行"},
      {"FAILED", "失败"},
      {"RECEIVED", "收到"},
      {"ON_POST", "已到岗"},
      {"EVACUATED", "已转移"},
      {"CANNOT", "无法执行"},
      {"REPORTED", "已接报"},
      {"VERIFYING", "核实中"},
      {"NOBODY", "无人在班"},
      {"CANNOT_SIGN_IN", "在班人不能登录"},
      {"ROSTER_ENDS", "班次排到此时为止"},
      {"BY_HAND", "手工"},
      {"ROTA", "文件"},
      {"AWAITS_SECOND", "待复核"},
      {"GRANTED", "已复核生效"},
      {"TURNED_DOWN", "未通过"},
      {"REJECTED", "不属实"},
      {"TRANSFERRED", "已移送"},
      {"CONFIRMED", "属实"},
      {"HANDLING", "处置中"},
      {"CONTROLLED", "已控制"},
      {"ENDED", "应急结束"},
      {"LEVEL_I", "I 特别重大"},
      {"LEVEL_II", "II 重大"},
      {"LEVEL_III", "III 较大"},
      {"LEVEL_IV", "IV 一般"},
      {"NATURAL", "自然灾害"},
      {"ACCIDENT", "事故灾难"},
      {"PUBLIC_HEALTH", "公共卫生事件"},
      {"SOCIAL_SECURITY", "社会安全事件"},
      {"FIRST", "首报"},
      {"FOLLOW_UP", "续报"},
      {"FINAL", "终报"},
      {"CORRECTION", "更正"},
      {"GOVERNMENT", "政府值班"},
      {"WORK_SAFETY", "应急管理部门"},
      {"MINE_SAFETY", "矿山安全监察"},
      {"PARTY", "党委值班"},
      {"REPORT_DRAFT", "起草"},
      {"SENT_ORALLY", "已电话报告"},
      {"REPORT_SIGNED", "已签发"},
      {"REPORT_RECEIVED", "已接收"},
      {"RETURNED", "退回补充"},
      {"RUNNING", "进行中"},
      {"Kind.REPORT", "报告"},
      {"Kind.VERIFICATION", "核实"},
      {"Kind.DECISION", "决定"},
      {"Kind.TASK", "任务"},
      {"Kind.ITEM", "待办"},
      {"Kind.MAKE_UP", "待补"},
      {"Kind.RECEIPT", "接收"},
      {"Kind.TERM", "期限"},
      {"State.SUSPENDED", "中止"},
      {"State.MET", "已办结"},
      {"State.MET_LATE", "逾期办结"},
      {"State.OVERDUE", "已逾期"},
      {"State.CANCELLED", "已取消"},
      {"MET", "按时"},
      {"OVERDUE", "超时"},
      {"MET_LATE", "迟办"},
      {"CANCELLED", "取消"},
      {"PROPOSED", "建议"},
      {"DECLINED", "不启动"},
      {"ACTIVE", "启动"},
      {"HANDED_OVER", "已移交上级"},
      {"RESPONSE_ENDED", "已终止"},
      {"ASSIGNED", "已下达"},
      {"ACCEPTED", "已接受"},
      {"IN_PROGRESS", "进行中"},
      {"DONE", "完成"},
      {"VERIFIED", "已核验"},
      {"TASK_DECLINED", "未接受"},
      {"TASK_CANCELLED", "取消"},
      {"IN_FORCE", "有效"},
      {"ABOLISHED", "废止"},
      {"OPEN", "待补"},
      {"MADE_UP", "已补"},
      {"MADE_UP_LATE", "迟补"},
      {"PLANNED", "计划"},
      {"APPROVED", "已批准"},
      {"PREPARING", "准备中"},
      {"PAUSED", "暂停"},
      {"STOPPED", "意外终止"},
      {"FINISHED", "完成"},
      {"EVALUATED", "已评估"},
      {"ARCHIVED", "已归档"},
      {"PlanState.SUPERSEDED", "已被新版替代"},
      {"OVERALL", "总体预案"},
      {"SPECIAL", "专项预案"},
      {"DEPARTMENT", "部门预案"},
      {"SUBDISTRICT_PLAN", "街道预案"},
      {"COMMUNITY_PLAN", "社区预案"},
      {"UNIT_PLAN", "单位预案"},
      {"JOINT", "联合预案"},
      {"LAW", "法律"},
      {"ADMIN_REGULATION", "行政法规"},
      {"LOCAL_REGULATION", "地方性法规"},
      {"RULE", "规章"},
      {"NORMATIVE_DOCUMENT", "规范性文件"},
      {"PLAN", "应急预案"},
      {"ADOPTED_DEFAULT", "本级采用的默认值"},
      {"PHONE", "电话"},
      {"ON_SITE", "现场"},
      {"true", "是"},
      {"false", "否"},
  };
  return *words;
}

// English of the flags that servers raise; a sentence that ends in a space goes on with the names after
// the Chinese one's colon.
const std::map<std::string_view, std::string_view>& Flags() {
  static const auto* flags = new std::map<std::string_view, std::string_view>{
      {"alert.answered-late", "answered after the limit"},
      {"alert.answered-off-duty", "answered by somebody who is not on duty now"},
      {"alert.cannot-stands",
       "\"cannot comply\" still stands: somebody on duty says how it was solved (--solved)"},
      {"alert.chain-newest",
       "the warning was adjusted since this draft: its newest one is replaced: "},
      {"alert.evacuated-lower",
       "fewer people moved than said before, without a reason: the earlier number stays shown"},
      {"alert.nobody-can-answer",
       "posts for which nobody can sign in now, call them by telephone: "},
      {"alert.nobody-to-answer",
       "no post has to answer: check the target areas and tiers, and use the telephone"},
      {"alert.on-duty-answer-stands", "the answer of somebody on duty still stands"},
      {"alert.post-unknown", "posts that directory does not know: "},
      {"alert.stronger-answer-stands", "the stronger answer given before still stands"},
      {"alert.area-code-guessed",
       "directory did not answer: a short area code was padded with zeros, to be verified"},
      {"alert.area-without-post", "areas without a post that could answer: "},
      {"alert.competence-unverified",
       "competence to be verified: directory did not answer, the token's post and area were taken"},
      {"alert.empty-step", "posts nobody could be called for were skipped"},
      {"alert.expired", "expired; a person lifts or extends it"},
      {"alert.holders-unknown", "directory did not answer: deputies are called in their order"},
      {"alert.power-item", "basis to be verified: no power item in force"},
      {"alert.recipients-stale",
       "directory did not answer: sent to the recipients fixed at review"},
      {"alert.recipients-unknown", "who must answer is not known yet"},
      {"directory.account-leaves", "once disabled nobody can sign in for: "},
      {"directory.roster-by-hand", "shifts put by hand stay, the file gives way: "},
      {"directory.roster-no-account", "on the roster without an account for the post: "},
      {"directory.second-person",
       "a grave right: it waits for a second person, or was given alone because there is none"},
      {"directory.off-duty", "the roster has somebody else, or nobody, at this post now"},
      {"incident.area-unchecked", "area to be verified: directory did not answer"},
      {"incident.competence.power-item", "basis to be verified: no power item in force"},
      {"incident.competence.unchecked", "competence to be verified: directory did not answer"},
      {"incident.handling-outside-area", "handled by somebody from outside the area"},
      {"incident.open-measures", "responses still running: "},
      {"ledger.deadline-dropped", "a deadline could not be handled and was dropped"},
      {"legal-basis.incomplete", "basis to be verified: its kind, title or article is not said"},
      {"legal-basis.minutes", "basis to be verified: minutes of a meeting are no legal basis"},
      {"legal-basis.missing", "basis to be verified: no legal basis was given"},
      {"level.recompute", "past the time in which the level is computed anew"},
      {"report.missing-elements", "elements are missing (suspected omission): "},
      {"response.approver", "the plan names another post to approve this level"},
      {"response.end-conditions",
       "the plan's conditions for the end are not met or not known; ended by the commander"},
      {"task.by-another", "done by another post than the one it was given to"},
      {"incident.make-ups-open", "not made up yet, will stand in the closing report: "},
      {"incident.rejection-pending",
       "rejected once the person asked agrees by an act of his own; clocks run on"},
      {"report.addressee-unknown",
       "what the body is was not said: it does not meet the clock; record it again with its "
       "addressee"},
      {"report.by-superior", "a superior post acted on a lower tier's report"},
      {"report.copy-to-superior", "a level was skipped: the subdistrict must have a copy"},
      {"report.direct-superior", "the direct superior is not among the receivers"},
  };
  return *flags;
}

}  // namespace

Language LanguageOf(std::string_view locale) {
  return locale.substr(0, 2) == "en" ? Language::kEnglish : Language::kChinese;
}

std::string Word(const Say& say, std::string_view value, std::string_view type) {
  if (say.language() == Language::kEnglish) return std::string(value);
  auto found = Words().find(std::string(type) + "." + std::string(value));
  if (found == Words().end()) found = Words().find(value);
  return std::string(found == Words().end() ? value : found->second);
}

bool HasEnglish(std::string_view flag_rule_id) { return Flags().count(flag_rule_id) > 0; }

std::string FlagText(const Say& say, const common::v1::Flag& flag) {
  if (say.language() == Language::kChinese) return flag.text();
  constexpr std::string_view kColon = "：";
  const size_t colon = flag.text().find(kColon);
  const std::string names =
      colon == std::string::npos ? "" : flag.text().substr(colon + kColon.size());
  if (!flag.make_up().empty()) return "to be made up: " + names;
  const auto found = Flags().find(flag.rule_id());
  if (found == Flags().end()) return flag.text();
  std::string text(found->second);
  if (text.back() == ' ') text += names;
  return text;
}

}  // namespace huying::cli
