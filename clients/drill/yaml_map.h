// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "clients/drill/finding.h"
#include "clients/drill/time_text.h"
#include "yaml-cpp/yaml.h"

// Reads one YAML mapping key by key and says, with its line, what is missing, wrong or not known.
//
//   YamlMap map(node, "actors[2]", findings);
//   std::string post = map.Text("post", YamlMap::kRequired);
//   auto delay = map.Span("delay");
//   map.Done();   // a key nobody asked for is a finding
namespace huying::drill_client {

int LineOf(const YAML::Node& node);
void AddError(Findings& findings, const YAML::Node& node, std::string zh, std::string en);

class YamlMap {
 public:
  static constexpr bool kRequired = true;

  // A node that is no mapping is a finding; every key then reads as absent.
  YamlMap(const YAML::Node& node, std::string where, Findings& findings);

  bool Has(const std::string& key) const;
  YAML::Node Raw(const std::string& key, bool required = false);
  std::string Text(const std::string& key, bool required = false);
  std::vector<std::string> Texts(const std::string& key);  // a list, or one text
  std::optional<absl::Duration> Duration(const std::string& key, bool required = false);
  std::optional<Span> DelaySpan(const std::string& key);
  std::optional<int64_t> Integer(const std::string& key, bool required = false);
  std::optional<double> Share(const std::string& key);  // 0 to 1
  bool Truth(const std::string& key);
  // Every item of a list; a missing key is an empty list.
  std::vector<YAML::Node> Items(const std::string& key);

  void Done();
  void Error(const std::string& key, std::string zh, std::string en);
  int line() const { return LineOf(node_); }

 private:
  YAML::Node node_;
  std::string where_;
  Findings& findings_;
  std::set<std::string> asked_;
};

}  // namespace huying::drill_client
