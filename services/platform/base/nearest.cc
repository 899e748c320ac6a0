// SPDX-License-Identifier: Apache-2.0
#include "services/platform/base/nearest.h"

#include <algorithm>
#include <cstddef>
#include <utility>

namespace huying::base {
namespace {

constexpr size_t kTypedBytesMax = 128;

size_t Edits(std::string_view a, std::string_view b) {
  std::vector<size_t> row(b.size() + 1);
  for (size_t j = 0; j <= b.size(); ++j) row[j] = j;
  for (size_t i = 1; i <= a.size(); ++i) {
    size_t diagonal = std::exchange(row[0], i);
    for (size_t j = 1; j <= b.size(); ++j) {
      const size_t changed = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
      diagonal = std::exchange(row[j], std::min({row[j] + 1, row[j - 1] + 1, changed}));
    }
  }
  return row.back();
}

}  // namespace

std::string Nearest(std::string_view typed, absl::Span<const std::string_view> known) {
  if (typed.size() > kTypedBytesMax) return "";
  std::string_view best;
  size_t best_edits = std::max<size_t>(2, typed.size() / 3) + 1;
  for (const std::string_view word : known) {
    const size_t edits = Edits(typed, word);
    if (edits >= word.size()) continue;  // nothing of the word was typed
    if (edits < best_edits || (edits == best_edits && !best.empty() && word < best)) {
      best = word;
      best_edits = edits;
    }
  }
  return std::string(best);
}

std::string Nearest(std::string_view typed, const std::vector<std::string>& known) {
  const std::vector<std::string_view> views(known.begin(), known.end());
  return Nearest(typed, views);
}

}  // namespace huying::base
