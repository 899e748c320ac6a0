// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "huying/platform/v1/rules.pb.h"
#include "services/platform/base/status.h"

// Limits, thresholds and defaults by rule id and date.
//
//   ASSIGN_OR_RETURN(auto table, rules::RuleTable::FromTextFile("deploy/config/rules.textproto"));
//   absl::Duration limit = table.DurationOf("alert.answer-limit.urgent.COMMUNITY", now);
//
// Immutable and thread-safe; rules receive values, not the table.
namespace huying::rules {

class RuleTable {
 public:
  // Checks: no row without value, basis or project_default; no two rows of one id in force at once.
  static absl::StatusOr<RuleTable> FromProto(const platform::v1::RuleTable& proto);
  // Errors name line and column.
  static absl::StatusOr<RuleTable> FromText(std::string_view textproto);
  static absl::StatusOr<RuleTable> FromTextFile(const std::string& path);

  // The row in force at `at`; null when there is none.
  const platform::v1::RuleRow* Find(std::string_view id, absl::Time at) const;

  // Missing row: `otherwise`. Act first: a missing row of the table stops nobody. A server with a table of
  // its own (`rules_file`) names at start which of the shipped rows it lacks.
  absl::Duration DurationOf(std::string_view id, absl::Time at, absl::Duration otherwise) const;
  double NumberOf(std::string_view id, absl::Time at, double otherwise) const;
  std::string TextOf(std::string_view id, absl::Time at, std::string_view otherwise) const;

  // Ids of `expected` that have no row in force at `at`.
  std::vector<std::string> Missing(const std::vector<std::string>& expected, absl::Time at) const;

  int revision() const { return revision_; }
  const std::vector<platform::v1::RuleRow>& rows() const { return rows_; }

 private:
  int revision_ = 0;
  std::vector<platform::v1::RuleRow> rows_;
  std::map<std::string, std::vector<int>, std::less<>> by_id_;  // indexes, by effective_from
};

}  // namespace huying::rules
