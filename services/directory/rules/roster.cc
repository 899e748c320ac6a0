// SPDX-License-Identifier: Apache-2.0
#include "services/directory/rules/roster.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/strip.h"
#include "absl/time/time.h"
#include "services/platform/base/clock.h"
#include "services/platform/base/status.h"
#include "services/platform/base/strings.h"

namespace huying::directory::rules {

std::string ShiftName(const v1::Shift& shift) {
  return absl::StrCat("shifts/", absl::StripPrefix(shift.post(), "posts/"), "/",
                      shift.start().seconds());
}

std::vector<std::string> MonthsOf(const v1::Shift& shift) {
  std::vector<std::string> months;
  const absl::TimeZone utc = absl::UTCTimeZone();
  // The end is exclusive: a shift until midnight of the first does not touch the month.
  const absl::Time last = base::FromProto(shift.end()) - absl::Microseconds(1);
  absl::CivilMonth month = absl::ToCivilMonth(base::FromProto(shift.start()), utc);
  for (; month <= absl::ToCivilMonth(last, utc); ++month) {
    months.push_back(absl::StrFormat("%s/%04d-%02d", shift.post(), month.year(), month.month()));
  }
  return months;
}

absl::Status PutInMonth(const v1::Shift& shift, v1::RosterMonth& month) {
  const absl::Time start = base::FromProto(shift.start());
  const absl::Time end = base::FromProto(shift.end());
  for (const v1::Shift& other : month.shifts()) {
    if (other.name() == shift.name()) continue;
    if (start < base::FromProto(other.end()) && base::FromProto(other.start()) < end) {
      return base::Refused(
                 base::Reason::CONDITION_NOT_MET,
                 absl::StrCat("与已排班次重叠: ", base::BeijingTime(base::FromProto(other.start())),
                              " 至 ", base::BeijingTime(base::FromProto(other.end()))),
                 absl::StrCat("overlaps ", other.name()))
          .Field("start")
          .Rule("directory.shift-overlap")
          .Next("请先调整已排班次", "change the other shift first");
    }
  }
  TakeFromMonth(shift.name(), month);
  *month.add_shifts() = shift;
  std::sort(month.mutable_shifts()->begin(), month.mutable_shifts()->end(),
            [](const v1::Shift& a, const v1::Shift& b) {
              return base::FromProto(a.start()) < base::FromProto(b.start());
            });
  return absl::OkStatus();
}

bool TakeFromMonth(const std::string& shift_name, v1::RosterMonth& month) {
  auto* shifts = month.mutable_shifts();
  for (int i = 0; i < shifts->size(); ++i) {
    if (shifts->at(i).name() != shift_name) continue;
    shifts->DeleteSubrange(i, 1);
    return true;
  }
  return false;
}

}  // namespace huying::directory::rules
