// SPDX-License-Identifier: Apache-2.0
#include "services/directory/store.h"

#include <functional>
#include <set>
#include <string>
#include <utility>

#include "services/directory/rules/roster.h"
#include "services/platform/base/status.h"

namespace huying::directory {
namespace {

using ledger::Int;
using ledger::RecordKind;
using ledger::Text;

// A district of a few thousand posts; beyond that the directory needs other reads, not more memory.
constexpr int kRowsMax = 20'000;

template <typename T>
using Columns = std::vector<typename RecordKind<T>::Column>;

template <typename T>
const RecordKind<T>* MakeKind(const char* name, Columns<T> columns = {}) {
  return new RecordKind<T>(name, nullptr, std::move(columns));
}

template <typename T>
absl::StatusOr<std::vector<T>> LoadAll(ledger::Reader& reader, const RecordKind<T>& kind,
                                       const ledger::Filter& filter = {}) {
  ASSIGN_OR_RETURN(auto stored, reader.All(kind, filter, kRowsMax));
  std::vector<T> values;
  values.reserve(stored.size());
  for (auto& one : stored) values.push_back(std::move(one.value));
  return values;
}

}  // namespace

const RecordKind<v1::Area>& Areas() {
  static const auto* const kind = MakeKind<v1::Area>("area");
  return *kind;
}
const RecordKind<v1::Unit>& Units() {
  static const auto* const kind = MakeKind<v1::Unit>("unit");
  return *kind;
}
const RecordKind<v1::Role>& Roles() {
  static const auto* const kind = MakeKind<v1::Role>("role");
  return *kind;
}
const RecordKind<v1::Post>& Posts() {
  static const auto* const kind =
      MakeKind<v1::Post>("post", {{"area", [](const v1::Post& p) { return Text(p.area()); }}});
  return *kind;
}
const RecordKind<v1::Person>& People() {
  static const auto* const kind = MakeKind<v1::Person>("person");
  return *kind;
}
const RecordKind<v1::Shift>& Shifts() {
  static const auto* const kind = MakeKind<v1::Shift>(
      "shift", {{"post", [](const v1::Shift& s) { return Text(s.post()); }},
                {"start_s", [](const v1::Shift& s) { return Int(s.start().seconds()); }},
                {"end_s", [](const v1::Shift& s) { return Int(s.end().seconds()); }}});
  return *kind;
}
const RecordKind<v1::Account>& Accounts() {
  static const auto* const kind = new RecordKind<v1::Account>(
      "account", [](const v1::Account& a) { return a.disabled() ? "DISABLED" : "ENABLED"; }, {});
  return *kind;
}
const RecordKind<v1::PowerItem>& PowerItems() {
  static const auto* const kind = MakeKind<v1::PowerItem>("power_item");
  return *kind;
}
const RecordKind<v1::PowerItem>& PowerRevisions() {
  static const auto* const kind = MakeKind<v1::PowerItem>("power_revision");
  return *kind;
}
const RecordKind<v1::PowerCode>& PowerCodes() {
  static const auto* const kind = MakeKind<v1::PowerCode>("power_code");
  return *kind;
}
const RecordKind<v1::RosterMonth>& RosterMonths() {
  static const auto* const kind = MakeKind<v1::RosterMonth>("roster_month");
  return *kind;
}
const RecordKind<v1::Import>& Imports() {
  static const auto* const kind = MakeKind<v1::Import>("import");
  return *kind;
}
const RecordKind<v1::Grant>& Grants() {
  static const auto* const kind = new RecordKind<v1::Grant>(
      "grant", [](const v1::Grant& g) { return v1::Grant::State_Name(g.state()); },
      {{"state", [](const v1::Grant& g) { return Int(g.state()); }},
       {"proposed_s", [](const v1::Grant& g) { return Int(g.proposed_at().seconds()); }}});
  return *kind;
}
const RecordKind<v1::GrantRows>& RowsOfGrants() {
  static const auto* const kind = MakeKind<v1::GrantRows>("grant_rows");
  return *kind;
}
const RecordKind<v1::RightsMark>& RightsMarks() {
  static const auto* const kind = MakeKind<v1::RightsMark>("rights_mark");
  return *kind;
}

std::vector<ledger::KindSchema> DirectoryKinds() {
  return {Areas().schema(),      Units().schema(),        Roles().schema(),
          Posts().schema(),      People().schema(),       Shifts().schema(),
          Accounts().schema(),   PowerItems().schema(),   PowerRevisions().schema(),
          PowerCodes().schema(), RosterMonths().schema(), Imports().schema(),
          Grants().schema(),     RowsOfGrants().schema(), RightsMarks().schema()};
}

absl::StatusOr<rules::View> LoadView(ledger::Reader& reader) {
  v1::Directory all;
  const auto add = [](auto values, auto* field) { field->Assign(values.begin(), values.end()); };
  ASSIGN_OR_RETURN(auto areas, LoadAll(reader, Areas()));
  add(std::move(areas), all.mutable_areas());
  ASSIGN_OR_RETURN(auto units, LoadAll(reader, Units()));
  add(std::move(units), all.mutable_units());
  ASSIGN_OR_RETURN(auto roles, LoadAll(reader, Roles()));
  add(std::move(roles), all.mutable_roles());
  ASSIGN_OR_RETURN(auto posts, LoadAll(reader, Posts()));
  add(std::move(posts), all.mutable_posts());
  ASSIGN_OR_RETURN(auto people, LoadAll(reader, People()));
  add(std::move(people), all.mutable_people());
  ASSIGN_OR_RETURN(auto accounts, LoadAll(reader, Accounts()));
  add(std::move(accounts), all.mutable_accounts());
  ASSIGN_OR_RETURN(auto items, LoadAll(reader, PowerItems()));
  ASSIGN_OR_RETURN(auto revisions, LoadAll(reader, PowerRevisions()));
  items.insert(items.end(), revisions.begin(), revisions.end());
  add(std::move(items), all.mutable_power_items());
  ASSIGN_OR_RETURN(const int64_t seq, reader.HeadSeq());
  return rules::ViewOf(all, seq);
}

bool IsOfView(std::string_view kind) {
  static const auto* const kinds = new std::set<std::string, std::less<>>{
      Areas().name(),  Units().name(),    Roles().name(),      Posts().name(),
      People().name(), Accounts().name(), PowerItems().name(), PowerRevisions().name()};
  return kinds->contains(kind);
}

ledger::Filter ShiftsBetween(absl::Time from, absl::Time to) {
  const auto second = [](absl::Time at) { return Int(absl::ToUnixSeconds(at)); };
  // By start, whose index bounds it: nothing that began before the longest shift still runs.
  return {.where = {{"start_s", ">", second(from - rules::kShiftLongest)},
                    {"start_s", "<=", second(to)},
                    {"end_s", ">=", second(from)}},
          .order_by = "start_s"};
}

absl::StatusOr<std::vector<v1::Shift>> LoadShiftsBetween(ledger::Reader& reader, absl::Time from,
                                                         absl::Time to) {
  return LoadAll(reader, Shifts(), ShiftsBetween(from, to));
}

absl::StatusOr<rules::ShiftsAt> LoadShiftsAt(ledger::Reader& reader, absl::Time at) {
  ASSIGN_OR_RETURN(auto shifts, LoadShiftsBetween(reader, at, at));
  return rules::ShiftsOf(shifts, at);
}

absl::StatusOr<rules::ShiftsAt> LoadShiftsOf(ledger::Reader& reader,
                                             const std::vector<std::string>& posts, absl::Time at) {
  rules::ShiftsAt found;
  for (const std::string& post : posts) {
    ASSIGN_OR_RETURN(const auto month, reader.Find(RosterMonths(), rules::MonthOf(post, at)));
    if (month) found.merge(rules::ShiftsOf(month->value.shifts(), at));
  }
  return found;
}

}  // namespace huying::directory
