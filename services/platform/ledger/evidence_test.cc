// SPDX-License-Identifier: Apache-2.0
#include "services/platform/ledger/evidence.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>

#include "services/platform/ledger/testing/ledger_fixture.h"

namespace huying::ledger {
namespace {

using Kind = Finding::Kind;
using ::testing::IsEmpty;

class EvidenceTest : public LedgerFixture {
 protected:
  std::vector<Finding> Verify(std::optional<Ledger::Position> known_head = std::nullopt) {
    auto reader = ledger_->Read();
    const std::vector<KindSchema> kinds = {Docs().schema()};
    return *VerifyLedger(**reader, {.kinds = kinds, .known_head = std::move(known_head)});
  }
  bool Has(const std::vector<Finding>& findings, Kind kind, int64_t seq) {
    for (const Finding& finding : findings) {
      if (finding.kind == kind && finding.seq == seq) return true;
    }
    return false;
  }
  // Past the ledger, as somebody with the file would.
  sql::Result Sql(const std::string& text, std::vector<sql::Value> parameters = {}) {
    auto database = *engine_.Open(Options().path);
    auto connection = *database->OpenWriter();
    auto result = connection->RunOne({text, std::move(parameters)});
    EXPECT_TRUE(result.ok()) << text;
    return result.ok() ? *std::move(result) : sql::Result();
  }

