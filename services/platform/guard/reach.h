// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "google/protobuf/map.h"
#include "huying/common/v1/common.pb.h"
#include "huying/common/v1/policy.pb.h"

// How far a post reaches: which tiers may call, which areas a post sees, which areas it governs. Every
// read, stream and act asks here, and nowhere else.
//
//   const guard::AreaPath path = guard::PathOf("230407001001", alert.parents());
//   if (!guard::Governs(tx.actor(), path)) return base::Denied(...);  // to answer in its stead
//   if (!guard::Sees(context.actor, path)) continue;                  // to list what happens there
//
// Three kinds of post stand in one area, and an area code alone does not tell them apart:
// - the government's own (区政府办公室, 街道办事处, 居委会): sees and governs its area and all beneath;
// - a department's (公安、消防、卫健; Actor.department): sees the same, governs no other unit;
// - one outside the three tiers (EXTERNAL: a mine, the city): sees and governs nothing beneath its area.
//
// Pure; any thread.
namespace huying::guard {

// Area → the area above it, as directory told it.
using AreaParents = google::protobuf::Map<std::string, std::string>;

// Where an area lies. Codes have 12 digits.
struct AreaPath {
  std::string area;
  std::vector<std::string> above;  // nearest first; empty: the top, or not known
};

// Areas above, nearest first. Stops at an area whose parent is not known, and at a circle.
std::vector<std::string> AncestorsOf(std::string_view area, const AreaParents& parents);
AreaPath PathOf(std::string_view area, const AreaParents& parents);
// The area is `root` or lies beneath it.
bool LiesIn(const AreaPath& path, std::string_view root);
bool Within(std::string_view area, std::string_view root, const AreaParents& parents);

// District, subdistrict or community: not a unit outside them, not an account without a tier.
constexpr bool IsGovernment(common::v1::Tier tier) {
  return tier >= common::v1::DISTRICT && tier <= common::v1::COMMUNITY;
}

// `tier` is `lowest` or above it. EXTERNAL has the smallest number and stands lowest: it reaches only
// what is open to every post (`lowest` EXTERNAL).
constexpr bool TierReaches(common::v1::Tier tier, common::v1::Tier lowest) {
  return lowest == common::v1::EXTERNAL || (IsGovernment(tier) && tier <= lowest);
}

// The actor's post speaks for the government of its area, not for one department of it.
bool SpeaksForGovernment(const common::v1::Actor& actor);

// What happens in the area is the business of the actor's post: its own area or one beneath. False for
// EXTERNAL. The district is the top: it sees an area whose place in the table is not known.
bool Sees(const common::v1::Actor& actor, const AreaPath& path);
bool Sees(const common::v1::Actor& actor, std::string_view area, const AreaParents& parents);

// The actor's post stands over the posts of the area: Sees, and it speaks for the government. False for
// EXTERNAL and for a department.
bool Governs(const common::v1::Actor& actor, const AreaPath& path);
bool Governs(const common::v1::Actor& actor, std::string_view area, const AreaParents& parents);

// What directory says of a post's competence over areas: permission × lowest tier × area.
struct Competence {
  bool covers_area = false;
  std::string outside_area;
  std::string post_area;  // of the post that acts, or that is acted for
  bool has_permission = false;
  bool tier_ok = false;
  std::string power_item;  // empty: none in force
  std::vector<common::v1::LegalBasis> legal_basis;
  int64_t as_of_seq = 0;  // of the directory
};

// The same post or the same unit: what one of them wrote the other may take back.
bool SameUnit(const common::v1::Actor& one, const common::v1::Actor& other);

}  // namespace huying::guard
