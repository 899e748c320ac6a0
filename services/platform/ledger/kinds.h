// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
#include "services/platform/ledger/records.h"

// The record tables of one ledger and their SQL texts, made once at start.
//
//   ASSIGN_OR_RETURN(Kinds kinds, Kinds::Make(std::move(schemas)));
//   const KindTable* table = kinds.Find("alert");   // nullptr: no such kind
namespace huying::ledger {

struct KindTable {
  KindSchema schema;
  std::string table;      // r_<kind>
  std::string signature;  // of the column list; another one means: project anew
  std::string select;     // version, data by key
  std::string update;     // key, version, data: of a record that is there, its columns as they are
  std::string upsert;     // key, version, data, columns…
  std::string remove;     // by key
  std::string Create(std::string_view table_name) const;
  std::string Insert(std::string_view table_name) const;
};

// Immutable after Make; any thread.
class Kinds {
 public:
  // Adds the ledger's own kind `counter`. Names must be [a-z][a-z0-9_]*, unique, and not reserved.
  static absl::StatusOr<Kinds> Make(std::vector<KindSchema> schemas);
  const KindTable* Find(std::string_view kind) const;
  const std::vector<KindTable>& all() const { return tables_; }

 private:
  std::vector<KindTable> tables_;
  absl::flat_hash_map<std::string, size_t> by_name_;
};

}  // namespace huying::ledger
