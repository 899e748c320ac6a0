// SPDX-License-Identifier: Apache-2.0
#include "services/incident/rules/figures.h"

#include "absl/strings/str_cat.h"
#include "services/platform/base/status.h"
#include "services/platform/base/strings.h"

namespace huying::incident::rules {
namespace {

using base::Reason;
constexpr int64_t kPeopleMax = 10'000'000;
constexpr int64_t kLossYuanMax = 100'000'000'000'000;
constexpr size_t kNoteBytesMax = 2000;

struct Number {
  std::string_view field;
  std::string_view zh;
  int64_t value;
  int64_t max;
};

}  // namespace

absl::Status ValidateFigures(const v1::Figures& figures, std::string_view field) {
  const Number numbers[] = {
      {"dead", "死亡人数", figures.dead(), kPeopleMax},
      {"missing", "失踪人数", figures.missing(), kPeopleMax},
      {"seriously_injured", "重伤人数", figures.seriously_injured(), kPeopleMax},
      {"injured", "受伤人数", figures.injured(), kPeopleMax},
      {"trapped", "被困人数", figures.trapped(), kPeopleMax},
      {"affected", "受灾人数", figures.affected(), kPeopleMax},
      {"relocated", "转移人数", figures.relocated(), kPeopleMax},
      {"direct_loss_yuan", "直接经济损失", figures.direct_loss_yuan(), kLossYuanMax},
  };
  for (const Number& number : numbers) {
    if (number.value >= 0 && number.value <= number.max) continue;
    return base::Invalid(Reason::FIELD_INVALID, absl::StrCat(base::Abs(number.zh), "不合理"),
                         absl::StrCat(base::Abs(number.field), " is out of range"))
        .Field(absl::StrCat(base::Abs(field), ".", base::Abs(number.field)))
        .Rule("incident.figures");
  }
  if (figures.note().size() > kNoteBytesMax || figures.source().size() > kNoteBytesMax) {
    return base::Invalid(Reason::FIELD_TOO_LONG, "数据说明过长", "the note is too long")
        .Field(absl::StrCat(base::Abs(field), ".note"));
  }
  return absl::OkStatus();
}

int64_t DeadAndMissing(const v1::Figures& figures) { return figures.dead() + figures.missing(); }

std::vector<std::string> Lowered(const v1::Figures& before, const v1::Figures& after) {
  std::vector<std::string> names;
  const auto check = [&](std::string_view zh, int64_t b, int64_t a) {
    if (a < b) names.push_back(absl::StrCat(base::Abs(zh), " ", b, " → ", a));
  };
  check("死亡", before.dead(), after.dead());
  check("死亡和失踪", DeadAndMissing(before), DeadAndMissing(after));
  check("重伤", before.seriously_injured(), after.seriously_injured());
  check("受伤", before.injured(), after.injured());
  check("受灾", before.affected(), after.affected());
  check("直接经济损失", before.direct_loss_yuan(), after.direct_loss_yuan());
  return names;
}

bool CasualtiesDiffer(const v1::Figures& a, const v1::Figures& b) {
  return a.dead() != b.dead() || a.missing() != b.missing() ||
         a.seriously_injured() != b.seriously_injured() || a.injured() != b.injured() ||
         a.trapped() != b.trapped();
}

}  // namespace huying::incident::rules
