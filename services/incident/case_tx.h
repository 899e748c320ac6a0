// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "services/incident/rules/act.h"
#include "services/incident/rules/limits.h"
#include "services/incident/rules/owed_clocks.h"
#include "services/incident/rules/report_tiers.h"
#include "services/incident/store.h"
#include "services/platform/duty/obligation.h"
#include "services/platform/ledger/command.h"

// One decision on one incident's case: the incident, its report chains, and what is owed on it. Only
// Decide makes one, and Decide finishes it: the incident is written when it changed, and everything it
// owes by itself (verification, lead department, reports) is started and cancelled by what it has become.
//
//   return CaseTx::Decide(tx, incident, limits_of, [&](CaseTx& c) -> absl::Status {
//     RETURN_IF_ERROR(rules::SetLead(incident, request.unit()));
//     return absl::OkStatus();
//   });
namespace huying::incident {

inline constexpr char kAreaPathHandler[] = "area-path";
// Of a response: its proposal is to be decided; its expected period ends.
inline constexpr char kDecisionRule[] = "response.decision";
inline constexpr char kPeriodRule[] = "response.expected-period";
inline constexpr char kTaskRule[] = "task.deadline";
inline constexpr char kReceiveRule[] = "report.receive";

// Lives inside one `decide`.
class CaseTx {
 public:
  using LimitsOf = std::function<rules::Limits(const v1::Incident&, absl::Time)>;
  // `incident` is the record as it was read, or a new one that is not yet written (version 0). What
  // `decide` makes of it is written when it differs.
  static absl::Status Decide(ledger::Transaction& tx, v1::Incident& incident,
                             const LimitsOf& limits_of,
                             const std::function<absl::Status(CaseTx&)>& decide);
  static absl::Status DecideNew(ledger::Transaction& tx, v1::Incident& incident,
                                const LimitsOf& limits_of,
                                const std::function<absl::Status(CaseTx&)>& decide);

  ledger::Transaction& tx() { return tx_; }
  const rules::Act& act() const { return act_; }
  // Of the incident as it is now.
  rules::Limits limits() const { return limits_of_(incident_, act_.now); }

  // --- What is owed on this case. Whoever names no post means the district's duty post.
  absl::StatusOr<std::string> Owe(duty::Obligation obligation);
  // A person has to see to something.
  absl::Status OpenItem(std::string_view subject, std::string_view rule_id, std::string_view text,
                        std::string_view post = "");
  // The task's deadline, owed by its executor; where the plan names no post, by the commander.
  absl::Status OweTask(const v1::Task& task);
  // The open obligation of that subject and rule, if there is one, is met, or no longer owed.
  absl::Status Settle(std::string_view subject, std::string_view rule_id, std::string_view met_by);
  absl::Status Drop(std::string_view subject, std::string_view rule_id, std::string_view why);

  // --- Report chains
  // The sender's chain as this decision has it; a new one when there was none.
  absl::StatusOr<v1::ReportChainState*> Chain(v1::ReportChain chain,
                                              const rules::Sender& sender = {});
  // A report left. When the district has told all it must, it meets what it meets, and may be late by
  // it. `counts`: this very act told one of those.
  absl::Status ReportSent(v1::ReportChainState& chain, v1::Report& report, bool in_writing,
                          bool counts);

  // What is passed in urgency and brought later stands on the incident until it was brought.
  absl::StatusOr<std::vector<std::string>> OpenMakeUps(absl::Span<const common::v1::MakeUp> rows);
  absl::Status CloseMakeUp(std::string_view name);

 private:
  CaseTx(ledger::Transaction& tx, v1::Incident& incident, bool is_new, const LimitsOf& limits_of);
  absl::Status Finish();
  absl::Status ReckonReports(const rules::Limits& limits);
  absl::Status ReckonChain(v1::ReportChainState& chain, absl::Span<const rules::OwedClock> owed);
  absl::Status StartClock(v1::ReportChainState& chain, const rules::OwedClock& owed);
  absl::Status OweWhile(bool owed, const rules::Limit& limit, duty::Obligation::Kind kind);

  // A record and what it was when it was read; only what changed is written. A new one has no image.
  template <typename T>
  struct Held {
    T value;
    std::string image;
    bool is_new = false;
  };

  ledger::Transaction& tx_;
  const rules::Act act_;
  v1::Incident& incident_;
  const v1::Incident before_;
  const bool is_new_;
  const LimitsOf& limits_of_;
  std::map<std::string, Held<v1::ReportChainState>> chains_;
};

// A person has to see to something; for a decision that changes nothing of the case itself.
absl::Status OpenItem(ledger::Transaction& tx, const v1::Incident& incident,
                      std::string_view subject, std::string_view rule_id, std::string_view text,
                      std::string_view post = "");

// What followers of the area are told: `down:` of it, `up:` of it and of every area above.
std::vector<std::string> ChannelsOf(const v1::Incident& incident);

}  // namespace huying::incident
