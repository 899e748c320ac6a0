// SPDX-License-Identifier: Apache-2.0
#include "clients/drill/roster.h"

#include "services/platform/base/clock.h"

namespace huying::drill_client {

void Roster::Apply(const drill::rules::SeenEntry& seen) {
  if (seen.ledger != "directory") return;
  for (const auto& change : seen.entry.changes()) {
    directory::v1::Shift shift;
    if (change.kind() != "shift" || !shift.ParseFromString(change.image())) continue;
    shifts_[shift.post()][shift.name()] = shift;
  }
}

std::string Roster::PersonAt(const std::string& post, absl::Time at) const {
  const auto shifts = shifts_.find(post);
  if (shifts == shifts_.end()) return "";
  for (const auto& [name, shift] : shifts->second) {
    if (base::FromProto(shift.start()) <= at && at < base::FromProto(shift.end())) {
      return shift.person();
    }
  }
  return "";
}

}  // namespace huying::drill_client
