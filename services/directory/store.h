// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "huying/directory/v1/directory.pb.h"
#include "services/directory/rules/view.h"
#include "services/platform/ledger/reader.h"
#include "services/platform/ledger/records.h"

// What the directory keeps. Constants; any thread.
namespace huying::directory {

const ledger::RecordKind<v1::Area>& Areas();  // by 12 digits
const ledger::RecordKind<v1::Unit>& Units();
const ledger::RecordKind<v1::Role>& Roles();
const ledger::RecordKind<v1::Post>& Posts();
const ledger::RecordKind<v1::Person>& People();
const ledger::RecordKind<v1::Shift>& Shifts();
const ledger::RecordKind<v1::Account>& Accounts();
const ledger::RecordKind<v1::PowerItem>& PowerItems();      // the newest revision, by name
const ledger::RecordKind<v1::PowerItem>& PowerRevisions();  // earlier ones, "<name>@<revision>"
const ledger::RecordKind<v1::PowerCode>& PowerCodes();      // who has a code, by code
const ledger::RecordKind<v1::RosterMonth>& RosterMonths();  // "<post>/<year>-<month>"
const ledger::RecordKind<v1::Import>& Imports();
const ledger::RecordKind<v1::Grant>& Grants();
const ledger::RecordKind<v1::GrantRows>& RowsOfGrants();  // by the grant's name
const ledger::RecordKind<v1::RightsMark>& RightsMarks();  // one, kRightsMark
inline constexpr char kRightsMark[] = "rights";

// Every kind, for Ledger::Open.
std::vector<ledger::KindSchema> DirectoryKinds();

// --- Named queries of one snapshot
// The whole but for shifts and personal data.
absl::StatusOr<rules::View> LoadView(ledger::Reader& reader);
// Whether a record of this kind is in it.
bool IsOfView(std::string_view kind);
// The shift of each post that covers the moment. Bounded by the longest shift, however many there ever were.
absl::StatusOr<rules::ShiftsAt> LoadShiftsAt(ledger::Reader& reader, absl::Time at);
// The same of a few posts, by key.
absl::StatusOr<rules::ShiftsAt> LoadShiftsOf(ledger::Reader& reader,
                                             const std::vector<std::string>& posts, absl::Time at);
// Which shifts touch a span of time, by start.
ledger::Filter ShiftsBetween(absl::Time from, absl::Time to);
absl::StatusOr<std::vector<v1::Shift>> LoadShiftsBetween(ledger::Reader& reader, absl::Time from,
                                                         absl::Time to);

}  // namespace huying::directory
