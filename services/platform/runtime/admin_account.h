// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "services/platform/base/status.h"
#include "services/platform/runtime/admin.h"
#include "services/platform/runtime/files.h"
#include "services/platform/runtime/layout.h"
#include "services/platform/runtime/realms.h"
#include "services/platform/sql/sqlite/sqlite.h"

// What `huying admin` opens of a data folder to write one account. Of admin_*.cc only.
namespace huying::runtime::admin {

struct AccountWords {
  std::string account;
  std::string person_name;
  std::string password;
};

class AccountFiles final : public AccountContext {
 public:
  static absl::StatusOr<std::unique_ptr<AccountFiles>> Open(AccountWords words,
                                                            auth::PasswordCost cost, Layout layout,
                                                            std::string installation) {
    std::unique_ptr<AccountFiles> files(
        new AccountFiles(std::move(words), cost, std::move(layout), std::move(installation)));
    RETURN_IF_ERROR(MakeFolder(files->layout_.keystore_folder()));
    ASSIGN_OR_RETURN(
        files->keys_,
        privacy::KeyStore::Open(*files->engine_, files->layout_.keystore_file(), files->clock_));
    files->sealer_ = std::make_unique<privacy::Sealer>(*files->keys_, kLiveRealm);
    ASSIGN_OR_RETURN(files->realms_, Realms::Load(files->layout_.data_dir(), files->clock_));
    return files;
  }
  ~AccountFiles() override { auth::WipeString(words_.password); }

  const std::string& account() const override { return words_.account; }
  const std::string& person_name() const override { return words_.person_name; }
  const std::string& password() const override { return words_.password; }
  auth::PasswordHasher& passwords() override { return hasher_; }
  privacy::Sealer& sealer() override { return *sealer_; }
  const base::Clock& clock() const override { return clock_; }
  absl::StatusOr<std::unique_ptr<ledger::Ledger>> OpenLedger(
      const std::string& service, std::vector<ledger::KindSchema> kinds) override {
    ASSIGN_OR_RETURN(const Realm* live, realms_->Find(kLiveRealm));
    ledger::LedgerOptions options;
    options.service = service;
    options.realm = kLiveRealm;
    options.path = live->LedgerPath(service);
    options.installation = installation_;
    options.clock = &clock_;
    options.machine_clock = &clock_;
    options.record_outages = false;
    return ledger::Ledger::Open(*engine_, std::move(options), std::move(kinds));
  }

 private:
  AccountFiles(AccountWords words, auth::PasswordCost cost, Layout layout, std::string installation)
      : words_(std::move(words)),
        installation_(std::move(installation)),
        layout_(std::move(layout)),
        hasher_(cost),
        engine_(sql::MakeSqliteEngine()) {}

  AccountWords words_;
  const std::string installation_;
  const Layout layout_;
  const base::SystemClock clock_;
  auth::PasswordHasher hasher_;
  std::unique_ptr<sql::Engine> engine_;
  std::unique_ptr<privacy::KeyStore> keys_;
  std::unique_ptr<privacy::Sealer> sealer_;
  std::unique_ptr<Realms> realms_;
};

}  // namespace huying::runtime::admin
