// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "huying/incident/v1/incident.pb.h"

namespace huying::incident::rules {

namespace v1 = ::huying::incident::v1;

// Figures that do not add up are refused whatever the hurry (HARD): negative or impossibly large.
absl::Status ValidateFigures(const v1::Figures& figures, std::string_view field);

// What went down, in words: dead, dead and missing together, seriously injured, injured, affected,
// loss. Those trapped, or missing and then found dead, and those moved are no such number: they fall
// when the search goes on. A fall wants a reason, and in a report a CORRECTION.
std::vector<std::string> Lowered(const v1::Figures& before, const v1::Figures& after);

// 伤亡: what re-opens the reporting duty when it changes (493号令 第十三条).
bool CasualtiesDiffer(const v1::Figures& a, const v1::Figures& b);

// 死亡和失踪: who is missing counts as dead for the level (第十二条).
int64_t DeadAndMissing(const v1::Figures& figures);

}  // namespace huying::incident::rules
