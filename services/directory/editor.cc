// SPDX-License-Identifier: Apache-2.0
#include "services/directory/editor.h"

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
  if (options_.skip_unchanged) {
    ASSIGN_OR_RETURN(auto stored, tx_.Find(kind, key));
    if (stored && MessageDifferencer::Equals(stored->value, value)) return absl::OkStatus();
  }
  tx_.Set(kind, key, value);
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
  areas_[area.code()] = field;
  return PutRow(Areas(), area.code(), area);
}

absl::Status Editor::Put(const v1::Unit& unit, const std::string& field) {
  RETURN_IF_ERROR(base::InField(rules::CheckUnit(unit), field));
  Remember(unit, field);
  return PutRow(Units(), unit.name(), unit);
}

absl::Status Editor::Put(const v1::Role& role, const std::string& field) {
  RETURN_IF_ERROR(base::InField(rules::CheckRole(role), field));
  return PutRow(Roles(), role.name(), role);
}

absl::Status Editor::Put(const v1::Post& post, const std::string& field) {
  RETURN_IF_ERROR(base::InField(rules::CheckPost(post), field));
  Remember(post, field);
  posts_[post.name()] = field;
  return PutRow(Posts(), post.name(), post);
}

absl::Status Editor::Put(const v1::Person& person, const std::string& field) {
  RETURN_IF_ERROR(base::InField(rules::CheckPerson(person), field));
  Remember(person, field);
  return PutRow(People(), person.name(), person);
}

absl::Status Editor::Put(const v1::Account& account, const std::string& field) {
  RETURN_IF_ERROR(base::InField(rules::CheckAccount(account), field));
  Remember(account, field);
  return PutRow(Accounts(), account.name(), account);
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

absl::Status Editor::Put(v1::Shift shift, const std::string& field) {
  RETURN_IF_ERROR(base::InField(rules::CheckShift(shift, options_.shift_max), field));
  shift.set_name(rules::ShiftName(shift));
  Remember(shift, field);
  ASSIGN_OR_RETURN(auto stored, tx_.Find(Shifts(), shift.name()));
  if (options_.skip_unchanged && stored && MessageDifferencer::Equals(stored->value, shift)) {
    return absl::OkStatus();
  }
  RETURN_IF_ERROR(PutRow(Shifts(), shift.name(), shift));
  tx_.Subject(Shifts(), shift.name());
  if (stored) {
    for (const std::string& key : rules::MonthsOf(stored->value)) {
      ASSIGN_OR_RETURN(v1::RosterMonth * month, Month(key));
      rules::TakeFromMonth(shift.name(), *month);
    }
  }
  for (const std::string& key : rules::MonthsOf(shift)) {
    ASSIGN_OR_RETURN(v1::RosterMonth * month, Month(key));
    RETURN_IF_ERROR(base::InField(rules::PutInMonth(shift, *month), field));
  }
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
  const std::vector<v1::PowerItem> revisions = rules::Revise(earlier, item);
  // The item, and what its earlier revisions became.
  tx_.Subject(PowerItems(), item.name());
  RETURN_IF_ERROR(PutRow(PowerItems(), item.name(), revisions.back()));
  for (size_t i = 0; i < earlier.size(); ++i) {
    const bool moves = i + 1 == earlier.size();
    if (!moves && MessageDifferencer::Equals(earlier[i], revisions[i])) continue;
    tx_.Set(PowerRevisions(), rules::RevisionKey(item.name(), revisions[i].revision()),
            revisions[i]);
  }
  std::set<std::string> codes;
  for (const v1::PowerItem& revision : revisions) codes.insert(revision.code());
  for (const std::string& code : codes) {
    ASSIGN_OR_RETURN(auto known, tx_.Find(PowerCodes(), code));
    v1::PowerCode booked = known ? known->value : v1::PowerCode();
    booked.set_code(code);
    RETURN_IF_ERROR(base::InField(rules::BookCode(revisions, booked), field));
    if (known && MessageDifferencer::Equals(known->value, booked)) continue;
    tx_.Set(PowerCodes(), code, booked);
  }
  return absl::OkStatus();
}

absl::Status Editor::CheckReference(const rules::Reference& reference) {
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

absl::Status Editor::CheckAreaRow(const std::string& code) {
  ASSIGN_OR_RETURN(auto area, tx_.Get(Areas(), code));
  ASSIGN_OR_RETURN(auto parent, tx_.Find(Areas(), area.value.parent()));
  return rules::CheckParent(area.value, parent ? &parent->value : nullptr);
}

absl::Status Editor::CheckPostRow(const std::string& name) {
  ASSIGN_OR_RETURN(auto post, tx_.Get(Posts(), name));
  ASSIGN_OR_RETURN(auto area, tx_.Get(Areas(), post.value.area()));
  RETURN_IF_ERROR(rules::CheckPostTier(post.value, area.value));
  // Silence climbs from supervisor to supervisor: it must arrive somewhere.
  std::string above = post.value.supervisor();
  for (int depth = 0; !above.empty(); ++depth) {
    if (above == name || depth == kDepthMax) {
      return base::Invalid(base::Reason::FIELD_INVALID, "督办关系成环或过深",
                           "supervision runs in a circle, or too deep")
          .Field("supervisor")
          .Rule("directory.supervisor-loop");
    }
    ASSIGN_OR_RETURN(auto next, tx_.Get(Posts(), above));
    above = next.value.supervisor();
  }
  return absl::OkStatus();
}

absl::Status Editor::Finish() {
  for (const auto& [code, field] : areas_) {
    RETURN_IF_ERROR(base::InField(CheckAreaRow(code), field));
  }
  for (const rules::Reference& reference : references_) {
    RETURN_IF_ERROR(CheckReference(reference));
  }
  for (const auto& [name, field] : posts_) {
    RETURN_IF_ERROR(base::InField(CheckPostRow(name), field));
  }
  for (const auto& [key, month] : months_) tx_.Set(RosterMonths(), key, month);
  return absl::OkStatus();
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
