// SPDX-License-Identifier: Apache-2.0
//
// The other peer: raw SQLite group commit (WAL, synchronous=FULL) of the rows one plain command
// writes: a record, an entry, one channel-free journal line. One thread, `--batch` rows per commit.
#include <sqlite3.h>

#include <CLI/CLI.hpp>
#include <chrono>
#include <filesystem>
#include <iostream>
#include <string>

namespace {

void Check(int code, sqlite3* db) {
  if (code == SQLITE_OK || code == SQLITE_DONE || code == SQLITE_ROW) return;
  std::cerr << sqlite3_errmsg(db) << "\n";
  std::exit(1);
}

sqlite3_stmt* Prepare(sqlite3* db, const char* text) {
  sqlite3_stmt* statement = nullptr;
  Check(sqlite3_prepare_v2(db, text, -1, &statement, nullptr), db);
  return statement;
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app{"raw SQLite group commit, the peer of ./dev bench"};
  std::string path;
  int batch = 128;
  double seconds = 3;
  int record_bytes = 300;
  int entry_bytes = 700;
  app.add_option("--file", path)->required();
  app.add_option("--batch", batch)->check(CLI::Range(1, 100000));
  app.add_option("--seconds", seconds);
  app.add_option("--record_bytes", record_bytes);
  app.add_option("--entry_bytes", entry_bytes);
  CLI11_PARSE(app, argc, argv);

  sqlite3* db = nullptr;
  Check(sqlite3_open(path.c_str(), &db), db);
  for (const char* text :
       {"PRAGMA journal_mode=WAL", "PRAGMA synchronous=FULL",
        "CREATE TABLE record(key TEXT PRIMARY KEY, version BIGINT, data BYTEA, area TEXT)",
        "CREATE INDEX record_area ON record(area, key)",
        "CREATE TABLE entry(seq INTEGER PRIMARY KEY, case_id TEXT, case_prev BIGINT, principal "
        "TEXT, "
        "request_id TEXT, payload_hash BYTEA, hash BYTEA, bytes BYTEA)",
        "CREATE TABLE case_head(case_id TEXT PRIMARY KEY, seq BIGINT, hash BYTEA)",
        "CREATE UNIQUE INDEX entry_request ON entry(principal, request_id)"}) {
    Check(sqlite3_exec(db, text, nullptr, nullptr, nullptr), db);
  }
  sqlite3_stmt* record = Prepare(db, "INSERT INTO record VALUES(?1, 1, ?2, '230407000000')");
  sqlite3_stmt* entry =
      Prepare(db, "INSERT INTO entry VALUES(?1, ?2, 0, 'accounts/bench', ?3, ?4, ?4, ?5)");
  sqlite3_stmt* head = Prepare(db, "INSERT INTO case_head VALUES(?1, ?2, ?3)");
  const std::string data(record_bytes, 'r');
  const std::string bytes(entry_bytes, 'e');
  const std::string hash(32, 'h');
  const auto start = std::chrono::steady_clock::now();
  int64_t seq = 0;
  double took = 0;
  while (took < seconds) {
    Check(sqlite3_exec(db, "BEGIN IMMEDIATE", nullptr, nullptr, nullptr), db);
    for (int i = 0; i < batch; ++i) {
      const std::string key = "units/bench-" + std::to_string(++seq);
      sqlite3_bind_text(record, 1, key.data(), static_cast<int>(key.size()), SQLITE_STATIC);
      sqlite3_bind_blob(record, 2, data.data(), static_cast<int>(data.size()), SQLITE_STATIC);
      Check(sqlite3_step(record), db);
      sqlite3_reset(record);
      sqlite3_bind_int64(entry, 1, seq);
      sqlite3_bind_text(entry, 2, key.data(), static_cast<int>(key.size()), SQLITE_STATIC);
      sqlite3_bind_text(entry, 3, key.data(), static_cast<int>(key.size()), SQLITE_STATIC);
      sqlite3_bind_blob(entry, 4, hash.data(), static_cast<int>(hash.size()), SQLITE_STATIC);
      sqlite3_bind_blob(entry, 5, bytes.data(), static_cast<int>(bytes.size()), SQLITE_STATIC);
      Check(sqlite3_step(entry), db);
      sqlite3_reset(entry);
      sqlite3_bind_text(head, 1, key.data(), static_cast<int>(key.size()), SQLITE_STATIC);
      sqlite3_bind_int64(head, 2, seq);
      sqlite3_bind_blob(head, 3, hash.data(), static_cast<int>(hash.size()), SQLITE_STATIC);
      Check(sqlite3_step(head), db);
      sqlite3_reset(head);
    }
    Check(sqlite3_exec(db, "COMMIT", nullptr, nullptr, nullptr), db);
    took = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  }
  std::cout << "{\"per_second\": " << seq / took << "}" << std::endl;
  sqlite3_finalize(record);
  sqlite3_finalize(entry);
  sqlite3_finalize(head);
  sqlite3_close(db);
}
