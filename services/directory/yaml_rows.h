// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "huying/common/v1/policy.pb.h"
#include "yaml-cpp/yaml.h"

namespace huying::directory {

// One row of a YAML list, with its place for errors.
//
//   YamlRow row("directory.yaml", "posts[2]", node);
//   RETURN_IF_ERROR(row.Only({"id", "title", "unit"}));
//   ASSIGN_OR_RETURN(std::string title, row.Text("title"));
//   RETURN_IF_ERROR(row.At(rules::CheckPost(post)));      // a problem's field says which line
class YamlRow {
 public:
  YamlRow(std::string file, std::string path, const YAML::Node& node)
      : file_(std::move(file)), path_(std::move(path)), node_(node) {}

  // Any other key is an error: a misspelt one must not be silently left out.
  absl::Status Only(std::initializer_list<std::string_view> keys) const;
  // "" when it is not there; whether it must be there is the rules' to say.
  absl::StatusOr<std::string> Text(const char* key) const;
  absl::StatusOr<std::vector<std::string>> Texts(const char* key) const;
  absl::StatusOr<bool> Truth(const char* key) const;
  absl::StatusOr<common::v1::Tier> TierOf(const char* key) const;  // unspecified when absent
  // "2026-03-01": its midnight in Beijing, seconds; 0 when absent.
  absl::StatusOr<int64_t> Day(const char* key) const;
  absl::StatusOr<std::vector<YamlRow>> Rows(const char* key) const;

  // The problem with file and line of its field before the text, and the row's path before the field.
  absl::Status At(const absl::Status& status) const;
  absl::Status Bad(std::string_view field, std::string_view zh, std::string_view en) const;

 private:
  int LineOf(std::string_view field) const;

  std::string file_;
  std::string path_;
  YAML::Node node_;
};

}  // namespace huying::directory
