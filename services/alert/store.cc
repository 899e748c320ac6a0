// SPDX-License-Identifier: Apache-2.0
#include "services/alert/store.h"

#include <utility>

#include "services/alert/rules/content.h"
#include "services/alert/rules/lifecycle.h"
#include "services/platform/duty/obligation.h"
#include "services/platform/guard/makeups.h"

namespace huying::alert {
using ledger::Int;
using ledger::Text;

const ledger::RecordKind<v1::Alert> kAlerts(
    "alert", [](const v1::Alert& a) { return v1::AlertState_Name(a.state()); },
    {{"state", [](const v1::Alert& a) { return Int(a.state()); }},
     {"in_force", [](const v1::Alert& a) { return Int(rules::InForce(a.state()) ? 1 : 0); }},
     {"shown",
      [](const v1::Alert& a) {
        return Int(rules::InForce(a.state()) || a.awaiting_stop() ? 1 : 0);
      }},
     {"refers_to", [](const v1::Alert& a) { return Text(a.refers_to()); }},
     {"numbered", [](const v1::Alert& a) { return Int(rules::OrderOf(a.name())); }}});

const ledger::RecordKind<v1::RecipientList> kRecipientLists("recipient_list", nullptr, {});

const ledger::RecordKind<v1::Recipient> kRecipients(
    "recipient", [](const v1::Recipient& r) { return v1::RecipientState_Name(r.state()); },
    {{"alert", [](const v1::Recipient& r) { return Text(r.alert()); }},
     {"state", [](const v1::Recipient& r) { return Int(r.state()); }}});

const ledger::RecordKind<v1::Escalation> kEscalations(
    "escalation", nullptr, {{"alert", [](const v1::Escalation& e) { return Text(e.alert()); }}});

const ledger::RecordKind<v1::KnownAreas> kKnownAreas("known_areas", nullptr, {});

std::vector<ledger::KindSchema> AlertKinds() {
  return {kAlerts.schema(),           kRecipientLists.schema(), kRecipients.schema(),
          kEscalations.schema(),      kKnownAreas.schema(),     guard::kMakeUps.schema(),
          duty::kObligations.schema()};
}

absl::StatusOr<std::map<std::string, v1::Recipient>> ActsOf(ledger::Reader& reader,
                                                            std::string_view alert) {
  ASSIGN_OR_RETURN(auto all,
                   reader.All(kRecipients, {.where = {{"alert", "=", Text(std::string(alert))}}}));
  std::map<std::string, v1::Recipient> acts;
  for (auto& recipient : all) acts[recipient.value.post()] = std::move(recipient.value);
  return acts;
}

absl::StatusOr<std::vector<v1::Alert>> AlertsShown(ledger::Reader& reader) {
  ASSIGN_OR_RETURN(auto all, reader.All(kAlerts, {.where = {{"shown", "=", Int(1)}}}));
  std::vector<v1::Alert> alerts;
  alerts.reserve(all.size());
  for (auto& alert : all) alerts.push_back(std::move(alert.value));
  return alerts;
}

absl::StatusOr<v1::KnownAreas> KnownAreasOf(ledger::Reader& reader) {
  ASSIGN_OR_RETURN(auto known, reader.Find(kKnownAreas, kKnownAreasKey));
  return known ? std::move(known->value) : v1::KnownAreas();
}

}  // namespace huying::alert
