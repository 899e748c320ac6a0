// SPDX-License-Identifier: Apache-2.0
#include "services/plan/rules/yaml_tree.h"

#include <algorithm>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "services/platform/base/nearest.h"
#include "services/platform/base/strings.h"
#include "services/platform/base/utf8.h"

namespace huying::plan::rules {

using base::Abs;

YamlText::YamlText(std::string_view text) {
  if (text.size() > kYamlBytesMax) {
    Add(true, YAML::Mark::null_mark(), "yaml", "文件太大", "the text is too large");
    return;
  }
  if (const std::optional<int> line = base::LineNotUtf8(text)) {
    YAML::Mark mark;
    mark.line = *line - 1;
    Add(true, mark, "yaml", base::kNotUtf8Zh, base::kNotUtf8En);
    return;
  }
  try {
    root_ = YAML::Load(std::string(text));
    if (!root_.IsMap()) {
      Add(true, root_.Mark(), "yaml", "应为键值的列表", "a mapping is expected");
      root_ = YAML::Node();
    }
  } catch (const YAML::Exception& e) {  // the seam: ours never throws
    Add(true, e.mark, "yaml", absl::StrCat("YAML 语法错误：", e.msg),
        absl::StrCat("YAML syntax: ", e.msg));
    root_ = YAML::Node();
  }
}

void YamlText::Add(bool is_error, const YAML::Mark& mark, std::string_view field,
                   std::string_view zh, std::string_view en) {
  if (findings_.size() >= kFindingsMax) return;
  v1::LintFinding finding;
  finding.set_line(std::max(0, mark.line + 1));
  finding.set_column(std::max(0, mark.column + 1));
  finding.set_is_error(is_error);
  finding.set_field(std::string(field));
  finding.set_message(std::string(zh));
  finding.set_message_en(std::string(en));
  findings_.push_back(std::move(finding));
}

void YamlText::Error(std::string_view field, std::string_view zh, std::string_view en) {
  Add(true, PlaceOf(field), field, zh, en);
}
void YamlText::Warn(std::string_view field, std::string_view zh, std::string_view en) {
  Add(false, PlaceOf(field), field, zh, en);
}
void YamlText::ErrorAt(const YAML::Mark& mark, std::string_view field, std::string_view zh,
                       std::string_view en) {
  Add(true, mark, field, zh, en);
}
void YamlText::Remember(std::string_view field, const YAML::Mark& mark) {
  places_.emplace(std::string(field), mark);
}
bool YamlText::Visit() {
  if (++nodes_ == kYamlNodesMax) {
    Add(true, YAML::Mark::null_mark(), "yaml", "内容过多", "too many values");
  }
  return nodes_ < kYamlNodesMax;
}
bool YamlText::has_errors() const {
  return std::any_of(findings_.begin(), findings_.end(),
                     [](const v1::LintFinding& f) { return f.is_error(); });
}

// A field that is not there is shown where what should hold it begins.
YAML::Mark YamlText::PlaceOf(std::string_view field) const {
  while (!field.empty()) {
    const auto it = places_.find(field);
    if (it != places_.end()) return it->second;
    const size_t cut = field.find_last_of(".[");
    field = cut == std::string_view::npos ? std::string_view() : field.substr(0, cut);
  }
  const auto top = places_.find(field);
  return top != places_.end() ? top->second : YAML::Mark();
}

YamlMap::YamlMap(YamlText& text, const YAML::Node& node, std::string path)
    : text_(text), path_(std::move(path)) {
  if (!node.IsDefined() || node.IsNull()) return;
  text_.Remember(path_, node.Mark());
  if (!node.IsMap()) {
    text_.ErrorAt(node.Mark(), path_, "应为键: 值", "key: value pairs are expected");
    return;
  }
  for (const auto& pair : node) {
    if (!text_.Visit()) return;
    if (!pair.first.IsScalar()) {
      text_.ErrorAt(pair.first.Mark(), path_, "键应为文字", "a key must be a word");
      continue;
    }
    const std::string& key = pair.first.Scalar();
    if (!children_.emplace(key, pair.second).second) {
      text_.ErrorAt(pair.first.Mark(), PathOf(key), absl::StrCat("“", key, "”写了两次"),
                    absl::StrCat("\"", key, "\" stands here twice"));
      continue;
    }
    keys_.emplace(key, pair.first.Mark());
    text_.Remember(PathOf(key),
                   pair.second.Mark().is_null() ? pair.first.Mark() : pair.second.Mark());
  }
}

std::string YamlMap::PathOf(std::string_view key) const {
  return path_.empty() ? std::string(key) : absl::StrCat(path_, ".", Abs(key));
}

YAML::Node YamlMap::Child(std::string_view key) {
  asked_.emplace_back(key);
  const auto it = children_.find(key);
  return it == children_.end() ? YAML::Node(YAML::NodeType::Undefined) : it->second;
}

bool YamlMap::Has(std::string_view key) {
  asked_.emplace_back(key);
  return children_.count(std::string(key)) > 0;
}

std::string YamlMap::Scalar(const YAML::Node& node, const std::string& path) {
  if (!node.IsDefined() || node.IsNull()) return "";
  if (!node.IsScalar()) {
    text_.ErrorAt(node.Mark(), path, "应为一个值", "a single value is expected");
    return "";
  }
  return node.Scalar();
}

std::string YamlMap::Text(std::string_view key) { return Scalar(Child(key), PathOf(key)); }

bool YamlMap::Truth(std::string_view key) {
  const std::string text = Text(key);
  if (text.empty() || text == "false") return false;
  if (text != "true") text_.Error(PathOf(key), "应为 true 或 false", "true or false is expected");
  return text == "true";
}

int YamlMap::Number(std::string_view key) {
  const std::string text = Text(key);
  int number = 0;
  if (!text.empty() && !absl::SimpleAtoi(text, &number)) {
    text_.Error(PathOf(key), "应为整数", "a whole number is expected");
  }
  return number;
}

std::vector<std::string> YamlMap::Texts(std::string_view key) {
  std::vector<std::string> texts;
  for (const auto& [node, path] : List(key)) texts.push_back(Scalar(node, path));
  return texts;
}

std::vector<std::pair<YAML::Node, std::string>> YamlMap::List(std::string_view key) {
  std::vector<std::pair<YAML::Node, std::string>> items;
  const YAML::Node node = Child(key);
  if (!node.IsDefined() || node.IsNull()) return items;
  if (!node.IsSequence()) {
    text_.ErrorAt(node.Mark(), PathOf(key), "应为列表", "a list is expected");
    return items;
  }
  for (size_t i = 0; i < node.size(); ++i) {
    if (!text_.Visit()) break;
    std::string path = absl::StrCat(PathOf(key), "[", i, "]");
    text_.Remember(path, node[i].Mark());
    items.emplace_back(node[i], std::move(path));
  }
  return items;
}

void YamlMap::RefuseOtherKeys() {
  const std::vector<std::string_view> known(asked_.begin(), asked_.end());
  for (const auto& [key, mark] : keys_) {
    if (std::find(known.begin(), known.end(), key) != known.end()) continue;
    const std::string near = base::Nearest(key, known);
    text_.ErrorAt(mark, PathOf(key),
                  absl::StrCat("不认识的键“", key, "”",
                               near.empty() ? "" : absl::StrCat("，是否为 ", near, "？")),
                  absl::StrCat("unknown key \"", key, "\"",
                               near.empty() ? "" : absl::StrCat("; did you mean ", near)));
  }
}

}  // namespace huying::plan::rules
