// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <initializer_list>
#include <string_view>

#include "absl/time/time.h"
#include "clients/drill/time_text.h"

// Chance from a seed. A throw depends on what it is for, never on how many were thrown before: so the
// order in which streams report changes nothing, on any machine.
//
//   Dice dice(20091121);
//   absl::Duration wait = dice.Delay({30s, 2min}, {"posts/pingan-duty", "answer", "alerts/2009-0003"});
namespace huying::drill_client {

class Dice {
 public:
  explicit Dice(uint64_t seed) : seed_(seed) {}

  // Whole seconds in [span.min, span.max].
  absl::Duration Delay(const Span& span, std::initializer_list<std::string_view> what) const;
  // True with this probability.
  bool Chance(double probability, std::initializer_list<std::string_view> what) const;

 private:
  uint64_t Throw(std::initializer_list<std::string_view> what) const;
  uint64_t seed_;
};

}  // namespace huying::drill_client
