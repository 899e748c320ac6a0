// SPDX-License-Identifier: Apache-2.0
#include "services/drill/rules/score.h"

#include <algorithm>
#include <map>
#include <optional>
#include <string>
#include <tuple>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "services/platform/base/clock.h"
#include "services/platform/base/strings.h"

namespace huying::drill::rules {
namespace {

// A limit kept with less than this share of it left was met narrowly.
constexpr double kNarrowShare = 0.1;

// Results of one moment: the rows' hits against the clocks of their expectations.
class Measuring {
 public:
  Measuring(const std::vector<Scoreboard::Row>& rows, const Scoreboard::Moments& moments)
      : rows_(rows), moments_(moments) {}

  const v1::ExpectationResult& ResultOf(const Scoreboard::Row& row) {
    const std::string& id = row.expectation.id();
    const auto known = results_.find(id);
    if (known != results_.end()) return known->second;
    // Set first, so that a circle of `from` ends here instead of going round.
    v1::ExpectationResult& result = results_[id];
    result = Measure(row);
    return result;
  }

 private:
  using Hit = Scoreboard::Hit;

  std::optional<absl::Time> StartOf(const v1::Expectation& expectation) {
    if (expectation.from().empty() || expectation.from() == "start") return moments_.starts_at;
    for (const v1::Inject& inject : moments_.injects) {
      if (inject.id() != expectation.from()) continue;
      if (!inject.has_played_at()) return std::nullopt;
      return base::FromProto(inject.played_at());
    }
    for (const Scoreboard::Row& other : rows_) {
      if (other.expectation.id() != expectation.from() || other.expectation.silence()) continue;
      const v1::ExpectationResult& result = ResultOf(other);
      if (!result.has_at()) return std::nullopt;
      return base::FromProto(result.at());
    }
    return std::nullopt;
  }

  v1::ExpectationResult Measure(const Scoreboard::Row& row) {
    const v1::Expectation& expectation = row.expectation;
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
    if (!row.unbound.empty()) {
      result.set_explanation(absl::StrCat("动作“", row.unbound.front(), "”没有产生记录，无从核对"));
      result.set_explanation_en(
          absl::StrCat("the act '", row.unbound.front(), "' made no record to look for"));
      return result;
    }
    if (expectation.silence()) {
      MeasureSilence(row, *from, result);
    } else {
      MeasureAct(row, *from, result);
    }
    return result;
  }

  static void Record(const Hit& hit, absl::Time from, v1::ExpectationResult& result) {
    *result.mutable_at() = base::ToProto(hit.at);
    *result.mutable_measured() = ToDurationProto(hit.at - from);
    result.set_ledger(hit.ledger);
    result.set_seq(hit.seq);
  }

  static void MeasureAct(const Scoreboard::Row& row, absl::Time from,
                         v1::ExpectationResult& result) {
    const v1::Expectation& expectation = row.expectation;
    const int needed = std::max(1, expectation.match().count());
    for (const Hit& hit : row.hits) {
      if (hit.at < from) continue;
      result.set_seen(result.seen() + 1);
      if (result.seen() < needed) continue;
      Record(hit, from, result);
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

  void MeasureSilence(const Scoreboard::Row& row, absl::Time from,
                      v1::ExpectationResult& result) const {
    const v1::Expectation& expectation = row.expectation;
    const absl::Duration limit = ToDuration(expectation.limit());
    const int allowed = std::max(1, expectation.match().count()) - 1;
    const absl::Time until = from + limit - ToDuration(expectation.tolerance());
    for (const Hit& hit : row.hits) {
      if (hit.at < from || hit.at >= until) continue;
      result.set_seen(result.seen() + 1);
      if (result.seen() == allowed + 1) Record(hit, from, result);
    }
    if (result.has_at()) {
      result.set_explanation(absl::StrCat(
          "预期沉默，却在第", DurationTextZh(ToDuration(result.measured())), "见到动作"));
      result.set_explanation_en(absl::StrCat("expected silence, but seen after ",
                                             DurationText(ToDuration(result.measured()))));
    } else if (moments_.ended_at < from + limit) {
      result.set_explanation("演练在观察期满之前结束，沉默未得到证实");
      result.set_explanation_en("the exercise ended before the time to wait was over");
    } else {
      result.set_met(true);
      result.set_explanation("如预期保持沉默");
      result.set_explanation_en("silent, as expected");
    }
  }

  const std::vector<Scoreboard::Row>& rows_;
  const Scoreboard::Moments& moments_;
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

bool Scoreboard::Hit::operator<(const Hit& other) const {
  return std::tie(at, ledger, seq) < std::tie(other.at, other.ledger, other.seq);
}

std::vector<std::string> NamesIn(const v1::Expectation::Match& match) {
  std::vector<std::string> names;
  for (const auto& [path, text] : match.fields()) {
    for (size_t at = text.find("${"); at != std::string::npos; at = text.find("${", at + 1)) {
      const size_t end = text.find('}', at);
      if (end != std::string::npos) names.push_back(text.substr(at + 2, end - at - 2));
    }
  }
  return names;
}

Scoreboard::Scoreboard(std::vector<v1::Expectation> expectations) {
  for (v1::Expectation& expectation : expectations) {
    std::vector<std::string> unbound = NamesIn(expectation.match());
    rows_.push_back({std::move(expectation), std::move(unbound), {}});
  }
}

void Scoreboard::Match(const SeenEntry& seen, Row& row) {
  if (!row.unbound.empty() || !Matches(row.expectation.match(), seen)) return;
  Hit hit{base::FromProto(seen.entry.received_at()), seen.ledger, seen.entry.seq()};
  // Entries of one ledger come in their order; several ledgers take turns.
  row.hits.insert(std::upper_bound(row.hits.begin(), row.hits.end(), hit), std::move(hit));
}

void Scoreboard::Bind(std::string_view name, std::string_view record,
                      absl::Span<const SeenEntry> so_far) {
  for (Row& row : rows_) {
    const auto end = std::remove(row.unbound.begin(), row.unbound.end(), name);
    if (end == row.unbound.end()) continue;
    row.unbound.erase(end, row.unbound.end());
    for (auto& [path, text] : *row.expectation.mutable_match()->mutable_fields()) {
      absl::StrReplaceAll({{absl::StrCat("${", base::Abs(name), "}"), base::Abs(record)}}, &text);
    }
    for (const SeenEntry& seen : so_far) Match(seen, row);
  }
}

void Scoreboard::Add(const SeenEntry& seen) {
  for (Row& row : rows_) Match(seen, row);
}

std::vector<v1::ExpectationResult> Scoreboard::Results(const Moments& moments) const {
  Measuring measuring(rows_, moments);
  std::vector<v1::ExpectationResult> results;
  results.reserve(rows_.size());
  for (const Row& row : rows_) results.push_back(measuring.ResultOf(row));
  return results;
}

std::vector<v1::ExpectationResult> Score(const ScoreInput& input) {
  Scoreboard board(input.expectations);
  for (const auto& [name, record] : input.names) board.Bind(name, record, {});
  for (const SeenEntry& seen : input.entries) board.Add(seen);
  return board.Results({input.starts_at, input.ended_at, input.injects});
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
