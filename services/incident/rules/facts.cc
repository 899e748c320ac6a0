// SPDX-License-Identifier: Apache-2.0
#include "services/incident/rules/facts.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "services/incident/rules/figures.h"
#include "services/platform/base/clock.h"
#include "services/platform/base/strings.h"

namespace huying::incident::rules {
namespace {

class Facts {
 public:
  void Number(std::string_view key, double value) { Add(key).set_number(value); }
  void Text(std::string_view key, const std::string& value) {
    if (!value.empty()) Add(key).set_text(value);
  }
  void Truth(std::string_view key, bool value) { Add(key).set_truth(value); }
  std::vector<plan::v1::Fact> Take() { return std::move(facts_); }

 private:
  plan::v1::Fact& Add(std::string_view key) {
    facts_.emplace_back().set_key(std::string(key));
    return facts_.back();
  }
  std::vector<plan::v1::Fact> facts_;
};

std::vector<plan::v1::Fact> LastingFacts(const v1::Incident& incident) {
  Facts facts;
  if (incident.event_class() != v1::EVENT_CLASS_UNSPECIFIED) {
    facts.Text("class", v1::EventClass_Name(incident.event_class()));
  }
  facts.Text("code", incident.event_code());
  facts.Text("area", incident.area());
  facts.Text("state", v1::IncidentState_Name(incident.state()));
  facts.Truth("sensitive", incident.sensitive());
  facts.Truth("controlled", incident.state() == v1::CONTROLLED || incident.state() == v1::ENDED);
  if (incident.level() != v1::EVENT_LEVEL_UNSPECIFIED) facts.Number("level", incident.level());
  if (incident.has_figures()) {
    const v1::Figures& figures = incident.figures();
    facts.Number("dead", figures.dead());
    facts.Number("missing", figures.missing());
    facts.Number("dead_and_missing", DeadAndMissing(figures));
    facts.Number("seriously_injured", figures.seriously_injured());
    facts.Number("injured", figures.injured());
    facts.Number("trapped", figures.trapped());
    facts.Number("affected", figures.affected());
    facts.Number("relocated", figures.relocated());
    facts.Number("loss_yuan", static_cast<double>(figures.direct_loss_yuan()));
    facts.Truth("figures_checked", figures.checked());
  }
  return facts.Take();
}

void AddLines(const plan::v1::ConditionTrace& trace, int depth, std::vector<std::string>& lines) {
  lines.push_back(absl::StrCat(std::string(2 * static_cast<size_t>(depth), ' '),
                               trace.unknown() ? "？ " : (trace.holds() ? "✓ " : "✗ "),
                               trace.text()));
  for (const auto& part : trace.parts()) AddLines(part, depth + 1, lines);
}

}  // namespace

std::vector<plan::v1::Fact> FactsOf(const v1::Incident& incident, absl::Time now) {
  std::vector<plan::v1::Fact> facts = LastingFacts(incident);
  if (incident.has_received_at()) {
    facts.emplace_back().set_key("hours");
    facts.back().set_number(absl::ToDoubleHours(now - base::FromProto(incident.received_at())));
  }
  return facts;
}

std::string FactsKey(const v1::Incident& incident) {
  std::string key;
  for (const plan::v1::Fact& fact : LastingFacts(incident)) {
    absl::StrAppend(&key, fact.SerializeAsString(), "\n");
  }
  return key;
}

std::vector<std::string> TraceLines(const plan::v1::ConditionTrace& trace) {
  std::vector<std::string> lines;
  AddLines(trace, 0, lines);
  return lines;
}

}  // namespace huying::incident::rules
