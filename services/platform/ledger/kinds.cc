// SPDX-License-Identifier: Apache-2.0
#include "services/platform/ledger/kinds.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "services/platform/base/status.h"
#include "services/platform/base/strings.h"
#include "services/platform/ledger/command.h"

namespace huying::ledger {
namespace {

bool IsName(std::string_view name) {
  if (name.empty() || name.size() > 48 || name[0] < 'a' || name[0] > 'z') return false;
  return std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
  });
}

absl::Status CheckNames(const KindSchema& schema) {
  bool good = IsName(schema.name) && schema.name != kDeadlineKind;
  for (const KindSchema::Column& column : schema.columns) {
    good = good && IsName(column.name) && column.name != "key" && column.name != "version" &&
           column.name != "data";
  }
  if (good) return absl::OkStatus();
  return base::Invalid(base::Reason::FIELD_INVALID, "记录种类或列名不合规",
                       absl::StrCat("record kind or column name not allowed: ", schema.name));
}

KindTable MakeTable(KindSchema schema) {
  KindTable kind;
  kind.table = absl::StrCat("r_", schema.name);
  std::string update = "version = excluded.version, data = excluded.data";
  for (const KindSchema::Column& column : schema.columns) {
    absl::StrAppend(&kind.signature, column.name, column.is_text ? ":text;" : ":int;");
    absl::StrAppend(&update, ", ", column.name, " = excluded.", column.name);
  }
  kind.schema = std::move(schema);
  kind.select = absl::StrCat("SELECT version, data FROM ", kind.table, " WHERE key = $1");
  kind.update = absl::StrCat("UPDATE ", kind.table, " SET version = $2, data = $3 WHERE key = $1");
  kind.upsert = absl::StrCat(kind.Insert(kind.table), " ON CONFLICT (key) DO UPDATE SET ", update);
  kind.remove = absl::StrCat("DELETE FROM ", kind.table, " WHERE key = $1");
  return kind;
}

}  // namespace

std::string KindTable::Create(std::string_view table_name) const {
  std::string create = absl::StrCat("CREATE TABLE ", base::Abs(table_name),
                                    "(key TEXT PRIMARY KEY, version BIGINT NOT NULL, "
                                    "data BYTEA NOT NULL");
  for (const KindSchema::Column& column : schema.columns) {
    absl::StrAppend(&create, ", ", column.name, column.is_text ? " TEXT" : " BIGINT");
  }
  return create + ")";
}

std::string KindTable::Insert(std::string_view table_name) const {
  std::string names = "key, version, data";
  std::string values = "$1, $2, $3";
  for (size_t i = 0; i < schema.columns.size(); ++i) {
    absl::StrAppend(&names, ", ", schema.columns[i].name);
    absl::StrAppend(&values, ", $", i + 4);
  }
  return absl::StrCat("INSERT INTO ", base::Abs(table_name), "(", names, ") VALUES (", values, ")");
}

absl::StatusOr<Kinds> Kinds::Make(std::vector<KindSchema> schemas) {
  schemas.push_back({.name = kCounterKind,
                     .project = [](std::string_view) { return std::vector<sql::Value>(); },
                     .state = [](std::string_view) { return std::string(); }});
  Kinds kinds;
  for (KindSchema& schema : schemas) {
    RETURN_IF_ERROR(CheckNames(schema));
    if (!kinds.by_name_.emplace(schema.name, kinds.tables_.size()).second) {
      return base::Invalid(base::Reason::FIELD_INVALID, "记录种类重复",
                           absl::StrCat("record kind declared twice: ", schema.name));
    }
    kinds.tables_.push_back(MakeTable(std::move(schema)));
  }
  return kinds;
}

const KindTable* Kinds::Find(std::string_view kind) const {
  auto found = by_name_.find(base::Abs(kind));
  return found == by_name_.end() ? nullptr : &tables_[found->second];
}

}  // namespace huying::ledger
