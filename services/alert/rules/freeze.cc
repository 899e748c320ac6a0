// SPDX-License-Identifier: Apache-2.0
#include "services/alert/rules/freeze.h"

#include <algorithm>
#include <set>

#include "services/alert/rules/competence.h"
#include "services/alert/rules/content.h"
#include "services/alert/rules/ladder.h"
#include "services/platform/base/clock.h"

namespace huying::alert::rules {
namespace {
template <typename Map>
bool Merge(const std::map<std::string, std::string>& from, Map& to) {
  bool changed = false;
  for (const auto& [key, value] : from) {
    std::string& slot = to[key];
    if (slot == value) continue;
    slot = value;
    changed = true;
  }
  return changed;
}
}  // namespace

Targets TargetsOf(const std::vector<std::string>& asked,
                  const std::optional<RecipientFacts>& said) {
  std::set<std::string> areas;
  Targets targets;
  if (said) {
    areas.insert(said->targets.begin(), said->targets.end());
  } else {
    for (const std::string& code : asked) {
      targets.guessed |= PadArea(code) != code;
      areas.insert(PadArea(code));
    }
  }
  targets.areas.assign(areas.begin(), areas.end());
  return targets;
}

common::v1::Flag GuessedAreasFlag() {
  return MakeFlag("alert.area-code-guessed", "目录服务未应答：简写的区域代码按补零理解，待核");
}

void Freeze(const RecipientFacts& facts, v1::Alert& alert, v1::RecipientList& list) {
  list = facts.list;
  list.set_alert(alert.name());
  Merge(facts.parents, *alert.mutable_parents());
  Merge(facts.area_names, *alert.mutable_area_names());
  for (const auto& [area, tier] : facts.area_tiers) (*alert.mutable_area_tiers())[area] = tier;
  alert.set_recipients_as_of(facts.as_of_seq);
  alert.set_recipients_stale(false);
  alert.set_recipients_unknown(false);
  alert.set_recipient_count(list.recipients_size());
  alert.set_recipients_revision(alert.recipients_revision() + 1);
}

void LeaveOutIssuer(v1::Alert& alert, v1::RecipientList& list) {
  auto* posts = list.mutable_recipients();
  posts->erase(
      std::remove_if(posts->begin(), posts->end(),
                     [&](const auto& post) { return post.post() == alert.issuer().post(); }),
      posts->end());
  alert.set_recipient_count(list.recipients_size());
}

void SetLimits(const v1::RecipientList& list, const TierDurations& limits, absl::Time from,
               v1::Alert& alert) {
  alert.clear_limits();
  for (const common::v1::Tier tier : TiersOf(list)) {
    const auto limit = limits.find(tier);
    auto* row = alert.add_limits();
    row->set_tier(tier);
    *row->mutable_limit_at() =
        base::ToProto(from + (limit == limits.end() ? DefaultLimit(alert, tier) : limit->second));
  }
}

bool Learn(const RecipientFacts& facts, v1::KnownAreas& known) {
  const bool parents = Merge(facts.parents, *known.mutable_parents());
  const bool names = Merge(facts.area_names, *known.mutable_names());
  if (parents || names) known.set_as_of_seq(facts.as_of_seq);
  return parents || names;
}

}  // namespace huying::alert::rules
