// SPDX-License-Identifier: Apache-2.0
#include "services/incident/rules/clocks.h"

#include "gtest/gtest.h"
#include "services/platform/base/clock.h"

namespace huying::incident::rules {
namespace {

const absl::Time kStart = absl::FromUnixSeconds(1'800'000'000);
const Limit kOral{"report.first-oral", "首报(电话)时限", absl::Minutes(30)};

v1::LegalClock Running() {
  return StartClock("incidents/2026-0007", kOral, kStart, "-GOVERNMENT", v1::GOVERNMENT);
}

TEST(Clocks, RunFromTheirStartUnderTheirRule) {
  const v1::LegalClock clock = Running();
  EXPECT_EQ(clock.name(), "incidents/2026-0007/clocks/report.first-oral-GOVERNMENT");
  EXPECT_EQ(clock.state(), v1::RUNNING);
  EXPECT_TRUE(clock.project_default());
  EXPECT_EQ(base::FromProto(clock.due_at()), kStart + absl::Minutes(30));
}

// Invariant 16: lateness is judged by the time of receipt.
TEST(Clocks, Invariant16LatenessIsJudgedByTheTimeOfReceiptToTheMicrosecond) {
  v1::LegalClock clock = Running();
  EXPECT_TRUE(Meet(clock, kStart + absl::Minutes(30), "r"));
  EXPECT_EQ(clock.state(), v1::MET);
  clock = Running();
  EXPECT_TRUE(Meet(clock, kStart + absl::Minutes(30) + absl::Microseconds(1), "r"));
  EXPECT_EQ(clock.state(), v1::MET_LATE);
  EXPECT_EQ(clock.met_by(), "r");
}

TEST(Clocks, OverdueStaysLateWhateverComesAfter) {
  v1::LegalClock clock = Running();
  EXPECT_TRUE(FallDue(clock, true));
  EXPECT_TRUE(clock.in_outage());
  EXPECT_FALSE(FallDue(clock, false));
  EXPECT_FALSE(Cancel(clock, kStart));
  EXPECT_EQ(clock.state(), v1::OVERDUE);
  EXPECT_TRUE(Meet(clock, kStart, "r"));
  EXPECT_EQ(clock.state(), v1::MET_LATE);
  EXPECT_FALSE(Meet(clock, kStart, "again"));
  EXPECT_EQ(clock.met_by(), "r");
}

// Invariant 7: a clock never moves its due time.
TEST(Clocks, Invariant7NoActMovesTheDueTime) {
  for (int act = 0; act < 3; ++act) {
    v1::LegalClock clock = Running();
    const std::string due = clock.due_at().SerializeAsString();
    if (act == 0) Meet(clock, kStart, "r");
    if (act == 1) FallDue(clock, false);
    if (act == 2) Cancel(clock, kStart);
    EXPECT_EQ(clock.due_at().SerializeAsString(), due);
    EXPECT_NE(clock.state(), v1::RUNNING);
  }
}

TEST(Clocks, EachKindWaitsForItsOwnReport) {
  const auto clock_of = [](const char* rule) {
    v1::LegalClock clock;
    clock.set_rule_id(rule);
    return clock;
  };
  const v1::ReportKind others[] = {v1::FOLLOW_UP, v1::FINAL, v1::CORRECTION};
  for (const bool written : {false, true}) {
    const Reached first{v1::FIRST, written};
    EXPECT_TRUE(IsMetBy(clock_of("report.first-oral"), first));
    EXPECT_EQ(IsMetBy(clock_of("report.first-written"), first), written);
    EXPECT_EQ(IsMetBy(clock_of("report.accident-chain"), first), written);
    EXPECT_FALSE(IsMetBy(clock_of("report.follow-up.I"), first));
    for (const auto kind : others) {
      EXPECT_FALSE(IsMetBy(clock_of("report.first-oral"), {kind, written}));
      EXPECT_FALSE(IsMetBy(clock_of("report.first-written"), {kind, written}));
      EXPECT_EQ(IsMetBy(clock_of("report.follow-up.I"), {kind, written}), kind != v1::CORRECTION);
      EXPECT_FALSE(IsMetBy(clock_of("report.follow-up.I"), {kind, written, false}))
          << "the paper of what was phoned is no further report";
    }
  }
}

TEST(Clocks, ACorrectionMeetsWhatWasOwedBecauseTheFiguresChanged) {
  v1::LegalClock clock;
  clock.set_rule_id("report.follow-up.I");
  EXPECT_FALSE(IsMetBy(clock, {v1::CORRECTION}));
  clock.set_reopened(true);
  EXPECT_TRUE(IsMetBy(clock, {v1::CORRECTION}));
  EXPECT_TRUE(IsMetBy(clock, {v1::FOLLOW_UP}));
}

}  // namespace
}  // namespace huying::incident::rules
