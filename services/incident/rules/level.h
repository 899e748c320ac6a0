// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "huying/common/v1/common.pb.h"
#include "huying/incident/v1/incident.pb.h"
#include "services/incident/rules/limits.h"

// 初判级别: computed from the figures, the worst condition wins; a person may go above it with a
// reason, below it only a superior body. Every change is a new judgement; none is rewritten.
//
//   Computed c = ComputeLevel(v1::ACCIDENT, figures, thresholds);
//   c.level == v1::LEVEL_I;  c.reasons == {"死亡和失踪 139 ≥ 30（第493号令 第三条）"}
namespace huying::incident::rules {

namespace v1 = ::huying::incident::v1;

struct Computed {
  v1::EventLevel level = v1::EVENT_LEVEL_UNSPECIFIED;  // no thresholds for this class
  std::vector<std::string> reasons;
};

// SOCIAL_SECURITY has no level (突发事件应对法 第三条). For the classes without published thresholds
// nothing is computed: a person judges.
Computed ComputeLevel(v1::EventClass event_class, const v1::Figures& figures,
                      const AccidentThresholds& thresholds);

// I is the worst; no level is the least.
constexpr bool IsWorse(v1::EventLevel a, v1::EventLevel b) {
  if (a == v1::EVENT_LEVEL_UNSPECIFIED) return false;
  return b == v1::EVENT_LEVEL_UNSPECIFIED || a < b;
}

// Computes anew from the incident's class and figures; puts level and judgement where they changed.
// What a person set stays while it is the worse; what a superior lowered stays until the figures say
// worse than they said then. True: the level changed.
bool Regrade(v1::Incident& incident, const Limits& limits, const common::v1::Actor& actor,
             absl::Time now);

// A person's judgement. None for SOCIAL_SECURITY; lower than computed only with a superior body.
absl::Status SetLevel(v1::Incident& incident, v1::EventLevel level, std::string_view reason,
                      std::string_view superior_body, const Limits& limits,
                      const common::v1::Actor& actor, absl::Time now);

std::string_view LevelZh(v1::EventLevel level);

}  // namespace huying::incident::rules
