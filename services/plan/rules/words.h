// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

#include "absl/types/span.h"

namespace huying::plan::rules {

// The candidate nearest to what was typed, by edits of one letter; "" when even that is far off.
//
//   NearestWord("aprover", {"approver", "areas"}) == "approver"
std::string_view NearestWord(std::string_view typed, absl::Span<const std::string_view> candidates);

}  // namespace huying::plan::rules
