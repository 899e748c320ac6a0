// SPDX-License-Identifier: Apache-2.0
#include "clients/cli/commands/commands.h"
#include "clients/cli/commands/common_fields.h"

namespace huying::cli {
namespace {

constexpr char kIncidentService[] = "huying.incident.v1.IncidentService/";

Field Name() { return {"name", "name", "事件编号", "incident", kRequired}; }

std::vector<Field> FigureFields(const std::string& prefix) {
  return {{"--dead", prefix + "dead", "死亡", "dead"},
          {"--missing", prefix + "missing", "失踪 (定级时计入死亡)",
           "missing (counts as dead for the level)"},
          {"--serious", prefix + "seriously_injured", "重伤", "seriously injured"},
          {"--injured", prefix + "injured", "受伤", "injured"},
          {"--trapped", prefix + "trapped", "被困", "trapped"},
          {"--loss-yuan", prefix + "direct_loss_yuan", "直接经济损失(元)", "direct loss, yuan"},
          {"--relocated", prefix + "relocated", "转移", "relocated"},
          {"--source", prefix + "source", "数字来源", "source of the figures"},
          {"--as-of", prefix + "as_of", "截至", "as of"}};
}

void AddIntake(Cli& cli, CLI::App* group) {
  cli.AddCall(
      group,
      {.name = "intake",
       .zh = "接报",
       .en = "take a report in",
       .method = std::string(kIncidentService) + "TakeIntake",
       .fields = Join(
           {{"--class", "event_class", "类别: accident natural public-health social-security",
             "event class"},
            {"--code", "event_code",
             "事件代码: coal-mine traffic fire 决定报告渠道与时限; 其他代码只供预案判断",
             "event code: coal-mine, traffic, fire decide chains and limits; others only plans "
             "read"},
            {"--title", "title", "标题", "title", kRequired},
            {"--area", "area", "区划代码 (6/9/12 位)", "area code", kRequired},
            {"--place", "place", "地点", "place"},
            {"--text", "description", "情况", "what is known"},
            {"--occurred", "occurred_at", "发生时间 (北京时间)", "when it happened, Beijing time"},
            {"--sensitive", "sensitive", "敏感时间、区域或人群", "sensitive time, place or people"},
            {"--reporter", "reporter.person_name", "报告人 (加密保存)",
             "who reported (kept encrypted)"},
            {"--phone", "reporter.phone", "报告人电话 (加密保存)",
             "the reporter's phone (kept encrypted)"},
            {"--reporter-kind", "reporter.source", "来源: 网格员、单位、110…", "source"}},
           FigureFields("figures.")),
       .example = "incident intake --class accident --code coal-mine --title 煤矿爆炸 --area "
                  "230407 --missing 139"});
}

void AddSteps(Cli& cli, CLI::App* group) {
  const std::string service(kIncidentService);
  cli.AddCall(group, {.name = "take-over",
                      .zh = "接手核实",
                      .en = "take over to verify",
                      .method = service + "TakeOver",
                      .fields = {Name()},
                      .example = "incident take-over incidents/2026-0001"});
  cli.AddCall(group,
              {.name = "confirm",
               .zh = "确认属实",
               .en = "confirm",
               .method = service + "ConfirmIncident",
               .fields = Join({Name(),
                               {"--lead", "lead_department", "牵头部门 units/…", "lead department"},
                               {"--class", "event_class", "类别", "event class"},
                               {"--area", "areas", "影响的区划", "areas touched"}},
                              FigureFields("figures.")),
               .example = "incident confirm incidents/2026-0001 --lead units/emergency "
                          "--missing 139 --source 矿方"});
  cli.AddCall(group, {.name = "reject",
                      .zh = "不属实 (须第二人同意)",
                      .en = "reject (a second person agrees)",
                      .method = service + "RejectIncident",
                      .fields = Join({Name(),
                                      {"--reason", "reason", "理由", "reason", kRequired},
                                      {"--second", "second_person",
                                       "请谁同意 posts/… 或 people/…, 由其本人再提交一次",
                                       "who is asked; he then sends the same himself"}},
                                     UrgencyFields("")),
                      .example = "incident reject incidents/2026-0001 --reason 现场核查不属实 "
                                 "--second people/li-guohua",
                      .complete = CompleteUrgency});
  cli.AddCall(
      group,
      {.name = "transfer",
       .zh = "移送",
       .en = "transfer",
       .method = service + "TransferIncident",
       .fields = {Name(),
                  {"--to", "to", "移送给", "to whom", kRequired},
                  {"--receipt", "receipt", "对方回执；没有时待补，逾期上报",
                   "their receipt; without it, it is owed and climbs"}},
       .example = "incident transfer incidents/2026-0001 --to 市交通运输局 --receipt 2026-118"});
  cli.AddCall(group,
              {.name = "transfer-receipt",
               .zh = "登记移送回执",
               .en = "record the receipt of a transfer",
               .method = service + "RecordTransferReceipt",
               .fields = {Name(), {"--receipt", "receipt", "对方回执", "their receipt", kRequired}},
               .example = "incident transfer-receipt incidents/2026-0001 --receipt 2026-118"});
  cli.AddCall(group, {.name = "lead",
                      .zh = "确定牵头部门",
                      .en = "name the lead department",
                      .method = service + "SetLeadDepartment",
                      .fields = {Name(), {"unit", "unit", "units/…", "units/…", kRequired}},
                      .example = "incident lead incidents/2026-0001 units/emergency"});
  cli.AddCall(
      group,
      {.name = "first-handling",
       .zh = "先期处置 (社区可自行启动)",
       .en = "start first handling",
       .method = service + "StartFirstHandling",
       .fields = {Name(), {"--action", "action", "做了什么", "what is done", kRequired}},
       .example = "incident first-handling incidents/2026-0001 --action 关闭总阀、疏散楼内人员"});
  cli.AddCall(
      group,
      {.name = "figures",
       .zh = "更新数字 (自动重新定级)",
       .en = "new figures; the level is computed anew",
       .method = service + "RecordFigures",
       .fields = Join(
           {Name(), {"--reason", "reason", "数字减少时的理由", "reason, when numbers go down"}},
           FigureFields("figures.")),
       .example =
           "incident figures incidents/2026-0001 --dead 42 --missing 66 --source 矿山救护队"});
  cli.AddCall(
      group,
      {.name = "level",
       .zh = "人工定级 (高于计算值)",
       .en = "set the level by hand",
       .method = service + "SetLevel",
       .fields = {Name(),
                  {"--level", "level", "level-i … level-iv", "level-i … level-iv", kRequired},
                  {"--reason", "reason", "理由", "reason", kRequired},
                  {"--superior", "superior_body", "低于计算值时: 作出认定的上级",
                   "who set it lower"}},
       .example = "incident level incidents/2026-0001 --level level-ii --reason 后果可能扩大"});
  cli.AddCall(group, {.name = "controlled",
                      .zh = "已控制",
                      .en = "under control",
                      .method = service + "MarkControlled",
                      .fields = {Name(), {"--text", "text", "说明", "text"}},
                      .example = "incident controlled incidents/2026-0001 --text 明火扑灭"});
  cli.AddCall(group, {.name = "relapse",
                      .zh = "复发",
                      .en = "relapse",
                      .method = service + "Relapse",
                      .fields = {Name(), {"--reason", "reason", "理由", "reason", kRequired}},
                      .example = "incident relapse incidents/2026-0001 --reason 复燃"});
  cli.AddCall(group, {.name = "end",
                      .zh = "应急结束",
                      .en = "end",
                      .method = service + "EndIncident",
                      .fields = {Name(), {"--text", "text", "说明", "text"}},
                      .example = "incident end incidents/2026-0001 --text 搜救结束"});
}

void AddReads(Cli& cli, CLI::App* group) {
  const std::string service(kIncidentService);
  cli.AddCall(group, {.name = "show",
                      .zh = "查看",
                      .en = "show",
                      .method = service + "GetIncident",
                      .fields = {Name()},
                      .example = "incident show incidents/2026-0001"});
  cli.AddCall(group, {.name = "list",
                      .zh = "列表",
                      .en = "list",
                      .method = service + "ListIncidents",
                      .fields = Join({{"--open-only", "open_only", "只看未结束", "only open ones"}},
                                     PageFields()),
                      .list = "incidents",
                      .columns = {{"编号", "name", "name"},
                                  {"标题", "title", "title"},
                                  {"状态", "state", "state"},
                                  {"级别", "level", "level"},
                                  {"接报", "received", "received_at"},
                                  {"牵头部门", "lead", "lead_department"}},
                      .example = "incident list --open-only"});
  cli.AddCall(group,
              {.name = "owed",
               .zh = "应办事项：时限、待办、待补、任务、待决定",
               .en = "what is owed: report clocks, items, make-ups, tasks, decisions",
               .method = service + "ListObligations",
               .fields = Join({{"--incident", "case_id", "事件编号", "incident"},
                               {"--post", "post", "岗位", "post"},
                               {"--kind", "kinds", "种类", "kind"},
                               {"--open-only", "open_only", "只看未办结", "only open ones"},
                               {"--overdue", "overdue_only", "只看逾期", "only overdue ones"}},
                              PageFields()),
               .list = "obligations",
               .columns = {{"事项", "what", "title"},
                           {"渠道", "series", "series"},
                           {"向谁", "to", "owed_to"},
                           {"岗位", "post", "post"},
                           {"状态", "state", "state"},
                           {"截止", "due", "due_at"},
                           {"剩余", "remaining", "remaining"},
                           {"逾期次数", "missed", "missed"},
                           {"编号", "name", "name"}},
               .example = "incident owed --incident incidents/2026-0001 --open-only"});
  cli.AddCall(group,
              {.name = "close-item",
               .zh = "办结一项待办",
               .en = "close an open item",
               .method = service + "CloseOpenItem",
               .fields = {{"name", "name", "编号", "name", kRequired},
                          {"--note", "note", "说明", "note", kRequired}},
               .example = "incident close-item incidents/2026-0001/obligations/report.returned "
                          "--note 已电话告知"});
}

}  // namespace

void AddIncidentCommands(Cli& cli) {
  CLI::App* group = cli.AddGroup("incident", "突发事件: 接报、核实、定级、处置、结束", "incidents");
  AddIntake(cli, group);
  AddSteps(cli, group);
  AddReads(cli, group);
}

}  // namespace huying::cli
