// SPDX-License-Identifier: Apache-2.0
#include "services/directory/rules/roster.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/time/time.h"
#include "services/platform/base/clock.h"
#include "services/platform/base/status.h"

namespace huying::directory::rules {
namespace {

using testing::ElementsAre;

v1::Shift MakeShift(const char* start, const char* end) {
  absl::Time from;
  absl::Time to;
  std::string error;
  EXPECT_TRUE(absl::ParseTime("%Y-%m-%d %H:%M", start, &from, &error)) << error;
  EXPECT_TRUE(absl::ParseTime("%Y-%m-%d %H:%M", end, &to, &error)) << error;
  v1::Shift shift;
  shift.set_post("posts/a");
  shift.set_person("people/a");
  *shift.mutable_start() = base::ToProto(from);
  *shift.mutable_end() = base::ToProto(to);
  shift.set_name(ShiftName(shift));
  return shift;
}

TEST(RosterTest, AShiftIsNamedByPostAndStart) {
  v1::Shift shift = MakeShift("2026-03-01 00:00", "2026-03-01 08:00");
  EXPECT_EQ(shift.name(), "shifts/a/1772323200");
}

TEST(RosterTest, MonthsAreThoseItTouches) {
  EXPECT_THAT(MonthsOf(MakeShift("2026-03-31 16:00", "2026-04-01 00:00")),
              ElementsAre("posts/a/2026-03"));
  EXPECT_THAT(MonthsOf(MakeShift("2026-12-31 16:00", "2027-01-01 00:01")),
              ElementsAre("posts/a/2026-12", "posts/a/2027-01"));
}

TEST(RosterTest, AShiftThatIsCutKeepsItsHeadAndItsTail) {
  const v1::Shift whole = MakeShift("2026-03-02 00:00", "2026-03-03 00:00");
  const v1::Shift middle = MakeShift("2026-03-02 08:00", "2026-03-02 12:00");
  EXPECT_FALSE(Lay(middle, {whole}, Overlap::kRefused).ok());
  const auto laid = Lay(middle, {whole}, Overlap::kTakesOver);
  ASSERT_TRUE(laid.ok());
  ASSERT_EQ(laid->put.size(), 3u);
  EXPECT_EQ(laid->put[0].name(), whole.name());
  EXPECT_EQ(laid->put[0].end().seconds(), middle.start().seconds());
  EXPECT_EQ(laid->put[1].start().seconds(), middle.end().seconds());
  EXPECT_EQ(laid->put[1].end().seconds(), whole.end().seconds());
  EXPECT_EQ(laid->put[2].name(), middle.name());
  EXPECT_TRUE(laid->gone.empty());
  // The other way round nothing is left of it.
  const auto over = Lay(whole, {middle}, Overlap::kTakesOver);
  ASSERT_EQ(over->gone.size(), 1u);
  EXPECT_EQ(over->gone[0].name(), middle.name());
  // A file gives way to a hand, and not to a file.
  const auto file = Lay(whole, {middle}, Overlap::kFile);
  EXPECT_EQ(file->put.size(), 2u);
  EXPECT_EQ(file->kept_by_hand, 1);
  v1::Shift rota = middle;
  rota.set_origin(v1::Shift::ROTA);
  EXPECT_EQ(Lay(whole, {rota}, Overlap::kFile)->gone.size(), 1u);
  EXPECT_EQ(Lay(whole, {middle}, Overlap::kFileReplaces)->gone.size(), 1u);
}

TEST(RosterTest, TwoShiftsOfAPostDoNotOverlapAndMayTouch) {
  v1::RosterMonth month;
  ASSERT_TRUE(PutInMonth(MakeShift("2026-03-02 08:00", "2026-03-03 08:00"), month).ok());
  ASSERT_TRUE(PutInMonth(MakeShift("2026-03-01 08:00", "2026-03-02 08:00"), month).ok());
  EXPECT_EQ(month.shifts(0).start().seconds() < month.shifts(1).start().seconds(), true);
  for (const auto& [start, end] :
       std::vector<std::pair<const char*, const char*>>{{"2026-03-02 00:00", "2026-03-02 09:00"},
                                                        {"2026-03-02 09:00", "2026-03-02 10:00"},
                                                        {"2026-02-01 00:00", "2026-04-01 00:00"},
                                                        {"2026-03-03 07:59", "2026-03-03 12:00"}}) {
    const absl::Status status = PutInMonth(MakeShift(start, end), month);
    EXPECT_EQ(base::ProblemOf(status).rule_id(), "directory.shift-overlap") << start;
  }
  EXPECT_EQ(month.shifts_size(), 2);
}

TEST(RosterTest, TheSameStartAgainCorrectsTheShift) {
  v1::RosterMonth month;
  v1::Shift shift = MakeShift("2026-03-02 08:00", "2026-03-03 08:00");
  ASSERT_TRUE(PutInMonth(shift, month).ok());
  shift.set_person("people/b");
  ASSERT_TRUE(PutInMonth(shift, month).ok());
  ASSERT_EQ(month.shifts_size(), 1);
  EXPECT_EQ(month.shifts(0).person(), "people/b");
  EXPECT_TRUE(TakeFromMonth(shift.name(), month));
  EXPECT_FALSE(TakeFromMonth(shift.name(), month));
}

}  // namespace
}  // namespace huying::directory::rules
