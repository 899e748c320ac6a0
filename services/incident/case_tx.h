// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "services/incident/rules/act.h"
#include "services/incident/rules/limits.h"
#include "services/incident/rules/report_tiers.h"
#include "services/incident/store.h"
#include "services/platform/ledger/command.h"

// One decision on one incident's case: its clocks, report chains and open items, with their deadline
// rows. Flush writes what it changed.
//
//   tx.Subject(kIncidents, incident.name());
//   CaseTx c(tx, incident);
//   ...
//   tx.Change(kIncidents, incident.name(), incident);
//   RETURN_IF_ERROR(c.CloseVerify(incident, incident.name()));
//   return c.Flush();
namespace huying::incident {

inline constexpr char kClockHandler[] = "clock";
inline constexpr char kPeriodHandler[] = "response-period";
inline constexpr char kTaskHandler[] = "task";
inline constexpr char kAreaPathHandler[] = "area-path";

// Lives inside one `decide`.
class CaseTx {
 public:
  CaseTx(ledger::Transaction& tx, const v1::Incident& incident);

  ledger::Transaction& tx() { return tx_; }
  const rules::Act& act() const { return act_; }

  // --- Clocks of the incident itself
  void StartVerify(v1::Incident& incident, const rules::Limits& limits);
  absl::Status CloseVerify(v1::Incident& incident, std::string_view met_by);
  void StartLeadAlarm(const v1::Incident& incident, const rules::Limits& limits);
  absl::Status CloseLeadAlarm(const v1::Incident& incident);

  // --- Report chains
  // Opens the chains that are due by themselves and not open yet; their clocks run from awareness.
  void OpenChains(v1::Incident& incident, const rules::Limits& limits);
  // The sender's chain as this decision has it, opened when it was not (one that is not owed has no
  // clock yet, one of a body below the district never has).
  absl::StatusOr<v1::ReportChainState*> Chain(v1::Incident& incident, v1::ReportChain chain,
                                              const rules::Limits& limits,
                                              const rules::Sender& sender = {});
  // A report left. When the district has told all it must, it meets what it meets (and may be late by
  // it) and starts the clock of the next one. `counts`: this very act told one of those.
  absl::Status ReportSent(v1::Incident& incident, v1::ReportChainState& chain, v1::Report& report,
                          bool in_writing, bool counts, const rules::Limits& limits);
  // Figures or level changed: every chain that has reported owes another report.
  absl::Status ReopenReporting(v1::Incident& incident, const rules::Limits& limits);
  // Not true, or not ours: what still runs is cancelled, what was late stays late.
  absl::Status CancelReporting(v1::Incident& incident, const rules::Limits& limits);
  // Ours after all: what was never reported is owed again, from now.
  absl::Status RestartReporting(v1::Incident& incident, const rules::Limits& limits);

  // For the post, or where it is not known the duty post of the area.
  absl::Status OpenItem(std::string_view subject, std::string_view rule_id, std::string_view text,
                        std::string_view post = "");

  // What is passed in urgency and brought later stands on the incident until it was brought; whoever
  // calls one of these puts the incident.
  absl::StatusOr<std::vector<std::string>> OpenMakeUps(v1::Incident& incident,
                                                       absl::Span<const common::v1::MakeUp> rows);
  absl::Status CloseMakeUp(v1::Incident& incident, std::string_view name);

  absl::Status Flush();

 private:
  absl::StatusOr<v1::LegalClock*> Clock(const std::string& name);
  void Start(v1::LegalClock clock);
  absl::Status Close(const std::string& name, std::string_view met_by);
  void OpenChain(v1::Incident& incident, v1::ReportChain chain, const rules::Limits& limits,
                 const rules::Sender& sender = {});
  void StartFirstClocks(v1::ReportChainState& chain, const rules::Limits& limits, absl::Time start,
                        std::string_view suffix);
  void StartFollowUp(const v1::Incident& incident, v1::ReportChainState& chain,
                     const rules::Limits& limits, bool reopened);
  absl::Status RefreshNextDue(v1::ReportChainState& chain);
  absl::StatusOr<bool> OwesBefore(const v1::ReportChainState& chain, absl::Time due_at);

  // A record and what it was when it was read; only what changed is put.
  template <typename T>
  struct Held {
    T value;
    std::string image;
  };

  ledger::Transaction& tx_;
  const rules::Act act_;
  const std::string incident_;
  const std::string area_;
  std::map<std::string, Held<v1::LegalClock>> clocks_;
  std::map<std::string, Held<v1::ReportChainState>> chains_;
  std::vector<v1::OpenItem> items_;
};

// What followers of the area are told: `down:` of it, `up:` of it and of every area above.
std::vector<std::string> ChannelsOf(const v1::Incident& incident);

}  // namespace huying::incident
