// SPDX-License-Identifier: Apache-2.0
//
// The module in a real platform: every RPC has its route and policy, and the main path runs through the
// pipeline.
#include "services/directory/module.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "services/directory/api.h"
#include "services/directory/api_fake.h"
#include "services/directory/bootstrap.h"
#include "services/platform/base/status.h"
#include "services/platform/base/temp_dir_fake.h"
#include "services/platform/config/config.h"
#include "services/platform/ledger/data_dir.h"
#include "services/platform/rpc/router.h"
#include "services/platform/rpc/testing/outside.h"

namespace huying::directory {
namespace {

constexpr char kPassword[] = "a-long-password";
constexpr char kSignIn[] = "huying.directory.v1.DirectoryService/SignIn";
constexpr char kEnterRealm[] = "huying.directory.v1.DirectoryService/EnterRealm";

class DirectoryModuleTest : public testing::Test {
 protected:
  void SetUp() override {
    platform::v1::ServerConfig config;
    config.set_data_dir(dir_.path());
    config.set_password_cost(platform::v1::ServerConfig::TEST);
    config::FillDefaults(config);
    auto platform =
        runtime::Platform::Create({.config = config, .services = {"directory"}, .keys = &keys_});
    ASSERT_TRUE(platform.ok()) << platform.status();
    platform_ = *std::move(platform);
    module_ = MakeDirectoryModule(*platform_);
    ASSERT_TRUE(module_->Start().ok());
    const absl::Status opened = platform_->Open();
    ASSERT_TRUE(opened.ok()) << opened;
    local_ = std::make_unique<rpc::LocalCaller>(platform_->router());
    api_ = std::make_unique<Api>(*local_);
    MakeAdministrator();
  }
  void TearDown() override {
    if (platform_ != nullptr) platform_->Stop(absl::Seconds(5));
    if (module_ != nullptr) module_->Stop();
  }

  // As `huying admin init` does, on the ledger that is open already.
  void MakeAdministrator() {
    privacy::Sealer sealer(platform_->key_store(), "live");
    auto command = FirstAdministrator(platform_->passwords(), sealer, "admin", kPassword);
    ASSERT_TRUE(command.ok()) << command.status();
    command->context.received_at = machine_.Now();
    auto home = platform_->homes().Find("directory", "live");
    ASSERT_TRUE(home.ok()) << home.status();
    auto receipt = (*home)->ledger().ExecuteAndWait(*std::move(command), absl::Seconds(20));
    ASSERT_TRUE(receipt.ok()) << receipt.status();
  }
  absl::StatusOr<v1::TokenResponse> SignIn(const std::string& account) {
    v1::SignInRequest request;
    request.set_account(account);
    request.set_password(kPassword);
    context::CallContext context;
    context.peer = "ipv4:127.0.0.1:4711";
    context.deadline = machine_.Now() + absl::Seconds(20);
    return rpc::Call<v1::TokenResponse>(*local_, context, kSignIn, request);
  }
  context::CallContext With(const v1::TokenResponse& token) {
    auto claims = platform_->tokens().Verify(token.token());
    EXPECT_TRUE(claims.ok()) << claims.status();
    context::CallContext context;
    context.actor = claims->actor();
    context.principal = claims->principal();
    context.realm = claims->realm();
    context.credential = claims->credential();
    context.permissions.assign(claims->permissions().begin(), claims->permissions().end());
    context.deadline = machine_.Now() + absl::Seconds(20);
    return context;
  }

