// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "huying/directory/v1/directory.pb.h"

// 值班: no two shifts of one post overlap. The shifts of a post stand in one record per month
// (UTC), so that a decision reads by key and no record grows for ever.
//
//   for (const std::string& month : rules::MonthsOf(shift)) {        //
//   "posts/lingbei-duty/2026-03"
//     RETURN_IF_ERROR(rules::PutInMonth(shift, months[month]));
//   }
namespace huying::directory::rules {

namespace v1 = ::huying::directory::v1;

// "shifts/lingbei-duty/1767225600": a shift is known by its post and start; the same start again is
// a correction of the shift.
std::string ShiftName(const v1::Shift& shift);

// Keys of the months the shift touches, in order.
std::vector<std::string> MonthsOf(const v1::Shift& shift);

// FAILED_PRECONDITION / directory.shift-overlap when another shift of the month overlaps; otherwise
// the shift is in the month, in order of start, in place of the one with its name.
absl::Status PutInMonth(const v1::Shift& shift, v1::RosterMonth& month);
// True when it was there.
bool TakeFromMonth(const std::string& shift_name, v1::RosterMonth& month);

}  // namespace huying::directory::rules
