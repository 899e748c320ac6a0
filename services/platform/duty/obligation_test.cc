// SPDX-License-Identifier: Apache-2.0
#include "services/platform/duty/obligation.h"

#include <random>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/platform/base/clock.h"
#include "services/platform/base/status.h"
#include "services/platform/ledger/transaction_fake.h"

namespace huying::duty {
namespace {

using ::testing::ElementsAre;
using ::testing::UnorderedElementsAre;

const absl::Time kNow = absl::FromUnixSeconds(1'790'000'000);
constexpr char kIncident[] = "incidents/2026-0007";
constexpr char kName[] = "incidents/2026-0007/obligations/incident.verify";
constexpr char kDuty[] = "posts/district-duty";
constexpr char kLeader[] = "posts/district-leader";

Obligation Verify(absl::Duration within = absl::Minutes(15),
                  absl::Duration climb_every = absl::Minutes(10)) {
  Obligation verify = About(kIncident, "incident.verify", "核实时限");
  verify.set_kind(Obligation::VERIFICATION);
  verify.set_post(kDuty);
  verify.set_area("230407000000");
  Due(verify, kNow, kNow + within, climb_every);
  return verify;
}

class ObligationTest : public ::testing::Test {
 protected:
  Obligation Seen(const std::string& name = kName) { return tx_.Get(kObligations, name)->value; }
  std::string Owed(const Obligation& obligation) {
    const auto name = Owe(tx_, obligation);
    EXPECT_TRUE(name.ok()) << name.status();
    return name.value_or("");
  }
  ledger::FakeTransaction tx_{context::CallContext(), kNow};
};

TEST_F(ObligationTest, WhatIsOwedRunsHasADeadlineAndIsHeardByThePostThatOwesIt) {
  EXPECT_EQ(Owed(Verify()), kName);
  EXPECT_EQ(Seen().state(), Obligation::RUNNING);
  EXPECT_EQ(Seen().case_id(), kIncident);
  ASSERT_TRUE(tx_.deadlines.contains(kName));
  EXPECT_EQ(tx_.deadlines[kName].due_at, kNow + absl::Minutes(15));
  EXPECT_EQ(tx_.deadlines[kName].handler, kDueHandler);
  EXPECT_THAT(tx_.channels, UnorderedElementsAre("post:posts/district-duty"));
  EXPECT_EQ(tx_.case_id, kIncident);
}

TEST_F(ObligationTest, WithoutADueTimeItIsOpenUntilSomebodyClosesIt) {
  Obligation item = About(kIncident, "task.declined", "任务无人执行");
  const std::string name = Owed(item);
  EXPECT_TRUE(tx_.deadlines.empty());
  tx_.Set(kNow + absl::Hours(24 * 365));
  EXPECT_EQ(Meet(tx_, name, "", "已另派")->state(), Obligation::MET);
  EXPECT_FALSE(IsLate(Seen(name)));
  EXPECT_EQ(Seen(name).note(), "已另派");
}

TEST_F(ObligationTest, TheSameRuleOwedAgainIsARecordOfItsOwn) {
  Owed(Verify());
  EXPECT_EQ(Owed(Verify()), std::string(kName) + "-2");
  ASSERT_TRUE(Meet(tx_, kName, kIncident).ok());
  const auto open = FindOpen(tx_, kIncident, "incident.verify");
  ASSERT_TRUE(open.ok() && *open);
  EXPECT_EQ((*open)->name(), std::string(kName) + "-2");
  EXPECT_FALSE(*FindOpen(tx_, kIncident, "incident.lead-department"));
}

TEST_F(ObligationTest, ReceivedExactlyAtItsLimitItIsInTimeAndAMicrosecondLaterItIsLate) {
  Owed(Verify());
  Owed(Verify());
  tx_.Set(kNow + absl::Minutes(15));
  EXPECT_EQ(Meet(tx_, kName, kIncident)->state(), Obligation::MET);
  EXPECT_FALSE(IsLate(Seen()));
  const std::string second = std::string(kName) + "-2";
  tx_.Set(kNow + absl::Minutes(15) + absl::Microseconds(1));
  EXPECT_EQ(Meet(tx_, second, kIncident)->state(), Obligation::MET_LATE);
  EXPECT_TRUE(IsLate(Seen(second)));
  EXPECT_EQ(Seen(second).met_by(), kIncident);
  EXPECT_TRUE(tx_.deadlines.empty());
}

TEST_F(ObligationTest, WhatIsClosedCannotBeClosedAgain) {
  Owed(Verify());
  ASSERT_TRUE(Cancel(tx_, kName, "不属实").ok());
  EXPECT_EQ(Seen().state(), Obligation::CANCELLED);
  EXPECT_EQ(base::ProblemOf(Meet(tx_, kName, "").status()).reason(),
            base::Reason::ILLEGAL_TRANSITION);
  EXPECT_EQ(Meet(tx_, "x/obligations/y", "").status().code(), absl::StatusCode::kNotFound);
}

TEST_F(ObligationTest, EachFurtherIntervalIsCountedAndTellsTheNextPost) {
  Owed(Verify());
  tx_.Set(kNow + absl::Minutes(15));
  ASSERT_TRUE(*FallDue(tx_, kName, kLeader));
  EXPECT_EQ(Seen().state(), Obligation::OVERDUE);
  EXPECT_EQ(Seen().missed(), 1);
  EXPECT_THAT(PostsOf(Seen()), ElementsAre(kDuty, kLeader));
  EXPECT_TRUE(tx_.channels.contains("post:posts/district-leader"));
  EXPECT_EQ(tx_.deadlines[kName].due_at, kNow + absl::Minutes(25));
  tx_.Set(kNow + absl::Minutes(25));
  ASSERT_TRUE(*FallDue(tx_, kName, "posts/commander"));
  EXPECT_EQ(Seen().missed(), 2);
  EXPECT_THAT(PostsOf(Seen()), ElementsAre(kDuty, kLeader, "posts/commander"));
}

TEST_F(ObligationTest, AnOutageOverSeveralIntervalsCountsThemAll) {
  Owed(Verify());
  tx_.outage = true;
  tx_.Set(kNow + absl::Minutes(15 + 37));
  ASSERT_TRUE(*FallDue(tx_, kName, kLeader));
  EXPECT_EQ(Seen().missed(), 4);
  EXPECT_TRUE(Seen().in_outage());
  EXPECT_EQ(tx_.deadlines[kName].due_at, kNow + absl::Minutes(15 + 40));
}

TEST_F(ObligationTest, AtTheTopTheAlarmIsRepeatedDailyButAReportKeepsItsInterval) {
  Owed(Verify());
  tx_.Set(kNow + absl::Minutes(15));
  ASSERT_TRUE(*FallDue(tx_, kName, ""));
  EXPECT_EQ(tx_.deadlines[kName].due_at, kNow + absl::Minutes(15) + absl::Hours(24));
  Obligation report = Verify();
  report.set_kind(Obligation::REPORT);
  report.set_rule_id("report.follow-up.I");
  const std::string name = Owed(report);
  ASSERT_TRUE(*FallDue(tx_, name, ""));
  EXPECT_EQ(tx_.deadlines[name].due_at, kNow + absl::Minutes(25));
  Owed(Verify());
  const std::string silent = std::string(kName) + "-2";
  ASSERT_TRUE(*FallDue(tx_, silent, std::nullopt));  // directory gave no answer: not the top
  EXPECT_EQ(tx_.deadlines[silent].due_at, kNow + absl::Minutes(25));
}

TEST_F(ObligationTest, ThatItWasOverdueStaysWhetherItIsMetOrCancelled) {
  Owed(Verify());
  Owed(Verify());
  const std::string second = std::string(kName) + "-2";
  tx_.Set(kNow + absl::Hours(1));
  ASSERT_TRUE(*FallDue(tx_, kName, kLeader));
  ASSERT_TRUE(*FallDue(tx_, second, kLeader));
  EXPECT_EQ(Meet(tx_, kName, kIncident)->state(), Obligation::MET_LATE);
  EXPECT_EQ(Cancel(tx_, second, "移送")->state(), Obligation::CANCELLED);
  for (const std::string& name : {std::string(kName), second}) {
    EXPECT_TRUE(IsLate(Seen(name)));
    EXPECT_EQ(base::FromProto(Seen(name).overdue_at()), kNow + absl::Minutes(15));
  }
  EXPECT_TRUE(tx_.deadlines.empty());
}

TEST_F(ObligationTest, WhatWasMetWhileItsRowWaitedDoesNotFallDue) {
  Owed(Verify());
  ASSERT_TRUE(Meet(tx_, kName, kIncident).ok());
  EXPECT_FALSE(*FallDue(tx_, kName, kLeader));
  EXPECT_EQ(Seen().state(), Obligation::MET);
  EXPECT_FALSE(*FallDue(tx_, "x/obligations/y", kLeader));
}

TEST_F(ObligationTest, ASuspensionMovesTheDueTimeByWhatItStoodStill) {
  Owed(Verify());
  tx_.Set(kNow + absl::Minutes(5));
  ASSERT_TRUE(Suspend(tx_, kName, "等待鉴定").ok());
  EXPECT_TRUE(tx_.deadlines.empty());
  EXPECT_FALSE(*FallDue(tx_, kName, kLeader));
  tx_.Set(kNow + absl::Minutes(65));
  ASSERT_TRUE(Resume(tx_, kName, Calendar()).ok());
  EXPECT_EQ(Seen().state(), Obligation::RUNNING);
  EXPECT_EQ(base::FromProto(Seen().due_at()), kNow + absl::Minutes(75));
  EXPECT_EQ(tx_.deadlines[kName].due_at, kNow + absl::Minutes(75));
  EXPECT_EQ(Seen().suspensions(0).reason(), "等待鉴定");
  EXPECT_TRUE(Seen().suspensions(0).has_to());
}

TEST_F(ObligationTest, WhatHasPassedItsLimitIsNotSuspended) {
  Owed(Verify());
  tx_.Set(kNow + absl::Minutes(16));
  EXPECT_EQ(base::ProblemOf(Suspend(tx_, kName, "等").status()).reason(),
            base::Reason::ILLEGAL_TRANSITION);
}

TEST_F(ObligationTest, ItConcernsWhoOwesItWhoWasToldAndWhoActsForThem) {
  Owed(Verify());
  tx_.Set(kNow + absl::Hours(1));
  ASSERT_TRUE(*FallDue(tx_, kName, kLeader));
  common::v1::Actor actor;
  actor.set_post("posts/somebody");
  EXPECT_FALSE(Concerns(Seen(), actor));
  actor.set_acting_for_post(kDuty);
  EXPECT_TRUE(Concerns(Seen(), actor));
  actor.clear_acting_for_post();
  actor.set_post(kLeader);
  EXPECT_TRUE(Concerns(Seen(), actor));
}

TEST_F(ObligationTest, WithoutAPostItIsThatOfWhoeverIsOnDutyForItsVeryArea) {
  Obligation item = Verify();
  item.clear_post();
  common::v1::Actor actor;
  actor.set_post("posts/pingan-duty");
  actor.set_area("230407001000");
  EXPECT_FALSE(Concerns(item, actor));
  actor.set_area("230407000000");
  EXPECT_TRUE(Concerns(item, actor));
  actor.set_tier(common::v1::EXTERNAL);
  EXPECT_FALSE(Concerns(item, actor));
}

// No walk of any verbs moves a due time, but for a suspension, and then by its length; overdue stays.
TEST_F(ObligationTest, NoSequenceOfActsMovesADueTimeExceptASuspension) {
  std::mt19937 dice(20261128);
  for (int round = 0; round < 300; ++round) {
    const std::string name = Owed(Verify(absl::Minutes(static_cast<int>(dice() % 60))));
    absl::Time due = base::FromProto(Seen(name).due_at());
    absl::Time suspended_at;
    bool was_late = false;
    absl::Time now = kNow;
    for (int step = 0; step < 12; ++step) {
      now += absl::Minutes(static_cast<int>(dice() % 20));
      tx_.Set(now);
      switch (dice() % 5) {
        case 0:
          Meet(tx_, name, kIncident).IgnoreError();
          break;
        case 1:
          Cancel(tx_, name, "").IgnoreError();
          break;
        case 2:
          if (Suspend(tx_, name, "").ok()) suspended_at = now;
          break;
        case 3:
          if (Resume(tx_, name, Calendar()).ok()) due += now - suspended_at;
          break;
        default:
          FallDue(tx_, name, kLeader).IgnoreError();
      }
      EXPECT_EQ(base::FromProto(Seen(name).due_at()), due);
      EXPECT_TRUE(IsLate(Seen(name)) || !was_late);
      was_late = was_late || IsLate(Seen(name));
      // A row waits exactly while its time runs or it climbs.
      const Obligation::State state = Seen(name).state();
      EXPECT_EQ(tx_.deadlines.contains(name),
                state == Obligation::RUNNING || state == Obligation::OVERDUE);
    }
  }
}

TEST(ObligationStatesTest, EveryCellOfTheTableIsAsDecided) {
  const auto expect = [](Obligation::State from, Move move, bool late) {
    if (!IsOpen(from)) return Obligation::STATE_UNSPECIFIED;
    const bool running = from == Obligation::RUNNING;
    const bool overdue = from == Obligation::OVERDUE;
    switch (move) {
      case Move::kMeet:
        return late || overdue ? Obligation::MET_LATE : Obligation::MET;
      case Move::kCancel:
        return Obligation::CANCELLED;
      case Move::kSuspend:
        return running ? Obligation::SUSPENDED : Obligation::STATE_UNSPECIFIED;
      case Move::kResume:
        return from == Obligation::SUSPENDED ? Obligation::RUNNING : Obligation::STATE_UNSPECIFIED;
      case Move::kFallDue:
        return running || overdue ? Obligation::OVERDUE : Obligation::STATE_UNSPECIFIED;
    }
    return Obligation::STATE_UNSPECIFIED;
  };
  for (int state = -1; state <= kStates; ++state) {
    for (int move = 0; move < kMoves; ++move) {
      for (const bool late : {false, true}) {
        const auto from = static_cast<Obligation::State>(state);
        EXPECT_EQ(NextState(from, static_cast<Move>(move), late),
                  expect(from, static_cast<Move>(move), late))
            << state << " " << move << " " << late;
      }
    }
  }
}

}  // namespace
}  // namespace huying::duty
