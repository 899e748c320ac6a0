// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "huying/common/v1/common.pb.h"
#include "huying/directory/v1/directory_service.pb.h"
#include "services/directory/rules/view.h"

// What will be missing on the rosters before it is missed, and who may be called.
//
//   std::vector<v1::RosterGap> gaps = rules::GapsOf(view, shifts, area, now, now + absl::Hours(24 * 7));
//
// Pure.
namespace huying::directory::rules {

// Of every post of the area and beneath that answers alerts or has shifts among `shifts`: times between `from` and
// `to` at which nobody holds it or its holder cannot sign in, and the end of its roster when that lies before `to`.
// By post, then time. `shifts`: all that touch the span, and those of the month before it.
std::vector<v1::RosterGap> GapsOf(const View& view, const std::vector<v1::Shift>& shifts,
                                  std::string_view area, absl::Time from, absl::Time to);

// What a person leaves empty who can no longer sign in: titles of posts he stands in for, and of posts he has
// shifts of among `shifts` with their number. Empty: nothing.
std::string LeavesEmpty(const View& view, const std::vector<v1::Shift>& shifts,
                        std::string_view person, absl::Time from);

// May the actor see the telephone of whoever holds `post`? Within the own area, on the path of areas above it, and
// the own post's supervisor and deputies. PERMISSION_DENIED / directory.duty-contact otherwise.
absl::Status MayCall(const View& view, const common::v1::Actor& actor, const v1::Post& post);

}  // namespace huying::directory::rules
