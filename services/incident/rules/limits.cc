// SPDX-License-Identifier: Apache-2.0
#include "services/incident/rules/limits.h"

namespace huying::incident::rules {

Limit Limits::FollowUp(v1::EventLevel level) const {
  const auto it = follow_up.find(level);
  if (it != follow_up.end()) return it->second;
  Limit shortest{"report.follow-up.I", "续报间隔", absl::Hours(1)};
  if (!follow_up.empty()) shortest = follow_up.begin()->second;
  for (const auto& [any, limit] : follow_up) {
    if (limit.within < shortest.within) shortest = limit;
  }
  return shortest;
}

Limit Limits::FollowUp(const v1::Incident& incident) const {
  if (incident.command_handed_over() && follow_up_handed_over) return *follow_up_handed_over;
  return FollowUp(incident.sensitive() ? v1::EVENT_LEVEL_UNSPECIFIED : incident.level());
}

}  // namespace huying::incident::rules
