// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "services/platform/ledger/command.h"

namespace huying::alert {

// "alerts/2026": the counter of the names given at `at`, for Command::reads.
std::string AlertSeries(absl::Time at);
// "alerts/2026-0007": dense per Beijing year.
absl::StatusOr<std::string> NextAlertName(ledger::Transaction& tx);

}  // namespace huying::alert
