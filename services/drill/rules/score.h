// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/time/time.h"
#include "absl/types/span.h"
#include "huying/drill/v1/drill.pb.h"
#include "services/drill/rules/match.h"

// Measures every expectation from what the journals of the exercise's realm say. Pure: the same
// entries, in whatever order they are given, make the same table.
//
//   auto results = rules::Score({.starts_at = start, .ended_at = end, .expectations = …,
//                                .injects = …, .entries = …});
//
// * The clock of an expectation starts at the exercise's start, at an inject as it was played, or at
//   the entry that met another expectation (its measured time, even when that one was late).
// * An entry counts from that very moment on; its time is the time of receipt (lateness is judged by
//   it). With `count` n, the n-th matching entry decides.
// * Met: measured <= limit + tolerance.
// * Silence: no matching entry before from + limit − tolerance, and the exercise ran at least to
//   from + limit. A silence that nobody waited for proves nothing. With `count` n, fewer than n.
namespace huying::drill::rules {

// * `${name}` in a match's fields stands for the record that the act `name` made. An expectation with a
//   name that no act has made so far matches nothing and is not met, a silence neither.
struct ScoreInput {
  absl::Time starts_at;
  absl::Time ended_at;
  std::vector<v1::Expectation> expectations;
  std::vector<v1::Inject> injects;
  std::vector<SeenEntry> entries;
  std::map<std::string, std::string> names;  // ${name} → "alerts/2026-0007"
};

// In the order of the expectations.
std::vector<v1::ExpectationResult> Score(const ScoreInput& input);

// The same score, kept while an exercise runs: each entry is matched once, when it comes in, so that a
// run costs as much as it has entries. One thread.
//
//   Scoreboard board(expectations);
//   board.Bind("notice", "alerts/2026-0007", entries_so_far);
//   board.Add(entry);
//   std::vector<v1::ExpectationResult> now = board.Results({start, now, injects});
class Scoreboard {
 public:
  explicit Scoreboard(std::vector<v1::Expectation> expectations);

  // An act made this record. Expectations that name it look at the entries before as well.
  void Bind(std::string_view name, std::string_view record, absl::Span<const SeenEntry> so_far);
  void Add(const SeenEntry& seen);

  struct Moments {
    absl::Time starts_at;
    absl::Time ended_at;
    std::vector<v1::Inject> injects;
  };
  std::vector<v1::ExpectationResult> Results(const Moments& moments) const;

  // An entry that an expectation asks for.
  struct Hit {
    absl::Time at;
    std::string ledger;
    int64_t seq = 0;
    bool operator<(const Hit& other) const;
  };
  struct Row {
    v1::Expectation expectation;
    std::vector<std::string> unbound;  // names that no act has made yet
    std::vector<Hit> hits;             // in the order of Hit
  };

 private:
  static void Match(const SeenEntry& seen, Row& row);

  std::vector<Row> rows_;
};

// Names in `${…}` of the match's fields.
std::vector<std::string> NamesIn(const v1::Expectation::Match& match);

// "1 h 2 min 3 s" and "1小时2分3秒".
std::string DurationText(absl::Duration duration);
std::string DurationTextZh(absl::Duration duration);

absl::Duration ToDuration(const google::protobuf::Duration& duration);
google::protobuf::Duration ToDurationProto(absl::Duration duration);

}  // namespace huying::drill::rules
