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
      {"EXPIRED", "已到期"},
      {"WITHDRAWN", "已撤回"},
      {"PENDING", "待发"},
      {"SENT", "已发出"},
      {"DELIVERED", "已送达"},
      {"READ", "已读"},
      {"ANSWERED", "已应答"},
      {"CANNOT_COMPLY", "无法执行"},
      {"FAILED", "失败"},
      {"UNREACHABLE", "联系不上"},
      {"RECEIVED", "收到"},
      {"ON_POST", "已到岗"},
      {"EVACUATED", "已转移"},
      {"CANNOT", "无法执行"},
      {"REPORTED", "已接报"},
      {"VERIFYING", "核实中"},
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
      {"true", "是"},
      {"false", "否"},
  };
  return *words;
}

}  // namespace

Language LanguageOf(std::string_view locale) {
  return locale.substr(0, 2) == "en" ? Language::kEnglish : Language::kChinese;
}

std::string Word(const Say& say, std::string_view value) {
  if (say.language() == Language::kEnglish) return std::string(value);
  auto found = Words().find(value);
  return std::string(found == Words().end() ? value : found->second);
}

}  // namespace huying::cli
