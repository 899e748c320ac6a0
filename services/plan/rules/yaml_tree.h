// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/types/span.h"
#include "huying/plan/v1/plan_service.pb.h"
#include "yaml-cpp/yaml.h"

// Reading YAML so that every fault says where it is. A YamlText collects the faults and remembers the
// place of every field, so that later checks can point at lines, too.
//
//   YamlText yaml(text);
//   YamlMap plan(yaml, yaml.root(), "");
//   std::string title = plan.Text("title");
//   plan.RefuseOtherKeys();          // "aprover: did you mean approver"
//   return yaml.findings();
namespace huying::plan::rules {

namespace v1 = ::huying::plan::v1;

inline constexpr size_t kYamlBytesMax = 256 * 1024;
inline constexpr int kYamlNodesMax =
    20'000;  // an alias repeated without end is not followed for ever
inline constexpr int kFindingsMax = 50;

class YamlText {
 public:
  // Syntax errors are findings; the root is then not a map.
  explicit YamlText(std::string_view text);

  const YAML::Node& root() const { return root_; }
  void Error(std::string_view field, std::string_view zh, std::string_view en);
  void Warn(std::string_view field, std::string_view zh, std::string_view en);
  void ErrorAt(const YAML::Mark& mark, std::string_view field, std::string_view zh,
               std::string_view en);
  // `field` lies here; a fault of it, or of something below it, is shown at this place.
  void Remember(std::string_view field, const YAML::Mark& mark);
  // False once the text has been walked too long.
  bool Visit();

  const std::vector<v1::LintFinding>& findings() const { return findings_; }
  bool has_errors() const;

 private:
  void Add(bool is_error, const YAML::Mark& mark, std::string_view field, std::string_view zh,
           std::string_view en);
  YAML::Mark PlaceOf(std::string_view field) const;

  YAML::Node root_;
  std::map<std::string, YAML::Mark, std::less<>> places_;
  std::vector<v1::LintFinding> findings_;
  int nodes_ = 0;
};

// One mapping. Not thread-safe; the YamlText must outlive it.
class YamlMap {
 public:
  // Not a mapping: a finding, and every key is absent.
  YamlMap(YamlText& text, const YAML::Node& node, std::string path);

  bool Has(std::string_view key);
  std::string Text(std::string_view key);  // "" when absent
  bool Truth(std::string_view key);
  int Number(std::string_view key);
  std::vector<std::string> Texts(std::string_view key);
  // The elements of a list, with their paths ("levels[0]").
  std::vector<std::pair<YAML::Node, std::string>> List(std::string_view key);
  YAML::Node Child(std::string_view key);
  std::string PathOf(std::string_view key) const;
  // Keys nobody asked for are errors, with what was perhaps meant.
  void RefuseOtherKeys();

 private:
  std::string Scalar(const YAML::Node& node, const std::string& path);

  YamlText& text_;
  const std::string path_;
  std::map<std::string, YAML::Node, std::less<>> children_;
  std::map<std::string, YAML::Mark, std::less<>> keys_;
  std::vector<std::string> asked_;
};

}  // namespace huying::plan::rules
