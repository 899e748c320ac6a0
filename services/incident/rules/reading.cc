// SPDX-License-Identifier: Apache-2.0
#include "services/incident/rules/reading.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "services/incident/rules/competence.h"
#include "services/incident/rules/tasks.h"
#include "services/platform/base/status.h"

namespace huying::incident::rules {
namespace {

constexpr char kNodePermission[] = "node";  // of this installation's processes

template <typename List>
bool Has(const List& list, const std::string& value) {
  return std::find(list.begin(), list.end(), value) != list.end();
}

bool ReportedBy(const v1::Incident& incident, const common::v1::Actor& actor) {
  return (!actor.post().empty() && incident.taken_by().post() == actor.post()) ||
         (!actor.unit().empty() && incident.taken_by().unit() == actor.unit());
}

// What happens to the whole district happens to each part of it, and each part may report it.
bool OfTheWhole(const v1::Incident& incident) {
  return !incident.area().empty() && incident.area_ancestors().empty() &&
         !incident.areas_above_unknown();
}

}  // namespace

Viewer ViewerOf(const common::v1::Actor& actor, const std::vector<std::string>& permissions) {
  return {actor, !actor.system().empty() || Has(permissions, kReadAllPermission) ||
                     Has(permissions, kNodePermission)};
}

bool MayRead(const v1::Incident& incident, const Viewer& viewer) {
  const common::v1::Actor& actor = viewer.actor;
  if (viewer.everything || ReportedBy(incident, actor)) return true;
  if (!guard::IsGovernment(actor.tier())) return false;
  if (actor.tier() == common::v1::DISTRICT || OfTheWhole(incident)) return true;
  // What lies above it is not yet known: it may well be this subdistrict.
  if (incident.areas_above_unknown() && actor.tier() == common::v1::SUBDISTRICT) return true;
  return guard::Sees(actor, PathOf(incident)) || Has(incident.areas(), actor.area()) ||
         Has(incident.areas_above(), actor.area());
}

bool MayReadTask(const v1::Task& task, const v1::Incident& incident, const Viewer& viewer) {
  return IsExecutor(task, viewer.actor) || MayRead(incident, viewer);
}

absl::Status CheckRead(const v1::Incident& incident, const Viewer& viewer) {
  if (MayRead(incident, viewer)) return absl::OkStatus();
  return base::Denied(base::Reason::OUTSIDE_AREA,
                      absl::StrCat("事件所在区域 ", incident.area(), " 不在本岗位辖区"),
                      absl::StrCat("area ", incident.area(), " lies outside the post's area"))
      .Field("name")
      .Rule("incident.read.area")
      .Next("向属地或上级值班岗了解", "ask the duty post of that area or above");
}

}  // namespace huying::incident::rules
