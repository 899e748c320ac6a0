// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sqlite3.h>

#include <memory>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "services/platform/sql/sql.h"
#include "services/platform/sql/sqlite/sqlite.h"

namespace huying::sql {

inline constexpr int kBusyTimeoutMs = 5000;
inline constexpr int kStatementCacheMax = 512;
// The write-ahead log is folded into the database when it has grown to this many pages (16 MiB).
inline constexpr int kCheckpointPages = 4096;

struct CloseSqlite {
  void operator()(sqlite3* handle) const { sqlite3_close_v2(handle); }
};
using SqliteHandle = std::unique_ptr<sqlite3, CloseSqlite>;

// Logs the driver's words and returns the problem a caller may see.
absl::Status SqliteProblem(sqlite3* handle, int code, std::string_view doing);

absl::StatusOr<SqliteHandle> OpenSqlite(const std::string& path, const SqliteOptions& options,
                                        int flags);

// One sqlite3 handle with its prepared statements. Used by one thread at a time.
class SqliteConnection final : public Connection {
 public:
  SqliteConnection(SqliteHandle handle, SqliteOptions options);
  ~SqliteConnection() override;

  absl::StatusOr<std::vector<Result>> Run(absl::Span<const Statement> statements) override;
  // Folds the log into the database from the commit that made it long, and never overlooks a
  // failed fsync, which SQLite's own automatic checkpoint does.
  void CheckpointOnCommit();

 private:
  struct Prepared {
    sqlite3_stmt* statement = nullptr;
    std::vector<int> position;  // of $1, $2, … ; 0 = not in the text
    bool is_commit = false;
  };
  absl::StatusOr<Prepared*> Prepare(const std::string& text);
  absl::Status Bind(const Prepared& prepared, const Statement& statement);
  absl::Status Step(const Prepared& prepared, const Statement& statement, Result& result);
  void LostCommit();
  void ForgetStatements();
  static int OnWalCommit(void* self, sqlite3* handle, const char* name, int pages);

  SqliteHandle handle_;
  const SqliteOptions options_;
  absl::flat_hash_map<std::string, Prepared> prepared_;
};

}  // namespace huying::sql
