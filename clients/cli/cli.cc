// SPDX-License-Identifier: Apache-2.0
#include "clients/cli/cli.h"

#include <iostream>
#include <nlohmann/json.hpp>
#include <utility>

#include "clients/cli/fields.h"
#include "clients/cli/table.h"
#include "clients/cli/usage.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/util/json_util.h"
#include "huying/alert/v1/alert_service.pb.h"
#include "huying/common/v1/common.pb.h"
#include "huying/directory/v1/directory_service.pb.h"
#include "huying/drill/v1/drill_service.pb.h"
#include "huying/incident/v1/incident_service.pb.h"
#include "huying/plan/v1/plan_service.pb.h"
#include "services/platform/base/status.h"

namespace huying::cli {
namespace {

using google::protobuf::Message;
using google::protobuf::MessageFactory;
using google::protobuf::MethodDescriptor;

// Calls are found by name; without a reference the linker would leave their contracts out.
void LinkContracts() {
  google::protobuf::LinkMessageReflection<directory::v1::SignInRequest>();
  google::protobuf::LinkMessageReflection<plan::v1::ImportPlanRequest>();
  google::protobuf::LinkMessageReflection<alert::v1::IssueNoticeRequest>();
  google::protobuf::LinkMessageReflection<incident::v1::TakeIntakeRequest>();
  google::protobuf::LinkMessageReflection<drill::v1::PlanExerciseRequest>();
}

const MethodDescriptor* FindMethod(std::string method) {
  LinkContracts();
  method[method.find('/')] = '.';
  return google::protobuf::DescriptorPool::generated_pool()->FindMethodByName(method);
}

std::unique_ptr<Message> NewMessage(const google::protobuf::Descriptor* type) {
  return std::unique_ptr<Message>(MessageFactory::generated_factory()->GetPrototype(type)->New());
}

std::string ToJson(const Message& message, bool lines = true) {
  google::protobuf::util::JsonPrintOptions options;
  options.add_whitespace = lines;
  options.preserve_proto_field_names = true;
  std::string json;
  (void)google::protobuf::util::MessageToJsonString(message, &json, options);
  return json;
}

}  // namespace

ExitCode ExitCodeOf(const absl::Status& status) {
  switch (status.code()) {
    case absl::StatusCode::kOk:
      return kOk;
    case absl::StatusCode::kUnauthenticated:
      return kSignIn;
    case absl::StatusCode::kUnavailable:
    case absl::StatusCode::kDeadlineExceeded:
    case absl::StatusCode::kResourceExhausted:
      return kUnreachable;
    default:
      return kRefused;
  }
}

Cli::Cli(CLI::App& app, CliOptions options)
    : app_(app), parse_only_(options.parse_only), say_(options.language) {
  options_.clock = options.clock;
  SetHeadings(app, say_);
  app.add_option("--server", options_.server,
                 say_("服务器地址 (缺省: 上次登录的)", "server address (default: the last one)"))
      ->envname("HUYING_SERVER");
  app.add_option("--home", options_.home, say_("登录状态目录", "folder of the session"))
      ->envname("HUYING_HOME");
  app.add_option("--token", options_.token, say_("直接给出令牌 (脚本用)", "a token, for scripts"))
      ->envname("HUYING_TOKEN");
  app.add_option("--ca", options_.root_certificate,
                 say_("根证书 PEM (启用 TLS)", "root certificate, PEM: use TLS"))
      ->check(CLI::ExistingFile)
      ->envname("HUYING_CA");
  app.add_option("--request-id", options_.request_id,
                 say_("请求号: 结果未知时用它重发，只办一次",
                      "request id: sent again with it, an act of unknown outcome happens once"));
  app.add_option("-o,--output", output_, say_("输出: table 或 json", "output: table or json"))
      ->check(CLI::IsMember({"table", "json"}));
  // Known here so that it is accepted and listed; it was read before the parser was made.
  app.add_option("--lang", language_,
                 say_("语言: zh 或 en (缺省: $HUYING_LANG, $LANG)",
                      "language: zh or en (default: $HUYING_LANG, $LANG)"))
      ->check(CLI::IsMember({"zh", "en"}));
  app.require_subcommand(1);
  app.fallthrough();
}

CLI::App* Cli::AddGroup(std::string_view name, std::string_view zh, std::string_view en) {
  CLI::App* group = app_.add_subcommand(std::string(name), say_(zh, en));
  SetCommandHeadings(*group, say_);
  group->require_subcommand(1);
  group->fallthrough();
  return group;
}

CLI::App* Cli::AddCommand(CLI::App* group, std::string_view name, std::string_view zh,
                          std::string_view en, std::string_view example, std::function<int()> run) {
  CLI::App* command =
      (group == nullptr ? &app_ : group)->add_subcommand(std::string(name), say_(zh, en));
  SetCommandHeadings(*command, say_);
  command->fallthrough();
  command->footer(say_("例: ", "Example: ") + "huying " + std::string(example) + "\n" +
                  say_("全局选项 (服务器、输出、语言): huying --help",
                       "Global options (server, output, language): huying --help"));
  command->final_callback([this, run = std::move(run)] {
    if (!parse_only_) exit_code_ = run();
  });
  return command;
}

CLI::App* Cli::AddCall(CLI::App* group, CallSpec spec) {
  const MethodDescriptor* method = FindMethod(spec.method);
  auto request = std::shared_ptr<Message>(NewMessage(method->input_type()));
  auto shared = std::make_shared<CallSpec>(std::move(spec));
  calls_.push_back(shared);
  CLI::App* command = AddCommand(group, shared->name, shared->zh, shared->en, shared->example,
                                 [this, shared, request] { return RunCall(*shared, *request); });
  for (const Field& field : shared->fields) AddField(command, field, request);
  return command;
}

void Cli::AddField(CLI::App* command, const Field& field, const std::shared_ptr<Message>& request) {
  const auto set = [this, request, path = field.path, flag = field.flag](const std::string& word) {
    const absl::Status status = SetField(request.get(), path, word);
    if (status.ok()) return;
    const base::Problem problem = base::ProblemOf(status);
    throw CLI::ValidationError(flag, say_(problem.message(), problem.message_en()));
  };
  const std::string word =
      field.word.empty() && IsTruth(*request, field.path) ? "true" : field.word;
  CLI::Option* option = nullptr;
  if (!word.empty()) {
    option = command->add_flag_function(
        field.flag, [set, word](int64_t times) { set(times > 0 ? word : "false"); },
        say_(field.zh, field.en));
  } else if (field.flag[0] == '-' && TakesMany(*request, field.path)) {
    option = command->add_option_function<std::vector<std::string>>(
        field.flag,
        [set](const std::vector<std::string>& words) {
          for (const std::string& one : words) set(one);
        },
        say_(field.zh, field.en));
    // `--area A --area B` gives two; one flag never swallows what follows it.
    option->allow_extra_args(false);
  } else {
    option = command->add_option_function<std::string>(field.flag, set, say_(field.zh, field.en));
  }
  option->required(field.required);
  if (!field.needs.empty()) option->needs(command->get_option(field.needs));
}

int Cli::RunCall(const CallSpec& spec, Message& request) {
  const MethodDescriptor* method = FindMethod(spec.method);
  std::unique_ptr<Message> response = NewMessage(method->output_type());
  if (spec.complete) {
    const absl::Status complete = spec.complete(request);
    if (!complete.ok()) return Fail(complete);
  }
  const absl::Status status = session().Call(spec.method, request, response.get());
  if (!status.ok()) return Fail(status);
  if (!json() && spec.show) {
    std::cout << spec.show(say_, *response) << "\n";
  } else if (json() || spec.list.empty()) {
    Print(*response);
  } else {
    PrintTable(*response, spec.list, spec.columns);
  }
  return kOk;
}

Session& Cli::session() {
  if (session_ == nullptr) session_ = std::make_unique<Session>(options_);
  return *session_;
}

int Cli::Fail(const absl::Status& status) const {
  const base::Problem problem = base::ProblemOf(status);
  if (json()) {
    std::cerr << ToJson(problem);
    return ExitCodeOf(status);
  }
  const auto line = [&](std::string_view zh, std::string_view en, const std::string& text) {
    if (!text.empty()) std::cerr << "  " << say_(zh, en) << text << "\n";
  };
  std::cerr << "✗ " << say_(problem.message(), problem.message_en()) << "\n";
  line("字段: ", "field: ", problem.field());
  line("规则: ", "rule: ", problem.rule_id());
  line("依据: ", "law: ", problem.legal_article());
  line("怎么办: ", "what to do: ", say_(problem.next_step(), problem.next_step_en()));
  if (ExitCodeOf(status) == kUnreachable && session_ != nullptr) {
    line("服务器: ", "server: ", session_->server());
    if (const std::string& id = session_->request_id(); !id.empty()) {
      line("请求号: ", "request id: ",
           id + say_("  (原命令加 --request-id 重发)", "  (the same command with --request-id)"));
    }
  }
  if (ExitCodeOf(status) == kSignIn) {
    line("", "", say_("先登录: huying sign-in 账号", "sign in first: huying sign-in ACCOUNT"));
  }
  return ExitCodeOf(status);
}

void Cli::Print(const Message& message) const {
  if (json()) {
    std::cout << ToJson(message);
  } else if (const auto* receipt = dynamic_cast<const common::v1::Receipt*>(&message)) {
    std::cout << "✓ " << receipt->name() << "  " << Word(say_, receipt->state()) << "  ("
              << receipt->ledger() << " #" << receipt->seq() << ")\n";
    for (const auto& flag : receipt->flags()) {
      std::cout << "  ⚑ " << FlagText(say_, flag)
                << (flag.make_up().empty() ? "" : "  " + flag.make_up()) << "\n";
    }
  } else {
    std::cout << RenderMessage(say_, message);
  }
}

void Cli::PrintLine(const Message& message) const {
  std::cout << ToJson(message, /*lines=*/false) << std::endl;
}

void Cli::Tell(const nlohmann::json& facts, const std::string& text) const {
  if (json()) {
    std::cout << facts.dump(1) << "\n";
  } else {
    std::cout << text << (text.empty() || text.back() == '\n' ? "" : "\n");
  }
}

void Cli::PrintTable(const Message& response, const std::string& list,
                     const std::vector<Column>& columns) const {
  std::vector<std::string> header;
  header.reserve(columns.size());
  for (const Column& column : columns) header.push_back(say_(column.zh, column.en));
  const auto* field = response.GetDescriptor()->FindFieldByName(list);
  std::vector<std::vector<std::string>> rows;
  for (int i = 0; i < response.GetReflection()->FieldSize(response, field); ++i) {
    const Message& item = response.GetReflection()->GetRepeatedMessage(response, field, i);
    std::vector<std::string> row;
    row.reserve(columns.size());
    for (const Column& column : columns) row.push_back(FieldText(say_, item, column.path));
    rows.push_back(std::move(row));
  }
  std::cout << RenderTable(header, rows);
  const bool pages = response.GetDescriptor()->FindFieldByName("next_page_token") != nullptr;
  const std::string more = pages ? FieldText(say_, response, "next_page_token") : "";
  if (!more.empty()) std::cout << say_("还有下一页: --page ", "more: --page ") << more << "\n";
}

}  // namespace huying::cli
