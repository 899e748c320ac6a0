// SPDX-License-Identifier: Apache-2.0
#include <iostream>
#include <memory>
#include <nlohmann/json.hpp>

#include "clients/cli/commands/commands.h"
#include "clients/cli/fields.h"
#include "clients/cli/password.h"

namespace huying::cli {
namespace {

constexpr char kDirectoryService[] = "huying.directory.v1.DirectoryService/";

int PrintSignedIn(Cli& cli, const directory::v1::TokenResponse& token) {
  if (cli.json()) {
    directory::v1::TokenResponse shown = token;
    shown.clear_token();
    cli.Print(shown);
    return kOk;
  }
  std::cout << cli.say()("✓ 已登录: ", "✓ signed in: ") << token.actor().person_name() << " · "
            << token.actor().post_name() << " · " << token.realm() << "\n";
  for (const std::string& post : token.other_posts()) {
    std::cout << cli.say()("  还可担任: ", "  may also act as: ") << post << "\n";
  }
  return kOk;
}

int SignIn(Cli& cli, const std::string& account, const std::string& post) {
  directory::v1::SignInRequest request;
  request.set_account(account);
  request.set_post(post);
  request.set_password(ReadPassword(cli.say(), "HUYING_PASSWORD", cli.say()("口令", "password")));
  directory::v1::TokenResponse token;
  absl::StatusOr<rpc::Channel*> channel = cli.session().channel();
  if (!channel.ok()) return cli.Fail(channel.status());
  absl::Status status =
      (*channel)->Call(std::string(kDirectoryService) + "SignIn", "",
                       cli.session().clock().Now() + absl::Seconds(15), request, &token);
  if (status.ok()) status = cli.session().Keep(token, account);
  return status.ok() ? PrintSignedIn(cli, token) : cli.Fail(status);
}

int WhoAmI(Cli& cli) {
  directory::v1::RenewTokenRequest request;
  directory::v1::TokenResponse token;
  absl::Status status =
      cli.session().Call(std::string(kDirectoryService) + "RenewToken", request, &token);
  if (status.ok()) status = cli.session().Keep(token, cli.session().account());
  return status.ok() ? PrintSignedIn(cli, token) : cli.Fail(status);
}

int Enter(Cli& cli, const std::string& realm, const std::string& post) {
  // Exercises are entered from the live realm alone.
  const std::string here = cli.session().realm();
  if (!here.empty() && here != kLiveRealm) {
    const absl::Status back = cli.session().ReturnToLive();
    if (!back.ok()) return cli.Fail(back);
  }
  if (realm == kLiveRealm) return WhoAmI(cli);
  directory::v1::EnterRealmRequest request;
  request.set_realm(realm);
  request.set_post(post);
  directory::v1::TokenResponse token;
  absl::Status status =
      cli.session().Call(std::string(kDirectoryService) + "EnterRealm", request, &token);
  if (status.ok()) status = cli.session().Keep(token, cli.session().account());
  return status.ok() ? PrintSignedIn(cli, token) : cli.Fail(status);
}

int SignOut(Cli& cli) {
  const absl::Status forgotten = cli.session().Forget();
  if (!forgotten.ok()) return cli.Fail(forgotten);
  cli.Tell({{"signed_out", true}}, cli.say()("✓ 已退出", "✓ signed out"));
  return kOk;
}

}  // namespace

void AddSessionCommands(Cli& cli) {
  struct Words {
    std::string account;
    std::string post;
    std::string realm;
  };
  auto words = std::make_shared<Words>();
  CLI::App* sign_in =
      cli.AddCommand(nullptr, "sign-in", "登录 (口令不回显, 或取自 $HUYING_PASSWORD)",
                     "sign in (password not echoed, or from $HUYING_PASSWORD)", "sign-in zhao-ming",
                     [&cli, words] { return SignIn(cli, words->account, words->post); });
  sign_in->add_option("account", words->account, cli.say()("账号", "account"))->required();
  sign_in->add_option("--post", words->post, cli.say()("以哪个岗位", "as which post"));
  CLI::App* enter =
      cli.AddCommand(nullptr, "enter", "进入演练域; enter live 回到实战",
                     "enter an exercise's realm; `enter live` goes back", "enter drill-2026-0001",
                     [&cli, words] { return Enter(cli, words->realm, words->post); });
  enter
      ->add_option("realm", words->realm,
                   cli.say()("drill-2026-0001 或 live", "drill-2026-0001, or live"))
      ->required();
  enter->add_option("--post", words->post, cli.say()("以哪个岗位", "as which post"));
  cli.AddCommand(nullptr, "whoami", "我是谁, 在哪个域", "who am I, in which realm", "whoami",
                 [&cli] { return WhoAmI(cli); });
  cli.AddCommand(nullptr, "sign-out", "退出登录", "sign out", "sign-out",
                 [&cli] { return SignOut(cli); });
}

}  // namespace huying::cli
