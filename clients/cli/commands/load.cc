// SPDX-License-Identifier: Apache-2.0
//
// `huying admin load-directory | load-plan`: files into a running server, through its public API.
#include <fstream>
#include <memory>
#include <nlohmann/json.hpp>
#include <set>
#include <sstream>

#include "absl/strings/str_cat.h"
#include "clients/cli/commands/commands.h"
#include "clients/cli/fields.h"
#include "huying/directory/v1/directory_service.pb.h"
#include "huying/plan/v1/plan_service.pb.h"
#include "services/directory/yaml_directory.h"
#include "services/platform/base/status.h"

namespace huying::cli {
namespace {

constexpr char kDirectory[] = "huying.directory.v1.DirectoryService/";
constexpr char kPlan[] = "huying.plan.v1.PlanService/";

struct LoadWords {
  std::string file;
  std::vector<std::string> files;
  std::string from;
  int days = 60;
  std::string passwords_to;
};

// A fresh random password for every account of the file that has none; the list is for its owner's eyes.
absl::StatusOr<std::string> SetPasswords(Cli& cli, const directory::v1::Directory& loaded) {
  std::set<std::string> wanted;
  for (const auto& account : loaded.accounts()) wanted.insert(account.name());
  std::string list;
  directory::v1::ListAccountsRequest page;
  page.set_page_size(500);
  do {
    directory::v1::ListAccountsResponse known;
    RETURN_IF_ERROR(cli.session().Call(std::string(kDirectory) + "ListAccounts", page, &known));
    for (const auto& account : known.accounts()) {
      if (account.has_password() || !wanted.contains(account.name())) continue;
      directory::v1::PutAccountRequest request;
      request.mutable_account()->set_name(account.name());
      request.set_password(NewRequestId());
      common::v1::Receipt receipt;
      RETURN_IF_ERROR(
          cli.session().Call(std::string(kDirectory) + "PutAccount", request, &receipt));
      list += account.name() + " " + request.password() + "\n";
    }
    page.set_page_token(known.next_page_token());
  } while (!page.page_token().empty());
  return list;
}

int LoadDirectory(Cli& cli, const LoadWords& words) {
  // From yesterday: until the change of shift in the morning yesterday's people are on duty.
  absl::CivilDay from =
      absl::ToCivilDay(cli.session().clock().Now(), absl::FixedTimeZone(8 * 60 * 60)) - 1;
  if (!words.from.empty() && !absl::ParseCivilTime(words.from, &from)) {
    return cli.Fail(base::Invalid(base::Reason::FIELD_INVALID, "--from 应为 2026-03-01 这样的日期",
                                  "--from wants a date such as 2026-03-01"));
  }
  auto loaded = directory::LoadDirectoryYaml(words.file, {.from = from, .days = words.days});
  if (!loaded.ok()) return cli.Fail(loaded.status());
  directory::v1::ImportDirectoryRequest request;
  *request.mutable_directory() = *loaded;
  common::v1::Receipt receipt;
  absl::Status status =
      cli.session().Call(std::string(kDirectory) + "ImportDirectory", request, &receipt);
  if (!status.ok()) return cli.Fail(status);
  nlohmann::json facts = {{"areas", loaded->areas_size()},
                          {"posts", loaded->posts_size()},
                          {"people", loaded->people_size()},
                          {"shifts", loaded->shifts_size()}};
  std::string text = absl::StrCat(cli.say()("✓ 已装入: ", "✓ loaded: "), loaded->areas_size(),
                                  cli.say()(" 个区划, ", " areas, "), loaded->posts_size(),
                                  cli.say()(" 个岗位, ", " posts, "), loaded->people_size(),
                                  cli.say()(" 人, ", " people, "), loaded->shifts_size(),
                                  cli.say()(" 个班次", " shifts"), "\n");
  if (!words.passwords_to.empty()) {
    const auto list = SetPasswords(cli, *loaded);
    if (!list.ok()) return cli.Fail(list.status());
    status = WriteSecretFile(words.passwords_to, *list);
    if (!status.ok()) return cli.Fail(status);
    facts["accounts_file"] = words.passwords_to;
    absl::StrAppend(&text, cli.say()("✓ 账号与口令写在 ", "✓ accounts and passwords are in "),
                    words.passwords_to, "\n");
  }
  cli.Tell(facts, text);
  return kOk;
}

int LoadPlans(Cli& cli, const LoadWords& words) {
  for (const std::string& path : words.files) {
    std::ifstream file(path);
    std::stringstream text;
    text << file.rdbuf();
    plan::v1::ImportPlanRequest request;
    request.set_yaml(text.str());
    common::v1::Receipt receipt;
    const absl::Status status =
        cli.session().Call(std::string(kPlan) + "ImportPlan", request, &receipt);
    if (!status.ok()) return cli.Fail(base::InField(status, path));
    cli.json() ? cli.PrintLine(receipt) : cli.Print(receipt);
  }
  return kOk;
}

}  // namespace

void AddLoadCommands(Cli& cli, CLI::App* group) {
  auto words = std::make_shared<LoadWords>();
  const Say& say = cli.say();
  CLI::App* load = cli.AddCommand(
      group, "load-directory", "装入区划、单位、岗位、人员、值班表 (YAML)",
      "load areas, units, posts, people and rosters from YAML",
      "admin load-directory deploy/config/xingshan/directory.yaml --passwords-to accounts.txt",
      [&cli, words] { return LoadDirectory(cli, *words); });
  load->add_option("file", words->file, "directory.yaml")->required()->check(CLI::ExistingFile);
  load->add_option("--from", words->from,
                   say("排班起始日 (缺省: 昨天)", "first day of the rota (default: yesterday)"));
  load->add_option("--days", words->days, say("排班天数", "days of rota"))
      ->check(CLI::Range(1, 400));
  load->add_option(
      "--passwords-to", words->passwords_to,
      say("为没有口令的账号设随机口令, 写入此文件 (0600)",
          "give accounts without a password a random one, listed in this file (0600)"));
  CLI::App* plans =
      cli.AddCommand(group, "load-plan", "装入预案 (YAML, 错误指到行)",
                     "load plans from YAML; errors name the line",
                     "admin load-plan deploy/config/xingshan/plans/mine-accident.yaml",
                     [&cli, words] { return LoadPlans(cli, *words); });
  plans->add_option("files", words->files, "plan.yaml …")->required()->check(CLI::ExistingFile);
}

}  // namespace huying::cli
