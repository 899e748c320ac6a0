// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>

#include "absl/status/statusor.h"
#include "services/platform/ledger/ledger.h"

namespace huying::ledger {

// Turns a due row into an ordinary command; may gather, as an RPC does. The decision must clear or move
// the row, and checks by key that the row still stands for what it thinks.
using DueHandler = std::function<absl::StatusOr<Command>(const context::CallContext& context,
                                                         const Ledger::DueDeadline& due)>;

}  // namespace huying::ledger
