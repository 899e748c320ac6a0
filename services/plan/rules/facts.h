// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "absl/types/span.h"
#include "huying/plan/v1/plan.pb.h"

// The facts a plan's condition may speak of. An incident supplies them by these keys; one that is not
// known is left out, and a condition over it is then unknown, never guessed.
namespace huying::plan::rules {

namespace v1 = ::huying::plan::v1;

enum class FactType { kNumber, kText, kTruth };

struct FactInfo {
  std::string_view key;   // "dead_and_missing"
  std::string_view name;  // 死亡和失踪
  FactType type;
};

// In the order of the reference page.
absl::Span<const FactInfo> KnownFacts();
// Null when no incident ever supplies it.
const FactInfo* FindFact(std::string_view key);

// The key most like a mistyped one; "" when none is near.
std::string NearestFact(std::string_view key);

// By key; of a key given twice the last counts.
using Facts = std::map<std::string, v1::Fact, std::less<>>;
template <typename List>
Facts FactsOf(const List& list) {
  Facts facts;
  for (const v1::Fact& fact : list) facts[fact.key()] = fact;
  return facts;
}

// "30", "1e3"; for the fact `level` also "I" … "IV".
std::optional<double> NumberOf(std::string_view fact_key, std::string_view value);
// 139, not 139.000000; four decimals at most.
std::string NumberText(double number);

}  // namespace huying::plan::rules
