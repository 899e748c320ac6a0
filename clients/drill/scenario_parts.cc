// SPDX-License-Identifier: Apache-2.0
#include "clients/drill/scenario_parts.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "clients/drill/references.h"
#include "clients/drill/yaml_map.h"
#include "clients/drill/yaml_message.h"
#include "huying/common/v1/policy.pb.h"
#include "services/drill/rules/score.h"
#include "services/platform/base/nearest.h"
#include "services/platform/base/status.h"

namespace huying::drill_client {
namespace {

constexpr char kSettingMark[] = "设定）";

drill::v1::Expectation::Match ReadMatch(const YAML::Node& node, const std::string& where,
                                        Findings& findings) {
  drill::v1::Expectation::Match match;
  if (!node.IsDefined()) return match;
  YamlMap map(node, absl::StrCat(where, ".match"), findings);
  match.set_act(map.Text("act"));
  match.set_post(map.Text("post"));
  match.set_tier(map.Text("tier"));
  match.set_state(map.Text("state"));
  match.set_kind(map.Text("kind"));
  match.set_count(static_cast<int>(map.Integer("count").value_or(0)));
  if (match.count() < 0) map.Error("count", "不能为负", "must not be below 0");
  const YAML::Node fields = map.Raw("fields");
  if (fields.IsDefined() && !fields.IsMap()) map.Error("fields", "应为键值对", "must be a mapping");
  if (fields.IsMap()) {
    for (const auto& item : fields) {
      if (item.second.IsScalar()) {
        (*match.mutable_fields())[item.first.Scalar()] = item.second.Scalar();
      } else {
        AddError(findings, item.second, "应为一个值", "must be one value");
      }
    }
  }
  map.Done();
  return match;
}

const google::protobuf::MethodDescriptor* ReadMethod(YamlMap& map) {
  const std::string name = map.Text("call", YamlMap::kRequired);
  if (name.empty()) return nullptr;
  const auto* method = FindMethod(name);
  if (method == nullptr) {
    const std::string near = base::Nearest(name, MethodNames());
    map.Error("call", absl::StrCat("没有接口“", name, "”", near.empty() ? "" : "，是否指 " + near),
              absl::StrCat("no RPC '", name, "'", near.empty() ? "" : ", did you mean " + near));
    return nullptr;
  }
  const auto& policy = method->options().GetExtension(common::v1::policy);
  if (method->server_streaming() || policy.idempotency() == common::v1::TOKEN ||
      policy.permission() == "node") {
    map.Error("call", "演练角色不能调用此接口", "an actor cannot call this RPC");
  }
  return method;
}

void ReadSave(YamlMap& map, ActSpec& act, Findings& findings) {
  const YAML::Node save = map.Raw("save");
  if (!save.IsDefined()) return;
  if (save.IsScalar()) {
    act.save[save.Scalar()] = "name";
  } else if (save.IsMap()) {
    for (const auto& item : save) act.save[item.first.Scalar()] = item.second.as<std::string>("");
  } else {
    AddError(findings, save, "save 应为变量名，或“变量: 路径”",
             "save must be a variable, or 'variable: path' pairs");
  }
}

ActSpec ReadAct(YamlMap& map, const Scenario& scenario, Findings& findings) {
  ActSpec act;
  act.line = map.line();
  act.id = map.Text("id", YamlMap::kRequired);
  act.who = map.Text("who", YamlMap::kRequired);
  act.when.at = ReadOffset(map, "at", scenario.Zero());
  act.when.after = map.Text("after");
  act.when.delay = map.DelaySpan("delay").value_or(act.when.delay);
  if (map.Has("at") == map.Has("after")) {
    map.Error("id", "应有 at 或 after 之一", "needs either at or after");
  }
  act.method = ReadMethod(map);
  const YAML::Node body = map.Raw("with");
  act.body = act.method == nullptr ? nlohmann::json::object()
                                   : BodyToJson(body, *act.method->input_type(), findings);
  const auto uses = ReferencesIn(act.body);
  if (uses.ok()) {
    act.uses = *uses;
  } else {
    map.Error("with", base::ProblemOf(uses.status()).message(),
              base::ProblemOf(uses.status()).message_en());
  }
  ReadSave(map, act, findings);
  act.refused = map.Text("refused");
  act.text = map.Text("text");
  act.text_en = map.Text("text_en");
  return act;
}

// A re-enactment says of each inject whether it was published; nothing else has anything to say.
Source ReadSource(YamlMap& map, const Scenario& scenario) {
  const std::string text = map.Text("source");
  if (!text.empty() && !scenario.re_enacts) {
    map.Error("source", "只有重演（re_enacts）才区分来源", "is for re-enactments (re_enacts) only");
  } else if (text == "published") {
    return Source::kPublished;
  } else if (text == "published-day" || text == "setting") {
    if (map.Text("text").find(kSettingMark) == std::string::npos) {
      map.Error("text", "设定的部分须在文中注明（设定）", "what is set says （设定） in the text");
    }
    return text == "setting" ? Source::kSetting : Source::kPublishedDay;
  } else if (scenario.re_enacts) {
    map.Error("source", "应为 published、published-day（时刻为设定）或 setting（设定）",
              "must be 'published', 'published-day' (the hour is set) or 'setting'");
  }
  return Source::kNone;
}

}  // namespace

void ReadInjects(const std::vector<YAML::Node>& items, Scenario& scenario, Findings& findings) {
  for (size_t i = 0; i < items.size(); ++i) {
    YamlMap map(items[i], absl::StrCat("injects[", i, "]"), findings);
    InjectSpec spec;
    spec.line = map.line();
    spec.inject.set_id(map.Text("id", YamlMap::kRequired));
    spec.inject.set_text(map.Text("text", YamlMap::kRequired));
    spec.inject.set_text_en(map.Text("text_en"));
    spec.inject.set_to_post(map.Text("to"));
    const auto at = ReadOffset(map, "at", scenario.Zero());
    if (!map.Has("at")) map.Error("at", "缺少时间", "is missing");
    *spec.inject.mutable_offset() =
        drill::rules::ToDurationProto(at.value_or(absl::ZeroDuration()));
    spec.source = ReadSource(map, scenario);
    map.Done();
    scenario.injects.push_back(std::move(spec));
  }
}

void ReadEvents(const std::vector<YAML::Node>& items, Scenario& scenario, Findings& findings) {
  for (size_t i = 0; i < items.size(); ++i) {
    const std::string where = absl::StrCat("events[", i, "]");
    YamlMap map(items[i], where, findings);
    EventSpec event;
    event.line = map.line();
    event.id = map.Text("id", YamlMap::kRequired);
    event.match = ReadMatch(map.Raw("match", YamlMap::kRequired), where, findings);
    map.Done();
    scenario.events.push_back(std::move(event));
  }
}

void ReadActs(const std::vector<YAML::Node>& items, Scenario& scenario, Findings& findings) {
  for (size_t i = 0; i < items.size(); ++i) {
    YamlMap map(items[i], absl::StrCat("acts[", i, "]"), findings);
    const ActSpec act = ReadAct(map, scenario, findings);
    const auto every = map.Duration("every");
    const int64_t times = map.Integer("times").value_or(1);
    map.Done();
    if (times < 1 || times > kRepeatMax || (times > 1 && (!every || !act.when.at))) {
      map.Error("times", absl::StrCat("重复需要 at 与 every，次数1到", kRepeatMax),
                absl::StrCat("a repetition needs at and every, 1 to ", kRepeatMax, " times"));
      continue;
    }
    for (int64_t n = 1; n <= times; ++n) {
      ActSpec one = act;
      one.n = static_cast<int>(n);
      if (times > 1) {
        one.id = absl::StrCat(act.id, "-", n);
        one.when.at = *act.when.at + (n - 1) * *every;
        one.save.emplace(act.id, "name");
      }
      scenario.acts.push_back(std::move(one));
    }
  }
}

void ReadExpectations(const std::vector<YAML::Node>& items, Scenario& scenario,
                      Findings& findings) {
  for (size_t i = 0; i < items.size(); ++i) {
    const std::string where = absl::StrCat("expectations[", i, "]");
    YamlMap map(items[i], where, findings);
    drill::v1::Expectation expectation;
    expectation.set_id(map.Text("id", YamlMap::kRequired));
    expectation.set_text(map.Text("text", YamlMap::kRequired));
    expectation.set_text_en(map.Text("text_en"));
    expectation.set_from(map.Text("from", YamlMap::kRequired));
    expectation.set_silence(map.Truth("silence"));
    expectation.set_rule_id(map.Text("rule"));
    *expectation.mutable_match() = ReadMatch(map.Raw("match", YamlMap::kRequired), where, findings);
    const auto limit = map.Duration("limit", YamlMap::kRequired);
    if (limit && *limit <= absl::ZeroDuration()) {
      map.Error("limit", "必须大于0", "must be above 0");
    }
    *expectation.mutable_limit() =
        drill::rules::ToDurationProto(limit.value_or(absl::ZeroDuration()));
    *expectation.mutable_tolerance() =
        drill::rules::ToDurationProto(map.Duration("tolerance").value_or(absl::ZeroDuration()));
    map.Done();
    scenario.lines[expectation.id()] = map.line();
    scenario.expectations.push_back(std::move(expectation));
  }
}

}  // namespace huying::drill_client
