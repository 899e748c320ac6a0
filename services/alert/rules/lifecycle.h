// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <string_view>

#include "absl/status/statusor.h"
#include "huying/alert/v1/alert.pb.h"

// Which act is allowed in which state, for both kinds of alert. The whole table is here; nothing
// else decides a state.
//
//   ASSIGN_OR_RETURN(v1::AlertState next, Transition(alert, Act::kLift));
//   alert.set_state(next);
namespace huying::alert::rules {

namespace v1 = ::huying::alert::v1;

enum class Act {
  kDraft,          // a warning is written
  kReview,         // checked; on one that is out already: made up
  kSign,           // signed; on one that is out already: made up
  kIssue,          // sent: a notice at once, a warning when signed
  kIssueUrgently,  // 绿色通道: sent before review or signature
  kAdjust,         // a successor is drafted; this one stays as it is
  kSupersede,      // the successor was issued
  kExtend,         // its period is prolonged
  kWithdraw,       // a draft is given up
  kLift,           // 解除
  kRetract,        // 误发撤回
  kExpire,         // its period is over: not lifted
  kAnswer,         // delivered, read, answered: a late one is kept, too
  kClimb,          // a step of the ladder
};
inline constexpr int kActs = 14;
inline constexpr int kStates = 10;  // v1::AlertState, UNSPECIFIED = does not exist yet

// 0 (ALERT_STATE_UNSPECIFIED) = not allowed. Columns: –, DRAFT, REVIEWED, SIGNED, ISSUED,
// SUPERSEDED, LIFTED, EXPIRED, WITHDRAWN, RETRACTED.
using Row = std::array<int, kStates>;
using Table = std::array<Row, kActs>;

inline constexpr Table kWarningTable = {{
    // –  DR RE SI IS SU LI EX WI RT
    {{1, 0, 0, 0, 0, 0, 0, 0, 0, 0}},  // kDraft
    {{0, 2, 0, 0, 4, 5, 6, 7, 0, 9}},  // kReview
    {{0, 0, 3, 0, 4, 5, 6, 7, 0, 9}},  // kSign
    {{0, 0, 0, 4, 0, 0, 0, 0, 0, 0}},  // kIssue
    {{0, 4, 4, 4, 0, 0, 0, 0, 0, 0}},  // kIssueUrgently
    {{0, 0, 0, 0, 4, 0, 0, 7, 0, 0}},  // kAdjust
    {{0, 0, 0, 0, 5, 0, 0, 5, 0, 0}},  // kSupersede
    {{0, 0, 0, 0, 4, 0, 0, 4, 0, 0}},  // kExtend
    {{0, 8, 8, 8, 0, 0, 0, 0, 0, 0}},  // kWithdraw
    {{0, 0, 0, 0, 6, 0, 0, 6, 0, 0}},  // kLift
    {{0, 0, 0, 0, 9, 0, 0, 9, 0, 0}},  // kRetract
    {{0, 0, 0, 0, 7, 0, 0, 0, 0, 0}},  // kExpire
    {{0, 0, 0, 0, 4, 5, 6, 7, 0, 9}},  // kAnswer
    {{0, 0, 0, 0, 4, 0, 0, 7, 0, 9}},  // kClimb
}};

inline constexpr Table kNoticeTable = {{
    // –  DR RE SI IS SU LI EX WI RT
    {{0, 0, 0, 0, 0, 0, 0, 0, 0, 0}},  // kDraft
    {{0, 0, 0, 0, 0, 0, 0, 0, 0, 0}},  // kReview
    {{0, 0, 0, 0, 0, 0, 0, 0, 0, 0}},  // kSign
    {{4, 0, 0, 0, 0, 0, 0, 0, 0, 0}},  // kIssue
    {{0, 0, 0, 0, 0, 0, 0, 0, 0, 0}},  // kIssueUrgently
    {{0, 0, 0, 0, 0, 0, 0, 0, 0, 0}},  // kAdjust
    {{0, 0, 0, 0, 0, 0, 0, 0, 0, 0}},  // kSupersede
    {{0, 0, 0, 0, 0, 0, 0, 0, 0, 0}},  // kExtend
    {{0, 0, 0, 0, 0, 0, 0, 0, 0, 0}},  // kWithdraw
    {{0, 0, 0, 0, 6, 0, 0, 6, 0, 0}},  // kLift
    {{0, 0, 0, 0, 9, 0, 0, 9, 0, 0}},  // kRetract
    {{0, 0, 0, 0, 7, 0, 0, 0, 0, 0}},  // kExpire
    {{0, 0, 0, 0, 4, 0, 6, 7, 0, 9}},  // kAnswer
    {{0, 0, 0, 0, 4, 0, 0, 7, 0, 9}},  // kClimb
}};

constexpr v1::AlertState NextState(v1::AlertKind kind, v1::AlertState state, Act act) {
  const Table& table = kind == v1::WARNING ? kWarningTable : kNoticeTable;
  return static_cast<v1::AlertState>(table[static_cast<int>(act)][static_cast<int>(state)]);
}

// The state after `act`, or FAILED_PRECONDITION / ILLEGAL_TRANSITION that says what stands in the
// way.
absl::StatusOr<v1::AlertState> Transition(const v1::Alert& alert, Act act);

// Sent, and not ended by a person: an expired one still is (到期 is not 解除).
constexpr bool InForce(v1::AlertState state) { return state == v1::ISSUED || state == v1::EXPIRED; }
// Left the house once.
constexpr bool WasIssued(v1::AlertState state) {
  return InForce(state) || state == v1::SUPERSEDED || state == v1::LIFTED || state == v1::RETRACTED;
}

std::string_view StateZh(v1::AlertState state);
std::string_view ActZh(Act act);
std::string_view ActEn(Act act);

}  // namespace huying::alert::rules
