// SPDX-License-Identifier: Apache-2.0
//
// docs/operations/backup.md, played: exactly the commands it prints, with its folders put elsewhere.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "tests/support/shell.h"
#include "tests/support/system.h"

namespace huying::testing {
namespace {

using ::testing::HasSubstr;

constexpr char kPage[] = "docs/operations/backup.md";
constexpr char kAccount[] = "zhao-ming";
constexpr char kPassword[] = "a-password-of-the-duty-officer";

// A system with one account, its data folder as the page calls it.
class BackupTest : public ::testing::Test {
 protected:
  void SetUp() override {
    blocks_ = ShellBlocks(kPage);
    system_ = std::make_unique<System>(SystemOptions{.services = {"directory"}, .redis = false});
    ASSERT_TRUE(system_->Start().ok());
    directory::v1::PutAccountRequest put;
    put.mutable_account()->set_name(absl::StrCat("accounts/", kAccount));
    put.mutable_account()->set_person("people/zhao-ming");
    put.mutable_account()->add_posts("posts/district-duty");
    put.set_password(kPassword);
    const auto receipt = system_->Administrator().Call("directory.PutAccount", put);
    ASSERT_TRUE(receipt.ok()) << receipt.status();
  }

  std::string At(const std::string& path) const { return system_->folder() + "/page" + path; }

  Ran Block(const std::string& name) {
    EXPECT_TRUE(blocks_.contains(name)) << "no block `sh " << name << "` in " << kPage;
    const std::string script =
        absl::StrReplaceAll(blocks_[name], {{"/var/lib/huying/data ", system_->data_dir() + " "},
                                            {"/var/lib/huying/", At("/lib/")},
                                            {"/backup/", At("/backup/")},
                                            {"/keybackup/", At("/keybackup/")},
                                            {"/safe/", At("/safe/")}});
    for (const char* folder : {"/lib", "/backup", "/keybackup", "/safe"}) {
      std::filesystem::create_directories(At(folder));
    }
    return RunShell(script, {"HUYING_LANG=en"});
  }

  // A server on the restored folder.
  void Serve() {
    ASSERT_TRUE(system_->Stop().ok());
    const std::string address = absl::StrCat("unix:", system_->folder(), "/restored.sock");
    auto child = ChildProcess::Start(
        {.command = {absl::StrCat(HUYING_BIN_DIR, "/huyingd"),
                     absl::StrCat("--config=", system_->folder(), "/config.textproto"),
                     "--services=directory", "--data=" + At("/lib/restored"),
                     "--listen=" + address},
         .log_file = system_->folder() + "/restored.log"});
    ASSERT_TRUE(child.ok()) << child.status();
    restored_ = *std::move(child);
    const auto ready = restored_->WaitForLine("huyingd ready", kStartLimit);
    ASSERT_TRUE(ready.ok()) << ready.status();
    environment_ = {"HUYING_LANG=en", "HUYING_SERVER=" + address, "HUYING_HOME=" + At("/home")};
  }
  Ran SignIn(const std::string& account, const std::string& password) const {
    std::vector<std::string> environment = environment_;
    environment.push_back("HUYING_PASSWORD=" + password);
    return RunShell("huying sign-in " + account, environment);
  }

  std::map<std::string, std::string> blocks_;
  std::unique_ptr<System> system_;
  std::unique_ptr<ChildProcess> restored_;
  std::vector<std::string> environment_;
};

TEST_F(BackupTest, WhatThePageBacksUpThePageRestoresAndPeopleSignIn) {
  for (const char* step : {"once", "daily", "restore"}) {
    const Ran run = Block(step);
    ASSERT_EQ(run.exit_code, 0) << step << "\n" << run.output;
  }
  Serve();
  const Ran signed_in = SignIn(kAccount, kPassword);
  EXPECT_EQ(signed_in.exit_code, 0) << signed_in.output;
  EXPECT_THAT(signed_in.output, HasSubstr("赵明"));
  EXPECT_NE(SignIn(kAccount, "another-password").exit_code, 0);
}

TEST_F(BackupTest, WithoutTheKeyStoreNobodyGetsInUntilThePasswordIsReset) {
  for (const char* step : {"once", "daily", "without-keystore"}) {
    const Ran run = Block(step);
    ASSERT_EQ(run.exit_code, 0) << step << "\n" << run.output;
  }
  Serve();
  EXPECT_NE(SignIn(kAccount, kPassword).exit_code, 0) << "its hash is sealed under a lost key";
  std::string password;
  std::ifstream(At("/lib/admin-password")) >> password;
  const Ran administrator = SignIn("admin", password);
  ASSERT_EQ(administrator.exit_code, 0) << administrator.output;
  std::vector<std::string> environment = environment_;
  environment.push_back(absl::StrCat("HUYING_NEW_PASSWORD=", kPassword));
  const Ran set = RunShell(
      absl::StrCat("huying directory account accounts/", kAccount, " --set-password"), environment);
  EXPECT_EQ(set.exit_code, 0) << set.output;
  EXPECT_EQ(SignIn(kAccount, kPassword).exit_code, 0);
  const Ran running =
      RunShell("huying admin reset-password --data " + At("/lib/restored"), environment_);
  EXPECT_EQ(running.exit_code, 2) << "a server has the folder\n" << running.output;
}

}  // namespace
}  // namespace huying::testing
