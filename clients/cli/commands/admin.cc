// SPDX-License-Identifier: Apache-2.0
//
// `huying admin`: what is done on the server's own machine, on its data folder.
#include "services/platform/runtime/admin.h"

#include <memory>
#include <nlohmann/json.hpp>

#include "absl/strings/str_cat.h"
#include "clients/cli/commands/commands.h"
#include "services/directory/bootstrap.h"
#include "services/huyingd/service_table.h"

namespace huying::cli {
namespace {

namespace admin = runtime::admin;
using nlohmann::json;

struct AdminWords {
  std::string data;
  std::string account = "admin";
  bool administrator = false;
  std::string person = "系统管理员";
  std::string password_to;
  std::string from;
  std::string to;
  std::string keystore;
  std::string keys;
  bool cheap_passwords = false;
};

// A password that was made is shown once, or is in the file that was asked for.
int TellWithPassword(Cli& cli, const AdminWords& words, const std::string& password, json facts,
                     std::string text) {
  const Say& say = cli.say();
  if (words.password_to.empty()) {
    facts["password"] = password;
    absl::StrAppend(&text, say("  口令 (只显示这一次): ", "  password (shown this once): "),
                    password, "\n");
  } else {
    const absl::Status kept = WriteSecretFile(words.password_to, password + "\n");
    if (!kept.ok()) return cli.Fail(kept);
    facts["password_file"] = words.password_to;
    absl::StrAppend(&text, say("  口令写在: ", "  password is in: "), words.password_to, "\n");
  }
  cli.Tell(facts, text);
  return kOk;
}

auth::PasswordCost CostOf(const AdminWords& words) {
  return words.cheap_passwords ? auth::PasswordCost::kTest : auth::PasswordCost::kModerate;
}

int Init(Cli& cli, const AdminWords& words) {
  admin::InitOptions options;
  options.data_dir = words.data;
  options.account = words.account;
  options.person_name = words.person;
  options.password_cost = CostOf(words);
  const auto made = admin::Init(options, directory::MakeFirstAccount);
  if (!made.ok()) return cli.Fail(made.status());
  const Say& say = cli.say();
  return TellWithPassword(
      cli, words, made->password,
      {{"data", words.data}, {"account", made->account}, {"evidence_key", made->ledger_key_id}},
      absl::StrCat(say("✓ 数据目录已建好: ", "✓ data folder made: "), words.data, "\n",
                   say("  管理员账号: ", "  administrator: "), made->account, "\n",
                   say("  证据签名密钥: ", "  evidence key: "), made->ledger_key_id, "\n"));
}

int ResetPassword(Cli& cli, const AdminWords& words) {
  admin::ResetPasswordOptions options;
  options.data_dir = words.data;
  options.account = words.account;
  options.password_cost = CostOf(words);
  const auto reset = admin::ResetPassword(options, [&words](admin::AccountContext& context) {
    return directory::ResetAccountPassword(context, words.administrator);
  });
  if (!reset.ok()) return cli.Fail(reset.status());
  return TellWithPassword(
      cli, words, reset->password, {{"data", words.data}, {"account", reset->account}},
      absl::StrCat(cli.say()("✓ 新口令已设, 账号已启用: ", "✓ new password, account enabled: "),
                   reset->account, "\n"));
}

json CopiesJson(const std::vector<admin::LedgerCopy>& ledgers) {
  json list = json::array();
  for (const auto& ledger : ledgers) {
    list.push_back({{"realm", ledger.realm},
                    {"service", ledger.service},
                    {"head", ledger.head},
                    {"epoch", ledger.epoch}});
  }
  return list;
}

std::string CopiesText(const Cli& cli, const std::vector<admin::LedgerCopy>& ledgers) {
  std::string text;
  for (const auto& ledger : ledgers) {
    absl::StrAppend(&text, "  ", ledger.realm, "/", ledger.service, "  #", ledger.head,
                    cli.say()("  世代 ", "  epoch "), ledger.epoch, "\n");
  }
  return text;
}

int Backup(Cli& cli, const AdminWords& words) {
  const auto made = admin::Backup({.data_dir = words.data,
                                   .to = words.to,
                                   .keystore_to = words.keystore,
                                   .keys_to = words.keys,
                                   .order = huyingd::ServiceNames()});
  if (!made.ok()) return cli.Fail(made.status());
  const Say& say = cli.say();
  std::string text = absl::StrCat(say("✓ 已备份到 ", "✓ backed up to "), words.to, "\n",
                                  CopiesText(cli, made->ledgers));
  if (words.keystore.empty()) {
    absl::StrAppend(&text,
                    say("  ⚑ 未备份卷宗密钥 (--keystore-to): 单凭这份备份, 恢复后个人信息读不出, "
                        "也没有人能登录",
                        "  ⚑ keys of dossiers not copied (--keystore-to): with this backup alone "
                        "personal data is unreadable after a restore and nobody can sign in"),
                    "\n");
  }
  if (words.keys.empty()) {
    absl::StrAppend(&text,
                    say("  ⚑ 未备份系统密钥 (--keys-to): 恢复后没有它服务器不能启动",
                        "  ⚑ the installation's keys not copied (--keys-to): without them a "
                        "restored server does not start"),
                    "\n");
  }
  cli.Tell({{"to", words.to},
            {"bytes", made->bytes},
            {"keystore_to", words.keystore},
            {"keys_to", words.keys},
            {"ledgers", CopiesJson(made->ledgers)}},
           text);
  return kOk;
}

int Restore(Cli& cli, const AdminWords& words) {
  const auto made = admin::Restore({.from = words.from,
                                    .keystore_from = words.keystore,
                                    .keys_from = words.keys,
                                    .data_dir = words.data});
  if (!made.ok()) return cli.Fail(made.status());
  std::string text = absl::StrCat(cli.say()("✓ 已恢复到 ", "✓ restored to "), words.data, "\n",
                                  CopiesText(cli, made->ledgers));
  for (const std::string& warning : made->warnings) absl::StrAppend(&text, "  ⚑ ", warning, "\n");
  cli.Tell(
      {{"data", words.data}, {"warnings", made->warnings}, {"ledgers", CopiesJson(made->ledgers)}},
      text);
  return kOk;
}

int Verify(Cli& cli, const AdminWords& words) {
  const auto result = admin::Verify({.data_dir = words.data, .public_key = ""});
  if (!result.ok()) return cli.Fail(result.status());
  json facts = {{"data", words.data}, {"whole", result->ok()}, {"findings", result->findings}};
  std::string text;
  for (const auto& ledger : result->ledgers) {
    facts["ledgers"].push_back({{"realm", ledger.realm},
                                {"service", ledger.service},
                                {"entries", ledger.entries},
                                {"findings", ledger.findings}});
    absl::StrAppend(&text, ledger.findings.empty() ? "✓ " : "✗ ", ledger.realm, "/", ledger.service,
                    "  ", ledger.entries, cli.say()(" 条", " entries"), "\n");
    for (const std::string& finding : ledger.findings)
      absl::StrAppend(&text, "    ", finding, "\n");
  }
  for (const std::string& finding : result->findings) absl::StrAppend(&text, "✗ ", finding, "\n");
  cli.Tell(facts, text);
  return result->ok() ? kOk : kUnexpected;
}

using SharedWords = std::shared_ptr<AdminWords>;

CLI::App* AddOn(Cli& cli, CLI::App* group, const SharedWords& words, const char* name,
                const char* zh, const char* en, const char* example,
                int (*run)(Cli&, const AdminWords&)) {
  CLI::App* command =
      cli.AddCommand(group, name, zh, en, example, [&cli, words, run] { return run(cli, *words); });
  command->add_option("--data", words->data, cli.say()("数据目录", "data folder"))->required();
  return command;
}

void AddAccounts(Cli& cli, CLI::App* group, const SharedWords& words) {
  const Say& say = cli.say();
  CLI::App* init =
      AddOn(cli, group, words, "init", "建数据目录、密钥与第一个管理员",
            "make the data folder, keys and first administrator",
            "admin init --data /var/lib/huying/data --password-to /root/huying-admin", Init);
  init->add_option("--person", words->person, say("管理员姓名", "the administrator's name"));
  CLI::App* reset =
      AddOn(cli, group, words, "reset-password", "为一个账号设新口令 (服务器停止时)",
            "a new password for an account, while the server is stopped",
            "admin reset-password --data /var/lib/huying/data --account admin", ResetPassword);
  reset->add_flag("--administrator", words->administrator,
                  say("并恢复管理员权限 (已无可用管理员时自动恢复)",
                      "and the administrator's right (by itself when no administrator is left)"));
  for (CLI::App* command : {init, reset}) {
    command->add_option("--account", words->account, say("账号 (缺省 admin)", "account (admin)"));
    command->add_option("--password-to", words->password_to,
                        say("口令写入此文件 (0600)", "put the password in this file (0600)"));
    command->add_flag(
        "--cheap-passwords", words->cheap_passwords,
        say("低成本口令散列, 仅供试用", "cheap password hashes, for trying out only"));
  }
}

void AddCopies(Cli& cli, CLI::App* group, const SharedWords& words) {
  const Say& say = cli.say();
  CLI::App* backup = AddOn(cli, group, words, "backup", "备份 (服务器可以在运行)",
                           "back up, also while the server runs",
                           "admin backup --data /var/lib/huying/data --to /backup/2026-11-23 "
                           "--keystore-to /keybackup/2026-11-23",
                           Backup);
  backup->add_option("--to", words->to, say("备份目录", "folder of the backup"))->required();
  backup->add_option("--keystore-to", words->keystore,
                     say("卷宗密钥另存于 (登录与个人信息都靠它)",
                         "folder for the keys of dossiers: sign-in and personal data need them"));
  backup->add_option("--keys-to", words->keys,
                     say("系统密钥另存于", "folder for the installation's keys"));
  CLI::App* restore =
      AddOn(cli, group, words, "restore", "恢复到空目录 (新世代)",
            "restore into an empty folder: a new epoch",
            "admin restore --from /backup/2026-11-23 --keystore-from /keybackup/2026-11-23 "
            "--keys-from /safe/huying-keys --data /var/lib/huying/restored",
            Restore);
  restore->add_option("--from", words->from, say("备份目录", "folder of the backup"))->required();
  restore->add_option("--keystore-from", words->keystore, say("卷宗密钥", "keys of dossiers"));
  restore->add_option("--keys-from", words->keys, say("系统密钥", "the installation's keys"));
  AddOn(cli, group, words, "verify", "核验全部账本 (数据目录或备份)",
        "verify every ledger of a data folder or a backup",
        "admin verify --data /backup/2026-11-23", Verify);
}

}  // namespace

void AddAdminCommands(Cli& cli) {
  CLI::App* group = cli.AddGroup("admin", "管理: 初始化、口令、备份、恢复、核验、装入数据",
                                 "init, password, backup, restore, verify, load");
  const auto words = std::make_shared<AdminWords>();
  AddAccounts(cli, group, words);
  AddCopies(cli, group, words);
  AddLoadCommands(cli, group);
}

}  // namespace huying::cli
