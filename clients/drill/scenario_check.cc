// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "clients/drill/scenario.h"
#include "clients/drill/scenario_parts.h"
#include "clients/drill/yaml_map.h"
#include "clients/drill/yaml_message.h"
#include "services/drill/rules/exercise.h"
#include "services/drill/rules/match.h"
#include "services/drill/rules/records.h"
#include "services/drill/rules/score.h"
#include "services/platform/base/nearest.h"
#include "services/platform/base/status.h"
#include "services/platform/base/strings.h"

namespace huying::drill_client {
namespace {

class Checker {
 public:
  Checker(const Scenario& scenario, Findings& findings)
      : scenario_(scenario), findings_(findings) {}

  void Run() {
    CheckIds();
    CheckWho();
    CheckChains();
    CheckVariables();
    for (const EventSpec& event : scenario_.events) CheckMatch(event.match, event.line);
    for (const auto& expectation : scenario_.expectations) {
      CheckMatch(expectation.match(), LineOfExpectation(expectation.id()));
    }
    CheckPlan();
    if (scenario_.acts.empty() && scenario_.injects.empty()) {
      Add(0, true, "没有情景也没有动作", "there is neither an inject nor an act");
    }
  }

 private:
  // When something may happen at the earliest and at the latest; no latest = nobody knows.
  struct Range {
    absl::Duration earliest;
    std::optional<absl::Duration> latest;
  };

  void Add(int line, bool error, std::string zh, std::string en) {
    findings_.push_back({line, 1, error, std::move(zh), std::move(en)});
  }
  int LineOfExpectation(const std::string& id) const {
    const auto it = scenario_.lines.find(id);
    return it == scenario_.lines.end() ? 0 : it->second;
  }

  void CheckIds() {
    std::map<std::string, int> seen;
    auto take = [this, &seen](const std::string& id, int line) {
      if (id.empty()) return;
      const auto [it, fresh] = seen.emplace(id, line);
      if (!fresh) {
        Add(line, true, absl::StrCat("编号“", id, "”已用于第", it->second, "行"),
            absl::StrCat("id '", id, "' is taken by line ", it->second));
      }
    };
    for (const InjectSpec& inject : scenario_.injects) take(inject.inject.id(), inject.line);
    for (const EventSpec& event : scenario_.events) take(event.id, event.line);
    for (const ActSpec& act : scenario_.acts) take(act.id, act.line);
    for (const auto& expectation : scenario_.expectations) {
      take(absl::StrCat("expectation ", expectation.id()), LineOfExpectation(expectation.id()));
    }
  }

  void UnknownPost(const std::string& post, int line) {
    std::vector<std::string> posts;
    for (const ActorSpec& actor : scenario_.actors) posts.push_back(actor.post);
    const std::string near = base::Nearest(post, posts);
    Add(line, true,
        absl::StrCat("岗位“", post, "”不在 actors 中", near.empty() ? "" : "，是否指 " + near),
        absl::StrCat("post '", post, "' is not among the actors",
                     near.empty() ? "" : ", did you mean " + near));
  }

  void CheckWho() {
    for (const ActSpec& act : scenario_.acts) {
      if (!act.who.empty() && scenario_.FindActor(act.who) == nullptr) {
        UnknownPost(act.who, act.line);
      }
    }
    for (const InjectSpec& inject : scenario_.injects) {
      const std::string& to = inject.inject.to_post();
      if (!to.empty() && scenario_.FindActor(to) == nullptr) UnknownPost(to, inject.line);
    }
  }

  std::optional<Range> RangeOf(const std::string& id, int depth) {
    for (const InjectSpec& inject : scenario_.injects) {
      if (inject.inject.id() != id) continue;
      const absl::Duration at = drill::rules::ToDuration(inject.inject.offset());
      return Range{at, at};
    }
    for (const EventSpec& event : scenario_.events) {
      if (event.id == id) return Range{absl::ZeroDuration(), std::nullopt};
    }
    for (const ActSpec& act : scenario_.acts) {
      if (act.id != id) continue;
      if (depth > static_cast<int>(scenario_.acts.size())) return std::nullopt;
      return RangeOf(act, depth);
    }
    return std::nullopt;
  }

  std::optional<Range> RangeOf(const ActSpec& act, int depth = 0) {
    if (act.when.at) {
      return Range{*act.when.at + act.when.delay.min, *act.when.at + act.when.delay.max};
    }
    std::optional<Range> range = RangeOf(act.when.after, depth + 1);
    if (!range) return std::nullopt;
    range->earliest += act.when.delay.min;
    if (range->latest) *range->latest += act.when.delay.max;
    return range;
  }

