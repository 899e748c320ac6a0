// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/container/node_hash_map.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "services/platform/ledger/command.h"
#include "services/platform/ledger/kinds.h"
#include "services/platform/sql/sql.h"

// What a batch of commands knows of the database, and has changed of it: records, deadlines and
// case heads by key. A key is loaded once, mostly with the batch's prefetch; a key met on the way
// is loaded on the spot. Lives as long as its batch, on the writer thread.
namespace huying::ledger {

struct RecordSlot {
  const KindTable* kind = nullptr;
  std::string key;
  bool exists = false;
  bool dirty = false;
  int64_t version = 0;
  std::string image;
  // As the database has it, once `image` is newer: tells which columns change.
  std::optional<std::string> stored;
  // The command that changes it just now, and where in that command's changes it stands.
  int64_t held_by = 0;
  size_t change = 0;
};

struct DeadlineSlot {
  std::optional<Deadline> row;
  bool dirty = false;
};

struct CaseHead {
  int64_t seq = 0;  // 0 = the case has no entry yet
  std::string hash;
  bool dirty = false;
};

class Overlay {
 public:
  // Both must outlive the overlay.
  Overlay(const Kinds& kinds, sql::Connection& connection)
      : kinds_(kinds), connection_(connection) {}

  // Adds what `command` names to the prefetch; what is unknown or wanted already is passed over.
  void Want(const Command& command);
  // The statements of everything wanted, and later their results in the same order.
  void AddPrefetch(std::vector<sql::Statement>& statements) const;
  void TakePrefetch(const std::vector<sql::Result>& results, size_t first);

  // Pointers stay valid as long as the overlay. An error is a storage fault or, INTERNAL, a kind
  // that was never declared.
  absl::StatusOr<RecordSlot*> Record(const RecordRef& ref);
  absl::StatusOr<DeadlineSlot*> DeadlineRow(std::string_view key);
  // For a change that does not ask what was there.
  void PutDeadline(std::string_view key, std::optional<Deadline> row);

  // Loads the heads that are still missing, in one round trip (none when there are none).
  absl::Status LoadCaseHeads(const std::vector<std::string>& case_ids);
  CaseHead& CaseHeadOf(const std::string& case_id) { return cases_[case_id]; }

  // Statements that write every dirty record, deadline and case head.
  void AddWrites(std::vector<sql::Statement>& statements);

  // The first storage fault: whoever decided after it decided on nothing.
  const absl::Status& fault() const { return fault_; }

 private:
  struct Wanted {
    RecordSlot* record = nullptr;      // or
    DeadlineSlot* deadline = nullptr;  // or the head of a case
    std::string key;
  };
  absl::Status Load(RecordSlot& slot);
  static sql::Statement WriteOf(RecordSlot& slot);

  const Kinds& kinds_;
  sql::Connection& connection_;
  absl::node_hash_map<RecordRef, RecordSlot> records_;
  absl::node_hash_map<std::string, DeadlineSlot> deadlines_;
  absl::flat_hash_map<std::string, CaseHead> cases_;
  std::vector<Wanted> wanted_;
  absl::Status fault_;
};

// Column order of `deadline` rows wherever they are read.
extern const char kDeadlineColumns[];
Deadline DeadlineOf(const sql::Row& row);

}  // namespace huying::ledger
