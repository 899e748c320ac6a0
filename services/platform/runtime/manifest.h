// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "huying/platform/v1/backup.pb.h"

namespace huying::runtime {

// NOT_FOUND when the folder has none (it is no backup, or one that was cut off).
absl::StatusOr<platform::v1::BackupManifest> ReadManifest(const std::string& folder);

// Sentences about files that are missing or not what the manifest says; empty = all fit.
absl::StatusOr<std::vector<std::string>> CheckManifest(
    const std::string& folder, const platform::v1::BackupManifest& manifest);

}  // namespace huying::runtime
