// SPDX-License-Identifier: Apache-2.0
#include "clients/cli/commands/commands.h"

namespace huying::cli {

void AddReportCommands(Cli& cli) {
  const std::string service = "huying.incident.v1.IncidentService/";
  const Field name = {"name", "name", "报告编号", "report", kRequired};
  CLI::App* group =
      cli.AddGroup("report", "信息报告: 先电话、后书面, 首报、续报、终报", "information reports");
  cli.AddCall(
      group,
      {.name = "draft",
       .zh = "起草",
       .en = "draft",
       .method = service + "DraftReport",
       .fields = {{"incident", "incident", "事件编号", "incident", kRequired},
                  {"--chain", "chain", "government | work-safety | mine-safety | party",
                   "which chain", kRequired},
                  {"--kind", "kind", "first | follow-up | final | correction", "which kind",
                   kRequired},
                  {"--to", "content.receivers",
                   "接收单位 JSON, 如 {\"body\":\"市政府总值班室\",\"tier\":\"EXTERNAL\"}",
                   "a receiver as JSON"},
                  {"--text", "content.text", "正文", "text"},
                  {"--source", "content.source", "信息来源", "source"},
                  {"--nature", "content.nature", "事件性质", "nature"},
                  {"--scope", "content.scope", "影响范围", "scope"},
                  {"--trend", "content.trend", "发展趋势", "trend"},
                  {"--leaders", "content.leaders", "领导到位情况", "leaders present"},
                  {"--measures", "content.measures", "已采取的措施", "measures taken"},
                  {"--advice", "content.advice", "建议", "advice"},
                  {"--corrects", "corrects", "更正哪一份", "which one it corrects"},
                  {"--reason", "reason", "更正理由", "reason of a correction"}},
       .example =
           "report draft incidents/2026-0001 --chain government --kind first --text 初步情况…"});
  cli.AddCall(group,
              {.name = "oral",
               .zh = "登记电话报告",
               .en = "record a report by phone",
               .method = service + "SendReportOrally",
               .fields = {name,
                          {"--body", "body", "对方单位", "which body", kRequired},
                          {"--taken-by", "taken_by", "接听人", "who took the call", kRequired},
                          {"--channel", "channel", "渠道", "channel"}}});
  cli.AddCall(group, {.name = "sign",
                      .zh = "签发",
                      .en = "sign",
                      .method = service + "SignReport",
                      .fields = {name}});
  cli.AddCall(group, {.name = "send",
                      .zh = "书面报送",
                      .en = "send in writing",
                      .method = service + "SendReport",
                      .fields = {name,
                                 {"--urgent", "urgency",
                                  "未签先送 JSON: reason, authorised_by, channel, at",
                                  "unsigned, in urgency, as JSON"}}});
  cli.AddCall(group, {.name = "receipt",
                      .zh = "登记对方签收",
                      .en = "record the receiver's receipt",
                      .method = service + "RecordReportReceipt",
                      .fields = {name,
                                 {"--body", "body", "对方单位", "which body", kRequired},
                                 {"--by", "received_by", "签收人", "received by", kRequired},
                                 {"--no", "receipt_no", "回执号", "receipt number"}}});
  cli.AddCall(group, {.name = "return",
                      .zh = "退回补充",
                      .en = "return for completion",
                      .method = service + "ReturnReport",
                      .fields = {name, {"--reason", "reason", "理由", "reason", kRequired}}});
  cli.AddCall(group, {.name = "list",
                      .zh = "列表",
                      .en = "list",
                      .method = service + "ListReports",
                      .fields = {{"incident", "incident", "事件编号", "incident", kRequired},
                                 {"--page", "page_token", "下一页", "next page"}},
                      .list = "reports",
                      .columns = {{"编号", "name", "name"},
                                  {"链", "chain", "chain"},
                                  {"种类", "kind", "kind"},
                                  {"状态", "state", "state"},
                                  {"电话", "by phone", "oral_sent_at"},
                                  {"书面", "in writing", "sent_at"},
                                  {"迟报", "late", "late"}}});
}

}  // namespace huying::cli
