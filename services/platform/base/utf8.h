// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>

// Text that comes from outside. A string field of a message must be well-formed UTF-8: with other bytes
// it can be sent, but never be read again.
namespace huying::base {

// True for well-formed UTF-8: no overlong forms, no surrogates, nothing past U+10FFFF (RFC 3629).
bool IsUtf8(std::string_view text);

// The text with U+FFFD for each byte that is no UTF-8; for errors that quote what they met.
std::string AsUtf8(std::string_view text);

// Characters (code points, not bytes) of well-formed UTF-8: "叫应 1" has 4.
int Characters(std::string_view text);

// The first character, as it stands in `text`, that does not show itself but moves, hides or turns what
// stands around it: control characters (U+0000–001F, U+007F–009F), line and paragraph separators
// (U+2028, U+2029) and bidirectional marks, overrides and isolates (Unicode Standard Annex 9). Empty when
// there is none. `allowed` lists ASCII ones that may stand there, "\n\t" for text of several lines.
std::string_view FirstControl(std::string_view text, std::string_view allowed = {});

// The text as a terminal or a log may show it: each character that FirstControl finds as "\u{1B}", each
// byte that is no UTF-8 as U+FFFD.
std::string Visible(std::string_view text, std::string_view allowed = {});

// "U+202E" for the first character of well-formed, non-empty UTF-8.
std::string CodePointName(std::string_view character);

// The line, from 1, that is not UTF-8; absent when all of it is.
//
//   if (const std::optional<int> line = base::LineNotUtf8(csv)) {
//     return AtLine(*line, Reason::INVALID_UTF8, base::kNotUtf8Zh, base::kNotUtf8En);
//   }
std::optional<int> LineNotUtf8(std::string_view text);

// What to say of such a file; older office programs save Chinese text in GBK.
inline constexpr char kNotUtf8Zh[] = "不是 UTF-8 编码（可能是 GBK），请另存为 UTF-8 后重试";
inline constexpr char kNotUtf8En[] =
    "not UTF-8 (GBK, perhaps): save the file as UTF-8 and try again";

}  // namespace huying::base
