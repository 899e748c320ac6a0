// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "services/platform/auth/signature.h"
#include "services/platform/runtime/heads.h"
#include "services/platform/runtime/homes.h"

namespace huying::runtime {

// Signs the present head of every open ledger into today's file when it is not there yet; true when it wrote.
absl::StatusOr<bool> WriteDailyHeads(Homes& homes, const auth::SigningKey& key,
                                     const Layout& layout, absl::Time machine_now);

}  // namespace huying::runtime
