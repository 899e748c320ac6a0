// SPDX-License-Identifier: Apache-2.0
#include "services/alert/rules/competence.h"

#include "absl/strings/str_cat.h"
#include "services/platform/base/status.h"
#include "services/platform/base/strings.h"

namespace huying::alert::rules {
namespace {
using base::Reason;
using common::v1::Tier;

absl::Status Outside(const std::string& area) {
  return base::Denied(Reason::OUTSIDE_AREA, absl::StrCat("区域 ", area, " 不在本岗位辖区内"),
                      absl::StrCat("area ", area, " lies outside this post's area"))
      .Field("target_areas")
      .Rule("alert.own-subtree")
      .Next("请有管辖权的一级办理，或改为本辖区", "ask the tier that is in charge of it");
}

// Directory is silent: the token's word and the area table as last told.
absl::Status JudgeByToken(const common::v1::Actor& actor, absl::Span<const std::string> areas,
                          const Parents& known) {
  for (const std::string& area : areas) {
    const guard::AreaPath path = guard::PathOf(area, known);
    if (guard::Sees(actor, path)) continue;
    if (!path.above.empty()) return Outside(area);
    return base::Unavailable(
               Reason::LOWER_SERVICE_UNAVAILABLE,
               absl::StrCat("目录服务未应答，无法核对区域 ", area, " 是否在辖区内"),
               absl::StrCat("directory does not answer: cannot tell whose area ", area, " is"))
        .Field("target_areas")
        .Rule("alert.own-subtree")
        .Next(absl::StrCat("可先向本辖区 ", actor.area(), " 发出"),
              absl::StrCat("send it to your own area ", actor.area(), " for now"));
  }
  return absl::OkStatus();
}
}  // namespace

common::v1::Flag MakeFlag(std::string_view rule_id, std::string_view text) {
  common::v1::Flag flag;
  flag.set_rule_id(std::string(rule_id));
  flag.set_text(std::string(text));
  return flag;
}

absl::StatusOr<CompetenceVerdict> JudgeCompetence(const common::v1::Actor& actor,
                                                  const std::optional<Competence>& competence,
                                                  absl::Span<const std::string> areas,
                                                  const Parents& known, Effect effect) {
  CompetenceVerdict verdict;
  if (!competence) {
    RETURN_IF_ERROR(JudgeByToken(actor, areas, known));
    verdict.flags.push_back(MakeFlag("alert.competence-unverified",
                                     "目录服务未应答：按登录凭证的岗位和辖区办理，权限待核"));
    return verdict;
  }
  if (!competence->covers_area) return Outside(competence->outside_area);
  if (!competence->tier_ok) {
    return base::Denied(Reason::TIER_TOO_LOW, "本级没有这项权责", "this tier has no such power")
        .Rule("alert.competence")
        .Next("报上一级办理", "ask the tier above");
  }
  if (!competence->has_permission) {
    return base::Denied(Reason::PERMISSION_MISSING, "本岗位没有这项权限",
                        "this post does not have the permission")
        .Rule("alert.competence");
  }
  verdict.power_item = competence->power_item;
  verdict.legal_basis = competence->legal_basis;
  if (verdict.power_item.empty() && effect == Effect::kOutside) {
    verdict.flags.push_back(MakeFlag("alert.power-item", "依据待核：没有生效的权责事项"));
  }
  return verdict;
}

absl::Status RequireDistrict(const common::v1::Actor& actor) {
  if (actor.tier() == Tier::DISTRICT) return absl::OkStatus();
  return base::Denied(Reason::GUARD_HARD,
                      "预警由区人民政府发布、调整、解除，街道和社区只转发、落实",
                      "a warning is the district's to issue, adjust and lift; others relay it")
      .Rule("alert.warning-district-only")
      .Law("突发事件应对法 第六十四条")
      .Next("可报区级建议发布，或在本辖区发紧急通知",
            "propose it to the district, or send a notice");
}

absl::Status RequireSameAreaOrAbove(const common::v1::Actor& origin, const common::v1::Actor& actor,
                                    const Parents& parents) {
  if (!actor.system().empty()) return absl::OkStatus();
  if (guard::SameUnit(actor, origin) || guard::Governs(actor, origin.area(), parents)) {
    return absl::OkStatus();
  }
  return base::Denied(Reason::OUTSIDE_AREA,
                      absl::StrCat("由 ", origin.area(), " 发出的，只能由该级或其上级解除、撤回"),
                      absl::StrCat("what area ", origin.area(),
                                   " sent is ended there or above, not from below"))
      .Field("name")
      .Rule("alert.not-ended-from-below")
      .Next("先应答（无法执行的写明理由），并请发布单位解除",
            "answer it (with the reason, if it cannot be done) and ask its issuer to lift it");
}

}  // namespace huying::alert::rules
