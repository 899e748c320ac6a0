// SPDX-License-Identifier: Apache-2.0
//
// The schema for editors and the parser must say the same: every key the schema knows is read, every key
// the shipped scenarios use is known, and what the schema does not know the parser refuses.
#include <gtest/gtest.h>

#include <fstream>
#include <nlohmann/json.hpp>
#include <regex>
#include <sstream>

#include "absl/strings/str_cat.h"
#include "clients/drill/scenario.h"
#include "yaml-cpp/yaml.h"

namespace huying::drill_client {
namespace {

using nlohmann::json;

std::string Read(const std::string& path) {
  std::ifstream in(absl::StrCat(HUYING_SOURCE_DIR, "/clients/drill/", path));
  std::stringstream text;
  text << in.rdbuf();
  return text.str();
}
const json& Schema() {
  static const json* const schema = new json(json::parse(Read("scenario.schema.json")));
  return *schema;
}
json Resolved(json schema) {
  if (!schema.contains("$ref")) return schema;
  const std::string name = schema["$ref"].get<std::string>();
  return Schema()["definitions"][name.substr(name.rfind('/') + 1)];
}

// Enough of JSON Schema for ours: objects, arrays, enums, patterns.
void Check(const YAML::Node& node, const json& given, const std::string& where) {
  const json schema = Resolved(given);
  if (node.IsMap()) {
    for (const auto& item : node) {
      const std::string key = item.first.Scalar();
      const std::string path = absl::StrCat(where, ".", key);
      if (schema.contains("properties") && schema["properties"].contains(key)) {
        Check(item.second, schema["properties"][key], path);
      } else {
        const bool closed = schema.value("additionalProperties", json(true)) == json(false);
        EXPECT_FALSE(closed) << path << " is not in the schema";
      }
    }
    for (const auto& key : schema.value("required", json::array())) {
      EXPECT_TRUE(node[key.get<std::string>()].IsDefined()) << where << " lacks " << key;
    }
  } else if (node.IsSequence() && schema.contains("items")) {
    for (size_t i = 0; i < node.size(); ++i) {
      Check(node[i], schema["items"], absl::StrCat(where, "[", i, "]"));
    }
  } else if (node.IsScalar()) {
    const std::string text = node.Scalar();
    if (schema.contains("enum")) {
      bool known = false;
      for (const auto& value : schema["enum"]) known = known || value == text;
      EXPECT_TRUE(known) << where << ": " << text;
    }
    if (schema.contains("pattern")) {
      EXPECT_TRUE(std::regex_search(text, std::regex(schema["pattern"].get<std::string>())))
          << where << ": " << text;
    }
  }
}

TEST(ScenarioSchema, TheShippedScenariosFitItAndAreFreeOfFindings) {
  for (const std::string name : {"smoke", "xinxing-2009"}) {
    const std::string text = Read(absl::StrCat("scenarios/", name, ".yaml"));
    Check(YAML::Load(text), Schema(), name);
    Findings findings;
    EXPECT_TRUE(ParseScenario(text, findings).has_value());
    for (const Finding& finding : findings)
      ADD_FAILURE() << name << ":" << finding.line << finding.en;
  }
}

// A scenario with one key more in the place a definition describes.
std::string With(const std::string& section, const std::string& key) {
  const std::string head = "scenario: s\ntitle: t\nend: 1h\nseed: 1\n";
  if (section.empty()) return absl::StrCat(head, key, ": {}\n");
  if (section == "match") {
    return absl::StrCat(head, "events:\n  - id: e\n    match: {", key, ": {}}\n");
  }
  if (section == "alertReaction" || section == "taskReaction") {
    return absl::StrCat(head, "actors:\n  - post: posts/a\n    ",
                        section == "alertReaction" ? "alert" : "task", ": {", key, ": {}}\n");
  }
  return absl::StrCat(head, section, "s:\n  - {", key, ": {}}\n");
}

bool SaysUnknown(const std::string& yaml, const std::string& key) {
  Findings findings;
  (void)ParseScenario(yaml, findings);
  for (const Finding& finding : findings) {
    if (finding.en.find(absl::StrCat("has no key '", key, "'")) != std::string::npos) return true;
  }
  return false;
}

TEST(ScenarioSchema, TheParserKnowsExactlyTheKeysOfTheSchema) {
  struct Place {
    std::string section;
    json properties;
  };
  std::vector<Place> places = {{"", Schema()["properties"]}};
  for (const char* name : {"actor", "inject", "event", "act", "expectation", "match",
                           "alertReaction", "taskReaction"}) {
    places.push_back({name, Schema()["definitions"][name]["properties"]});
  }
  for (const Place& place : places) {
    for (const auto& [key, value] : place.properties.items()) {
      EXPECT_FALSE(SaysUnknown(With(place.section, key), key)) << place.section << "." << key;
    }
    EXPECT_TRUE(SaysUnknown(With(place.section, "zzz"), "zzz")) << place.section;
  }
}

}  // namespace
}  // namespace huying::drill_client
