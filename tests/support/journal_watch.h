// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "absl/time/time.h"
#include "services/platform/sql/sql.h"

// Looks into a ledger's file while its server writes to it, to act at the moment an entry is there: a point of time
// that is the same on a fast machine and a slow one.
//
//   JournalWatch journal(system.LedgerFile("incident"));
//   ASSERT_TRUE(journal.WaitFor(request_id, 1, kSoon));   // decided and committed …
//   system.Kill();                                        // … and nothing of what follows
namespace huying::testing {

// Not thread-safe. The file must be there.
class JournalWatch {
 public:
  explicit JournalWatch(const std::string& database_file);

  // Entries whose request id is like this ("%" stands for anything).
  int64_t Count(const std::string& request_id_like);
  // Looks without pause until there are so many. False: not within `limit`.
  bool WaitFor(const std::string& request_id_like, int64_t count, absl::Duration limit);
  // The number of the one entry with this request id; 0 when there is none.
  int64_t SeqOf(const std::string& request_id);

 private:
  int64_t Number(const std::string& query, const std::string& parameter);

  std::unique_ptr<sql::Engine> engine_;
  std::unique_ptr<sql::Database> database_;
  std::unique_ptr<sql::Connection> reader_;
};

}  // namespace huying::testing
