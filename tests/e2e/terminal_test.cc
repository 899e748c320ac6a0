// SPDX-License-Identifier: Apache-2.0
//
// The programs of people and of other systems, run as they are: huying, huying-verify, the Python sample.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <thread>

#include "clients/cli/commands/commands.h"
#include "services/platform/base/clock.h"
#include "tests/support/incidents.h"
#include "tests/support/notices.h"
#include "tests/support/shell.h"
#include "tests/support/system.h"

namespace huying::testing {
namespace {

using ::testing::HasSubstr;

constexpr char kDistrict[] = "posts/district-duty";
constexpr char kLingbei[] = "posts/lingbei-duty";
constexpr char kLingbeiArea[] = "230407001";

class TerminalTest : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    system_ = new System({.services = {"directory", "plan", "alert", "incident"}});
    const absl::Status started = system_->Start();
    ASSERT_TRUE(started.ok()) << started;
    const auto plan = ImportPlan(*system_, MinePlan());
    ASSERT_TRUE(plan.ok()) << plan.status();
    std::ofstream list(At("accounts.txt"));
    for (const auto& account : system_->directory().accounts()) {
      if (account.posts(0) != kDistrict && account.posts(0) != kLingbei) continue;
      directory::v1::PutAccountRequest put;
      *put.mutable_account() = account;
      put.set_password(kAccountPassword);
      ASSERT_TRUE(system_->Administrator().Call("directory.PutAccount", put).ok());
      list << account.name() << " " << kAccountPassword << "\n";
    }
  }
  static void TearDownTestSuite() {
    delete system_;
    system_ = nullptr;
  }

  static std::string At(const std::string& name) { return system_->folder() + "/" + name; }
  static std::string Server() { return system_->routes().AddressOf(""); }
  // As the district's duty officer, signed in on the terminal.
  static Ran Terminal(const std::string& script) {
    return RunShell(script,
                    {"HUYING_LANG=en", "HUYING_SERVER=" + Server(), "HUYING_HOME=" + At("home"),
                     std::string("HUYING_PASSWORD=") + kAccountPassword});
  }
  static void SignIn() {
    const Ran run = Terminal("huying sign-in zhao-ming --post posts/district-duty");
    ASSERT_EQ(run.exit_code, 0) << run.output;
  }
  static std::string Issue() {
    const auto receipt = system_->As(kDistrict).Call("alert.IssueNotice", NoticeTo({kLingbeiArea}));
    EXPECT_TRUE(receipt.ok()) << receipt.status();
    return receipt.ok() ? receipt->name() : "";
  }
  static bool Delivered(const std::string& alert) {
    alert::v1::ListRecipientsRequest request;
    request.set_alert(alert);
    request.set_page_size(100);
    const auto list = system_->As(kDistrict).Call<alert::v1::ListRecipientsResponse>(
        "alert.ListRecipients", request);
    if (!list.ok()) return false;
    for (const auto& recipient : list->recipients()) {
      if (recipient.post() == kLingbei && recipient.has_delivered_at()) return true;
    }
    return false;
  }

  static System* system_;
};
System* TerminalTest::system_ = nullptr;

// Nobody answered: was it taken down? The printed id makes sure that asking again does no harm.
TEST_F(TerminalTest, WhatGotNoAnswerIsSentAgainWithTheSameRequestIdAndHappensOnce) {
  SignIn();
  const std::string intake =
      "huying incident intake --class accident --title 险情 --area 230407001001";
  const Ran unheard = Terminal(intake + " --server 127.0.0.1:1");
  EXPECT_EQ(unheard.exit_code, 3) << unheard.output;
  EXPECT_THAT(unheard.output, HasSubstr("127.0.0.1:1")) << "which server was asked";
  const size_t at = unheard.output.find("request id: ");
  ASSERT_NE(at, std::string::npos) << unheard.output;
  const std::string again =
      intake + " --output json --request-id " + unheard.output.substr(at + 12, 32);
  const Ran once = Terminal(again);
  ASSERT_EQ(once.exit_code, 0) << once.output;
  const Ran twice = Terminal(again);
  ASSERT_EQ(twice.exit_code, 0) << twice.output;
  EXPECT_EQ(nlohmann::json::parse(once.output)["name"],
            nlohmann::json::parse(twice.output)["name"]);
}

