// SPDX-License-Identifier: Apache-2.0
#include "clients/drill/references.h"

#include <functional>
#include <optional>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "clients/drill/time_text.h"
#include "services/platform/base/status.h"
#include "services/platform/base/strings.h"

namespace huying::drill_client {
namespace {

// Calls `use` for each "${name}" and builds the text from what it answers.
absl::StatusOr<std::string> Replace(
    std::string_view text,
    const std::function<absl::StatusOr<std::string>(std::string_view)>& use) {
  std::string out;
  size_t at = 0;
  while (true) {
    const size_t open = text.find("${", at);
    if (open == std::string_view::npos) break;
    const size_t close = text.find('}', open);
    if (close == std::string_view::npos) {
      return base::Invalid(base::Reason::MALFORMED_REQUEST, "“${”没有“}”", "'${' without '}'");
    }
    out.append(text.substr(at, open - at));
    ASSIGN_OR_RETURN(const std::string value, use(text.substr(open + 2, close - open - 2)));
    out += value;
    at = close + 1;
  }
  out.append(text.substr(at));
  return out;
}

// "now", "start", "now+2h", "start+1d"; nothing when it is no time.
std::optional<absl::Time> TimeOf(std::string_view name, const Values& values) {
  const size_t plus = name.find('+');
  const std::string_view base = name.substr(0, plus);
  if (base != "now" && base != "start") return std::nullopt;
  absl::Time time = base == "now" ? values.now : values.start;
  if (plus == std::string_view::npos) return time;
  const auto offset = ParseDuration(name.substr(plus + 1));
  if (!offset) return std::nullopt;
  return time + *offset;
}

// What is filled in whatever was saved: times, dates, the number of the repetition.
std::optional<std::string> BuiltIn(std::string_view name, const Values& values) {
  if (name == "n") return std::to_string(values.n);
  const absl::CivilDay today = absl::ToCivilDay(values.now, Beijing());
  if (name == "date") {
    return absl::StrCat(today.year(), "年", today.month(), "月", today.day(), "日");
  }
  if (name == "year") return absl::StrCat(today.year());
  const auto time = TimeOf(name, values);
  if (!time) return std::nullopt;
  return absl::FormatTime(absl::RFC3339_full, *time, Beijing());
}

}  // namespace

absl::StatusOr<std::set<std::string>> ReferencesIn(const nlohmann::json& body) {
  std::set<std::string> names;
  if (body.is_string()) {
    const auto replaced = Replace(body.get<std::string>(),
                                  [&names](std::string_view name) -> absl::StatusOr<std::string> {
                                    if (!BuiltIn(name, {})) names.insert(std::string(name));
                                    return std::string();
                                  });
    RETURN_IF_ERROR(replaced.status());
  } else if (body.is_structured()) {
    for (const auto& item : body) {
      ASSIGN_OR_RETURN(const std::set<std::string> inner, ReferencesIn(item));
      names.insert(inner.begin(), inner.end());
    }
  }
  return names;
}

absl::StatusOr<std::string> FillText(std::string_view text, const Values& values) {
  return Replace(text, [&values](std::string_view name) -> absl::StatusOr<std::string> {
    if (auto built_in = BuiltIn(name, values)) return *std::move(built_in);
    const auto saved = values.saved.find(std::string(name));
    if (saved != values.saved.end()) return saved->second;
    return base::NotFound(absl::StrCat("${", base::Abs(name), "}"));
  });
}

absl::StatusOr<nlohmann::json> Fill(const nlohmann::json& body, const Values& values) {
  if (body.is_string()) {
    ASSIGN_OR_RETURN(std::string text, FillText(body.get<std::string>(), values));
    return nlohmann::json(std::move(text));
  }
  nlohmann::json out = body;
  if (body.is_structured()) {
    for (auto it = out.begin(); it != out.end(); ++it) {
      ASSIGN_OR_RETURN(nlohmann::json value, Fill(*it, values));
      *it = std::move(value);
    }
  }
  return out;
}

absl::StatusOr<std::string> Pick(const nlohmann::json& answer, std::string_view path) {
  const nlohmann::json* at = &answer;
  for (const auto& part : absl::StrSplit(base::Abs(path), '.')) {
    const std::vector<std::string> pieces =
        absl::StrSplit(part, absl::ByAnyChar("[=]"), absl::SkipEmpty());
    if (pieces.empty() || !at->is_object() || !at->contains(pieces[0])) {
      return base::NotFound(base::Std(part));
    }
    at = &(*at)[pieces[0]];
    if (pieces.size() == 1) continue;
    const nlohmann::json* chosen = nullptr;
    for (const auto& item : *at) {
      if (pieces.size() != 3 || !item.is_object() || !item.contains(pieces[1])) continue;
      const nlohmann::json& key = item[pieces[1]];
      if ((key.is_string() ? key.get<std::string>() : key.dump()) == pieces[2]) chosen = &item;
    }
    if (chosen == nullptr) return base::NotFound(base::Std(part));
    at = chosen;
  }
  return at->is_string() ? at->get<std::string>() : at->dump();
}

}  // namespace huying::drill_client
