// SPDX-License-Identifier: Apache-2.0
#include "services/platform/ledger/timekeeper.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "services/platform/ledger/evidence.h"
#include "services/platform/ledger/testing/ledger_fixture.h"

namespace huying::ledger {
namespace {

using ::testing::ElementsAre;

class TimekeeperTest : public LedgerFixture {
 protected:
  void SetUp() override { Open(); }
  ~TimekeeperTest() override { timekeeper_.reset(); }

  void SetLimit(const std::string& key, absl::Duration in,
                absl::Duration grace = absl::ZeroDuration(), const std::string& handler = "limit") {
    const Deadline deadline{.key = key,
                            .handler = handler,
                            .due_at = clock_.Now() + in,
                            .grace = grace,
                            .subject = "docs/" + key};
    ASSERT_TRUE(Run(Write([deadline](Transaction& tx) {
                  tx.Set(Docs(), deadline.subject, Doc(deadline.subject, "waits"));
                  tx.SetDeadline(deadline);
                  return absl::OkStatus();
                })).ok());
  }
  std::vector<std::string> DueKeys() {
    std::vector<std::string> keys;
    const auto rows = *ledger_->Due(clock_.Now(), 100);
    for (const auto& due : rows) keys.push_back(due.deadline.key);
    return keys;
  }
  // Writes "late" into the subject, "late in outage" where it applies.
  static absl::StatusOr<Command> MarkLate(const context::CallContext&,
                                          const Ledger::DueDeadline& due) {
    Command command;
    const std::string name = due.deadline.subject;
    command.reads = {Docs().Ref(name)};
    command.decide = [name](Transaction& tx) {
      tx.Set(Docs(), name, Doc(name, tx.in_outage() ? "late in outage" : "late"));
      return absl::OkStatus();
    };
    return command;
  }
  void Keep(DueHandler handler) {
    timekeeper_ = std::make_unique<Timekeeper>(
        *ledger_, clock_, std::map<std::string, DueHandler>{{"limit", std::move(handler)}},
        TimekeeperOptions{.poll = absl::Milliseconds(2)});
    timekeeper_->Start();
  }
  // Bounded: fails when nothing happens for 20 s.
  bool UntilHead(int64_t seq) { return ledger_->WaitPast(seq - 1, absl::Seconds(20)) >= seq; }
  bool UntilIdle() {
    const absl::Time end = system_.Now() + absl::Seconds(20);
    while (!timekeeper_->Idle(clock_.Now())) {
      if (system_.Now() > end) return false;
      ledger_->WaitPast(INT64_MAX, absl::Milliseconds(1));
    }
    return true;
  }
  std::string TextOf(const std::string& name) {
    return (*(*ledger_->Read())->Get(Docs(), name)).value.text();
  }
  platform::v1::Entry LastEntry() {
    auto reader = *ledger_->Read();
    return (*reader->Entries(*reader->HeadSeq() - 1, 1)).at(0).entry;
  }
  void ExpectWhole() {
    const std::vector<Finding> findings = *VerifyLedger(**ledger_->Read());
    for (const Finding& finding : findings) ADD_FAILURE() << finding.what;
  }

