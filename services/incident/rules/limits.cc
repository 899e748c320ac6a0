// SPDX-License-Identifier: Apache-2.0
#include "services/incident/rules/limits.h"

namespace huying::incident::rules {

Limit Limits::FollowUp(v1::EventLevel level) const {
  auto it = follow_up.find(level);
  if (it == follow_up.end()) it = follow_up.find(v1::LEVEL_IV);
  if (it == follow_up.end()) return {"report.follow-up.IV", "续报间隔", absl::Hours(24)};
  return it->second;
}

Limit Limits::FollowUp(const v1::Incident& incident) const {
  if (incident.command_handed_over() && follow_up_handed_over) return *follow_up_handed_over;
  return FollowUp(incident.level());
}

}  // namespace huying::incident::rules
