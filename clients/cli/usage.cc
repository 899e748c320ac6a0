// SPDX-License-Identifier: Apache-2.0
#include "clients/cli/usage.h"

#include <cstdlib>
#include <map>
#include <string>

namespace huying::cli {
namespace {

std::string Environment(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

// The value of `--flag value` or `--flag=value`; "" when it is not there.
std::string ValueOf(const std::vector<std::string>& words, const std::string& flag) {
  std::string value;
  for (size_t i = 0; i < words.size(); ++i) {
    if (words[i] == flag && i + 1 < words.size()) value = words[i + 1];
    if (words[i].rfind(flag + "=", 0) == 0) value = words[i].substr(flag.size() + 1);
  }
  return value;
}

const char* WhatIsWrong(const std::string& error) {
  static const auto* words = new std::map<std::string, const char*>{
      {"RequiredError", "缺少必填的内容"},     {"ExtrasError", "有不认识的参数"},
      {"ValidationError", "内容不符合要求"},   {"RequiresError", "还须同时给出另一项"},
      {"ExcludesError", "这两项不能同时给出"}, {"ArgumentMismatch", "参数个数不对"},
      {"ConversionError", "内容的类型不对"},   {"InvalidError", "内容不符合要求"},
  };
  const auto found = words->find(error);
  return found == words->end() ? "命令行有误" : found->second;
}

}  // namespace

Language ChooseLanguage(const std::vector<std::string>& words) {
  const std::string wanted = ValueOf(words, "--lang");
  if (!wanted.empty()) return LanguageOf(wanted);
  for (const char* name : {"HUYING_LANG", "LC_ALL", "LC_MESSAGES", "LANG"}) {
    const std::string value = Environment(name);
    if (!value.empty()) return LanguageOf(value);
  }
  return Language::kChinese;
}

bool WantsJson(const std::vector<std::string>& words) {
  return ValueOf(words, "--output") == "json" || ValueOf(words, "-o") == "json";
}

void SetCommandHeadings(CLI::App& command, const Say& say) {
  if (command.get_parent() != nullptr) command.group(say("命令", "Commands"));
  command.set_help_flag("-h,--help", say("显示这份说明", "show this help"));
}

void SetHeadings(CLI::App& app, const Say& say) {
  app.option_defaults()->group(say("选项", "Options"));
  SetCommandHeadings(app, say);
  if (say.language() == Language::kEnglish) return;
  for (const auto& [english, chinese] :
       {std::pair("Usage", "用法"), std::pair("OPTIONS", "选项"), std::pair("SUBCOMMAND", "命令"),
        std::pair("SUBCOMMANDS", "命令"), std::pair("Positionals", "参数"),
        std::pair("REQUIRED", "必填"), std::pair("Env", "环境变量"),
        std::pair("Needs", "须同时给出"), std::pair("Excludes", "不能同时给出"),
        std::pair("TEXT", "文字"), std::pair("TEXT:FILE", "文件"), std::pair("INT", "整数")}) {
    app.get_formatter()->label(english, chinese);
  }
}

common::v1::Problem UsageProblem(const CLI::ParseError& error) {
  common::v1::Problem problem;
  problem.set_reason(common::v1::MALFORMED_REQUEST);
  const std::string text = error.what();
  if (text.find("subcommand is required") != std::string::npos) {
    problem.set_message("少写了命令, 或没有这个命令");
    problem.set_message_en("a command is missing, or there is none of that name");
  } else {
    problem.set_message(std::string(WhatIsWrong(error.get_name())) + ": " + text);
    problem.set_message_en(text);
  }
  problem.set_next_step("加 --help 看用法与例子");
  problem.set_next_step_en("add --help for the usage and an example");
  return problem;
}

}  // namespace huying::cli
