// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "huying/directory/v1/directory.pb.h"
#include "services/directory/book.h"
#include "services/directory/rules/rights.h"
#include "services/directory/rules/roster.h"
#include "services/platform/ledger/command.h"

namespace huying::directory {

// Rows on their way into one decision: one row of a Put, or a whole import.
struct RowsChange {
  v1::Directory rows = {};
  std::string field = {};   // the one row's path in the request, "post"; empty: an import
  std::string source = {};  // of an import: "areas.csv"
  absl::Duration shift_max = absl::Hours(24 * 31);
  rules::Overlap overlap = rules::Overlap::kFile;
  std::vector<common::v1::Flag> flags = {};  // of the entry
  // Asked again in the decision: a version the request names, a version that was merged with.
  std::function<absl::Status(ledger::Transaction&)> check = nullptr;
};

// Judges the rights that the rows would give (rules/rights.h) and returns the command: it puts the rows, or
// keeps them in a grant until a second person confirms it, or refuses. Of an import only the accounts wait where
// that is enough. ABORTED / FACTS_CHANGED when a role, post or account changed since the page was opened.
absl::StatusOr<ledger::Command> CommandFor(RowsChange change, Book::Page& page,
                                           const rules::Caller& caller);

// The second person's answer.
absl::StatusOr<ledger::Command> ConfirmCommand(const std::string& grant, Book::Page& page,
                                               const rules::Caller& caller);
ledger::Command RejectCommand(const std::string& grant, const std::string& reason);

// A flag that is false is not said: so that a row compares equal however it was written.
void Normalise(v1::Account& account);
void Normalise(v1::Post& post);

}  // namespace huying::directory
