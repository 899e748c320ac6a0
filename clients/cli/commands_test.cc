// SPDX-License-Identifier: Apache-2.0
//
// What every command owes its reader: an example that works, words for what it shows, flags for JSON.
#include "clients/cli/commands/commands.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <regex>
#include <set>

#include "clients/cli/labels.h"
#include "clients/cli/usage.h"
#include "google/protobuf/descriptor.h"
#include "huying/alert/v1/alert.pb.h"
#include "huying/common/v1/obligation.pb.h"
#include "services/directory/yaml_directory.h"

namespace huying::cli {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::DescriptorPool;
using google::protobuf::EnumDescriptor;
using google::protobuf::FieldDescriptor;
using ::testing::HasSubstr;

std::string ReadText(const std::filesystem::path& path) {
  std::ifstream in(path);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

// The parser of `huying`, which understands and does nothing.
struct Parser {
  explicit Parser(Language language = Language::kEnglish)
      : cli(app, {.language = language, .parse_only = true}) {
    AddAllCommands(cli);
  }
  CLI::App app{"t", "huying"};
  Cli cli;
};

// Every command that has none beneath it.
void Leaves(const CLI::App* app, std::vector<const CLI::App*>& leaves) {
  const auto below = app->get_subcommands([](const CLI::App*) { return true; });
  if (below.empty()) leaves.push_back(app);
  for (const CLI::App* one : below) Leaves(one, leaves);
}

std::vector<std::string> Examples(const Parser& parser) {
  std::vector<const CLI::App*> leaves;
  Leaves(&parser.app, leaves);
  std::vector<std::string> examples;
  for (const CLI::App* leaf : leaves) {
    std::smatch found;
    const std::string footer = leaf->get_footer();
    const std::regex line("Example: huying ([^\\n]+)");
    EXPECT_TRUE(std::regex_search(footer, found, line)) << leaf->get_name() << " has no example";
    if (!found.empty()) examples.push_back(found[1]);
  }
  return examples;
}

TEST(Commands, EveryOneHasAnExampleThatItsOwnParserUnderstands) {
  // Examples name files of the repository.
  std::filesystem::current_path(HUYING_SOURCE_DIR);
  const std::vector<std::string> examples = Examples(Parser());
  EXPECT_GT(examples.size(), 80u);
  for (const std::string& example : examples) {
    Parser parser;  // a request keeps what was typed before
    try {
      parser.app.parse(example, /*program_name_included=*/false);
    } catch (const CLI::ParseError& error) {
      ADD_FAILURE() << "huying " << example << "\n" << error.get_name() << ": " << error.what();
    }
  }
}

TEST(Commands, NamesInExamplesAreThoseOfTheDemonstrationDistrict) {
  const auto directory = directory::LoadDirectoryYaml(
      std::string(HUYING_SOURCE_DIR) + "/deploy/config/xingshan/directory.yaml",
      {.from = absl::CivilDay(2026, 11, 23), .days = 1});
  ASSERT_TRUE(directory.ok()) << directory.status();
  std::set<std::string> known = {"plans/mine-accident"};
  for (const auto& post : directory->posts()) known.insert(post.name());
  for (const auto& unit : directory->units()) known.insert(unit.name());
  for (const auto& person : directory->people()) known.insert(person.name());
  for (const auto& account : directory->accounts()) known.insert(account.name());
  for (const auto& area : directory->areas()) {
    known.insert(area.code());
    known.insert(area.short_code());
  }
  const std::regex name("(posts|units|people|accounts|plans)/[a-z][a-z-]*|\\b2304[0-9]+\\b");
  for (std::string example : Examples(Parser())) {
    // A path of this repository is no resource.
    if (example.find(".yaml") != std::string::npos) continue;
    for (std::sregex_iterator it(example.begin(), example.end(), name), end; it != end; ++it) {
      EXPECT_TRUE(known.count(it->str()) > 0) << it->str() << " in: huying " << example;
    }
  }
  EXPECT_TRUE(known.count("accounts/zhao-ming") > 0) << "of sign-in's example";
}

TEST(Commands, EveryRowNamesFieldsThatExist) {
  Parser parser;
  for (const auto& call : parser.cli.calls()) {
    std::string method = call->method;
    method[method.find('/')] = '.';
    const auto* found = DescriptorPool::generated_pool()->FindMethodByName(method);
    ASSERT_NE(found, nullptr) << call->method;
    const auto resolves = [](const Descriptor* type, std::string path) {
      for (bool more = true; more;) {
        const size_t dot = path.find('.');
        std::string head = path.substr(0, dot);
        if (head.size() > 2 && head.substr(head.size() - 2) == "[]") head.resize(head.size() - 2);
        const FieldDescriptor* field = type == nullptr ? nullptr : type->FindFieldByName(head);
        if (field == nullptr) return false;
        more = dot != std::string::npos;
        type = field->message_type();
        path = more ? path.substr(dot + 1) : "";
      }
      return true;
    };
    for (const Field& field : call->fields) {
      EXPECT_TRUE(resolves(found->input_type(), field.path)) << call->method << " " << field.path;
    }
    if (call->list.empty()) continue;
    const FieldDescriptor* list = found->output_type()->FindFieldByName(call->list);
    ASSERT_NE(list, nullptr) << call->method;
    for (const Column& column : call->columns) {
      EXPECT_TRUE(resolves(list->message_type(), column.path)) << call->method << column.path;
    }
    // Every list has pages, and a way to the next one.
    const bool paged = found->input_type()->FindFieldByName("page_token") != nullptr;
    bool offered = false;
    for (const Field& field : call->fields) offered = offered || field.path == "page_token";
    EXPECT_EQ(offered, paged) << call->method;
  }
}

void Walk(const Descriptor* type, std::set<const Descriptor*>& seen,
          std::set<const EnumDescriptor*>& enums) {
  if (type->full_name().rfind("google.", 0) == 0 || !seen.insert(type).second) return;
  for (int i = 0; i < type->field_count(); ++i) {
    const FieldDescriptor* field = type->field(i);
    if (!IsShown(*field)) continue;
    EXPECT_TRUE(HasLabel(*field)) << "no Chinese for " << field->full_name()
                                  << ": add a row to clients/cli/labels.cc";
    if (field->enum_type() != nullptr) enums.insert(field->enum_type());
    if (field->message_type() != nullptr) Walk(field->message_type(), seen, enums);
  }
}

TEST(Commands, EveryFieldAndValueThatIsShownHasAChineseWord) {
  Parser parser;
  std::set<const Descriptor*> seen;
  std::set<const EnumDescriptor*> enums;
  for (const auto& call : parser.cli.calls()) {
    std::string method = call->method;
    method[method.find('/')] = '.';
    const Descriptor* shown =
        DescriptorPool::generated_pool()->FindMethodByName(method)->output_type();
    if (call->show) continue;  // in words of its own
    if (call->list.empty() && shown->name() != "Receipt") Walk(shown, seen, enums);
    if (call->list.empty()) continue;
    const Descriptor* item = shown->FindFieldByName(call->list)->message_type();
    for (const Column& column : call->columns) {
      const FieldDescriptor* field = item->FindFieldByName(column.path);
      if (field != nullptr && field->enum_type() != nullptr) enums.insert(field->enum_type());
    }
  }
  enums.insert({alert::v1::AlertKind_descriptor(), alert::v1::Color_descriptor(),
                alert::v1::AlertState_descriptor(), alert::v1::RecipientState_descriptor(),
                common::v1::Obligation::Kind_descriptor(),
                common::v1::Obligation::State_descriptor()});
  enums.insert(
      DescriptorPool::generated_pool()->FindEnumTypeByName("huying.common.v1.Urgency.Channel"));
  EXPECT_GT(seen.size(), 20u);
  const Say chinese(Language::kChinese);
  for (const EnumDescriptor* type : enums) {
    for (int i = 1; i < type->value_count(); ++i) {
      const std::string& value = type->value(i)->name();
      EXPECT_NE(Word(chinese, value, type->name()), value) << type->full_name();
    }
  }
}

TEST(Flags, WhatServersRaiseHasEnglish) {
  const std::regex raised("(?:MakeFlag\\(|set_rule_id\\()\\s*\"([^\"]+)\"");
  int found = 0;
  for (const auto& file : std::filesystem::recursive_directory_iterator(
           std::string(HUYING_SOURCE_DIR) + "/services")) {
    const std::string path = file.path().string();
    if (file.path().extension() != ".cc" || path.find("_test.cc") != std::string::npos) continue;
    const std::string text = ReadText(file.path());
    if (text.find("Flag") == std::string::npos) continue;
    for (std::sregex_iterator it(text.begin(), text.end(), raised), end; it != end; ++it, ++found) {
      EXPECT_TRUE(HasEnglish((*it)[1].str()))
          << path << ": add " << (*it)[1] << " to Flags() in clients/cli/say.cc";
    }
  }
  EXPECT_GT(found, 15);
}

TEST(Flags, ABasisToBeVerifiedIsSaidInTheReadersLanguage) {
  common::v1::Flag flag;
  flag.set_rule_id("legal-basis.missing");
  flag.set_text("依据待核");
  EXPECT_EQ(FlagText(Say(Language::kChinese), flag), "依据待核");
  EXPECT_THAT(FlagText(Say(Language::kEnglish), flag), HasSubstr("basis to be verified"));
  flag.set_rule_id("alert.area-without-post");
  flag.set_text("无应答岗位的区域：230407001001");
  EXPECT_THAT(FlagText(Say(Language::kEnglish), flag), HasSubstr("answer: 230407001001"));
}

TEST(Usage, TheLanguageIsTheFlagsThenTheEnvironments) {
  setenv("HUYING_LANG", "en", 1);
  EXPECT_EQ(ChooseLanguage({"--lang", "zh", "whoami"}), Language::kChinese);
  EXPECT_EQ(ChooseLanguage({"whoami", "--lang=zh"}), Language::kChinese);
  EXPECT_EQ(ChooseLanguage({"whoami"}), Language::kEnglish);
  unsetenv("HUYING_LANG");
}

TEST(Usage, AWrongLineSaysWhatIsWrongInBothLanguagesAndAsJsonWhenAsked) {
  Parser parser(Language::kChinese);
  try {
    parser.app.parse("incident intake --titel x", false);
    FAIL() << "it was understood";
  } catch (const CLI::ParseError& error) {
    const common::v1::Problem problem = UsageProblem(error);
    EXPECT_THAT(problem.message(), HasSubstr("缺少必填"));
    EXPECT_THAT(problem.message_en(), HasSubstr("--title is required"));
  }
  EXPECT_TRUE(WantsJson({"incident", "list", "-o", "json"}));
  EXPECT_TRUE(WantsJson({"--output=json", "whoami"}));
  EXPECT_FALSE(WantsJson({"incident", "list"}));
}

TEST(Usage, UrgencyIsTypedAndItsPartsWantTheFlag) {
  const std::string send = "report send incidents/2026-0001/reports/GOVERNMENT-1 ";
  Parser whole;
  EXPECT_NO_THROW(
      whole.app.parse(send + "--urgent --authorised-by 郑海 --on-site --reason 路上", false));
  Parser part;
  EXPECT_THROW(part.app.parse(send + "--authorised-by 郑海", false), CLI::RequiresError);
}

TEST(Usage, NoPasswordIsTakenFromTheCommandLine) {
  Parser parser;
  std::vector<const CLI::App*> leaves;
  Leaves(&parser.app, leaves);
  for (const CLI::App* leaf : leaves) {
    EXPECT_EQ(leaf->get_option_no_throw("--password"), nullptr) << leaf->get_name();
  }
}

}  // namespace
}  // namespace huying::cli
