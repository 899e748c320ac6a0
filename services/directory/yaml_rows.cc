// SPDX-License-Identifier: Apache-2.0
#include "services/directory/yaml_rows.h"

#include <algorithm>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "services/platform/base/status.h"
#include "services/platform/base/strings.h"

namespace huying::directory {
namespace {

using base::Abs;

std::string Join(const std::string& path, std::string_view field) {
  if (path.empty()) return std::string(field);
  if (field.empty()) return path;
  return absl::StrCat(path, ".", Abs(field));
}

}  // namespace

// The line of "deputies[1]" or "legal_basis[0].kind"; of the nearest thing there is.
int YamlRow::LineOf(std::string_view field) const {
  int line = node_.Mark().line;
  YAML::Node at;
  at.reset(node_);
  for (absl::string_view part : absl::StrSplit(Abs(field), absl::ByAnyChar(".["))) {
    part = part.substr(0, part.find(']'));
    int index = 0;
    YAML::Node next;
    if (at.IsSequence() && absl::SimpleAtoi(part, &index)) {
      if (index < 0 || index >= static_cast<int>(at.size())) break;
      next.reset(at[index]);
    } else if (at.IsMap()) {
      // A record's name is written as `id`.
      const YAML::Node found = std::as_const(at)[part == "name" ? "id" : std::string(part)];
      if (!found.IsDefined()) break;
      next.reset(found);
    } else {
      break;
    }
    line = next.Mark().line;
    at.reset(next);
  }
  return line + 1;
}

absl::Status YamlRow::Bad(std::string_view field, std::string_view zh, std::string_view en) const {
  return At(base::Invalid(base::Reason::FIELD_INVALID, zh, en).Field(field));
}

absl::Status YamlRow::At(const absl::Status& status) const {
  if (status.ok()) return status;
  const base::Problem problem = base::ProblemOf(status);
  const int line = LineOf(problem.field());
  return base::Invalid(problem.reason(),
                       absl::StrCat(file_, " 第", line, "行: ", problem.message()),
                       absl::StrCat(file_, ":", line, ": ", problem.message_en()))
      .Field(Join(path_, problem.field()))
      .Rule(problem.rule_id())
      .Next(problem.next_step(), problem.next_step_en());
}

absl::Status YamlRow::Only(std::initializer_list<std::string_view> keys) const {
  if (!node_.IsMap()) return Bad("", "这里应为键值对", "a mapping of keys is expected here");
  for (const auto& item : node_) {
    const std::string key = item.first.as<std::string>();
    if (std::find(keys.begin(), keys.end(), key) != keys.end()) continue;
    return Bad(key, absl::StrCat("不认识的键 ", key), absl::StrCat("unknown key ", key));
  }
  return absl::OkStatus();
}

absl::StatusOr<std::string> YamlRow::Text(const char* key) const {
  const YAML::Node value = node_[key];
  if (!value.IsDefined() || value.IsNull()) return std::string();
  if (!value.IsScalar()) return Bad(key, "应为一段文字", "a text is expected");
  return value.Scalar();
}

absl::StatusOr<std::vector<std::string>> YamlRow::Texts(const char* key) const {
  std::vector<std::string> texts;
  const YAML::Node list = node_[key];
  if (!list.IsDefined() || list.IsNull()) return texts;
  if (!list.IsSequence()) return Bad(key, "应为列表", "a list is expected");
  for (size_t i = 0; i < list.size(); ++i) {
    if (!list[i].IsScalar()) {
      return Bad(absl::StrCat(key, "[", i, "]"), "应为一段文字", "a text is expected");
    }
    texts.push_back(list[i].Scalar());
  }
  return texts;
}

absl::StatusOr<bool> YamlRow::Truth(const char* key) const {
  ASSIGN_OR_RETURN(const std::string text, Text(key));
  if (text.empty() || text == "false") return false;
  if (text == "true") return true;
  return Bad(key, "应为 true 或 false", "true or false is expected");
}

absl::StatusOr<common::v1::Tier> YamlRow::TierOf(const char* key) const {
  ASSIGN_OR_RETURN(const std::string text, Text(key));
  common::v1::Tier tier = common::v1::TIER_UNSPECIFIED;
  if (text.empty() || common::v1::Tier_Parse(text, &tier)) return tier;
  return Bad(key, absl::StrCat("不认识的层级 ", text), absl::StrCat("unknown tier ", text));
}

absl::StatusOr<int64_t> YamlRow::Day(const char* key) const {
  ASSIGN_OR_RETURN(const std::string text, Text(key));
  if (text.empty()) return 0;
  absl::CivilDay day;
  if (!absl::ParseCivilTime(text, &day)) {
    return Bad(key, "日期应形如 2026-03-01", "a date looks like 2026-03-01");
  }
  return absl::ToUnixSeconds(absl::FromCivil(day, absl::FixedTimeZone(8 * 60 * 60)));
}

absl::StatusOr<std::vector<YamlRow>> YamlRow::Rows(const char* key) const {
  std::vector<YamlRow> rows;
  const YAML::Node list = node_[key];
  if (!list.IsDefined() || list.IsNull()) return rows;
  if (!list.IsSequence()) return Bad(key, "应为列表", "a list is expected");
  for (size_t i = 0; i < list.size(); ++i) {
    rows.emplace_back(file_, Join(path_, absl::StrCat(key, "[", i, "]")), list[i]);
  }
  return rows;
}

}  // namespace huying::directory
