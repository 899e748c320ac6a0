// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "absl/types/span.h"

namespace huying::base {

// The known word nearest to what was typed, by insertions, deletions and changes of one byte; "" when
// even that is far off (a third of the word, at least two) or what was typed is very long. Of words
// equally near, the first in the alphabet.
//
//   Nearest("aprover", {"approver", "areas"}) == "approver"
//
// Pure; any thread.
std::string Nearest(std::string_view typed, absl::Span<const std::string_view> known);
std::string Nearest(std::string_view typed, const std::vector<std::string>& known);

}  // namespace huying::base
