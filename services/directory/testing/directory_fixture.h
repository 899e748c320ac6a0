// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "services/directory/api_fake.h"
#include "services/directory/directory_service.h"
#include "services/directory/store.h"
#include "services/platform/auth/keys.h"
#include "services/platform/base/temp_dir_fake.h"
#include "services/platform/privacy/key_store.h"
#include "services/platform/sql/sqlite/sqlite.h"

// For tests only: the real service on real SQLite files, with a live realm and an exercise's.
namespace huying::directory {

inline constexpr char kDrill[] = "drill-2026-0001";
inline constexpr char kExercise[] = "exercises/2026-0001";

// The pipeline's part: what the signed-in administrator's context holds, and one more permission.
inline context::CallContext ContextOf(std::string_view permission = "") {
  context::CallContext context;
  context.actor.set_account("accounts/admin");
  context.actor.set_tier(common::v1::DISTRICT);
  context.principal = "accounts/admin";
  context.realm = "live";
  context.peer = "ipv4:127.0.0.1:5000";
  context.permissions = {"directory.read", "directory.write", "directory.accounts",
                         "directory.roles", "roster.write"};
  if (!permission.empty()) context.permissions.push_back(permission);
  return context;
}

inline v1::Post TestPost(std::string_view name) {
  const v1::Directory directory = XingshanForTests();
  for (const v1::Post& post : directory.posts()) {
    if (post.name() == name) return post;
  }
  return {};
}

class DirectoryFixture : public testing::Test, public RealmDirectories {
 protected:
  struct Realm {
    std::unique_ptr<ledger::Ledger> ledger;
    std::unique_ptr<DirectoryService> service;
  };

  DirectoryFixture() {
    keys_ = *privacy::KeyStore::Open(*engine_, dir_ / "keys.db", clock_);
    rules_ = *::huying::rules::RuleTable::FromText("revision: 1");
    OpenRealm("live");
    OpenRealm(kDrill);
    MakeAdministrator();
  }
  ~DirectoryFixture() override {
    for (auto& [name, realm] : realms_) realm.ledger->Stop();
  }

  // The account of ContextOf(): one entry in the live ledger.
  void MakeAdministrator() {
    v1::PutAccountRequest request;
    request.mutable_account()->set_name("accounts/admin");
    request.mutable_account()->set_administrator(true);
    auto made = Run(live().PutAccount(SystemContext(), request), SystemContext());
    ASSERT_TRUE(made.ok()) << made.status();
  }
  // A process of the installation.
  static context::CallContext SystemContext() {
    auto context = ContextOf();
    context.actor.set_system("test");
    return context;
  }
  void OpenRealm(const std::string& name) {
    Realm realm;
    auto opened = ledger::Ledger::Open(*engine_,
                                       {.service = "directory",
                                        .realm = name,
                                        .path = dir_ / (name + ".db"),
                                        .installation = "test",
                                        .clock = &clock_,
                                        .machine_clock = &clock_,
                                        .record_outages = false},
                                       DirectoryKinds());
    ASSERT_TRUE(opened.ok()) << opened.status();
    realm.ledger = *std::move(opened);
    realm.service = std::make_unique<DirectoryService>(
        *realm.ledger, clock_, privacy::Sealer(*keys_, name), tools_, rules_);
    realms_[name] = std::move(realm);
  }
  absl::StatusOr<Found> Find(std::string_view realm) override {
    auto at = realms_.find(std::string(realm));
    if (at == realms_.end()) return base::NotFound(realm);
    if (realm == "live") return Found{&at->second.service->book()};
    return Found{&at->second.service->book(), true, kExercise, director_, finished_, played_};
  }

  static std::vector<std::string> EveryPost() {
    std::vector<std::string> posts;
    const v1::Directory all = XingshanForTests();
    for (const v1::Post& post : all.posts()) posts.push_back(post.name());
    return posts;
  }
  DirectoryService& live() { return *realms_.at("live").service; }
  DirectoryService& drill() { return *realms_.at(kDrill).service; }

  // Runs a gathered command as the pipeline does.
  absl::StatusOr<common::v1::Receipt> Run(absl::StatusOr<ledger::Command> command,
                                          const context::CallContext& context = ContextOf(),
                                          const std::string& realm = "live") {
    if (!command.ok()) return command.status();
    command->context = context;
    command->context.realm = realm;
    command->context.received_at = clock_.Now();
    command->act = "directory.Test";
    return realms_.at(realm).ledger->ExecuteAndWait(*std::move(command), absl::Seconds(20));
  }
  // The 13 areas with their posts, in both realms (the drill's without secrets).
  void Load(v1::Directory directory = XingshanForTests()) {
    v1::ImportDirectoryRequest request;
    *request.mutable_directory() = directory;
    auto receipt = Run(live().ImportDirectory(ContextOf(), request));
    ASSERT_TRUE(receipt.ok()) << receipt.status();
    auto copy = live().ExportDirectory(ContextOf(), {});
    ASSERT_TRUE(copy.ok()) << copy.status();
    v1::ImportDirectoryRequest copy_request;
    *copy_request.mutable_directory() = copy->directory();
    receipt = Run(drill().ImportDirectory(SystemContext(), copy_request), SystemContext(), kDrill);
    ASSERT_TRUE(receipt.ok()) << receipt.status();
  }
  absl::StatusOr<common::v1::Receipt> SetPassword(const std::string& account,
                                                  const std::string& password,
                                                  bool disabled = false) {
    v1::PutAccountRequest request;
    v1::Account& put = *request.mutable_account();
    put.set_name("accounts/" + account);
    put.set_person("people/" + account);
    put.add_posts("posts/" + account);
    put.set_disabled(disabled);
    request.set_password(password);
    return Run(live().PutAccount(ContextOf(), request));
  }
  // Bytes of every file of the live and drill ledgers, write-ahead logs included.
  std::string FileBytes() const;

  base::TempDir dir_;
  base::ManualClock clock_{absl::FromUnixSeconds(1'800'000'000)};
  std::unique_ptr<sql::Engine> engine_ = sql::MakeSqliteEngine();
  std::unique_ptr<privacy::KeyStore> keys_;
  auth::KeyRing ring_ = auth::KeyRing::Ephemeral();
  auth::PasswordHasher hasher_{auth::PasswordCost::kTest};
  auth::Throttle throttle_{clock_};
  auth::Tokens tokens_{ring_.token_sign(), clock_};
  ::huying::rules::RuleTable rules_;
  SignInTools tools_{hasher_, throttle_, tokens_, *this};
  std::map<std::string, Realm> realms_;
  common::v1::Actor director_ = ContextOf().actor;  // of the exercise in kDrill
  bool finished_ = false;
  std::vector<std::string> played_ = EveryPost();  // in kDrill
};

inline std::string DirectoryFixture::FileBytes() const {
  std::string all;
  for (const auto& file : std::filesystem::directory_iterator(dir_.path())) {
    std::ifstream in(file.path(), std::ios::binary);
    all.append(std::istreambuf_iterator<char>(in), {});
  }
  return all;
}

}  // namespace huying::directory
