// SPDX-License-Identifier: Apache-2.0
//
// huying: the operator's and administrator's command line.
#include <iostream>

#include "clients/cli/commands/commands.h"
#include "clients/cli/usage.h"
#include "google/protobuf/util/json_util.h"

namespace huying::cli {
namespace {

// What CLI11 prints, or JSON when the caller asked for it.
int FailUsage(const CLI::App& app, const CLI::ParseError& error, const Say& say, bool json) {
  if (error.get_exit_code() == 0) {
    (void)app.exit(error);  // --help
    return kOk;
  }
  const common::v1::Problem problem = UsageProblem(error);
  if (json) {
    google::protobuf::util::JsonPrintOptions options;
    options.preserve_proto_field_names = true;
    std::string text;
    (void)google::protobuf::util::MessageToJsonString(problem, &text, options);
    std::cerr << text << "\n";
  } else {
    std::cerr << "✗ " << say(problem.message(), problem.message_en()) << "\n  "
              << say(problem.next_step(), problem.next_step_en()) << "\n";
  }
  return kUsage;
}

int Main(int argc, char** argv) {
  const std::vector<std::string> words(argv + 1, argv + argc);
  const Say say(ChooseLanguage(words));
  CLI::App app{"呼应 Huying: 有呼必应 / an alert is not sent until it is answered", "huying"};
  Cli cli(app, {.language = say.language()});
  AddAllCommands(cli);
  app.footer(
      say("语言: --lang, 否则 HUYING_LANG, 否则 LANG。时间一律北京时间。\n"
          "退出码: 0 成功, 1 用法, 2 被拒绝, 3 联系不上, 4 需登录, 5 结果不符合预期\n"
          "例: huying sign-in zhao-ming; huying incident list --open-only; huying watch",
          "Language: --lang, else HUYING_LANG, else LANG. Times are Beijing time.\n"
          "Exit codes: 0 ok, 1 usage, 2 refused, 3 not reachable, 4 sign in, 5 not as expected\n"
          "Example: huying sign-in zhao-ming; huying incident list --open-only; huying watch"));
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return FailUsage(app, error, say, WantsJson(words));
  }
  return cli.exit_code();
}

}  // namespace
}  // namespace huying::cli

int main(int argc, char** argv) { return huying::cli::Main(argc, argv); }
