// SPDX-License-Identifier: Apache-2.0
#include "clients/cli/commands/commands.h"
#include "clients/cli/commands/common_fields.h"
#include "clients/cli/shown.h"
#include "huying/alert/v1/alert_service.pb.h"

namespace huying::cli {
namespace {

const std::string kService = "huying.alert.v1.AlertService/";
const Field kName = {"name", "name", "编号", "alert", kRequired};
const Field kReason = {"--reason", "reason", "理由", "reason", kRequired};

std::vector<Field> WarningFields() {
  return {
      {"--category", "content.category", "类别 (事件代码)", "category", kRequired},
      {"--color", "content.color", "red | orange | yellow | blue", "colour", kRequired},
      {"--from", "content.effective_at", "起始时间", "start", kRequired},
      {"--until", "content.expires_at", "预计截止", "expected end", kRequired},
      {"--area", "content.target_areas", "可能影响的区划", "area touched", kRequired},
      {"--cautions", "content.cautions", "警示事项", "cautions", kRequired},
      {"--measures", "content.measures", "应当采取的措施", "measures to take", kRequired},
      {"--title", "content.title", "标题, 40 字以内", "title, at most 40 characters", kRequired},
      {"--text", "content.text", "正文", "text", kRequired},
      {"--refers-to", "content.refers_to", "由哪个事件引起", "the incident it follows from"},
      BasisField("content.legal_basis")};
}

std::string ShowAlert(const Say& say, const google::protobuf::Message& answer) {
  const auto& response = static_cast<const alert::v1::GetAlertResponse&>(answer);
  std::string text = AlertText(say, response.alert(), {});
  for (const auto& flag : response.alert().open_make_ups()) {
    text += "\n    " + say("待补：", "to be made up: ") + flag;
  }
  for (const auto& recipient : response.recipients().recipients()) {
    text += "\n    " + say("应答岗位：", "must answer: ") + recipient.area_name() + " " +
            recipient.post_title() + " (" + recipient.post() + ")";
  }
  return text;
}

std::string ShowAlerts(const Say& say, const google::protobuf::Message& answer) {
  const auto& response = static_cast<const alert::v1::ListAlertsResponse&>(answer);
  std::string text;
  for (const auto& alert : response.alerts()) text += AlertText(say, alert, {}) + "\n";
  if (response.alerts().empty()) text = say("没有预警或通知", "no alerts");
  if (!response.next_page_token().empty()) {
    text += say("还有下一页: --page ", "more: --page ") + response.next_page_token();
  }
  return text;
}

void AddNotice(Cli& cli) {
  CLI::App* group = cli.AddGroup("notice", "紧急通知: 发往自己的辖区", "notices");
  cli.AddCall(group, {.name = "issue",
                      .zh = "发布",
                      .en = "issue",
                      .method = kService + "IssueNotice",
                      .fields = {{"--title", "title", "标题", "title", kRequired},
                                 {"--text", "text", "正文", "text", kRequired},
                                 {"--area", "target_areas", "区划", "area", kRequired},
                                 {"--refers-to", "refers_to", "事件、响应、命令或任务",
                                  "incident, response, order or task", kRequired},
                                 {"--urgent", "urgent", "紧急: 应答时限缩短",
                                  "urgent: the limits to answer are short"},
                                 BasisField()},
                      .example = "notice issue --title 到岗 --text 请立即到岗 --area 230407001 "
                                 "--refers-to incidents/2026-0001 --urgent"});
  cli.AddCall(group, {.name = "lift",
                      .zh = "解除",
                      .en = "lift",
                      .method = kService + "LiftAlert",
                      .fields = {kName, kReason},
                      .example = "notice lift alerts/2026-0001 --reason 险情解除"});
  cli.AddCall(group, {.name = "retract",
                      .zh = "误发撤回 (本不该发出)",
                      .en = "retract: it should never have left",
                      .method = kService + "RetractAlert",
                      .fields = {kName, kReason},
                      .example = "notice retract alerts/2026-0001 --reason 误发"});
}

void AddWarning(Cli& cli) {
  CLI::App* group =
      cli.AddGroup("warning", "预警: 制作、审核、签发、发布 (三人), 调整、解除", "warnings");
  cli.AddCall(
      group,
      {.name = "draft",
       .zh = "制作",
       .en = "draft",
       .method = kService + "DraftWarning",
       .fields = WarningFields(),
       .example =
           "warning draft --category 11B04 --color orange --area 230407 --from '2026-11-23 20:00' "
           "--until '2026-11-24 20:00' --title 暴雪橙色预警 --text 今夜有暴雪 --cautions 减少外出 "
           "--measures 备足除雪力量"});
  cli.AddCall(group, {.name = "review",
                      .zh = "审核",
                      .en = "review",
                      .method = kService + "ReviewWarning",
                      .fields = {kName, {"--opinion", "opinion", "意见", "opinion"}},
                      .example = "warning review alerts/2026-0001 --opinion 同意"});
  cli.AddCall(group, {.name = "sign",
                      .zh = "签发",
                      .en = "sign",
                      .method = kService + "SignWarning",
                      .fields = {kName},
                      .example = "warning sign alerts/2026-0001"});
  cli.AddCall(
      group,
      {.name = "issue",
       .zh = "发布",
       .en = "issue",
       .method = kService + "IssueWarning",
       .fields = Join({kName}, UrgencyFields()),
       .example = "warning issue alerts/2026-0001 --urgent --authorised-by 冯玉林 --by-phone "
                  "--reason 险情就在眼前",
       .complete = CompleteUrgency});
  std::vector<Field> adjust = {kName, kReason};
  for (const Field& field : WarningFields()) adjust.push_back(field);
  cli.AddCall(
      group,
      {.name = "adjust",
       .zh = "调整 (制作后继预警)",
       .en = "adjust: drafts the successor",
       .method = kService + "AdjustWarning",
       .fields = adjust,
       .example = "warning adjust alerts/2026-0001 --reason 雪势增强 --category 11B04 --color red "
                  "--area 230407 --from '2026-11-23 20:00' --until '2026-11-24 20:00' --title "
                  "暴雪红色预警 --text 雪势增强 --cautions 不要外出 --measures 停运班车"});
  cli.AddCall(
      group,
      {.name = "extend",
       .zh = "延长",
       .en = "extend",
       .method = kService + "ExtendWarning",
       .fields = {kName, {"--until", "expires_at", "新的截止", "new end", kRequired}, kReason},
       .example = "warning extend alerts/2026-0001 --until '2026-11-25 08:00' --reason 降雪未停"});
  cli.AddCall(group, {.name = "withdraw",
                      .zh = "撤回草稿",
                      .en = "withdraw a draft",
                      .method = kService + "WithdrawDraft",
                      .fields = {kName, kReason},
                      .example = "warning withdraw alerts/2026-0001 --reason 重复制作"});
  cli.AddCall(group, {.name = "lift",
                      .zh = "解除",
                      .en = "lift",
                      .method = kService + "LiftAlert",
                      .fields = {kName, kReason},
                      .example = "warning lift alerts/2026-0001 --reason 降雪结束"});
  cli.AddCall(group, {.name = "decide",
                      .zh = "红色预警: 决定是否启动应急响应",
                      .en = "of a RED warning: whether a response is started",
                      .method = kService + "DecideOnResponse",
                      .fields = {kName,
                                 {"--started", "started", "已启动", "it was started"},
                                 {"--response", "response", "哪个响应", "which response"},
                                 kReason},
                      .example = "warning decide alerts/2026-0001 --reason 降雪已减弱"});
  cli.AddCall(group, {.name = "retract",
                      .zh = "误发撤回; 非签发岗位在紧急情况下填写 urgency, 事后补签",
                      .en = "retract: it should never have left; in urgency by whoever issued it",
                      .method = kService + "RetractAlert",
                      .fields = Join({kName, kReason}, UrgencyFields("")),
                      .example = "warning retract alerts/2026-0001 --reason 误发 --urgent "
                                 "--authorised-by 冯玉林 --by-phone",
                      .complete = CompleteUrgency});
}

void AddAnswers(Cli& cli) {
  cli.AddCall(
      nullptr,
      {.name = "answer",
       .zh = "应答 (已读不算应答)",
       .en = "answer an alert (reading is no answer)",
       .method = kService + "Answer",
       .fields = {{"alert", "alert", "编号", "alert", kRequired},
                  {"--kind", "kind", "received | on-post | evacuated | cannot | stopped",
                   "what you answer", kRequired},
                  {"--text", "text", "说明; 无法执行须写理由", "text; the reason, with cannot"},
                  {"--evacuated", "evacuated", "已转移人数", "people moved"},
                  {"--solved", "solved", "“无法执行”已解决; --text 写明如何解决",
                   "what could not be done is solved; --text says how"},
                  {"--channel", "channel", "app | cli | sms | phone", "channel"},
                  {"--for-post", "for_post", "代记辖内岗位的电话应答",
                   "write down the phone answer of a post beneath"},
                  {"--person", "person_name", "电话里应答的人", "who spoke on the phone"}},
       .example = "answer alerts/2026-0001 --kind on-post --channel cli"});
  CLI::App* group = cli.AddGroup("alert", "预警与通知的查看、名单、叫应", "looking at alerts");
  cli.AddCall(group, {.name = "show",
                      .zh = "查看",
                      .en = "show",
                      .method = kService + "GetAlert",
                      .fields = {kName},
                      .example = "alert show alerts/2026-0001",
                      .show = ShowAlert});
  cli.AddCall(group, {.name = "list",
                      .zh = "列表",
                      .en = "list",
                      .method = kService + "ListAlerts",
                      .fields = Join({{"--in-force", "in_force_only", "只看有效", "only in force"},
                                      {"--area", "area", "区划", "area"}},
                                     PageFields()),
                      .example = "alert list --in-force",
                      .show = ShowAlerts});
  const Field alert = {"alert", "alert", "编号", "alert", kRequired};
  cli.AddCall(group, {.name = "recipients",
                      .zh = "接收岗位",
                      .en = "recipients",
                      .method = kService + "ListRecipients",
                      .fields = Join({alert}, PageFields()),
                      .list = "recipients",
                      .columns = {{"岗位", "post", "post_title"},
                                  {"区划", "area", "area_name"},
                                  {"状态", "state", "state"},
                                  {"应答", "answered", "answered_at"},
                                  {"应答人", "by", "answered_by"},
                                  {"迟", "late", "late"}},
                      .example = "alert recipients alerts/2026-0001"});
  cli.AddCall(group, {.name = "escalations",
                      .zh = "叫应过程",
                      .en = "the ladder's steps",
                      .method = kService + "ListEscalations",
                      .fields = Join({alert}, PageFields()),
                      .list = "escalations",
                      .columns = {{"时间", "at", "at"},
                                  {"层级", "tier", "tier"},
                                  {"步", "step", "step"},
                                  {"沉默的岗位", "silent", "silent_posts"},
                                  {"被叫的岗位", "called", "called_posts"},
                                  {"原因", "why", "reason"}},
                      .example = "alert escalations alerts/2026-0001"});
  cli.AddCall(group, {.name = "make-ups",
                      .zh = "待补事项",
                      .en = "make-ups",
                      .method = kService + "ListMakeUps",
                      .fields = Join({{"--open-only", "open_only", "只看未补", "only open ones"}},
                                     PageFields()),
                      .list = "make_ups",
                      .columns = {{"编号", "name", "name"},
                                  {"事项", "text", "text"},
                                  {"状态", "state", "state"},
                                  {"截止", "due", "due_at"}},
                      .example = "alert make-ups --open-only"});
  cli.AddCall(nullptr, {.name = "rollup",
                        .zh = "汇总: 谁答了, 谁没有",
                        .en = "who has answered, who has not",
                        .method = kService + "GetRollUp",
                        .fields = {alert},
                        .list = "nodes",
                        .columns = {{"区划", "area", "area_name"},
                                    {"层级", "tier", "tier"},
                                    {"应收", "told", "recipients"},
                                    {"送达", "delivered", "delivered"},
                                    {"已读", "read", "read"},
                                    {"已应答", "answered", "answered"},
                                    {"无法执行", "cannot", "cannot_comply"},
                                    {"未应答岗位", "missing", "missing_posts"},
                                    {"全部应答", "green", "green"}},
                        .example = "rollup alerts/2026-0001"});
}

}  // namespace

void AddAlertCommands(Cli& cli) {
  AddNotice(cli);
  AddWarning(cli);
  AddAnswers(cli);
}

}  // namespace huying::cli