  void CheckChains() {
    for (const ActSpec& act : scenario_.acts) {
      if (!act.when.at && act.when.after.empty()) continue;
      const std::optional<Range> range = RangeOf(act);
      if (!range) {
        Add(act.line, true,
            absl::StrCat("“", act.id, "”的 after“", act.when.after, "”不存在或成环"),
            absl::StrCat("'", act.id, "': after '", act.when.after,
                         "' is unknown or goes in a circle"));
      } else if (range->earliest > scenario_.length) {
        Add(act.line, true, absl::StrCat("“", act.id, "”在演练结束之后"),
            absl::StrCat("'", act.id, "' comes after the end"));
      }
    }
    for (const InjectSpec& inject : scenario_.injects) {
      if (drill::rules::ToDuration(inject.inject.offset()) <= scenario_.length) continue;
      Add(inject.line, true, absl::StrCat("情景“", inject.inject.id(), "”在演练结束之后"),
          absl::StrCat("inject '", inject.inject.id(), "' comes after the end"));
    }
  }

  void CheckVariables() {
    std::map<std::string, const ActSpec*> savers;
    for (const ActSpec& act : scenario_.acts) {
      savers.emplace(act.id, &act);
      for (const auto& [variable, path] : act.save) savers.emplace(variable, &act);
    }
    std::vector<std::string> names;
    names.reserve(savers.size());
    for (const auto& [name, act] : savers) names.push_back(name);
    for (const ActSpec& act : scenario_.acts) {
      for (const std::string& name : act.uses) {
        const auto saver = savers.find(name);
        if (saver == savers.end()) {
          const std::string near = base::Nearest(name, names);
          Add(act.line, true,
              absl::StrCat("${", name, "} 没有任何动作产生",
                           near.empty() ? "" : "，是否指 " + near),
              absl::StrCat("${", name, "}: no act makes it",
                           near.empty() ? "" : ", did you mean " + near));
          continue;
        }
        const auto used = RangeOf(act), made = RangeOf(*saver->second);
        if (used && made && used->latest && *used->latest < made->earliest) {
          Add(act.line, true, absl::StrCat("${", name, "} 用在产生之前"),
              absl::StrCat("${", name, "} is used before it is made"));
        }
      }
    }
    CheckNames(savers, names);
    if (!scenario_.case_of.empty() && savers.count(scenario_.case_of) == 0) {
      Add(0, true, absl::StrCat("case“", scenario_.case_of, "”没有任何动作产生"),
          absl::StrCat("case '", scenario_.case_of, "': no act makes it"));
    }
  }

  // ${…} in a match: some act must make that record.
  void CheckNames(const std::map<std::string, const ActSpec*>& savers,
                  const std::vector<std::string>& known) {
    const auto check = [&](const drill::v1::Expectation::Match& match, int line) {
      for (const std::string& name : drill::rules::NamesIn(match)) {
        if (savers.count(name) == 0) Unknown(line, "动作产生", "act makes", name, known);
      }
    };
    for (const auto& expectation : scenario_.expectations) {
      check(expectation.match(), LineOfExpectation(expectation.id()));
    }
    for (const EventSpec& event : scenario_.events) {
      if (drill::rules::NamesIn(event.match).empty()) continue;
      Add(event.line, true, "events 中不能用 ${…}", "an event cannot name an act's record");
    }
  }

  // What a match asks must be able to happen: an expectation of silence over a slip would always be met.
  void CheckMatch(const drill::v1::Expectation::Match& match, int line) {
    if (!match.post().empty() && scenario_.FindActor(match.post()) == nullptr) {
      UnknownPost(match.post(), line);
    }
    const std::string& act = match.act();
    if (!act.empty() && !IsIn(ActNames(), act)) {
      return Unknown(line, "动作", "act", act, ActNames());
    }
    const std::string ledger = act.substr(0, act.find('.'));
    const std::vector<std::string> kinds = drill::rules::KindsOf(ledger);
    if (!match.kind().empty() && !IsIn(kinds, match.kind())) {
      return Unknown(line, "记录种类", "kind of record", match.kind(), kinds);
    }
    if (match.kind().empty() && !match.fields().empty()) {
      return Add(line, true, "有 fields 时须写明 kind", "fields want a kind");
    }
    CheckState(match, ledger, kinds, line);
    for (const auto& [path, value] : match.fields()) {
      CheckField(match.kind(), ledger, path, value, line);
    }
  }