TEST_F(TerminalTest, AnExportedCaseIsVerifiedWithTheKeyFileAsItIsPublished) {
  SignIn();
  const auto taken = TakeIntake(system_->As("posts/pingan-duty"), "230407001001");
  ASSERT_TRUE(taken.ok()) << taken.status();
  const std::string file = At("exported.case");
  const std::string key = system_->data_dir() + "/ledger_sign.pub";
  const Ran exported =
      Terminal("huying case-file export " + taken->name() + " --output json --to " + file);
  ASSERT_EQ(exported.exit_code, 0) << exported.output;
  EXPECT_EQ(nlohmann::json::parse(exported.output)["file"], file);

  const Ran whole = Terminal("huying-verify " + file + " --key " + key);
  EXPECT_EQ(whole.exit_code, 0) << whole.output;
  EXPECT_THAT(whole.output, HasSubstr("signed with the given key"));
  const Ran raw = Terminal("printf \"$(sed 's/../\\\\x&/g' " + key + ")\" > " + At("raw.pub") +
                           "; huying-verify " + file + " --key " + At("raw.pub"));
  EXPECT_EQ(raw.exit_code, 0) << raw.output;
  // The last digit of the key is another one.
  const Ran other = Terminal("sed 's/0$/1/; t; s/.$/0/' " + key + " > " + At("other.pub") +
                             "; huying-verify " + file + " --key " + At("other.pub"));
  EXPECT_EQ(other.exit_code, 1) << other.output;
  const Ran no_key = Terminal("huying-verify " + file + " --key " + file);
  EXPECT_EQ(no_key.exit_code, 2) << no_key.output;
}

TEST_F(TerminalTest, AMineAccidentIsTakenInReportedAndConfirmedByTypedFlags) {
  SignIn();
  const Ran intake = Terminal(
      "huying incident intake --class accident --code coal-mine --title 煤矿爆炸 --area 230407 "
      "--missing 139 --output json");
  ASSERT_EQ(intake.exit_code, 0) << intake.output;
  const std::string name = nlohmann::json::parse(intake.output)["name"];
  const Ran steps = Terminal(
      "huying incident take-over " + name + "; huying incident confirm " + name +
      " --lead units/emergency --missing 139 --trapped 139 --source 矿方; huying report draft " +
      name + " --chain mine-safety --kind first --to 矿山安全监察局 --text 初步情况");
  EXPECT_EQ(steps.exit_code, 0) << steps.output;
  const Ran shown = Terminal("huying incident show " + name + " --lang zh");
  EXPECT_THAT(shown.output, HasSubstr("失踪：139"));
  EXPECT_THAT(shown.output, HasSubstr("初判级别：I 特别重大"));
  EXPECT_THAT(shown.output, ::testing::Not(HasSubstr("event_class")));
  EXPECT_THAT(shown.output, ::testing::Not(HasSubstr("ciphertext")));
  const Ran lint = Terminal("huying plan lint " HUYING_SOURCE_DIR
                            "/deploy/config/xingshan/plans/mine-accident.yaml");
  EXPECT_EQ(lint.exit_code, 0) << lint.output;
}

TEST_F(TerminalTest, AWrongLineIsJsonWhenJsonWasAskedFor) {
  const Ran wrong = Terminal("huying incident intake --output json");
  EXPECT_EQ(wrong.exit_code, 1);
  EXPECT_EQ(nlohmann::json::parse(wrong.output)["reason"], "MALFORMED_REQUEST") << wrong.output;
}

TEST_F(TerminalTest, APythonProgramDoesTheMainJob) {
  const Ran run = Terminal("PYTHONDONTWRITEBYTECODE=1 /usr/bin/python3 " HUYING_SOURCE_DIR
                           "/clients/python/main_job.py " +
                           Server() + " --accounts " + At("accounts.txt"));
  EXPECT_EQ(run.exit_code, 0) << run.output;
  EXPECT_THAT(run.output, HasSubstr("1 of 1 answered"));
  EXPECT_THAT(run.output, HasSubstr("refused, with what to do"));
}

