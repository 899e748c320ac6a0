// SPDX-License-Identifier: Apache-2.0
#include "services/incident/rules/owed_clocks.h"

#include <algorithm>

#include "absl/strings/match.h"
#include "services/platform/base/clock.h"
#include "services/platform/base/strings.h"

namespace huying::incident::rules {
namespace {

absl::Time OwedSince(const v1::Incident& incident) {
  return base::FromProto(incident.has_reporting_since() ? incident.reporting_since()
                                                        : incident.received_at());
}

void Add(std::vector<OwedClock>& owed, v1::ReportChain chain, Awaits awaits, const Limit& limit,
         absl::Time start) {
  owed.push_back({chain, awaits, limit, start, start + limit.within});
}

// Of one chain of the district.
void AddChain(std::vector<OwedClock>& owed, const v1::Incident& incident,
              const v1::ReportChainState& chain, bool demanded, const Limits& limits,
              absl::Time now) {
  const bool told = chain.has_first_told_at();
  const auto found = limits.first.find(chain.chain());
  if (demanded && found != limits.first.end()) {
    const ChainLimits& first = found->second;
    if (first.oral && !told) {
      Add(owed, chain.chain(), Awaits::kFirstOral, *first.oral, OwedSince(incident));
    }
    if (first.written && !chain.has_first_written_at()) {
      Add(owed, chain.chain(), Awaits::kFirstWritten, *first.written, OwedSince(incident));
    }
  }
  if (told && (!chain.final_sent() || chain.changed())) {
    Add(owed, chain.chain(), Awaits::kNextReport, limits.FollowUp(incident), now);
  }
}

}  // namespace

std::vector<OwedClock> OwedClocks(const v1::Incident& incident,
                                  absl::Span<const v1::ReportChainState> chains,
                                  const Limits& limits, absl::Time now) {
  std::vector<OwedClock> owed;
  if (!OwesReports(incident.state())) return owed;
  for (const v1::ReportChain demanded : limits.chains) {
    v1::ReportChainState state;
    state.set_chain(demanded);
    for (const v1::ReportChainState& chain : chains) {
      if (chain.sender().empty() && chain.chain() == demanded) state = chain;
    }
    AddChain(owed, incident, state, /*demanded=*/true, limits, now);
  }
  for (const v1::ReportChainState& chain : chains) {
    const bool demanded =
        std::find(limits.chains.begin(), limits.chains.end(), chain.chain()) != limits.chains.end();
    if (demanded || !chain.sender().empty()) continue;
    AddChain(owed, incident, chain, /*demanded=*/false, limits, now);
  }
  return owed;
}

Awaits AwaitedBy(std::string_view rule_id) {
  if (absl::StartsWith(base::Abs(rule_id), "report.first-oral")) return Awaits::kFirstOral;
  if (absl::StartsWith(base::Abs(rule_id), "report.follow-up")) return Awaits::kNextReport;
  return Awaits::kFirstWritten;  // report.first-written, report.accident-chain
}

bool IsMetBy(Awaits awaits, const Reached& report) {
  switch (awaits) {
    case Awaits::kFirstOral:
      return report.kind == v1::FIRST;
    case Awaits::kFirstWritten:
      return report.kind == v1::FIRST && report.in_writing;
    case Awaits::kNextReport:
      if (!report.first_time) return false;
      return report.kind == v1::FOLLOW_UP || report.kind == v1::FINAL ||
             (report.kind == v1::CORRECTION && report.changed);
  }
  return false;
}

}  // namespace huying::incident::rules
