// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "huying/directory/v1/directory.pb.h"
#include "services/directory/rules/forms.h"
#include "services/directory/rules/roster.h"
#include "services/directory/store.h"
#include "services/platform/guard/reach.h"
#include "services/platform/ledger/command.h"

namespace huying::directory {

// Puts rows of the directory within one decision, and judges them together at the end: rows may
// refer to each other in any order, and one bad row refuses all.
//
//   Editor editor(tx, {.shift_max = shift_max});
//   RETURN_IF_ERROR(editor.Put(post, "post"));
//   return editor.Finish();
//
// `field` is the row's path in the request. Lives inside one `decide`, on the writer thread.
class Editor {
 public:
  struct Options {
    absl::Duration shift_max = absl::Hours(24 * 31);
    // An import leaves rows alone that are as they were; a Put of one row is always an entry.
    bool skip_unchanged = false;
    // Judges everything and writes nothing: rows that wait for a second person.
    bool check_only = false;
    rules::Overlap overlap = rules::Overlap::kRefused;
  };
  Editor(ledger::Transaction& tx, Options options) : tx_(tx), options_(options) {}

  absl::Status Put(const v1::Area& area, const std::string& field);
  absl::Status Put(const v1::Unit& unit, const std::string& field);
  absl::Status Put(const v1::Role& role, const std::string& field);
  absl::Status Put(const v1::Post& post, const std::string& field);
  // Sealed before: no clear phone or id number comes here.
  absl::Status Put(const v1::Person& person, const std::string& field);
  absl::Status Put(const v1::Account& account, const std::string& field);
  // The name is made here. What it takes of others' time is said by Options::overlap.
  absl::Status Put(v1::Shift shift, const std::string& field);
  // The record stays and takes no time.
  absl::Status Cancel(const v1::Shift& shift, const std::string& reason);
  absl::Status Put(const v1::PowerItem& item, const std::string& field);

  // References, parents, tiers, loops of supervision; and the mark that rights changed.
  absl::Status Finish();
  int changed() const { return changed_; }
  // Shifts put by hand that a file gave way to.
  int kept_by_hand() const { return kept_by_hand_; }

 private:
  template <typename T>
  absl::Status PutRow(const ledger::RecordKind<T>& kind, std::string_view key, const T& value);
  template <typename T>
  void Remember(const T& row, const std::string& field);
  absl::StatusOr<std::vector<v1::PowerItem>> RevisionsOf(const v1::PowerItem& newest);
  absl::StatusOr<v1::RosterMonth*> Month(const std::string& key);
  absl::StatusOr<std::vector<v1::Shift>> ShiftsAround(const v1::Shift& shift);
  absl::Status TakeFromMonths(const v1::Shift& shift);
  absl::Status PutShiftRow(const v1::Shift& shift, const std::string& field);
  template <typename T>
  void Write(const ledger::RecordKind<T>& kind, std::string_view key, const T& value) {
    if (!options_.check_only) tx_.Set(kind, key, value);
  }
  absl::Status CheckReference(const rules::Reference& reference);
  absl::StatusOr<v1::Area> AreaOf(const std::string& code);
  absl::StatusOr<v1::Post> PostOf(const std::string& name);
  absl::Status CheckAreaRow(const std::string& code);
  absl::Status CheckPostRow(const std::string& name);
  absl::Status MarkRights();

  ledger::Transaction& tx_;
  const Options options_;
  int changed_ = 0;
  int kept_by_hand_ = 0;
  std::vector<rules::Reference> references_;
  // What was put, with its field: judged in Finish, and found by what refers to it.
  template <typename T>
  struct Row {
    T row;
    std::string field;
  };
  std::map<std::string, Row<v1::Area>> areas_;
  std::map<std::string, Row<v1::Post>> posts_;
  std::set<std::string> put_;  // names of everything put
  bool rights_changed_ = false;
  std::map<std::string, v1::RosterMonth> months_;
};

// ABORTED / STALE_VERSION when the stored version is another; 0 = the caller does not mind.
template <typename T>
absl::Status CheckVersion(ledger::Transaction& tx, const ledger::RecordKind<T>& kind,
                          std::string_view key, int64_t expected);

// ABORTED / STALE_VERSION, shared by every kind.
absl::Status StaleVersion(std::string_view key, int64_t stored, int64_t expected);

template <typename T>
absl::Status CheckVersion(ledger::Transaction& tx, const ledger::RecordKind<T>& kind,
                          std::string_view key, int64_t expected) {
  if (expected == 0) return absl::OkStatus();
  ASSIGN_OR_RETURN(auto stored, tx.Find(kind, key));
  const int64_t version = stored ? stored->version : 0;
  return version == expected ? absl::OkStatus() : StaleVersion(key, version, expected);
}

// Where the area lies. By key, parent after parent.
absl::StatusOr<guard::AreaPath> PathIn(ledger::Transaction& tx, const std::string& area);

}  // namespace huying::directory
