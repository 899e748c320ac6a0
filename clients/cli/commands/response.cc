// SPDX-License-Identifier: Apache-2.0
#include "clients/cli/commands/commands.h"
#include "clients/cli/commands/common_fields.h"

namespace huying::cli {
namespace {

void AddResponse(Cli& cli) {
  const std::string service = "huying.incident.v1.IncidentService/";
  const Field name = {"name", "name", "响应编号", "response", kRequired};
  CLI::App* group = cli.AddGroup("response", "应急响应: 建议、启动、调整、移交、终止", "responses");
  cli.AddCall(group, {.name = "propose",
                      .zh = "建议启动",
                      .en = "propose",
                      .method = service + "ProposeResponse",
                      .fields = {{"incident", "incident", "事件编号", "incident", kRequired},
                                 {"--plan", "plan", "预案 plans/…", "plan", kRequired},
                                 {"--level", "level", "1–4", "1–4", kRequired},
                                 {"--reason", "reason", "理由", "reason"}},
                      .example = "response propose incidents/2026-0001 --plan plans/mine-accident "
                                 "--level 1 --reason 被困人数多"});
  cli.AddCall(
      group,
      {.name = "start",
       .zh = "启动",
       .en = "start",
       .method = service + "ActivateResponse",
       .fields = Join({{"--name", "name", "已建议的响应", "a proposed response"},
                       {"--incident", "incident", "或直接: 事件编号", "or directly: incident"},
                       {"--plan", "plan", "预案", "plan"},
                       {"--level", "level", "1–4", "1–4"},
                       {"--matter", "matters", "响应事项", "matter"},
                       {"--period", "expected_period", "预计期限, 如 72h", "expected period"},
                       {"--measure", "measures", "应急处置措施", "measure"},
                       {"--override", "override_reason", "条件未满足时的理由",
                        "reason, when conditions are not met"},
                       {"--area", "areas", "区划", "area"},
                       BasisField()},
                      UrgencyFields()),
       .example =
           "response start --incident incidents/2026-0001 --plan plans/mine-accident --level 1 "
           "--basis law:突发事件应对法:第七十二条",
       .complete = CompleteUrgency});
  cli.AddCall(group, {.name = "decline",
                      .zh = "不启动",
                      .en = "decline",
                      .method = service + "DeclineResponse",
                      .fields = {name, {"--reason", "reason", "理由", "reason", kRequired}},
                      .example = "response decline responses/2026-0001 --reason 险情已解除"});
  cli.AddCall(group, {.name = "make-up",
                      .zh = "补办先行启动、调整的手续",
                      .en = "bring what was passed in urgency",
                      .method = service + "MakeUpResponse",
                      .fields = {name,
                                 {"--override-reason", "override_reason", "条件未满足的理由",
                                  "why, although the conditions were not met"}},
                      .example = "response make-up responses/2026-0001"});
  cli.AddCall(group,
              {.name = "adjust",
               .zh = "调整级别",
               .en = "adjust the level",
               .method = service + "AdjustResponse",
               .fields = Join({name,
                               {"--level", "level", "1–4", "1–4", kRequired},
                               {"--reason", "reason", "理由", "reason", kRequired},
                               {"--period", "expected_period", "预计期限, 如 72h (延长也用它)",
                                "expected period, such as 72h; also to extend"},
                               {"--override", "override_reason", "条件未满足时的理由",
                                "reason, when its conditions are not met"},
                               BasisField()},
                              UrgencyFields("")),
               .example = "response adjust responses/2026-0001 --level 2 --reason 搜救基本结束",
               .complete = CompleteUrgency});
  cli.AddCall(
      group,
      {.name = "hand-over",
       .zh = "移交上级指挥",
       .en = "hand command over",
       .method = service + "HandOverResponse",
       .fields = {name,
                  {"--to", "body", "接手单位", "who takes over", kRequired},
                  {"--commander", "commander", "指挥员", "commander"},
                  {"--remaining", "remaining", "本区继续承担", "what stays with the district"},
                  {"--receipt", "receipt", "回执", "receipt"}},
       .example = "response hand-over responses/2026-0001 --to 市应急指挥部 --commander 市指挥长"});
  cli.AddCall(group, {.name = "end",
                      .zh = "终止",
                      .en = "end",
                      .method = service + "EndResponse",
                      .fields = {name, {"--reason", "reason", "理由", "reason", kRequired}},
                      .example = "response end responses/2026-0001 --reason 搜救结束"});
  cli.AddCall(group, {.name = "show",
                      .zh = "查看",
                      .en = "show",
                      .method = service + "GetResponse",
                      .fields = {name},
                      .example = "response show responses/2026-0001"});
  cli.AddCall(group, {.name = "list",
                      .zh = "列表",
                      .en = "list",
                      .method = service + "ListResponses",
                      .fields = Join({{"incident", "incident", "事件编号", "incident", kRequired}},
                                     PageFields()),
                      .list = "responses",
                      .columns = {{"编号", "name", "name"},
                                  {"级别", "level", "level"},
                                  {"状态", "state", "state"},
                                  {"预案", "plan", "plan"},
                                  {"启动", "started", "started_at"},
                                  {"终止", "ended", "ended_at"}},
                      .example = "response list incidents/2026-0001"});
}

void AddTask(Cli& cli) {
  const std::string service = "huying.incident.v1.IncidentService/";
  const Field name = {"name", "name", "任务编号", "task", kRequired};
  CLI::App* group = cli.AddGroup("task", "任务: 主体、目标、时限、反馈", "tasks");
  cli.AddCall(group,
              {.name = "assign",
               .zh = "下达",
               .en = "assign",
               .method = service + "AssignTask",
               .fields = {{"response", "response", "响应编号", "response", kRequired},
                          {"--unit", "executor_unit", "执行单位", "executor unit", kRequired},
                          {"--post", "executor_post", "执行岗位", "executor post", kRequired},
                          {"--goal", "goal", "目标", "goal", kRequired},
                          {"--by", "deadline", "时限", "deadline", kRequired}},
               .example = "task assign responses/2026-0001 --unit units/fire --post "
                          "posts/fire-duty --goal 警戒井口 --by '2026-11-23 22:00'"});
  cli.AddCall(group, {.name = "accept",
                      .zh = "接受",
                      .en = "accept",
                      .method = service + "AcceptTask",
                      .fields = {name},
                      .example = "task accept responses/2026-0001/tasks/rescue-support"});
  cli.AddCall(
      group,
      {.name = "progress",
       .zh = "反馈进展",
       .en = "report progress",
       .method = service + "ReportTaskProgress",
       .fields = {name, {"--text", "feedback", "反馈", "feedback", kRequired}},
       .example = "task progress responses/2026-0001/tasks/rescue-support --text 两队已下井"});
  cli.AddCall(group,
              {.name = "done",
               .zh = "完成",
               .en = "complete",
               .method = service + "CompleteTask",
               .fields = {name, {"--text", "feedback", "反馈", "feedback", kRequired}},
               .example = "task done responses/2026-0001/tasks/rescue-support --text 物资送达"});
  cli.AddCall(
      group,
      {.name = "decline",
       .zh = "不能接受",
       .en = "decline",
       .method = service + "DeclineTask",
       .fields = {name, {"--reason", "reason", "理由", "reason", kRequired}},
       .example = "task decline responses/2026-0001/tasks/rescue-support --reason 车辆不足"});
  cli.AddCall(group, {.name = "verify",
                      .zh = "核验",
                      .en = "verify",
                      .method = service + "VerifyTask",
                      .fields = {name},
                      .example = "task verify responses/2026-0001/tasks/rescue-support"});
  cli.AddCall(group, {.name = "list",
                      .zh = "列表",
                      .en = "list",
                      .method = service + "ListTasks",
                      .fields = Join({{"--response", "response", "响应编号", "response"},
                                      {"--post", "executor_post", "执行岗位", "executor post"}},
                                     PageFields()),
                      .list = "tasks",
                      .columns = {{"编号", "name", "name"},
                                  {"目标", "goal", "goal"},
                                  {"执行", "executor", "executor_post"},
                                  {"状态", "state", "state"},
                                  {"时限", "deadline", "deadline"},
                                  {"超时", "overdue", "overdue"}},
                      .example = "task list --response responses/2026-0001"});
}

}  // namespace

void AddResponseCommands(Cli& cli) {
  AddResponse(cli);
  AddTask(cli);
}

}  // namespace huying::cli
