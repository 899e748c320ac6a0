// SPDX-License-Identifier: Apache-2.0
#pragma once

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

struct ScoreInput {
  absl::Time starts_at;
  absl::Time ended_at;
  std::vector<v1::Expectation> expectations;
  std::vector<v1::Inject> injects;
  std::vector<SeenEntry> entries;
};

// In the order of the expectations.
std::vector<v1::ExpectationResult> Score(const ScoreInput& input);

// "1 h 2 min 3 s" and "1小时2分3秒".
std::string DurationText(absl::Duration duration);
std::string DurationTextZh(absl::Duration duration);

absl::Duration ToDuration(const google::protobuf::Duration& duration);
google::protobuf::Duration ToDurationProto(absl::Duration duration);

}  // namespace huying::drill::rules
