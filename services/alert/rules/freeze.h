// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <string>

#include "absl/time/time.h"
#include "huying/alert/v1/alert.pb.h"

// Who must answer, frozen on the alert: posts, not names. The post that sends does not answer itself.
namespace huying::alert::rules {

namespace v1 = ::huying::alert::v1;

// What directory said at one seq.
struct RecipientFacts {
  v1::RecipientList list;  // with silent_areas
  std::map<std::string, std::string> parents;
  std::map<std::string, std::string> area_names;
  std::map<std::string, common::v1::Tier> area_tiers;
  int64_t as_of_seq = 0;
};

// Puts the facts on the alert and makes its list; the revision grows.
void Freeze(const RecipientFacts& facts, v1::Alert& alert, v1::RecipientList& list);
// At issue: the issuing post leaves the list, whoever froze it.
void LeaveOutIssuer(v1::Alert& alert, v1::RecipientList& list);

// The limit of every tier that has recipients, counted from `from`.
using TierDurations = std::map<common::v1::Tier, absl::Duration>;
void SetLimits(const v1::RecipientList& list, const TierDurations& limits, absl::Time from,
               v1::Alert& alert);

// An area table that learned what `parents` and `names` say; false: nothing new.
bool Learn(const RecipientFacts& facts, v1::KnownAreas& known);

}  // namespace huying::alert::rules
