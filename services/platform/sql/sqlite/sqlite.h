// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "services/platform/sql/sql.h"

namespace huying::sql {

// Production uses the defaults; the rest is there so that tests can prove what the defaults
// promise.
struct SqliteOptions {
  // OFF loses acknowledged commits in a power cut: only the durability test sets it.
  std::string synchronous = "FULL";
  std::string vfs;        // name of a registered VFS; "" = the operating system's
  int64_t max_pages = 0;  // a disk that fills up after so many pages of 4 KiB; 0 = no limit
  // After a failed fsync nobody knows what is on disk, and asking again may lie: the process ends
  // (exit code 74) and recovery reads the log. Called on the thread that committed.
  std::function<void(std::string_view driver_text)> on_lost_commit;
};

// SQLite in WAL mode with synchronous=FULL: a commit returns after its fsync.
std::unique_ptr<Engine> MakeSqliteEngine();
std::unique_ptr<Engine> MakeSqliteEngine(SqliteOptions options);

}  // namespace huying::sql
