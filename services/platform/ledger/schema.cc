// SPDX-License-Identifier: Apache-2.0
#include "services/platform/ledger/schema.h"

#include <map>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "services/platform/base/clock.h"
#include "services/platform/base/status.h"
#include "services/platform/base/strings.h"
#include "services/platform/ledger/ledger.h"

namespace huying::ledger {

const char kSelectHead[] = "SELECT seq, hash, bytes FROM entry ORDER BY seq DESC LIMIT 1";

namespace {

constexpr int kRowsPerStep = 500;
constexpr char kSetMeta[] =
    "INSERT INTO meta(name, number, bytes) VALUES ($1, $2, $3) "
    "ON CONFLICT (name) DO UPDATE SET number = excluded.number, bytes = excluded.bytes";

constexpr char kCreateRequestIndex[] =
    "CREATE UNIQUE INDEX entry_request ON entry(principal, request_id) WHERE request_id <> ''";
constexpr char kCreateCaseHead[] =
    "CREATE TABLE case_head(case_id TEXT PRIMARY KEY, seq BIGINT NOT NULL, hash BYTEA NOT NULL)";

std::string CreateEntry(const sql::Database& database, std::string_view name) {
  return absl::StrCat(
      "CREATE TABLE ", base::Abs(name), "(seq ", database.SequenceKey(),
      ", case_id TEXT NOT NULL, case_prev BIGINT NOT NULL, principal TEXT NOT NULL, "
      "request_id TEXT NOT NULL, payload_hash BYTEA NOT NULL, hash BYTEA NOT NULL, "
      "bytes BYTEA NOT NULL)");
}

std::vector<sql::Statement> Tables(const sql::Database& database) {
  return {
      {CreateEntry(database, "entry")},
      {kCreateRequestIndex},
      {kCreateCaseHead},
      {"CREATE TABLE channel(name TEXT PRIMARY KEY, last_seq BIGINT NOT NULL)"},
      {"CREATE TABLE channel_entry(channel TEXT NOT NULL, seq BIGINT NOT NULL, "
       "prev BIGINT NOT NULL, PRIMARY KEY (channel, seq))"},
      {"CREATE TABLE deadline(key TEXT PRIMARY KEY, handler TEXT NOT NULL, due_at BIGINT NOT NULL, "
       "grace_ms BIGINT NOT NULL, subject TEXT NOT NULL, fires_at BIGINT NOT NULL, "
       "in_outage BIGINT NOT NULL)"},
      {"CREATE INDEX deadline_fires ON deadline(fires_at, key)"},
      {"CREATE TABLE cursor(follower TEXT PRIMARY KEY, epoch BIGINT NOT NULL, seq BIGINT NOT NULL, "
       "hash BYTEA NOT NULL)"},
  };
}

// From schema 1: the index over the entries of a case becomes a link and a head.
std::vector<sql::Statement> FromSchema1(const sql::Database& database) {
  return {
      {CreateEntry(database, "entry_new")},
      {"INSERT INTO entry_new(seq, case_id, case_prev, principal, request_id, payload_hash, hash, "
       "bytes) SELECT seq, case_id, CASE WHEN case_id = '' THEN 0 ELSE "
       "lag(seq, 1, 0) OVER (PARTITION BY case_id ORDER BY seq) END, principal, request_id, "
       "payload_hash, hash, bytes FROM entry ORDER BY seq"},
      {"DROP TABLE entry"},
      {"ALTER TABLE entry_new RENAME TO entry"},
      {kCreateRequestIndex},
      {kCreateCaseHead},
      {"INSERT INTO case_head(case_id, seq, hash) SELECT case_id, seq, hash FROM entry "
       "WHERE case_id <> '' AND seq IN (SELECT max(seq) FROM entry GROUP BY case_id)"},
  };
}

struct Meta {
  int64_t number = 0;
  std::string bytes;
};
using MetaRows = std::map<std::string, Meta>;

absl::StatusOr<MetaRows> ReadMeta(sql::Connection& connection) {
  const sql::Statement statements[] = {
      {"CREATE TABLE IF NOT EXISTS meta(name TEXT PRIMARY KEY, number BIGINT, bytes BYTEA)"},
      {"SELECT name, number, bytes FROM meta"}};
  ASSIGN_OR_RETURN(std::vector<sql::Result> results, connection.Run(statements));
  MetaRows rows;
  for (const sql::Row& row : results[1].rows) {
    rows[TextAt(row, 0)] = {IntAt(row, 1), BytesAt(row, 2)};
  }
  return rows;
}

sql::Statement SetMeta(std::string name, int64_t number, std::string bytes) {
  return {kSetMeta, {std::move(name), number, sql::Blob{std::move(bytes)}}};
}

absl::Status Refuse(std::string_view zh, const std::string& en) {
  return base::Refused(base::Reason::CONDITION_NOT_MET, zh, en);
}

// Ends the transaction by `statements`' success, in one round trip.
absl::Status RunInTransaction(sql::Database& database, sql::Connection& connection,
                              std::vector<sql::Statement> statements) {
  statements.insert(statements.begin(), {database.BeginWrite()});
  statements.push_back({"COMMIT"});
  absl::Status status = connection.Run(statements).status();
  if (!status.ok()) (void)connection.RunOne({"ROLLBACK"});
  return status;
}

absl::Status Create(sql::Database& database, sql::Connection& connection,
                    const platform::v1::LedgerHeader& header) {
  std::vector<sql::Statement> statements = Tables(database);
  statements.push_back(SetMeta("schema", kSchemaVersion, ""));
  statements.push_back(SetMeta("header", 0, header.SerializeAsString()));
  statements.push_back(SetMeta("epoch", 1, ""));
  return RunInTransaction(database, connection, std::move(statements));
}

absl::Status Migrate(sql::Database& database, sql::Connection& connection, int64_t from) {
  if (from == kSchemaVersion) return absl::OkStatus();
  std::vector<sql::Statement> statements = FromSchema1(database);
  statements.push_back(SetMeta("schema", kSchemaVersion, ""));
  return RunInTransaction(database, connection, std::move(statements));
}

// Rows of `kind.table` with their columns computed from the messages, into a table of another name.
absl::Status CopyProjected(sql::Connection& connection, const KindTable& kind,
                           const std::string& target) {
  const std::string page = absl::StrCat("SELECT key, version, data FROM ", kind.table,
                                        " WHERE key > $1 ORDER BY key LIMIT ", kRowsPerStep);
  std::string after;
  while (true) {
    ASSIGN_OR_RETURN(sql::Result rows, connection.RunOne({page, {after}}));
    if (rows.rows.empty()) return absl::OkStatus();
    std::vector<sql::Statement> inserts;
    for (sql::Row& row : rows.rows) {
      after = TextAt(row, 0);
      std::vector<sql::Value> columns = kind.schema.project(BytesAt(row, 2));
      for (sql::Value& column : columns) row.push_back(std::move(column));
      inserts.push_back({kind.Insert(target), std::move(row)});
    }
    RETURN_IF_ERROR(connection.Run(inserts).status());
  }
}

std::vector<sql::Statement> IndexDdl(const KindTable& kind) {
  std::vector<sql::Statement> statements;
  for (const KindSchema::Column& column : kind.schema.columns) {
    statements.push_back({absl::StrCat("CREATE INDEX ", kind.table, "_", column.name, " ON ",
                                       kind.table, "(", column.name, ", key)")});
  }
  return statements;
}

absl::Status CreateKind(sql::Connection& connection, const KindTable& kind) {
  std::vector<sql::Statement> statements = {{kind.Create(kind.table)}};
  for (sql::Statement& index : IndexDdl(kind)) statements.push_back(std::move(index));
  return connection.Run(statements).status();
}

absl::Status RebuildKind(sql::Connection& connection, const KindTable& kind) {
  const std::string target = kind.table + "_new";
  const sql::Statement fresh[] = {{absl::StrCat("DROP TABLE IF EXISTS ", target)},
                                  {kind.Create(target)}};
  RETURN_IF_ERROR(connection.Run(fresh).status());
  RETURN_IF_ERROR(CopyProjected(connection, kind, target));
  std::vector<sql::Statement> swap = {
      {absl::StrCat("DROP TABLE ", kind.table)},
      {absl::StrCat("ALTER TABLE ", target, " RENAME TO ", kind.table)}};
  for (sql::Statement& index : IndexDdl(kind)) swap.push_back(std::move(index));
  return connection.Run(swap).status();
}

absl::Status PrepareKind(sql::Database& database, sql::Connection& connection,
                         const KindTable& kind, const MetaRows& meta) {
  const std::string name = absl::StrCat("columns/", kind.schema.name);
  auto found = meta.find(name);
  if (found != meta.end() && found->second.bytes == kind.signature) return absl::OkStatus();
  RETURN_IF_ERROR(connection.RunOne({database.BeginWrite()}).status());
  absl::Status status =
      found == meta.end() ? CreateKind(connection, kind) : RebuildKind(connection, kind);
  if (status.ok()) {
    const sql::Statement end[] = {SetMeta(name, 0, kind.signature), {"COMMIT"}};
    status = connection.Run(end).status();
  }
  if (!status.ok()) (void)connection.RunOne({"ROLLBACK"});
  return status;
}

absl::Status CheckMeta(const MetaRows& meta, const platform::v1::LedgerHeader& stored,
                       const platform::v1::LedgerHeader& wanted) {
  const int64_t schema = meta.at("schema").number;
  if (schema > kSchemaVersion) {
    return Refuse("账本由更新版本的程序写成，请升级程序",
                  absl::StrCat("the ledger was written by a newer program: schema ", schema,
                               ", this program knows ", kSchemaVersion));
  }
  if (stored.ledger() != wanted.ledger() || stored.realm() != wanted.realm()) {
    return Refuse("账本属于另一服务或另一域",
                  absl::StrCat("the file is ledger ", stored.ledger(), " of realm ", stored.realm(),
                               ", not ", wanted.ledger(), " of ", wanted.realm()));
  }
  return absl::OkStatus();
}

}  // namespace

int64_t IntAt(const sql::Row& row, size_t column) {
  const auto* value = column < row.size() ? std::get_if<int64_t>(&row[column]) : nullptr;
  return value == nullptr ? 0 : *value;
}
const std::string& TextAt(const sql::Row& row, size_t column) {
  static const std::string* const empty = new std::string();
  const auto* value = column < row.size() ? std::get_if<std::string>(&row[column]) : nullptr;
  return value == nullptr ? *empty : *value;
}
const std::string& BytesAt(const sql::Row& row, size_t column) {
  static const std::string* const empty = new std::string();
  const auto* value = column < row.size() ? std::get_if<sql::Blob>(&row[column]) : nullptr;
  return value == nullptr ? *empty : value->bytes;
}

absl::StatusOr<LedgerHead> ParseHead(const sql::Result& result, const std::string& genesis) {
  if (result.rows.empty()) return LedgerHead{0, genesis};
  const sql::Row& row = result.rows.front();
  LedgerHead head{IntAt(row, 0), BytesAt(row, 1)};
  platform::v1::Entry entry;
  if (EntryHash(BytesAt(row, 2)) != head.hash || !entry.ParseFromString(BytesAt(row, 2)) ||
      entry.seq() != head.seq) {
    return Refuse("账本最后一条记录与其校验值不符，请先用备份核对",
                  absl::StrCat("the last journal entry (", head.seq,
                               ") does not fit its hash; compare with a backup first"));
  }
  head.decided_at = base::FromProto(entry.decided_at());
  return head;
}

absl::StatusOr<OpenedSchema> OpenSchema(sql::Database& database, sql::Connection& connection,
                                        const platform::v1::LedgerHeader& wanted,
                                        const Kinds& kinds) {
  ASSIGN_OR_RETURN(MetaRows meta, ReadMeta(connection));
  if (meta.find("schema") == meta.end()) {
    RETURN_IF_ERROR(Create(database, connection, wanted));
    ASSIGN_OR_RETURN(meta, ReadMeta(connection));
  }
  OpenedSchema opened;
  if (!opened.header.ParseFromString(meta["header"].bytes)) {
    return Refuse("账本的首部已损坏", "the ledger's header is damaged");
  }
  RETURN_IF_ERROR(CheckMeta(meta, opened.header, wanted));
  RETURN_IF_ERROR(Migrate(database, connection, meta["schema"].number));
  const std::string genesis = EntryHash(meta["header"].bytes);
  opened.header.set_epoch(meta["epoch"].number);
  for (const KindTable& kind : kinds.all()) {
    RETURN_IF_ERROR(PrepareKind(database, connection, kind, meta));
  }
  ASSIGN_OR_RETURN(sql::Result last, connection.RunOne({kSelectHead}));
  ASSIGN_OR_RETURN(opened.head, ParseHead(last, genesis));
  return opened;
}

absl::StatusOr<int64_t> BeginNewEpoch(sql::Engine& engine, const std::string& path) {
  ASSIGN_OR_RETURN(std::unique_ptr<sql::Database> database, engine.Open(path));
  ASSIGN_OR_RETURN(std::unique_ptr<sql::Connection> connection, database->OpenWriter());
  ASSIGN_OR_RETURN(MetaRows meta, ReadMeta(*connection));
  if (meta.find("epoch") == meta.end()) return Refuse("不是账本文件", "not a ledger file");
  const int64_t epoch = meta["epoch"].number + 1;
  // A cursor holds the first 8 bytes of the hash of the entry it has finished; seq 0 fits any.
  RETURN_IF_ERROR(RunInTransaction(
      *database, *connection,
      {SetMeta("epoch", epoch, ""),
       {"DELETE FROM cursor WHERE seq > 0 AND NOT EXISTS (SELECT 1 FROM entry "
        "WHERE entry.seq = cursor.seq AND substr(entry.hash, 1, 8) = cursor.hash)"},
       {"UPDATE cursor SET epoch = $1", {epoch}}}));
  return epoch;
}

}  // namespace huying::ledger
