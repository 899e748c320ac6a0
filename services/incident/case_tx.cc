// SPDX-License-Identifier: Apache-2.0
#include "services/incident/case_tx.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "services/incident/rules/clocks.h"
#include "services/incident/rules/names.h"
#include "services/incident/rules/reports.h"
#include "services/incident/rules/states.h"
#include "services/platform/base/clock.h"
#include "services/platform/base/strings.h"
#include "services/platform/guard/makeups.h"

namespace huying::incident {

CaseTx::CaseTx(ledger::Transaction& tx, const v1::Incident& incident)
    : tx_(tx),
      act_{tx.actor(), tx.now(), tx.received_at()},
      incident_(incident.name()),
      area_(incident.area()) {
  tx_.SetCase(incident_);
  for (const std::string& channel : ChannelsOf(incident)) tx_.Publish(channel);
}

std::vector<std::string> ChannelsOf(const v1::Incident& incident) {
  std::vector<std::string> channels = {absl::StrCat("down:", incident.area()),
                                       absl::StrCat("up:", incident.area())};
  for (const std::string& above : incident.area_ancestors()) {
    channels.push_back(absl::StrCat("up:", above));
  }
  return channels;
}

absl::StatusOr<v1::LegalClock*> CaseTx::Clock(const std::string& name) {
  const auto it = clocks_.find(name);
  if (it != clocks_.end()) return &it->second.value;
  ASSIGN_OR_RETURN(auto stored, tx_.Get(kClocks, name));
  Held<v1::LegalClock>& held = clocks_[name];
  held = {stored.value, stored.value.SerializeAsString()};
  return &held.value;
}

void CaseTx::Start(v1::LegalClock clock) {
  tx_.SetDeadline({.key = clock.name(),
                   .handler = kClockHandler,
                   .due_at = base::FromProto(clock.due_at()),
                   .subject = clock.name()});
  const std::string name = clock.name();
  clocks_[name] = {std::move(clock), ""};
}

absl::Status CaseTx::Close(const std::string& name, std::string_view met_by) {
  ASSIGN_OR_RETURN(v1::LegalClock * clock, Clock(name));
  const bool closed = met_by.empty() ? rules::Cancel(*clock, act_.now)
                                     : rules::Meet(*clock, act_.received_at, met_by);
  if (closed) tx_.ClearDeadline(name);
  return absl::OkStatus();
}

void CaseTx::StartVerify(v1::Incident& incident, const rules::Limits& limits) {
  const int round = incident.verify_rounds() + 1;
  incident.set_verify_rounds(round);
  v1::LegalClock clock = rules::StartClock(incident_, limits.verify, act_.received_at,
                                           round == 1 ? "" : absl::StrCat("-", round));
  incident.set_verify_clock(clock.name());
  Start(std::move(clock));
}

absl::Status CaseTx::CloseVerify(v1::Incident& incident, std::string_view met_by) {
  if (incident.verify_clock().empty()) return absl::OkStatus();
  return Close(incident.verify_clock(), met_by);
}

void CaseTx::StartLeadAlarm(const v1::Incident& incident, const rules::Limits& limits) {
  Start(rules::StartClock(incident.name(), limits.lead_department, act_.received_at));
}

absl::Status CaseTx::CloseLeadAlarm(const v1::Incident& incident) {
  const std::string name = absl::StrCat(incident.name(), "/clocks/incident.lead-department");
  ASSIGN_OR_RETURN(auto stored, tx_.Find(kClocks, name));
  return stored ? Close(name, incident.name()) : absl::OkStatus();
}

void CaseTx::OpenChain(v1::Incident& incident, v1::ReportChain chain, const rules::Limits& limits,
                       const rules::Sender& sender) {
  v1::ReportChainState state;
  state.set_incident(incident_);
  state.set_chain(chain);
  state.set_sender(sender.id);
  state.set_sender_tier(sender.tier);
  if (!sender.id.empty()) {
    chains_[rules::ChainName(incident_, chain, sender.id)] = {std::move(state), ""};
    return;
  }
  state.set_sender_tier(v1::REPORT_TIER_DISTRICT);
  incident.add_chains(chain);
  // A chain that nobody demands has no limit until it has reported once.
  const bool owed =
      std::find(limits.chains.begin(), limits.chains.end(), chain) != limits.chains.end();
  if (owed) StartFirstClocks(state, limits, base::FromProto(incident.received_at()), "");
  chains_[rules::ChainName(incident_, chain)] = {std::move(state), ""};
}

void CaseTx::StartFirstClocks(v1::ReportChainState& chain, const rules::Limits& limits,
                              absl::Time start, std::string_view suffix) {
  const auto found = limits.first.find(chain.chain());
  if (found == limits.first.end()) return;
  for (const auto& limit : {found->second.oral, found->second.written}) {
    if (!limit) continue;
    v1::LegalClock clock = rules::StartClock(
        incident_, *limit, start,
        absl::StrCat("-", v1::ReportChain_Name(chain.chain()), base::Abs(suffix)), chain.chain());
    chain.add_open_clocks(clock.name());
    Start(std::move(clock));
  }
}

void CaseTx::OpenChains(v1::Incident& incident, const rules::Limits& limits) {
  for (const v1::ReportChain chain : limits.chains) {
    bool open = false;
    for (const int have : incident.chains()) open = open || have == chain;
    if (!open) OpenChain(incident, chain, limits);
  }
}

absl::StatusOr<v1::ReportChainState*> CaseTx::Chain(v1::Incident& incident, v1::ReportChain chain,
                                                    const rules::Limits& limits,
                                                    const rules::Sender& sender) {
  const std::string name = rules::ChainName(incident_, chain, sender.id);
  const auto it = chains_.find(name);
  if (it != chains_.end()) return &it->second.value;
  ASSIGN_OR_RETURN(auto stored, tx_.Find(kChains, name));
  if (stored) {
    chains_[name] = {stored->value, stored->value.SerializeAsString()};
  } else {
    OpenChain(incident, chain, limits, sender);
  }
  return &chains_[name].value;
}

void CaseTx::StartFollowUp(const v1::Incident& incident, v1::ReportChainState& chain,
                           const rules::Limits& limits, bool reopened) {
  chain.set_clock_count(chain.clock_count() + 1);
  v1::LegalClock clock = rules::StartClock(
      incident_, limits.FollowUp(incident), act_.received_at,
      absl::StrCat("-", v1::ReportChain_Name(chain.chain()), "-", chain.clock_count()),
      chain.chain());
  clock.set_reopened(reopened);
  chain.add_open_clocks(clock.name());
  Start(std::move(clock));
}

// The earliest of what still runs, whatever else was met or started.
absl::Status CaseTx::RefreshNextDue(v1::ReportChainState& chain) {
  chain.clear_next_due_at();
  for (const std::string& name : chain.open_clocks()) {
    ASSIGN_OR_RETURN(v1::LegalClock * clock, Clock(name));
    if (rules::AwaitedBy(*clock) != rules::Awaits::kNextReport) continue;
    if (!chain.has_next_due_at() ||
        base::FromProto(clock->due_at()) < base::FromProto(chain.next_due_at())) {
      *chain.mutable_next_due_at() = clock->due_at();
    }
  }
  return absl::OkStatus();
}

absl::Status CaseTx::ReportSent(v1::Incident& incident, v1::ReportChainState& chain,
                                v1::Report& report, bool in_writing, bool counts,
                                const rules::Limits& limits) {
  rules::NoteSent(chain, report, in_writing);
  if (!counts || !rules::ToldRequired(report)) return absl::OkStatus();
  const bool first_time = !report.has_told_at();
  if (first_time) *report.mutable_told_at() = base::ToProto(act_.received_at);
  // No clock of the district's is met, or started, by another body's report.
  if (!chain.sender().empty()) return absl::OkStatus();
  std::vector<std::string> still_open;
  for (const std::string& name : chain.open_clocks()) {
    ASSIGN_OR_RETURN(v1::LegalClock * clock, Clock(name));
    if (!rules::IsMetBy(*clock, {report.kind(), in_writing, first_time})) {
      still_open.push_back(name);
      continue;
    }
    RETURN_IF_ERROR(Close(name, report.name()));
    if (rules::IsLate(clock->state())) report.set_late(true);
  }
  chain.mutable_open_clocks()->Assign(still_open.begin(), still_open.end());
  const bool goes_on = report.kind() == v1::FIRST || report.kind() == v1::FOLLOW_UP;
  if (first_time && goes_on && !chain.final_sent()) {
    StartFollowUp(incident, chain, limits, /*reopened=*/false);
  }
  return RefreshNextDue(chain);
}

// A report is owed by then anyhow: a second clock would say nothing new.
absl::StatusOr<bool> CaseTx::OwesBefore(const v1::ReportChainState& chain, absl::Time due_at) {
  for (const std::string& name : chain.open_clocks()) {
    ASSIGN_OR_RETURN(v1::LegalClock * clock, Clock(name));
    if (rules::AwaitedBy(*clock) == rules::Awaits::kNextReport &&
        base::FromProto(clock->due_at()) <= due_at) {
      return true;
    }
  }
  return false;
}

absl::Status CaseTx::ReopenReporting(v1::Incident& incident, const rules::Limits& limits) {
  for (const int open : incident.chains()) {
    ASSIGN_OR_RETURN(v1::ReportChainState * chain,
                     Chain(incident, static_cast<v1::ReportChain>(open), limits));
    if (!chain->first_sent() && !chain->first_sent_orally()) continue;  // the first is still owed
    const absl::Time due_at = act_.received_at + limits.FollowUp(incident).within;
    ASSIGN_OR_RETURN(bool owed, OwesBefore(*chain, due_at));
    if (owed) continue;
    StartFollowUp(incident, *chain, limits, /*reopened=*/true);
    RETURN_IF_ERROR(RefreshNextDue(*chain));
  }
  return absl::OkStatus();
}

absl::Status CaseTx::CancelReporting(v1::Incident& incident, const rules::Limits& limits) {
  for (const int open : incident.chains()) {
    ASSIGN_OR_RETURN(v1::ReportChainState * chain,
                     Chain(incident, static_cast<v1::ReportChain>(open), limits));
    for (const std::string& name : chain->open_clocks()) RETURN_IF_ERROR(Close(name, ""));
    chain->clear_open_clocks();
    chain->clear_next_due_at();
  }
  return absl::OkStatus();
}

absl::Status CaseTx::RestartReporting(v1::Incident& incident, const rules::Limits& limits) {
  for (const int open : incident.chains()) {
    ASSIGN_OR_RETURN(v1::ReportChainState * chain,
                     Chain(incident, static_cast<v1::ReportChain>(open), limits));
    if (chain->first_sent() || !chain->open_clocks().empty()) continue;
    StartFirstClocks(*chain, limits, act_.received_at, absl::StrCat("-", incident.verify_rounds()));
  }
  return absl::OkStatus();
}

absl::Status CaseTx::OpenItem(std::string_view subject, std::string_view rule_id,
                              std::string_view text, std::string_view post) {
  const std::string series = absl::StrCat(incident_, "/open-items");
  ASSIGN_OR_RETURN(int64_t number, tx_.NextNumber(series));
  v1::OpenItem item;
  item.set_name(absl::StrCat(series, "/", number));
  item.set_incident(incident_);
  item.set_subject(std::string(subject));
  item.set_rule_id(std::string(rule_id));
  item.set_text(std::string(text));
  item.set_post(std::string(post));
  item.set_area(area_);
  *item.mutable_opened_at() = base::ToProto(act_.now);
  item.set_open(true);
  items_.push_back(std::move(item));
  return absl::OkStatus();
}

absl::StatusOr<std::vector<std::string>> CaseTx::OpenMakeUps(
    v1::Incident& incident, absl::Span<const common::v1::MakeUp> rows) {
  std::vector<std::string> names;
  RETURN_IF_ERROR(guard::OpenMakeUps(tx_, rows, incident_, &names));
  for (const std::string& name : names) incident.add_open_make_ups(name);
  return names;
}

absl::Status CaseTx::CloseMakeUp(v1::Incident& incident, std::string_view name) {
  auto& open = *incident.mutable_open_make_ups();
  open.erase(std::remove(open.begin(), open.end(), name), open.end());
  return guard::CloseMakeUp(tx_, name, act_.actor);
}

absl::Status CaseTx::Flush() {
  for (const auto& [name, held] : chains_) {
    if (held.value.SerializeAsString() == held.image) continue;
    if (held.image.empty()) {
      tx_.Create(kChains, name, held.value);
    } else {
      tx_.Change(kChains, name, held.value);
    }
  }
  for (const auto& [name, held] : clocks_) {
    // A clock may start again under its name: the alarm for a lead department, after a transfer.
    if (held.value.SerializeAsString() != held.image) tx_.Set(kClocks, name, held.value);
  }
  for (const v1::OpenItem& item : items_) tx_.Create(kOpenItems, item.name(), item);
  return absl::OkStatus();
}

}  // namespace huying::incident
