// SPDX-License-Identifier: Apache-2.0
#include "clients/drill/scenario.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "clients/drill/scenario_parts.h"
#include "clients/drill/yaml_map.h"
#include "huying/alert/v1/alert.pb.h"
#include "services/drill/rules/score.h"
#include "services/platform/base/clock.h"
#include "services/platform/base/strings.h"
#include "services/platform/base/utf8.h"

namespace huying::drill_client {
namespace {

void ReadAlertReaction(const YAML::Node& node, Reactions& reactions, Findings& findings) {
  if (!node.IsDefined()) return;
  YamlMap map(node, "alert", findings);
  if (const auto span = map.DelaySpan("delivered")) reactions.delivered = span;
  if (const auto span = map.DelaySpan("read")) reactions.read = span;
  if (const auto span = map.DelaySpan("answer")) reactions.answer = span;
  if (map.Has("kind")) {
    reactions.answer_kind = map.Text("kind");
    alert::v1::AnswerKind kind;
    if (!alert::v1::AnswerKind_Parse(reactions.answer_kind, &kind) || kind == 0) {
      map.Error("kind", "应为 RECEIVED、ON_POST、EVACUATED 或 CANNOT",
                "must be RECEIVED, ON_POST, EVACUATED or CANNOT");
    }
  }
  if (map.Has("text")) reactions.answer_text = map.Text("text");
  if (const auto n = map.Integer("evacuated")) reactions.evacuated = static_cast<int>(*n);
  map.Done();
}

void ReadTaskReaction(const YAML::Node& node, Reactions& reactions, Findings& findings) {
  if (!node.IsDefined()) return;
  YamlMap map(node, "task", findings);
  if (const auto span = map.DelaySpan("accept")) reactions.accept = span;
  if (const auto span = map.DelaySpan("complete")) reactions.complete = span;
  if (map.Has("feedback")) reactions.feedback = map.Text("feedback");
  map.Done();
}

Silence ReadSilence(YamlMap& map) {
  const std::string text = map.Text("silent");
  if (text == "answer") return Silence::kAnswer;
  if (text == "all" || text == "true") return Silence::kAll;
  if (!text.empty() && text != "false") {
    map.Error("silent", "应为 answer（读而不答）或 all（全无动静）",
              "must be 'answer' (reads, never answers) or 'all' (nothing at all)");
  }
  return Silence::kNone;
}

void ReadActors(const std::vector<YAML::Node>& items, const Reactions& defaults, Scenario& scenario,
                Findings& findings) {
  for (size_t i = 0; i < items.size(); ++i) {
    YamlMap map(items[i], absl::StrCat("actors[", i, "]"), findings);
    ActorSpec actor;
    actor.line = map.line();
    actor.reactions = defaults;
    ReadAlertReaction(map.Raw("alert"), actor.reactions, findings);
    ReadTaskReaction(map.Raw("task"), actor.reactions, findings);
    actor.silence = ReadSilence(map);
    actor.silent_until = ReadOffset(map, "silent_until", scenario.Zero());
    actor.silent_probability = map.Share("silent_probability").value_or(0);
    std::vector<std::string> posts = map.Texts("posts");
    if (map.Has("post")) posts.push_back(map.Text("post"));
    map.Raw("post");
    if (posts.empty()) map.Error("post", "缺少 post 或 posts", "lacks post or posts");
    map.Done();
    for (std::string& post : posts) {
      if (scenario.FindActor(post) != nullptr) {
        map.Error("post", absl::StrCat("岗位“", post, "”重复"),
                  absl::StrCat("post '", post, "' stands twice"));
      }
      actor.post = std::move(post);
      scenario.actors.push_back(actor);
    }
  }
}

std::optional<absl::Time> ReadTime(YamlMap& map, const std::string& key) {
  const std::string text = map.Text(key);
  const auto time = ParseTime(text);
  if (!time && !text.empty()) {
    map.Error(key, "时间应写作 2009-11-21T01:30:00+08:00",
              "a time is written like 2009-11-21T01:30:00+08:00");
  }
  return time;
}

// A re-enactment begins at the time of day of its event: what happened at night is drilled at night.
void ReadStart(YamlMap& map, Scenario& scenario) {
  scenario.start = ReadTime(map, "start");
  scenario.re_enacts = ReadTime(map, "re_enacts");
  scenario.sources = map.Texts("sources");
  if (scenario.re_enacts && scenario.sources.empty()) {
    map.Error("re_enacts", "重演须注明 sources（公开来源）", "a re-enactment names its sources");
  }
  if (scenario.re_enacts) scenario.time_of_day = TimeOfDay(*scenario.re_enacts);
  const std::string text = map.Text("starts_at_time");
  if (text.empty()) return;
  scenario.time_of_day = ParseTimeOfDay(text);
  if (!scenario.time_of_day) {
    map.Error("starts_at_time", "应写作 01:30（北京时间）", "is written like 01:30, in Beijing");
  }
}

void ReadHead(YamlMap& map, Scenario& scenario) {
  scenario.id = map.Text("scenario", YamlMap::kRequired);
  scenario.title = map.Text("title", YamlMap::kRequired);
  scenario.title_en = map.Text("title_en");
  scenario.notice = map.Text("notice");
  scenario.notice_en = map.Text("notice_en");
  scenario.purpose = map.Text("purpose");
  scenario.case_of = map.Text("case");
  scenario.seed = map.Integer("seed", YamlMap::kRequired).value_or(0);
  scenario.plans = map.Texts("plans");
  ReadStart(map, scenario);
  const auto length = ReadOffset(map, "end", scenario.Zero());
  if (!map.Has("end")) map.Error("end", "缺少结束时间", "the end is missing");
  scenario.length = length.value_or(absl::ZeroDuration());
}

void ReadAll(const YAML::Node& root, Scenario& scenario, Findings& findings) {
  YamlMap map(root, "scenario", findings);
  ReadHead(map, scenario);
  Reactions defaults;
  const YAML::Node reactions = map.Raw("reactions");
  if (reactions.IsDefined()) {
    YamlMap inner(reactions, "reactions", findings);
    ReadAlertReaction(inner.Raw("alert"), defaults, findings);
    ReadTaskReaction(inner.Raw("task"), defaults, findings);
    inner.Done();
  }
  ReadActors(map.Items("actors"), defaults, scenario, findings);
  ReadInjects(map.Items("injects"), scenario, findings);
  ReadEvents(map.Items("events"), scenario, findings);
  ReadActs(map.Items("acts"), scenario, findings);
  ReadExpectations(map.Items("expectations"), scenario, findings);
  map.Done();
}

}  // namespace

std::optional<absl::Duration> ReadOffset(YamlMap& map, const std::string& key,
                                         std::optional<absl::Time> zero) {
  const std::string text = map.Text(key);
  if (text.empty()) return std::nullopt;
  if (const auto duration = ParseDuration(text)) return duration;
  const auto time = ParseTime(text);
  if (time && !zero) {
    map.Error(key, "没有 re_enacts 或 start，只能写时长",
              "needs re_enacts or start, or a duration");
    return std::nullopt;
  }
  if (time && *time < *zero) {
    map.Error(key, "早于演练开始", "is before the start");
    return std::nullopt;
  }
  if (time) return *time - *zero;
  map.Error(key, "应写作 1h30m 或 2009-11-21T02:30:00+08:00",
            "is written like 1h30m or 2009-11-21T02:30:00+08:00");
  return std::nullopt;
}

const ActorSpec* Scenario::FindActor(std::string_view post) const {
  for (const ActorSpec& actor : actors) {
    if (actor.post == post) return &actor;
  }
  return nullptr;
}

std::optional<absl::Time> Scenario::StartsAt(absl::Time now) const {
  if (start || !time_of_day) return start;
  return NextTimeOfDay(*time_of_day, now);
}

std::optional<absl::Time> ParseStart(std::string_view text, const Scenario& scenario) {
  if (const auto time = ParseTime(text)) return time;
  absl::CivilDay day;
  if (!absl::ParseCivilTime(base::Abs(text), &day)) return std::nullopt;
  return absl::FromCivil(day, Beijing()) + scenario.time_of_day.value_or(absl::ZeroDuration());
}

drill::v1::PlanExerciseRequest Scenario::ToRequest(absl::Time now) const {
  drill::v1::PlanExerciseRequest request;
  request.set_title(title);
  request.set_title_en(title_en);
  request.set_scenario(id);
  request.set_purpose(purpose);
  request.set_seed(seed);
  if (const auto starts_at = StartsAt(now))
    *request.mutable_starts_at() = base::ToProto(*starts_at);
  for (const InjectSpec& inject : injects) *request.add_injects() = inject.inject;
  for (const auto& expectation : expectations) *request.add_expectations() = expectation;
  for (const ActorSpec& actor : actors) request.add_actor_posts(actor.post);
  for (const std::string& plan : plans) request.add_plans(plan);
  return request;
}

std::optional<Scenario> ParseScenario(std::string_view yaml, Findings& findings) {
  if (yaml.size() > kScenarioBytesMax) {
    findings.push_back({0, 0, true, "文件超过1MB", "the file is larger than 1 MB"});
    return std::nullopt;
  }
  if (const std::optional<int> line = base::LineNotUtf8(yaml)) {
    findings.push_back({*line, 1, true, base::kNotUtf8Zh, base::kNotUtf8En});
    return std::nullopt;
  }
  Scenario scenario;
  // yaml-cpp throws: this is the seam.
  try {
    const YAML::Node root = YAML::Load(std::string(yaml));
    if (!root.IsMap()) {
      findings.push_back({1, 1, true, "不是演练脚本", "this is no scenario"});
      return std::nullopt;
    }
    ReadAll(root, scenario, findings);
  } catch (const YAML::Exception& e) {
    findings.push_back({e.mark.line + 1, e.mark.column + 1, true,
                        absl::StrCat("YAML 格式错误：", e.msg), absl::StrCat("not YAML: ", e.msg)});
    return std::nullopt;
  }
  CheckScenario(scenario, findings);
  std::stable_sort(findings.begin(), findings.end(),
                   [](const Finding& a, const Finding& b) { return a.line < b.line; });
  return scenario;
}

}  // namespace huying::drill_client
