// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "absl/time/time.h"
#include "huying/incident/v1/incident.pb.h"
#include "huying/plan/v1/plan_service.pb.h"

namespace huying::incident::rules {

namespace v1 = ::huying::incident::v1;

// What an incident tells a plan's conditions. A number nobody has reported is left out: unknown, never
// zero.
std::vector<plan::v1::Fact> FactsOf(const v1::Incident& incident, absl::Time now);

// Equal while the facts are, time passed apart: a decision whose facts were gathered from another state
// of the incident gathers again.
std::string FactsKey(const v1::Incident& incident);

// The explanation as lines: "✓ 死亡和失踪三十人以上（死亡和失踪 139 ≥ 30）", parts indented.
std::vector<std::string> TraceLines(const plan::v1::ConditionTrace& trace);

}  // namespace huying::incident::rules
