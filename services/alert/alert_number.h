// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "services/platform/ledger/command.h"

namespace huying::alert {

// "alerts/2026-0007": dense per Beijing year.
absl::StatusOr<std::string> NextAlertName(ledger::Transaction& tx);

}  // namespace huying::alert
