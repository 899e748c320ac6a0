// SPDX-License-Identifier: Apache-2.0
#include "services/plan/rules/words.h"

#include <algorithm>
#include <cstddef>
#include <vector>

namespace huying::plan::rules {
namespace {

constexpr size_t kWordBytesMax = 64;

size_t Edits(std::string_view a, std::string_view b) {
  std::vector<size_t> row(b.size() + 1);
  for (size_t j = 0; j <= b.size(); ++j) row[j] = j;
  for (size_t i = 1; i <= a.size(); ++i) {
    size_t diagonal = row[0];
    row[0] = i;
    for (size_t j = 1; j <= b.size(); ++j) {
      const size_t replaced = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
      diagonal = row[j];
      row[j] = std::min({row[j] + 1, row[j - 1] + 1, replaced});
    }
  }
  return row[b.size()];
}

}  // namespace

std::string_view NearestWord(std::string_view typed,
                             absl::Span<const std::string_view> candidates) {
  if (typed.size() > kWordBytesMax) return "";
  std::string_view best;
  size_t best_edits = std::max<size_t>(1, typed.size() / 3) + 1;
  for (const std::string_view candidate : candidates) {
    const size_t edits = Edits(typed, candidate);
    if (edits < best_edits) {
      best = candidate;
      best_edits = edits;
    }
  }
  return best;
}

}  // namespace huying::plan::rules
