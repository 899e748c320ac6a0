// SPDX-License-Identifier: Apache-2.0
#include "services/plan/rules/facts.h"

#include <array>
#include <cmath>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_format.h"
#include "services/platform/base/nearest.h"
#include "services/platform/base/strings.h"

namespace huying::plan::rules {
namespace {

constexpr std::array<FactInfo, 18> kFacts = {{
    {"class", "事件类别", FactType::kText},
    {"code", "事件代码", FactType::kText},
    {"level", "初判级别", FactType::kNumber},
    {"state", "事件状态", FactType::kText},
    {"area", "事发区域", FactType::kText},
    {"sensitive", "敏感事件", FactType::kTruth},
    {"controlled", "险情已控制", FactType::kTruth},
    {"dead", "死亡", FactType::kNumber},
    {"missing", "失踪", FactType::kNumber},
    {"dead_and_missing", "死亡和失踪", FactType::kNumber},
    {"seriously_injured", "重伤", FactType::kNumber},
    {"injured", "受伤", FactType::kNumber},
    {"trapped", "被困", FactType::kNumber},
    {"affected", "受灾", FactType::kNumber},
    {"relocated", "转移安置", FactType::kNumber},
    {"loss_yuan", "直接经济损失(元)", FactType::kNumber},
    {"hours", "接报后小时数", FactType::kNumber},
    {"figures_checked", "数据已核实", FactType::kTruth},
}};

}  // namespace

absl::Span<const FactInfo> KnownFacts() { return kFacts; }

const FactInfo* FindFact(std::string_view key) {
  for (const FactInfo& fact : kFacts) {
    if (fact.key == key) return &fact;
  }
  return nullptr;
}

std::string NearestFact(std::string_view key) {
  std::vector<std::string_view> keys;
  for (const FactInfo& fact : kFacts) keys.push_back(fact.key);
  return base::Nearest(key, keys);
}

std::optional<double> NumberOf(std::string_view fact_key, std::string_view value) {
  if (fact_key == "level") {
    constexpr std::array<std::string_view, 4> kRoman = {"I", "II", "III", "IV"};
    for (size_t i = 0; i < kRoman.size(); ++i) {
      if (value == kRoman[i]) return static_cast<double>(i + 1);
    }
  }
  double number = 0;
  if (!absl::SimpleAtod(base::Abs(value), &number) || !std::isfinite(number)) return std::nullopt;
  return number;
}

std::string NumberText(double number) {
  std::string text = absl::StrFormat("%.4f", number);
  text.erase(text.find_last_not_of('0') + 1);
  if (text.back() == '.') text.pop_back();
  return text == "-0" ? "0" : text;
}

}  // namespace huying::plan::rules
