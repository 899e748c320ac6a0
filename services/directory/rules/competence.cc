// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "services/directory/rules/view.h"
#include "services/platform/base/clock.h"
#include "services/platform/base/status.h"
#include "services/platform/guard/reach.h"

namespace huying::directory::rules {
namespace {

using common::v1::Tier;
using guard::TierReaches;  // EXTERNAL has no power item

std::string TierName(Tier tier) {
  switch (tier) {
    case Tier::DISTRICT:
      return "区";
    case Tier::SUBDISTRICT:
      return "街道";
    case Tier::COMMUNITY:
      return "社区";
    default:
      return "外部";
  }
}

// Whose competence is asked for: a post, or the deputy's post acting for another.
struct ActsFor {
  const v1::Post* post = nullptr;
  bool deputy_ok = true;
};

ActsFor ActingPost(const View& view, const v1::CheckCompetenceRequest& request,
                   const common::v1::Actor& actor) {
  ActsFor acting;
  const bool for_other = request.post().empty() && !actor.acting_for_post().empty();
  const std::string& name = !request.post().empty() ? request.post()
                            : for_other             ? actor.acting_for_post()
                                                    : actor.post();
  auto at = view->posts.find(name);
  if (at == view->posts.end()) return acting;
  acting.post = &at->second;
  if (for_other && actor.post() != name) {
    const auto& deputies = acting.post->deputies();
    acting.deputy_ok = std::find(deputies.begin(), deputies.end(), actor.post()) != deputies.end();
    // What only his own post may do, a deputy still does in his own right.
    auto own = view->posts.find(actor.post());
    if (acting.deputy_ok && own != view->posts.end() &&
        !PermissionsOf(view, *acting.post).contains(request.permission()) &&
        PermissionsOf(view, own->second).contains(request.permission())) {
      acting.post = &own->second;
    }
  }
  return acting;
}

// The item in force for the permission; the one whose tier fits when there are several.
const v1::PowerItem* ItemFor(const View& view, const std::string& permission, Tier tier,
                             absl::Time now) {
  const v1::PowerItem* found = nullptr;
  for (const v1::PowerItem& item : view->power_items) {
    if (item.permission() != permission || !InForce(item, now)) continue;
    if (found == nullptr ||
        (!TierReaches(tier, found->lowest_tier()) && TierReaches(tier, item.lowest_tier()))) {
      found = &item;
    }
  }
  return found;
}

absl::Status CheckAreas(const View& view, const v1::CheckCompetenceRequest& request,
                        const std::string& own_area, v1::CheckCompetenceResponse& response) {
  response.set_covers_area(true);
  for (int i = 0; i < request.areas_size(); ++i) {
    ASSIGN_OR_RETURN(const v1::Area* area,
                     KnownArea(view, request.areas(i), absl::StrCat("areas[", i, "]")));
    if (response.covers_area() && !view->areas.Contains(own_area, area->code())) {
      response.set_covers_area(false);
      response.set_outside_area(area->code());
    }
  }
  return absl::OkStatus();
}

std::string Explain(const View& view, const v1::CheckCompetenceRequest& request,
                    const ActsFor& acting, const v1::CheckCompetenceResponse& answer, Tier tier) {
  std::vector<std::string> parts;
  const std::string who = acting.post == nullptr ? "当前账户" : acting.post->title();
  if (!acting.deputy_ok) parts.push_back(absl::StrCat("当前岗位不在", who, "的代行顺序中"));
  parts.push_back(
      absl::StrCat(who, answer.has_permission() ? "有权限 " : "没有权限 ", request.permission()));
  const v1::Area* own = view->areas.Find(answer.post_area());
  if (!answer.covers_area()) {
    const v1::Area* outside = view->areas.Find(answer.outside_area());
    parts.push_back(absl::StrCat(outside == nullptr ? answer.outside_area() : outside->name(),
                                 "不在其管辖范围", own == nullptr ? "" : own->name(), "内"));
  } else if (own != nullptr) {
    parts.push_back(absl::StrCat("目标在", own->name(), "范围内"));
  }
  if (answer.power_item().empty()) {
    parts.push_back("没有在效的权责事项，依据待核");
  } else if (!answer.tier_ok()) {
    parts.push_back(absl::StrCat("权责事项 ", answer.power_item(), " 最低层级为",
                                 TierName(answer.lowest_tier()), "，本岗位为", TierName(tier)));
  } else {
    parts.push_back(absl::StrCat("依据权责事项 ", answer.power_item()));
  }
  return absl::StrJoin(parts, "；");
}

}  // namespace

bool InForce(const v1::PowerItem& item, absl::Time at) {
  if (item.has_valid_from() && at < base::FromProto(item.valid_from())) return false;
  return !item.has_valid_to() || at < base::FromProto(item.valid_to());
}

absl::StatusOr<v1::CheckCompetenceResponse> CheckCompetence(
    const View& view, const v1::CheckCompetenceRequest& request, const common::v1::Actor& actor,
    const std::vector<std::string>& permissions, absl::Time now) {
  if (request.permission().empty()) {
    return base::Invalid(base::Reason::FIELD_MISSING, "缺少权限名", "permission is missing")
        .Field("permission");
  }
  v1::CheckCompetenceResponse answer;
  answer.set_as_of_seq(view.as_of_seq);
  const ActsFor acting = ActingPost(view, request, actor);
  Tier tier = actor.tier();
  if (acting.post != nullptr) {
    tier = acting.post->tier();
    answer.set_post_area(acting.post->area());
    answer.set_has_permission(acting.deputy_ok &&
                              PermissionsOf(view, *acting.post).contains(request.permission()));
  } else if (request.post().empty() && actor.post().empty()) {
    // An administrator without a post: what the token carries.
    answer.set_post_area(actor.area());
    answer.set_has_permission(std::find(permissions.begin(), permissions.end(),
                                        request.permission()) != permissions.end());
  }
  RETURN_IF_ERROR(CheckAreas(view, request, answer.post_area(), answer));
  answer.set_tier_ok(true);
  if (const v1::PowerItem* item = ItemFor(view, request.permission(), tier, now)) {
    answer.set_power_item(item->name());
    *answer.mutable_legal_basis() = item->legal_basis();
    answer.set_lowest_tier(item->lowest_tier());
    answer.set_tier_ok(TierReaches(tier, item->lowest_tier()));
  }
  answer.set_explanation(Explain(view, request, acting, answer, tier));
  return answer;
}

}  // namespace huying::directory::rules
