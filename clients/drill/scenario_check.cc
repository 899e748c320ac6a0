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
#include "services/drill/rules/score.h"
#include "services/platform/base/status.h"

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
    const std::string near = Nearest(post, posts);
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
          const std::string near = Nearest(name, names);
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
    if (!scenario_.case_of.empty() && savers.count(scenario_.case_of) == 0) {
      Add(0, true, absl::StrCat("case“", scenario_.case_of, "”没有任何动作产生"),
          absl::StrCat("case '", scenario_.case_of, "': no act makes it"));
    }
  }

  void CheckMatch(const drill::v1::Expectation::Match& match, int line) {
    if (!match.post().empty() && scenario_.FindActor(match.post()) == nullptr) {
      UnknownPost(match.post(), line);
    }
    if (match.act().empty() || FindMethod(match.act()) != nullptr) {
      CheckFields(match, line);
      return;
    }
    // Due rows act under names of their own: only what looks like a slip is a finding.
    const std::string near = Nearest(match.act(), MethodNames());
    if (near.empty()) return;
    Add(line, false, absl::StrCat("没有接口“", match.act(), "”，是否指 ", near),
        absl::StrCat("no RPC '", match.act(), "', did you mean ", near));
  }

  void CheckFields(const drill::v1::Expectation::Match& match, int line) {
    const std::string ledger = match.act().substr(0, match.act().find('.'));
    if (match.kind().empty() || ledger.empty()) return;
    const auto* type = drill::rules::SubjectType(ledger, match.kind());
    if (type == nullptr) return;
    for (const auto& [path, value] : match.fields()) {
      const absl::Status status = drill::rules::CheckPath(*type, path);
      if (status.ok()) continue;
      const auto problem = base::ProblemOf(status);
      Add(line, true, problem.message(), problem.message_en());
    }
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
        Nearest(actor.post, std::vector<std::string>(known.posts.begin(), known.posts.end()));
    findings.push_back(
        {actor.line, 1, true,
         absl::StrCat("名录中没有岗位“", actor.post, "”", near.empty() ? "" : "，是否指 " + near),
         absl::StrCat("the directory has no post '", actor.post, "'",
                      near.empty() ? "" : ", did you mean " + near)});
  }
  for (const std::string& plan : scenario.plans) {
    if (known.plans.empty() || known.plans.count(plan) > 0) continue;
    findings.push_back({0, 0, true, absl::StrCat("没有有效的预案“", plan, "”"),
                        absl::StrCat("no plan '", plan, "' in force")});
  }
}

}  // namespace huying::drill_client
