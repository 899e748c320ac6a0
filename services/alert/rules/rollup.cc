// SPDX-License-Identifier: Apache-2.0
#include "services/alert/rules/rollup.h"

#include <algorithm>
#include <set>
#include <vector>

#include "services/alert/rules/areas.h"
#include "services/alert/rules/recipients.h"
#include "services/alert/rules/retract.h"
#include "services/platform/base/clock.h"

namespace huying::alert::rules {
namespace {
using Nodes = std::map<std::string, v1::RollUpNode>;

v1::RollUpNode& NodeOf(Nodes& nodes, const v1::Alert& alert, const std::string& area) {
  auto [it, fresh] = nodes.try_emplace(area);
  if (fresh) {
    it->second.set_area(area);
    const auto parent = alert.parents().find(area);
    if (parent != alert.parents().end()) it->second.set_parent(parent->second);
    const auto name = alert.area_names().find(area);
    if (name != alert.area_names().end()) it->second.set_area_name(name->second);
    const auto tier = alert.area_tiers().find(area);
    if (tier != alert.area_tiers().end()) it->second.set_tier(tier->second);
    it->second.set_green(true);
  }
  return it->second;
}

std::vector<std::string> PathOf(const v1::Alert& alert, const std::string& area) {
  std::vector<std::string> path = AncestorsOf(area, alert.parents());
  path.insert(path.begin(), area);
  return path;
}

bool Overdue(const v1::Recipient& recipient, absl::Time now) {
  if (recipient.late()) return true;
  return !Spoke(recipient.state()) && recipient.has_limit_at() &&
         now > base::FromProto(recipient.limit_at());
}

void Count(const v1::Recipient& recipient, absl::Time now, v1::RollUpNode& node) {
  node.set_recipients(node.recipients() + 1);
  // Whoever answered has read, and whoever read was reached.
  const int rank = RankOf(recipient.state());
  if (rank >= RankOf(v1::DELIVERED)) node.set_delivered(node.delivered() + 1);
  if (rank >= RankOf(v1::READ)) node.set_read(node.read() + 1);
  if (recipient.state() == v1::ANSWERED) node.set_answered(node.answered() + 1);
  if (recipient.state() == v1::CANNOT_COMPLY) node.set_cannot_comply(node.cannot_comply() + 1);
  if (Spoke(recipient.state())) {
    node.set_evacuated(node.evacuated() + recipient.evacuated());
    if (recipient.off_duty()) node.set_off_duty(node.off_duty() + 1);
  }
  if (Overdue(recipient, now)) node.set_overdue(node.overdue() + 1);
  if (recipient.state() != v1::ANSWERED) node.set_green(false);
}

// Distance from the top, for areas that have no recipient to tell the tier.
void Order(Nodes& nodes, const v1::Alert& alert, v1::RollUp& roll_up) {
  std::vector<std::pair<size_t, std::string>> order;
  for (const auto& [area, node] : nodes) {
    order.emplace_back(AncestorsOf(area, alert.parents()).size(), area);
  }
  std::sort(order.begin(), order.end());
  for (const auto& [depth, area] : order) roll_up.mutable_nodes()->Add(std::move(nodes[area]));
}
}  // namespace

v1::RollUp MakeRollUp(const v1::Alert& alert, const v1::RecipientList& list,
                      const std::map<std::string, v1::Recipient>& acts, absl::Time now,
                      int64_t as_of_seq) {
  v1::RollUp roll_up;
  roll_up.set_alert(alert.name());
  roll_up.set_as_of_seq(as_of_seq);
  Nodes nodes;
  for (const auto& frozen : list.recipients()) {
    const auto act = acts.find(frozen.post());
    const v1::Recipient recipient =
        AsAsked(alert, act == acts.end() ? Fresh(alert, frozen) : act->second);
    for (const std::string& area : PathOf(alert, frozen.area())) {
      Count(recipient, now, NodeOf(nodes, alert, area));
    }
    v1::RollUpNode& own = NodeOf(nodes, alert, frozen.area());
    if (own.tier() == common::v1::TIER_UNSPECIFIED) own.set_tier(frozen.tier());
    if (own.area_name().empty()) own.set_area_name(frozen.area_name());
    if (!Spoke(recipient.state())) own.add_missing_posts(frozen.post());
  }
  for (const std::string& silent : list.silent_areas()) {
    for (const std::string& area : PathOf(alert, silent)) {
      NodeOf(nodes, alert, area).set_green(false);
    }
  }
  if (alert.recipients_unknown()) {
    for (const std::string& target : alert.target_areas()) {
      for (const std::string& area : PathOf(alert, target)) {
        NodeOf(nodes, alert, area).set_green(false);
      }
    }
  }
  Order(nodes, alert, roll_up);
  return roll_up;
}

}  // namespace huying::alert::rules
