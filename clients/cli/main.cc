// SPDX-License-Identifier: Apache-2.0
//
// huying: the operator's and administrator's command line.
#include "clients/cli/commands/commands.h"

int main(int argc, char** argv) {
  CLI::App app{"呼应 Huying: 有呼必应 / an alert is not sent until it is answered", "huying"};
  huying::cli::Cli cli(app);
  huying::cli::AddSessionCommands(cli);
  huying::cli::AddIncidentCommands(cli);
  huying::cli::AddReportCommands(cli);
  huying::cli::AddResponseCommands(cli);
  huying::cli::AddAlertCommands(cli);
  huying::cli::AddWatchCommand(cli);
  huying::cli::AddDirectoryCommands(cli);
  huying::cli::AddPlanCommands(cli);
  huying::cli::AddCaseFileCommands(cli);
  huying::cli::AddDrillCommands(cli);
  huying::cli::AddAdminCommands(cli);
  app.footer(cli.say()(
      "语言: LANG 或 HUYING_LANG=en。时间一律北京时间。\n"
      "退出码: 0 成功, 1 用法, 2 被拒绝, 3 联系不上, 4 需登录, 5 结果不符合预期",
      "Language: LANG or HUYING_LANG=zh. Times are Beijing time.\n"
      "Exit codes: 0 ok, 1 usage, 2 refused, 3 not reachable, 4 sign in, 5 not as expected"));
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? huying::cli::kOk : huying::cli::kUsage;
  }
  return cli.exit_code();
}
