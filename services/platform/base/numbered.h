// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string_view>

#include "absl/strings/numbers.h"
#include "services/platform/base/strings.h"

// Names with a year and a number of it: "alerts/2026-0007", "incidents/2026-10000".
namespace huying::base {

// Year and number as one number, to sort by: as text, 2026-10000 sorts below 2026-9999. 0: no such name.
//
//   OrderOf("alerts/2026-0007") < OrderOf("alerts/2026-10000")
inline int64_t OrderOf(std::string_view name) {
  constexpr int64_t kNumbersPerYear = 1'000'000'000;
  const size_t slash = name.rfind('/');
  const size_t dash = name.rfind('-');
  if (slash == std::string_view::npos || dash == std::string_view::npos || dash < slash) return 0;
  int64_t year = 0;
  int64_t number = 0;
  if (!absl::SimpleAtoi(Abs(name.substr(slash + 1, dash - slash - 1)), &year) ||
      !absl::SimpleAtoi(Abs(name.substr(dash + 1)), &number)) {
    return 0;
  }
  return year * kNumbersPerYear + number;
}

}  // namespace huying::base
