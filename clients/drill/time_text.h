// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "absl/time/time.h"

// Times as a scenario writes them.
//
//   ParseDuration("1h30m")        90 minutes; units d h m s, largest first
//   ParseSpan("30s..2m")          from 30 seconds to 2 minutes; "45s" is both ends
//   ParseTime("2009-11-21T02:30:00+08:00")
namespace huying::drill_client {

struct Span {
  absl::Duration min;
  absl::Duration max;
  bool operator==(const Span&) const = default;
};

std::optional<absl::Duration> ParseDuration(std::string_view text);
std::optional<Span> ParseSpan(std::string_view text);
std::optional<absl::Time> ParseTime(std::string_view text);

// Times of day are Beijing's, which has no summer time.
absl::TimeZone Beijing();
std::optional<absl::Duration> ParseTimeOfDay(std::string_view text);  // "01:30"
absl::Duration TimeOfDay(absl::Time time);
// The first moment after `now` at that time of day.
absl::Time NextTimeOfDay(absl::Duration time_of_day, absl::Time now);

}  // namespace huying::drill_client
