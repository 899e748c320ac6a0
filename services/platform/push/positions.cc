// SPDX-License-Identifier: Apache-2.0
#include "services/platform/push/positions.h"

#include <algorithm>

namespace huying::push {

using platform::v1::PushBeacon;
using platform::v1::PushMessage;

Positions::Verdict Positions::Judge(const PushMessage& message) const {
  bool heard = false;
  bool next = false;
  for (const PushMessage::Link& link : message.links()) {
    const auto it = last_.find(link.channel());
    if (it == last_.end()) continue;
    heard = true;
    if (message.seq() <= it->second) continue;
    if (link.prev() != it->second) return Verdict::kGap;
    next = true;
  }
  if (!heard) return Verdict::kUnheard;
  return next ? Verdict::kNext : Verdict::kSeen;
}

std::vector<std::string> Positions::Apply(const PushMessage& message) {
  std::vector<std::string> moved;
  for (const PushMessage::Link& link : message.links()) {
    const auto it = last_.find(link.channel());
    if (it == last_.end() || message.seq() <= it->second) continue;
    it->second = message.seq();
    moved.push_back(link.channel());
  }
  return moved;
}

bool Positions::Behind(const Claim& claim) const {
  return std::any_of(claim.channel_heads.begin(), claim.channel_heads.end(), [&](const auto& item) {
    const auto it = last_.find(item.first);
    return it != last_.end() && it->second < item.second;
  });
}

bool Positions::Fulfilled(const Claim& claim) const {
  if (Behind(claim)) return false;
  return claim.lists_all || complete_to_ >= claim.listed_after;
}

void Positions::Prove(int64_t head) { complete_to_ = std::max(complete_to_, head); }

std::vector<std::string> Positions::Channels() const {
  std::vector<std::string> names;
  names.reserve(last_.size());
  for (const auto& [name, last] : last_) names.push_back(name);
  return names;
}

Claim ClaimOf(const PushBeacon& beacon, const Positions& positions) {
  Claim claim;
  claim.head = beacon.head();
  claim.listed_after = beacon.listed_after();
  claim.lists_all = false;
  for (const auto& [channel, head] : beacon.channel_heads()) {
    if (positions.Hears(channel)) claim.channel_heads.emplace_back(channel, head);
  }
  return claim;
}

}  // namespace huying::push
