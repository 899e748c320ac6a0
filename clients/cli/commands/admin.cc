// SPDX-License-Identifier: Apache-2.0
//
// `huying admin`: what is done on the server's own machine, on its data folder.
#include "services/platform/runtime/admin.h"

#include <iostream>
#include <memory>

#include "clients/cli/commands/commands.h"
#include "services/directory/bootstrap.h"
#include "services/huyingd/service_table.h"

namespace huying::cli {
namespace {

namespace admin = runtime::admin;

struct AdminWords {
  std::string data;
  std::string account = "admin";
  std::string person = "系统管理员";
  std::string password_to;
  std::string from;
  std::string to;
  std::string keystore;
  std::string keys;
  bool cheap_passwords = false;
};

int Init(Cli& cli, const AdminWords& words) {
  admin::InitOptions options;
  options.data_dir = words.data;
  options.account = words.account;
  options.person_name = words.person;
  if (words.cheap_passwords) options.password_cost = auth::PasswordCost::kTest;
  const auto made = admin::Init(options, directory::MakeFirstAccount);
  if (!made.ok()) return cli.Fail(made.status());
  const Say& say = cli.say();
  std::cout << say("✓ 数据目录已建好: ", "✓ data folder made: ") << words.data << "\n"
            << say("  管理员账号: ", "  administrator: ") << made->account << "\n"
            << say("  证据签名密钥: ", "  evidence key: ") << made->ledger_key_id << "\n";
  if (words.password_to.empty()) {
    std::cout << say("  口令 (只显示这一次): ", "  password (shown this once): ") << made->password
              << "\n";
    return kOk;
  }
  const absl::Status kept = WriteSecretFile(words.password_to, made->password + "\n");
  if (!kept.ok()) return cli.Fail(kept);
  std::cout << say("  口令写在: ", "  password is in: ") << words.password_to << "\n";
  return kOk;
}

void PrintCopies(Cli& cli, const std::vector<admin::LedgerCopy>& ledgers) {
  for (const auto& ledger : ledgers) {
    std::cout << "  " << ledger.realm << "/" << ledger.service << "  #" << ledger.head
              << cli.say()("  世代 ", "  epoch ") << ledger.epoch << "\n";
  }
}

int Backup(Cli& cli, const AdminWords& words) {
  const auto made = admin::Backup({.data_dir = words.data,
                                   .to = words.to,
                                   .keystore_to = words.keystore,
                                   .keys_to = words.keys,
                                   .order = huyingd::ServiceNames()});
  if (!made.ok()) return cli.Fail(made.status());
  std::cout << cli.say()("✓ 已备份到 ", "✓ backed up to ") << words.to << "\n";
  PrintCopies(cli, made->ledgers);
  if (words.keystore.empty()) {
    std::cout
        << cli.say()(
               "  ⚑ 未备份个人信息密钥 (--keystore-to), 恢复后个人信息读不出来",
               "  ⚑ keys of personal data not copied (--keystore-to): unreadable after a restore")
        << "\n";
  }
  return kOk;
}

int Restore(Cli& cli, const AdminWords& words) {
  const auto made = admin::Restore({.from = words.from,
                                    .keystore_from = words.keystore,
                                    .keys_from = words.keys,
                                    .data_dir = words.data});
  if (!made.ok()) return cli.Fail(made.status());
  std::cout << cli.say()("✓ 已恢复到 ", "✓ restored to ") << words.data << "\n";
  PrintCopies(cli, made->ledgers);
  for (const std::string& warning : made->warnings) std::cout << "  ⚑ " << warning << "\n";
  return kOk;
}

int Verify(Cli& cli, const AdminWords& words) {
  const auto result = admin::Verify({.data_dir = words.data, .public_key = ""});
  if (!result.ok()) return cli.Fail(result.status());
  for (const auto& ledger : result->ledgers) {
    std::cout << (ledger.findings.empty() ? "✓ " : "✗ ") << ledger.realm << "/" << ledger.service
              << "  " << ledger.entries << cli.say()(" 条", " entries") << "\n";
    for (const std::string& finding : ledger.findings) std::cout << "    " << finding << "\n";
  }
  for (const std::string& finding : result->findings) std::cout << "✗ " << finding << "\n";
  return result->ok() ? kOk : kUnexpected;
}

}  // namespace

void AddAdminCommands(Cli& cli) {
  auto words = std::make_shared<AdminWords>();
  const Say& say = cli.say();
  CLI::App* group = cli.AddGroup("admin", "管理: 初始化、备份、恢复、核验、装入数据",
                                 "init, backup, restore, verify, load");
  const auto data = [&](CLI::App* command) {
    command->add_option("--data", words->data, say("数据目录", "data folder"))->required();
    return command;
  };
  CLI::App* init = data(cli.AddCommand(group, "init", "建数据目录、密钥与第一个管理员",
                                       "make the data folder, keys and first administrator",
                                       [&cli, words] { return Init(cli, *words); }));
  init->add_option("--account", words->account, say("管理员账号", "the administrator's account"));
  init->add_option("--person", words->person, say("管理员姓名", "the administrator's name"));
  init->add_option("--password-to", words->password_to,
                   say("口令写入此文件 (0600)", "put the password in this file (0600)"));
  init->add_flag("--cheap-passwords", words->cheap_passwords,
                 say("低成本口令散列, 仅供试用", "cheap password hashes, for trying out only"));
  CLI::App* backup =
      data(cli.AddCommand(group, "backup", "备份 (服务器可以在运行)", "back up, also while it runs",
                          [&cli, words] { return Backup(cli, *words); }));
  backup->add_option("--to", words->to, say("备份目录", "folder of the backup"))->required();
  backup->add_option("--keystore-to", words->keystore,
                     say("个人信息密钥另存于", "folder for the keys of personal data"));
  backup->add_option("--keys-to", words->keys,
                     say("系统密钥另存于", "folder for the installation's keys"));
  CLI::App* restore = data(cli.AddCommand(group, "restore", "恢复到空目录 (新世代)",
                                          "restore into an empty folder: a new epoch",
                                          [&cli, words] { return Restore(cli, *words); }));
  restore->add_option("--from", words->from, say("备份目录", "folder of the backup"))->required();
  restore->add_option("--keystore-from", words->keystore,
                      say("个人信息密钥", "keys of personal data"));
  restore->add_option("--keys-from", words->keys, say("系统密钥", "the installation's keys"));
  data(cli.AddCommand(group, "verify", "核验全部账本", "verify every ledger",
                      [&cli, words] { return Verify(cli, *words); }));
  AddLoadCommands(cli, group);
}

}  // namespace huying::cli
