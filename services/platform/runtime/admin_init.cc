// SPDX-License-Identifier: Apache-2.0
#include <sys/stat.h>

#include <filesystem>
#include <utility>

#include "absl/strings/str_cat.h"
#include "services/platform/auth/keys.h"
#include "services/platform/base/status.h"
#include "services/platform/runtime/admin.h"
#include "services/platform/runtime/files.h"
#include "services/platform/runtime/layout.h"
#include "services/platform/runtime/realms.h"
#include "services/platform/runtime/staging.h"
#include "services/platform/sql/sqlite/sqlite.h"

namespace huying::runtime::admin {
namespace {

class Context final : public FirstAccountContext {
 public:
  Context(const InitOptions& options, const std::string& password, const Layout& layout,
          const std::string& installation)
      : options_(options),
        password_(password),
        installation_(installation),
        layout_(layout),
        hasher_(options.password_cost),
        engine_(sql::MakeSqliteEngine()) {}

  absl::Status Open() {
    RETURN_IF_ERROR(MakeFolder(layout_.keystore_folder()));
    ASSIGN_OR_RETURN(keys_, privacy::KeyStore::Open(*engine_, layout_.keystore_file(), clock_));
    sealer_ = std::make_unique<privacy::Sealer>(*keys_, kLiveRealm);
    ASSIGN_OR_RETURN(realms_, Realms::Load(layout_.data_dir(), clock_));
    return absl::OkStatus();
  }

  const std::string& account() const override { return options_.account; }
  const std::string& person_name() const override { return options_.person_name; }
  const std::string& password() const override { return password_; }
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
  const InitOptions& options_;
  const std::string& password_;
  const std::string& installation_;
  const Layout layout_;
  const base::SystemClock clock_;
  auth::PasswordHasher hasher_;
  std::unique_ptr<sql::Engine> engine_;
  std::unique_ptr<privacy::KeyStore> keys_;
  std::unique_ptr<privacy::Sealer> sealer_;
  std::unique_ptr<Realms> realms_;
};
}  // namespace

absl::StatusOr<InitResult> Init(const InitOptions& options, const FirstAccount& first_account) {
  if (options.data_dir.empty() || options.account.empty()) {
    return base::Invalid(base::Reason::FIELD_MISSING, "缺少数据目录或账号",
                         "the data folder or the account is missing");
  }
  ASSIGN_OR_RETURN(Staging staging, Staging::Begin(options.data_dir));
  const Layout layout(staging.path());
  RETURN_IF_ERROR(auth::KeyRing::CreateAll(layout.keys_folder()));
  ASSIGN_OR_RETURN(auth::KeyRing keys, auth::KeyRing::Load(layout.keys_folder()));
  RETURN_IF_ERROR(WriteFileAtomically(layout.public_key_file(),
                                      auth::ToHex(keys.ledger_sign().public_key()) + "\n"));
  InitResult result;
  ASSIGN_OR_RETURN(result.installation, LoadInstallation(layout, true));
  result.account = options.account;
  result.ledger_key_id = keys.ledger_sign().key_id();
  std::string password = options.password;
  if (password.empty()) {
    password = auth::RandomPassword();
    result.password = password;
  }
  {
    Context context(options, password, layout, result.installation);
    RETURN_IF_ERROR(context.Open());
    if (first_account) RETURN_IF_ERROR(first_account(context));
  }
  auth::WipeString(password);
  RETURN_IF_ERROR(staging.Finish());
  return result;
}

}  // namespace huying::runtime::admin