TEST_F(TerminalTest, WithACertificateTheTerminalAndAPythonProgramSpeakTls) {
  const std::string data = At("tls");
  const Ran made = Terminal("huying admin init --data " + data +
                            " --cheap-passwords --password-to " + At("tls-password") +
                            "; openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=huying"
                            " -addext subjectAltName=IP:127.0.0.1 -keyout " +
                            At("tls.key") + " -out " + At("tls.pem"));
  ASSERT_EQ(made.exit_code, 0) << made.output;
  std::ofstream(At("tls.textproto"))
      << "tls { certificate: '" << At("tls.pem") << "' private_key: '" << At("tls.key") << "' }\n";
  auto server = ChildProcess::Start(
      {.command = {absl::StrCat(HUYING_BIN_DIR, "/huyingd"), "--config=" + At("tls.textproto"),
                   "--services=directory", "--data=" + data, "--listen=127.0.0.1:0"},
       .log_file = At("tls.log")});
  ASSERT_TRUE(server.ok()) << server.status();
  const auto ready = (*server)->WaitForLine("huyingd ready", kStartLimit);
  ASSERT_TRUE(ready.ok()) << ready.status();
  const size_t at = ready->find("listen=") + 7;
  const std::string address = ready->substr(at, ready->find(' ', at) - at);
  const std::string sign_in = "HUYING_PASSWORD=$(cat " + At("tls-password") +
                              ") huying sign-in admin --server " + address + " --home " +
                              At("tls-home");
  const Ran signed_in = Terminal(sign_in + " --ca " + At("tls.pem"));
  EXPECT_EQ(signed_in.exit_code, 0) << signed_in.output;
  EXPECT_EQ(Terminal(sign_in).exit_code, 3) << "without TLS nobody is answered";
  const Ran python =
      Terminal("cd " HUYING_SOURCE_DIR
               "/clients/python; PYTHONDONTWRITEBYTECODE=1 /usr/bin/python3 -c '"
               "from huying_client import Client; Client(\"" +
               address + "\", ca=\"" + At("tls.pem") + "\").sign_in(\"admin\", open(\"" +
               At("tls-password") + "\").read().strip())'");
  EXPECT_EQ(python.exit_code, 0) << python.output;
}

// The clock by which this client's token expires is moved; the server's own runs on.
TEST_F(TerminalTest, AQuietWatchRenewsItsTokenAndResumesAfterTheConnectionWasLost) {
  base::ManualClock clock(absl::Now());
  const std::string home = At("watch-home");
  directory::v1::TokenResponse first;
  first.set_token(system_->As(kLingbei).token());
  first.set_realm("live");
  *first.mutable_expires_at() = base::ToProto(clock.Now() + absl::Minutes(5));
  ASSERT_TRUE(cli::Session({.home = home, .server = Server()}).Keep(first, "watcher").ok());
  const auto stored = [&] { return cli::Session({.home = home}).token(); };

  CLI::App app{"t", "huying"};
  cli::Cli cli(app, {.language = cli::Language::kEnglish, .clock = &clock});
  cli::AddAllCommands(cli);
  std::thread watching([&] {
    app.parse("--server " + Server() + " --home " + home + " watch --output json", false);
  });
  std::string alert = Issue();
  EXPECT_TRUE(Eventually([&] { return Delivered(alert); }, kSoon)) << "it does not listen";
  EXPECT_EQ(stored(), first.token()) << "not yet";

  clock.Advance(absl::Minutes(3));
  EXPECT_TRUE(Eventually([&] { return stored() != first.token(); }, kSoon))
      << "nobody renewed the token of a quiet stream";
  system_->Kill();
  ASSERT_TRUE(system_->Boot().ok());
  alert = Issue();
  EXPECT_TRUE(Eventually([&] { return Delivered(alert); }, 3 * kSoon)) << "it did not resume";
  kill(getpid(), SIGINT);
  watching.join();
  EXPECT_EQ(cli.exit_code(), cli::kOk);
}

TEST_F(TerminalTest, AWatchOfAServerThatIsNotThereSaysWhichAndWhy) {
  const Ran run = Terminal("timeout -s INT 4 huying watch --server 127.0.0.1:1 --home " +
                           At("nowhere") + " --token x");
  EXPECT_EQ(run.exit_code, 124) << run.output;
  EXPECT_THAT(run.output, HasSubstr("127.0.0.1:1: "));
  EXPECT_THAT(run.output, HasSubstr("Never connected yet"));
}

}  // namespace
}  // namespace huying::testing
