// SPDX-License-Identifier: Apache-2.0
#include "services/platform/ledger/ledger.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "services/platform/ledger/filled_page.h"
#include "services/platform/ledger/testing/ledger_fixture.h"

namespace huying::ledger {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

class LedgerTest : public LedgerFixture {
 protected:
  void SetUp() override { Open(); }
};

TEST_F(LedgerTest, AnAcceptedCommandIsThereAndItsReceiptNamesTheSubject) {
  auto receipt = Run(Put("docs/1", "hello"));
  ASSERT_TRUE(receipt.ok()) << receipt.status();
  EXPECT_EQ(receipt->name(), "docs/1");
  EXPECT_EQ(receipt->version(), 1);
  EXPECT_EQ(receipt->state(), "OPEN");
  EXPECT_EQ(receipt->ledger(), "alert");
  EXPECT_EQ(receipt->seq(), 1);
  auto reader = *ledger_->Read();
  auto doc = reader->Get(Docs(), "docs/1");
  ASSERT_TRUE(doc.ok());
  EXPECT_EQ(doc->value.text(), "hello");
  EXPECT_EQ(doc->version, 1);
  EXPECT_EQ(ledger_->Head().seq, 1);
}

TEST_F(LedgerTest, AnEntryCarriesAfterImagesLinksAndBothTimes) {
  ASSERT_TRUE(Run(Put("docs/1", "one")).ok());
  ASSERT_TRUE(Run(Put("docs/2", "two")).ok());
  clock_.Advance(absl::Minutes(1));
  ASSERT_TRUE(Run(Put("docs/1", "one again")).ok());
  auto reader = *ledger_->Read();
  auto entries = *reader->Entries(0, 10);
  ASSERT_EQ(entries.size(), 3u);
  EXPECT_EQ(entries[0].entry.prev_hash(), GenesisHash(ledger_->header()));
  EXPECT_EQ(entries[1].entry.prev_hash(), entries[0].hash);
  EXPECT_EQ(entries[2].entry.prev_hash(), entries[1].hash);
  EXPECT_EQ(EntryHash(entries[2].bytes), entries[2].hash);
  // The case defaults to the subject.
  EXPECT_EQ(entries[2].entry.case_id(), "docs/1");
  EXPECT_EQ(entries[2].entry.case_prev_seq(), 1);
  EXPECT_EQ(entries[2].entry.case_prev_hash(), entries[0].hash);
  EXPECT_EQ(entries[2].entry.changes(0).version(), 2);
  EXPECT_EQ(Docs().Parse(entries[2].entry.changes(0).image()).text(), "one again");
  EXPECT_EQ(base::FromProto(entries[2].entry.decided_at()), clock_.Now());
  EXPECT_EQ(reader->CaseEntries("docs/1", 1, 10)->size(), 1u);
  EXPECT_EQ(reader->CaseEntries("docs/1", 0, 1)->front().entry.seq(), 1);
  EXPECT_TRUE(reader->CaseEntries("docs/none", 0, 10)->empty());
  EXPECT_TRUE(reader->CaseEntries("", 0, 10)->empty());
  auto of_case = *reader->CaseEntries("docs/1", 0, 10);
  ASSERT_EQ(of_case.size(), 2u);
  EXPECT_EQ(of_case[1].entry.seq(), 3);
}

TEST_F(LedgerTest, ABatchOf128GivesEachCommandItsOwnAnswer) {
  std::vector<Command> commands;
  for (int i = 0; i < 128; ++i) {
    if (i % 4 == 1) {
      commands.push_back(Refusing());
    } else if (i % 4 == 2) {
      commands.push_back(Write([](Transaction& tx) -> absl::Status {
        tx.Set(Docs(), "docs/invalid", Doc("docs/invalid", "never"));
        return base::Invalid(base::Reason::FIELD_MISSING, "缺少", "missing").Field("text");
      }));
    } else {
      commands.push_back(Put(absl::StrCat("docs/", i), absl::StrCat("text ", i)));
    }
  }
  auto answers = RunAsOneBatch(std::move(commands));
  int64_t seq = 0;
  for (int i = 0; i < 128; ++i) {
    if (i % 4 == 1) {
      EXPECT_EQ(answers[i].status().code(), absl::StatusCode::kFailedPrecondition) << i;
    } else if (i % 4 == 2) {
      EXPECT_EQ(base::ProblemOf(answers[i].status()).field(), "text") << i;
    } else {
      ASSERT_TRUE(answers[i].ok()) << i << answers[i].status();
      EXPECT_EQ(answers[i]->name(), absl::StrCat("docs/", i));
      EXPECT_EQ(answers[i]->seq(), ++seq);
    }
  }
  auto reader = *ledger_->Read();
  EXPECT_EQ((*reader->All(Docs(), {})).size(), 64u);
  EXPECT_FALSE((*reader->Find(Docs(), "docs/refused")).has_value());
  EXPECT_FALSE((*reader->FindDeadline("docs/refused/limit")).has_value());
}

TEST_F(LedgerTest, ABatchOfPrefetchedCommandsTakesTwoRoundTrips) {
  for (int i = 0; i < 128; ++i) ASSERT_TRUE(Run(Put(absl::StrCat("docs/", i), "first")).ok());
  std::vector<Command> commands;
  for (int i = 0; i < 128; ++i) {
    commands.push_back(Put(absl::StrCat("docs/", i), "second", absl::StrCat("request-", i)));
  }
  auto answers = RunAsOneBatch(std::move(commands));
  for (const auto& answer : answers) EXPECT_TRUE(answer.ok()) << answer.status();
  EXPECT_EQ(engine_.WriterRuns() - kHeldRuns, 2);
}

TEST_F(LedgerTest, ABatchWhereNothingIsAcceptedWritesNothing) {
  ASSERT_TRUE(Run(Put("docs/1", "one")).ok());
  const auto before = Dump();
  std::vector<Command> commands;
  for (int i = 0; i < 20; ++i) commands.push_back(Refusing());
  commands.push_back(Write([](Transaction&) { return absl::OkStatus(); }));
  auto answers = RunAsOneBatch(std::move(commands));
  ASSERT_TRUE(answers.back().ok());
  EXPECT_EQ(answers.back()->name(), "");
  EXPECT_EQ(Dump(), before);
}

TEST_F(LedgerTest, ACommandSeesTheDecisionsBeforeItInTheBatchButNotRefusedOnes) {
  const auto add = [this](bool refuse) {
    Command command = Write([refuse](Transaction& tx) -> absl::Status {
      ASSIGN_OR_RETURN(auto found, tx.Find(Docs(), "docs/sum"));
      MakeUp doc = found ? found->value : Doc("docs/sum", "");
      doc.set_text(doc.text() + "+");
      tx.Set(Docs(), "docs/sum", doc);
      // A command sees its own change as well.
      ASSIGN_OR_RETURN(auto mine, tx.Get(Docs(), "docs/sum"));
      EXPECT_EQ(mine.value.text(), doc.text());
      EXPECT_EQ(mine.version, found ? found->version + 1 : 1);
      if (refuse) return base::Refused(base::Reason::CONDITION_NOT_MET, "不", "no");
      return absl::OkStatus();
    });
    command.reads = {Docs().Ref("docs/sum")};
    return command;
  };
  std::vector<Command> commands;
  for (int i = 0; i < 30; ++i) commands.push_back(add(i % 3 == 2));
  RunAsOneBatch(std::move(commands));
  auto doc = *(*ledger_->Read())->Get(Docs(), "docs/sum");
  EXPECT_EQ(doc.value.text(), std::string(20, '+'));
  EXPECT_EQ(doc.version, 20);
}

TEST_F(LedgerTest, ADecisionReadsByKeyOnlyAndNeverScans) {
  ASSERT_TRUE(Run(Put("docs/1", "one")).ok());
  engine_.Reset();
  ASSERT_TRUE(Run(Write([](Transaction& tx) -> absl::Status {
                // Nothing of this is named in `reads`.
                RETURN_IF_ERROR(tx.Get(Docs(), "docs/1").status());
                RETURN_IF_ERROR(tx.NextNumber("docs/2026").status());
                RETURN_IF_ERROR(tx.FindDeadline("d").status());
                tx.Set(Docs(), "docs/new", Doc("docs/new", "x"));
                tx.SetCase("cases/other");
                return absl::OkStatus();
              })).ok());
  for (const auto& run : engine_.WriterTexts()) {
    for (const std::string& text : run) {
      if (text.rfind("SELECT", 0) != 0) continue;
      const bool by_key = text.find(" = $1") != std::string::npos;
      const bool is_head = text.find("ORDER BY seq DESC LIMIT 1") != std::string::npos;
      EXPECT_TRUE(by_key || is_head) << text;
    }
  }
}

TEST_F(LedgerTest, NumbersAreDenseBecauseARefusedCommandTakesNone) {
  const auto number = [this](bool refuse) {
    Command command = Write([refuse](Transaction& tx) -> absl::Status {
      ASSIGN_OR_RETURN(int64_t n, tx.NextNumber("docs/2026"));
      const std::string name = absl::StrCat("docs/2026-", n);
      tx.Set(Docs(), name, Doc(name, ""));
      if (refuse) return base::Refused(base::Reason::CONDITION_NOT_MET, "不", "no");
      return absl::OkStatus();
    });
    command.reads = {CounterRef("docs/2026")};
    return command;
  };
  std::vector<Command> commands;
  for (int i = 0; i < 20; ++i) commands.push_back(number(i % 2 == 1));
  auto answers = RunAsOneBatch(std::move(commands));
  for (int i = 0; i < 20; i += 2) {
    ASSERT_TRUE(answers[i].ok());
    EXPECT_EQ(answers[i]->name(), absl::StrCat("docs/2026-", i / 2 + 1));
  }
  // The counter is a record too: its after-image stands behind the subject's.
  auto entries = *(*ledger_->Read())->Entries(0, 1);
  ASSERT_EQ(entries[0].entry.changes_size(), 2);
  EXPECT_EQ(entries[0].entry.changes(0).kind(), "doc");
  EXPECT_EQ(entries[0].entry.changes(1).kind(), "counter");
}

TEST_F(LedgerTest, TheSameRequestId50TimesAtOnceHasOneEffectAndOneReceipt) {
  std::vector<Command> commands;
  for (int i = 0; i < 50; ++i) commands.push_back(Put("docs/1", "once", "request-1"));
  auto answers = RunAsOneBatch(std::move(commands));
  // And 50 more in batches of their own.
  for (int i = 0; i < 50; ++i) answers.push_back(Run(Put("docs/1", "once", "request-1")));
  for (const auto& answer : answers) {
    ASSERT_TRUE(answer.ok()) << answer.status();
    EXPECT_EQ(answer->SerializeAsString(), answers[0]->SerializeAsString());
  }
  EXPECT_EQ(ledger_->Head().seq, 1);
}

TEST_F(LedgerTest, ARestartKeepsReceiptsAndTheClockMayHaveGoneBack) {
  auto first = Run(Put("docs/1", "once", "request-1"));
  ASSERT_TRUE(first.ok());
  clock_.Advance(absl::Seconds(5));
  Open();
  auto again = Run(Put("docs/1", "once", "request-1"));
  ASSERT_TRUE(again.ok());
  EXPECT_EQ(again->SerializeAsString(), first->SerializeAsString());
  auto found = ledger_->FindReceipt("accounts/test", "request-1", "payload");
  ASSERT_TRUE(found.ok() && found->has_value());
  EXPECT_EQ((*found)->SerializeAsString(), first->SerializeAsString());
  EXPECT_FALSE((*ledger_->FindReceipt("accounts/test", "request-2", "payload")).has_value());
  EXPECT_FALSE((*ledger_->FindReceipt("accounts/other", "request-1", "payload")).has_value());
}

TEST_F(LedgerTest, AnotherPayloadUnderTheSameRequestIdIsAConflict) {
  ASSERT_TRUE(Run(Put("docs/1", "once", "request-1")).ok());
  Command other = Put("docs/1", "twice", "request-1");
  other.payload_hash = "another";
  auto answer = Run(std::move(other));
  EXPECT_EQ(answer.status().code(), absl::StatusCode::kAlreadyExists);
  EXPECT_EQ(base::ProblemOf(answer.status()).reason(), base::Reason::REQUEST_ID_CONFLICT);
  auto found = ledger_->FindReceipt("accounts/test", "request-1", "another");
  EXPECT_EQ(found.status().code(), absl::StatusCode::kAlreadyExists);
  // Another principal's request id is another request.
  Command theirs = Put("docs/2", "other", "request-1");
  theirs.context.principal = "accounts/other";
  EXPECT_TRUE(Run(std::move(theirs)).ok());
}

TEST_F(LedgerTest, RefusedAndThenLegalWorksUnderTheSameRequestId) {
  Command refused = Refusing(/*keep=*/true);
  refused.context.request_id = "request-1";
  refused.payload_hash = "payload";
  EXPECT_EQ(Run(std::move(refused)).status().code(), absl::StatusCode::kFailedPrecondition);
  auto answer = Run(Put("docs/1", "now legal", "request-1"));
  ASSERT_TRUE(answer.ok()) << answer.status();
  EXPECT_EQ(answer->seq(), 2);
}

TEST_F(LedgerTest, AKeptRefusalIsAnEntryWithoutChanges) {
  ASSERT_FALSE(Run(Refusing()).ok());
  EXPECT_EQ(ledger_->Head().seq, 0);
  ASSERT_FALSE(Run(Refusing(/*keep=*/true)).ok());
  auto reader = *ledger_->Read();
  auto entries = *reader->Entries(0, 10);
  ASSERT_EQ(entries.size(), 1u);
  EXPECT_EQ(entries[0].entry.refusal().reason(), base::Reason::CONDITION_NOT_MET);
  EXPECT_EQ(entries[0].entry.changes_size(), 0);
  EXPECT_EQ(entries[0].entry.deadlines_size(), 0);
  EXPECT_EQ(entries[0].entry.channels_size(), 0);
  EXPECT_FALSE((*reader->Find(Docs(), "docs/refused")).has_value());
}

TEST_F(LedgerTest, DeletingARecordIsAnAfterImageToo) {
  ASSERT_TRUE(Run(Put("docs/1", "one")).ok());
  ASSERT_TRUE(Run(Write([](Transaction& tx) {
                tx.Delete(Docs(), "docs/1");
                tx.Delete(Docs(), "docs/never");
                return absl::OkStatus();
              })).ok());
  auto reader = *ledger_->Read();
  EXPECT_FALSE((*reader->Find(Docs(), "docs/1")).has_value());
  auto entries = *reader->Entries(1, 1);
  ASSERT_EQ(entries[0].entry.changes_size(), 1);
  EXPECT_TRUE(entries[0].entry.changes(0).deleted());
  EXPECT_EQ(entries[0].entry.changes(0).version(), 2);
}

TEST_F(LedgerTest, NowNeverRunsBackWithinALedger) {
  base::ManualClock earlier(clock_.Now() - absl::Hours(1));
  auto first = Run(Put("docs/1", "one"));
  ASSERT_TRUE(first.ok());
  ledger_.reset();
  LedgerOptions options = Options();
  options.clock = &earlier;
  ledger_ = *Ledger::Open(engine_, options, {Docs().schema()});
  auto second = Run(Put("docs/1", "two"));
  ASSERT_TRUE(second.ok());
  EXPECT_GE(base::FromProto(second->decided_at()), base::FromProto(first->decided_at()));
}

TEST_F(LedgerTest, ACallFromAnotherRealmIsDenied) {
  Command command = Put("docs/1", "one");
  command.context.realm = "drill-1";
  EXPECT_EQ(base::ProblemOf(Run(std::move(command)).status()).reason(), base::Reason::WRONG_REALM);
}

TEST_F(LedgerTest, ARequestIdThatIsNoTextIsInvalid) {
  for (const char* id : {"\xff", "a\xc3", "\xc0\xaf", "\xed\xa0\x80", "\xf5\x80\x80\x80", "\x80"}) {
    EXPECT_EQ(base::ProblemOf(Run(Put("docs/1", "x", id)).status()).reason(),
              base::Reason::INVALID_UTF8)
        << id;
  }
  EXPECT_TRUE(Run(Put("docs/1", "x", "请求\xf0\x9f\x9a\xa8-1")).ok());
}

TEST_F(LedgerTest, AFullLaneAnswersAtOnceAndOtherLanesGoOn) {
  Gate gate;
  ledger_->Execute(Hold(gate), [](const absl::StatusOr<Receipt>&) {});
  gate.WaitUntilEntered();
  int exhausted = 0;
  for (int i = 0; i < kQueueMaxPerLane + 3; ++i) {
    Command command = Write([](Transaction&) { return absl::OkStatus(); });
    command.lane = Lane::kBulk;
    ledger_->Execute(std::move(command), [&exhausted](const absl::StatusOr<Receipt>& answer) {
      if (absl::IsResourceExhausted(answer.status())) ++exhausted;
    });
  }
  EXPECT_EQ(exhausted, 3);
  EXPECT_EQ(ledger_->InFlight(), kQueueMaxPerLane + 1);
  gate.Open();
  EXPECT_TRUE(Run(Put("docs/1", "one")).ok());
}

TEST_F(LedgerTest, UrgentLanesGoFirstAndBulkIsNeverStarved) {
  Gate gate;
  ledger_->Execute(Hold(gate), [](const absl::StatusOr<Receipt>&) {});
  gate.WaitUntilEntered();
  std::vector<Lane> order;
  const auto send = [&](Lane lane, int count) {
    for (int i = 0; i < count; ++i) {
      Command command = Write([&order, lane](Transaction&) {
        order.push_back(lane);
        return absl::OkStatus();
      });
      command.lane = lane;
      ledger_->Execute(std::move(command), [](const absl::StatusOr<Receipt>&) {});
    }
  };
  send(Lane::kBulk, 500);
  send(Lane::kAnswer, 500);
  send(Lane::kControl, 1000);
  gate.Open();
  ledger_->Stop();
  ASSERT_EQ(order.size(), 2000u);
  EXPECT_EQ(order[0], Lane::kControl);
  const auto first = std::vector<Lane>(order.begin(), order.begin() + kBatchMax);
  EXPECT_EQ(std::count(first.begin(), first.end(), Lane::kBulk), 16);
  EXPECT_EQ(std::count(first.begin(), first.end(), Lane::kAnswer), 80);
}

TEST_F(LedgerTest, StoppingAnswersWhatWasQueuedAndRefusesTheRest) {
  int answered = 0;
  for (int i = 0; i < 300; ++i) {
    ledger_->Execute(Put(absl::StrCat("docs/", i), "x"),
                     [&answered](const absl::StatusOr<Receipt>& answer) {
                       if (answer.ok()) ++answered;
                     });
  }
  ledger_->Stop();
  EXPECT_EQ(answered, 300);
  EXPECT_EQ(base::ProblemOf(Run(Put("docs/late", "x")).status()).reason(),
            base::Reason::SHUTTING_DOWN);
}

TEST_F(LedgerTest, ChannelsLinkEachEntryToTheOneBeforeOnThatChannel) {
  const auto publish = [this](std::vector<std::string> channels) {
    return Run(Write([channels](Transaction& tx) {
      tx.Set(Docs(), "docs/1", Doc("docs/1", "x"));
      for (const std::string& channel : channels) tx.Publish(channel);
      return absl::OkStatus();
    }));
  };
  ASSERT_TRUE(publish({"down:a", "up:b", "down:a"}).ok());  // 1
  ASSERT_TRUE(publish({"down:a"}).ok());                    // 2
  ASSERT_TRUE(publish({}).ok());                            // 3
  ASSERT_TRUE(publish({"up:b"}).ok());                      // 4
  auto reader = *ledger_->Read();
  const std::vector<std::string> channels = {"down:a", "up:b", "down:none"};
  EXPECT_THAT(*reader->ChannelHeads(channels),
              ElementsAre(testing::Pair("down:a", 2), testing::Pair("up:b", 4)));
  auto entries = *reader->ChannelEntries(channels, 0, 10);
  ASSERT_EQ(entries.size(), 3u);
  EXPECT_THAT(entries[0].prev, ElementsAre(testing::Pair("down:a", 0), testing::Pair("up:b", 0)));
  EXPECT_THAT(entries[1].prev, ElementsAre(testing::Pair("down:a", 1)));
  EXPECT_EQ(entries[2].entry.entry.seq(), 4);
  EXPECT_THAT(entries[2].prev, ElementsAre(testing::Pair("up:b", 1)));
  EXPECT_EQ((*reader->ChannelEntries(channels, 1, 1)).size(), 1u);
}

TEST_F(LedgerTest, ListsFilterByDeclaredColumnsAndPageByKey) {
  for (int i = 0; i < 25; ++i) {
    const std::string name = absl::StrCat("docs/", 100 + i);
    ASSERT_TRUE(Run(Write([name, i](Transaction& tx) {
                  MakeUp doc = Doc(name, "x");
                  doc.set_subject(i % 2 == 0 ? "even" : "odd");
                  tx.Set(Docs(), name, doc);
                  return absl::OkStatus();
                })).ok());
  }
  auto reader = *ledger_->Read();
  const Filter even{.where = {{"subject", "=", Text("even")}}};
  std::vector<std::string> names;
  std::string token;
  int pages = 0;
  do {
    auto page = reader->List(Docs(), even, 5, token);
    ASSERT_TRUE(page.ok()) << page.status();
    for (const auto& item : page->items) names.push_back(item.value.name());
    token = page->next_page_token;
    ++pages;
  } while (!token.empty());
  EXPECT_EQ(pages, 3);
  EXPECT_EQ(names.size(), 13u);
  EXPECT_TRUE(std::is_sorted(names.begin(), names.end()));
  auto newest = *reader->List(Docs(), {.newest_first = true}, 1, "");
  EXPECT_EQ(newest.items[0].value.name(), "docs/124");
  // By a column, then by key; pages join without a gap.
  const Filter by_column{.newest_first = true, .order_by = "subject"};
  std::vector<std::pair<std::string, std::string>> order;
  token.clear();
  do {
    auto page = reader->List(Docs(), by_column, 4, token);
    ASSERT_TRUE(page.ok()) << page.status();
    for (const auto& item : page->items) {
      order.emplace_back(item.value.subject(), item.value.name());
    }
    token = page->next_page_token;
  } while (!token.empty());
  EXPECT_EQ(order.size(), reader->All(Docs(), {})->size());
  EXPECT_TRUE(std::is_sorted(order.rbegin(), order.rend()));
  EXPECT_FALSE(reader->List(Docs(), {.order_by = "nothing"}, 4, "").ok());
  // A token belongs to its list, and a broken one is said to be broken.
  EXPECT_TRUE(
      absl::IsInvalidArgument(reader->List(Docs(), even, 5, newest.next_page_token).status()));
  EXPECT_TRUE(absl::IsInvalidArgument(reader->List(Docs(), even, 5, "%%%").status()));
  EXPECT_TRUE(absl::IsInvalidArgument(reader->List(Docs(), even, -1, "").status()));
}

TEST_F(LedgerTest, APageEndsBeforeItsAnswerIsTooLargeForAClientAndThePagesJoin) {
  // The third is larger than a whole page and has one of its own.
  const std::vector<int> kilobytes = {600, 300, 2500, 10, 700, 500, 500};
  for (size_t i = 0; i < kilobytes.size(); ++i) {
    const std::string name = absl::StrCat("docs/", i);
    ASSERT_TRUE(Run(Write([&](Transaction& tx) {
                  tx.Set(Docs(), name, Doc(name, std::string(kilobytes[i] << 10, 'x')));
                  return absl::OkStatus();
                })).ok());
  }
  auto reader = *ledger_->Read();
  const auto sizes = [&](auto next_page) {
    std::vector<size_t> sizes;
    std::vector<std::string> names;
    std::string token;
    do {
      auto page = next_page(token);
      EXPECT_TRUE(page.ok()) << page.status();
      if (!page.ok()) return sizes;
      sizes.push_back(page->items.size());
      for (const auto& item : page->items) names.push_back(item.value.name());
      token = page->next_page_token;
    } while (!token.empty() && sizes.size() < 20);
    EXPECT_EQ(names.size(), kilobytes.size());
    EXPECT_TRUE(std::is_sorted(names.begin(), names.end()));
    return sizes;
  };
  EXPECT_THAT(sizes([&](const std::string& token) { return reader->List(Docs(), {}, 100, token); }),
              ElementsAre(2, 1, 2, 2));
  const auto all = [](MakeUp&) -> absl::StatusOr<bool> { return true; };
  EXPECT_THAT(sizes([&](const std::string& token) {
                return FilledPage(*reader, Docs(), {}, 100, token, all);
              }),
              ElementsAre(2, 1, 2, 2));
}

TEST_F(LedgerTest, AReaderKeepsItsSnapshotWhileTheWriterGoesOn) {
  ASSERT_TRUE(Run(Put("docs/1", "old")).ok());
  auto reader = *ledger_->Read();
  ASSERT_TRUE(Run(Put("docs/1", "new")).ok());
  EXPECT_EQ((*reader->Get(Docs(), "docs/1")).value.text(), "old");
  EXPECT_EQ(*reader->HeadSeq(), 1);
  EXPECT_EQ((*(*ledger_->Read())->Get(Docs(), "docs/1")).value.text(), "new");
}

TEST_F(LedgerTest, CursorsAreKeptWithoutAnEntry) {
  auto none = *ledger_->LoadCursor("relay");
  EXPECT_EQ(none.seq, 0);
  ASSERT_TRUE(ledger_->SaveCursor("relay", {1, 42, "12345678"}).ok());
  Open();
  auto cursor = *ledger_->LoadCursor("relay");
  EXPECT_EQ(cursor.epoch, 1);
  EXPECT_EQ(cursor.seq, 42);
  EXPECT_EQ(cursor.hash, "12345678");
  EXPECT_EQ(ledger_->Head().seq, 0);
}

TEST_F(LedgerTest, WaitPastWakesFollowersAtOnce) {
  EXPECT_EQ(ledger_->WaitPast(0, absl::ZeroDuration()), 0);
  ledger_->Execute(Put("docs/1", "x"), [](const absl::StatusOr<Receipt>&) {});
  EXPECT_EQ(ledger_->WaitPast(0, absl::Seconds(20)), 1);
}

TEST_F(LedgerTest, AnEntryTooLargeForFollowersIsRefusedAndLeavesNothing) {
  auto answer = Run(Put("docs/1", std::string(4 << 20, 'x')));
  EXPECT_EQ(base::ProblemOf(answer.status()).reason(), base::Reason::MESSAGE_TOO_LARGE);
  EXPECT_EQ(ledger_->Head().seq, 0);
}

TEST_F(LedgerTest, AKindThatWasNeverDeclaredIsAFaultOfThatCommandAlone) {
  const RecordKind<MakeUp> stranger("stranger", nullptr, {});
  std::vector<Command> commands;
  commands.push_back(Write([&stranger](Transaction& tx) {
    tx.Set(stranger, "x", MakeUp());
    return absl::OkStatus();
  }));
  commands.push_back(Put("docs/1", "x"));
  auto answers = RunAsOneBatch(std::move(commands));
  EXPECT_EQ(answers[0].status().code(), absl::StatusCode::kInternal);
  EXPECT_TRUE(answers[1].ok());
}

TEST_F(LedgerTest, ACreateThatFindsARecordFailsTheCommandAndLeavesTheRecordAsItIs) {
  ASSERT_TRUE(Run(Put("docs/1", "first")).ok());
  const auto before = Dump();
  auto answers = RunAsOneBatch({Write([](Transaction& tx) {
                                  tx.Create(Docs(), "docs/2", Doc("docs/2", "beside it"));
                                  tx.Create(Docs(), "docs/1", Doc("docs/1", "over it"));
                                  tx.Subject(Docs(), "docs/1");
                                  return absl::OkStatus();
                                }),
                                Write([](Transaction& tx) {
                                  tx.Create(Docs(), "docs/3", Doc("docs/3", "once"));
                                  tx.Create(Docs(), "docs/3", Doc("docs/3", "twice"));
                                  return absl::OkStatus();
                                })});
  EXPECT_EQ(answers[0].status().code(), absl::StatusCode::kInternal);
  EXPECT_THAT(answers[0].status().message(), HasSubstr("doc docs/1"));
  EXPECT_EQ(answers[1].status().code(), absl::StatusCode::kInternal);
  EXPECT_THAT(answers[1].status().message(), HasSubstr("doc docs/3"));
  EXPECT_EQ(Dump(), before);
}

TEST_F(LedgerTest, AChangeThatFindsNoRecordFailsTheCommandAndWritesNothing) {
  ASSERT_TRUE(Run(Put("docs/1", "first")).ok());
  const auto before = Dump();
  auto answers = RunAsOneBatch({Write([](Transaction& tx) {
                                  tx.Change(Docs(), "docs/none", Doc("docs/none", "of nothing"));
                                  return absl::OkStatus();
                                }),
                                Write([](Transaction& tx) {
                                  tx.Delete(Docs(), "docs/1");
                                  tx.Change(Docs(), "docs/1", Doc("docs/1", "deleted before"));
                                  return absl::OkStatus();
                                })});
  EXPECT_EQ(answers[0].status().code(), absl::StatusCode::kInternal);
  EXPECT_THAT(answers[0].status().message(), HasSubstr("doc docs/none"));
  EXPECT_EQ(answers[1].status().code(), absl::StatusCode::kInternal);
  EXPECT_EQ(Dump(), before);
}

TEST_F(LedgerTest, ACommandMayCreateAndThenChangeTheSameRecord) {
  auto receipt = Run(Write([](Transaction& tx) {
    tx.Create(Docs(), "docs/1", Doc("docs/1", "draft"));
    tx.Change(Docs(), "docs/1", Doc("docs/1", "final"));
    return absl::OkStatus();
  }));
  ASSERT_TRUE(receipt.ok()) << receipt.status();
  EXPECT_EQ(receipt->version(), 1);
  EXPECT_EQ((*ledger_->Read())->Get(Docs(), "docs/1")->value.text(), "final");
}

TEST_F(LedgerTest, TheReceiptNamesTheSubjectWhateverTheOrderOfTheWrites) {
  for (const bool subject_first : {true, false}) {
    const std::string name = subject_first ? "docs/a" : "docs/b";
    const std::string other = name + "/other";
    auto receipt = Run(Write([&](Transaction& tx) {
      if (subject_first) tx.Create(Docs(), name, Doc(name, "subject"));
      tx.Create(Docs(), other, Doc(other, "goes with it"));
      if (!subject_first) tx.Create(Docs(), name, Doc(name, "subject"));
      tx.Subject(Docs(), name);
      return absl::OkStatus();
    }));
    ASSERT_TRUE(receipt.ok()) << receipt.status();
    EXPECT_EQ(receipt->name(), name);
    const auto entries = *(*ledger_->Read())->CaseEntries(name, 0, 1);
    ASSERT_EQ(entries.size(), 1u) << "the subject is the default case";
    EXPECT_EQ(entries[0].entry.changes(0).key(), name);
  }
}

TEST_F(LedgerTest, SeveralWritesWithoutASubjectAmongThemFailTheCommand) {
  for (const bool names_another : {true, false}) {
    auto receipt = Run(Write([names_another](Transaction& tx) {
      tx.Create(Docs(), "docs/1", Doc("docs/1", "x"));
      tx.Create(Docs(), "docs/2", Doc("docs/2", "x"));
      if (names_another) tx.Subject(Docs(), "docs/3");
      return absl::OkStatus();
    }));
    EXPECT_EQ(receipt.status().code(), absl::StatusCode::kInternal);
  }
  EXPECT_EQ(ledger_->Head().seq, 0);
}

TEST_F(LedgerTest, ABackupOfARunningLedgerOpensAsALedger) {
  ASSERT_TRUE(Run(Put("docs/1", "kept", "request-1")).ok());
  ASSERT_TRUE(ledger_->BackUpTo(folder_ + "/copy.db").ok());
  ASSERT_TRUE(Run(Put("docs/1", "later")).ok());
  LedgerOptions options = Options();
  options.path = folder_ + "/copy.db";
  auto copy = Ledger::Open(engine_, options, {Docs().schema()});
  ASSERT_TRUE(copy.ok()) << copy.status();
  EXPECT_EQ((*(*(*copy)->Read())->Get(Docs(), "docs/1")).value.text(), "kept");
}

}  // namespace
}  // namespace huying::ledger
