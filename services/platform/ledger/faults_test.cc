// SPDX-License-Identifier: Apache-2.0
//
// What happens when storage does not do as it is told.
#include <gtest/gtest.h>

#include <filesystem>

#include "services/platform/ledger/evidence.h"
#include "services/platform/ledger/testing/ledger_fixture.h"
#include "services/platform/sql/sqlite/testing/power_cut.h"

namespace huying::ledger {
namespace {

class FaultsTest : public LedgerFixture {
 protected:
  // Accepted, invalid and refused ones, and a kept refusal.
  std::vector<Command> Mixed(int count, const std::string& prefix) {
    std::vector<Command> commands;
    for (int i = 0; i < count; ++i) {
      const std::string id = absl::StrCat(prefix, i);
      if (i % 4 == 3) {
        commands.push_back(Refusing(/*keep=*/i % 8 == 3));
      } else {
        commands.push_back(Put("docs/" + id, "text", id));
      }
    }
    return commands;
  }
  void ExpectAllUnavailable(const std::vector<absl::StatusOr<Receipt>>& answers) {
    for (const auto& answer : answers) {
      EXPECT_TRUE(absl::IsUnavailable(answer.status())) << answer.status();
      EXPECT_NE(base::ProblemOf(answer.status()).next_step(), "");
    }
  }
  void ExpectWhole() {
    auto reader = *ledger_->Read();
    const std::vector<KindSchema> kinds = {Docs().schema()};
    auto findings = *VerifyLedger(*reader, {.kinds = kinds});
    for (const Finding& finding : findings) ADD_FAILURE() << finding.seq << ": " << finding.what;
  }
};

// Which round trip of the batch fails.
class BatchFaultTest : public FaultsTest, public ::testing::WithParamInterface<int> {};

TEST_P(BatchFaultTest, AStorageFaultAnswersUnavailableToAllStoresNothingAndAllCanBeRetried) {
  Open();
  ASSERT_TRUE(Run(Put("docs/before", "text", "before")).ok());
  const auto before = Dump();
  engine_.FailWriterRun(2 + GetParam());  // after the held one's own prefetch and commit
  auto answers = RunAsOneBatch(Mixed(128, "r"));
  ExpectAllUnavailable(answers);
  EXPECT_EQ(Dump(), before);
  auto again = RunAsOneBatch(Mixed(128, "r"));
  for (int i = 0; i < 128; ++i) {
    EXPECT_EQ(again[i].ok(), i % 4 != 3) << again[i].status();
  }
  ExpectWhole();
}

INSTANTIATE_TEST_SUITE_P(RoundTrips, BatchFaultTest, ::testing::Values(1, 2),
                         [](const auto& p) { return p.param == 1 ? "Prefetch" : "Commit"; });

TEST_F(FaultsTest, AFaultWhileAKeyIsLoadedOnTheSpotAbortsTheWholeBatch) {
  Open();
  ASSERT_TRUE(Run(Put("docs/1", "text")).ok());
  const auto before = Dump();
  std::vector<Command> commands = Mixed(20, "r");
  commands.push_back(Write([](Transaction& tx) -> absl::Status {
    // Not named in `reads`. The decision swallows the error: the batch must not.
    if (!tx.Find(Docs(), "docs/unnamed").ok()) return absl::OkStatus();
    return absl::OkStatus();
  }));
  engine_.FailWriterRun(4);  // begin, commit of the held one; prefetch; the load
  ExpectAllUnavailable(RunAsOneBatch(std::move(commands)));
  EXPECT_EQ(Dump(), before);
  EXPECT_TRUE(Run(Put("docs/1", "again")).ok());
}

TEST_F(FaultsTest, ACommitWhoseAnswerWasLostIsFoundAndAnswered) {
  Open();
  engine_.LoseWriterAnswer(4);  // begin, commit of the held one; prefetch; commit
  std::vector<Command> commands;
  for (int i = 0; i < 20; ++i) commands.push_back(Put(absl::StrCat("docs/", i), "x"));
  auto answers = RunAsOneBatch(std::move(commands));
  for (const auto& answer : answers) EXPECT_TRUE(answer.ok()) << answer.status();
  EXPECT_EQ(ledger_->Head().seq, 20);
  EXPECT_TRUE(Run(Put("docs/next", "x")).ok());
  ExpectWhole();
}

TEST_F(FaultsTest, AfterALongOutageOfStorageServiceComesBackByItself) {
  Open();
  engine_.FailAllWriterRuns(true);
  for (int i = 0; i < 5; ++i) {
    EXPECT_TRUE(absl::IsUnavailable(Run(Put("docs/1", "x", "same")).status()));
  }
  EXPECT_TRUE(absl::IsUnavailable(ledger_->SaveCursor("relay", {1, 1, "x"})));
  engine_.FailAllWriterRuns(false);
  EXPECT_TRUE(Run(Put("docs/1", "x", "same")).ok());
  EXPECT_EQ(ledger_->Head().seq, 1);
}

TEST_F(FaultsTest, ReadsGoOnWhileNothingCanBeWritten) {
  Open();
  ASSERT_TRUE(Run(Put("docs/1", "x")).ok());
  engine_.FailAllWriterRuns(true);
  EXPECT_FALSE(Run(Put("docs/1", "y")).ok());
  EXPECT_EQ((*(*ledger_->Read())->Get(Docs(), "docs/1")).value.text(), "x");
  engine_.FailAllWriterRuns(false);
}

TEST_F(FaultsTest, ASecondWriterIsNoticedAndNothingIsWrittenOverIt) {
  Open();
  ASSERT_TRUE(Run(Put("docs/1", "x")).ok());
  auto second = Ledger::Open(engine_, Options(), {Docs().schema()});
  ASSERT_TRUE(second.ok());
  ASSERT_TRUE((*second)->ExecuteAndWait(Put("docs/2", "theirs"), absl::Seconds(20)).ok());
  EXPECT_TRUE(absl::IsUnavailable(Run(Put("docs/1", "y")).status()));
  (*second)->Stop();
  ExpectWhole();
}

TEST_F(FaultsTest, AFullDiskStoresNothingAndServiceReturnsWithSpace) {
  auto small = sql::MakeSqliteEngine({.max_pages = 120});
  ledger_ = *Ledger::Open(*small, Options(), {Docs().schema()});
  absl::Status full;
  int stored = 0;
  while (full.ok() && stored < 1000) {
    const std::string id = absl::StrCat("r", stored);
    full = Run(Put("docs/" + id, std::string(3000, 'x'), id)).status();
    if (full.ok()) ++stored;
  }
  ASSERT_TRUE(absl::IsUnavailable(full)) << full;
  const auto before = Dump();
  std::vector<Command> commands;
  for (int i = 0; i < 100; ++i) {
    const std::string id = absl::StrCat("later", i);
    commands.push_back(Put("docs/" + id, std::string(3000, 'x'), id));
  }
  commands.push_back(Refusing());
  ExpectAllUnavailable(RunAsOneBatch(std::move(commands)));
  EXPECT_EQ(Dump(), before);
  ExpectWhole();
  // Somebody makes room: the process need not be started again for a smaller command.
  Open();
  EXPECT_EQ(ledger_->Head().seq, stored);
  EXPECT_TRUE(Run(Put("docs/room", std::string(3000, 'x'), "later0")).ok());
}

class PowerCutTest : public FaultsTest {
 protected:
  // Runs commands until `acknowledged` reached the count, cuts the power in the middle of the next
  // ones, and answers how many acknowledged ones the disk has afterwards.
  struct After {
    int64_t acknowledged = 0;
    int64_t found = 0;
    bool opens = false;
  };
  After Cut(const std::string& synchronous) {
    sql::PowerCut::Install();
    auto engine = sql::MakeSqliteEngine({.synchronous = synchronous, .vfs = sql::PowerCut::kVfs});
    ledger_ = *Ledger::Open(*engine, Options(), {Docs().schema()});
    struct Count {
      absl::Mutex mutex;
      int64_t done ABSL_GUARDED_BY(mutex) = 0;
    } count;
    constexpr int kCommands = 2000;
    for (int i = 0; i < kCommands; ++i) {
      ledger_->Execute(Put(absl::StrCat("docs/", i % 97), "text", absl::StrCat("r", i)),
                       [&count](const absl::StatusOr<Receipt>& answer) {
                         absl::MutexLock lock(&count.mutex);
                         if (answer.ok()) ++count.done;
                       });
    }
    After after;
    {
      absl::MutexLock lock(&count.mutex);
      const auto enough = [&count]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(count.mutex) {
        return count.done >= 700;
      };
      count.mutex.Await(absl::Condition(&enough));
      after.acknowledged = count.done;
    }
    const std::string later = folder_ + "/later";
    sql::PowerCut::RestoreInto(folder_, later);
    ledger_->Stop();
    ledger_.reset();
    LedgerOptions options = Options();
    options.path = later + "/alert.db";
    auto opened = Ledger::Open(engine_, options, {Docs().schema()});
    after.opens = opened.ok();
    if (opened.ok()) {
      ledger_ = *std::move(opened);
      after.found = ledger_->Head().seq;
      ExpectWhole();
      for (int i = 0; i < after.acknowledged && after.found >= after.acknowledged; ++i) {
        auto receipt = ledger_->FindReceipt("accounts/test", absl::StrCat("r", i), "payload");
        EXPECT_TRUE(receipt.ok() && receipt->has_value()) << "r" << i;
      }
    }
    return after;
  }
};

TEST_F(PowerCutTest, WhatWasAcknowledgedSurvivesAPowerCut) {
  const After after = Cut("FULL");
  ASSERT_TRUE(after.opens);
  EXPECT_GE(after.found, after.acknowledged);
}

// The same test must fail where commits are not synced, or it proves nothing.
TEST_F(PowerCutTest, WithoutSyncsTheSameTestLosesAcknowledgedCommands) {
  const After after = Cut("OFF");
  EXPECT_TRUE(!after.opens || after.found < after.acknowledged)
      << after.found << " of " << after.acknowledged;
}

TEST_F(PowerCutTest, ABatchCostsOneSyncHoweverManyCommandsItHolds) {
  sql::PowerCut::Install();
  auto engine = sql::MakeSqliteEngine({.vfs = sql::PowerCut::kVfs});
  ledger_ = *Ledger::Open(*engine, Options(), {Docs().schema()});
  std::vector<Command> commands;
  for (int i = 0; i < 128; ++i) commands.push_back(Put(absl::StrCat("docs/", i), "x"));
  const int64_t before = sql::PowerCut::Syncs();
  for (const auto& answer : RunAsOneBatch(std::move(commands))) EXPECT_TRUE(answer.ok());
  // The batch's own, and at most the first write's into a fresh log.
  EXPECT_GE(sql::PowerCut::Syncs() - before, 1);
  EXPECT_LE(sql::PowerCut::Syncs() - before, 2);
  ledger_.reset();
}

}  // namespace
}  // namespace huying::ledger