  void CheckState(const drill::v1::Expectation::Match& match, const std::string& ledger,
                  const std::vector<std::string>& kinds, int line) {
    if (match.state().empty() || match.state() == "REFUSED") return;
    std::vector<std::string> states;
    for (const std::string& kind : kinds) {
      if (!match.kind().empty() && match.kind() != kind) continue;
      for (const auto* type : drill::rules::SubjectTypes(ledger, kind)) {
        const std::vector<std::string> own = drill::rules::StatesOf(*type);
        states.insert(states.end(), own.begin(), own.end());
      }
    }
    if (!IsIn(states, match.state())) Unknown(line, "状态", "state", match.state(), states);
  }

  void CheckField(const std::string& kind, const std::string& ledger, const std::string& path,
                  const std::string& value, int line) {
    absl::Status status;
    for (const auto* type : drill::rules::SubjectTypes(ledger, kind)) {
      status = drill::rules::CheckField(*type, path, value);
      if (status.ok()) break;
    }
    const auto problem = base::ProblemOf(status);
    if (!status.ok()) Add(line, true, problem.message(), problem.message_en());
    if (path.ends_with("post") || path.ends_with("posts")) CheckPostText(value, line);
  }

  // A post that is neither an actor nor looks like one will be looked up in the directory.
  void CheckPostText(const std::string& value, int line) {
    if (value.rfind("posts/", 0) == 0 || value.rfind("${", 0) == 0) return;
    Add(line, true, absl::StrCat("岗位应写作 posts/…，而不是“", value, "”"),
        absl::StrCat("a post is written posts/…, not '", value, "'"));
  }

  static bool IsIn(const std::vector<std::string>& all, const std::string& one) {
    return std::find(all.begin(), all.end(), one) != all.end();
  }

  void Unknown(int line, std::string_view zh, std::string_view en, const std::string& typed,
               const std::vector<std::string>& known) {
    const std::string near = base::Nearest(typed, known);
    Add(line, true,
        absl::StrCat("没有", base::Abs(zh), "“", typed, "”",
                     near.empty() ? "" : "，是否指 " + near),
        absl::StrCat("no ", base::Abs(en), " '", typed, "'",
                     near.empty() ? "" : ", did you mean " + near));
  }

  // What the service itself would refuse: said here with a line.
  void CheckPlan() {
    const drill::v1::PlanExerciseRequest request = scenario_.ToRequest(absl::UnixEpoch());
    const absl::Status status = drill::rules::ValidatePlan(request);
    if (status.ok() || HasErrors(findings_)) return;
    const auto problem = base::ProblemOf(status);
    int line = 0;
    for (int i = 0; i < request.expectations_size(); ++i) {
      if (problem.field().rfind(absl::StrCat("expectations[", i, "]"), 0) != 0) continue;
      line = LineOfExpectation(request.expectations(i).id());
    }
    Add(line, true, absl::StrCat(problem.field(), "：", problem.message()),
        absl::StrCat(problem.field(), ": ", problem.message_en()));
  }

  const Scenario& scenario_;
  Findings& findings_;
};

}  // namespace

void CheckScenario(const Scenario& scenario, Findings& findings) {
  Checker(scenario, findings).Run();
}

void CheckAgainst(const Scenario& scenario, const Known& known, Findings& findings) {
  for (const ActorSpec& actor : scenario.actors) {
    if (known.posts.empty() || known.posts.count(actor.post) > 0) continue;
    const std::string near =
        base::Nearest(actor.post, std::vector<std::string>(known.posts.begin(), known.posts.end()));
    findings.push_back(
        {actor.line, 1, true,
         absl::StrCat("名录中没有岗位“", actor.post, "”", near.empty() ? "" : "，是否指 " + near),
         absl::StrCat("the directory has no post '", actor.post, "'",
                      near.empty() ? "" : ", did you mean " + near)});
  }
  for (const auto& expectation : scenario.expectations) {
    const auto line = scenario.lines.find(expectation.id());
    for (const auto& [path, value] : expectation.match().fields()) {
      if (value.rfind("posts/", 0) != 0 || known.posts.empty() || known.posts.count(value) > 0) {
        continue;
      }
      findings.push_back({line == scenario.lines.end() ? 0 : line->second, 1, true,
                          absl::StrCat("名录中没有岗位“", value, "”"),
                          absl::StrCat("the directory has no post '", value, "'")});
    }
  }
  for (const std::string& plan : scenario.plans) {
    if (known.plans.empty() || known.plans.count(plan) > 0) continue;
    findings.push_back({0, 0, true, absl::StrCat("没有有效的预案“", plan, "”"),
                        absl::StrCat("no plan '", plan, "' in force")});
  }
}

}  // namespace huying::drill_client
