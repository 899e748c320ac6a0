// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "huying/common/v1/common.pb.h"
#include "huying/incident/v1/incident.pb.h"
#include "services/platform/guard/reach.h"

// May this post act here? Area and tier are HARD: they cannot be lent. A missing power item, or a
// directory that does not answer, is SOFT: the act is done and flagged.
namespace huying::incident::rules {

namespace v1 = ::huying::incident::v1;

using guard::Competence;  // what directory said, as a fact of the decision

// `competence` empty: directory did not answer, the token's own area decides. The flags to keep.
absl::StatusOr<std::vector<common::v1::Flag>> JudgeCompetence(
    const common::v1::Actor& actor, const std::optional<Competence>& competence,
    const v1::Incident& incident, bool wants_power_item);

// Where the incident lies, as it was frozen on it.
guard::AreaPath PathOf(const v1::Incident& incident);

// 不在辖区 with its rule id: HARD.
absl::Status OutsideArea(const std::string& area);

common::v1::Flag MakeFlag(std::string_view rule_id, std::string_view text);

}  // namespace huying::incident::rules
