// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "huying/alert/v1/alert.pb.h"
#include "services/platform/ledger/command.h"

// What is owed on the way of a warning, as obligations (services/platform/duty): a RED or ORANGE one that
// was signed is to be issued, and a RED one in force wants a decision whether a response is started. Each
// has a limit that climbs. For use inside a decision.
namespace huying::alert {

namespace v1 = ::huying::alert::v1;

inline constexpr char kIssueRule[] = "alert.issue-within";
inline constexpr char kDecisionRule[] = "alert.response-decision";

struct OwedFacts {
  std::string duty_post;  // of the area that signed; "": whoever is on duty there
  absl::Duration issue_within;
  absl::Duration decide_within;
};

absl::Status OweIssue(ledger::Transaction& tx, const v1::Alert& alert, const OwedFacts& facts);
absl::Status OweDecision(ledger::Transaction& tx, const v1::Alert& alert, const OwedFacts& facts);
// It was done. Nothing when it was not owed.
absl::Status Done(ledger::Transaction& tx, const v1::Alert& alert, const char* rule_id,
                  const std::string& note);
// The alert has ended, or will never leave: nothing of it is owed any more.
absl::Status NothingOwed(ledger::Transaction& tx, const v1::Alert& alert, const std::string& why);

}  // namespace huying::alert
