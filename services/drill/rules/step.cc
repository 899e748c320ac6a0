// SPDX-License-Identifier: Apache-2.0
#include "services/drill/rules/step.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "google/protobuf/util/message_differencer.h"
#include "services/platform/base/clock.h"

namespace huying::drill::rules {
namespace {

absl::Time DueOf(const platform::v1::ProbeResponse::Ledger& ledger) {
  return ledger.has_next_due() ? base::FromProto(ledger.next_due()) : absl::InfiniteFuture();
}

}  // namespace

std::string Unsettled(const Probes& probes, absl::Time now) {
  for (const auto& process : probes) {
    if (base::FromProto(process.now()) != now) return "a process has another time";
    for (const auto& ledger : process.ledgers()) {
      const std::string& name = ledger.ledger();
      if (ledger.in_flight() > 0) {
        return absl::StrCat(name, ": ", ledger.in_flight(), " commands in flight");
      }
      if (ledger.reactor_lag() > 0) {
        return absl::StrCat(name, ": reactors behind by ", ledger.reactor_lag());
      }
      if (ledger.relay_lag() > 0)
        return absl::StrCat(name, ": relay behind by ", ledger.relay_lag());
      if (ledger.streams_behind() > 0) {
        return absl::StrCat(name, ": ", ledger.streams_behind(), " streams behind");
      }
      if (DueOf(ledger) <= now) return absl::StrCat(name, ": a deadline is due");
    }
  }
  return "";
}

bool Settled(const Probes& before, const Probes& after, absl::Time now) {
  if (before.size() != after.size()) return false;
  for (size_t i = 0; i < before.size(); ++i) {
    if (!google::protobuf::util::MessageDifferencer::Equals(before[i], after[i])) return false;
  }
  return Unsettled(after, now).empty();
}

absl::Time NextDue(const Probes& probes) {
  absl::Time earliest = absl::InfiniteFuture();
  for (const auto& process : probes) {
    for (const auto& ledger : process.ledgers()) earliest = std::min(earliest, DueOf(ledger));
  }
  return earliest;
}

absl::Time NextTime(const Probes& probes, absl::Time until) {
  return std::min(NextDue(probes), until);
}

std::map<std::string, int64_t> Heads(const Probes& probes) {
  std::map<std::string, int64_t> heads;
  for (const auto& process : probes) {
    for (const auto& ledger : process.ledgers()) heads[ledger.ledger()] = ledger.head();
  }
  return heads;
}

}  // namespace huying::drill::rules
