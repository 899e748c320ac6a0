// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "services/alert/rules/competence.h"
#include "services/alert/rules/freeze.h"
#include "services/alert/rules/ladder.h"
#include "services/alert/store.h"
#include "services/platform/ledger/command.h"
#include "services/platform/rules/rule_table.h"

// The common end of every issue, notice or warning: freeze who must answer, set the limits and their
// rows, record, publish. Runs inside a decision.
namespace huying::alert {

// Limits in force at a time, as values for a decision.
struct LadderLimits {
  rules::TierDurations answer;
  absl::Duration grace;
  absl::Duration wait;   // step 1 → step 2
  rules::AskLimits ask;  // while nobody knows who must answer
};
LadderLimits LimitsFor(const v1::Alert& alert, const huying::rules::RuleTable& table,
                       absl::Time at);

struct SendFacts {
  std::optional<rules::RecipientFacts> recipients;  // nullopt: directory did not answer
  std::vector<std::string> unable;                  // recipients nobody holds who can sign in
  LadderLimits limits;
};

// Brings the recipients of `alert` up to date at issue: what directory says now; else those frozen at
// review (stale); else nobody yet (unknown: asked again by a deadline row).
absl::Status FreezeAtIssue(ledger::Transaction& tx, const SendFacts& facts, v1::Alert& alert,
                           v1::RecipientList& list);

// What goes with an alert that its caller created or changed: the entry's subject and case, the
// recipient list, the rows of the ladder and of the expiry, flags, basis and channels.
void SendOut(ledger::Transaction& tx, const SendFacts& facts, const v1::Alert& alert,
             const v1::RecipientList& list);

// Rows of the ladder for every tier, from the alert's limits.
void SetAnswerRows(ledger::Transaction& tx, const v1::Alert& alert, const LadderLimits& limits);
// The ladder of an alert that has ended stops in the same command, and whoever was called hears it.
// Its command reads what AddLadderReads names.
void AddLadderReads(std::string_view alert, ledger::Command& command);
absl::Status StopLadder(ledger::Transaction& tx, const v1::Alert& alert);

void PublishAlert(ledger::Transaction& tx, const v1::Alert& alert);
void PublishStep(ledger::Transaction& tx, const v1::Escalation& step);
// The area table as directory last told it.
absl::Status RememberAreas(ledger::Transaction& tx, const rules::RecipientFacts& facts);
void AddFlags(ledger::Transaction& tx, const std::vector<common::v1::Flag>& flags);
void AddBasis(ledger::Transaction& tx, const v1::Alert& alert);

}  // namespace huying::alert
