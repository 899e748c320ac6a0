// SPDX-License-Identifier: Apache-2.0
#include "services/drill/rules/score.h"

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <tuple>

#include "absl/strings/str_cat.h"
#include "services/platform/base/clock.h"

namespace huying::drill::rules {
namespace {

// A limit kept with less than this share of it left was met narrowly.
constexpr double kNarrowShare = 0.1;

absl::Time TimeOf(const SeenEntry& seen) { return base::FromProto(seen.entry.received_at()); }

class Scorer {
 public:
  explicit Scorer(const ScoreInput& input) : input_(input) {
    for (const SeenEntry& entry : input.entries) ordered_.push_back(&entry);
    std::sort(ordered_.begin(), ordered_.end(), [](const SeenEntry* a, const SeenEntry* b) {
      return std::forward_as_tuple(TimeOf(*a), a->ledger, a->entry.seq()) <
             std::forward_as_tuple(TimeOf(*b), b->ledger, b->entry.seq());
    });
  }

  const v1::ExpectationResult& ResultOf(const v1::Expectation& expectation) {
    const auto known = results_.find(expectation.id());
    if (known != results_.end()) return known->second;
    // Set first, so that a circle of `from` ends here instead of going round.
    v1::ExpectationResult& result = results_[expectation.id()];
    result = Measure(expectation);
    return result;
  }

 private:
  std::optional<absl::Time> StartOf(const v1::Expectation& expectation) {
    if (expectation.from().empty() || expectation.from() == "start") return input_.starts_at;
    for (const v1::Inject& inject : input_.injects) {
      if (inject.id() != expectation.from()) continue;
      if (!inject.has_played_at()) return std::nullopt;
      return base::FromProto(inject.played_at());
    }
    for (const v1::Expectation& other : input_.expectations) {
      if (other.id() != expectation.from() || other.silence()) continue;
      const v1::ExpectationResult& result = ResultOf(other);
      if (!result.has_at()) return std::nullopt;
      return base::FromProto(result.at());
    }
    return std::nullopt;
  }

  v1::ExpectationResult Measure(const v1::Expectation& expectation) {
    v1::ExpectationResult result;
    result.set_id(expectation.id());
    result.set_text(expectation.text());
    result.set_text_en(expectation.text_en());
    result.set_silence(expectation.silence());
    result.set_rule_id(expectation.rule_id());
    *result.mutable_limit() = expectation.limit();
    const std::optional<absl::Time> from = StartOf(expectation);
    if (!from) {
      result.set_explanation("起算事件没有发生，无从计时");
      result.set_explanation_en("the event that starts its clock never happened");
      return result;
    }
    *result.mutable_from_at() = base::ToProto(*from);
    if (expectation.silence()) {
      MeasureSilence(expectation, *from, result);
    } else {
      MeasureAct(expectation, *from, result);
    }
    return result;
  }

  static void Record(const SeenEntry& entry, absl::Time from, v1::ExpectationResult& result) {
    *result.mutable_at() = base::ToProto(TimeOf(entry));
    *result.mutable_measured() = ToDurationProto(TimeOf(entry) - from);
    result.set_ledger(entry.ledger);
    result.set_seq(entry.entry.seq());
  }

