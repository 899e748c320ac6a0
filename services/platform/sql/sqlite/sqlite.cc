// SPDX-License-Identifier: Apache-2.0
#include "services/platform/sql/sqlite/sqlite.h"

#include <sqlite3.h>
#include <sys/stat.h>

#include <cstdio>
#include <utility>

#include "services/platform/base/status.h"
#include "services/platform/base/strings.h"
#include "services/platform/sql/sqlite/connection.h"

namespace huying::sql {
namespace {

int64_t FileSize(const std::string& path) {
  struct stat info {};
  return ::stat(path.c_str(), &info) == 0 ? static_cast<int64_t>(info.st_size) : 0;
}

class SqliteDatabase final : public Database {
 public:
  SqliteDatabase(std::string path, SqliteOptions options)
      : path_(std::move(path)), options_(std::move(options)) {}

  absl::StatusOr<std::unique_ptr<Connection>> OpenWriter() override {
    ASSIGN_OR_RETURN(SqliteHandle handle,
                     OpenSqlite(path_, options_, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE));
    auto connection = std::make_unique<SqliteConnection>(std::move(handle), options_);
    std::vector<Statement> setup = {
        {"PRAGMA journal_mode = WAL"},  {"PRAGMA synchronous = " + options_.synchronous},
        {"PRAGMA foreign_keys = OFF"},  {"PRAGMA temp_store = MEMORY"},
        {"PRAGMA cache_size = -32768"},
    };
    if (options_.max_pages > 0) {
      setup.push_back({absl::StrCat("PRAGMA max_page_count = ", options_.max_pages)});
    }
    RETURN_IF_ERROR(connection->Run(setup).status());
    connection->CheckpointOnCommit();
    return connection;
  }

  absl::StatusOr<std::unique_ptr<Connection>> OpenReader() override {
    ASSIGN_OR_RETURN(SqliteHandle handle, OpenSqlite(path_, options_, SQLITE_OPEN_READWRITE));
    auto connection = std::make_unique<SqliteConnection>(std::move(handle), options_);
    const Statement setup[] = {{"PRAGMA query_only = ON"}, {"PRAGMA temp_store = MEMORY"}};
    RETURN_IF_ERROR(connection->Run(setup).status());
    return connection;
  }

  std::string BeginWrite() const override { return "BEGIN IMMEDIATE"; }
  std::string BeginSnapshot() const override { return "BEGIN"; }
  std::string LockWriter() const override { return ""; }
  std::string SequenceKey() const override { return "INTEGER PRIMARY KEY"; }

  // The copy appears under its name only when it is whole and on disk.
  absl::Status BackUpTo(const std::string& path) override {
    const std::string part = path + ".part";
    std::remove(part.c_str());
    RETURN_IF_ERROR(CopyTo(part));
    if (std::rename(part.c_str(), path.c_str()) != 0) {
      return SqliteProblem(nullptr, SQLITE_CANTOPEN, "rename to " + path);
    }
    return absl::OkStatus();
  }

  absl::StatusOr<std::pair<int64_t, int64_t>> Sizes() override {
    return std::pair<int64_t, int64_t>(FileSize(path_), FileSize(path_ + "-wal"));
  }

 private:
  absl::Status CopyTo(const std::string& path) {
    ASSIGN_OR_RETURN(SqliteHandle source, OpenSqlite(path_, options_, SQLITE_OPEN_READWRITE));
    ASSIGN_OR_RETURN(SqliteHandle target,
                     OpenSqlite(path, SqliteOptions(), SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE));
    sqlite3_backup* backup = sqlite3_backup_init(target.get(), "main", source.get(), "main");
    if (backup == nullptr) return SqliteProblem(target.get(), SQLITE_ERROR, "back up to " + path);
    // All pages in one step = one snapshot; in WAL mode it does not stop the writer.
    const int step = sqlite3_backup_step(backup, -1);
    const int finish = sqlite3_backup_finish(backup);
    if (step != SQLITE_DONE) return SqliteProblem(target.get(), step, "back up to " + path);
    if (finish != SQLITE_OK) return SqliteProblem(target.get(), finish, "back up to " + path);
    return absl::OkStatus();
  }

  const std::string path_;
  const SqliteOptions options_;
};

class SqliteEngine final : public Engine {
 public:
  explicit SqliteEngine(SqliteOptions options) : options_(std::move(options)) {}
  absl::StatusOr<std::unique_ptr<Database>> Open(const std::string& path) override {
    return std::make_unique<SqliteDatabase>(path, options_);
  }

 private:
  const SqliteOptions options_;
};

}  // namespace

std::unique_ptr<Engine> MakeSqliteEngine() { return MakeSqliteEngine(SqliteOptions()); }
std::unique_ptr<Engine> MakeSqliteEngine(SqliteOptions options) {
  return std::make_unique<SqliteEngine>(std::move(options));
}

}  // namespace huying::sql
