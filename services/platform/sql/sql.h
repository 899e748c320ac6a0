// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <variant>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"

// The narrow seam to a database. One SQL text serves every engine: `$1…$n` parameters, TEXT, BIGINT
// and BYTEA columns, `ON CONFLICT … DO UPDATE`, `RETURNING`, row-value comparison. No STRICT, no
// SKIP LOCKED. Drivers live in one folder each (sqlite/; later postgres/).
//
//   sql::Statement put{"INSERT INTO t(k, v) VALUES ($1, $2)", {"a", sql::Blob{bytes}}};
//   ASSIGN_OR_RETURN(auto results, connection.Run({put, get}));   // one round trip
namespace huying::sql {

struct Blob {
  std::string bytes;
  bool operator==(const Blob&) const = default;
};
using Value = std::variant<std::monostate, int64_t, std::string, Blob>;
using Row = std::vector<Value>;

struct Statement {
  std::string text;  // same text each time = prepared once and kept
  std::vector<Value> parameters;
};
struct Result {
  std::vector<Row> rows;
  int64_t changed = 0;  // rows written
};

// Not thread-safe; used by one thread at a time.
class Connection {
 public:
  virtual ~Connection() = default;
  // Runs the statements in order: one round trip however many there are. Stops at the first error;
  // whoever opened a transaction rolls it back. Errors are UNAVAILABLE (full disk, lost server,
  // interrupted), with driver text only in the log, never in the status sent to a client.
  virtual absl::StatusOr<std::vector<Result>> Run(absl::Span<const Statement> statements) = 0;

  absl::StatusOr<Result> RunOne(const Statement& statement);
};

// Thread-safe. Owns nothing but the way to the database.
class Database {
 public:
  virtual ~Database() = default;
  // For the single writer of a ledger. `BEGIN`, `COMMIT` and `ROLLBACK` are statements it sends.
  virtual absl::StatusOr<std::unique_ptr<Connection>> OpenWriter() = 0;
  // For snapshot reads; refuses writes.
  virtual absl::StatusOr<std::unique_ptr<Connection>> OpenReader() = 0;
  // How a snapshot and a write transaction begin on this engine.
  virtual std::string BeginWrite() const = 0;
  virtual std::string BeginSnapshot() const = 0;
  // First statement of each write batch: keeps a second writer out ("" on SQLite, where the data
  // directory's lock does).
  virtual std::string LockWriter() const = 0;
  // Type of a key that only grows by one: INTEGER PRIMARY KEY on SQLite, where such a row is its own
  // index, BIGINT PRIMARY KEY elsewhere.
  virtual std::string SequenceKey() const = 0;
  // Copies a consistent state of the whole database to `path` while it is in use.
  virtual absl::Status BackUpTo(const std::string& path) = 0;
  // Bytes of data and of the write-ahead log, for metrics.
  virtual absl::StatusOr<std::pair<int64_t, int64_t>> Sizes() = 0;
};

// Opens a database file for a ledger or key store; the one place that names an engine.
class Engine {
 public:
  virtual ~Engine() = default;
  virtual absl::StatusOr<std::unique_ptr<Database>> Open(const std::string& path) = 0;
};

}  // namespace huying::sql
