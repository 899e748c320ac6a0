// SPDX-License-Identifier: Apache-2.0
#include "clients/drill/time_text.h"

#include "absl/time/civil_time.h"
#include "services/platform/base/strings.h"

namespace huying::drill_client {
namespace {

constexpr int64_t kNumberMax = 1'000'000;
constexpr int kBeijingOffsetSeconds = 8 * 3600;

}  // namespace

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

absl::TimeZone Beijing() { return absl::FixedTimeZone(kBeijingOffsetSeconds); }

std::optional<absl::Duration> ParseTimeOfDay(std::string_view text) {
  const auto digit = [&text](size_t i) { return text[i] >= '0' && text[i] <= '9'; };
  if (text.size() != 5 || text[2] != ':') return std::nullopt;
  if (!digit(0) || !digit(1) || !digit(3) || !digit(4)) return std::nullopt;
  const int hours = (text[0] - '0') * 10 + (text[1] - '0');
  const int minutes = (text[3] - '0') * 10 + (text[4] - '0');
  if (hours > 23 || minutes > 59) return std::nullopt;
  return absl::Hours(hours) + absl::Minutes(minutes);
}

absl::Duration TimeOfDay(absl::Time time) {
  return time - absl::FromCivil(absl::ToCivilDay(time, Beijing()), Beijing());
}

absl::Time NextTimeOfDay(absl::Duration time_of_day, absl::Time now) {
  const absl::CivilDay today = absl::ToCivilDay(now, Beijing());
  const absl::Time at = absl::FromCivil(today, Beijing()) + time_of_day;
  return at > now ? at : absl::FromCivil(today + 1, Beijing()) + time_of_day;
}

}  // namespace huying::drill_client
