// SPDX-License-Identifier: Apache-2.0
#include "services/platform/duty/calendar.h"

#include <string_view>
#include <utility>
#include <vector>

#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "services/platform/base/strings.h"

namespace huying::duty {
namespace {

using common::v1::Obligation;
using Day = Calendar::Day;

constexpr int kRangeDaysMax = 400;  // of one "from/to"

absl::TimeZone Beijing() { return absl::FixedTimeZone(8 * 60 * 60); }
Day DayOf(absl::Time time) { return absl::ToCivilDay(time, Beijing()); }
absl::Time EndOf(Day day) { return absl::FromCivil(day + 1, Beijing()) - absl::Microseconds(1); }

std::set<Day> ReadDays(std::string_view text) {
  std::set<Day> days;
  for (absl::string_view part : absl::StrSplit(base::Abs(text), ',', absl::SkipWhitespace())) {
    const std::vector<std::string> ends = absl::StrSplit(absl::StripAsciiWhitespace(part), '/');
    Day from, to;
    if (!absl::ParseCivilTime(ends.front(), &from) || !absl::ParseCivilTime(ends.back(), &to)) {
      continue;
    }
    for (int i = 0; from <= to && i < kRangeDaysMax; ++i) days.insert(from++);
  }
  return days;
}

}  // namespace

Calendar Calendar::Of(const rules::RuleTable& table, absl::Time at) {
  return Calendar(ReadDays(table.TextOf("calendar.holidays", at, "")),
                  ReadDays(table.TextOf("calendar.working-weekends", at, "")));
}

bool Calendar::IsWorkingDay(Day day) const {
  if (working_weekends_.count(day) > 0) return true;
  if (holidays_.count(day) > 0) return false;
  const absl::Weekday weekday = absl::GetWeekday(day);
  return weekday != absl::Weekday::saturday && weekday != absl::Weekday::sunday;
}

Day Calendar::After(Day day, int days, Obligation::Count count) const {
  if (count == Obligation::CALENDAR_DAYS) return day + days;
  while (days > 0) {
    if (IsWorkingDay(++day)) --days;
  }
  return day;
}

absl::Time Calendar::DueAt(absl::Time start, const Term& term) const {
  if (term.count == Obligation::ELAPSED) return start + term.within;
  Day last = After(DayOf(start), term.days, term.count);
  while (!IsWorkingDay(last)) ++last;
  return EndOf(last);
}

absl::Time Calendar::Extended(absl::Time due_at, Obligation::Count count, absl::Time from,
                              absl::Time to) const {
  if (to <= from) return due_at;
  if (count == Obligation::ELAPSED) return due_at + (to - from);
  int days = 0;
  for (Day day = DayOf(from); day < DayOf(to);) {
    ++day;
    if (count == Obligation::CALENDAR_DAYS || IsWorkingDay(day)) ++days;
  }
  Day last = After(DayOf(due_at), days, count);
  while (!IsWorkingDay(last)) ++last;
  return EndOf(last);
}

}  // namespace huying::duty
