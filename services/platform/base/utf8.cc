// SPDX-License-Identifier: Apache-2.0
#include "services/platform/base/utf8.h"

#include <algorithm>

#include "absl/strings/str_format.h"

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

// Of one well-formed character.
char32_t CodePoint(std::string_view character) {
  const auto byte = [&](size_t i) { return static_cast<unsigned char>(character[i]); };
  if (character.size() == 1) return byte(0);
  char32_t point = byte(0) & (0xff >> (character.size() + 1));
  for (size_t i = 1; i < character.size(); ++i) point = point << 6 | (byte(i) & 0x3f);
  return point;
}

bool IsControl(char32_t point) {
  const auto within = [point](char32_t first, char32_t last) {
    return first <= point && point <= last;
  };
  if (point < 0x80) return point < 0x20 || point == 0x7f;  // the usual case first
  return within(0x80, 0x9f) || point == 0x61c || within(0x200e, 0x200f) || within(0x2028, 0x202e) ||
         within(0x2066, 0x2069);
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

int Characters(std::string_view text) {
  return static_cast<int>(
      std::count_if(text.begin(), text.end(), [](char c) { return (c & 0xC0) != 0x80; }));
}

std::string_view FirstControl(std::string_view text, std::string_view allowed) {
  for (size_t at = 0; at < text.size();) {
    const size_t length = std::max<size_t>(CharacterAt(text, at), 1);
    const std::string_view character = text.substr(at, length);
    const bool is_allowed = length == 1 && allowed.find(text[at]) != std::string_view::npos;
    if (IsControl(CodePoint(character)) && !is_allowed) return character;
    at += length;
  }
  return {};
}

std::string Visible(std::string_view text, std::string_view allowed) {
  std::string rest = AsUtf8(text);
  std::string_view left = rest;
  std::string out;
  while (true) {
    const std::string_view control = FirstControl(left, allowed);
    if (control.empty()) return out.append(left);
    const size_t at = static_cast<size_t>(control.data() - left.data());
    out.append(left.substr(0, at));
    absl::StrAppendFormat(&out, "\\u{%X}", static_cast<uint32_t>(CodePoint(control)));
    left.remove_prefix(at + control.size());
  }
}

std::string CodePointName(std::string_view character) {
  const size_t length = std::max<size_t>(CharacterAt(character, 0), 1);
  return absl::StrFormat("U+%04X", static_cast<uint32_t>(CodePoint(character.substr(0, length))));
}

std::optional<int> LineNotUtf8(std::string_view text) {
  const size_t end = EndOfUtf8(text);
  if (end == text.size()) return std::nullopt;
  return 1 + static_cast<int>(std::count(text.begin(), text.begin() + end, '\n'));
}

}  // namespace huying::base
