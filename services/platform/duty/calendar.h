// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <set>
#include <string>

#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "huying/common/v1/obligation.pb.h"
#include "services/platform/rules/rule_table.h"

// When a term ends. Days are those of Beijing time, which all of China uses.
//
// 民法典 第二百零一条: of a term in days the first day is not counted; a term in hours runs from its
// start. 第二百零三条: it ends at 24:00 of its last day, and when that is a day of rest (法定休假日), of the
// first day after it that is none. Which days are holidays is configuration: the rows "calendar.holidays" and
// "calendar.working-weekends" of the rule table (a list of days, "2026-10-01/2026-10-07, 2027-01-01").
//
//   const duty::Calendar calendar = duty::Calendar::Of(rule_table, now);
//   absl::Time due = calendar.DueAt(start, {.days = 5, .count = Obligation::WORKING_DAYS});
//
// Pure values; any thread.
namespace huying::duty {

// How long somebody has. With ELAPSED `within` counts, else `days`.
struct Term {
  absl::Duration within = absl::ZeroDuration();
  int days = 0;
  common::v1::Obligation::Count count = common::v1::Obligation::ELAPSED;
};

class Calendar {
 public:
  using Day = absl::CivilDay;
  Calendar() = default;
  // `working_weekends`: days of a weekend that are worked (调休上班).
  Calendar(std::set<Day> holidays, std::set<Day> working_weekends)
      : holidays_(std::move(holidays)), working_weekends_(std::move(working_weekends)) {}
  // As the rule table in force at `at` says. A missing row is an empty list, a part of a row that is no
  // day is passed over.
  static Calendar Of(const rules::RuleTable& table, absl::Time at);

  // No weekend and no holiday, or a weekend day that is worked.
  bool IsWorkingDay(Day day) const;

  // The last moment of the term. A term of days ends with its last day, one microsecond before midnight.
  absl::Time DueAt(absl::Time start, const Term& term) const;
  // `due_at` after it stood still from `from` to `to`: later by that time, or by the days of its kind
  // that began meanwhile.
  absl::Time Extended(absl::Time due_at, common::v1::Obligation::Count count, absl::Time from,
                      absl::Time to) const;

 private:
  // `days` counted days after `day`.
  Day After(Day day, int days, common::v1::Obligation::Count count) const;

  std::set<Day> holidays_;
  std::set<Day> working_weekends_;
};

}  // namespace huying::duty
