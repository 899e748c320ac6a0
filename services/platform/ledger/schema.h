// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "huying/platform/v1/journal.pb.h"
#include "services/platform/ledger/kinds.h"
#include "services/platform/sql/sql.h"

// A ledger's tables: meta, entry, case_head, channel, channel_entry, deadline, cursor and one r_<kind>
// per kind. The entries of a case are a chain from its head backwards: an index over them would cost
// every command a page of its own.
namespace huying::ledger {

inline constexpr int64_t kSchemaVersion = 2;

struct LedgerHead {
  int64_t seq = 0;
  std::string hash;  // of the last entry, or of the header when there is none
  absl::Time decided_at = absl::InfinitePast();
};

struct OpenedSchema {
  platform::v1::LedgerHeader header;  // with the present epoch
  LedgerHead head;
};

// Creates what is missing and checks what is there: a newer schema, another service or realm and a
// last entry that does not fit its hash are refused in words. Projects columns anew where the list
// of a kind has changed.
absl::StatusOr<OpenedSchema> OpenSchema(sql::Database& database, sql::Connection& connection,
                                        const platform::v1::LedgerHeader& wanted,
                                        const Kinds& kinds);

// After a restore: raises the epoch of the (closed) ledger at `path`, so that followers elsewhere
// notice, and carries the ledger's own cursors over where they still fit the journal. Those that do
// not are forgotten. Answers the new epoch.
absl::StatusOr<int64_t> BeginNewEpoch(sql::Engine& engine, const std::string& path);

// Accessors for values of a row; a value of another type reads as 0 / "".
int64_t IntAt(const sql::Row& row, size_t column);
const std::string& TextAt(const sql::Row& row, size_t column);
const std::string& BytesAt(const sql::Row& row, size_t column);

extern const char kSelectHead[];
absl::StatusOr<LedgerHead> ParseHead(const sql::Result& result, const std::string& genesis);

}  // namespace huying::ledger
