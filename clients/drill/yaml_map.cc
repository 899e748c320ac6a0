// SPDX-License-Identifier: Apache-2.0
#include "clients/drill/yaml_map.h"

#include <algorithm>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "services/platform/base/nearest.h"

namespace huying::drill_client {
int LineOf(const YAML::Node& node) { return node.IsDefined() ? node.Mark().line + 1 : 0; }

void AddError(Findings& findings, const YAML::Node& node, std::string zh, std::string en) {
  const int column = node.IsDefined() ? node.Mark().column + 1 : 0;
  findings.push_back({LineOf(node), column, true, std::move(zh), std::move(en)});
}

YamlMap::YamlMap(const YAML::Node& node, std::string where, Findings& findings)
    : node_(node), where_(std::move(where)), findings_(findings) {
  if (!node_.IsMap()) {
    AddError(findings_, node_, absl::StrCat(where_, " 应为键值对"),
             absl::StrCat(where_, " must be a mapping"));
    return;
  }
  std::set<std::string> seen;
  for (const auto& item : node_) {
    if (item.first.IsScalar() && seen.insert(item.first.Scalar()).second) continue;
    const std::string key = item.first.IsScalar() ? item.first.Scalar() : "?";
    AddError(findings_, item.first, absl::StrCat("键“", key, "”重复"),
             absl::StrCat("key '", key, "' stands twice"));
  }
}

bool YamlMap::Has(const std::string& key) const {
  return node_.IsMap() && static_cast<bool>(std::as_const(node_)[key]);
}

YAML::Node YamlMap::Raw(const std::string& key, bool required) {
  asked_.insert(key);
  if (Has(key)) return std::as_const(node_)[key];
  if (required && node_.IsMap()) {
    AddError(findings_, node_, absl::StrCat(where_, " 缺少“", key, "”"),
             absl::StrCat(where_, " lacks '", key, "'"));
  }
  return YAML::Node(YAML::NodeType::Undefined);
}

void YamlMap::Error(const std::string& key, std::string zh, std::string en) {
  AddError(findings_, Has(key) ? std::as_const(node_)[key] : node_,
           absl::StrCat(where_, ".", key, "：", zh), absl::StrCat(where_, ".", key, ": ", en));
}

std::string YamlMap::Text(const std::string& key, bool required) {
  const YAML::Node value = Raw(key, required);
  if (!value.IsDefined()) return "";
  if (!value.IsScalar() || (required && value.Scalar().empty())) {
    Error(key, "应为文字", "must be a text");
    return "";
  }
  return value.Scalar();
}

std::vector<std::string> YamlMap::Texts(const std::string& key) {
  const YAML::Node value = Raw(key);
  std::vector<std::string> texts;
  if (!value.IsDefined()) return texts;
  if (value.IsScalar()) return {value.Scalar()};
  for (const auto& item : value) {
    if (!item.IsScalar()) {
      AddError(findings_, item, absl::StrCat(where_, ".", key, " 的每一项应为文字"),
               absl::StrCat("every item of ", where_, ".", key, " must be a text"));
      continue;
    }
    texts.push_back(item.Scalar());
  }
  return texts;
}

std::optional<absl::Duration> YamlMap::Duration(const std::string& key, bool required) {
  const std::string text = Text(key, required);
  if (text.empty()) return std::nullopt;
  const auto duration = ParseDuration(text);
  if (!duration) Error(key, "时长应写作 1h30m", "a duration is written like 1h30m");
  return duration;
}

std::optional<Span> YamlMap::DelaySpan(const std::string& key) {
  const std::string text = Text(key);
  if (text.empty()) return std::nullopt;
  const auto span = ParseSpan(text);
  if (!span) Error(key, "应写作 30s 或 30s..2m", "is written like 30s or 30s..2m");
  return span;
}

std::optional<int64_t> YamlMap::Integer(const std::string& key, bool required) {
  const std::string text = Text(key, required);
  if (text.empty()) return std::nullopt;
  int64_t value = 0;
  if (!absl::SimpleAtoi(text, &value)) {
    Error(key, "应为整数", "must be a whole number");
    return std::nullopt;
  }
  return value;
}

std::optional<double> YamlMap::Share(const std::string& key) {
  const std::string text = Text(key);
  if (text.empty()) return std::nullopt;
  double value = 0;
  if (!absl::SimpleAtod(text, &value) || !(value >= 0 && value <= 1)) {
    Error(key, "应为 0 到 1 之间的数", "must be a number from 0 to 1");
    return std::nullopt;
  }
  return value;
}

bool YamlMap::Truth(const std::string& key) {
  const std::string text = Text(key);
  if (!text.empty() && text != "true" && text != "false") {
    Error(key, "应为 true 或 false", "must be true or false");
  }
  return text == "true";
}

std::vector<YAML::Node> YamlMap::Items(const std::string& key) {
  const YAML::Node value = Raw(key);
  std::vector<YAML::Node> items;
  if (!value.IsDefined() || value.IsNull()) return items;
  if (!value.IsSequence()) {
    Error(key, "应为列表", "must be a list");
    return items;
  }
  for (const auto& item : value) items.push_back(item);
  return items;
}

void YamlMap::Done() {
  if (!node_.IsMap()) return;
  const std::vector<std::string> known(asked_.begin(), asked_.end());
  for (const auto& item : node_) {
    if (!item.first.IsScalar() || asked_.count(item.first.Scalar()) > 0) continue;
    const std::string key = item.first.Scalar();
    const std::string near = base::Nearest(key, known);
    AddError(findings_, item.first,
             absl::StrCat(where_, " 没有键“", key, "”", near.empty() ? "" : "，是否指 " + near),
             absl::StrCat(where_, " has no key '", key, "'",
                          near.empty() ? "" : ", did you mean " + near));
  }
}

}  // namespace huying::drill_client
