// SPDX-License-Identifier: Apache-2.0
#include "services/incident/rules/states.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "services/platform/base/status.h"
#include "services/platform/base/strings.h"

namespace huying::incident::rules {
namespace {

using base::Reason;

constexpr std::array<std::string_view, kIncidentActs> kIncidentActZh = {
    "接报",         "接手核实", "确认属实", "判为不属实", "移送",
    "确定牵头部门", "先期处置", "登记数据", "定级",       "宣布控制",
    "宣布反复",     "结束应急", "报送信息", "建议响应",   "启动响应"};
constexpr std::array<std::string_view, kReportActs> kReportActZh = {"起草", "电话报告", "签发",
                                                                    "报送", "登记回执", "退回"};
constexpr std::array<std::string_view, kResponseActs> kResponseActZh = {
    "建议", "不启动", "启动", "调整", "移交", "终止", "下达任务"};
constexpr std::array<std::string_view, kTaskActs> kTaskActZh = {"下达", "接受", "报告进展", "完成",
                                                                "拒绝", "核验", "取消"};

template <typename State>
absl::Status Illegal(std::string_view what, State state, std::string_view act,
                     const std::string& state_en, std::string_view rule) {
  return base::Refused(Reason::ILLEGAL_TRANSITION,
                       absl::StrCat(base::Abs(what), "目前是“", base::Abs(NameZh(state)), "”，不能",
                                    base::Abs(act)),
                       absl::StrCat("not allowed in state ", state_en))
      .Rule(rule);
}

}  // namespace

absl::StatusOr<v1::IncidentState> Transition(v1::IncidentState state, IncidentAct act) {
  const v1::IncidentState next = Next(state, act);
  if (next != v1::INCIDENT_STATE_UNSPECIFIED) return next;
  return Illegal("事件", state, kIncidentActZh[static_cast<int>(act)],
                 v1::IncidentState_Name(state), "incident.states");
}
absl::StatusOr<v1::ReportState> Transition(v1::ReportState state, ReportAct act) {
  const v1::ReportState next = Next(state, act);
  if (next != v1::REPORT_STATE_UNSPECIFIED) return next;
  return Illegal("报告", state, kReportActZh[static_cast<int>(act)], v1::ReportState_Name(state),
                 "report.states");
}
absl::StatusOr<v1::ResponseState> Transition(v1::ResponseState state, ResponseAct act) {
  const v1::ResponseState next = Next(state, act);
  if (next != v1::RESPONSE_STATE_UNSPECIFIED) return next;
  return Illegal("响应", state, kResponseActZh[static_cast<int>(act)],
                 v1::ResponseState_Name(state), "response.states");
}
absl::StatusOr<v1::TaskState> Transition(v1::TaskState state, TaskAct act) {
  const v1::TaskState next = Next(state, act);
  if (next != v1::TASK_STATE_UNSPECIFIED) return next;
  return Illegal("任务", state, kTaskActZh[static_cast<int>(act)], v1::TaskState_Name(state),
                 "task.states");
}

std::string_view NameZh(v1::IncidentState state) {
  constexpr std::array<std::string_view, kIncidentStates> kNames = {
      "未登记", "已接报", "核实中", "不属实", "已移送", "属实", "处置中", "已控制", "应急结束"};
  return kNames[state];
}
std::string_view NameZh(v1::ReportState state) {
  constexpr std::array<std::string_view, kReportStates> kNames = {
      "未起草", "起草", "已电话报告", "已签发", "已报送", "已接收", "退回补充"};
  return kNames[state];
}
std::string_view NameZh(v1::ResponseState state) {
  constexpr std::array<std::string_view, kResponseStates> kNames = {
      "未建议", "建议", "不启动", "启动", "已移交上级", "终止"};
  return kNames[state];
}
std::string_view NameZh(v1::TaskState state) {
  constexpr std::array<std::string_view, kTaskStates> kNames = {
      "未下达", "已下达", "已接受", "进行中", "已完成", "已核验", "已拒绝", "已取消"};
  return kNames[state];
}

}  // namespace huying::incident::rules
