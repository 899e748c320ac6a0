// SPDX-License-Identifier: Apache-2.0
//
// What becomes of a command before it reaches its lane and after it is decided; who is woken by it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/synchronization/notification.h"
#include "services/platform/ledger/evidence.h"
#include "services/platform/ledger/testing/ledger_fixture.h"

namespace huying::ledger {
namespace {

using ::testing::Contains;
using ::testing::Each;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr absl::Duration kLong = absl::Seconds(20);

class AnswersTest : public LedgerFixture {
 protected:
  void SetUp() override { Open(); }
};

TEST_F(AnswersTest, AnAnswerThatTakesLongDoesNotHoldUpTheNextBatch) {
  Gate first;
  Gate answering;
  ledger_->Execute(Hold(first), [&](const absl::StatusOr<Receipt>&) { answering.Enter(); });
  first.WaitUntilEntered();
  // One more is waiting when the first is decided, so the first is answered elsewhere.
  absl::Notification second;
  ledger_->Execute(Put("docs/1", "x"), [&](const absl::StatusOr<Receipt>& receipt) {
    EXPECT_TRUE(receipt.ok());
    second.Notify();
  });
  first.Open();
  EXPECT_TRUE(second.WaitForNotificationWithTimeout(kLong));
  answering.WaitUntilEntered();
  EXPECT_GE(ledger_->InFlight(), 1);  // decided, but not answered yet
  answering.Open();
}

TEST_F(AnswersTest, StoppingGivesEveryAnswer) {
  absl::Mutex mutex;
  int answered = 0;
  for (int i = 0; i < 1000; ++i) {
    ledger_->Execute(Put(absl::StrCat("docs/", i), "x"), [&](const absl::StatusOr<Receipt>&) {
      absl::MutexLock lock(&mutex);
      ++answered;
    });
  }
  ledger_->Stop();
  absl::MutexLock lock(&mutex);
  EXPECT_EQ(answered, 1000);
  EXPECT_EQ(ledger_->InFlight(), 0);
}

TEST_F(AnswersTest, ACommandOnItsWayCountsAsUndecidedFromItsReceipt) {
  ASSERT_TRUE(Run(Write([&](Transaction& tx) {
                tx.SetDeadline(
                    {.key = "a", .handler = "h", .due_at = tx.now() + absl::Minutes(10)});
                return absl::OkStatus();
              })).ok());
  clock_.Advance(absl::Minutes(9));
  {
    const Expected in_time(*ledger_);
    EXPECT_EQ(in_time.received_at(), clock_.Now());
    clock_.Advance(absl::Minutes(2));
    const Expected too_late(*ledger_);
    EXPECT_TRUE(ledger_->Due(clock_.Now(), 10)->empty());
  }
  const Expected after(*ledger_);
  EXPECT_EQ(ledger_->Due(clock_.Now(), 10)->size(), 1u);
}

TEST_F(AnswersTest, FollowersOfChannelsAreNotWokenByOtherEntries) {
  ASSERT_TRUE(Run(Put("docs/1", "x")).ok());
  EXPECT_EQ(ledger_->LastPublished(), 0);
  EXPECT_EQ(ledger_->WaitPublished(0, absl::Milliseconds(1)), 1);  // the head, after the wait
  ASSERT_TRUE(Run(Write([](Transaction& tx) {
                tx.Set(Docs(), "docs/2", Doc("docs/2", "y"));
                tx.Publish("down:1");
                return absl::OkStatus();
              })).ok());
  EXPECT_EQ(ledger_->WaitPublished(1, kLong), 2);
  EXPECT_EQ(ledger_->LastPublished(), 2);
}

TEST_F(AnswersTest, ASnapshotHeldForLongReadsNoMoreAndANewOneDoes) {
  ASSERT_TRUE(Run(Put("docs/1", "x")).ok());
  auto reader = *ledger_->Read();
  machine_clock_.Advance(absl::Seconds(29));
  EXPECT_TRUE(reader->Get(Docs(), "docs/1").ok());
  machine_clock_.Advance(absl::Seconds(2));
  EXPECT_TRUE(absl::IsUnavailable(reader->Get(Docs(), "docs/1").status()));
  reader.reset();
  EXPECT_TRUE((*ledger_->Read())->Get(Docs(), "docs/1").ok());
}

TEST_F(AnswersTest, ColumnsAreWrittenOnlyWhenOneOfThemChanges) {
  ASSERT_TRUE(Run(Put("docs/1", "x")).ok());
  engine_.Reset();
  ASSERT_TRUE(Run(Put("docs/1", "another text, the same columns")).ok());
  EXPECT_THAT(engine_.WriterTexts(), Each(Each(Not(HasSubstr("INSERT INTO r_doc")))));
  EXPECT_THAT(engine_.WriterTexts(), Contains(Contains(HasSubstr("UPDATE r_doc SET"))));
  Command closes = Write([](Transaction& tx) {
    MakeUp doc = Doc("docs/1", "closed");
    doc.set_state(MakeUp::MADE_UP);
    tx.Set(Docs(), "docs/1", doc);
    return absl::OkStatus();
  });
  // Twice in one batch: the columns as stored count, not those in between.
  std::vector<Command> both;
  both.push_back(std::move(closes));
  both.push_back(Put("docs/1", "open again"));
  for (const auto& answer : RunAsOneBatch(std::move(both))) EXPECT_TRUE(answer.ok());
  auto reader = *ledger_->Read();
  EXPECT_EQ(reader->All(Docs(), {.where = {{"state", "=", Int(MakeUp::OPEN)}}})->size(), 1u);
  EXPECT_TRUE(VerifyLedger(*reader, {.kinds = {Docs().schema()}})->empty());
}

}  // namespace
}  // namespace huying::ledger
