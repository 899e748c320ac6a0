// SPDX-License-Identifier: Apache-2.0
#include "services/platform/sql/sqlite/connection.h"

#include <spdlog/spdlog.h>

#include <utility>

#include "services/platform/base/status.h"
#include "services/platform/base/strings.h"

namespace huying::sql {
namespace {

Value ColumnValue(sqlite3_stmt* statement, int column) {
  switch (sqlite3_column_type(statement, column)) {
    case SQLITE_NULL:
      return std::monostate();
    case SQLITE_INTEGER:
      return static_cast<int64_t>(sqlite3_column_int64(statement, column));
    case SQLITE_BLOB: {
      const char* bytes = static_cast<const char*>(sqlite3_column_blob(statement, column));
      const int size = sqlite3_column_bytes(statement, column);
      return Blob{size == 0 ? std::string() : std::string(bytes, static_cast<size_t>(size))};
    }
    default: {  // TEXT; a REAL is never stored, and reads as its text
      const auto* text = reinterpret_cast<const char*>(sqlite3_column_text(statement, column));
      const int size = sqlite3_column_bytes(statement, column);
      return std::string(text == nullptr ? "" : text, static_cast<size_t>(size));
    }
  }
}

int BindValue(sqlite3_stmt* statement, int position, const Value& value) {
  // SQLITE_STATIC: the parameters outlive the step, and every step binds all of them anew.
  if (const auto* number = std::get_if<int64_t>(&value)) {
    return sqlite3_bind_int64(statement, position, *number);
  }
  if (const auto* text = std::get_if<std::string>(&value)) {
    return sqlite3_bind_text(statement, position, text->data(), static_cast<int>(text->size()),
                             SQLITE_STATIC);
  }
  if (const auto* blob = std::get_if<Blob>(&value)) {
    return sqlite3_bind_blob(statement, position, blob->bytes.data(),
                             static_cast<int>(blob->bytes.size()), SQLITE_STATIC);
  }
  return sqlite3_bind_null(statement, position);
}

}  // namespace

absl::Status SqliteProblem(sqlite3* handle, int code, std::string_view doing) {
  spdlog::error("sqlite: {} ({}) while: {}", handle == nullptr ? "" : sqlite3_errmsg(handle), code,
                std::string(doing.substr(0, 160)));
  return base::Unavailable(base::Reason::STORAGE_UNAVAILABLE, "存储暂时不可用，没有写入任何内容",
                           "storage is unavailable; nothing was stored")
      .Next("请稍后用同一请求编号重试", "try again later with the same request id");
}

absl::StatusOr<SqliteHandle> OpenSqlite(const std::string& path, const SqliteOptions& options,
                                        int flags) {
  sqlite3* raw = nullptr;
  const int code = sqlite3_open_v2(path.c_str(), &raw, flags | SQLITE_OPEN_NOMUTEX,
                                   options.vfs.empty() ? nullptr : options.vfs.c_str());
  SqliteHandle handle(raw);
  if (code != SQLITE_OK) return SqliteProblem(raw, code, "open " + path);
  sqlite3_extended_result_codes(raw, 1);
  sqlite3_busy_timeout(raw, kBusyTimeoutMs);
  return handle;
}

SqliteConnection::SqliteConnection(SqliteHandle handle, SqliteOptions options)
    : handle_(std::move(handle)), options_(std::move(options)) {}

SqliteConnection::~SqliteConnection() { ForgetStatements(); }

void SqliteConnection::ForgetStatements() {
  for (auto& [text, prepared] : prepared_) sqlite3_finalize(prepared.statement);
  prepared_.clear();
}

absl::StatusOr<std::vector<Result>> SqliteConnection::Run(absl::Span<const Statement> statements) {
  std::vector<Result> results(statements.size());
  for (size_t i = 0; i < statements.size(); ++i) {
    const Statement& statement = statements[i];
    ASSIGN_OR_RETURN(Prepared * prepared, Prepare(statement.text));
    RETURN_IF_ERROR(Bind(*prepared, statement));
    RETURN_IF_ERROR(Step(*prepared, statement, results[i]));
  }
  return results;
}

absl::StatusOr<SqliteConnection::Prepared*> SqliteConnection::Prepare(const std::string& text) {
  auto found = prepared_.find(text);
  if (found != prepared_.end()) return &found->second;
  if (static_cast<int>(prepared_.size()) >= kStatementCacheMax) ForgetStatements();
  Prepared prepared;
  const int code =
      sqlite3_prepare_v3(handle_.get(), text.data(), static_cast<int>(text.size()),
                         SQLITE_PREPARE_PERSISTENT, &prepared.statement, /*pzTail=*/nullptr);
  if (code != SQLITE_OK) return SqliteProblem(handle_.get(), code, text);
  // `$2` may stand before `$1` in a text: SQLite numbers names by first appearance.
  const int count = sqlite3_bind_parameter_count(prepared.statement);
  for (int i = 1; i <= count; ++i) {
    const std::string name = absl::StrCat("$", i);
    prepared.position.push_back(sqlite3_bind_parameter_index(prepared.statement, name.c_str()));
  }
  prepared.is_commit = text == "COMMIT";
  return &prepared_.emplace(text, std::move(prepared)).first->second;
}

absl::Status SqliteConnection::Bind(const Prepared& prepared, const Statement& statement) {
  if (statement.parameters.size() != prepared.position.size()) {
    spdlog::error("sqlite: {} parameters for {} places in: {}", statement.parameters.size(),
                  prepared.position.size(), statement.text);
    return base::Unavailable(base::Reason::INTERNAL_FAULT, "内部错误", "internal fault");
  }
  for (size_t i = 0; i < prepared.position.size(); ++i) {
    if (prepared.position[i] == 0) continue;
    const int code = BindValue(prepared.statement, prepared.position[i], statement.parameters[i]);
    if (code != SQLITE_OK) return SqliteProblem(handle_.get(), code, statement.text);
  }
  return absl::OkStatus();
}

absl::Status SqliteConnection::Step(const Prepared& prepared, const Statement& statement,
                                    Result& result) {
  int code = SQLITE_OK;
  while ((code = sqlite3_step(prepared.statement)) == SQLITE_ROW) {
    const int columns = sqlite3_column_count(prepared.statement);
    Row& row = result.rows.emplace_back();
    row.reserve(static_cast<size_t>(columns));
    for (int i = 0; i < columns; ++i) row.push_back(ColumnValue(prepared.statement, i));
  }
  absl::Status status;
  if (code == SQLITE_DONE) {
    result.changed = sqlite3_changes64(handle_.get());
  } else {
    status = SqliteProblem(handle_.get(), code, statement.text);
    if (prepared.is_commit && (code & 0xff) == SQLITE_IOERR) LostCommit();
  }
  sqlite3_reset(prepared.statement);
  return status;
}

void SqliteConnection::LostCommit() {
  const std::string text = sqlite3_errmsg(handle_.get());
  if (options_.on_lost_commit) {
    options_.on_lost_commit(text);
    return;
  }
  spdlog::critical("sqlite: an fsync failed, the process ends and recovers at its next start");
  spdlog::shutdown();
  std::_Exit(74);
}

void SqliteConnection::CheckpointOnCommit() {
  sqlite3_wal_hook(handle_.get(), &SqliteConnection::OnWalCommit, this);
}

int SqliteConnection::OnWalCommit(void* self, sqlite3* handle, const char* name, int pages) {
  if (pages < kCheckpointPages) return SQLITE_OK;
  const int code =
      sqlite3_wal_checkpoint_v2(handle, name, SQLITE_CHECKPOINT_PASSIVE, nullptr, nullptr);
  if ((code & 0xff) == SQLITE_IOERR) static_cast<SqliteConnection*>(self)->LostCommit();
  return SQLITE_OK;  // the commit itself is durable; a busy checkpoint is tried again later
}

}  // namespace huying::sql
