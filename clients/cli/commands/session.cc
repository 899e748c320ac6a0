// SPDX-License-Identifier: Apache-2.0
#include <termios.h>
#include <unistd.h>

#include <cstdlib>
#include <iostream>
#include <memory>

#include "clients/cli/commands/commands.h"
#include "clients/cli/fields.h"

namespace huying::cli {
namespace {

constexpr char kDirectoryService[] = "huying.directory.v1.DirectoryService/";

// From $HUYING_PASSWORD, a pipe, or the keyboard without echo. Never from the command line: others
// could read it there.
std::string ReadPassword(const Say& say) {
  if (const char* password = std::getenv("HUYING_PASSWORD")) return password;
  std::string line;
  if (isatty(STDIN_FILENO) == 0) {
    std::getline(std::cin, line);
    return line;
  }
  std::cerr << say("口令: ", "password: ") << std::flush;
  termios before{};
  tcgetattr(STDIN_FILENO, &before);
  termios quiet = before;
  quiet.c_lflag &= ~static_cast<tcflag_t>(ECHO);
  tcsetattr(STDIN_FILENO, TCSANOW, &quiet);
  std::getline(std::cin, line);
  tcsetattr(STDIN_FILENO, TCSANOW, &before);
  std::cerr << "\n";
  return line;
}

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
  request.set_password(ReadPassword(cli.say()));
  directory::v1::TokenResponse token;
  absl::StatusOr<rpc::Channel*> channel = cli.session().channel();
  if (!channel.ok()) return cli.Fail(channel.status());
  absl::Status status =
      (*channel)->Call(std::string(kDirectoryService) + "SignIn", "",
                       cli.session().clock().Now() + absl::Seconds(15), request, &token);
  if (status.ok()) status = cli.session().Keep(token, account);
  return status.ok() ? PrintSignedIn(cli, token) : cli.Fail(status);
}

int Enter(Cli& cli, const std::string& realm, const std::string& post) {
  directory::v1::EnterRealmRequest request;
  request.set_realm(realm);
  request.set_post(post);
  directory::v1::TokenResponse token;
  absl::Status status =
      cli.session().Call(std::string(kDirectoryService) + "EnterRealm", request, &token);
  if (status.ok()) status = cli.session().Keep(token, cli.session().account());
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
                     "sign in (password not echoed, or from $HUYING_PASSWORD)",
                     [&cli, words] { return SignIn(cli, words->account, words->post); });
  sign_in->add_option("account", words->account, cli.say()("账号", "account"))->required();
  sign_in->add_option("--post", words->post, cli.say()("以哪个岗位", "as which post"));
  CLI::App* enter =
      cli.AddCommand(nullptr, "enter", "进入演练域 (实战令牌换取)", "enter an exercise's realm",
                     [&cli, words] { return Enter(cli, words->realm, words->post); });
  enter->add_option("realm", words->realm, "drill-2026-0001")->required();
  enter->add_option("--post", words->post, cli.say()("以哪个岗位", "as which post"));
  cli.AddCommand(nullptr, "whoami", "我是谁, 在哪个域", "who am I, in which realm",
                 [&cli] { return WhoAmI(cli); });
  cli.AddCommand(nullptr, "sign-out", "退出登录", "sign out", [&cli] {
    (void)cli.session().Forget();
    return static_cast<int>(kOk);
  });
}

}  // namespace huying::cli
