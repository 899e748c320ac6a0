// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "huying/alert/v1/alert.pb.h"
#include "huying/common/v1/common.pb.h"
#include "services/alert/rules/areas.h"

// May this post do this over these areas? Area and tier are HARD: they cannot be lent. A missing
// power item, or a directory that does not answer, is SOFT: the act is done and flagged.
namespace huying::alert::rules {

using guard::Competence;  // what directory said, as a fact of the decision

struct CompetenceVerdict {
  std::vector<common::v1::Flag> flags;
  std::string power_item;
  std::vector<common::v1::LegalBasis> legal_basis;
};

// A power item is asked of acts that take effect outside the house; a draft or a review has none.
enum class Effect { kOutside, kInside };

// `competence` empty: directory did not answer; then the token's own tier and area decide, with the
// area table as it was last told (`known`).
absl::StatusOr<CompetenceVerdict> JudgeCompetence(const common::v1::Actor& actor,
                                                  const std::optional<Competence>& competence,
                                                  absl::Span<const std::string> areas,
                                                  const Parents& known,
                                                  Effect effect = Effect::kOutside);

// 预警 is issued, adjusted and lifted by the district; subdistrict and community never (HARD).
absl::Status RequireDistrict(const common::v1::Actor& actor);

// Who ends what `origin` sent or wrote is of its unit or governs its area (HARD): a recipient that could lift
// its superior's notice could silence the ladder that calls it. A process acts for a person whose decision
// was judged where it was made.
absl::Status RequireSameAreaOrAbove(const common::v1::Actor& origin, const common::v1::Actor& actor,
                                    const Parents& parents);

// The basis to record: what the caller cites, else that of the power item. (The pipeline flags a request
// that cites none.)
template <typename Cited>
std::vector<common::v1::LegalBasis> BasisOf(const Cited& cited, const CompetenceVerdict& verdict) {
  if (cited.empty()) return verdict.legal_basis;
  return {cited.begin(), cited.end()};
}

common::v1::Flag MakeFlag(std::string_view rule_id, std::string_view text);

}  // namespace huying::alert::rules
