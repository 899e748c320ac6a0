// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>

#include "huying/common/v1/obligation.pb.h"

// The state machine of an obligation. The whole table is here; nothing else decides a state.
//
//   Obligation::State next = NextState(obligation.state(), Move::kMeet, late);
//   if (next == Obligation::STATE_UNSPECIFIED) ...   // not allowed
namespace huying::duty {

using common::v1::Obligation;

enum class Move { kMeet, kCancel, kSuspend, kResume, kFallDue };
inline constexpr int kMoves = 5;
inline constexpr int kStates = Obligation::State_ARRAYSIZE;

// clang-format off
inline constexpr std::array<std::array<Obligation::State, kStates>, kMoves> kStateTable = {{
  // –  RUNNING  SUSPENDED  MET  MET_LATE  OVERDUE  CANCELLED
  {{Obligation::STATE_UNSPECIFIED, Obligation::MET, Obligation::MET,
    Obligation::STATE_UNSPECIFIED, Obligation::STATE_UNSPECIFIED, Obligation::MET_LATE,
    Obligation::STATE_UNSPECIFIED}},  // kMeet: MET_LATE when received after its limit
  {{Obligation::STATE_UNSPECIFIED, Obligation::CANCELLED, Obligation::CANCELLED,
    Obligation::STATE_UNSPECIFIED, Obligation::STATE_UNSPECIFIED, Obligation::CANCELLED,
    Obligation::STATE_UNSPECIFIED}},  // kCancel
  {{Obligation::STATE_UNSPECIFIED, Obligation::SUSPENDED, Obligation::STATE_UNSPECIFIED,
    Obligation::STATE_UNSPECIFIED, Obligation::STATE_UNSPECIFIED, Obligation::STATE_UNSPECIFIED,
    Obligation::STATE_UNSPECIFIED}},  // kSuspend: what is overdue is not suspended
  {{Obligation::STATE_UNSPECIFIED, Obligation::STATE_UNSPECIFIED, Obligation::RUNNING,
    Obligation::STATE_UNSPECIFIED, Obligation::STATE_UNSPECIFIED, Obligation::STATE_UNSPECIFIED,
    Obligation::STATE_UNSPECIFIED}},  // kResume
  {{Obligation::STATE_UNSPECIFIED, Obligation::OVERDUE, Obligation::STATE_UNSPECIFIED,
    Obligation::STATE_UNSPECIFIED, Obligation::STATE_UNSPECIFIED, Obligation::OVERDUE,
    Obligation::STATE_UNSPECIFIED}},  // kFallDue: again at each further interval
}};
// clang-format on

// STATE_UNSPECIFIED: not allowed, also from a state that this program does not know.
constexpr Obligation::State NextState(Obligation::State state, Move move, bool late) {
  if (state < 0 || state >= kStates) return Obligation::STATE_UNSPECIFIED;
  const Obligation::State next = kStateTable[static_cast<int>(move)][state];
  return move == Move::kMeet && next == Obligation::MET && late ? Obligation::MET_LATE : next;
}

// Still owed.
constexpr bool IsOpen(Obligation::State state) {
  return state == Obligation::RUNNING || state == Obligation::SUSPENDED ||
         state == Obligation::OVERDUE;
}

}  // namespace huying::duty
