// SPDX-License-Identifier: Apache-2.0
#include "services/platform/ledger/schema.h"

#include <gtest/gtest.h>

#include <filesystem>

#include "services/platform/ledger/data_dir.h"
#include "services/platform/ledger/evidence.h"
#include "services/platform/ledger/testing/ledger_fixture.h"

namespace huying::ledger {
namespace {

class SchemaTest : public LedgerFixture {
 protected:
  void Sql(const std::string& text) {
    ledger_.reset();
    auto database = *engine_.Open(Options().path);
    ASSERT_TRUE((*database->OpenWriter())->RunOne({text}).ok()) << text;
  }
};

TEST_F(SchemaTest, ANewerSchemaIsRefusedInWords) {
  Open();
  Sql(absl::StrCat("UPDATE meta SET number = ", kSchemaVersion + 1, " WHERE name = 'schema'"));
  const absl::Status status = TryOpen();
  EXPECT_TRUE(absl::IsFailedPrecondition(status));
  EXPECT_NE(status.message().find("newer program"), absl::string_view::npos);
}

// The tables as schema 1 had them, made from today's.
const char* const kToSchema1[] = {
    "CREATE TABLE old(seq BIGINT PRIMARY KEY, case_id TEXT NOT NULL, principal TEXT NOT NULL, "
    "request_id TEXT NOT NULL, payload_hash BYTEA NOT NULL, hash BYTEA NOT NULL, "
    "bytes BYTEA NOT NULL)",
    "INSERT INTO old SELECT seq, case_id, principal, request_id, payload_hash, hash, bytes FROM "
    "entry",
    "DROP TABLE entry",
    "ALTER TABLE old RENAME TO entry",
    "CREATE UNIQUE INDEX entry_request ON entry(principal, request_id) WHERE request_id <> ''",
    "CREATE INDEX entry_case ON entry(case_id, seq) WHERE case_id <> ''",
    "DROP TABLE case_head",
    "UPDATE meta SET number = 1 WHERE name = 'schema'",
};

TEST_F(SchemaTest, AFileOfSchema1IsCarriedOverWithItsCasesAndRequests) {
  Open();
  ASSERT_TRUE(Run(Put("docs/1", "x", "request-1")).ok());
  for (const char* name : {"docs/2", "docs/1", "docs/2", "docs/1"}) {
    ASSERT_TRUE(Run(Put(name, "y")).ok());
  }
  for (const char* text : kToSchema1) Sql(text);
  Open();
  auto reader = *ledger_->Read();
  EXPECT_TRUE(VerifyLedger(*reader, {.kinds = {Docs().schema()}})->empty());
  const auto of_case = *reader->CaseEntries("docs/1", 0, 10);
  ASSERT_EQ(of_case.size(), 3u);
  EXPECT_EQ(of_case[1].entry.seq(), 3);
  EXPECT_TRUE((*ledger_->FindReceipt("accounts/test", "request-1", "payload")).has_value());
  ASSERT_TRUE(Run(Put("docs/2", "z")).ok());
  EXPECT_TRUE(VerifyLedger(**ledger_->Read(), {.kinds = {Docs().schema()}})->empty());
}

TEST_F(SchemaTest, AnotherServicesOrRealmsFileIsRefused) {
  Open();
  ledger_.reset();
  LedgerOptions options = Options();
  options.service = "incident";
  EXPECT_TRUE(
      absl::IsFailedPrecondition(Ledger::Open(engine_, options, {Docs().schema()}).status()));
  options = Options();
  options.realm = "drill-1";
  EXPECT_TRUE(
      absl::IsFailedPrecondition(Ledger::Open(engine_, options, {Docs().schema()}).status()));
}

TEST_F(SchemaTest, ALastEntryThatDoesNotFitItsHashIsRefused) {
  Open();
  ASSERT_TRUE(Run(Put("docs/1", "x")).ok());
  Sql("UPDATE entry SET bytes = bytes || x'00' WHERE seq = 1");
  EXPECT_TRUE(absl::IsFailedPrecondition(TryOpen()));
}

TEST_F(SchemaTest, AFileThatIsNoDatabaseIsUnavailableNotACrash) {
  std::filesystem::create_directories(folder_ + "/alert.db");
  EXPECT_TRUE(absl::IsUnavailable(TryOpen()));
}

TEST_F(SchemaTest, AChangedColumnListIsProjectedAnewFromTheMessages) {
  Open();
  for (int i = 0; i < 1200; ++i) {
    const std::string name = absl::StrCat("docs/", i);
    ledger_->Execute(Put(name, absl::StrCat("text ", i % 3)), [](const auto&) {});
  }
  ledger_.reset();
  const RecordKind<MakeUp> wider("doc", [](const MakeUp&) { return ""; },
                                 {{"text", [](const MakeUp& doc) { return Text(doc.text()); }},
                                  {"state", [](const MakeUp& doc) { return Int(doc.state()); }}});
  auto ledger = Ledger::Open(engine_, Options(), {wider.schema()});
  ASSERT_TRUE(ledger.ok()) << ledger.status();
  auto reader = *(*ledger)->Read();
  EXPECT_EQ(reader->All(wider, {.where = {{"text", "=", Text("text 1")}}})->size(), 400u);
  const std::vector<KindSchema> kinds = {wider.schema()};
  EXPECT_TRUE(VerifyLedger(*reader, {.kinds = kinds})->empty());
}

TEST_F(SchemaTest, KindsWithUnfitNamesAreRefused) {
  for (const char* name : {"", "Doc", "a-b", "counter", "deadline", "drop table"}) {
    const RecordKind<MakeUp> kind(name, nullptr, {});
    EXPECT_FALSE(Ledger::Open(engine_, Options(), {kind.schema()}).ok()) << name;
  }
  EXPECT_FALSE(Ledger::Open(engine_, Options(), {Docs().schema(), Docs().schema()}).ok());
}

TEST_F(SchemaTest, ARestoreBeginsANewEpochAndKeepsTheCursorsThatFit) {
  Open();
  ASSERT_TRUE(Run(Put("docs/1", "x")).ok());
  const Ledger::Position head = ledger_->Head();
  ASSERT_TRUE(ledger_->SaveCursor("fits", {1, 1, head.hash.substr(0, 8)}).ok());
  ASSERT_TRUE(ledger_->SaveCursor("ahead", {1, 9, "12345678"}).ok());
  ASSERT_TRUE(ledger_->SaveCursor("other", {1, 1, "12345678"}).ok());
  ledger_.reset();
  auto epoch = BeginNewEpoch(engine_, Options().path);
  ASSERT_TRUE(epoch.ok()) << epoch.status();
  EXPECT_EQ(*epoch, 2);
  Open();
  EXPECT_EQ(ledger_->header().epoch(), 2);
  EXPECT_EQ(ledger_->Head().epoch, 2);
  EXPECT_EQ(ledger_->LoadCursor("fits")->epoch, 2);
  EXPECT_EQ(ledger_->LoadCursor("fits")->seq, 1);
  EXPECT_EQ(ledger_->LoadCursor("ahead")->seq, 0);
  EXPECT_EQ(ledger_->LoadCursor("other")->seq, 0);
  // The chain goes on from the header as it was first written.
  ASSERT_TRUE(Run(Put("docs/2", "y")).ok());
  EXPECT_TRUE(VerifyLedger(**ledger_->Read())->empty());
}

TEST_F(SchemaTest, OneProcessHasADataDirectoryAndTheOtherIsToldWho) {
  const std::string path = folder_ + "/data";
  auto first = DataDirectory::Lock(path);
  ASSERT_TRUE(first.ok()) << first.status();
  EXPECT_GT(*(*first)->FreeBytes(), 0);
  auto second = DataDirectory::Lock(path);
  ASSERT_TRUE(absl::IsFailedPrecondition(second.status()));
  EXPECT_NE(second.status().message().find(absl::StrCat("process ", ::getpid())),
            absl::string_view::npos);
  first->reset();
  EXPECT_TRUE(DataDirectory::Lock(path).ok());
  EXPECT_FALSE(DataDirectory::Lock("/proc/nowhere").ok());
}

}  // namespace
}  // namespace huying::ledger
