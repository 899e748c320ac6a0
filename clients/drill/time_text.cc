// SPDX-License-Identifier: Apache-2.0
#include "clients/drill/time_text.h"

#include "services/platform/base/strings.h"

namespace huying::drill_client {
namespace {
constexpr int64_t kNumberMax = 1'000'000;
}

std::optional<absl::Duration> ParseDuration(std::string_view text) {
  constexpr std::string_view kUnits = "dhms";
  constexpr int64_t kSeconds[] = {86400, 3600, 60, 1};
  absl::Duration total = absl::ZeroDuration();
  size_t next_unit = 0;
  size_t at = 0;
  while (at < text.size()) {
    int64_t number = 0;
    const size_t digits_from = at;
    while (at < text.size() && text[at] >= '0' && text[at] <= '9') {
      number = number * 10 + (text[at++] - '0');
      if (number > kNumberMax) return std::nullopt;
    }
    if (at == digits_from || at == text.size()) return std::nullopt;
    const size_t unit = kUnits.find(text[at++]);
    if (unit == std::string_view::npos || unit < next_unit) return std::nullopt;
    next_unit = unit + 1;
    total += absl::Seconds(number * kSeconds[unit]);
  }
  if (text.empty()) return std::nullopt;
  return total;
}

std::optional<Span> ParseSpan(std::string_view text) {
  const size_t dots = text.find("..");
  if (dots == std::string_view::npos) {
    const auto both = ParseDuration(text);
    if (!both) return std::nullopt;
    return Span{*both, *both};
  }
  const auto min = ParseDuration(text.substr(0, dots));
  const auto max = ParseDuration(text.substr(dots + 2));
  if (!min || !max || *min > *max) return std::nullopt;
  return Span{*min, *max};
}

std::optional<absl::Time> ParseTime(std::string_view text) {
  absl::Time time;
  if (!absl::ParseTime(absl::RFC3339_full, base::Abs(text), &time, nullptr)) return std::nullopt;
  return time;
}

}  // namespace huying::drill_client
