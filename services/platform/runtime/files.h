// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

// The few things the runtime does with files itself; ledgers are the engine's.
namespace huying::runtime {

// The file holds either the old or the new bytes, and the new ones are on disk when this returns:
// written beside it, synced, renamed, folder synced.
absl::Status WriteFileAtomically(const std::string& path, std::string_view bytes);
absl::StatusOr<std::string> ReadWholeFile(const std::string& path);
// Makes the folder and its parents, readable by this user only.
absl::Status MakeFolder(const std::string& path);

// Copies and syncs; the target's folders are made.
absl::Status CopyFileDurably(const std::string& from, const std::string& to);
absl::StatusOr<std::string> Sha256OfFile(const std::string& path);
absl::Status SyncFolder(const std::string& path);

}  // namespace huying::runtime
