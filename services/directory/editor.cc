// SPDX-License-Identifier: Apache-2.0
#include "services/directory/editor.h"

#include <algorithm>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "google/protobuf/util/message_differencer.h"
#include "services/directory/rules/area_tree.h"
#include "services/directory/rules/powers.h"
#include "services/directory/rules/roster.h"
#include "services/platform/base/status.h"
#include "services/platform/base/strings.h"

namespace huying::directory {
namespace {

using google::protobuf::util::MessageDifferencer;
using To = rules::Reference::To;

constexpr int kDepthMax = 16;

template <typename T>
absl::StatusOr<bool> Exists(ledger::Transaction& tx, const ledger::RecordKind<T>& kind,
                            std::string_view key) {
  ASSIGN_OR_RETURN(auto found, tx.Find(kind, key));
  return found.has_value();
}

}  // namespace

template <typename T>
absl::Status Editor::PutRow(const ledger::RecordKind<T>& kind, std::string_view key,
                            const T& value) {
  put_.insert(std::string(key));
  if (options_.skip_unchanged) {
    ASSIGN_OR_RETURN(auto stored, tx_.Find(kind, key));
    if (stored && MessageDifferencer::Equals(stored->value, value)) return absl::OkStatus();
  }
  Write(kind, key, value);
  if (!options_.check_only) tx_.Subject(kind, key);
  ++changed_;
  return absl::OkStatus();
}

template <typename T>
void Editor::Remember(const T& row, const std::string& field) {
  for (rules::Reference reference : rules::ReferencesOf(row)) {
    reference.field = absl::StrCat(field, ".", reference.field);
    references_.push_back(std::move(reference));
  }
}

absl::Status Editor::Put(const v1::Area& area, const std::string& field) {
  RETURN_IF_ERROR(base::InField(rules::CheckArea(area), field));
  ASSIGN_OR_RETURN(auto stored, tx_.Find(Areas(), area.code()));
  if (stored && stored->value.tier() != area.tier()) {
    return base::InField(base::Refused(base::Reason::CONDITION_NOT_MET,
                                       absl::StrCat(area.code(), " 的层级已登记，不能更改"),
                                       absl::StrCat("the tier of ", area.code(), " is known"))
                             .Field("tier")
                             .Rule("directory.area-tier"),
                         field);
  }
  areas_[area.code()] = {area, field};
  return PutRow(Areas(), area.code(), area);
}

absl::Status Editor::Put(const v1::Unit& unit, const std::string& field) {
  RETURN_IF_ERROR(base::InField(rules::CheckUnit(unit), field));
  Remember(unit, field);
  return PutRow(Units(), unit.name(), unit);
}

absl::Status Editor::Put(const v1::Role& role, const std::string& field) {
  RETURN_IF_ERROR(base::InField(rules::CheckRole(role), field));
  const int before = changed_;
  RETURN_IF_ERROR(PutRow(Roles(), role.name(), role));
  rights_changed_ |= changed_ > before;
  return absl::OkStatus();
}

absl::Status Editor::Put(const v1::Post& post, const std::string& field) {
  RETURN_IF_ERROR(base::InField(rules::CheckPost(post), field));
  Remember(post, field);
  posts_[post.name()] = {post, field};
  const int before = changed_;
  RETURN_IF_ERROR(PutRow(Posts(), post.name(), post));
  rights_changed_ |= changed_ > before;
  return absl::OkStatus();
}

absl::Status Editor::Put(const v1::Person& person, const std::string& field) {
  RETURN_IF_ERROR(base::InField(rules::CheckPerson(person), field));
  Remember(person, field);
  return PutRow(People(), person.name(), person);
}

absl::Status Editor::Put(const v1::Account& put, const std::string& field) {
  RETURN_IF_ERROR(base::InField(rules::CheckAccount(put), field));
  Remember(put, field);
  v1::Account account = put;
  ASSIGN_OR_RETURN(const auto stored, tx_.Find(Accounts(), account.name()));
  if (stored && stored->value.has_sealed() && !account.has_sealed()) {
    *account.mutable_sealed() = stored->value.sealed();
  }
  const int before = changed_;
  RETURN_IF_ERROR(PutRow(Accounts(), account.name(), account));
  rights_changed_ |= changed_ > before;
  return absl::OkStatus();
}

absl::StatusOr<v1::RosterMonth*> Editor::Month(const std::string& key) {
  auto at = months_.find(key);
  if (at == months_.end()) {
    ASSIGN_OR_RETURN(auto stored, tx_.Find(RosterMonths(), key));
    at = months_.emplace(key, stored ? stored->value : v1::RosterMonth()).first;
    at->second.set_name(key);
  }
  return &at->second;
}

absl::StatusOr<std::vector<v1::Shift>> Editor::ShiftsAround(const v1::Shift& shift) {
  std::map<std::string, v1::Shift> around;  // one that touches two months stands in both
  for (const std::string& key : rules::MonthsOf(shift)) {
    ASSIGN_OR_RETURN(const v1::RosterMonth* month, Month(key));
    for (const v1::Shift& other : month->shifts()) {
      const bool touches = other.start().seconds() <= shift.end().seconds() &&
                           shift.start().seconds() <= other.end().seconds();
      if (touches) around.emplace(other.name(), other);
    }
  }
  std::vector<v1::Shift> shifts;
  shifts.reserve(around.size());
  for (auto& [name, other] : around) shifts.push_back(std::move(other));
  return shifts;
}

absl::Status Editor::TakeFromMonths(const v1::Shift& shift) {
  for (const std::string& key : rules::MonthsOf(shift)) {
    ASSIGN_OR_RETURN(v1::RosterMonth * month, Month(key));
    rules::TakeFromMonth(shift.name(), *month);
  }
  return absl::OkStatus();
}

absl::Status Editor::PutShiftRow(const v1::Shift& shift, const std::string& field) {
  ASSIGN_OR_RETURN(auto stored, tx_.Find(Shifts(), shift.name()));
  RETURN_IF_ERROR(PutRow(Shifts(), shift.name(), shift));
  if (stored) RETURN_IF_ERROR(TakeFromMonths(stored->value));
  for (const std::string& key : rules::MonthsOf(shift)) {
    ASSIGN_OR_RETURN(v1::RosterMonth * month, Month(key));
    RETURN_IF_ERROR(base::InField(rules::PutInMonth(shift, *month), field));
  }
  return absl::OkStatus();
}

absl::Status Editor::Cancel(const v1::Shift& shift, const std::string& reason) {
  v1::Shift cancelled = shift;
  cancelled.set_cancelled(true);
  cancelled.set_cancel_reason(reason);
  RETURN_IF_ERROR(TakeFromMonths(shift));
  return PutRow(Shifts(), shift.name(), cancelled);
}

absl::Status Editor::Put(v1::Shift shift, const std::string& field) {
  RETURN_IF_ERROR(base::InField(rules::CheckShift(shift, options_.shift_max), field));
  shift.set_name(rules::ShiftName(shift));
  Remember(shift, field);
  ASSIGN_OR_RETURN(const auto around, ShiftsAround(shift));
  auto laid = rules::Lay(shift, around, options_.overlap);
  if (!laid.ok()) return base::InField(laid.status(), field);
  kept_by_hand_ += laid->kept_by_hand;
  for (const v1::Shift& gone : laid->gone) {
    RETURN_IF_ERROR(Cancel(gone, absl::StrCat("让出：", shift.name())));
  }
  // The rest of a shift that was cut takes its place first, so that the new one fits; a new shift is last and
  // is what the entry is about.
  for (const v1::Shift& other : around) {
    const bool cut = std::any_of(laid->put.begin(), laid->put.end(), [&](const v1::Shift& put) {
      return put.name() == other.name() && put.name() != shift.name();
    });
    if (cut) RETURN_IF_ERROR(TakeFromMonths(other));
  }
  for (const v1::Shift& put : laid->put) RETURN_IF_ERROR(PutShiftRow(put, field));
  return absl::OkStatus();
}

// Every stored revision of the item, oldest first.
absl::StatusOr<std::vector<v1::PowerItem>> Editor::RevisionsOf(const v1::PowerItem& newest) {
  std::vector<v1::PowerItem> revisions;
  for (int32_t number = 1; number < newest.revision(); ++number) {
    ASSIGN_OR_RETURN(auto earlier,
                     tx_.Find(PowerRevisions(), rules::RevisionKey(newest.name(), number)));
    if (earlier) revisions.push_back(std::move(earlier->value));
  }
  revisions.push_back(newest);
  return revisions;
}

absl::Status Editor::Put(const v1::PowerItem& item, const std::string& field) {
  RETURN_IF_ERROR(base::InField(rules::CheckPowerItem(item), field));
  Remember(item, field);
  ASSIGN_OR_RETURN(auto stored, tx_.Find(PowerItems(), item.name()));
  std::vector<v1::PowerItem> earlier;
  if (stored) {
    ASSIGN_OR_RETURN(earlier, RevisionsOf(stored->value));
  }
  for (const v1::PowerItem& known : earlier) {
    if (rules::SamePower(known, item)) return PutRow(PowerItems(), item.name(), stored->value);
  }
  // A process that copies a directory brings every revision with its own time.
  if (tx_.actor().system().empty()) {
    RETURN_IF_ERROR(base::InField(rules::CheckBegin(earlier, item, tx_.now()), field));
  }
  const std::vector<v1::PowerItem> revisions = rules::Revise(earlier, item);
  // The item, and what its earlier revisions became.
  RETURN_IF_ERROR(PutRow(PowerItems(), item.name(), revisions.back()));
  for (size_t i = 0; i < earlier.size(); ++i) {
    const bool moves = i + 1 == earlier.size();
    if (!moves && MessageDifferencer::Equals(earlier[i], revisions[i])) continue;
    Write(PowerRevisions(), rules::RevisionKey(item.name(), revisions[i].revision()), revisions[i]);
  }
  std::set<std::string> codes;
  for (const v1::PowerItem& revision : revisions) codes.insert(revision.code());
  for (const std::string& code : codes) {
    ASSIGN_OR_RETURN(auto known, tx_.Find(PowerCodes(), code));
    v1::PowerCode booked = known ? known->value : v1::PowerCode();
    booked.set_code(code);
    RETURN_IF_ERROR(base::InField(rules::BookCode(revisions, booked), field));
    if (known && MessageDifferencer::Equals(known->value, booked)) continue;
    Write(PowerCodes(), code, booked);
  }
  return absl::OkStatus();
}

absl::Status Editor::CheckReference(const rules::Reference& reference) {
  if (put_.contains(reference.name)) return absl::OkStatus();
  absl::StatusOr<bool> known = false;
  switch (reference.to) {
    case To::kArea:
      known = Exists(tx_, Areas(), reference.name);
      break;
    case To::kUnit:
      known = Exists(tx_, Units(), reference.name);
      break;
    case To::kRole:
      known = Exists(tx_, Roles(), reference.name);
      break;
    case To::kPost:
      known = Exists(tx_, Posts(), reference.name);
      break;
    case To::kPerson:
      known = Exists(tx_, People(), reference.name);
      break;
  }
  RETURN_IF_ERROR(known.status());
  return *known ? absl::OkStatus() : rules::UnknownReference(reference);
}

absl::StatusOr<v1::Area> Editor::AreaOf(const std::string& code) {
  if (auto at = areas_.find(code); at != areas_.end()) return at->second.row;
  ASSIGN_OR_RETURN(auto area, tx_.Get(Areas(), code));
  return std::move(area.value);
}

absl::StatusOr<v1::Post> Editor::PostOf(const std::string& name) {
  if (auto at = posts_.find(name); at != posts_.end()) return at->second.row;
  ASSIGN_OR_RETURN(auto post, tx_.Get(Posts(), name));
  return std::move(post.value);
}

absl::Status Editor::CheckAreaRow(const std::string& code) {
  ASSIGN_OR_RETURN(const v1::Area area, AreaOf(code));
  const auto parent = AreaOf(area.parent());
  if (!parent.ok() && !absl::IsNotFound(parent.status())) return parent.status();
  return rules::CheckParent(area, parent.ok() ? &*parent : nullptr);
}

absl::Status Editor::CheckPostRow(const std::string& name) {
  ASSIGN_OR_RETURN(const v1::Post post, PostOf(name));
  ASSIGN_OR_RETURN(const v1::Area area, AreaOf(post.area()));
  RETURN_IF_ERROR(rules::CheckPostTier(post, area));
  // Silence climbs from supervisor to supervisor: it must arrive somewhere.
  std::string above = post.supervisor();
  for (int depth = 0; !above.empty(); ++depth) {
    if (above == name || depth == kDepthMax) {
      return base::Invalid(base::Reason::FIELD_INVALID, "督办关系成环或过深",
                           "supervision runs in a circle, or too deep")
          .Field("supervisor")
          .Rule("directory.supervisor-loop");
    }
    ASSIGN_OR_RETURN(const v1::Post next, PostOf(above));
    above = next.supervisor();
  }
  return absl::OkStatus();
}

// What was judged about rights before this entry is judged again.
absl::Status Editor::MarkRights() {
  ASSIGN_OR_RETURN(const auto stored, tx_.Find(RightsMarks(), kRightsMark));
  v1::RightsMark mark;
  mark.set_changes((stored ? stored->value.changes() : 0) + 1);
  Write(RightsMarks(), kRightsMark, mark);
  return absl::OkStatus();
}

absl::Status Editor::Finish() {
  for (const auto& [code, put] : areas_) {
    RETURN_IF_ERROR(base::InField(CheckAreaRow(code), put.field));
  }
  for (const rules::Reference& reference : references_) {
    RETURN_IF_ERROR(CheckReference(reference));
  }
  for (const auto& [name, put] : posts_) {
    RETURN_IF_ERROR(base::InField(CheckPostRow(name), put.field));
  }
  for (const auto& [key, month] : months_) {
    ASSIGN_OR_RETURN(const auto stored, tx_.Find(RosterMonths(), key));
    if (stored && MessageDifferencer::Equals(stored->value, month)) continue;
    Write(RosterMonths(), key, month);
  }
  return rights_changed_ ? MarkRights() : absl::OkStatus();
}

absl::Status StaleVersion(std::string_view key, int64_t stored, int64_t expected) {
  return base::Aborted(base::Reason::STALE_VERSION,
                       absl::StrCat(base::Abs(key), " 已被他人修改（现为第", stored, "版）"),
                       absl::StrCat(base::Abs(key), " is at version ", stored, ", not ", expected))
      .Field("expected_version")
      .Rule("directory.expected-version")
      .Next("请重新读取后再修改", "read again, then change");
}

absl::StatusOr<guard::AreaPath> PathIn(ledger::Transaction& tx, const std::string& area) {
  guard::AreaPath path{.area = area};
  std::string at = area;
  for (int depth = 0; depth < kDepthMax; ++depth) {
    ASSIGN_OR_RETURN(auto stored, tx.Find(Areas(), at));
    if (!stored || stored->value.parent().empty()) break;
    at = stored->value.parent();
    path.above.push_back(at);
  }
  return path;
}

}  // namespace huying::directory
