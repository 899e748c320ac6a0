// SPDX-License-Identifier: Apache-2.0
#include "clients/cli/labels.h"

#include <map>
#include <set>
#include <string_view>

#include "huying/common/v1/privacy.pb.h"

namespace huying::cli {
namespace {

using google::protobuf::FieldDescriptor;

// What decisions read and no person needs: sizes, ancestors, instructions to a reactor.
const std::set<std::string_view>& Hidden() {
  static const auto* fields = new std::set<std::string_view>{
      "area_ancestors", "verify_rounds",    "notices_to_issue",    "noticed",
      "alerts_to_lift", "recipients_as_of", "recipients_revision", "told_areas",
      "source_yaml",    "text_hash",        "as_of_seq",           "text_en",
      "title_en",       "explanation_en",
  };
  return *fields;
}

// By the field's name; "Message.field" where one name means two things.
const std::map<std::string_view, std::string_view>& Labels() {
  static const auto* labels = new std::map<std::string_view, std::string_view>{
      // who, what, when
      {"name", "编号"},
      {"title", "标题"},
      {"state", "状态"},
      {"version", "版本号"},
      {"reason", "理由"},
      {"at", "时间"},
      {"by", "办理人"},
      {"actor", "办理人"},
      {"person", "人员编号"},
      {"account", "账号"},
      {"person_name", "姓名"},
      {"post", "岗位"},
      {"post_name", "岗位名称"},
      {"post_title", "岗位名称"},
      {"unit", "单位"},
      {"tier", "层级"},
      {"tiers", "层级"},
      {"area", "区划"},
      {"area_name", "区划名称"},
      {"areas", "区划"},
      {"acting_for_post", "代行岗位"},
      {"acting_reason", "代行理由"},
      {"system", "系统办理"},
      {"source", "来源"},
      {"note", "备注"},
      {"text", "正文"},
      {"action", "措施"},
      {"kind", "种类"},
      {"legal_basis", "法律依据"},
      {"article", "条款"},
      {"version_date", "版本日期"},
      {"phone", "电话"},
      {"case_id", "案卷"},
      {"id", "标识"},
      // incident
      {"incident", "突发事件"},
      {"event_class", "类别"},
      {"event_code", "事件代码"},
      {"occurred_at", "发生时间"},
      {"received_at", "接报时间"},
      {"place", "地点"},
      {"description", "情况"},
      {"sensitive", "敏感时间、区域或人群"},
      {"figures", "数字"},
      {"dead", "死亡"},
      {"missing", "失踪"},
      {"seriously_injured", "重伤"},
      {"injured", "受伤"},
      {"trapped", "被困"},
      {"affected", "受影响"},
      {"relocated", "转移"},
      {"direct_loss_yuan", "直接经济损失(元)"},
      {"checked", "已核实"},
      {"as_of", "截至"},
      {"level", "级别"},
      {"Incident.level", "初判级别"},
      {"level_history", "定级经过"},
      {"by_rule", "按规则得出"},
      {"reasons", "依据的事实"},
      {"computed", "规则得出的级别"},
      {"superior_body", "作出认定的上级"},
      {"lead_department", "牵头部门"},
      {"lead_department_alarm", "牵头部门未定"},
      {"reporter", "报告人"},
      {"taken_by", "接报人"},
      {"verifier", "核实人"},
      {"confirmer", "确认人"},
      {"close_reason", "结案理由"},
      {"controlled_text", "控制情况"},
      {"relapse_reason", "复发原因"},
      {"second_reason", "第二人意见"},
      {"transferred_to", "移送至"},
      {"transfer_receipt", "移送回执"},
      {"confirmed_at", "确认时间"},
      {"handling_at", "先期处置时间"},
      {"controlled_at", "控制时间"},
      {"ended_at", "结束时间"},
      {"open_responses", "进行中的响应"},
      {"report_count", "报告份数"},
      {"first_handler", "先期处置人"},
      {"first_handling", "先期处置"},
      {"graded_at", "定级时间"},
      {"secondary_of", "次生于"},
      {"figures_history", "数字变化"},
      {"handlings", "处置经过"},
      {"chains", "报告渠道"},
      {"verify_clock", "核实时限"},
      {"second_person", "第二人"},
      {"closer", "结案人"},
      {"command_handed_over", "指挥已移交上级"},
      // response
      {"response", "应急响应"},
      {"plan", "预案"},
      {"plan_revision", "预案修订"},
      {"matters", "响应事项"},
      {"expected_period", "预计期限"},
      {"measures", "措施"},
      {"proposer", "建议人"},
      {"approver", "批准人"},
      {"commander_post", "指挥岗位"},
      {"conditions_met", "启动条件已满足"},
      {"condition_trace", "条件核对"},
      {"override_reason", "条件未满足时的理由"},
      {"started_at", "启动时间"},
      {"ends_expected_at", "预计结束"},
      {"end_reason", "终止理由"},
      {"handover", "移交"},
      {"body", "接手单位"},
      {"commander", "指挥员"},
      {"remaining", "本区继续承担"},
      {"receipt", "回执"},
      {"effects", "后续动作"},
      {"result", "结果"},
      {"problem", "未成的原因"},
      {"level_changes", "级别调整"},
      {"from", "由"},
      {"to", "至"},
      {"notices", "通知"},
      {"urgent", "紧急"},
      {"overdue", "已逾期"},
      {"tasks", "任务"},
      {"proposal_reason", "建议理由"},
      {"approver_post", "批准岗位"},
      // alert
      {"alert", "预警或通知"},
      {"category", "事件类别"},
      {"color", "颜色"},
      {"effective_at", "起始时间"},
      {"expires_at", "预计截止"},
      {"target_areas", "发往区划"},
      {"cautions", "警示事项"},
      {"issuer_unit", "发布单位"},
      {"issued_at", "发布时间"},
      {"refers_to", "所涉事项"},
      {"previous", "被它调整的"},
      {"next", "后继"},
      {"drafter", "制作人"},
      {"reviewer", "审核人"},
      {"signer", "签发人"},
      {"issuer", "发布人"},
      {"lifter", "解除人"},
      {"lift_reason", "解除理由"},
      {"power_item", "权责事项"},
      {"recipients_stale", "接收岗位未及更新"},
      {"recipient_count", "应答岗位数"},
      {"department", "是部门岗位"},
      {"mark", "标记"},
      {"open_make_ups", "待补事项"},
      {"missed_reports", "未按时限报送次数"},
      {"duty_post", "区值班岗位"},
      {"open_proposals", "待决定的响应建议"},
      {"reporting_since", "报送时限起算"},
      {"make_ups", "曾开列的待补事项"},
      {"pending_rejection", "待同意的不属实意见"},
      {"areas_above", "上级区划"},
      {"areas_above_unknown", "上级区划待查明"},
      {"level_unchecked", "级别调整时未能对照预案"},
      {"acting_until", "代行至"},
      {"limits", "应答时限"},
      {"limit_at", "时限至"},
      {"review_opinion", "审核意见"},
      {"recipients_unknown", "接收岗位待定"},
      {"recipients", "接收岗位"},
      {"deputies", "代理岗位"},
      {"supervisor", "上级岗位"},
      {"silent_areas", "无人可答的区划"},
      // plan
      {"Plan.title", "预案名称"},
      {"revision", "修订"},
      {"type", "预案类型"},
      {"classes", "适用类别"},
      {"parent", "上级预案"},
      {"levels", "响应级别"},
      {"start", "启动条件"},
      {"end", "结束条件"},
      {"compare", "比较"},
      {"fact", "事实"},
      {"op", "关系"},
      {"values", "值"},
      {"all", "全部满足"},
      {"any", "任一满足"},
      {"of", "其中"},
      {"not", "不满足"},
      {"within", "时限"},
      {"approved_by", "批准单位"},
      {"document_no", "文号"},
      {"Plan.issued_at", "印发日期"},
      {"starts", "达到启动条件"},
      {"holds", "成立"},
      {"unknown", "缺少这一事实"},
      {"parts", "分项"},
      {"ends", "达到结束条件"},
      {"suggested_level", "建议级别"},
      // exercise
      {"exercise", "演练"},
      {"realm", "演练域"},
      {"realm_finished", "各进程已知结束"},
      {"realm_closed", "演练域已关闭"},
      {"final_heads", "结束时各账本的末条"},
      {"names", "脚本中的名称"},
      {"scenario", "情景"},
      {"purpose", "目的"},
      {"seed", "随机种子"},
      {"starts_at", "开始时间"},
      {"injects", "注入情景"},
      {"offset", "距开始"},
      {"to_post", "告知岗位"},
      {"played_at", "注入时间"},
      {"expectations", "期望"},
      {"match", "应看到"},
      {"act", "动作"},
      {"fields", "字段"},
      {"count", "次数"},
      {"limit", "时限"},
      {"tolerance", "容差"},
      {"silence", "预期沉默"},
      {"rule_id", "规则"},
      {"actor_posts", "参演岗位"},
      {"plans", "预案"},
      {"planner", "计划人"},
      {"director", "导调"},
      {"results", "评分"},
      {"measured", "实测"},
      {"from_at", "起算"},
      {"met", "达到"},
      {"missed", "未达"},
      {"explanation", "说明"},
      {"ledger", "账本"},
      {"seq", "记录序号"},
      {"seen", "看到次数"},
      {"narrow", "余量不足一成"},
      {"finished_at", "结束时间"},
      {"last_time", "最近时刻"},
  };
  return *labels;
}

std::string_view Find(const FieldDescriptor& field) {
  const std::string own = field.containing_type()->name() + "." + field.name();
  auto found = Labels().find(own);
  if (found == Labels().end()) found = Labels().find(field.name());
  return found == Labels().end() ? std::string_view() : found->second;
}

}  // namespace

bool IsShown(const FieldDescriptor& field) {
  if (field.is_map() || Hidden().count(field.name()) > 0) return false;
  return field.message_type() == nullptr ||
         field.message_type() != common::v1::Sealed::descriptor();
}

bool HasLabel(const FieldDescriptor& field) { return !Find(field).empty(); }

std::string FieldLabel(const Say& say, const FieldDescriptor& field) {
  std::string english = field.name();
  for (char& c : english) c = c == '_' ? ' ' : c;
  return say(HasLabel(field) ? Find(field) : std::string_view(field.name()), english);
}

}  // namespace huying::cli