  void MeasureAct(const v1::Expectation& expectation, absl::Time from,
                  v1::ExpectationResult& result) {
    const int needed = std::max(1, expectation.match().count());
    for (const SeenEntry* entry : ordered_) {
      if (TimeOf(*entry) < from || !Matches(expectation.match(), *entry)) continue;
      result.set_seen(result.seen() + 1);
      if (result.seen() < needed) continue;
      Record(*entry, from, result);
      break;
    }
    if (!result.has_at()) {
      result.set_explanation(absl::StrCat("需要", needed, "次，只见到", result.seen(), "次"));
      result.set_explanation_en(absl::StrCat("needed ", needed, ", seen ", result.seen()));
      return;
    }
    const absl::Duration limit = ToDuration(expectation.limit());
    const absl::Duration tolerance = ToDuration(expectation.tolerance());
    const absl::Duration measured = ToDuration(result.measured());
    result.set_met(measured <= limit + tolerance);
    result.set_narrow(result.met() && limit - measured < limit * kNarrowShare);
    if (!result.met()) {
      result.set_explanation(absl::StrCat("超出时限", DurationTextZh(measured - limit)));
      result.set_explanation_en(absl::StrCat("late by ", DurationText(measured - limit)));
    } else if (measured > limit) {
      result.set_explanation(
          absl::StrCat("超出时限", DurationTextZh(measured - limit), "，在容差之内"));
      result.set_explanation_en(
          absl::StrCat("late by ", DurationText(measured - limit), ", within tolerance"));
    } else if (result.narrow()) {
      result.set_explanation(absl::StrCat("只余", DurationTextZh(limit - measured)));
      result.set_explanation_en(absl::StrCat("only ", DurationText(limit - measured), " left"));
    }
  }

  void MeasureSilence(const v1::Expectation& expectation, absl::Time from,
                      v1::ExpectationResult& result) {
    const absl::Duration limit = ToDuration(expectation.limit());
    const int allowed = std::max(1, expectation.match().count()) - 1;
    const absl::Time until = from + limit - ToDuration(expectation.tolerance());
    for (const SeenEntry* entry : ordered_) {
      const absl::Time at = TimeOf(*entry);
      if (at < from || at >= until || !Matches(expectation.match(), *entry)) continue;
      result.set_seen(result.seen() + 1);
      if (result.seen() == allowed + 1) Record(*entry, from, result);
    }
    if (result.has_at()) {
      result.set_explanation(absl::StrCat(
          "预期沉默，却在第", DurationTextZh(ToDuration(result.measured())), "见到动作"));
      result.set_explanation_en(absl::StrCat("expected silence, but seen after ",
                                             DurationText(ToDuration(result.measured()))));
    } else if (input_.ended_at < from + limit) {
      result.set_explanation("演练在观察期满之前结束，沉默未得到证实");
      result.set_explanation_en("the exercise ended before the time to wait was over");
    } else {
      result.set_met(true);
      result.set_explanation("如预期保持沉默");
      result.set_explanation_en("silent, as expected");
    }
  }

  const ScoreInput& input_;
  std::vector<const SeenEntry*> ordered_;
  std::map<std::string, v1::ExpectationResult> results_;
};

std::string InWords(absl::Duration duration, const char* const (&units)[4], const char* gap) {
  const int64_t seconds = std::max<int64_t>(0, absl::ToInt64Seconds(duration));
  const int64_t parts[4] = {seconds / 86400, seconds / 3600 % 24, seconds / 60 % 60, seconds % 60};
  std::string text;
  for (int i = 0; i < 4; ++i) {
    if (parts[i] == 0) continue;
    absl::StrAppend(&text, text.empty() ? "" : gap, parts[i], units[i]);
  }
  return text.empty() ? absl::StrCat(0, units[3]) : text;
}

}  // namespace

std::vector<v1::ExpectationResult> Score(const ScoreInput& input) {
  Scorer scorer(input);
  std::vector<v1::ExpectationResult> results;
  results.reserve(input.expectations.size());
  for (const v1::Expectation& expectation : input.expectations) {
    results.push_back(scorer.ResultOf(expectation));
  }
  return results;
}

std::string DurationText(absl::Duration duration) {
  return InWords(duration, {" d", " h", " min", " s"}, " ");
}
std::string DurationTextZh(absl::Duration duration) {
  return InWords(duration, {"天", "小时", "分", "秒"}, "");
}

absl::Duration ToDuration(const google::protobuf::Duration& duration) {
  return absl::Seconds(duration.seconds()) + absl::Nanoseconds(duration.nanos());
}
google::protobuf::Duration ToDurationProto(absl::Duration duration) {
  google::protobuf::Duration proto;
  proto.set_seconds(absl::IDivDuration(duration, absl::Seconds(1), &duration));
  proto.set_nanos(static_cast<int32_t>(absl::ToInt64Nanoseconds(duration)));
  return proto;
}

}  // namespace huying::drill::rules
