// SPDX-License-Identifier: Apache-2.0
#include "services/drill/rules/step.h"

#include <gtest/gtest.h>

#include "services/platform/base/clock.h"

namespace huying::drill::rules {
namespace {

const absl::Time kNow = absl::FromUnixSeconds(1'258'741'800);

Probes TwoProcesses() {
  Probes probes(2);
  for (auto& process : probes) *process.mutable_now() = base::ToProto(kNow);
  auto* incident = probes[0].add_ledgers();
  incident->set_ledger("incident");
  incident->set_head(12);
  *incident->mutable_next_due() = base::ToProto(kNow + absl::Minutes(15));
  auto* alert = probes[1].add_ledgers();
  alert->set_ledger("alert");
  alert->set_head(4);
  *alert->mutable_next_due() = base::ToProto(kNow + absl::Minutes(5));
  return probes;
}

TEST(Step, TheClockMovesWhenAllIsIdleAndEqualTwice) {
  EXPECT_TRUE(Settled(TwoProcesses(), TwoProcesses(), kNow));
}

TEST(Step, AnythingOnItsWayHoldsTheClock) {
  using Ledger = platform::v1::ProbeResponse::Ledger;
  for (const auto& disturb : std::vector<std::function<void(Ledger&)>>{
           [](Ledger& l) { l.set_in_flight(1); },
           [](Ledger& l) { l.set_reactor_lag(1); },
           [](Ledger& l) { l.set_relay_lag(1); },
           [](Ledger& l) { l.set_streams_behind(1); },
           [](Ledger& l) { *l.mutable_next_due() = base::ToProto(kNow); },
       }) {
    Probes probes = TwoProcesses();
    disturb(*probes[1].mutable_ledgers(0));
    EXPECT_FALSE(Unsettled(probes, kNow).empty());
    EXPECT_FALSE(Settled(probes, probes, kNow));
  }
}

TEST(Step, AChangeBetweenTwoLooksHoldsTheClock) {
  Probes after = TwoProcesses();
  after[0].mutable_ledgers(0)->set_head(13);
  EXPECT_FALSE(Settled(TwoProcesses(), after, kNow));
}

TEST(Step, AProcessThatWasNotToldTheTimeHoldsTheClock) {
  Probes probes = TwoProcesses();
  *probes[1].mutable_now() = base::ToProto(kNow - absl::Seconds(1));
  EXPECT_FALSE(Settled(probes, probes, kNow));
}

TEST(Step, TheNextTimeIsTheEarliestDueTimeButNotPastUntil) {
  EXPECT_EQ(NextTime(TwoProcesses(), kNow + absl::Hours(1)), kNow + absl::Minutes(5));
  EXPECT_EQ(NextTime(TwoProcesses(), kNow + absl::Minutes(2)), kNow + absl::Minutes(2));
  Probes nothing_due = TwoProcesses();
  for (auto& process : nothing_due) process.mutable_ledgers(0)->clear_next_due();
  EXPECT_EQ(NextTime(nothing_due, kNow + absl::Hours(1)), kNow + absl::Hours(1));
  EXPECT_EQ(NextDue(nothing_due), absl::InfiniteFuture());
}

TEST(Step, HeadsOfAllProcessesAreOneMap) {
  EXPECT_EQ(Heads(TwoProcesses()),
            (std::map<std::string, int64_t>{{"incident", 12}, {"alert", 4}}));
}

}  // namespace
}  // namespace huying::drill::rules
