// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "absl/status/statusor.h"

namespace huying::ledger {

// One process per data directory. The lock goes with the process, also with one that was killed.
//
//   ASSIGN_OR_RETURN(auto lock, DataDirectory::Lock("/var/lib/huying"));
//   ...   // hold it as long as any ledger beneath is open
class DataDirectory {
 public:
  // Creates the directory where it is missing. Refused, with the holder's process id, when another
  // process has it.
  static absl::StatusOr<std::unique_ptr<DataDirectory>> Lock(const std::string& path);
  ~DataDirectory();
  DataDirectory(const DataDirectory&) = delete;
  DataDirectory& operator=(const DataDirectory&) = delete;

  const std::string& path() const { return path_; }
  // Bytes a process without privileges may still write on its disk.
  absl::StatusOr<int64_t> FreeBytes() const;

 private:
  DataDirectory(std::string path, int file);

  const std::string path_;
  const int file_;
};

}  // namespace huying::ledger
