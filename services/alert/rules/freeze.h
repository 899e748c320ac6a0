// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "huying/alert/v1/alert.pb.h"

// Who must answer, frozen on the alert: posts, not names. The post that sends does not answer itself.
namespace huying::alert::rules {

namespace v1 = ::huying::alert::v1;

// What directory said at one seq.
struct RecipientFacts {
  std::vector<std::string> targets;  // the areas asked about, by their 12 digits
  v1::RecipientList list;            // with silent_areas
  std::map<std::string, std::string> parents;
  std::map<std::string, std::string> area_names;
  std::map<std::string, common::v1::Tier> area_tiers;
  int64_t as_of_seq = 0;
};

// The areas a caller named, sorted, by their 12 digits: as directory looked them up, else guessed.
struct Targets {
  std::vector<std::string> areas;
  bool guessed = false;  // a short code, and directory is silent
};
Targets TargetsOf(const std::vector<std::string>& asked, const std::optional<RecipientFacts>& said);
common::v1::Flag GuessedAreasFlag();

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
