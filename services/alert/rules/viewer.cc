// SPDX-License-Identifier: Apache-2.0
#include "services/alert/rules/viewer.h"

#include <algorithm>
#include <set>

#include "services/alert/rules/lifecycle.h"
#include "services/platform/base/status.h"
#include "services/platform/guard/audience.h"

namespace huying::alert::rules {
namespace {
bool Has(const std::vector<std::string>& all, std::string_view one) {
  return std::find(all.begin(), all.end(), one) != all.end();
}

// The viewer's area is a target, or lies in one, or one lies in it.
bool Concerns(const Viewer& viewer, const Parents& parents, const v1::Alert& alert) {
  const auto concerns = [&](const std::string& target) {
    return Has(viewer.ancestors, target) || Within(viewer.area, target, parents) ||
           Within(target, viewer.area, parents) || Within(target, viewer.area, viewer.known);
  };
  return std::any_of(alert.target_areas().begin(), alert.target_areas().end(), concerns);
}
}  // namespace

Viewer ViewerOf(const common::v1::Actor& actor, bool process) {
  Viewer viewer{
      .all = process || actor.tier() == common::v1::DISTRICT, .actor = actor, .area = actor.area()};
  for (const std::string& post : {actor.post(), actor.acting_for_post()}) {
    if (!post.empty()) viewer.posts.push_back(post);
  }
  return viewer;
}

bool InSubtree(const Viewer& viewer, std::string_view area, const Parents& parents) {
  if (viewer.all) return true;
  // From the viewer's area, which of a stream may lie beneath the actor's.
  return guard::IsGovernment(viewer.actor.tier()) && !viewer.area.empty() &&
         (Within(area, viewer.area, parents) || Within(area, viewer.area, viewer.known));
}

bool SeesByArea(const Viewer& viewer, const v1::Alert& alert) {
  if (viewer.all) return true;
  const common::v1::Actor& origin = alert.has_issuer() ? alert.issuer() : alert.drafter();
  if (InSubtree(viewer, origin.area(), alert.parents())) return true;
  if (!WasIssued(alert.state())) return false;
  std::vector<std::string> above = AncestorsOf(viewer.area, alert.parents());
  above.insert(above.end(), viewer.ancestors.begin(), viewer.ancestors.end());
  above.push_back(viewer.area);
  return std::any_of(alert.told_areas().begin(), alert.told_areas().end(),
                     [&](const std::string& told) {
                       return Has(above, told) || InSubtree(viewer, told, alert.parents());
                     });
}

bool IsCalled(const Viewer& viewer, const v1::RecipientList::Recipient& recipient) {
  return Has(viewer.posts, recipient.post()) ||
         std::any_of(recipient.deputies().begin(), recipient.deputies().end(),
                     [&](const std::string& deputy) { return Has(viewer.posts, deputy); });
}

bool IsCalled(const Viewer& viewer, const v1::RecipientList& list) {
  return std::any_of(list.recipients().begin(), list.recipients().end(),
                     [&](const auto& recipient) { return IsCalled(viewer, recipient); });
}

absl::Status OutsideView(std::string_view field) {
  return base::Denied(base::Reason::OUTSIDE_AREA, "该预警或通知不涉及本辖区，本岗位也不是应答对象",
                      "it concerns neither this post's area nor this post")
      .Field(field)
      .Rule("alert.own-view")
      .Next("需要了解的，请向上一级值班室询问", "ask the duty office of the tier above");
}

bool IsCalled(const Viewer& viewer, const v1::Escalation& step) {
  return std::any_of(step.called_posts().begin(), step.called_posts().end(),
                     [&](const std::string& post) { return Has(viewer.posts, post); });
}

void Narrow(const Viewer& viewer, const Parents& parents, v1::Alert& alert) {
  const common::v1::Actor& author = alert.has_drafter() ? alert.drafter() : alert.issuer();
  const bool authors = InSubtree(viewer, author.area(), parents);
  guard::ClearBeyond(authors ? common::v1::AUTHORS : common::v1::AUDIENCE_UNSPECIFIED, &alert);
  if (!viewer.area.empty()) alert.set_concerns_you(Concerns(viewer, parents, alert));
}

void Narrow(const Viewer& viewer, const Parents& parents, v1::RecipientList& list) {
  if (viewer.all) return;
  auto* recipients = list.mutable_recipients();
  recipients->erase(std::remove_if(recipients->begin(), recipients->end(),
                                   [&](const auto& recipient) {
                                     return !InSubtree(viewer, recipient.area(), parents) &&
                                            !IsCalled(viewer, recipient);
                                   }),
                    recipients->end());
  auto* silent = list.mutable_silent_areas();
  silent->erase(
      std::remove_if(silent->begin(), silent->end(),
                     [&](const std::string& area) { return !InSubtree(viewer, area, parents); }),
      silent->end());
}

void Narrow(const Viewer& viewer, v1::RollUp& roll_up) {
  if (viewer.all) return;
  Parents parents;
  for (const auto& node : roll_up.nodes()) {
    if (!node.parent().empty()) parents[node.area()] = node.parent();
  }
  auto* nodes = roll_up.mutable_nodes();
  nodes->erase(
      std::remove_if(nodes->begin(), nodes->end(),
                     [&](const auto& node) { return !InSubtree(viewer, node.area(), parents); }),
      nodes->end());
}

bool Narrow(const Viewer& viewer, v1::Escalation& step) {
  // Its own post, also when it was called for a post that lies elsewhere.
  std::set<std::string> kept;
  for (const auto& [post, area] : step.post_areas()) {
    const auto called = step.called_for().find(post);
    if (InSubtree(viewer, area, step.parents()) ||
        (called != step.called_for().end() && Has(viewer.posts, called->second))) {
      kept.insert(post);
    }
  }
  guard::ClearBeyond(common::v1::AUDIENCE_UNSPECIFIED, &step);
  if (step.post_areas().empty()) return true;  // about the alert itself
  if (kept.size() != step.post_areas().size()) KeepSilent(kept, step);
  return !kept.empty();
}

}  // namespace huying::alert::rules
