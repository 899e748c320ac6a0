// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>

// For tests: a VFS that remembers, for each file, what it held at its last fsync. A kill -9 proves
// nothing about durability (the page cache survives it); a power cut loses every write that was not
// synced, and that is what `RestoreInto` leaves.
//
//   PowerCut::Install();
//   auto engine = sql::MakeSqliteEngine({.vfs = PowerCut::kVfs});
//   ... run, count what was acknowledged ...
//   PowerCut::RestoreInto(folder, after);   // the disk as it would be found
namespace huying::sql {

class PowerCut {
 public:
  static constexpr char kVfs[] = "power-cut";

  // Registers the VFS (once a process) and forgets all files.
  static void Install();
  // Writes the synced contents of every file under `from_folder` into `to_folder`. Threads may go on
  // writing meanwhile: this is the moment of the cut.
  static void RestoreInto(const std::string& from_folder, const std::string& to_folder);
  static int64_t Syncs();
  // The nth fsync from now, and every one after it, fails (0 = none).
  static void FailSyncsFrom(int nth);
};

}  // namespace huying::sql
