// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "huying/alert/v1/alert.pb.h"
#include "services/platform/ledger/reader.h"
#include "services/platform/ledger/records.h"

// Records of the alert service.
//
//   ASSIGN_OR_RETURN(auto alert, reader.Get(kAlerts, "alerts/2026-0007"));
//   ASSIGN_OR_RETURN(auto acts, ActsOf(reader, alert.value.name()));   // who departed from SENT
namespace huying::alert {

extern const ledger::RecordKind<v1::Alert> kAlerts;
// Keyed by the alert's name; the usual state SENT is absent from `kRecipients`.
extern const ledger::RecordKind<v1::RecipientList> kRecipientLists;
extern const ledger::RecordKind<v1::Recipient> kRecipients;
extern const ledger::RecordKind<v1::Escalation> kEscalations;
extern const ledger::RecordKind<v1::KnownAreas> kKnownAreas;  // one record
inline constexpr char kKnownAreasKey[] = "known-areas";

std::vector<ledger::KindSchema> AlertKinds();

// Named first in Command::reads: the last entry of the case comes with the first key, and the case of an alert
// may be an incident, not itself. Stands for no record of its own.
inline ledger::RecordRef CaseRef(std::string_view case_id) { return kAlerts.Ref(case_id); }

// Recipients of an alert that have a record, by post.
absl::StatusOr<std::map<std::string, v1::Recipient>> ActsOf(ledger::Reader& reader,
                                                            std::string_view alert);
// In force (ISSUED and EXPIRED), or retracted not long ago; by name.
absl::StatusOr<std::vector<v1::Alert>> AlertsShown(ledger::Reader& reader);
// Empty when directory was never heard.
absl::StatusOr<v1::KnownAreas> KnownAreasOf(ledger::Reader& reader);

}  // namespace huying::alert
