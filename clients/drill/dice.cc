// SPDX-License-Identifier: Apache-2.0
#include "clients/drill/dice.h"

namespace huying::drill_client {
namespace {

// Finishing steps of splitmix64: every bit of the input moves every bit of the output.
uint64_t Mix(uint64_t x) {
  x += 0x9e3779b97f4a7c15ULL;
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9ULL;
  x = (x ^ (x >> 27)) * 0x94d049bb133111ebULL;
  return x ^ (x >> 31);
}

}  // namespace

uint64_t Dice::Throw(std::initializer_list<std::string_view> what) const {
  uint64_t hash = Mix(seed_);
  for (const std::string_view part : what) {
    for (const char c : part) hash = Mix(hash ^ static_cast<unsigned char>(c));
    hash = Mix(hash ^ 0x100);  // between parts: {"ab","c"} is not {"a","bc"}
  }
  return hash;
}

absl::Duration Dice::Delay(const Span& span, std::initializer_list<std::string_view> what) const {
  const int64_t range = absl::ToInt64Seconds(span.max - span.min);
  if (range <= 0) return span.min;
  return span.min + absl::Seconds(Throw(what) % static_cast<uint64_t>(range + 1));
}

bool Dice::Chance(double probability, std::initializer_list<std::string_view> what) const {
  constexpr double kAll = 9007199254740992.0;  // 2^53
  return static_cast<double>(Throw(what) >> 11) / kAll < probability;
}

}  // namespace huying::drill_client
