// SPDX-License-Identifier: Apache-2.0
#include "services/directory/rules/look_ahead.h"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "services/platform/base/clock.h"
#include "services/platform/base/status.h"

namespace huying::directory::rules {
namespace {

using ShiftsByPost = std::map<std::string_view, std::vector<const v1::Shift*>>;

ShiftsByPost ByPost(const std::vector<v1::Shift>& shifts) {
  ShiftsByPost by_post;
  for (const v1::Shift& shift : shifts) {
    if (!shift.cancelled()) by_post[shift.post()].push_back(&shift);
  }
  return by_post;
}

v1::RosterGap GapOf(const v1::Post& post, const v1::Holder& holder, absl::Time start,
                    absl::Time end) {
  v1::RosterGap gap;
  gap.set_kind(holder.person().empty() ? v1::RosterGap::NOBODY : v1::RosterGap::CANNOT_SIGN_IN);
  gap.set_post(post.name());
  gap.set_post_title(post.title());
  gap.set_person(holder.person());
  gap.set_person_name(holder.person_name());
  *gap.mutable_start() = base::ToProto(start);
  *gap.mutable_end() = base::ToProto(end);
  return gap;
}

// The times at which the holder may change, within the span.
std::vector<absl::Time> CutsOf(const std::vector<const v1::Shift*>& shifts, absl::Time from,
                               absl::Time to) {
  std::set<absl::Time> cuts = {from, to};
  for (const v1::Shift* shift : shifts) {
    for (const absl::Time at : {base::FromProto(shift->start()), base::FromProto(shift->end())}) {
      if (from < at && at < to) cuts.insert(at);
    }
  }
  return {cuts.begin(), cuts.end()};
}

void AddGaps(const View& view, const v1::Post& post, const std::vector<const v1::Shift*>& shifts,
             absl::Time from, absl::Time to, std::vector<v1::RosterGap>& gaps) {
  const std::vector<absl::Time> cuts = CutsOf(shifts, from, to);
  const size_t first = gaps.size();
  for (size_t i = 0; i + 1 < cuts.size(); ++i) {
    ShiftsAt at;
    for (const v1::Shift* shift : shifts) {
      if (Covers(*shift, cuts[i])) at.emplace(shift->post(), *shift);
    }
    const v1::Holder holder = HolderOf(view, at, post);
    if (holder.can_sign_in()) continue;
    v1::RosterGap gap = GapOf(post, holder, cuts[i], cuts[i + 1]);
    const bool goes_on = gaps.size() > first && gaps.back().person() == gap.person() &&
                         base::FromProto(gaps.back().end()) == cuts[i];
    if (goes_on) {
      *gaps.back().mutable_end() = gap.end();
    } else {
      gaps.push_back(std::move(gap));
    }
  }
  if (shifts.empty()) return;
  const v1::Shift* last =
      *std::max_element(shifts.begin(), shifts.end(), [](const v1::Shift* a, const v1::Shift* b) {
        return base::FromProto(a->end()) < base::FromProto(b->end());
      });
  const absl::Time end = base::FromProto(last->end());
  if (end >= to) return;
  v1::RosterGap gap = GapOf(post, {}, end, to);
  gap.set_kind(v1::RosterGap::ROSTER_ENDS);
  gaps.push_back(std::move(gap));
}

}  // namespace

std::vector<v1::RosterGap> GapsOf(const View& view, const std::vector<v1::Shift>& shifts,
                                  std::string_view area, absl::Time from, absl::Time to) {
  const ShiftsByPost by_post = ByPost(shifts);
  std::vector<v1::RosterGap> gaps;
  for (const auto& [name, post] : view->posts) {
    auto at = by_post.find(name);
    if (!post.receives_alerts() && at == by_post.end()) continue;
    if (!view->areas.Contains(area, post.area())) continue;
    AddGaps(view, post, at == by_post.end() ? std::vector<const v1::Shift*>() : at->second, from,
            to, gaps);
  }
  return gaps;
}

std::string LeavesEmpty(const View& view, const std::vector<v1::Shift>& shifts,
                        std::string_view person, absl::Time from) {
  std::vector<std::string> parts;
  for (const auto& [name, post] : view->posts) {
    const bool standing = post.standing_holder() == person;
    const auto count = std::count_if(shifts.begin(), shifts.end(), [&](const v1::Shift& shift) {
      return shift.post() == name && shift.person() == person && !shift.cancelled() &&
             base::FromProto(shift.end()) > from;
    });
    if (count > 0) parts.push_back(absl::StrCat(post.title(), "（", count, "个班次）"));
    if (standing) parts.push_back(absl::StrCat(post.title(), "（常设）"));
  }
  return absl::StrJoin(parts, "、");
}

absl::Status MayCall(const View& view, const common::v1::Actor& actor, const v1::Post& post) {
  auto own = view->posts.find(actor.post());
  const bool named = own != view->posts.end() &&
                     (own->second.supervisor() == post.name() ||
                      std::find(own->second.deputies().begin(), own->second.deputies().end(),
                                post.name()) != own->second.deputies().end());
  // Whoever is outside the government has no area to answer for.
  const bool inside = actor.tier() >= common::v1::DISTRICT && !actor.area().empty() &&
                      (view->areas.Contains(actor.area(), post.area()) ||
                       view->areas.Contains(post.area(), actor.area()));
  if (named || inside) return absl::OkStatus();
  return base::Denied(base::Reason::OUTSIDE_AREA, "该岗位不在本岗位的上下级范围内",
                      "the post is neither within your area nor above it")
      .Field("post")
      .Rule("directory.duty-contact")
      .Next("请通过本级值班岗转接", "let the duty post of your own tier put you through");
}

}  // namespace huying::directory::rules
