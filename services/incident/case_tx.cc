// SPDX-License-Identifier: Apache-2.0
#include "services/incident/case_tx.h"

#include <algorithm>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "services/incident/rules/competence.h"
#include "services/incident/rules/figures.h"
#include "services/incident/rules/incidents.h"
#include "services/incident/rules/names.h"
#include "services/incident/rules/reports.h"
#include "services/platform/base/clock.h"
#include "services/platform/base/status.h"
#include "services/platform/base/strings.h"

namespace huying::incident {

using duty::Obligation;

std::vector<std::string> ChannelsOf(const v1::Incident& incident) {
  std::vector<std::string> channels = {absl::StrCat("down:", incident.area()),
                                       absl::StrCat("up:", incident.area())};
  for (const std::string& above : incident.area_ancestors()) {
    channels.push_back(absl::StrCat("up:", above));
  }
  return channels;
}

absl::Status OpenItem(ledger::Transaction& tx, const v1::Incident& incident,
                      std::string_view subject, std::string_view rule_id, std::string_view text,
                      std::string_view post) {
  Obligation item = duty::About(subject, rule_id, text);
  item.set_kind(Obligation::ITEM);
  item.set_case_id(incident.name());
  item.set_area(incident.area());
  item.set_matter(incident.title());
  item.set_post(post.empty() ? incident.duty_post() : std::string(post));
  return duty::Owe(tx, std::move(item)).status();
}

CaseTx::CaseTx(ledger::Transaction& tx, v1::Incident& incident, bool is_new,
               const LimitsOf& limits_of)
    : tx_(tx),
      act_{tx.actor(), tx.now(), tx.received_at()},
      incident_(incident),
      before_(is_new ? v1::Incident() : incident),
      is_new_(is_new),
      limits_of_(limits_of) {
  tx_.SetCase(incident_.name());  // a refusal that is kept belongs to it, too
}

absl::Status CaseTx::Decide(ledger::Transaction& tx, v1::Incident& incident,
                            const LimitsOf& limits_of,
                            const std::function<absl::Status(CaseTx&)>& decide) {
  CaseTx c(tx, incident, /*is_new=*/false, limits_of);
  RETURN_IF_ERROR(decide(c));
  return c.Finish();
}

absl::Status CaseTx::DecideNew(ledger::Transaction& tx, v1::Incident& incident,
                               const LimitsOf& limits_of,
                               const std::function<absl::Status(CaseTx&)>& decide) {
  CaseTx c(tx, incident, /*is_new=*/true, limits_of);
  RETURN_IF_ERROR(decide(c));
  return c.Finish();
}

absl::StatusOr<std::string> CaseTx::Owe(Obligation obligation) {
  obligation.set_case_id(incident_.name());
  obligation.set_area(incident_.area());
  obligation.set_matter(incident_.title());
  if (obligation.post().empty()) obligation.set_post(incident_.duty_post());
  return duty::Owe(tx_, std::move(obligation));
}

absl::Status CaseTx::OpenItem(std::string_view subject, std::string_view rule_id,
                              std::string_view text, std::string_view post) {
  return incident::OpenItem(tx_, incident_, subject, rule_id, text, post);
}

absl::Status CaseTx::OweTask(const v1::Task& task) {
  Obligation owed = duty::About(task.name(), kTaskRule, task.goal());
  owed.set_kind(Obligation::TASK);
  owed.set_post(task.executor_post().empty() ? task.commander_post() : task.executor_post());
  owed.set_supervisor_post(task.commander_post());
  duty::Due(owed, act_.now, base::FromProto(task.deadline()), limits().climb_every);
  return Owe(std::move(owed)).status();
}

absl::Status CaseTx::Settle(std::string_view subject, std::string_view rule_id,
                            std::string_view met_by) {
  ASSIGN_OR_RETURN(const auto open, duty::FindOpen(tx_, subject, rule_id));
  return open ? duty::Meet(tx_, open->name(), met_by).status() : absl::OkStatus();
}

absl::Status CaseTx::Drop(std::string_view subject, std::string_view rule_id,
                          std::string_view why) {
  ASSIGN_OR_RETURN(const auto open, duty::FindOpen(tx_, subject, rule_id));
  return open ? duty::Cancel(tx_, open->name(), why).status() : absl::OkStatus();
}

absl::StatusOr<v1::ReportChainState*> CaseTx::Chain(v1::ReportChain chain,
                                                    const rules::Sender& sender) {
  const std::string name = rules::ChainName(incident_.name(), chain, sender.id);
  const auto it = chains_.find(name);
  if (it != chains_.end()) return &it->second.value;
  ASSIGN_OR_RETURN(auto stored, tx_.Find(kChains, name));
  Held<v1::ReportChainState>& held = chains_[name];
  if (stored) {
    held = {stored->value, stored->value.SerializeAsString()};
    return &held.value;
  }
  held.is_new = true;
  held.value.set_incident(incident_.name());
  held.value.set_chain(chain);
  held.value.set_sender(sender.id);
  held.value.set_sender_tier(sender.id.empty() ? v1::REPORT_TIER_DISTRICT : sender.tier);
  if (sender.id.empty()) incident_.add_chains(chain);
  return &held.value;
}

absl::Status CaseTx::ReportSent(v1::ReportChainState& chain, v1::Report& report, bool in_writing,
                                bool counts) {
  rules::NoteSent(chain, report, in_writing);
  if (!counts || !rules::ToldRequired(report)) return absl::OkStatus();
  const bool first_time = !report.has_told_at();
  if (first_time) *report.mutable_told_at() = base::ToProto(act_.received_at);
  // No clock of the district's is met, or started, by another body's report.
  if (!chain.sender().empty()) return absl::OkStatus();
  const rules::Reached reached{report.kind(), in_writing, first_time, chain.changed()};
  std::vector<std::string> still_open;
  for (const std::string& name : chain.open_clocks()) {
    ASSIGN_OR_RETURN(const auto clock, tx_.Get(duty::kObligations, name));
    if (!rules::IsMetBy(rules::AwaitedBy(clock.value.rule_id()), reached)) {
      still_open.push_back(name);
      continue;
    }
    ASSIGN_OR_RETURN(const Obligation met, duty::Meet(tx_, name, report.name()));
    if (duty::IsLate(met)) report.set_late(true);
    chain.set_missed(chain.missed() + met.missed());
  }
  chain.mutable_open_clocks()->Assign(still_open.begin(), still_open.end());
  if (report.kind() == v1::FIRST) {
    if (!chain.has_first_told_at()) *chain.mutable_first_told_at() = report.told_at();
    if (in_writing && !chain.has_first_written_at()) {
      *chain.mutable_first_written_at() = base::ToProto(act_.received_at);
    }
  }
  if (first_time) chain.set_changed(false);
  return absl::OkStatus();
}

absl::StatusOr<std::vector<std::string>> CaseTx::OpenMakeUps(
    absl::Span<const common::v1::MakeUp> rows) {
  std::vector<std::string> names;
  for (const common::v1::MakeUp& row : rows) {
    Obligation paper = duty::About(row.subject(), row.rule_id(), row.text());
    paper.set_kind(Obligation::MAKE_UP);
    // The post that has to bring it where the rule names one; else whoever passed it sees to it.
    paper.set_post(row.supervisor_post().empty() ? row.actor().post() : row.supervisor_post());
    *paper.mutable_urgency() = row.urgency();
    duty::Due(paper, act_.now, base::FromProto(row.due_at()), limits().climb_every);
    ASSIGN_OR_RETURN(std::string name, Owe(std::move(paper)));
    common::v1::Flag flag = rules::MakeFlag(row.rule_id(), absl::StrCat("待补：", row.text()));
    flag.set_make_up(name);
    tx_.AddFlag(std::move(flag));
    incident_.add_open_make_ups(name);
    names.push_back(std::move(name));
  }
  return names;
}

absl::Status CaseTx::CloseMakeUp(std::string_view name) {
  auto& open = *incident_.mutable_open_make_ups();
  open.erase(std::remove(open.begin(), open.end(), name), open.end());
  return duty::Meet(tx_, name, incident_.name()).status();
}

// What the incident owes by itself runs exactly while it is owed.
absl::Status CaseTx::OweWhile(bool owed, const rules::Limit& limit, Obligation::Kind kind) {
  ASSIGN_OR_RETURN(const auto open, duty::FindOpen(tx_, incident_.name(), limit.rule_id));
  if (owed == open.has_value()) return absl::OkStatus();
  if (open) return duty::Meet(tx_, open->name(), incident_.name()).status();
  Obligation fresh = duty::About(incident_.name(), limit.rule_id, limit.title);
  fresh.set_kind(kind);
  fresh.set_project_default(limit.project_default);
  duty::Due(fresh, act_.received_at, act_.received_at + limit.within, limit.climb_every);
  return Owe(std::move(fresh)).status();
}

absl::Status CaseTx::StartClock(v1::ReportChainState& chain, const rules::OwedClock& owed) {
  chain.set_clock_count(chain.clock_count() + 1);
  const std::string series = v1::ReportChain_Name(chain.chain());
  Obligation clock = duty::About(incident_.name(), owed.limit.rule_id, owed.limit.title, series);
  clock.set_kind(Obligation::REPORT);
  clock.set_project_default(owed.limit.project_default);
  clock.set_owed_to(absl::StrCat(
      base::Abs(rules::NameZh(rules::DirectSuperior(chain.chain(), v1::REPORT_TIER_DISTRICT))), "·",
      base::Abs(rules::NameZh(chain.chain()))));
  // Each interval that passes without a report is one report missed.
  duty::Due(clock, owed.start, owed.due, owed.limit.climb_every);
  ASSIGN_OR_RETURN(std::string name, Owe(std::move(clock)));
  chain.add_open_clocks(std::move(name));
  return absl::OkStatus();
}

absl::Status CaseTx::ReckonChain(v1::ReportChainState& chain,
                                 absl::Span<const rules::OwedClock> owed) {
  std::set<rules::Awaits> runs;
  std::vector<std::string> kept;
  chain.clear_next_due_at();
  for (const std::string& name : chain.open_clocks()) {
    ASSIGN_OR_RETURN(const auto clock, tx_.Get(duty::kObligations, name));
    const rules::Awaits awaits = rules::AwaitedBy(clock.value.rule_id());
    const auto still = std::find_if(owed.begin(), owed.end(), [&](const rules::OwedClock& one) {
      return one.chain == chain.chain() && one.awaits == awaits;
    });
    // One that is due before what is owed now says nothing less; a due time is never moved.
    if (still != owed.end() && base::FromProto(clock.value.due_at()) <= still->due) {
      runs.insert(awaits);
      kept.push_back(name);
      continue;
    }
    ASSIGN_OR_RETURN(const Obligation gone,
                     duty::Cancel(tx_, name, still == owed.end() ? "不再须报" : "改按更短的时限"));
    chain.set_missed(chain.missed() + gone.missed());
  }
  chain.mutable_open_clocks()->Assign(kept.begin(), kept.end());
  for (const rules::OwedClock& one : owed) {
    if (one.chain != chain.chain() || !runs.insert(one.awaits).second) continue;
    RETURN_IF_ERROR(StartClock(chain, one));
  }
  for (const std::string& name : chain.open_clocks()) {
    ASSIGN_OR_RETURN(const auto clock, tx_.Get(duty::kObligations, name));
    if (rules::AwaitedBy(clock.value.rule_id()) != rules::Awaits::kNextReport) continue;
    *chain.mutable_next_due_at() = clock.value.due_at();
  }
  return absl::OkStatus();
}

absl::Status CaseTx::ReckonReports(const rules::Limits& limits) {
  const bool reopened =
      !rules::OwesReports(before_.state()) && rules::OwesReports(incident_.state());
  if (reopened) *incident_.mutable_reporting_since() = base::ToProto(act_.received_at);
  const bool changed = !is_new_ &&
                       (before_.level() != incident_.level() ||
                        rules::CasualtiesDiffer(before_.figures(), incident_.figures())) &&
                       !rules::GradingIsOver(incident_, limits, act_.received_at);
  std::set<v1::ReportChain> names(limits.chains.begin(), limits.chains.end());
  for (const int open : incident_.chains()) names.insert(static_cast<v1::ReportChain>(open));
  std::vector<v1::ReportChainState*> chains;
  std::vector<v1::ReportChainState> states;
  for (const v1::ReportChain name : names) {
    ASSIGN_OR_RETURN(v1::ReportChainState * chain, Chain(name));
    if (changed && chain->has_first_told_at()) chain->set_changed(true);
    chains.push_back(chain);
    states.push_back(*chain);
  }
  const std::vector<rules::OwedClock> owed =
      rules::OwedClocks(incident_, states, limits, act_.received_at);
  for (v1::ReportChainState* chain : chains) RETURN_IF_ERROR(ReckonChain(*chain, owed));
  return absl::OkStatus();
}

absl::Status CaseTx::Finish() {
  for (const std::string& channel : ChannelsOf(incident_)) tx_.Publish(channel);
  const rules::Limits limits = this->limits();
  RETURN_IF_ERROR(OweWhile(rules::OwesVerification(incident_.state()), limits.verify,
                           Obligation::VERIFICATION));
  RETURN_IF_ERROR(
      OweWhile(incident_.lead_department_alarm(), limits.lead_department, Obligation::DECISION));
  RETURN_IF_ERROR(ReckonReports(limits));
  for (const auto& [name, held] : chains_) {
    if (held.is_new) {
      tx_.Create(kChains, name, held.value);
    } else if (held.value.SerializeAsString() != held.image) {
      tx_.Change(kChains, name, held.value);
    }
  }
  if (is_new_) {
    tx_.Create(kIncidents, incident_.name(), incident_);
  } else if (incident_.SerializeAsString() != before_.SerializeAsString()) {
    tx_.Change(kIncidents, incident_.name(), incident_);
  }
  return absl::OkStatus();
}

}  // namespace huying::incident