  base::TempDir dir_;
  base::SystemClock machine_;
  auth::KeyRing keys_ = auth::KeyRing::Ephemeral();
  std::unique_ptr<runtime::Platform> platform_;
  std::unique_ptr<runtime::Module> module_;
  std::unique_ptr<rpc::LocalCaller> local_;
  std::unique_ptr<Api> api_;
};

TEST_F(DirectoryModuleTest, TheFirstAdministratorLoadsADirectoryAndPeopleEnterAnExercise) {
  auto admin = SignIn("admin");
  ASSERT_TRUE(admin.ok()) << admin.status();
  v1::ImportDirectoryRequest import;
  import.set_request_id("import-1");
  *import.mutable_directory() = XingshanForTests();
  auto receipt = api_->ImportDirectory(With(*admin), import);
  ASSERT_TRUE(receipt.ok()) << receipt.status();
  EXPECT_EQ(receipt->name(), "imports/1");
  auto again = api_->ImportDirectory(With(*admin), import);
  ASSERT_TRUE(again.ok()) << again.status();
  EXPECT_EQ(again->seq(), receipt->seq());

  v1::PutAccountRequest account;
  account.set_request_id("account-1");
  account.mutable_account()->set_name("accounts/lingbei-duty");
  account.mutable_account()->set_person("people/lingbei-duty");
  account.mutable_account()->add_posts("posts/lingbei-duty");
  account.set_password(kPassword);
  auto put = rpc::Call<common::v1::Receipt>(
      *local_, With(*admin), "huying.directory.v1.DirectoryService/PutAccount", account);
  ASSERT_TRUE(put.ok()) << put.status();
  EXPECT_EQ(put->state(), "ENABLED");

  auto duty = SignIn("lingbei-duty");
  ASSERT_TRUE(duty.ok()) << duty.status();
  auto fact = api_->CheckCompetence(With(*duty), "alert.notice.issue", {"230407001"});
  ASSERT_TRUE(fact.ok()) << fact.status();
  EXPECT_TRUE(fact->covers_area() && fact->has_permission() && fact->tier_ok());

  // A subdistrict may not import, whatever it sends.
  EXPECT_EQ(api_->ImportDirectory(With(*duty), import).status().code(),
            absl::StatusCode::kPermissionDenied);

  platform::v1::RealmInfo drill;
  drill.set_realm("drill-2026-0001");
  drill.set_kind(platform::v1::RealmInfo::EXERCISE);
  v1::EnterRealmRequest enter;
  enter.set_realm(drill.realm());
  auto entered = rpc::Call<v1::TokenResponse>(*local_, With(*duty), kEnterRealm, enter);
  EXPECT_EQ(entered.status().code(), absl::StatusCode::kNotFound);
  ASSERT_TRUE(platform_->realms().Open(drill).ok());
  auto node = With(*admin);
  node.principal = "node:drill";
  node.actor.set_system("drill.reactor");
  auto copy = api_->ExportDirectory(node, {});
  ASSERT_TRUE(copy.ok()) << copy.status();
  import.set_request_id("copy-1");
  *import.mutable_directory() = copy->directory();
  node.realm = drill.realm();
  auto copied = api_->ImportDirectory(node, import);
  ASSERT_TRUE(copied.ok()) << copied.status();
  entered = rpc::Call<v1::TokenResponse>(*local_, With(*duty), kEnterRealm, enter);
  ASSERT_TRUE(entered.ok()) << entered.status();
  EXPECT_EQ(entered->realm(), drill.realm());

  ASSERT_TRUE(platform_->realms().Close(drill.realm()).ok());
  entered = rpc::Call<v1::TokenResponse>(*local_, With(*duty), kEnterRealm, enter);
  EXPECT_FALSE(entered.ok());
}

TEST_F(DirectoryModuleTest, AnExportIsForProcessesOnly) {
  auto admin = SignIn("admin");
  ASSERT_TRUE(admin.ok()) << admin.status();
  EXPECT_EQ(rpc::testing::CallFromOutside(platform_->router(),
                                          "huying.directory.v1.DirectoryService/ExportDirectory",
                                          admin->token(), v1::ExportDirectoryRequest())
                .code(),
            absl::StatusCode::kPermissionDenied);
}

absl::Status Reset(runtime::admin::AccountContext& context) {
  return ResetAccountPassword(context);
}

TEST(FirstAccountTest, AdminInitMakesTheFirstAdministrator) {
  base::TempDir dir;
  auto made = runtime::admin::Init(
      {.data_dir = dir / "data", .account = "admin", .password_cost = auth::PasswordCost::kTest},
      MakeFirstAccount);
  ASSERT_TRUE(made.ok()) << made.status();
  EXPECT_GE(made->password.size(), 12u);
  auto short_one = runtime::admin::Init({.data_dir = dir / "other",
                                         .account = "admin",
                                         .password = "short",
                                         .password_cost = auth::PasswordCost::kTest},
                                        MakeFirstAccount);
  EXPECT_EQ(base::ProblemOf(short_one.status()).rule_id(), "directory.password-min");
}

TEST(FirstAccountTest, APasswordIsResetOfflineForAnAccountThereIsAndOnlyWhileNoServerRuns) {
  base::TempDir dir;
  ASSERT_TRUE(
      runtime::admin::Init({.data_dir = dir / "data", .password_cost = auth::PasswordCost::kTest},
                           MakeFirstAccount)
          .ok());
  runtime::admin::ResetPasswordOptions options;
  options.data_dir = dir / "data";
  options.password_cost = auth::PasswordCost::kTest;
  auto reset = runtime::admin::ResetPassword(options, Reset);
  ASSERT_TRUE(reset.ok()) << reset.status();
  EXPECT_GE(reset->password.size(), 12u);
  options.account = "nobody";
  EXPECT_EQ(runtime::admin::ResetPassword(options, Reset).status().code(),
            absl::StatusCode::kNotFound);
  options.account = "admin";
  options.data_dir = dir / "no-such-folder";
  EXPECT_FALSE(runtime::admin::ResetPassword(options, Reset).ok());
  EXPECT_FALSE(std::filesystem::exists(dir / "no-such-folder"));
  options.data_dir = dir / "data";
  auto server = ledger::DataDirectory::Lock(options.data_dir);
  ASSERT_TRUE(server.ok());
  const auto while_it_runs = runtime::admin::ResetPassword(options, Reset);
  EXPECT_EQ(base::ProblemOf(while_it_runs.status()).reason(), base::Reason::CONDITION_NOT_MET);
}

}  // namespace
}  // namespace huying::directory
