// SPDX-License-Identifier: Apache-2.0
#include "services/alert/owed.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "services/platform/duty/obligation.h"

namespace huying::alert {
namespace {

using common::v1::Obligation;

absl::Status Owe(ledger::Transaction& tx, const v1::Alert& alert, const OwedFacts& facts,
                 const char* rule_id, const char* title, Obligation::Kind kind,
                 absl::Duration within) {
  ASSIGN_OR_RETURN(const auto open, duty::FindOpen(tx, alert.name(), rule_id));
  if (open) return absl::OkStatus();
  Obligation owed = duty::About(alert.name(), rule_id, title);
  owed.set_case_id(alert.case_id());
  owed.set_kind(kind);
  owed.set_post(facts.duty_post);
  owed.set_area(alert.signer().area().empty() ? tx.actor().area() : alert.signer().area());
  owed.set_matter(absl::StrCat(alert.title(), "（", alert.name(), "）"));
  owed.set_project_default(true);
  duty::Due(owed, tx.now(), tx.now() + within, within);
  return duty::Owe(tx, std::move(owed)).status();
}

}  // namespace

absl::Status OweIssue(ledger::Transaction& tx, const v1::Alert& alert, const OwedFacts& facts) {
  if (alert.color() != v1::RED && alert.color() != v1::ORANGE) return absl::OkStatus();
  return Owe(tx, alert, facts, kIssueRule, "已签发的预警待发布", Obligation::TASK,
             facts.issue_within);
}

absl::Status OweDecision(ledger::Transaction& tx, const v1::Alert& alert, const OwedFacts& facts) {
  if (alert.color() != v1::RED) return absl::OkStatus();
  return Owe(tx, alert, facts, kDecisionRule, "红色预警生效，待决定是否启动应急响应",
             Obligation::DECISION, facts.decide_within);
}

absl::Status Done(ledger::Transaction& tx, const v1::Alert& alert, const char* rule_id,
                  const std::string& note) {
  ASSIGN_OR_RETURN(const auto open, duty::FindOpen(tx, alert.name(), rule_id));
  if (!open) return absl::OkStatus();
  return duty::Meet(tx, open->name(), alert.name(), note).status();
}

absl::Status NothingOwed(ledger::Transaction& tx, const v1::Alert& alert, const std::string& why) {
  if (alert.kind() != v1::WARNING) return absl::OkStatus();
  for (const char* rule_id : {kIssueRule, kDecisionRule}) {
    ASSIGN_OR_RETURN(const auto open, duty::FindOpen(tx, alert.name(), rule_id));
    if (open) RETURN_IF_ERROR(duty::Cancel(tx, open->name(), why).status());
  }
  return absl::OkStatus();
}

}  // namespace huying::alert
