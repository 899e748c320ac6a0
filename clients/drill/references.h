// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <set>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "nlohmann/json.hpp"

// `${…}` in the texts of a request body.
//
//   ${intake}          what the act `intake` saved (by default the name on its receipt)
//   ${response}/tasks/rescue
//   ${now}  ${now+2h}  ${start+30m}      times of the realm, RFC 3339, in Beijing
//   ${date}  ${year}   today there: 2026年12月7日, 2026
//   ${n}               which repetition this is, from 1
namespace huying::drill_client {

struct Values {
  std::map<std::string, std::string> saved;
  absl::Time now;
  absl::Time start;
  int n = 1;
};

inline bool HasReference(std::string_view text) { return text.find("${") != text.npos; }

// Names of the variables used, without times, dates and ${n}. INVALID_ARGUMENT on "${" without "}".
absl::StatusOr<std::set<std::string>> ReferencesIn(const nlohmann::json& body);

// A variable that was never saved is NOT_FOUND, by its name.
absl::StatusOr<nlohmann::json> Fill(const nlohmann::json& body, const Values& values);
absl::StatusOr<std::string> FillText(std::string_view text, const Values& values);

// "response.effects[id=evacuate].result" in a JSON answer. NOT_FOUND names the part that is not there.
absl::StatusOr<std::string> Pick(const nlohmann::json& answer, std::string_view path);

}  // namespace huying::drill_client
