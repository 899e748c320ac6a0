// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "services/platform/auth/password.h"
#include "services/platform/base/clock.h"
#include "services/platform/ledger/ledger.h"
#include "services/platform/privacy/sealer.h"
#include "services/platform/sql/sql.h"

// What `huying admin` does with a data folder: init, reset of a password, backup (of a running server), restore,
// verify. Each either finishes or leaves nothing behind under the name it was asked for.
//
//   ASSIGN_OR_RETURN(auto made, admin::Init({.data_dir = "/var/lib/huying", .account = "admin"}, first_account));
//   if (!made.password.empty()) ShowOnce(made.password);
//   ASSIGN_OR_RETURN(auto copy, admin::Backup({.data_dir = data, .to = "/backup/2026-03-01",
//                                              .keystore_to = "/keybackup/2026-03-01", .order = service_order}));
//   ASSIGN_OR_RETURN(auto report, admin::Verify({.data_dir = "/backup/2026-03-01"}));
//   ASSIGN_OR_RETURN(auto restored, admin::Restore({.from = …, .keystore_from = …, .data_dir = …}));
namespace huying::runtime::admin {

// ---- accounts, written while no server runs

// What the owner of accounts needs to write one. Valid during the call only.
class AccountContext {
 public:
  virtual ~AccountContext() = default;
  virtual const std::string& account() const = 0;
  virtual const std::string& person_name() const = 0;
  virtual const std::string& password() const = 0;
  virtual auth::PasswordHasher& passwords() = 0;
  virtual privacy::Sealer& sealer() = 0;  // of the live realm
  virtual const base::Clock& clock() const = 0;
  // The live ledger of a service, to be closed before returning.
  virtual absl::StatusOr<std::unique_ptr<ledger::Ledger>> OpenLedger(
      const std::string& service, std::vector<ledger::KindSchema> kinds) = 0;
};
using AccountWork = std::function<absl::Status(AccountContext&)>;

struct ResetPasswordOptions {
  std::string data_dir;
  std::string account = "admin";
  std::string password;  // empty: one is made and given back, to be shown once
  auth::PasswordCost password_cost = auth::PasswordCost::kModerate;
};
struct ResetPasswordResult {
  std::string account;
  std::string password;  // only when it was made here
};
// A new password for an account of the live realm: the way back in when nobody can sign in. Refused while a server
// has the folder; NOT_FOUND when there is no such account.
absl::StatusOr<ResetPasswordResult> ResetPassword(const ResetPasswordOptions& options,
                                                  const AccountWork& reset_password);

// ---- init

struct InitOptions {
  std::string data_dir;
  std::string account = "admin";
  std::string person_name = "系统管理员";
  std::string password;  // empty: one is made and given back, to be shown once
  auth::PasswordCost password_cost = auth::PasswordCost::kModerate;
};
struct InitResult {
  std::string installation;
  std::string account;
  std::string password;       // only when it was made here
  std::string ledger_key_id;  // of the key that signs evidence, to be published
};
// Makes a data folder that is not there (or empty): keys, installation id, live realm, first account.
// ALREADY_EXISTS otherwise; there is no default password.
absl::StatusOr<InitResult> Init(const InitOptions& options, const AccountWork& first_account);

// ---- backup and restore

struct BackupOptions {
  std::string data_dir;
  std::string to;           // must not exist
  std::string keystore_to;  // keys of dossiers: kept apart, and not for long. Empty: not copied
  std::string keys_to;      // the installation's own keys. Empty: not copied
  // Services, lower ones first. Upper ledgers are copied first, so that every effect an upper ledger believes
  // done is in the lower one's copy; what is missing above is sent again under the same request id.
  std::vector<std::string> order;
};
struct LedgerCopy {
  std::string realm;
  std::string service;
  int64_t epoch = 0;  // after a restore: the new one
  int64_t head = 0;
};
struct BackupResult {
  std::vector<LedgerCopy> ledgers;
  int64_t bytes = 0;
};
// Does not stop the server, and takes no lock.
absl::StatusOr<BackupResult> Backup(const BackupOptions& options);

struct RestoreOptions {
  std::string from;
  std::string keystore_from;
  std::string keys_from;
  std::string data_dir;  // must be missing or empty
};
struct RestoreResult {
  std::vector<LedgerCopy> ledgers;
  std::vector<std::string> warnings;  // what was not restored, Chinese and English
};
// Checks every file against the manifest, and gives each ledger a new epoch with its cursors checked, so that
// followers notice and nothing is skipped.
absl::StatusOr<RestoreResult> Restore(const RestoreOptions& options);

// When the last backup of the folder was completed; NOT_FOUND when there was none.
absl::StatusOr<absl::Time> LastBackup(const std::string& data_dir);

// ---- verify

struct VerifyOptions {
  std::string data_dir;  // of a server (running or not) or of a backup
  std::string
      public_key;  // 32 bytes; empty: the one in the folder, which proves nothing against its owner
};
struct LedgerReport {
  std::string realm;
  std::string service;
  int64_t entries = 0;
  std::vector<std::string> findings;  // empty = whole
};
struct VerifyResult {
  std::vector<LedgerReport> ledgers;
  int heads_checked = 0;
  std::vector<std::string> findings;  // not of one ledger: files against the manifest, signed heads
  bool ok() const;
};
absl::StatusOr<VerifyResult> Verify(const VerifyOptions& options);

}  // namespace huying::runtime::admin
