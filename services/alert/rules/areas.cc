// SPDX-License-Identifier: Apache-2.0
#include "services/alert/rules/areas.h"

#include <algorithm>
#include <set>

#include "absl/strings/str_cat.h"
#include "services/platform/base/strings.h"

namespace huying::alert::rules {
namespace {
// Who was called for a sibling's silence is the sibling's affair.
void DropCallsForOthers(const std::set<std::string>& kept, v1::Escalation& escalation) {
  std::set<std::string> called;
  auto* calls = escalation.mutable_called_for();
  for (auto it = calls->begin(); it != calls->end();) {
    const bool mine = kept.count(it->first) > 0;
    if (mine) called.insert(it->second);
    it = mine ? std::next(it) : calls->erase(it);
  }
  escalation.clear_called_posts();
  for (const std::string& post : called) escalation.add_called_posts(post);
  auto* holders = escalation.mutable_holders();
  holders->erase(std::remove_if(holders->begin(), holders->end(),
                                [&](const auto& held) { return called.count(held.post()) == 0; }),
                 holders->end());
}

template <typename Map, typename Drop>
void EraseIf(Map& map, const Drop& drop) {
  for (auto it = map.begin(); it != map.end();) {
    it = drop(it->first) ? map.erase(it) : std::next(it);
  }
}

std::vector<std::string> ToVector(const std::set<std::string>& set) {
  return {set.begin(), set.end()};
}
}  // namespace

std::string Down(std::string_view area) { return absl::StrCat("down:", base::Abs(area)); }
std::string Up(std::string_view area) { return absl::StrCat("up:", base::Abs(area)); }
std::string PostChannel(std::string_view post) { return absl::StrCat("post:", base::Abs(post)); }

std::vector<std::string> AlertChannels(const v1::Alert& alert) {
  std::set<std::string> channels;
  for (const std::string& area : alert.told_areas()) {
    channels.insert(Down(area));
    for (const std::string& above : AncestorsOf(area, alert.parents())) channels.insert(Up(above));
  }
  return ToVector(channels);
}

std::vector<std::string> RecipientChannels(std::string_view area, const Parents& parents) {
  std::set<std::string> channels = {Up(area)};
  for (const std::string& above : AncestorsOf(area, parents)) channels.insert(Up(above));
  return ToVector(channels);
}

std::vector<std::string> EscalationChannels(const v1::Escalation& escalation) {
  std::set<std::string> channels;
  for (const std::string& post : escalation.called_posts()) channels.insert(PostChannel(post));
  for (const auto& [post, area] : escalation.post_areas()) {
    for (std::string& channel : RecipientChannels(area, escalation.parents())) {
      channels.insert(std::move(channel));
    }
  }
  return ToVector(channels);
}

std::vector<std::string> HeardChannels(std::string_view area,
                                       absl::Span<const std::string> ancestors) {
  std::vector<std::string> channels = {Down(area), Up(area)};
  for (const std::string& above : ancestors) channels.push_back(Down(above));
  return channels;
}

bool HearsFromAbove(std::string_view area, absl::Span<const std::string> ancestors,
                    const v1::Alert& alert) {
  return std::any_of(
      alert.told_areas().begin(), alert.told_areas().end(), [&](const std::string& told) {
        return told == area ||
               std::find(ancestors.begin(), ancestors.end(), told) != ancestors.end();
      });
}

bool Hears(std::string_view area, absl::Span<const std::string> ancestors, const v1::Alert& alert) {
  return HearsFromAbove(area, ancestors, alert) ||
         std::any_of(alert.told_areas().begin(), alert.told_areas().end(),
                     [&](const std::string& told) { return Within(told, area, alert.parents()); });
}

void KeepSilent(const std::set<std::string>& kept, v1::Escalation& escalation) {
  const auto drop = [&kept](google::protobuf::RepeatedPtrField<std::string>* posts) {
    posts->erase(std::remove_if(posts->begin(), posts->end(),
                                [&](const std::string& post) { return kept.count(post) == 0; }),
                 posts->end());
  };
  drop(escalation.mutable_silent_posts());
  drop(escalation.mutable_empty_posts());
  DropCallsForOthers(kept, escalation);
  const std::set<std::string> called(escalation.called_posts().begin(),
                                     escalation.called_posts().end());
  EraseIf(*escalation.mutable_post_areas(),
          [&](const std::string& post) { return kept.count(post) == 0; });
  EraseIf(*escalation.mutable_post_titles(), [&](const std::string& post) {
    return kept.count(post) == 0 && called.count(post) == 0;
  });
}

void UnionTold(const v1::Alert& from, v1::Alert& to) {
  std::set<std::string> told(to.told_areas().begin(), to.told_areas().end());
  told.insert(from.told_areas().begin(), from.told_areas().end());
  to.clear_told_areas();
  for (const std::string& area : told) to.add_told_areas(area);
  // What directory said last wins; the older alert fills in what is missing.
  for (const auto& [area, parent] : from.parents()) to.mutable_parents()->insert({area, parent});
  for (const auto& [area, name] : from.area_names()) to.mutable_area_names()->insert({area, name});
}

}  // namespace huying::alert::rules
