// SPDX-License-Identifier: Apache-2.0
#include "services/incident/rules/owed_clocks.h"

#include <algorithm>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/platform/base/clock.h"

namespace huying::incident::rules {
namespace {

using ::testing::IsEmpty;

const absl::Time kStart = absl::FromUnixSeconds(1'800'000'000);
const absl::Time kNow = kStart + absl::Minutes(20);

class OwedClocksTest : public ::testing::Test {
 protected:
  OwedClocksTest() {
    limits_.chains = {v1::GOVERNMENT, v1::WORK_SAFETY};
    limits_.first[v1::GOVERNMENT] = {Limit{"report.first-oral", "首报(电话)", absl::Minutes(30)},
                                     Limit{"report.first-written", "首报(书面)", absl::Hours(1)}};
    limits_.first[v1::WORK_SAFETY] = {std::nullopt,
                                      Limit{"report.accident-chain", "逐级上报", absl::Hours(2)}};
    limits_.follow_up[v1::LEVEL_I] = {"report.follow-up.I", "续报", absl::Hours(1)};
    limits_.follow_up[v1::LEVEL_IV] = {"report.follow-up.IV", "续报", absl::Hours(24)};
    incident_.set_state(v1::CONFIRMED);
    incident_.set_level(v1::LEVEL_IV);
    *incident_.mutable_received_at() = base::ToProto(kStart);
  }
  static v1::ReportChainState Told(v1::ReportChain chain, bool in_writing = true) {
    v1::ReportChainState state;
    state.set_chain(chain);
    *state.mutable_first_told_at() = base::ToProto(kStart);
    if (in_writing) *state.mutable_first_written_at() = base::ToProto(kStart);
    return state;
  }
  std::vector<OwedClock> Owed(std::vector<v1::ReportChainState> chains = {}) {
    return OwedClocks(incident_, chains, limits_, kNow);
  }
  static std::vector<OwedClock> On(v1::ReportChain chain, const std::vector<OwedClock>& owed) {
    std::vector<OwedClock> on;
    for (const OwedClock& one : owed) {
      if (one.chain == chain) on.push_back(one);
    }
    return on;
  }
  Limits limits_;
  v1::Incident incident_;
};

TEST_F(OwedClocksTest, BeforeTheFirstReportCallAndPaperAreOwedFromAwareness) {
  const auto owed = On(v1::GOVERNMENT, Owed());
  ASSERT_EQ(owed.size(), 2u);
  EXPECT_EQ(owed[0].awaits, Awaits::kFirstOral);
  EXPECT_EQ(owed[0].due, kStart + absl::Minutes(30));
  EXPECT_EQ(owed[1].awaits, Awaits::kFirstWritten);
  EXPECT_EQ(owed[1].start, kStart);
  ASSERT_EQ(On(v1::WORK_SAFETY, Owed()).size(), 1u) << "that chain has a written limit only";
}

TEST_F(OwedClocksTest, WhatWasOpenedAgainIsOwedFromThatTime) {
  *incident_.mutable_reporting_since() = base::ToProto(kNow);
  EXPECT_EQ(On(v1::GOVERNMENT, Owed())[0].due, kNow + absl::Minutes(30));
}

TEST_F(OwedClocksTest, ADraftIsNoReportAndWhetherAChainIsOwedFollowsFromTheIncident) {
  v1::ReportChainState drafted;
  drafted.set_chain(v1::WORK_SAFETY);
  drafted.set_last_seq(1);
  EXPECT_EQ(On(v1::WORK_SAFETY, Owed({drafted})).size(), 1u);
  limits_.chains = {v1::GOVERNMENT};
  EXPECT_THAT(On(v1::WORK_SAFETY, Owed({drafted})), IsEmpty());
}

TEST_F(OwedClocksTest, ToldByPhoneItOwesThePaperAndTheNextReport) {
  const auto owed = On(v1::GOVERNMENT, Owed({Told(v1::GOVERNMENT, /*in_writing=*/false)}));
  ASSERT_EQ(owed.size(), 2u);
  EXPECT_EQ(owed[0].awaits, Awaits::kFirstWritten);
  EXPECT_EQ(owed[1].awaits, Awaits::kNextReport);
  EXPECT_EQ(owed[1].due, kNow + absl::Hours(24));
}

TEST_F(OwedClocksTest, TheNextReportIsDueByTheLevelAndAnUnknownOneIsTheShortest) {
  const auto due = [&] { return On(v1::GOVERNMENT, Owed({Told(v1::GOVERNMENT)}))[0].due - kNow; };
  EXPECT_EQ(due(), absl::Hours(24));
  incident_.set_level(v1::LEVEL_I);
  EXPECT_EQ(due(), absl::Hours(1));
  incident_.clear_level();
  EXPECT_EQ(due(), absl::Hours(1));
}

TEST_F(OwedClocksTest, AfterTheFinalNothingIsOwedUntilSomethingChanges) {
  v1::ReportChainState chain = Told(v1::GOVERNMENT);
  chain.set_final_sent(true);
  EXPECT_THAT(On(v1::GOVERNMENT, Owed({chain})), IsEmpty());
  chain.set_changed(true);
  ASSERT_EQ(On(v1::GOVERNMENT, Owed({chain})).size(), 1u);
}

TEST_F(OwedClocksTest, AChainThatNobodyDemandsOwesTheNextReportOnceItHasToldOne) {
  v1::ReportChainState party;
  party.set_chain(v1::PARTY);
  EXPECT_THAT(On(v1::PARTY, Owed({party})), IsEmpty());
  const auto owed = On(v1::PARTY, Owed({Told(v1::PARTY, false)}));
  ASSERT_EQ(owed.size(), 1u);
  EXPECT_EQ(owed[0].awaits, Awaits::kNextReport);
}

TEST_F(OwedClocksTest, TheChainOfABodyBelowOwesNothingHereAndMeetsNothing) {
  v1::ReportChainState street = Told(v1::PARTY);
  street.set_sender("lingbei");
  EXPECT_THAT(On(v1::PARTY, Owed({street})), IsEmpty());
  street.set_chain(v1::GOVERNMENT);
  EXPECT_EQ(On(v1::GOVERNMENT, Owed({street}))[0].awaits, Awaits::kFirstOral);
}

// Confirmed and not final: each demanded chain owes exactly one thing next. In every state.
TEST_F(OwedClocksTest, InEveryStateEachDemandedChainOwesExactlyOneThingNextOrNothing) {
  for (int state = v1::IncidentState_MIN; state <= v1::IncidentState_MAX; ++state) {
    for (const bool told : {false, true}) {
      for (const bool final_sent : {false, true}) {
        incident_.set_state(static_cast<v1::IncidentState>(state));
        std::vector<v1::ReportChainState> chains;
        if (told) chains = {Told(v1::GOVERNMENT), Told(v1::WORK_SAFETY)};
        for (auto& chain : chains) chain.set_final_sent(final_sent);
        const auto owed = Owed(chains);
        for (const auto chain : limits_.chains) {
          const auto on = On(chain, owed);
          const auto next = std::count_if(on.begin(), on.end(), [&](const OwedClock& one) {
            if (told) return one.awaits == Awaits::kNextReport;
            return one.awaits ==
                   (chain == v1::GOVERNMENT ? Awaits::kFirstOral : Awaits::kFirstWritten);
          });
          const bool closed = state == v1::INCIDENT_STATE_UNSPECIFIED || state == v1::REJECTED ||
                              state == v1::TRANSFERRED;
          EXPECT_EQ(next, closed || (told && final_sent) ? 0 : 1) << state << told << final_sent;
        }
      }
    }
  }
}

TEST(AwaitedReport, EachKindWaitsForItsOwnReport) {
  const v1::ReportKind others[] = {v1::FOLLOW_UP, v1::FINAL, v1::CORRECTION};
  for (const bool written : {false, true}) {
    const Reached first{v1::FIRST, written};
    EXPECT_TRUE(IsMetBy(AwaitedBy("report.first-oral"), first));
    EXPECT_EQ(IsMetBy(AwaitedBy("report.first-written"), first), written);
    EXPECT_EQ(IsMetBy(AwaitedBy("report.accident-chain"), first), written);
    EXPECT_FALSE(IsMetBy(AwaitedBy("report.follow-up.I"), first));
    for (const auto kind : others) {
      EXPECT_FALSE(IsMetBy(Awaits::kFirstOral, {kind, written}));
      EXPECT_FALSE(IsMetBy(Awaits::kFirstWritten, {kind, written}));
      EXPECT_EQ(IsMetBy(Awaits::kNextReport, {kind, written}), kind != v1::CORRECTION);
      EXPECT_FALSE(IsMetBy(Awaits::kNextReport, {kind, written, false}))
          << "the paper of what was phoned is no further report";
    }
  }
}

TEST(AwaitedReport, ACorrectionMeetsWhatIsOwedBecauseSomethingChanged) {
  EXPECT_FALSE(IsMetBy(Awaits::kNextReport, {v1::CORRECTION}));
  EXPECT_TRUE(IsMetBy(Awaits::kNextReport, {v1::CORRECTION, true, true, /*changed=*/true}));
}

}  // namespace
}  // namespace huying::incident::rules
