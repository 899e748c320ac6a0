// SPDX-License-Identifier: Apache-2.0
#include <sys/stat.h>

#include <filesystem>
#include <fstream>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "huying/platform/v1/control.pb.h"
#include "services/huyingd/modules.h"
#include "services/huyingd/program_fake.h"
#include "services/platform/auth/keys.h"
#include "services/platform/auth/tokens.h"
#include "services/platform/base/status.h"
#include "services/platform/base/temp_dir_fake.h"
#include "services/platform/rpc/channel.h"
#include "services/platform/runtime/admin.h"

namespace huying::huyingd {
namespace {
namespace admin = runtime::admin;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr absl::Duration kPatience = absl::Seconds(60);

class HuyingdTest : public ::testing::Test {
 protected:
  void SetUp() override {
    admin::InitOptions options;
    options.data_dir = data_;
    options.password_cost = auth::PasswordCost::kTest;
    ASSERT_TRUE(admin::Init(options, nullptr).ok());
  }
  std::vector<std::string> Command(std::vector<std::string> more = {}) const {
    std::vector<std::string> command = {HUYING_BIN_DIR "/huyingd", "--services=directory",
                                        "--data=" + data_, "--listen=127.0.0.1:0"};
    command.insert(command.end(), more.begin(), more.end());
    return command;
  }
  // Output of a program that ends by itself.
  std::string Run(std::vector<std::string> command, int exit_code) {
    Program program(std::move(command));
    EXPECT_EQ(program.WaitExit(kPatience), exit_code) << program.output();
    return program.output();
  }
  base::TempDir dir_;
  const std::string data_ = dir_ / "data";
};

TEST_F(HuyingdTest, ItSaysWhenItIsReadyAnswersAndStopsOnASignal) {
  Program server(Command({"--metrics=127.0.0.1:0"}));
  ASSERT_TRUE(server.WaitFor("huyingd ready", kPatience)) << server.output();
  ASSERT_TRUE(server.WaitFor("\n", kPatience));
  EXPECT_EQ(server.Value("services"), "directory");
  EXPECT_EQ(server.Value("redis"), "none");
  EXPECT_FALSE(server.Value("metrics").empty());

  auto keys = auth::KeyRing::Load(data_ + "/keys");
  ASSERT_TRUE(keys.ok());
  const base::SystemClock clock;
  auth::Tokens tokens(keys->token_sign(), clock);
  auto token = tokens.MintNodeToken("test", "live", {}, "", {"journal.read"});
  ASSERT_TRUE(token.ok());
  auto channel = rpc::Channel::Open({.target = server.Value("listen")});
  ASSERT_TRUE(channel.ok()) << channel.status();
  platform::v1::ListEntriesRequest request;
  request.set_ledger("directory");
  platform::v1::ListEntriesResponse response;
  const absl::Status answered =
      (*channel)->Call("huying.platform.v1.JournalService/ListEntries", *token,
                       clock.Now() + absl::Seconds(20), request, &response);
  EXPECT_TRUE(answered.ok()) << answered;
  EXPECT_EQ((*channel)
                ->Call("huying.platform.v1.JournalService/ListEntries", "",
                       clock.Now() + absl::Seconds(20), request, &response)
                .code(),
            absl::StatusCode::kUnauthenticated);
  server.Signal(SIGTERM);
  EXPECT_EQ(server.WaitExit(kPatience), 0) << server.output();
  EXPECT_THAT(server.output(), HasSubstr("stopped"));
}

TEST_F(HuyingdTest, ASecondProcessOnOneDataFolderIsRefusedAndNamesTheFirst) {
  Program first(Command());
  ASSERT_TRUE(first.WaitFor("huyingd ready", kPatience)) << first.output();
  EXPECT_THAT(Run(Command(), 1), HasSubstr(std::to_string(first.pid())));
  // The lock goes with the process, also with one that was killed.
  first.Signal(SIGKILL);
  EXPECT_EQ(first.WaitExit(kPatience), 128 + SIGKILL);
  Program again(Command());
  EXPECT_TRUE(again.WaitFor("huyingd ready", kPatience)) << again.output();
}

TEST_F(HuyingdTest, AFolderThatWasNotInitialisedSaysWhatToDo) {
  const std::string output = Run({HUYING_BIN_DIR "/huyingd", "--services=directory",
                                  "--data=" + (dir_ / "empty"), "--listen=127.0.0.1:0"},
                                 1);
  EXPECT_THAT(output, HasSubstr("huying admin init"));
}

TEST_F(HuyingdTest, AKeyThatOthersMayReadStopsTheStart) {
  ASSERT_EQ(::chmod((data_ + "/keys/token_sign.key").c_str(), 0644), 0);
  EXPECT_THAT(Run(Command(), 1), HasSubstr("chmod 0600"));
}

TEST_F(HuyingdTest, AServiceWithoutWhatItNeedsDoesNotStart) {
  const auto built = BuiltServices();
  for (const ServiceEntry& entry : built) {
    if (entry.depends_on.empty()) continue;
    std::vector<std::string> command = Command();
    command[1] = "--services=" + entry.name;
    EXPECT_THAT(Run(command, 1), HasSubstr("service " + entry.name + " needs"));
    return;
  }
  GTEST_SKIP() << "only services without dependencies are built in";
}

TEST_F(HuyingdTest, ABusyPortIsNamed) {
  Program first(Command());
  ASSERT_TRUE(first.WaitFor("huyingd ready", kPatience)) << first.output();
  admin::InitOptions options;
  options.data_dir = dir_ / "other";
  ASSERT_TRUE(admin::Init(options, nullptr).ok());
  const std::string listen = first.Value("listen");
  const std::string output = Run({HUYING_BIN_DIR "/huyingd", "--services=directory",
                                  "--data=" + options.data_dir, "--listen=" + listen},
                                 1);
  EXPECT_THAT(output, HasSubstr(listen));
}

TEST_F(HuyingdTest, TheInspectionFlagsAnswerWithoutStarting) {
  EXPECT_THAT(Run({HUYING_BIN_DIR "/huyingd", "--list_services"}, 0), HasSubstr("directory"));
  EXPECT_THAT(Run({HUYING_BIN_DIR "/huyingd", "--help"}, 0),
              testing::AllOf(HasSubstr("--check_config"), HasSubstr("Example: huyingd --config=")));
  EXPECT_THAT(Run(Command({"--print_config"}), 0), HasSubstr("backup_age_max_hours: 26"));
  EXPECT_EQ(Run(Command({"--verify_config"}), 0), "");
  std::vector<std::string> open = Command({"--check_config"});
  open[3] = "--listen=0.0.0.0:7400";
  EXPECT_THAT(Run(open, 2), HasSubstr("only loopback is allowed"));
  EXPECT_THAT(Run(Command({"--check_config", "--remote=weather"}), 2), HasSubstr("--remote"));
  EXPECT_THAT(Run(Command({"--check_config", "--rules=" + (dir_ / "none.textproto")}), 2),
              HasSubstr("none.textproto"));
  EXPECT_THAT(Run(Command({"--no_such_flag"}), 2), Not(HasSubstr("ready")));
  std::ofstream(dir_ / "bad.textproto") << "listen: \"127.0.0.1:0\"\nport: 5\n";
  EXPECT_THAT(Run(Command({"--config=" + (dir_ / "bad.textproto")}), 2),
              HasSubstr("bad.textproto:2:"));
}

TEST_F(HuyingdTest, TheSampleConfigurationIsAccepted) {
  EXPECT_EQ(Run({HUYING_BIN_DIR "/huyingd", "--check_config",
                 "--config=" HUYING_SOURCE_DIR "/deploy/config/huyingd.textproto"},
                0),
            "");
}

TEST_F(HuyingdTest, AServiceInASecondProcessUsesTheFirstOnesKeysAndIsFoundFromBothSides) {
  if (BuiltServices().size() < 2) GTEST_SKIP() << "alert is not built in";
  const std::string lower_at = "unix:" + (dir_ / "lower.sock");
  const std::string upper_at = "unix:" + (dir_ / "upper.sock");
  std::vector<std::string> lower = Command({"--remote=alert=" + upper_at});
  lower[3] = "--listen=" + lower_at;
  Program first(lower);
  Program second({HUYING_BIN_DIR "/huyingd", "--services=alert", "--data=" + (dir_ / "second"),
                  "--keys=" + data_ + "/keys", "--listen=" + upper_at,
                  "--remote=directory=" + lower_at});
  ASSERT_TRUE(first.WaitFor("huyingd ready", kPatience)) << first.output();
  ASSERT_TRUE(second.WaitFor("huyingd ready", kPatience)) << second.output();
  auto keys = auth::KeyRing::Load(data_ + "/keys");
  ASSERT_TRUE(keys.ok());
  const base::SystemClock clock;
  auth::Tokens tokens(keys->token_sign(), clock);
  auto token = tokens.MintNodeToken("test", "live", {}, "", {"journal.read"});
  for (const std::string& address : {lower_at, upper_at}) {
    auto channel = rpc::Channel::Open({.target = address});
    ASSERT_TRUE(channel.ok()) << channel.status();
    for (const char* ledger : {"directory", "alert"}) {
      platform::v1::ListEntriesRequest request;
      request.set_ledger(ledger);
      platform::v1::ListEntriesResponse response;
      const absl::Status answered =
          (*channel)->Call("huying.platform.v1.JournalService/ListEntries", *token,
                           clock.Now() + absl::Seconds(20), request, &response);
      EXPECT_TRUE(answered.ok()) << address << " " << ledger << " " << answered;
    }
  }
  second.Signal(SIGINT);
  EXPECT_EQ(second.WaitExit(kPatience), 0) << second.output();
}

TEST_F(HuyingdTest, EveryServiceStartsInOneProcessAndStopsInOrder) {
  std::vector<std::string> all = Command();
  all[1] = "--services=all";
  Program server(all);
  ASSERT_TRUE(server.WaitFor("huyingd ready", kPatience)) << server.output();
  ASSERT_TRUE(server.WaitFor("\n", kPatience));
  std::vector<std::string> names;
  for (const ServiceEntry& entry : BuiltServices()) names.push_back(entry.name);
  EXPECT_EQ(server.Value("services"), absl::StrJoin(names, ","));
  server.Signal(SIGTERM);
  EXPECT_EQ(server.WaitExit(kPatience), 0) << server.output();
  auto report = admin::Verify({.data_dir = data_});
  ASSERT_TRUE(report.ok()) << report.status();
  EXPECT_TRUE(report->ok());
  EXPECT_EQ(report->ledgers.size(), names.size());
}

TEST_F(HuyingdTest, ItServesWithoutRedisAndSignsTheHeadsOfTheDay) {
  Program server(Command({"--redis=unix:" + (dir_ / "nobody.sock")}));
  ASSERT_TRUE(server.WaitFor("huyingd ready", kPatience)) << server.output();
  ASSERT_TRUE(server.WaitFor("signed the heads of today", kPatience)) << server.output();
  EXPECT_TRUE(server.WaitFor("huying.redis", kPatience)) << server.output();
  auto report = admin::Verify({.data_dir = data_});
  ASSERT_TRUE(report.ok()) << report.status();
  EXPECT_TRUE(report->ok());
  EXPECT_GE(report->heads_checked + static_cast<int>(report->ledgers.size()), 1);
}

}  // namespace
}  // namespace huying::huyingd
