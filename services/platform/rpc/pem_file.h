// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "absl/status/statusor.h"

namespace huying::rpc {

// The content of a certificate or key file; FAILED_PRECONDITION with the path when it cannot be
// read.
absl::StatusOr<std::string> ReadPemFile(const std::string& path);

}  // namespace huying::rpc
