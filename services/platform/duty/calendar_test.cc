// SPDX-License-Identifier: Apache-2.0
#include "services/platform/duty/calendar.h"

#include "gtest/gtest.h"

namespace huying::duty {
namespace {

using common::v1::Obligation;

const absl::TimeZone kBeijing = absl::FixedTimeZone(8 * 60 * 60);

absl::Time At(int month, int day, int hour = 0, int minute = 0) {
  return absl::FromCivil(absl::CivilSecond(2026, month, day, hour, minute), kBeijing);
}
absl::Time EndOf(int month, int day) {
  return At(month, day) + absl::Hours(24) - absl::Microseconds(1);
}

// A holiday from Thursday 1 to Wednesday 7 October, paid for with Saturday the 10th.
Calendar National() {
  std::set<Calendar::Day> holidays;
  for (int day = 1; day <= 7; ++day) holidays.insert(Calendar::Day(2026, 10, day));
  return Calendar(holidays, {Calendar::Day(2026, 10, 10)});
}
Term Days(int days, Obligation::Count count) { return {.days = days, .count = count}; }

TEST(CalendarTest, ATermInHoursEndsThatManyHoursAfterItsStartOnAnyDay) {
  EXPECT_EQ(National().DueAt(At(10, 1, 3), {.within = absl::Hours(2)}), At(10, 1, 5));
}

TEST(CalendarTest, OfATermInDaysTheFirstDayIsNotCountedAndTheLastOneCountsWhole) {
  EXPECT_EQ(Calendar().DueAt(At(11, 2, 23, 59), Days(3, Obligation::CALENDAR_DAYS)), EndOf(11, 5));
}

TEST(CalendarTest, ATermThatEndsOnAHolidayEndsOnTheDayAfterTheHoliday) {
  EXPECT_EQ(National().DueAt(At(9, 28, 9), Days(3, Obligation::CALENDAR_DAYS)), EndOf(10, 8));
}

TEST(CalendarTest, WorkingDaysLeaveOutWeekendsAndHolidaysButCountAWorkedSaturday) {
  // 30 September, then 8, 9 and the worked 10 October, then Monday the 12th.
  EXPECT_EQ(National().DueAt(At(9, 29, 9), Days(1, Obligation::WORKING_DAYS)), EndOf(9, 30));
  EXPECT_EQ(National().DueAt(At(9, 29, 9), Days(4, Obligation::WORKING_DAYS)), EndOf(10, 10));
  EXPECT_EQ(National().DueAt(At(9, 29, 9), Days(5, Obligation::WORKING_DAYS)), EndOf(10, 12));
}

TEST(CalendarTest, WhatStoodStillIsAddedInTheTermsOwnDays) {
  const Calendar calendar = National();
  EXPECT_EQ(calendar.Extended(At(11, 2, 10), Obligation::ELAPSED, At(11, 1), At(11, 1, 6)),
            At(11, 2, 16));
  // Suspended from Friday to Monday: one working day.
  EXPECT_EQ(calendar.Extended(EndOf(11, 12), Obligation::WORKING_DAYS, At(11, 6, 9), At(11, 9, 9)),
            EndOf(11, 13));
  EXPECT_EQ(calendar.Extended(EndOf(11, 10), Obligation::CALENDAR_DAYS, At(11, 6, 9), At(11, 8, 9)),
            EndOf(11, 12));
}

TEST(CalendarTest, ASuspensionThatBeganAndEndedAtOnceAddsNothing) {
  EXPECT_EQ(National().Extended(EndOf(11, 12), Obligation::WORKING_DAYS, At(11, 6), At(11, 6)),
            EndOf(11, 12));
}

TEST(CalendarTest, HolidaysAreRowsOfTheRuleTable) {
  const auto table = rules::RuleTable::FromText(R"(
    rows { id: "calendar.holidays" title: "节假日" text: "2026-10-01/2026-10-07, 2027-01-01, nonsense" project_default: true }
    rows { id: "calendar.working-weekends" title: "调休" text: "2026-10-10" project_default: true })");
  ASSERT_TRUE(table.ok()) << table.status();
  const Calendar calendar = Calendar::Of(*table, At(9, 1));
  EXPECT_FALSE(calendar.IsWorkingDay(Calendar::Day(2026, 10, 7)));
  EXPECT_FALSE(calendar.IsWorkingDay(Calendar::Day(2027, 1, 1)));
  EXPECT_TRUE(calendar.IsWorkingDay(Calendar::Day(2026, 10, 8)));
  EXPECT_TRUE(calendar.IsWorkingDay(Calendar::Day(2026, 10, 10)));
}

}  // namespace
}  // namespace huying::duty
