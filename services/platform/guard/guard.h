// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "huying/common/v1/common.pb.h"

// Act first, then paper (先行后补). A rule that protects form (a signature, a second person, a
// note) must not stop saving life: it is a SOFT guard, which a named person passes in urgency and
// makes up later. A HARD guard (competence that cannot be lent, the realm, destroyed data, figures
// that do not add up) nobody passes.
//
//   ASSIGN_OR_RETURN(auto make_ups, guard::Judge(
//       {{.rule_id = "alert.three-persons", .passed = reviewer != drafter,
//         .problem = base::Refused(Reason::SAME_PERSON, "审核人不能是起草人", "the reviewer wrote
//         the draft"), .make_up_within = absl::Hours(24), .supervisor_post =
//         "posts/district-leader"}},
//       request.has_urgency() ? &request.urgency() : nullptr, alert.name(), actor, now));
//   ... tx.Change(kAlerts, alert.name(), alert);  guard::OpenMakeUps(tx, make_ups);
//
// Pure: no clock, store or log; for use inside a decision.
namespace huying::guard {

enum class Kind { kHard, kSoft };

struct Guard {
  std::string rule_id;  // "alert.three-persons"
  Kind kind = Kind::kSoft;
  bool passed = false;
  // The answer when it does not pass, and in Chinese the text of the make-up row.
  absl::Status problem;
  absl::Duration make_up_within = absl::Hours(24);
  std::string supervisor_post;  // who is told when it is overdue
};

// The rows to open with guard::OpenMakeUps; empty when every guard passes. Otherwise:
// - a HARD guard that fails: its problem with the rule id; urgency changes nothing;
// - a SOFT guard that fails, no urgency: FAILED_PRECONDITION / GUARD_NEEDS_URGENCY naming every
// such rule;
// - incomplete urgency: INVALID_ARGUMENT with the field.
// Urgency that no guard needs opens nothing.
absl::StatusOr<std::vector<common::v1::MakeUp>> Judge(absl::Span<const Guard> guards,
                                                      const common::v1::Urgency* urgency,
                                                      std::string_view subject,
                                                      const common::v1::Actor& actor,
                                                      absl::Time now);

// Reason, who authorised it, by which channel and when are all required; the time is not in the
// future.
absl::Status ValidateUrgency(const common::v1::Urgency& urgency, absl::Time now);

}  // namespace huying::guard
