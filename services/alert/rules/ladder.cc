// SPDX-License-Identifier: Apache-2.0
#include "services/alert/rules/ladder.h"

#include <algorithm>
#include <array>
#include <set>

#include "absl/strings/str_cat.h"
#include "services/alert/rules/areas.h"
#include "services/alert/rules/recipients.h"
#include "services/platform/base/clock.h"
#include "services/platform/base/strings.h"

namespace huying::alert::rules {
namespace {
using common::v1::Tier;
using Frozen = v1::RecipientList::Recipient;

constexpr std::array<Tier, 4> kTiers = {Tier::EXTERNAL, Tier::DISTRICT, Tier::SUBDISTRICT,
                                        Tier::COMMUNITY};

constexpr char kAtOnce[] = "-at-once";
constexpr absl::Duration kExpiredPauseMax = absl::Hours(12);

// "urgent", "RED" … or "normal"
std::string SpeedOf(const v1::Alert& alert) {
  if (alert.state() == v1::RETRACTED) return "retraction";
  if (alert.kind() == v1::WARNING) return v1::Color_Name(alert.color());
  return alert.urgent() ? "urgent" : "normal";
}

void Add(std::vector<std::string>& posts, const std::string& post, const std::string& silent) {
  if (post.empty() || post == silent) return;
  for (const std::string& known : posts) {
    if (known == post) return;
  }
  posts.push_back(post);
}

// Without directory's word a post counts as held: calling an empty post is better than calling
// nobody.
bool NobodyHolds(const Holders& holders, const std::string& post) {
  if (!holders) return false;
  const auto held = holders->find(post);
  return held == holders->end() || held->second.person().empty() || held->second.cannot_sign_in();
}

// Adds the area and those above it, so that a reader can tell whose subtree it lies in.
void KeepPath(const v1::Alert& alert, const std::string& area, v1::Escalation& escalation) {
  std::string at = area;
  for (const std::string& above : AncestorsOf(area, alert.parents())) {
    (*escalation.mutable_parents())[at] = above;
    at = above;
  }
}
}  // namespace

std::string LimitRuleId(const v1::Alert& alert, Tier tier) {
  return absl::StrCat("alert.answer-limit.", SpeedOf(alert), ".", common::v1::Tier_Name(tier));
}

absl::Duration DefaultLimit(const v1::Alert& alert, Tier tier) {
  const bool community = tier == Tier::COMMUNITY;
  const std::string speed = SpeedOf(alert);
  if (speed == "YELLOW") return community ? absl::Hours(1) : absl::Minutes(30);
  if (speed == "BLUE" || speed == "normal") return community ? absl::Hours(4) : absl::Hours(2);
  return community ? absl::Minutes(10) : absl::Minutes(5);
}

std::vector<Tier> TiersOf(const v1::RecipientList& list) {
  std::set<Tier> tiers;
  for (const Frozen& recipient : list.recipients()) tiers.insert(recipient.tier());
  return {tiers.begin(), tiers.end()};
}

std::string AnswerDeadlineKey(std::string_view alert, Tier tier) {
  return absl::StrCat(base::Abs(alert), "/answer/", common::v1::Tier_Name(tier));
}
std::string ExpiryDeadlineKey(std::string_view alert) {
  return absl::StrCat(base::Abs(alert), "/expires");
}
std::string ResolveDeadlineKey(std::string_view alert) {
  return absl::StrCat(base::Abs(alert), "/resolve-recipients");
}
std::vector<std::string> LadderKeys(std::string_view alert) {
  std::vector<std::string> keys = {ExpiryDeadlineKey(alert), ResolveDeadlineKey(alert)};
  for (const Tier tier : kTiers) keys.push_back(AnswerDeadlineKey(alert, tier));
  return keys;
}

std::string StepName(std::string_view alert, Tier tier, int step) {
  return absl::StrCat(base::Abs(alert), "/escalations/", common::v1::Tier_Name(tier), "-", step);
}
std::string StepName(const v1::Alert& alert, Tier tier, int step) {
  if (alert.state() != v1::RETRACTED) return StepName(alert.name(), tier, step);
  return absl::StrCat(alert.name(), "/escalations/retraction-", common::v1::Tier_Name(tier), "-",
                      step);
}
std::string AtOnceStepName(const v1::Alert& alert, Tier tier) {
  return absl::StrCat(StepName(alert, tier, kStepTierAbove), kAtOnce);
}
std::vector<std::string> StepNames(std::string_view alert) {
  std::vector<std::string> names;
  for (const Tier tier : kTiers) {
    for (const int step : {kStepDeputies, kStepTierAbove}) {
      names.push_back(StepName(alert, tier, step));
    }
    names.push_back(absl::StrCat(StepName(alert, tier, kStepTierAbove), kAtOnce));
  }
  return names;
}
std::string CannotStepName(std::string_view alert, std::string_view post) {
  const size_t slash = post.rfind('/');
  return absl::StrCat(base::Abs(alert), "/escalations/cannot-",
                      base::Abs(slash == std::string_view::npos ? post : post.substr(slash + 1)));
}

std::vector<Frozen> SilentOf(const v1::RecipientList& list, Tier tier,
                             const std::map<std::string, v1::RecipientState>& states) {
  std::vector<Frozen> silent;
  for (const Frozen& recipient : list.recipients()) {
    if (recipient.tier() != tier) continue;
    const auto state = states.find(recipient.post());
    const bool spoke = state != states.end() &&
                       (state->second == v1::ANSWERED || state->second == v1::CANNOT_COMPLY);
    if (!spoke) silent.push_back(recipient);
  }
  return silent;
}

std::vector<std::string> Candidates(const v1::Alert& alert, const v1::RecipientList& list,
                                    const Frozen& silent, int step) {
  std::vector<std::string> posts;
  if (step == kStepDeputies) {
    for (const std::string& deputy : silent.deputies()) Add(posts, deputy, silent.post());
    return posts;
  }
  Add(posts, silent.supervisor(), silent.post());
  for (const std::string& above : AncestorsOf(silent.area(), alert.parents())) {
    for (const Frozen& recipient : list.recipients()) {
      if (recipient.area() == above) Add(posts, recipient.post(), silent.post());
    }
  }
  Add(posts, alert.issuer().post(), silent.post());
  return posts;
}

v1::Escalation MakeStep(const v1::Alert& alert, const v1::RecipientList& list,
                        absl::Span<const Frozen> silent, const Holders& holders,
                        const StepFacts& facts) {
  v1::Escalation step;
  step.set_name(facts.name);
  step.set_alert(alert.name());
  step.set_tier(facts.tier);
  step.set_step(facts.step);
  *step.mutable_at() = base::ToProto(facts.at);
  step.set_in_outage(facts.in_outage);
  step.set_reason(facts.reason);
  step.set_alert_title(alert.title());
  if (const auto limit = LimitOf(alert, facts.tier)) {
    *step.mutable_limit_at() = base::ToProto(*limit);
  }
  std::set<std::string> called;
  for (const Frozen& post : silent) {
    step.add_silent_posts(post.post());
    (*step.mutable_post_titles())[post.post()] = post.post_title();
    (*step.mutable_post_areas())[post.post()] = post.area();
    KeepPath(alert, post.area(), step);
    std::string found;
    for (const std::string& candidate : Candidates(alert, list, post, facts.step)) {
      if (NobodyHolds(holders, candidate)) continue;
      found = candidate;
      break;
    }
    if (found.empty()) {
      step.add_empty_posts(post.post());
      continue;
    }
    (*step.mutable_called_for())[post.post()] = found;
    called.insert(found);
  }
  for (const std::string& post : called) {
    step.add_called_posts(post);
    if (!holders) continue;
    *step.add_holders() = holders->at(post);
    (*step.mutable_post_titles())[post] = holders->at(post).post_title();
  }
  // Directory said nothing: those on the list have a title all the same.
  for (const Frozen& post : list.recipients()) {
    if (called.count(post.post()) > 0)
      step.mutable_post_titles()->insert({post.post(), post.post_title()});
  }
  return step;
}

v1::Escalation MakeExpiredStep(const v1::Alert& alert, int times, const std::string& supervisor,
                               const StepFacts& facts) {
  v1::Escalation alarm;
  alarm.set_name(absl::StrCat(alert.name(), "/escalations/expired",
                              times > 1 ? absl::StrCat("-", times) : ""));
  alarm.set_alert(alert.name());
  alarm.set_alert_title(alert.title());
  alarm.set_step(kStepTierAbove);
  alarm.set_tier(alert.issuer().tier());
  std::vector<std::string> called;
  Add(called, alert.signer().post(), "");
  Add(called, alert.issuer().post(), "");
  if (times > 1) Add(called, supervisor, "");
  for (const std::string& post : called) alarm.add_called_posts(post);
  *alarm.mutable_at() = base::ToProto(facts.at);
  alarm.set_in_outage(facts.in_outage);
  alarm.set_reason("已到期，到期不等于解除：请解除或延长");
  return alarm;
}

absl::Duration ExpiredAgain(int times, absl::Duration first) {
  absl::Duration pause = first;
  for (int i = 1; i < times && pause < kExpiredPauseMax; ++i) pause *= 2;
  return std::min(pause, kExpiredPauseMax);
}

NextAsk AskAgain(absl::Duration unknown_for, bool refused, const AskLimits& limits) {
  if (!refused) return {.alarm = unknown_for >= limits.alarm_after, .after = limits.retry};
  if (unknown_for >= limits.give_up_after) return {.alarm = true, .given_up = true};
  // As long again as it has been unknown: a few rows a day, not a row every half minute.
  return {.alarm = true, .after = std::max(limits.retry, unknown_for)};
}

std::string UnknownStepName(std::string_view alert, bool given_up) {
  return absl::StrCat(base::Abs(alert), "/escalations/recipients-",
                      given_up ? "given-up" : "unknown");
}

v1::Escalation MakeUnknownStep(const v1::Alert& alert, const NextAsk& ask,
                               const std::string& supervisor, const StepFacts& facts) {
  v1::Escalation step;
  step.set_name(UnknownStepName(alert.name(), ask.given_up));
  step.set_alert(alert.name());
  step.set_alert_title(alert.title());
  step.set_step(kStepTierAbove);
  step.set_tier(alert.issuer().tier());
  step.add_called_posts(alert.issuer().post());
  if (!supervisor.empty() && supervisor != alert.issuer().post()) {
    step.add_called_posts(supervisor);
  }
  *step.mutable_at() = base::ToProto(facts.at);
  step.set_in_outage(facts.in_outage);
  step.set_reason(absl::StrCat("应答对象无法确定（", facts.reason, "）：",
                               ask.given_up ? "不再自动重试，" : "",
                               "请电话通知，并解除后以正确区域重发"));
  return step;
}

}  // namespace huying::alert::rules
