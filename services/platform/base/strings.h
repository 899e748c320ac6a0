// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"

// Debian's Abseil has a string_view of its own: one place to cross over.
//
//   absl::StrCat("alerts/", base::Abs(view));     absl::string_view from std::string_view
//   std::string_view s = base::Std(absl_view);    and back
namespace huying::base {

inline absl::string_view Abs(std::string_view s) { return {s.data(), s.size()}; }
inline std::string_view Std(absl::string_view s) { return {s.data(), s.size()}; }

}  // namespace huying::base
