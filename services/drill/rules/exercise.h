// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "huying/drill/v1/drill.pb.h"
#include "huying/drill/v1/drill_service.pb.h"

// What each command makes of an exercise. Pure: record and command in, next record out.
//
//   ASSIGN_OR_RETURN(v1::Exercise next, rules::Pause(exercise, actor, request.reason(), realm_now));
namespace huying::drill::rules {

inline constexpr int kTitleBytesMax = 600;
inline constexpr int kInjectsMax = 500;
inline constexpr int kExpectationsMax = 500;
inline constexpr int kActorPostsMax = 500;
inline constexpr int kPlansMax = 50;
inline constexpr absl::Duration kLengthMax = absl::Hours(24 * 90);

// Ids unique, references known and without a circle, limits above zero, counts within bounds.
absl::Status ValidatePlan(const v1::PlanExerciseRequest& request);

// Who plans it directs it until another approves. `number` is dense in the year of `now`.
v1::Exercise Plan(const v1::PlanExerciseRequest& request, const common::v1::Actor& actor, int year,
                  int64_t number, absl::Time now);

// An exercise is directed by its director, by a post of the same area, or by a higher tier inside.
absl::Status MayDirect(const v1::Exercise& exercise, const common::v1::Actor& actor);

absl::StatusOr<v1::Exercise> Approve(v1::Exercise exercise, const common::v1::Actor& actor);
absl::StatusOr<v1::Exercise> Start(v1::Exercise exercise);
absl::StatusOr<v1::Exercise> Prepared(v1::Exercise exercise);
absl::StatusOr<v1::Exercise> PrepareFailed(v1::Exercise exercise, std::string_view problem);
absl::StatusOr<v1::Exercise> Pause(v1::Exercise exercise, std::string_view reason);
absl::StatusOr<v1::Exercise> Resume(v1::Exercise exercise);
// Each inject is played once, not before the exercise began.
absl::StatusOr<v1::Exercise> RecordInject(v1::Exercise exercise, std::string_view inject,
                                          absl::Time at);
// `heads`: of every ledger of the realm at the end; what is written later does not count.
absl::StatusOr<v1::Exercise> Finish(v1::Exercise exercise, absl::Time realm_now,
                                    const std::map<std::string, int64_t>& heads);
absl::StatusOr<v1::Exercise> Stop(v1::Exercise exercise, std::string_view reason,
                                  absl::Time realm_now);
// `names`: what "${…}" in the matches stood for.
absl::StatusOr<v1::Exercise> Evaluate(v1::Exercise exercise,
                                      std::vector<v1::ExpectationResult> results,
                                      const std::map<std::string, std::string>& names);
absl::StatusOr<v1::Exercise> Archive(v1::Exercise exercise);

// The clock moves only while the exercise runs.
absl::Status MayAdvance(const v1::Exercise& exercise);

}  // namespace huying::drill::rules
