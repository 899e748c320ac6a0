// SPDX-License-Identifier: Apache-2.0
#include "clients/cli/commands/commands.h"
#include "clients/cli/commands/common_fields.h"
#include "huying/incident/v1/incident_service.pb.h"

namespace huying::cli {
namespace {

// A receiver with a reason to skip a level is one.
absl::Status MarkSkippedLevels(google::protobuf::Message& request) {
  auto& draft = dynamic_cast<incident::v1::DraftReportRequest&>(request);
  for (auto& receiver : *draft.mutable_content()->mutable_receivers()) {
    receiver.set_skip_level(!receiver.skip_reason().empty());
  }
  return absl::OkStatus();
}

}  // namespace

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
                   "接收单位[:层级], 如 市政府总值班室:city (缺省: 直接上级), 可多次",
                   "receiver, BODY[:TIER]: city, province, mine-safety … (direct superior); may be "
                   "repeated"},
                  {"--skip-level-reason", "content.receivers[].skip_reason",
                   "最后一个 --to 是越级报告, 理由", "the last --to skips a level, and why", false,
                   "", "--to"},
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
       .example = "report draft incidents/2026-0001 --chain government --kind first --to "
                  "鹤岗市政府总值班室 "
                  "--text 初步情况",
       .complete = MarkSkippedLevels});
  cli.AddCall(group,
              {.name = "oral",
               .zh = "登记电话报告",
               .en = "record a report by phone",
               .method = service + "SendReportOrally",
               .fields = {name,
                          {"--body", "body", "对方单位", "which body", kRequired},
                          {"--taken-by", "taken_by", "接听人", "who took the call", kRequired},
                          {"--channel", "channel", "渠道", "channel"},
                          {"--addressee", "addressee",
                           "报告中未列的单位: report-tier-city, report-tier-province …",
                           "what a body is that the report does not list"},
                          {"--skip-reason", "skip_reason", "越级理由", "why a level is skipped"}},
               .example = "report oral incidents/2026-0001/reports/GOVERNMENT-1 --body "
                          "鹤岗市政府总值班室 --taken-by 王值班 --channel phone"});
  cli.AddCall(group, {.name = "sign",
                      .zh = "签发",
                      .en = "sign",
                      .method = service + "SignReport",
                      .fields = {name},
                      .example = "report sign incidents/2026-0001/reports/GOVERNMENT-1"});
  cli.AddCall(group, {.name = "send",
                      .zh = "书面报送",
                      .en = "send in writing",
                      .method = service + "SendReport",
                      .fields = Join({name}, UrgencyFields()),
                      .example = "report send incidents/2026-0001/reports/GOVERNMENT-1 --urgent "
                                 "--authorised-by 郑海 --by-phone --reason 签发人在途",
                      .complete = CompleteUrgency});
  cli.AddCall(group, {.name = "receipt",
                      .zh = "登记对方签收",
                      .en = "record the receiver's receipt",
                      .method = service + "RecordReportReceipt",
                      .fields = {name,
                                 {"--body", "body", "对方单位", "which body", kRequired},
                                 {"--by", "received_by", "签收人", "received by", kRequired},
                                 {"--no", "receipt_no", "回执号", "receipt number"}},
                      .example = "report receipt incidents/2026-0001/reports/GOVERNMENT-1 --body "
                                 "鹤岗市政府总值班室 --by 王值班 --no 2026-118"});
  cli.AddCall(
      group,
      {.name = "return",
       .zh = "退回补充",
       .en = "return for completion",
       .method = service + "ReturnReport",
       .fields = {name, {"--reason", "reason", "理由", "reason", kRequired}},
       .example =
           "report return incidents/2026-0001/reports/GOVERNMENT-1 --reason 请补报被困人数"});
  cli.AddCall(group, {.name = "list",
                      .zh = "列表",
                      .en = "list",
                      .method = service + "ListReports",
                      .fields = Join({{"incident", "incident", "事件编号", "incident", kRequired}},
                                     PageFields()),
                      .list = "reports",
                      .columns = {{"编号", "name", "name"},
                                  {"链", "chain", "chain"},
                                  {"种类", "kind", "kind"},
                                  {"状态", "state", "state"},
                                  {"电话", "by phone", "oral_sent_at"},
                                  {"书面", "in writing", "sent_at"},
                                  {"迟报", "late", "late"}},
                      .example = "report list incidents/2026-0001"});
}

}  // namespace huying::cli
