// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

#include "absl/status/statusor.h"
#include "services/platform/auth/password.h"
#include "services/platform/ledger/command.h"
#include "services/platform/privacy/sealer.h"
#include "services/platform/runtime/admin.h"

namespace huying::directory {

// The first administrator, before anybody can sign in: for `huying admin init`, on the live ledger,
// opened with DirectoryKinds(). There is no default password: the caller shows it once.
//
//   const std::string password = auth::RandomPassword();
//   auto command = FirstAdministrator(hasher, sealer, "admin", password);
//   RETURN_IF_ERROR(command.status());
//   return ledger.ExecuteAndWait(*std::move(command), absl::Seconds(10)).status();
//
// Complete but for context.received_at. Refused (ALREADY_EXISTS) when there was one before.
absl::StatusOr<ledger::Command> FirstAdministrator(auth::PasswordHasher& hasher,
                                                   privacy::Sealer& sealer,
                                                   std::string_view account,
                                                   std::string_view password);

// The glue for `huying admin init`: admin::Init(options, directory::MakeFirstAccount).
absl::Status MakeFirstAccount(runtime::admin::AccountContext& context);

// The way back in when nobody can sign in (a forgotten password; a restore without the key store, under
// whose keys the hashes are sealed): a new password for an account there is, which is enabled by it and whose
// tokens end. `administrator` gives the administrator's right back, too (and takes its posts away, because an
// administrator has none). For whoever has the machine and stopped the server; it is an entry of the journal.
// NOT_FOUND when there is no such account.
absl::StatusOr<ledger::Command> ResetPassword(auth::PasswordHasher& hasher, privacy::Sealer& sealer,
                                              std::string_view account, std::string_view password,
                                              bool administrator = false);

// The glue for `huying admin reset-password`: admin::ResetPassword(options, work), where `work` calls this.
// The right also comes back unasked when no enabled administrator is left.
absl::Status ResetAccountPassword(runtime::admin::AccountContext& context,
                                  bool administrator = false);

}  // namespace huying::directory
