// SPDX-License-Identifier: Apache-2.0
#include "services/incident/rule_limits.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "services/platform/base/strings.h"

namespace huying::incident {
namespace {

using ::huying::rules::RuleTable;
using rules::v1::ReportChain;

rules::Limit LimitOf(const RuleTable& table, absl::Time at, const std::string& id,
                     rules::Limit otherwise) {
  const platform::v1::RuleRow* row = table.Find(id, at);
  otherwise.rule_id = id;
  if (row == nullptr) return otherwise;
  return {id, row->title(), table.DurationOf(id, at, otherwise.within), row->project_default(),
          table.DurationOf("duty.climb", at, otherwise.climb_every)};
}

void ReadThresholds(const RuleTable& table, absl::Time at, std::string_view name,
                    std::array<int64_t, 3>& bounds) {
  constexpr std::array<std::string_view, 3> kLevels = {"I", "II", "III"};
  for (size_t i = 0; i < bounds.size(); ++i) {
    const std::string id =
        absl::StrCat("level.accident.", base::Abs(name), ".", base::Abs(kLevels[i]));
    bounds[i] = static_cast<int64_t>(table.NumberOf(id, at, static_cast<double>(bounds[i])));
  }
}

void ReadAccident(const RuleTable& table, absl::Time at, rules::AccidentThresholds& accident) {
  ReadThresholds(table, at, "deaths", accident.deaths);
  ReadThresholds(table, at, "injuries", accident.injuries);
  ReadThresholds(table, at, "loss", accident.loss_yuan);
  if (const auto* row = table.Find("level.accident.deaths.I", at)) accident.basis = row->basis();
}

std::vector<ReportChain> ReadChains(const RuleTable& table, absl::Time at,
                                    const std::string& event_class, std::string_view code) {
  std::string text = table.TextOf("report.chains", at, "GOVERNMENT");
  const std::string by_class = absl::StrCat("report.chains.", event_class);
  text = table.TextOf(by_class, at, text);
  if (!code.empty()) text = table.TextOf(absl::StrCat(by_class, ".", base::Abs(code)), at, text);
  std::vector<ReportChain> chains;
  for (absl::string_view part : absl::StrSplit(text, ',', absl::SkipWhitespace())) {
    ReportChain chain;
    if (rules::v1::ReportChain_Parse(std::string(absl::StripAsciiWhitespace(part)), &chain)) {
      chains.push_back(chain);
    }
  }
  return chains;
}

rules::ChainLimits ChainLimitsOf(const RuleTable& table, absl::Time at, ReportChain chain) {
  // 493号令 第十一条: this chain has a limit of its own, in writing.
  if (chain == rules::v1::WORK_SAFETY) {
    return {std::nullopt,
            LimitOf(table, at, "report.accident-chain", {"", "事故逐级上报时限", absl::Hours(2)})};
  }
  return {LimitOf(table, at, "report.first-oral", {"", "首报(电话)时限", absl::Minutes(30)}),
          LimitOf(table, at, "report.first-written", {"", "首报(书面)时限", absl::Hours(1)})};
}

void ReadFollowUps(const RuleTable& table, absl::Time at, rules::Limits& limits) {
  struct Row {
    rules::v1::EventLevel level;
    const char* name;
    int hours;
  };
  for (const Row& row : {Row{rules::v1::LEVEL_I, "I", 1}, Row{rules::v1::LEVEL_II, "II", 1},
                         Row{rules::v1::LEVEL_III, "III", 2}, Row{rules::v1::LEVEL_IV, "IV", 24}}) {
    rules::Limit& limit = limits.follow_up[row.level];
    limit = LimitOf(table, at, absl::StrCat("report.follow-up.", row.name),
                    {"", "续报间隔", absl::Hours(row.hours)});
    limit.climb_every = limit.within;  // each further interval is one more report missed
  }
  const std::string handed_over = "report.follow-up.handed-over";
  if (table.Find(handed_over, at) != nullptr) {
    limits.follow_up_handed_over =
        LimitOf(table, at, handed_over, {"", "移交指挥后续报间隔", absl::Hours(24)});
    limits.follow_up_handed_over->climb_every = limits.follow_up_handed_over->within;
  }
}

}  // namespace

rules::Limits LimitsAt(const RuleTable& table, absl::Time at, rules::v1::EventClass event_class,
                       std::string_view event_code) {
  rules::Limits limits;
  limits.verify = LimitOf(table, at, limits.verify.rule_id, limits.verify);
  limits.lead_department =
      LimitOf(table, at, limits.lead_department.rule_id, limits.lead_department);
  for (rules::Limit* limit : {&limits.decision, &limits.receipt, &limits.transfer_receipt}) {
    *limit = LimitOf(table, at, limit->rule_id, *limit);
  }
  limits.climb_every = table.DurationOf("duty.climb", at, limits.climb_every);
  ReadAccident(table, at, limits.accident);
  const bool short_window = event_code == "traffic" || event_code == "fire";
  limits.recompute =
      table.DurationOf(short_window ? "level.recompute.traffic-fire" : "level.recompute", at,
                       absl::Hours(24) * (short_window ? 7 : 30));
  limits.chains = ReadChains(table, at, rules::v1::EventClass_Name(event_class), event_code);
  for (ReportChain chain :
       {rules::v1::GOVERNMENT, rules::v1::WORK_SAFETY, rules::v1::MINE_SAFETY, rules::v1::PARTY}) {
    limits.first[chain] = ChainLimitsOf(table, at, chain);
  }
  ReadFollowUps(table, at, limits);
  limits.area_retry = table.DurationOf("incident.area-retry", at, limits.area_retry);
  const absl::Duration otherwise = table.DurationOf("makeup.default", at, absl::Hours(2));
  limits.make_up_default = otherwise;
  limits.make_up_signature = table.DurationOf("report.make-up.signature", at, otherwise);
  limits.make_up_approval = table.DurationOf("response.make-up.approval", at, otherwise);
  return limits;
}

}  // namespace huying::incident
