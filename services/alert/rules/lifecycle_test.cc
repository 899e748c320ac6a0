// SPDX-License-Identifier: Apache-2.0
#include "services/alert/rules/lifecycle.h"

#include <gtest/gtest.h>

#include <set>
#include <string>

#include "services/platform/base/status.h"

namespace huying::alert::rules {
namespace {

// The whole table once more, in words, so that a slip in a digit is seen. "act state→state".
const std::set<std::string> kWarningMoves = {
    "draft ALERT_STATE_UNSPECIFIED→DRAFT",
    "review DRAFT→REVIEWED",
    "review ISSUED→ISSUED",
    "review SUPERSEDED→SUPERSEDED",
    "review LIFTED→LIFTED",
    "review EXPIRED→EXPIRED",
    "review RETRACTED→RETRACTED",
    "sign REVIEWED→SIGNED",
    "sign ISSUED→ISSUED",
    "sign SUPERSEDED→SUPERSEDED",
    "sign LIFTED→LIFTED",
    "sign EXPIRED→EXPIRED",
    "sign RETRACTED→RETRACTED",
    "issue SIGNED→ISSUED",
    "issue urgently DRAFT→ISSUED",
    "issue urgently REVIEWED→ISSUED",
    "issue urgently SIGNED→ISSUED",
    "adjust ISSUED→ISSUED",
    "adjust EXPIRED→EXPIRED",
    "supersede ISSUED→SUPERSEDED",
    "supersede EXPIRED→SUPERSEDED",
    "extend ISSUED→ISSUED",
    "extend EXPIRED→ISSUED",
    "withdraw DRAFT→WITHDRAWN",
    "withdraw REVIEWED→WITHDRAWN",
    "withdraw SIGNED→WITHDRAWN",
    "lift ISSUED→LIFTED",
    "lift EXPIRED→LIFTED",
    "retract ISSUED→RETRACTED",
    "retract EXPIRED→RETRACTED",
    "expire ISSUED→EXPIRED",
    "answer ISSUED→ISSUED",
    "answer SUPERSEDED→SUPERSEDED",
    "answer LIFTED→LIFTED",
    "answer EXPIRED→EXPIRED",
    "answer RETRACTED→RETRACTED",
    "climb ISSUED→ISSUED",
    "climb EXPIRED→EXPIRED",
    "climb RETRACTED→RETRACTED",
};
const std::set<std::string> kNoticeMoves = {
    "issue ALERT_STATE_UNSPECIFIED→ISSUED",
    "lift ISSUED→LIFTED",
    "lift EXPIRED→LIFTED",
    "retract ISSUED→RETRACTED",
    "retract EXPIRED→RETRACTED",
    "expire ISSUED→EXPIRED",
    "answer ISSUED→ISSUED",
    "answer LIFTED→LIFTED",
    "answer EXPIRED→EXPIRED",
    "answer RETRACTED→RETRACTED",
    "climb ISSUED→ISSUED",
    "climb EXPIRED→EXPIRED",
    "climb RETRACTED→RETRACTED",
};

TEST(AlertLifecycle, EveryCellOfBothKindsIsAsWritten) {
  for (const v1::AlertKind kind : {v1::WARNING, v1::NOTICE}) {
    const auto& moves = kind == v1::WARNING ? kWarningMoves : kNoticeMoves;
    size_t allowed = 0;
    for (int act = 0; act < kActs; ++act) {
      for (int state = 0; state < kStates; ++state) {
        v1::Alert alert;
        alert.set_kind(kind);
        alert.set_state(static_cast<v1::AlertState>(state));
        const auto next = Transition(alert, static_cast<Act>(act));
        const std::string from = std::string(ActEn(static_cast<Act>(act))) + " " +
                                 v1::AlertState_Name(alert.state()) + "→";
        if (next.ok()) {
          ++allowed;
          EXPECT_TRUE(moves.count(from + v1::AlertState_Name(*next)))
              << v1::AlertKind_Name(kind) << ": " << from << v1::AlertState_Name(*next);
        } else {
          const auto problem = base::ProblemOf(next.status());
          EXPECT_EQ(problem.reason(), base::Reason::ILLEGAL_TRANSITION);
          EXPECT_FALSE(problem.message().empty());
          EXPECT_FALSE(problem.next_step().empty());
        }
      }
    }
    EXPECT_EQ(allowed, moves.size());
  }
}

TEST(AlertLifecycle, ANoticeIsNeverAWarningOnItsWayThroughPaper) {
  for (const Act act : {Act::kDraft, Act::kReview, Act::kSign, Act::kAdjust, Act::kIssueUrgently}) {
    for (int state = 0; state < kStates; ++state) {
      EXPECT_EQ(NextState(v1::NOTICE, static_cast<v1::AlertState>(state), act),
                v1::ALERT_STATE_UNSPECIFIED);
    }
  }
}

TEST(AlertLifecycle, ExpiredIsNotLifted) {
  EXPECT_TRUE(InForce(v1::EXPIRED));
  EXPECT_FALSE(InForce(v1::LIFTED));
  EXPECT_TRUE(WasIssued(v1::SUPERSEDED));
  EXPECT_FALSE(WasIssued(v1::WITHDRAWN));
}

}  // namespace
}  // namespace huying::alert::rules
