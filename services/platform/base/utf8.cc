// SPDX-License-Identifier: Apache-2.0
#include "services/platform/base/utf8.h"

#include <algorithm>

namespace huying::base {
namespace {

// Bytes of the character at `at`; 0 when they are no UTF-8.
size_t CharacterAt(std::string_view text, size_t at) {
  const auto byte = [&](size_t i) { return static_cast<unsigned char>(text[at + i]); };
  const unsigned lead = byte(0);
  if (lead < 0x80) return 1;
  const size_t length = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
  if (lead < 0xc2 || lead > 0xf4 || at + length > text.size()) return 0;
  for (size_t k = 1; k < length; ++k) {
    if ((byte(k) & 0xc0) != 0x80) return 0;
  }
  const unsigned second = byte(1);
  if ((lead == 0xe0 && second < 0xa0) || (lead == 0xed && second > 0x9f) ||
      (lead == 0xf0 && second < 0x90) || (lead == 0xf4 && second > 0x8f)) {
    return 0;
  }
  return length;
}

// Where the text ceases to be UTF-8; its size when it never does.
size_t EndOfUtf8(std::string_view text) {
  size_t at = 0;
  while (at < text.size()) {
    const size_t length = CharacterAt(text, at);
    if (length == 0) break;
    at += length;
  }
  return at;
}

}  // namespace

bool IsUtf8(std::string_view text) { return EndOfUtf8(text) == text.size(); }

std::string AsUtf8(std::string_view text) {
  std::string out;
  while (true) {
    const size_t end = EndOfUtf8(text);
    out.append(text.substr(0, end));
    if (end == text.size()) return out;
    out.append("\xEF\xBF\xBD");
    text.remove_prefix(end + 1);
  }
}

std::optional<int> LineNotUtf8(std::string_view text) {
  const size_t end = EndOfUtf8(text);
  if (end == text.size()) return std::nullopt;
  return 1 + static_cast<int>(std::count(text.begin(), text.begin() + end, '\n'));
}

}  // namespace huying::base
