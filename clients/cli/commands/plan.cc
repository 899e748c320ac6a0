// SPDX-License-Identifier: Apache-2.0
#include <fstream>
#include <iostream>
#include <memory>
#include <sstream>

#include "clients/cli/commands/commands.h"
#include "clients/cli/commands/common_fields.h"
#include "huying/plan/v1/plan_service.pb.h"
#include "services/platform/base/status.h"

namespace huying::cli {
namespace {

constexpr char kLintPlan[] = "huying.plan.v1.PlanService/LintPlan";

int LintPlanFile(Cli& cli, const std::string& path) {
  std::ifstream file(path);
  std::stringstream text;
  text << file.rdbuf();
  plan::v1::LintPlanRequest request;
  request.set_yaml(text.str());
  plan::v1::LintPlanResponse response;
  const absl::Status status = cli.session().Call(kLintPlan, request, &response);
  if (!status.ok()) return cli.Fail(status);
  bool errors = false;
  for (const auto& finding : response.findings()) errors = errors || finding.is_error();
  const int exit_code = errors ? kUnexpected : kOk;
  if (cli.json()) {
    cli.Print(response);
    return exit_code;
  }
  const Say& say = cli.say();
  for (const auto& finding : response.findings()) {
    std::cout << path << ":" << finding.line() << ":" << finding.column() << ": "
              << (finding.is_error() ? say("错误", "error") : say("提醒", "warning")) << ": "
              << say(finding.message(), finding.message_en()) << "\n";
  }
  if (!errors) std::cout << "✓ " << path << ": " << response.plan().title() << "\n";
  return exit_code;
}

}  // namespace

void AddPlanCommands(Cli& cli) {
  const std::string service = "huying.plan.v1.PlanService/";
  const Field name = {"name", "name", "plans/…", "plans/…", kRequired};
  CLI::App* group = cli.AddGroup("plan", "预案: 检查、查看、试算", "plans");
  cli.AddCall(group, {.name = "list",
                      .zh = "列表",
                      .en = "list",
                      .method = service + "ListPlans",
                      .fields = Join({{"--in-force", "in_force_only", "只看有效", "only in force"}},
                                     PageFields()),
                      .list = "plans",
                      .columns = {{"编号", "name", "name"},
                                  {"名称", "title", "title"},
                                  {"修订", "revision", "revision"},
                                  {"状态", "state", "state"}},
                      .example = "plan list --in-force"});
  cli.AddCall(group, {.name = "show",
                      .zh = "查看",
                      .en = "show",
                      .method = service + "GetPlan",
                      .fields = {name,
                                 {"--revision", "revision", "修订 (缺省: 有效的)",
                                  "revision (default: in force)"}},
                      .example = "plan show plans/mine-accident"});
  cli.AddCall(
      group,
      {.name = "dry-run",
       .zh = "试算: 这些事实会启动哪一级",
       .en = "which level would these facts start",
       .method = service + "DryRun",
       .fields = {name,
                  {"--level", "level", "只试某级", "one level only"},
                  {"--fact", "facts", "事实, 如 missing=139", "a fact, such as missing=139"}},
       .example = "plan dry-run plans/mine-accident --fact missing=139 --fact level=1"});
  cli.AddCall(group, {.name = "abolish",
                      .zh = "废止",
                      .en = "abolish",
                      .method = service + "AbolishPlan",
                      .fields = {name, {"--reason", "reason", "理由", "reason", kRequired}},
                      .example = "plan abolish plans/mine-accident --reason 已有新预案"});
  const auto file = std::make_shared<std::string>();
  cli.AddCommand(group, "lint", "检查预案文件 (指到行)", "check a plan's file, by line",
                 "plan lint deploy/config/xingshan/plans/mine-accident.yaml",
                 [&cli, file] { return LintPlanFile(cli, *file); })
      ->add_option("file", *file, "plan.yaml")
      ->required()
      ->check(CLI::ExistingFile);
}

}  // namespace huying::cli
