// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "huying/directory/v1/directory.pb.h"

// 值班: no two shifts of one post overlap. The shifts of a post stand in one record per month
// (UTC), so that a decision reads by key and no record grows for ever.
//
//   for (const std::string& month : rules::MonthsOf(shift)) {  // "posts/lingbei-duty/2026-03"
//     RETURN_IF_ERROR(rules::PutInMonth(shift, months[month]));
//   }
namespace huying::directory::rules {

namespace v1 = ::huying::directory::v1;

// "shifts/lingbei-duty/1767225600": a shift is known by its post and start; the same start again is
// a correction of the shift.
std::string ShiftName(const v1::Shift& shift);

// No shift is longer, whatever the rule table says: a look at one moment needs to read no further back.
inline constexpr absl::Duration kShiftLongest = absl::Hours(24 * 31);

// How a new shift comes to a time at which the post has others.
enum class Overlap {
  kRefused,
  kTakesOver,     // the others give that time up
  kFile,          // those of an earlier file give it up; those put by hand keep it
  kFileReplaces,  // a file's, and all others give it up
};
// What becomes of a post's shifts. `gone` take no time any more; `put` are as they will be, heads and tails of
// shifts that were cut before the new one.
struct Laid {
  std::vector<v1::Shift> gone;
  std::vector<v1::Shift> put;
  int kept_by_hand = 0;  // shifts a file gave way to
};
// `others`: the post's shifts that touch the months of `fresh`. FAILED_PRECONDITION / directory.shift-overlap with
// kRefused; the same start is a correction.
absl::StatusOr<Laid> Lay(const v1::Shift& fresh, const std::vector<v1::Shift>& others, Overlap how);

// Key of the month a moment lies in.
std::string MonthOf(std::string_view post, absl::Time at);
// Keys of the months the shift touches, in order.
std::vector<std::string> MonthsOf(const v1::Shift& shift);

// FAILED_PRECONDITION / directory.shift-overlap when another shift of the month overlaps; otherwise
// the shift is in the month, in order of start, in place of the one with its name.
absl::Status PutInMonth(const v1::Shift& shift, v1::RosterMonth& month);
// True when it was there.
bool TakeFromMonth(const std::string& shift_name, v1::RosterMonth& month);

}  // namespace huying::directory::rules
