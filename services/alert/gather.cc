// SPDX-License-Identifier: Apache-2.0
#include "services/alert/gather.h"

#include <utility>

#include "services/platform/base/status.h"
#include "services/platform/context/hurried.h"

namespace huying::alert {
namespace {

void Name(const directory::v1::Area& area, rules::RecipientFacts& facts) {
  facts.area_names[area.code()] = area.name();
  facts.area_tiers[area.code()] = area.tier();
}

// The areas above a target have no recipient to name them; a picture of the whole wants them, too.
// Without an answer they stay nameless.
void NameAreasAbove(directory::Api& directory, const context::CallContext& context,
                    rules::RecipientFacts& facts) {
  for (const auto& [area, parent] : facts.parents) {
    if (facts.area_names.count(parent) > 0) continue;
    directory::v1::GetAreaRequest request;
    request.set_code(parent);
    const auto answer = directory.GetArea(context, request);
    if (!answer.ok()) return;
    Name(answer->area(), facts);
    for (const auto& above : answer->ancestors()) Name(above, facts);
  }
}

v1::RecipientList::Recipient ToFrozen(const directory::v1::RecipientPost& post) {
  v1::RecipientList::Recipient frozen;
  frozen.set_post(post.post());
  frozen.set_post_title(post.post_title());
  frozen.set_area(post.area());
  frozen.set_area_name(post.area_name());
  frozen.set_tier(post.tier());
  *frozen.mutable_deputies() = post.deputies();
  frozen.set_supervisor(post.supervisor());
  return frozen;
}
}  // namespace

absl::StatusOr<std::optional<rules::RecipientFacts>> Gather::Recipients(
    const context::CallContext& context, const std::vector<std::string>& areas,
    const std::vector<common::v1::Tier>& tiers, std::string_view field) {
  directory::v1::ResolveRecipientsRequest request;
  for (const std::string& area : areas) request.add_areas(area);
  for (const common::v1::Tier tier : tiers) request.add_tiers(tier);
  auto answer = directory_.ResolveRecipients(context::Hurried(context), request);
  if (!answer.ok()) {
    if (base::GaveNoAnswer(answer.status())) return std::optional<rules::RecipientFacts>();
    return directory::InCallersWords(answer.status(), field);
  }
  rules::RecipientFacts facts;
  for (const auto& post : answer->recipients()) {
    *facts.list.add_recipients() = ToFrozen(post);
    facts.area_names[post.area()] = post.area_name();
    if (post.tier() != common::v1::EXTERNAL) facts.area_tiers[post.area()] = post.tier();
  }
  *facts.list.mutable_silent_areas() = answer->silent_areas();
  for (const auto& area : answer->targets()) {
    facts.targets.push_back(area.code());
    Name(area, facts);
  }
  facts.parents.insert(answer->parents().begin(), answer->parents().end());
  NameAreasAbove(directory_, context::Hurried(context), facts);
  facts.as_of_seq = answer->as_of_seq();
  return std::optional<rules::RecipientFacts>(std::move(facts));
}

Gather::HolderFacts Gather::HoldersOf(const context::CallContext& context,
                                      const std::vector<std::string>& posts) {
  HolderFacts facts;
  auto said = facts_.HoldersOf(context, posts);
  if (said.silent()) return facts;
  facts.holders.emplace();
  facts.as_of_seq = said.as_of_seq;
  facts.unknown = std::move(said.value->unknown);
  for (const auto& [post, holder] : said.value->by_post) {
    v1::Escalation::Held& held = (*facts.holders)[post];
    held.set_post(post);
    held.set_post_title(holder.post_title());
    held.set_person(holder.person());
    held.set_person_name(holder.person_name());
    held.set_shift(holder.shift());
    held.set_standing(holder.standing());
    held.set_cannot_sign_in(!holder.person().empty() && !holder.can_sign_in());
  }
  return facts;
}

}  // namespace huying::alert
