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
namespace {

absl::Time StartOf(const v1::Shift& shift) { return base::FromProto(shift.start()); }
absl::Time EndOf(const v1::Shift& shift) { return base::FromProto(shift.end()); }

bool Overlaps(const v1::Shift& a, const v1::Shift& b) {
  return StartOf(a) < EndOf(b) && StartOf(b) < EndOf(a);
}

absl::Status OverlapRefused(const v1::Shift& other) {
  const std::string hours =
      absl::StrCat(base::BeijingTime(StartOf(other)), " – ", base::BeijingTime(EndOf(other)));
  return base::Refused(base::Reason::CONDITION_NOT_MET,
                       absl::StrCat("与已排班次重叠: ", hours, "，", other.person()),
                       absl::StrCat("overlaps the shift ", hours, " of ", other.person()))
      .Field("start")
      .Rule("directory.shift-overlap")
      .Next(
          "换班请加 --take-over（对方让出这段时间）；移动班次请加 --replaces；作废请用 huying "
          "roster cancel",
          "to swap say --take-over (the other gives that time up), to move a shift --replaces, to "
          "withdraw "
          "one huying roster cancel");
}

v1::Shift Between(v1::Shift shift, absl::Time start, absl::Time end) {
  *shift.mutable_start() = base::ToProto(start);
  *shift.mutable_end() = base::ToProto(end);
  shift.set_name(ShiftName(shift));
  return shift;
}

// What is left of each piece beside `taken`.
std::vector<v1::Shift> Without(const std::vector<v1::Shift>& pieces, const v1::Shift& taken) {
  std::vector<v1::Shift> left;
  for (const v1::Shift& piece : pieces) {
    if (!Overlaps(piece, taken)) {
      left.push_back(piece);
      continue;
    }
    if (StartOf(piece) < StartOf(taken)) {
      left.push_back(Between(piece, StartOf(piece), StartOf(taken)));
    }
    if (EndOf(taken) < EndOf(piece)) left.push_back(Between(piece, EndOf(taken), EndOf(piece)));
  }
  return left;
}

}  // namespace

absl::StatusOr<Laid> Lay(const v1::Shift& fresh, const std::vector<v1::Shift>& others,
                         Overlap how) {
  Laid laid;
  std::vector<v1::Shift> pieces = {fresh};
  for (const v1::Shift& other : others) {
    if (other.cancelled() || !Overlaps(fresh, other)) continue;
    const bool same = other.name() == fresh.name();
    if (how == Overlap::kFile && other.origin() != v1::Shift::ROTA) {
      pieces = Without(pieces, other);
      ++laid.kept_by_hand;
      continue;
    }
    if (same) continue;  // a correction
    if (how == Overlap::kRefused) return OverlapRefused(other);
    const std::vector<v1::Shift> left = Without({other}, fresh);
    // A shift whose head is left keeps its name; otherwise its record takes no time any more.
    if (left.empty() || left.front().name() != other.name()) laid.gone.push_back(other);
    laid.put.insert(laid.put.end(), left.begin(), left.end());
  }
  laid.put.insert(laid.put.end(), pieces.begin(), pieces.end());
  // The rest of a shift may stand where another began: that one is put again, not gone.
  const auto put_again = [&](const v1::Shift& gone) {
    return std::any_of(laid.put.begin(), laid.put.end(),
                       [&](const v1::Shift& put) { return put.name() == gone.name(); });
  };
  laid.gone.erase(std::remove_if(laid.gone.begin(), laid.gone.end(), put_again), laid.gone.end());
  return laid;
}

std::string MonthOf(std::string_view post, absl::Time at) {
  const absl::CivilMonth month = absl::ToCivilMonth(at, absl::UTCTimeZone());
  return absl::StrFormat("%s/%04d-%02d", base::Abs(post), month.year(), month.month());
}

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
  for (const v1::Shift& other : month.shifts()) {
    if (other.name() == shift.name()) continue;
    if (Overlaps(shift, other)) return OverlapRefused(other);
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
