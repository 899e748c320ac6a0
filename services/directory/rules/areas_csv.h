// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "huying/directory/v1/directory.pb.h"
#include "services/directory/rules/area_tree.h"

// The table of areas as a file: header `tier,code,code12,name,parent`, then one area a line.
//
//   ASSIGN_OR_RETURN(std::vector<v1::Area> areas, rules::ParseAreasCsv(csv, known));
//
// `code` is the form with 6, 9 or 12 digits, `parent` names a row by either of its codes: of this
// file or of `known`, the table so far. Errors say the line. Pure.
namespace huying::directory::rules {

inline constexpr int kAreasMax = 5'000;

absl::StatusOr<std::vector<v1::Area>> ParseAreasCsv(std::string_view csv, const AreaTree& known);

}  // namespace huying::directory::rules
