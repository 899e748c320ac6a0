// SPDX-License-Identifier: Apache-2.0
#include "services/incident/rules/competence.h"

#include "absl/strings/str_cat.h"
#include "services/platform/base/status.h"

namespace huying::incident::rules {
namespace {

using base::Reason;

// What the token alone says. An incident taken down while directory was away does not know what lies
// above it: then only a post of the lowest tier, with nothing beneath, is surely outside.
bool SurelyOutside(const common::v1::Actor& actor, const v1::Incident& incident) {
  if (actor.area() == incident.area()) return false;
  if (incident.areas_above_unknown()) return actor.tier() == common::v1::COMMUNITY;
  return !guard::Sees(actor, PathOf(incident));
}

}  // namespace

guard::AreaPath PathOf(const v1::Incident& incident) {
  return {incident.area(), {incident.area_ancestors().begin(), incident.area_ancestors().end()}};
}

absl::Status OutsideArea(const std::string& area) {
  return base::Denied(Reason::OUTSIDE_AREA, absl::StrCat("区域 ", area, " 不在本岗位辖区"),
                      absl::StrCat("area ", area, " lies outside the post's area"))
      .Rule("incident.competence.area")
      .Next("由属地或上级岗位办理", "ask a post of that area or above");
}

common::v1::Flag MakeFlag(std::string_view rule_id, std::string_view text) {
  common::v1::Flag flag;
  flag.set_rule_id(std::string(rule_id));
  flag.set_text(std::string(text));
  return flag;
}

absl::StatusOr<std::vector<common::v1::Flag>> JudgeCompetence(
    const common::v1::Actor& actor, const std::optional<Competence>& competence,
    const v1::Incident& incident, bool wants_power_item) {
  std::vector<common::v1::Flag> flags;
  if (!competence) {
    if (SurelyOutside(actor, incident)) return OutsideArea(incident.area());
    flags.push_back(MakeFlag("incident.competence.unchecked", "权限待核：组织目录没有应答"));
    return flags;
  }
  if (!competence->covers_area) {
    return OutsideArea(competence->outside_area.empty() ? incident.area()
                                                        : competence->outside_area);
  }
  if (!competence->tier_ok) {
    return base::Denied(Reason::TIER_TOO_LOW, "本级无此权限", "this tier has no such power")
        .Rule("incident.competence.tier");
  }
  if (wants_power_item && competence->power_item.empty()) {
    flags.push_back(MakeFlag("incident.competence.power-item", "依据待核：没有现行有效的权责事项"));
  }
  return flags;
}

}  // namespace huying::incident::rules
