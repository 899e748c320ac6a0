// SPDX-License-Identifier: Apache-2.0
#include <iostream>
#include <memory>
#include <nlohmann/json.hpp>

#include "clients/cli/commands/commands.h"
#include "clients/cli/fields.h"
#include "clients/cli/password.h"
#include "services/platform/base/clock.h"

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
  const common::v1::Actor& actor = token.actor();
  if (!actor.acting_for_post().empty()) {
    std::cout << cli.say()("  代行: ", "  acting for: ") << actor.acting_for_post()
              << cli.say()(" 至 ", " until ")
              << base::BeijingTime(base::FromProto(actor.acting_until())) << " · "
              << actor.acting_reason() << "\n";
  }
  for (const auto& flag : token.flags()) {
    std::cout << "⚠ " << FlagText(cli.say(), flag) << "\n";
  }
  for (const std::string& post : token.other_posts()) {
    std::cout << cli.say()("  还可担任: ", "  may also act as: ") << post << "\n";
  }
  return kOk;
}

struct Words {
  std::string account;
  std::string post;
  std::string realm;
  std::string acting_for;
  std::string reason;
  std::string until;
  bool stop_acting = false;
};

// The options of acting for another post, on whatever request may ask for it.
absl::Status SetActingFor(const Words& words, directory::v1::ActingFor* acting) {
  acting->set_post(words.acting_for);
  acting->set_reason(words.reason);
  return words.until.empty() ? absl::OkStatus() : SetField(acting, "until", words.until);
}

void AddActingOptions(const Cli& cli, CLI::App* command, Words& words) {
  auto* acting_for = command->add_option(
      "--acting-for", words.acting_for,
      cli.say()("代行哪个岗位 (本岗位须在其代行顺序中)", "act for this post, as its deputy"));
  command
      ->add_option("--reason", words.reason,
                   cli.say()("代行的原因, 记入每一条记录", "why; it stands in every entry"))
      ->needs(acting_for);
  command
      ->add_option("--until", words.until,
                   cli.say()("代行到何时 (北京时间), 默认一天", "until when, Beijing time; a day"))
      ->needs(acting_for);
}

int SignIn(Cli& cli, const Words& words) {
  const std::string& account = words.account;
  directory::v1::SignInRequest request;
  request.set_account(account);
  request.set_post(words.post);
  if (!words.acting_for.empty()) {
    const absl::Status set = SetActingFor(words, request.mutable_acting_for());
    if (!set.ok()) return cli.Fail(set);
  }
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

int WhoAmI(Cli& cli, bool stop_acting) {
  directory::v1::RenewTokenRequest request;
  request.set_stop_acting(stop_acting);
  directory::v1::TokenResponse token;
  absl::Status status =
      cli.session().Call(std::string(kDirectoryService) + "RenewToken", request, &token);
  if (status.ok()) status = cli.session().Keep(token, cli.session().account());
  return status.ok() ? PrintSignedIn(cli, token) : cli.Fail(status);
}

int Enter(Cli& cli, const Words& words) {
  // Exercises are entered from the live realm alone.
  const std::string here = cli.session().realm();
  if (!here.empty() && here != kLiveRealm) {
    const absl::Status back = cli.session().ReturnToLive();
    if (!back.ok()) return cli.Fail(back);
  }
  if (words.realm == kLiveRealm) return WhoAmI(cli, /*stop_acting=*/false);
  directory::v1::EnterRealmRequest request;
  request.set_realm(words.realm);
  request.set_post(words.post);
  if (!words.acting_for.empty()) {
    const absl::Status set = SetActingFor(words, request.mutable_acting_for());
    if (!set.ok()) return cli.Fail(set);
  }
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
  auto words = std::make_shared<Words>();
  CLI::App* sign_in =
      cli.AddCommand(nullptr, "sign-in", "登录 (口令不回显, 或取自 $HUYING_PASSWORD)",
                     "sign in (password not echoed, or from $HUYING_PASSWORD)", "sign-in zhao-ming",
                     [&cli, words] { return SignIn(cli, *words); });
  sign_in->add_option("account", words->account, cli.say()("账号", "account"))->required();
  sign_in->add_option("--post", words->post, cli.say()("以哪个岗位", "as which post"));
  AddActingOptions(cli, sign_in, *words);
  CLI::App* enter =
      cli.AddCommand(nullptr, "enter", "进入演练域; enter live 回到实战",
                     "enter an exercise's realm; `enter live` goes back", "enter drill-2026-0001",
                     [&cli, words] { return Enter(cli, *words); });
  enter
      ->add_option("realm", words->realm,
                   cli.say()("drill-2026-0001 或 live", "drill-2026-0001, or live"))
      ->required();
  enter->add_option("--post", words->post, cli.say()("以哪个岗位", "as which post"));
  AddActingOptions(cli, enter, *words);
  CLI::App* whoami =
      cli.AddCommand(nullptr, "whoami", "我是谁, 在哪个域, 代行哪个岗位 (同时换新令牌)",
                     "who am I, in which realm, acting for whom (renews the token)", "whoami",
                     [&cli, words] { return WhoAmI(cli, words->stop_acting); });
  whoami->add_flag("--stop-acting", words->stop_acting,
                   cli.say()("不再代行, 回到本岗位", "stop acting for another post"));
  cli.AddCommand(nullptr, "sign-out", "退出登录", "sign out", "sign-out",
                 [&cli] { return SignOut(cli); });
}

}  // namespace huying::cli
