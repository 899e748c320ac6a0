// SPDX-License-Identifier: Apache-2.0
#include "services/plan/rules/plan_yaml.h"

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "services/plan/rules/condition.h"
#include "services/plan/rules/lint.h"
#include "services/plan/rules/yaml_tree.h"
#include "services/platform/base/clock.h"
#include "services/platform/base/nearest.h"
#include "services/platform/base/status.h"
#include "services/platform/base/strings.h"

namespace huying::plan::rules {
namespace {

using base::Reason;

struct Word {
  std::string_view word;
  int value;
};
constexpr std::array<Word, 7> kTypes = {{{"OVERALL", v1::OVERALL},
                                         {"SPECIAL", v1::SPECIAL},
                                         {"DEPARTMENT", v1::DEPARTMENT},
                                         {"SUBDISTRICT", v1::SUBDISTRICT_PLAN},
                                         {"COMMUNITY", v1::COMMUNITY_PLAN},
                                         {"UNIT", v1::UNIT_PLAN},
                                         {"JOINT", v1::JOINT}}};
constexpr std::array<Word, 3> kTiers = {{{"DISTRICT", common::v1::DISTRICT},
                                         {"SUBDISTRICT", common::v1::SUBDISTRICT},
                                         {"COMMUNITY", common::v1::COMMUNITY}}};
constexpr std::array<Word, 4> kClasses = {
    {{"NATURAL", 1}, {"ACCIDENT", 2}, {"PUBLIC_HEALTH", 3}, {"SOCIAL_SECURITY", 4}}};
constexpr std::array<Word, 6> kBasisKinds = {
    {{"LAW", common::v1::LegalBasis::LAW},
     {"ADMIN_REGULATION", common::v1::LegalBasis::ADMIN_REGULATION},
     {"LOCAL_REGULATION", common::v1::LegalBasis::LOCAL_REGULATION},
     {"RULE", common::v1::LegalBasis::RULE},
     {"NORMATIVE_DOCUMENT", common::v1::LegalBasis::NORMATIVE_DOCUMENT},
     {"PLAN", common::v1::LegalBasis::PLAN}}};

// 0 with a finding when the word is none of them; 0 without when it is absent.
int Choose(YamlText& text, const std::string& path, const std::string& typed,
           absl::Span<const Word> words) {
  if (typed.empty()) return 0;
  std::vector<std::string_view> candidates;
  for (const Word& word : words) {
    if (word.word == typed) return word.value;
    candidates.push_back(word.word);
  }
  const std::string near = base::Nearest(typed, candidates);
  text.Error(path,
             absl::StrCat("没有“", typed, "”这个值",
                          near.empty() ? "" : absl::StrCat("，是否为 ", near, "？")),
             absl::StrCat("\"", typed, "\" is not one of the values",
                          near.empty() ? "" : absl::StrCat("; did you mean ", near)));
  return 0;
}

// "90s", "30m", "2h", "3d" and sums of them.
std::optional<absl::Duration> ReadSpan(std::string_view text) {
  absl::Duration sum;
  std::string number;
  for (const char c : text) {
    if (c >= '0' && c <= '9') {
      number += c;
      continue;
    }
    int value = 0;
    if (number.size() > 6 || !absl::SimpleAtoi(number, &value)) return std::nullopt;
    number.clear();
    if (c == 's')
      sum += absl::Seconds(value);
    else if (c == 'm')
      sum += absl::Minutes(value);
    else if (c == 'h')
      sum += absl::Hours(value);
    else if (c == 'd')
      sum += absl::Hours(24) * value;
    else
      return std::nullopt;
  }
  if (!number.empty() || sum <= absl::ZeroDuration()) return std::nullopt;
  return sum;
}

// 0 when it is absent, or wrong and found so.
int64_t SpanSeconds(YamlText& text, YamlMap& map, std::string_view key) {
  const std::string typed = map.Text(key);
  if (typed.empty()) return 0;
  const std::optional<absl::Duration> span = ReadSpan(typed);
  if (!span) {
    text.Error(map.PathOf(key), "看不懂的时长，写成 30m、2h、3d", "write a time as 30m, 2h, 3d");
    return 0;
  }
  return absl::ToInt64Seconds(*span);
}

v1::Condition ReadCondition(YamlText& text, const YAML::Node& node, const std::string& path,
                            int depth);

void ReadGroup(YamlText& text, YamlMap& map, std::string_view key, int depth,
               v1::Condition::List& list) {
  for (const auto& [item, path] : map.List(key)) {
    *list.add_of() = ReadCondition(text, item, path, depth + 1);
  }
}

v1::Condition ReadComparison(YamlText& text, const YAML::Node& node, const std::string& path) {
  auto condition = ParseComparison(node.Scalar());
  if (condition.ok()) return *std::move(condition);
  const base::Problem problem = base::ProblemOf(condition.status());
  text.ErrorAt(node.Mark(), path, absl::StrCat(problem.message(), "：", problem.next_step()),
               absl::StrCat(problem.message_en(), ": ", problem.next_step_en()));
  return {};
}

v1::Condition ReadCondition(YamlText& text, const YAML::Node& node, const std::string& path,
                            int depth) {
  v1::Condition condition;
  if (!node.IsDefined() || node.IsNull() || !text.Visit()) return condition;
  text.Remember(path, node.Mark());
  if (depth > kConditionDepthMax) {
    text.ErrorAt(node.Mark(), path, "条件嵌套太深", "the condition is nested too deeply");
    return condition;
  }
  if (node.IsScalar()) return ReadComparison(text, node, path);
  YamlMap map(text, node, path);
  int kinds = 0;
  if (map.Has("if")) {
    condition = ReadCondition(text, map.Child("if"), map.PathOf("if"), depth + 1);
    ++kinds;
  }
  if (map.Has("all")) {
    ReadGroup(text, map, "all", depth, *condition.mutable_all());
    ++kinds;
  }
  if (map.Has("any")) {
    ReadGroup(text, map, "any", depth, *condition.mutable_any());
    ++kinds;
  }
  if (map.Has("not")) {
    *condition.mutable_not_() = ReadCondition(text, map.Child("not"), map.PathOf("not"), depth + 1);
    ++kinds;
  }
  condition.set_text(map.Text("text"));
  map.RefuseOtherKeys();
  if (kinds > 1) {
    text.ErrorAt(node.Mark(), path, "if、all、any、not 只能写一个",
                 "only one of if, all, any, not may stand here");
  }
  return condition;
}

v1::TaskTemplate ReadTask(YamlText& text, const YAML::Node& node, const std::string& path) {
  YamlMap map(text, node, path);
  v1::TaskTemplate task;
  task.set_id(map.Text("id"));
  task.set_unit(map.Text("unit"));
  task.set_post(map.Text("post"));
  task.set_action(map.Text("action"));
  if (const int64_t seconds = SpanSeconds(text, map, "within"); seconds > 0) {
    task.mutable_within()->set_seconds(seconds);
  }
  map.RefuseOtherKeys();
  return task;
}

v1::NoticeTemplate ReadNotice(YamlText& text, const YAML::Node& node, const std::string& path) {
  YamlMap map(text, node, path);
  v1::NoticeTemplate notice;
  notice.set_id(map.Text("id"));
  notice.set_title(map.Text("title"));
  notice.set_text(map.Text("text"));
  for (std::string& area : map.Texts("areas")) notice.add_areas(std::move(area));
  notice.set_urgent(map.Truth("urgent"));
  const std::vector<std::string> tiers = map.Texts("tiers");
  for (size_t i = 0; i < tiers.size(); ++i) {
    const int tier = Choose(text, absl::StrCat(map.PathOf("tiers"), "[", i, "]"), tiers[i], kTiers);
    if (tier != 0) notice.add_tiers(static_cast<common::v1::Tier>(tier));
  }
  map.RefuseOtherKeys();
  return notice;
}

v1::ResponseLevel ReadLevel(YamlText& text, const YAML::Node& node, const std::string& path) {
  YamlMap map(text, node, path);
  v1::ResponseLevel level;
  level.set_level(map.Number("level"));
  level.set_approver_post(map.Text("approver"));
  if (map.Has("start")) {
    *level.mutable_start() = ReadCondition(text, map.Child("start"), map.PathOf("start"), 1);
  }
  if (map.Has("end")) {
    *level.mutable_end() = ReadCondition(text, map.Child("end"), map.PathOf("end"), 1);
  }
  for (std::string& matter : map.Texts("matters")) level.add_matters(std::move(matter));
  for (std::string& measure : map.Texts("measures")) level.add_measures(std::move(measure));
  if (const int64_t seconds = SpanSeconds(text, map, "expected_period"); seconds > 0) {
    level.mutable_expected_period()->set_seconds(seconds);
  }
  for (const auto& [item, at] : map.List("notices")) {
    *level.add_notices() = ReadNotice(text, item, at);
  }
  for (const auto& [item, at] : map.List("tasks")) *level.add_tasks() = ReadTask(text, item, at);
  map.RefuseOtherKeys();
  return level;
}

common::v1::LegalBasis ReadBasis(YamlText& text, const YAML::Node& node, const std::string& path) {
  YamlMap map(text, node, path);
  common::v1::LegalBasis basis;
  const std::string kind = map.Text("kind");
  if (kind == "MEETING_MINUTES") {
    text.Error(map.PathOf("kind"), "会议纪要不是法律依据", "meeting minutes are no legal basis");
  } else {
    basis.set_kind(static_cast<common::v1::LegalBasis::Kind>(
        Choose(text, map.PathOf("kind"), kind, kBasisKinds)));
  }
  basis.set_title(map.Text("title"));
  basis.set_article(map.Text("article"));
  basis.set_version_date(map.Text("version_date"));
  map.RefuseOtherKeys();
  return basis;
}

void ReadIssuedAt(YamlText& text, YamlMap& map, v1::Plan& plan) {
  const std::string typed = map.Text("issued_at");
  if (typed.empty()) return;
  absl::Time at;
  std::string error;
  if (!absl::ParseTime("%Y-%m-%d", typed, absl::FixedTimeZone(8 * 3600), &at, &error)) {
    text.Error(map.PathOf("issued_at"), "日期写成 2026-01-31", "write the date as 2026-01-31");
    return;
  }
  *plan.mutable_issued_at() = base::ToProto(at);
}

v1::Plan ReadTop(YamlText& text) {
  YamlMap map(text, text.root(), "");
  v1::Plan plan;
  const std::string id = map.Text("plan");
  if (!id.empty()) plan.set_name(absl::StrCat("plans/", id));
  plan.set_title(map.Text("title"));
  plan.set_type(static_cast<v1::PlanType>(Choose(text, "type", map.Text("type"), kTypes)));
  plan.set_tier(static_cast<common::v1::Tier>(Choose(text, "tier", map.Text("tier"), kTiers)));
  const std::vector<std::string> classes = map.Texts("classes");
  for (size_t i = 0; i < classes.size(); ++i) {
    if (Choose(text, absl::StrCat("classes[", i, "]"), classes[i], kClasses) != 0) {
      plan.add_classes(classes[i]);
    }
  }
  plan.set_parent(map.Text("parent"));
  plan.set_commander_post(map.Text("commander"));
  plan.set_approved_by(map.Text("approved_by"));
  plan.set_document_no(map.Text("document_no"));
  ReadIssuedAt(text, map, plan);
  for (const auto& [item, path] : map.List("legal_basis")) {
    *plan.add_legal_basis() = ReadBasis(text, item, path);
  }
  for (const auto& [item, path] : map.List("levels")) {
    *plan.add_levels() = ReadLevel(text, item, path);
  }
  map.RefuseOtherKeys();
  return plan;
}

}  // namespace

PlanText ReadPlan(std::string_view yaml) {
  YamlText text(yaml);
  PlanText read;
  if (text.root().IsMap()) {
    read.plan = ReadTop(text);
    for (const LintProblem& problem : Lint(read.plan)) {
      if (problem.is_error)
        text.Error(problem.field, problem.zh, problem.en);
      else
        text.Warn(problem.field, problem.zh, problem.en);
    }
  }
  read.findings = text.findings();
  std::stable_sort(read.findings.begin(), read.findings.end(),
                   [](const v1::LintFinding& a, const v1::LintFinding& b) {
                     return std::pair(a.line(), a.column()) < std::pair(b.line(), b.column());
                   });
  return read;
}

absl::Status FirstError(const std::vector<v1::LintFinding>& findings) {
  const v1::LintFinding* first = nullptr;
  int errors = 0;
  for (const v1::LintFinding& finding : findings) {
    if (!finding.is_error()) continue;
    if (++errors == 1) first = &finding;
  }
  if (first == nullptr) return absl::OkStatus();
  return base::Invalid(
             Reason::FIELD_INVALID,
             absl::StrCat("第 ", first->line(), " 行第 ", first->column(), " 列：",
                          first->message(),
                          errors > 1 ? absl::StrCat("（另有 ", errors - 1, " 处错误）") : ""),
             absl::StrCat("line ", first->line(), ", column ", first->column(), ": ",
                          first->message_en(),
                          errors > 1 ? absl::StrCat(" (and ", errors - 1, " more)") : ""))
      .Field(first->field().empty() ? "yaml" : absl::StrCat("yaml:", first->field()))
      .Rule("plan.file")
      .Next("用 LintPlan 查看全部问题", "LintPlan lists every problem");
}

}  // namespace huying::plan::rules
