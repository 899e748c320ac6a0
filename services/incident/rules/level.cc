// SPDX-License-Identifier: Apache-2.0
#include "services/incident/rules/level.h"

#include <array>

#include "absl/strings/str_cat.h"
#include "services/incident/rules/figures.h"
#include "services/platform/base/clock.h"
#include "services/platform/base/status.h"
#include "services/platform/base/strings.h"

namespace huying::incident::rules {
namespace {

using base::Reason;
constexpr char kSource[] = "（第493号令 第三条）";

struct Bound {
  v1::EventLevel level = v1::LEVEL_IV;
  int64_t bound = 0;
};

// The level this number alone reaches.
Bound Reach(int64_t value, const std::array<int64_t, 3>& bounds) {
  constexpr std::array<v1::EventLevel, 3> kLevels = {v1::LEVEL_I, v1::LEVEL_II, v1::LEVEL_III};
  for (size_t i = 0; i < bounds.size(); ++i) {
    if (value >= bounds[i]) return {kLevels[i], bounds[i]};
  }
  return {};
}

Computed ComputeAccident(const v1::Figures& figures, const AccidentThresholds& thresholds) {
  struct Criterion {
    std::string_view zh;
    int64_t value;
    const std::array<int64_t, 3>& bounds;
  };
  const Criterion criteria[] = {
      {"死亡和失踪", DeadAndMissing(figures), thresholds.deaths},
      {"重伤", figures.seriously_injured(), thresholds.injuries},
      {"直接经济损失(元)", figures.direct_loss_yuan(), thresholds.loss_yuan},
  };
  Computed computed;
  computed.level = v1::LEVEL_IV;
  for (const Criterion& criterion : criteria) {
    const Bound reached = Reach(criterion.value, criterion.bounds);
    if (reached.level == v1::LEVEL_IV || IsWorse(computed.level, reached.level)) continue;
    if (IsWorse(reached.level, computed.level)) computed.reasons.clear();
    computed.level = reached.level;
    computed.reasons.push_back(
        absl::StrCat(base::Abs(criterion.zh), " ", criterion.value, " ≥ ", reached.bound, kSource));
  }
  if (computed.reasons.empty()) {
    computed.reasons.push_back(absl::StrCat("各项均未达到较大事故标准", kSource));
  }
  return computed;
}

// The last judgement a person made.
const v1::LevelJudgement* Standing(const v1::Incident& incident) {
  for (int i = incident.level_history_size() - 1; i >= 0; --i) {
    if (!incident.level_history(i).by_rule()) return &incident.level_history(i);
  }
  return nullptr;
}

v1::EventLevel Effective(const v1::Incident& incident, v1::EventLevel computed) {
  const v1::LevelJudgement* standing = Standing(incident);
  if (standing == nullptr) return computed;
  if (standing->superior_body().empty()) {
    return IsWorse(standing->level(), computed) ? standing->level() : computed;
  }
  return IsWorse(computed, standing->computed()) ? computed : standing->level();
}

v1::LevelJudgement* Append(v1::Incident& incident, const Computed& computed, const Limits& limits,
                           const common::v1::Actor& actor, absl::Time now) {
  v1::LevelJudgement* judgement = incident.add_level_history();
  judgement->set_computed(computed.level);
  for (const std::string& reason : computed.reasons) judgement->add_reasons(reason);
  *judgement->mutable_figures() = incident.figures();
  *judgement->mutable_actor() = actor;
  *judgement->mutable_at() = base::ToProto(now);
  if (computed.level != v1::EVENT_LEVEL_UNSPECIFIED && limits.accident.basis.kind() != 0) {
    *judgement->add_legal_basis() = limits.accident.basis;
  }
  return judgement;
}

}  // namespace

Computed ComputeLevel(v1::EventClass event_class, const v1::Figures& figures,
                      const AccidentThresholds& thresholds) {
  if (event_class == v1::ACCIDENT) return ComputeAccident(figures, thresholds);
  Computed computed;
  computed.reasons.push_back(event_class == v1::SOCIAL_SECURITY
                                 ? "社会安全事件不分级（突发事件应对法 第三条）"
                                 : "没有可计算的分级标准，由人判定");
  return computed;
}

bool Regrade(v1::Incident& incident, const Limits& limits, const common::v1::Actor& actor,
             absl::Time now) {
  const Computed computed =
      ComputeLevel(incident.event_class(), incident.figures(), limits.accident);
  v1::EventLevel level = Effective(incident, computed.level);
  if (incident.event_class() == v1::SOCIAL_SECURITY) level = v1::EVENT_LEVEL_UNSPECIFIED;
  const bool changed = level != incident.level();
  const int judged = incident.level_history_size();
  const bool news = judged == 0 ? computed.level != v1::EVENT_LEVEL_UNSPECIFIED
                                : incident.level_history(judged - 1).computed() != computed.level;
  if (!changed && !news) return false;
  v1::LevelJudgement* judgement = Append(incident, computed, limits, actor, now);
  judgement->set_level(level);
  judgement->set_by_rule(true);
  incident.set_level(level);
  if (changed) *incident.mutable_graded_at() = base::ToProto(now);
  return changed;
}

absl::Status SetLevel(v1::Incident& incident, v1::EventLevel level, std::string_view reason,
                      std::string_view superior_body, const Limits& limits,
                      const common::v1::Actor& actor, absl::Time now) {
  if (incident.event_class() == v1::SOCIAL_SECURITY) {
    return base::Refused(Reason::GUARD_HARD, "社会安全事件不分级",
                         "a social-security event has no level")
        .Field("level")
        .Rule("level.social-security")
        .Law("突发事件应对法 第三条");
  }
  const Computed computed =
      ComputeLevel(incident.event_class(), incident.figures(), limits.accident);
  if (IsWorse(computed.level, level) && superior_body.empty()) {
    return base::Refused(Reason::GUARD_HARD,
                         absl::StrCat("按标准应为", base::Abs(LevelZh(computed.level)),
                                      "，只有上级可以定得更低"),
                         "below the computed level only a superior body may go")
        .Field("superior_body")
        .Rule("level.lower-than-computed")
        .Law("生产安全事故报告和调查处理条例 第三条")
        .Next("填写作出认定的上级机关", "name the superior body that found so");
  }
  v1::LevelJudgement* judgement = Append(incident, computed, limits, actor, now);
  judgement->set_level(level);
  judgement->set_reason(std::string(reason));
  judgement->set_superior_body(std::string(superior_body));
  if (level != incident.level()) *incident.mutable_graded_at() = base::ToProto(now);
  incident.set_level(level);
  return absl::OkStatus();
}

std::string_view LevelZh(v1::EventLevel level) {
  constexpr std::array<std::string_view, 5> kNames = {"未定级", "特别重大", "重大", "较大", "一般"};
  return kNames[level];
}

}  // namespace huying::incident::rules
