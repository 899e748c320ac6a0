// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

#include "absl/status/statusor.h"
#include "services/platform/auth/password.h"
#include "services/platform/ledger/command.h"
#include "services/platform/privacy/sealer.h"

namespace huying::directory {

// The first administrator, before anybody can sign in: for `huying admin init`, on the live ledger,
// opened with DirectoryKinds(). There is no default password: the caller shows it once.
//
//   std::string password = auth::RandomPassword();
//   ASSIGN_OR_RETURN(ledger::Command command, FirstAdministrator(hasher, sealer, "admin",
//   password)); RETURN_IF_ERROR(ledger.ExecuteAndWait(std::move(command),
//   absl::Seconds(10)).status());
//
// Complete but for context.received_at. Refused (ALREADY_EXISTS) when there was one before.
absl::StatusOr<ledger::Command> FirstAdministrator(auth::PasswordHasher& hasher,
                                                   privacy::Sealer& sealer,
                                                   std::string_view account,
                                                   std::string_view password);

}  // namespace huying::directory
