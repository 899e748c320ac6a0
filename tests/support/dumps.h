// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <string>

#include "absl/status/statusor.h"

// Everything a ledger's tables hold, as text, to be compared before and after.
//
//   const Dump before = *DumpOf(system.LedgerFile("alert"));
//   … something that must change nothing …
//   EXPECT_EQ(DifferenceOf(before, *DumpOf(system.LedgerFile("alert"))), "");
namespace huying::testing {

using Dump = std::map<std::string, std::string>;  // table -> its rows, sorted

// Reads a snapshot; the server may be running.
absl::StatusOr<Dump> DumpOf(const std::string& database_file);
// Names the tables and the first rows that differ; "" = equal.
std::string DifferenceOf(const Dump& before, const Dump& after);

}  // namespace huying::testing
