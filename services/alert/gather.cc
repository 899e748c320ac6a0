// SPDX-License-Identifier: Apache-2.0
#include "services/alert/gather.h"

#include <algorithm>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "services/platform/base/clock.h"
#include "services/platform/base/status.h"
#include "services/platform/base/strings.h"
#include "services/platform/context/hurried.h"

namespace huying::alert {
namespace {

// directory says "areas[2]"; our caller sent "content.target_areas[2]".
absl::Status InOurWords(const absl::Status& status, std::string_view field) {
  const base::Problem problem = base::ProblemOf(status);
  std::string path = problem.field();
  if (absl::StartsWith(path, "areas")) path = absl::StrCat(base::Abs(field), path.substr(5));
  return base::ProblemStatus(status.code(), problem.reason(), problem.message(),
                             problem.message_en())
      .Field(path)
      .Rule(problem.rule_id())
      .Law(problem.legal_article())
      .Next(problem.next_step(), problem.next_step_en());
}

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

absl::StatusOr<std::optional<rules::Competence>> Gather::Competence(
    const context::CallContext& context, std::string_view permission,
    const std::vector<std::string>& areas, std::string_view field) {
  auto answer = directory_.CheckCompetence(context::Hurried(context), permission, areas);
  if (!answer.ok()) {
    if (base::GaveNoAnswer(answer.status())) return std::optional<rules::Competence>();
    return InOurWords(answer.status(), field);
  }
  rules::Competence competence;
  competence.covers_area = answer->covers_area();
  competence.outside_area = answer->outside_area();
  competence.post_area = answer->post_area();
  competence.has_permission = answer->has_permission();
  competence.tier_ok = answer->tier_ok();
  competence.power_item = answer->power_item();
  competence.legal_basis.assign(answer->legal_basis().begin(), answer->legal_basis().end());
  competence.as_of_seq = answer->as_of_seq();
  return std::optional<rules::Competence>(std::move(competence));
}

absl::StatusOr<std::optional<rules::RecipientFacts>> Gather::Recipients(
    const context::CallContext& context, const std::vector<std::string>& areas,
    const std::vector<common::v1::Tier>& tiers, std::string_view field) {
  directory::v1::ResolveRecipientsRequest request;
  for (const std::string& area : areas) request.add_areas(area);
  for (const common::v1::Tier tier : tiers) request.add_tiers(tier);
  auto answer = directory_.ResolveRecipients(context::Hurried(context), request);
  if (!answer.ok()) {
    if (base::GaveNoAnswer(answer.status())) return std::optional<rules::RecipientFacts>();
    return InOurWords(answer.status(), field);
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
  if (posts.empty()) {
    facts.holders.emplace();
    return facts;
  }
  directory::v1::WhoHoldsRequest request;
  for (const std::string& post : posts) request.add_posts(post);
  auto answer = directory_.WhoHolds(context::Hurried(context), request);
  if (!answer.ok()) return facts;
  facts.holders.emplace();
  facts.as_of_seq = answer->as_of_seq();
  for (const auto& holder : answer->holders()) {
    v1::Escalation::Held& held = (*facts.holders)[holder.post()];
    held.set_post(holder.post());
    held.set_post_title(holder.post_title());
    held.set_person(holder.person());
    held.set_person_name(holder.person_name());
    held.set_shift(holder.shift());
    held.set_standing(holder.standing());
  }
  return facts;
}

std::string Gather::SupervisorOf(const context::CallContext& context, const std::string& post) {
  if (post.empty()) return "";
  directory::v1::GetPostRequest request;
  request.set_name(post);
  auto answer = directory_.GetPost(context::Hurried(context), request);
  return answer.ok() ? answer->post().supervisor() : "";
}

absl::StatusOr<std::optional<rules::RecipientFacts>> Gather::AreaPath(
    const context::CallContext& context, const std::string& area) {
  directory::v1::GetAreaRequest request;
  request.set_code(area);
  auto answer = directory_.GetArea(context::Hurried(context), request);
  if (!answer.ok()) {
    if (base::GaveNoAnswer(answer.status())) return std::optional<rules::RecipientFacts>();
    return InOurWords(answer.status(), "area");
  }
  rules::RecipientFacts facts;
  facts.as_of_seq = answer->as_of_seq();
  std::string below = answer->area().code();
  facts.targets = {below};
  Name(answer->area(), facts);
  for (const auto& above : answer->ancestors()) {
    facts.parents[below] = above.code();
    Name(above, facts);
    below = above.code();
  }
  return std::optional<rules::RecipientFacts>(std::move(facts));
}

}  // namespace huying::alert