  const base::SystemClock system_{};
  std::unique_ptr<Timekeeper> timekeeper_;
};

TEST_F(TimekeeperTest, ARowIsDueWhenItsGraceIsOver) {
  SetLimit("b", absl::Minutes(10), absl::Minutes(1));
  SetLimit("a", absl::Minutes(11));
  EXPECT_EQ(*ledger_->NextDue(), clock_.Now() + absl::Minutes(11));
  clock_.Advance(absl::Minutes(11) - absl::Microseconds(1));
  EXPECT_THAT(DueKeys(), ElementsAre());
  clock_.Advance(absl::Microseconds(1));
  EXPECT_THAT(DueKeys(), ElementsAre("a", "b"));
}

TEST_F(TimekeeperTest, SettingARowAgainMovesItAndClearingRemovesIt) {
  SetLimit("a", absl::Minutes(1));
  SetLimit("a", absl::Minutes(5));
  clock_.Advance(absl::Minutes(2));
  EXPECT_THAT(DueKeys(), ElementsAre());
  EXPECT_EQ((*ledger_->Read())->FindDeadline("a")->value().subject, "docs/a");
  ASSERT_TRUE(Run(Write([](Transaction& tx) {
                tx.ClearDeadline("a");
                return absl::OkStatus();
              })).ok());
  EXPECT_EQ(*ledger_->NextDue(), absl::InfiniteFuture());
  ExpectWhole();
}

TEST_F(TimekeeperTest, AnAnswerReceivedBeforeItsLimitAndDecidedAfterIsInTime) {
  SetLimit("a", absl::Minutes(10));
  Gate gate;
  ledger_->Execute(Hold(gate), [](const absl::StatusOr<Receipt>&) {});
  gate.WaitUntilEntered();
  clock_.Advance(absl::Minutes(10) - absl::Seconds(1));
  bool in_time = false;
  Command answer = Write([&in_time, due = clock_.Now() + absl::Seconds(1)](Transaction& tx) {
    in_time = tx.received_at() <= due;
    EXPECT_GT(tx.now(), due);  // decided after its limit
    tx.Set(Docs(), "docs/a", Doc("docs/a", "answered"));
    tx.ClearDeadline("a");
    return absl::OkStatus();
  });
  answer.lane = Lane::kAnswer;
  ledger_->Execute(std::move(answer), [](const absl::StatusOr<Receipt>&) {});
  clock_.Advance(absl::Minutes(1));
  EXPECT_THAT(DueKeys(), ElementsAre());  // due, but somebody was earlier
  Keep(MarkLate);
  gate.Open();
  ASSERT_TRUE(UntilHead(2));
  ASSERT_TRUE(UntilIdle());
  EXPECT_TRUE(in_time);
  EXPECT_EQ(TextOf("docs/a"), "answered");
  EXPECT_EQ(ledger_->Head().seq, 2);
}

TEST_F(TimekeeperTest, AnAnswerReceivedAfterItsLimitDoesNotHoldTheRowBack) {
  SetLimit("a", absl::Minutes(10));
  Gate gate;
  Command hold = Hold(gate);
  hold.context.received_at = clock_.Now() + absl::Minutes(11);
  ledger_->Execute(std::move(hold), [](const absl::StatusOr<Receipt>&) {});
  gate.WaitUntilEntered();
  clock_.Advance(absl::Minutes(12));
  EXPECT_THAT(DueKeys(), ElementsAre("a"));
  gate.Open();
}

TEST_F(TimekeeperTest, ADueRowBecomesACommandOnceAndGoesWithIt) {
  SetLimit("a", absl::Minutes(1));
  Keep(MarkLate);
  ASSERT_TRUE(UntilIdle());
  EXPECT_EQ(ledger_->Head().seq, 1);
  clock_.Advance(absl::Minutes(2));
  timekeeper_->Poke();
  ASSERT_TRUE(UntilHead(2));
  ASSERT_TRUE(UntilIdle());
  EXPECT_EQ(TextOf("docs/a"), "late");
  EXPECT_EQ(ledger_->Head().seq, 2);
  const platform::v1::Entry entry = LastEntry();
  EXPECT_EQ(entry.actor().system(), "alert.timekeeper");
  EXPECT_EQ(entry.principal(), "system:alert");
  EXPECT_EQ(entry.act(), "alert.limit");
  EXPECT_EQ(entry.request_id(),
            absl::StrCat("deadline/a/", absl::ToUnixMicros(clock_.Now() - absl::Minutes(1))));
  ASSERT_EQ(entry.deadlines_size(), 1);
  EXPECT_TRUE(entry.deadlines(0).cleared());
  ExpectWhole();
}

TEST_F(TimekeeperTest, AHandlerMaySetTheNextTime) {
  SetLimit("a", absl::Minutes(1));
  int fired = 0;
  Keep([&fired](const context::CallContext&,
                const Ledger::DueDeadline& due) -> absl::StatusOr<Command> {
    ++fired;
    Command command;
    command.decide = [deadline = due.deadline](Transaction& tx) mutable {
      deadline.due_at = tx.now() + absl::Minutes(1);
      tx.SetDeadline(deadline);
      return absl::OkStatus();
    };
    return command;
  });
  for (int i = 0; i < 3; ++i) {
    clock_.Advance(absl::Minutes(2));
    timekeeper_->Poke();
    ASSERT_TRUE(UntilHead(2 + i));
    ASSERT_TRUE(UntilIdle());
  }
  EXPECT_EQ(fired, 3);
  EXPECT_EQ(*ledger_->NextDue(), clock_.Now() + absl::Minutes(1));
}

TEST_F(TimekeeperTest, ARowClearedWhileItsHandlerGathersDoesNothing) {
  SetLimit("a", absl::Minutes(1));
  Gate gate;
  Keep([&gate](const context::CallContext& context, const Ledger::DueDeadline& due) {
    gate.Enter();
    return MarkLate(context, due);
  });
  clock_.Advance(absl::Minutes(2));
  timekeeper_->Poke();
  gate.WaitUntilEntered();
  EXPECT_FALSE(timekeeper_->Idle(clock_.Now()));
  ASSERT_TRUE(Run(Write([](Transaction& tx) {
                tx.Set(Docs(), "docs/a", Doc("docs/a", "closed"));
                tx.ClearDeadline("a");
                return absl::OkStatus();
              })).ok());
  gate.Open();
  ASSERT_TRUE(UntilIdle());
  EXPECT_EQ(TextOf("docs/a"), "closed");
  EXPECT_EQ(ledger_->Head().seq, 2);
}

TEST_F(TimekeeperTest, WhatIsRefusedIsRecordedAndNeverALoop) {
  SetLimit("by-handler", absl::Minutes(1));
  SetLimit("by-decision", absl::Minutes(1));
  SetLimit("no-handler", absl::Minutes(1), absl::ZeroDuration(), "unknown");
  int asked = 0;
  Keep([&asked](const context::CallContext&,
                const Ledger::DueDeadline& due) -> absl::StatusOr<Command> {
    ++asked;
    if (due.deadline.key == "by-handler") return base::NotFound("docs/gone");
    Command command;
    command.decide = [](Transaction&) -> absl::Status {
      return base::Refused(base::Reason::ILLEGAL_TRANSITION, "已经结束", "it has ended");
    };
    return command;
  });
  clock_.Advance(absl::Minutes(2));
  timekeeper_->Poke();
  ASSERT_TRUE(UntilHead(6));
  ASSERT_TRUE(UntilIdle());
  EXPECT_EQ(ledger_->Head().seq, 6);
  EXPECT_EQ(asked, 2);
  const auto entries = *(*ledger_->Read())->Entries(3, 10);
  for (const StoredEntry& stored : entries) {
    EXPECT_EQ(stored.entry.act(), "ledger.DropDeadline");
    ASSERT_EQ(stored.entry.flags_size(), 1);
    EXPECT_EQ(stored.entry.flags(0).rule_id(), "ledger.deadline-dropped");
    EXPECT_NE(stored.entry.case_id(), "");
  }
  ExpectWhole();
}

TEST_F(TimekeeperTest, WhatFailsForTheMomentIsTriedAgainWithBackOff) {
  SetLimit("a", absl::Minutes(1));
  SetLimit("b", absl::Minutes(1));
  absl::Mutex mutex;
  int failures = 0;
  Keep([&](const context::CallContext& context,
           const Ledger::DueDeadline& due) -> absl::StatusOr<Command> {
    absl::MutexLock lock(&mutex);
    if (due.deadline.key == "a" && ++failures <= 4) {
      return base::Unavailable(base::Reason::LOWER_SERVICE_UNAVAILABLE, "下级服务无应答", "down");
    }
    return MarkLate(context, due);
  });
  clock_.Advance(absl::Minutes(2));
  timekeeper_->Poke();
  ASSERT_TRUE(UntilHead(4));
  ASSERT_TRUE(UntilIdle());
  EXPECT_EQ(TextOf("docs/a"), "late");
  EXPECT_EQ(TextOf("docs/b"), "late");
  absl::MutexLock lock(&mutex);
  EXPECT_EQ(failures, 5);
}

TEST_F(TimekeeperTest, AStorageFaultLeavesTheRowForTheNextRound) {
  SetLimit("a", absl::Minutes(1));
  engine_.FailWriterRun(2);
  Keep(MarkLate);
  clock_.Advance(absl::Minutes(2));
  timekeeper_->Poke();
  ASSERT_TRUE(UntilHead(2));
  ASSERT_TRUE(UntilIdle());
  EXPECT_EQ(TextOf("docs/a"), "late");
}

TEST_F(TimekeeperTest, ManyRowsDueAtOnceAllFireInOrder) {
  std::vector<Command> commands;
  for (int i = 0; i < 200; ++i) {
    const Deadline deadline{.key = absl::StrCat("k", 1000 + i),
                            .handler = "limit",
                            .due_at = clock_.Now() + absl::Seconds(1),
                            .subject = absl::StrCat("docs/", i)};
    commands.push_back(Write([deadline](Transaction& tx) {
      tx.SetDeadline(deadline);
      return absl::OkStatus();
    }));
  }
  RunAsOneBatch(std::move(commands));
  Keep(MarkLate);
  clock_.Advance(absl::Minutes(1));
  timekeeper_->Poke();
  ASSERT_TRUE(UntilHead(400));
  ASSERT_TRUE(UntilIdle());
  const auto entries = *(*ledger_->Read())->Entries(200, 500);
  ASSERT_EQ(entries.size(), 200u);
  for (int i = 0; i < 200; ++i) {
    EXPECT_EQ(entries[i].entry.changes(0).key(), absl::StrCat("docs/", i));
  }
}

class OutageTest : public TimekeeperTest {
 protected:
  void BeDownFor(absl::Duration length) {
    timekeeper_.reset();
    ledger_.reset();
    clock_.Advance(length);
    machine_clock_.Advance(length);
    Open();
  }
};

TEST_F(OutageTest, WhatFellDueInAnOutageIsMarkedAndWaitsForAnswersFirst) {
  SetLimit("before", absl::Minutes(5));
  SetLimit("grace-over", absl::Minutes(-1), absl::Minutes(3));
  SetLimit("after", absl::Minutes(30));
  BeDownFor(absl::Minutes(20));
  const platform::v1::Entry outage = LastEntry();
  EXPECT_EQ(outage.act(), "ledger.outage");
  EXPECT_EQ(base::FromProto(outage.decided_at()) - base::FromProto(outage.received_at()),
            absl::Minutes(20));
  EXPECT_EQ(outage.actor().system(), "alert.ledger");
  // No storm: nothing fires at once.
  EXPECT_THAT(DueKeys(), ElementsAre());
  clock_.Advance(absl::Seconds(59));
  EXPECT_THAT(DueKeys(), ElementsAre());
  clock_.Advance(absl::Seconds(1));
  const auto due = *ledger_->Due(clock_.Now(), 10);
  ASSERT_EQ(due.size(), 2u);
  EXPECT_TRUE(due[0].in_outage);
  EXPECT_TRUE(due[1].in_outage);
  Keep(MarkLate);
  ASSERT_TRUE(UntilHead(6));
  ASSERT_TRUE(UntilIdle());
  EXPECT_EQ(TextOf("docs/before"), "late in outage");
  EXPECT_TRUE(LastEntry().in_outage());
  // What falls due later is not marked.
  clock_.Advance(absl::Minutes(15));
  timekeeper_->Poke();
  ASSERT_TRUE(UntilHead(7));
  EXPECT_EQ(TextOf("docs/after"), "late");
  ExpectWhole();
}

TEST_F(OutageTest, ASecondStartWithinTheGraceKeepsMarksAndGrace) {
  SetLimit("a", absl::Minutes(5));
  BeDownFor(absl::Minutes(20));
  BeDownFor(absl::Seconds(10));
  EXPECT_EQ(ledger_->Head().seq, 2);  // one outage, not two
  clock_.Advance(absl::Seconds(49));
  EXPECT_THAT(DueKeys(), ElementsAre());
  clock_.Advance(absl::Seconds(1));
  EXPECT_TRUE(ledger_->Due(clock_.Now(), 1)->at(0).in_outage);
}

TEST_F(OutageTest, AShortRestartIsNoOutage) {
  SetLimit("a", absl::Seconds(5));
  BeDownFor(absl::Seconds(25));
  EXPECT_EQ(ledger_->Head().seq, 1);
  EXPECT_FALSE(ledger_->Due(clock_.Now(), 1)->at(0).in_outage);
}

TEST_F(OutageTest, ASteppedRealmHasNoOutages) {
  SetLimit("a", absl::Minutes(5));
  ledger_.reset();
  machine_clock_.Advance(absl::Hours(5));
  LedgerOptions options = Options();
  options.record_outages = false;
  ledger_ = *Ledger::Open(engine_, options, {Docs().schema()});
  EXPECT_EQ(ledger_->Head().seq, 1);
}

TEST_F(OutageTest, WithoutAHeartbeatFileTheLastDecisionCounts) {
  SetLimit("a", absl::Minutes(5));
  ledger_.reset();
  std::filesystem::remove(folder_ + "/alert.db.heartbeat");
  clock_.Advance(absl::Hours(1));
  Open();
  EXPECT_EQ(LastEntry().act(), "ledger.outage");
}

TEST_F(OutageTest, AnOutageThatCannotBeRecordedKeepsTheLedgerShut) {
  SetLimit("a", absl::Minutes(5));
  ledger_.reset();
  clock_.Advance(absl::Hours(1));
  machine_clock_.Advance(absl::Hours(1));
  engine_.FailAllWriterRuns(true);
  EXPECT_TRUE(absl::IsUnavailable(TryOpen()));
  engine_.FailAllWriterRuns(false);
  Open();
  EXPECT_EQ(LastEntry().act(), "ledger.outage");
}

}  // namespace
}  // namespace huying::ledger
