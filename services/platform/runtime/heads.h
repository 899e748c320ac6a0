// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "huying/platform/v1/backup.pb.h"
#include "services/platform/runtime/layout.h"

// Daily signed heads: <data>/heads/2026-03-01.pb says how far each journal had come on that day. A copy kept
// elsewhere proves later that nothing before it was changed or cut off; `huying admin verify` checks the
// copies that are here.
namespace huying::runtime {

// File of the Beijing date of `machine_now`.
std::string HeadsFile(const Layout& layout, absl::Time machine_now);

// Every head in every file of the folder, oldest first. A file that was changed or signed with another key
// is FAILED_PRECONDITION with its name.
absl::StatusOr<std::vector<platform::v1::Statement>> ReadHeads(const Layout& layout,
                                                               std::string_view public_key);

}  // namespace huying::runtime