  // A random command on a few names, so that they meet often.
  Command Random(std::mt19937& random) {
    const auto pick = [&random](int n) { return static_cast<int>(random() % n); };
    const std::string name = absl::StrCat("docs/", pick(12));
    const int what = pick(10);
    const int refuse = pick(8);
    const bool named = pick(3) != 0;
    const int channels = pick(3);
    const std::string series = absl::StrCat("series/", pick(3));
    const std::string limit = absl::StrCat("limit/", pick(6));
    const std::string case_id = pick(4) == 0 ? absl::StrCat("cases/", pick(3)) : "";
    const int minutes = pick(100);
    const std::string text = absl::StrCat("text ", random());
    Command command = Write([=](Transaction& tx) -> absl::Status {
      if (what < 6) tx.Set(Docs(), name, Doc(name, text));
      if (what == 6) tx.Delete(Docs(), name);
      if (what == 7) RETURN_IF_ERROR(tx.NextNumber(series).status());
      if (what == 8) {
        tx.Set(Docs(), name, Doc(name, "first"));
        tx.Delete(Docs(), name);
        tx.Set(Docs(), name + "/more", Doc(name, text));
        tx.Subject(Docs(), name + "/more");
      }
      if (what % 2 == 0) {
        tx.SetDeadline({.key = limit,
                        .handler = "h",
                        .due_at = tx.now() + absl::Minutes(minutes),
                        .subject = name});
      }
      if (what == 3) tx.ClearDeadline(limit);
      for (int i = 0; i < channels; ++i) tx.Publish(absl::StrCat("down:", i));
      tx.SetCase(case_id);
      if (refuse == 1) tx.KeepRefusal();
      if (refuse <= 1) return base::Refused(base::Reason::CONDITION_NOT_MET, "不", "no");
      return absl::OkStatus();
    });
    if (named) command.reads = {Docs().Ref(name), DeadlineRef(limit)};
    return command;
  }
  // Many batches, with restarts, storage faults and outages among them.
  void LiveThrough(uint32_t seed, int rounds) {
    std::mt19937 random(seed);
    Open();
    for (int round = 0; round < rounds; ++round) {
      std::vector<Command> commands;
      const int count = 1 + static_cast<int>(random() % 60);
      for (int i = 0; i < count; ++i) commands.push_back(Random(random));
      const int event = static_cast<int>(random() % 8);
      if (event == 0) engine_.FailWriterRun(3 + static_cast<int>(random() % 4));
      RunAsOneBatch(std::move(commands));
      engine_.FailWriterRun(0);
      clock_.Advance(absl::Seconds(30));
      machine_clock_.Advance(absl::Seconds(30));
      if (event == 1) {
        ledger_.reset();
        clock_.Advance(absl::Minutes(40));
        machine_clock_.Advance(absl::Minutes(40));
        Open();
      }
    }
  }
  void FillSmall() {
    Open();
    ASSERT_TRUE(Run(Put("docs/1", "one")).ok());
    ASSERT_TRUE(Run(Write([](Transaction& tx) {
                  tx.Set(Docs(), "docs/2", Doc("docs/2", "two"));
                  tx.SetDeadline({.key = "limit",
                                  .handler = "h",
                                  .due_at = tx.now() + absl::Hours(1),
                                  .subject = "docs/2"});
                  tx.Publish("down:a");
                  return absl::OkStatus();
                })).ok());
    ASSERT_TRUE(Run(Put("docs/1", "one again", "request-1")).ok());
    ASSERT_THAT(Verify(), IsEmpty());
  }
};

class EvidencePropertyTest : public EvidenceTest, public ::testing::WithParamInterface<int> {};

// DOMAIN invariant 17: records equal the last after-images of their journal.
TEST_P(EvidencePropertyTest, AfterAnyHistoryRecordsEqualTheJournalAndTheChainHolds) {
  LiveThrough(static_cast<uint32_t>(GetParam()), 12);
  EXPECT_GT(ledger_->Head().seq, 20);
  for (const Finding& finding : Verify()) ADD_FAILURE() << finding.seq << ": " << finding.what;
}
INSTANTIATE_TEST_SUITE_P(Seeds, EvidencePropertyTest, ::testing::Range(1, 7));

TEST_F(EvidenceTest, AnyFlippedByteOfAnEntryIsFoundAndNamed) {
  LiveThrough(99, 4);
  std::mt19937 random(7);
  const int64_t head = ledger_->Head().seq;
  for (int i = 0; i < 60; ++i) {
    const int64_t seq = 1 + static_cast<int64_t>(random()) % head;
    const char* column = i % 3 == 0 ? "hash" : "bytes";
    const std::string select = absl::StrCat("SELECT ", column, " FROM entry WHERE seq = $1");
    const std::string update = absl::StrCat("UPDATE entry SET ", column, " = $1 WHERE seq = $2");
    const std::string good = std::get<sql::Blob>(Sql(select, {seq}).rows.at(0).at(0)).bytes;
    std::string bad = good;
    bad[random() % bad.size()] ^= static_cast<char>(1 << (random() % 8));
    Sql(update, {sql::Blob{bad}, seq});
    EXPECT_TRUE(Has(Verify(), Kind::kBytes, seq)) << column << " of " << seq;
    Sql(update, {sql::Blob{good}, seq});
  }
  EXPECT_THAT(Verify(), IsEmpty());
}

TEST_F(EvidenceTest, AFlippedByteWithAFittingNewHashBreaksTheLink) {
  FillSmall();
  auto row = Sql("SELECT bytes FROM entry WHERE seq = 2").rows.at(0);
  platform::v1::Entry entry;
  entry.ParseFromString(std::get<sql::Blob>(row[0]).bytes);
  entry.mutable_actor()->set_account("accounts/somebody-else");
  const std::string bytes = entry.SerializeAsString();
  Sql("UPDATE entry SET bytes = $1, hash = $2 WHERE seq = 2",
      {sql::Blob{bytes}, sql::Blob{EntryHash(bytes)}});
  EXPECT_TRUE(Has(Verify(), Kind::kLink, 3));
}

TEST_F(EvidenceTest, ACutOffEndIsFoundByAKnownHead) {
  FillSmall();
  const Ledger::Position head = ledger_->Head();
  ASSERT_THAT(Verify(head), IsEmpty());
  Sql("DELETE FROM entry WHERE seq = 3");
  EXPECT_TRUE(Has(Verify(head), Kind::kHeadMoved, 2));
  EXPECT_TRUE(Has(Verify(), Kind::kRecord, 1));  // the record is newer than any entry left
}

TEST_F(EvidenceTest, AnEntryLeftOutIsFound) {
  FillSmall();
  Sql("DELETE FROM entry WHERE seq = 2");
  const auto findings = Verify();
  EXPECT_TRUE(Has(findings, Kind::kSequence, 3));
  EXPECT_TRUE(Has(findings, Kind::kLink, 3));
}

TEST_F(EvidenceTest, AnEditedRecordIsNamedWithItsLastEntry) {
  FillSmall();
  Sql("UPDATE r_doc SET data = $1 WHERE key = 'docs/1'",
      {sql::Blob{Doc("docs/1", "forged").SerializeAsString()}});
  const auto findings = Verify();
  ASSERT_EQ(findings.size(), 1u);
  EXPECT_TRUE(Has(findings, Kind::kRecord, 3));
  EXPECT_NE(findings[0].what.find("docs/1"), std::string::npos);
}

TEST_F(EvidenceTest, EveryOtherTableIsComparedToo) {
  FillSmall();
  struct Case {
    const char* edit;
    const char* undo;
    Kind kind;
  };
  for (const Case& c : {
           Case{"UPDATE r_doc SET version = 9 WHERE key = 'docs/2'",
                "UPDATE r_doc SET version = 1 WHERE key = 'docs/2'", Kind::kRecord},
           Case{"UPDATE r_doc SET state = 4 WHERE key = 'docs/2'",
                "UPDATE r_doc SET state = 1 WHERE key = 'docs/2'", Kind::kRecord},
           Case{"INSERT INTO r_doc(key, version, data, state, subject) VALUES ('x', 1, x'', 0, '')",
                "DELETE FROM r_doc WHERE key = 'x'", Kind::kRecord},
           Case{"UPDATE entry SET case_id = 'other' WHERE seq = 1",
                "UPDATE entry SET case_id = 'docs/1' WHERE seq = 1", Kind::kIndex},
           Case{"UPDATE entry SET request_id = 'free' WHERE seq = 3",
                "UPDATE entry SET request_id = 'request-1' WHERE seq = 3", Kind::kIndex},
           Case{"UPDATE entry SET case_prev = 7 WHERE seq = 1",
                "UPDATE entry SET case_prev = 0 WHERE seq = 1", Kind::kIndex},
           Case{"UPDATE case_head SET seq = seq + 1", "UPDATE case_head SET seq = seq - 1",
                Kind::kIndex},
           Case{"UPDATE deadline SET due_at = due_at + 1",
                "UPDATE deadline SET due_at = due_at - 1", Kind::kDeadline},
           Case{"UPDATE deadline SET in_outage = 1", "UPDATE deadline SET in_outage = 0",
                Kind::kDeadline},
           Case{"UPDATE channel SET last_seq = 1", "UPDATE channel SET last_seq = 2",
                Kind::kChannel},
           Case{"UPDATE channel_entry SET prev = 1", "UPDATE channel_entry SET prev = 0",
                Kind::kChannel},
       }) {
    Sql(c.edit);
    const auto findings = Verify();
    ASSERT_FALSE(findings.empty()) << c.edit;
    EXPECT_EQ(findings[0].kind, c.kind) << c.edit;
    Sql(c.undo);
    EXPECT_THAT(Verify(), IsEmpty()) << c.undo;
  }
  Sql("DELETE FROM deadline");
  EXPECT_TRUE(Has(Verify(), Kind::kDeadline, 2));
}

TEST_F(EvidenceTest, AForgedHeaderIsFound) {
  FillSmall();
  Sql("UPDATE meta SET bytes = bytes || x'32056f74686572' WHERE name = 'header'");
  EXPECT_TRUE(Has(Verify(), Kind::kLink, 1));
}

}  // namespace
}  // namespace huying::ledger
