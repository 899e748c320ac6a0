// SPDX-License-Identifier: Apache-2.0
#include "clients/cli/commands/commands.h"

namespace huying::cli {
namespace {

const Field kBasis = {
    "--basis", "legal_basis",
    "依据 JSON: {\"kind\":\"LAW\",\"title\":\"突发事件应对法\",\"article\":\"第七十二条\"}",
    "legal basis as JSON"};

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
                                 {"--reason", "reason", "理由", "reason"}}});
  cli.AddCall(
      group,
      {.name = "start",
       .zh = "启动",
       .en = "start",
       .method = service + "ActivateResponse",
       .fields = {{"--name", "name", "已建议的响应", "a proposed response"},
                  {"--incident", "incident", "或直接: 事件编号", "or directly: incident"},
                  {"--plan", "plan", "预案", "plan"},
                  {"--level", "level", "1–4", "1–4"},
                  {"--matter", "matters", "响应事项", "matter"},
                  {"--period", "expected_period", "预计期限, 如 72h", "expected period"},
                  {"--measure", "measures", "应急处置措施", "measure"},
                  {"--override", "override_reason", "条件未满足时的理由",
                   "reason, when conditions are not met"},
                  {"--area", "areas", "区划", "area"},
                  kBasis,
                  {"--urgent", "urgency", "电话批准 JSON: reason, authorised_by, channel, at",
                   "by phone, as JSON"}},
       .example =
           "response start --incident incidents/2026-0001 --plan plans/mine-accident --level 1"});
  cli.AddCall(group, {.name = "decline",
                      .zh = "不启动",
                      .en = "decline",
                      .method = service + "DeclineResponse",
                      .fields = {name, {"--reason", "reason", "理由", "reason", kRequired}}});
  cli.AddCall(group, {.name = "adjust",
                      .zh = "调整级别",
                      .en = "adjust the level",
                      .method = service + "AdjustResponse",
                      .fields = {name,
                                 {"--level", "level", "1–4", "1–4", kRequired},
                                 {"--reason", "reason", "理由", "reason", kRequired},
                                 kBasis}});
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
                  {"--receipt", "receipt", "回执", "receipt"}}});
  cli.AddCall(group, {.name = "end",
                      .zh = "终止",
                      .en = "end",
                      .method = service + "EndResponse",
                      .fields = {name, {"--reason", "reason", "理由", "reason", kRequired}}});
  cli.AddCall(group, {.name = "show",
                      .zh = "查看",
                      .en = "show",
                      .method = service + "GetResponse",
                      .fields = {name}});
  cli.AddCall(group, {.name = "list",
                      .zh = "列表",
                      .en = "list",
                      .method = service + "ListResponses",
                      .fields = {{"incident", "incident", "事件编号", "incident", kRequired}},
                      .list = "responses",
                      .columns = {{"编号", "name", "name"},
                                  {"级别", "level", "level"},
                                  {"状态", "state", "state"},
                                  {"预案", "plan", "plan"},
                                  {"启动", "started", "started_at"},
                                  {"终止", "ended", "ended_at"}}});
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
                          {"--by", "deadline", "时限", "deadline", kRequired}}});
  cli.AddCall(group, {.name = "accept",
                      .zh = "接受",
                      .en = "accept",
                      .method = service + "AcceptTask",
                      .fields = {name}});
  cli.AddCall(group, {.name = "progress",
                      .zh = "反馈进展",
                      .en = "report progress",
                      .method = service + "ReportTaskProgress",
                      .fields = {name, {"--text", "feedback", "反馈", "feedback", kRequired}}});
  cli.AddCall(group, {.name = "done",
                      .zh = "完成",
                      .en = "complete",
                      .method = service + "CompleteTask",
                      .fields = {name, {"--text", "feedback", "反馈", "feedback", kRequired}}});
  cli.AddCall(group, {.name = "decline",
                      .zh = "不能接受",
                      .en = "decline",
                      .method = service + "DeclineTask",
                      .fields = {name, {"--reason", "reason", "理由", "reason", kRequired}}});
  cli.AddCall(group, {.name = "verify",
                      .zh = "核验",
                      .en = "verify",
                      .method = service + "VerifyTask",
                      .fields = {name}});
  cli.AddCall(group, {.name = "list",
                      .zh = "列表",
                      .en = "list",
                      .method = service + "ListTasks",
                      .fields = {{"--response", "response", "响应编号", "response"},
                                 {"--post", "executor_post", "执行岗位", "executor post"},
                                 {"--page", "page_token", "下一页", "next page"}},
                      .list = "tasks",
                      .columns = {{"编号", "name", "name"},
                                  {"目标", "goal", "goal"},
                                  {"执行", "executor", "executor_post"},
                                  {"状态", "state", "state"},
                                  {"时限", "deadline", "deadline"},
                                  {"超时", "overdue", "overdue"}}});
}

}  // namespace

void AddResponseCommands(Cli& cli) {
  AddResponse(cli);
  AddTask(cli);
}

}  // namespace huying::cli
