// SPDX-License-Identifier: Apache-2.0
//
// Somebody with all rights on the machine changes the ledgers' files while the server is down. Started again, the
// server exports what it finds, and huying-verify names what was done, each by a message of its own.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "clients/verify/verify.h"
#include "huying/platform/v1/control.pb.h"
#include "services/platform/auth/keys.h"
#include "services/platform/base/clock.h"
#include "services/platform/base/status.h"
#include "services/platform/ledger/ledger.h"
#include "services/platform/privacy/key_store.h"
#include "services/platform/runtime/layout.h"
#include "services/platform/sql/sqlite/sqlite.h"
#include "tests/support/incidents.h"
#include "tests/support/system.h"

namespace huying::testing {
namespace {

namespace fs = std::filesystem;
using platform::v1::CaseFile;
using platform::v1::CaseFileLedger;
using platform::v1::Entry;
using platform::v1::SignedCaseFile;
using ::testing::AllOf;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::Field;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using verify::Finding;
using verify::Problem;
using verify::Report;

constexpr char kPinganArea[] = "230407001001";

std::string Read(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

auto Named(Problem problem, const std::string& ledger) {
  return AllOf(Field("problem", &Finding::problem, problem),
               Field("ledger", &Finding::ledger, ledger));
}

class EvidenceTest : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    system_ = new System({.services = {"directory", "plan", "alert", "incident"},
                          .redis = false,
                          .config = "outage { disabled: true }\n"});
    const absl::Status started = system_->Start();
    ASSERT_TRUE(started.ok()) << started;
    ASSERT_TRUE(ImportPlan(*system_, MinePlan()).ok());
    first_ = ConfirmedIncident(*system_, kPinganArea);
    const auto response =
        system_->As("posts/commander").Call("incident.ActivateResponse", Activation(first_));
    ASSERT_TRUE(response.ok()) << response.status();
    ASSERT_TRUE(
        Eventually([&] { return ResponseOf(*system_, response->name()).effects_size() == 2; }));
    second_ = ConfirmedIncident(*system_, kPinganArea);
    KeepHeads();
    ASSERT_TRUE(system_->Stop().ok());
    fs::copy(system_->data_dir(), Pristine(), fs::copy_options::recursive);
  }
  static void TearDownTestSuite() {
    delete system_;
    system_ = nullptr;
  }

  // The heads are signed once a day, at the first look of the day: what was signed earlier today goes, so that
  // the copy kept off the box names all there is now.
  static void KeepHeads() {
    ASSERT_TRUE(system_->Stop().ok());
    const std::string folder = system_->data_dir() + "/heads";
    fs::remove_all(folder);
    ASSERT_TRUE(system_->Boot().ok()) << system_->LogOf();
    ASSERT_TRUE(Eventually([&] { return fs::exists(folder) && !fs::is_empty(folder); }));
    heads_ = Read(fs::directory_iterator(folder)->path().string());
  }
  static std::string Pristine() { return system_->folder() + "/pristine"; }

  void SetUp() override {
    system_->Kill();
    fs::remove_all(system_->data_dir());
    fs::copy(Pristine(), system_->data_dir(), fs::copy_options::recursive);
  }

  // Statements on a ledger's file, while no server has it.
  static void Tamper(const std::string& ledger, std::vector<sql::Statement> statements) {
    const auto engine = sql::MakeSqliteEngine();
    auto database = engine->Open(system_->LedgerFile(ledger));
    ASSERT_TRUE(database.ok()) << database.status();
    auto writer = (*database)->OpenWriter();
    ASSERT_TRUE(writer.ok()) << writer.status();
    for (const sql::Statement& statement : statements) {
      const auto done = (*writer)->RunOne(statement);
      ASSERT_TRUE(done.ok()) << statement.text << ": " << done.status();
      ASSERT_GT(done->changed, 0) << statement.text << " changed nothing";
    }
  }
  static std::vector<sql::Row> Rows(const std::string& ledger, const sql::Statement& query) {
    const auto engine = sql::MakeSqliteEngine();
    auto database = *engine->Open(system_->LedgerFile(ledger));
    return (*database->OpenReader())->RunOne(query)->rows;
  }
  static Entry EntryOf(const sql::Row& row, size_t column) {
    Entry entry;
    EXPECT_TRUE(entry.ParseFromString(std::get<sql::Blob>(row[column]).bytes));
    return entry;
  }

  // Starts the server on what is there, and asks it for the case.
  static std::string Export(const std::string& case_id) {
    const absl::Status booted = system_->Boot();
    EXPECT_TRUE(booted.ok()) << booted;
    platform::v1::ExportCaseRequest request;
    request.set_case_id(case_id);
    const auto file =
        system_->As("posts/district-duty")
            .Call<SignedCaseFile>("huying.platform.v1.JournalService/ExportCaseFile", request);
    EXPECT_TRUE(file.ok()) << file.status();
    return file.ok() ? file->SerializeAsString() : "";
  }
  static std::string PublishedKey() {
    return verify::PublicKeyFrom(Read(system_->data_dir() + "/ledger_sign.pub"));
  }
  static std::vector<Finding> FindingsIn(const std::string& file,
                                         const std::vector<std::string>& heads = {}) {
    return verify::VerifyCaseFile(file, PublishedKey(), heads).findings;
  }
  static CaseFile Opened(const std::string& file) {
    SignedCaseFile signed_file;
    CaseFile inside;
    EXPECT_TRUE(signed_file.ParseFromString(file) &&
                inside.ParseFromString(signed_file.case_file()));
    return inside;
  }
  static const CaseFileLedger& PartOf(const CaseFile& file, const std::string& ledger) {
    for (const CaseFileLedger& part : file.ledgers()) {
      platform::v1::Statement statement;
      if (statement.ParseFromString(part.statement().statement()) &&
          statement.header().ledger() == ledger) {
        return part;
      }
    }
    ADD_FAILURE() << "no part of " << ledger;
    return CaseFileLedger::default_instance();
  }
  // Signed again with the server's own key: what an intruder with all rights can do.
  static std::string SignedAgain(const CaseFile& file) {
    const auto keys = auth::KeyRing::Load(system_->data_dir() + "/keys");
    EXPECT_TRUE(keys.ok()) << keys.status();
    SignedCaseFile result;
    result.set_case_file(file.SerializeAsString());
    result.set_signature(auth::Sign(keys->ledger_sign(), result.case_file()));
    result.set_algorithm(auth::kSignatureEd25519);
    return result.SerializeAsString();
  }
  // (seq, bytes) of the case's entries in incident's ledger.
  static std::vector<std::pair<int64_t, std::string>> EntriesOfFirst() {
    std::vector<std::pair<int64_t, std::string>> entries;
    for (const sql::Row& row :
         Rows("incident",
              {"SELECT seq, bytes FROM entry WHERE case_id = $1 ORDER BY seq", {first_}})) {
      entries.emplace_back(std::get<int64_t>(row[0]), std::get<sql::Blob>(row[1]).bytes);
    }
    return entries;
  }
  static sql::Statement PutBytes(int64_t seq, const std::string& bytes) {
    return {"UPDATE entry SET bytes = $1, hash = $2 WHERE seq = $3",
            {sql::Blob{bytes}, sql::Blob{ledger::EntryHash(bytes)}, seq}};
  }

  static System* system_;
  static std::string first_;
  static std::string second_;
  static std::string heads_;
};
System* EvidenceTest::system_ = nullptr;
std::string EvidenceTest::first_;
std::string EvidenceTest::second_;
std::string EvidenceTest::heads_;

TEST_F(EvidenceTest, R54_AnUntouchedCaseVerifiesAndListsEveryRecordOfIt) {
  const std::string file = Export(first_);
  EXPECT_THAT(FindingsIn(file, {heads_}), IsEmpty());
  // The counters that number incidents were changed by the second case since: said, and compared by hash.
  int changed_later = 0;
  const CaseFile inside = Opened(file);
  for (const CaseFileLedger& part : inside.ledgers()) {
    for (const auto& record : part.records()) {
      if (!record.has_later()) continue;
      ++changed_later;
      EXPECT_EQ(record.data(), "") << record.key() << ": of another case";
    }
  }
  EXPECT_GT(changed_later, 0);
}

TEST_F(EvidenceTest, R54_AnEditedRecordIsNamed) {
  const auto rows = Rows("incident", {"SELECT data FROM r_incident WHERE key = $1", {first_}});
  ASSERT_EQ(rows.size(), 1u);
  incident::v1::Incident incident;
  ASSERT_TRUE(incident.ParseFromString(std::get<sql::Blob>(rows[0][0]).bytes));
  incident.mutable_figures()->set_missing(1);
  Tamper("incident", {{"UPDATE r_incident SET data = $1 WHERE key = $2",
                       {sql::Blob{incident.SerializeAsString()}, first_}}});
  const auto findings = FindingsIn(Export(first_));
  ASSERT_THAT(findings, ElementsAre(Named(Problem::kRecordChanged, "incident")));
  EXPECT_THAT(findings[0].text, HasSubstr(first_));
  EXPECT_THAT(findings[0].text, HasSubstr("is not what its last entry made of it"));
}

// A higher version is no proof that another case changed it.
TEST_F(EvidenceTest, R54_AnEditedRecordWhoseVersionWasRaisedIsNamed) {
  Tamper("incident", {{"UPDATE r_incident SET data = $1, version = version + 1 WHERE key = $2",
                       {sql::Blob{""}, first_}}});
  const auto findings = FindingsIn(Export(first_));
  ASSERT_THAT(findings, ElementsAre(Named(Problem::kRecordAhead, "incident")));
  EXPECT_THAT(findings[0].text, HasSubstr("its version was raised"));
}

TEST_F(EvidenceTest, R54_ADeletedRecordIsNamed) {
  Tamper("incident", {{"DELETE FROM r_incident WHERE key = $1", {first_}}});
  const auto findings = FindingsIn(Export(first_));
  ASSERT_THAT(findings, ElementsAre(Named(Problem::kRecordGone, "incident")));
  EXPECT_THAT(findings[0].text, HasSubstr("no entry removed it"));
}

TEST_F(EvidenceTest, R54_ARecordThatAnotherCaseChangedSinceIsComparedWithThatCasesEntry) {
  Tamper("incident", {{"UPDATE r_counter SET version = version + 1"}});
  const auto findings = FindingsIn(Export(first_));
  EXPECT_THAT(findings,
              Contains(AllOf(Named(Problem::kRecordAhead, "incident"),
                             Field("text", &Finding::text, HasSubstr("of another case")))));
}

// With its hash put right, as whoever edits a journal would.
TEST_F(EvidenceTest, R54_AFlippedByteOfAnEntryIsNamedWithItsNumber) {
  const auto entries = EntriesOfFirst();
  ASSERT_GT(entries.size(), 2u);
  auto [seq, bytes] = entries[1];
  const size_t at = bytes.find("posts/");
  ASSERT_NE(at, std::string::npos);
  bytes[at + 6] ^= 1;
  Tamper("incident", {PutBytes(seq, bytes)});
  const auto findings = FindingsIn(Export(first_));
  ASSERT_THAT(findings, ElementsAre(Named(Problem::kEntryChanged, "incident")));
  EXPECT_EQ(findings[0].seq, seq);
}

// Bytes that are no entry any more neither stop the export nor hide in it.
TEST_F(EvidenceTest, R54_AnEntryWhoseBytesCannotBeReadIsNamedWithItsNumber) {
  const auto entries = EntriesOfFirst();
  Tamper("incident", {PutBytes(entries[1].first, std::string(40, '\xff'))});
  const auto findings = FindingsIn(Export(first_));
  ASSERT_THAT(findings, Contains(Named(Problem::kEntryMisplaced, "incident")));
  EXPECT_EQ(findings[0].seq, entries[1].first);
}

TEST_F(EvidenceTest, R54_EntriesInAnotherOrderAreNamed) {
  const auto entries = EntriesOfFirst();
  Tamper("incident", {PutBytes(entries[1].first, entries[2].second),
                      PutBytes(entries[2].first, entries[1].second)});
  const auto findings = FindingsIn(Export(first_));
  EXPECT_THAT(findings, Contains(Named(Problem::kEntryMisplaced, "incident")).Times(2));
}

TEST_F(EvidenceTest, R54_AnEntryTakenOutOfTheMiddleIsNamed) {
  const auto entries = EntriesOfFirst();
  Tamper("incident", {{"DELETE FROM entry WHERE seq = $1", {entries[1].first}}});
  const auto findings = FindingsIn(Export(first_));
  ASSERT_THAT(findings, Contains(Named(Problem::kEntryMissing, "incident")));
  EXPECT_THAT(findings[0].text, HasSubstr(absl::StrCat("entry ", entries[1].first)));
}

// What it changed stands there without an entry.
TEST_F(EvidenceTest, R54_TheLastEntryCutIsNamedByTheRecordsItLeft) {
  Tamper("incident", {{"DELETE FROM entry WHERE seq = $1", {EntriesOfFirst().back().first}}});
  const auto findings = FindingsIn(Export(first_));
  ASSERT_THAT(findings, Contains(Named(Problem::kRecordAhead, "incident")));
  EXPECT_THAT(findings[0].text, HasSubstr("entries behind were taken off"));
}

// Its records rolled back as well: nothing in the ledger can tell, only a head that was signed before.
TEST_F(EvidenceTest, R54_AJournalCutWithItsRecordsIsNamedByAHeadThatWasSignedEarlier) {
  const auto last = Rows("incident", {"SELECT seq, bytes FROM entry ORDER BY seq DESC LIMIT 1"});
  const Entry cut = EntryOf(last[0], 1);
  ASSERT_EQ(cut.case_id(), second_);
  std::vector<sql::Statement> statements = {{"DELETE FROM entry WHERE seq = $1", {cut.seq()}}};
  for (const auto& change : cut.changes()) {
    const std::string table = "r_" + change.kind();
    if (change.version() == 1) {
      statements.push_back(
          {absl::StrCat("DELETE FROM ", table, " WHERE key = $1"), {change.key()}});
      continue;
    }
    for (const sql::Row& row :
         Rows("incident",
              {"SELECT seq, bytes FROM entry WHERE seq < $1 ORDER BY seq", {cut.seq()}})) {
      const Entry before = EntryOf(row, 1);
      for (const auto& earlier : before.changes()) {
        if (earlier.kind() != change.kind() || earlier.key() != change.key()) continue;
        statements.push_back(
            {absl::StrCat("UPDATE ", table, " SET version = $1, data = $2 WHERE key = $3"),
             {earlier.version(), sql::Blob{earlier.image()}, earlier.key()}});
      }
    }
  }
  Tamper("incident", std::move(statements));
  const std::string file = Export(second_);
  EXPECT_THAT(FindingsIn(file), IsEmpty());
  const auto findings = FindingsIn(file, {heads_});
  ASSERT_THAT(findings, ElementsAre(Named(Problem::kJournalCut, "incident")));
  EXPECT_EQ(findings[0].seq, cut.seq());
}

TEST_F(EvidenceTest, R54_ALedgerMadeAnewIsNamedByAHeadThatWasSignedEarlier) {
  for (const char* suffix : {"", "-wal", "-shm"}) {
    fs::remove(system_->LedgerFile("alert") + suffix);
  }
  EXPECT_THAT(FindingsIn(Export(first_), {heads_}), Contains(Named(Problem::kJournalCut, "alert")));
}

// Changes to the file itself, signed again with the server's own key.
TEST_F(EvidenceTest, R54_WhatIsTakenOutOfTheFileIsNamedAlsoWhenItWasSignedAgain) {
  const CaseFile whole = Opened(Export(first_));
  CaseFile file = whole;
  for (int i = 0; i < file.ledgers_size(); ++i) {
    if (&PartOf(file, "alert") != &file.ledgers(i)) continue;
    file.mutable_ledgers()->DeleteSubrange(i, 1);
    break;
  }
  EXPECT_THAT(FindingsIn(SignedAgain(file)), ElementsAre(Named(Problem::kLedgerLeftOut, "alert")));

  file = whole;
  for (CaseFileLedger& part : *file.mutable_ledgers()) {
    if (part.entries_size() > 2) part.mutable_entries()->RemoveLast();
  }
  EXPECT_THAT(FindingsIn(SignedAgain(file)), Contains(Named(Problem::kEntriesCut, "incident")));

  file = whole;
  for (CaseFileLedger& part : *file.mutable_ledgers()) part.clear_records();
  EXPECT_THAT(FindingsIn(SignedAgain(file)), Contains(Named(Problem::kRecordGone, "incident")));
}

// DOMAIN invariant 8: what is chained is ciphertext, so a destroyed key takes the person out of every copy and changes
// no hash.
TEST_F(EvidenceTest, R54_Invariant8_DestroyingAPersonsDataLeavesEveryChainVerifiable) {
  {
    const auto engine = sql::MakeSqliteEngine();
    const base::SystemClock clock;
    const std::string keys = runtime::Layout(system_->data_dir()).keystore_file();
    auto store = privacy::KeyStore::Open(*engine, keys, clock);
    ASSERT_TRUE(store.ok()) << store.status();
    const auto dossiers = (*(*engine->Open(keys))->OpenReader())
                              ->RunOne({"SELECT dossier FROM dossier_key WHERE realm = 'live'"});
    ASSERT_TRUE(dossiers.ok()) << dossiers.status();
    ASSERT_FALSE(dossiers->rows.empty());
    for (const sql::Row& row : dossiers->rows) {
      const absl::Status destroyed = (*store)->Destroy("live", std::get<std::string>(row[0]),
                                                       "posts/privacy", "retention ended");
      ASSERT_TRUE(destroyed.ok()) << destroyed;
    }
  }
  EXPECT_THAT(FindingsIn(Export(first_), {heads_}), IsEmpty());
  EXPECT_EQ(IncidentOf(*system_, first_).title(),
            "矿井瓦斯爆炸");  // the incident is there, the person is not
  EXPECT_EQ(system_->Findings(), std::vector<std::string>{});
}

// The program itself, with the key as the server publishes it.
TEST_F(EvidenceTest, TheProgramSaysWhatItFoundAndEndsWithItsCode) {
  const std::string good = system_->folder() + "/good.case";
  const std::string bad = system_->folder() + "/bad.case";
  const std::string heads = system_->folder() + "/heads.pb";
  std::ofstream(heads, std::ios::binary) << heads_;
  const std::string exported = Export(first_);
  std::ofstream(good, std::ios::binary) << exported;
  CaseFile file = Opened(exported);
  file.mutable_ledgers()->RemoveLast();
  std::ofstream(bad, std::ios::binary) << SignedAgain(file);
  const auto run = [&](const std::string& path, const std::string& line, int expected) {
    auto program = ChildProcess::Start(
        {.command = {HUYING_BIN_DIR "/huying-verify", path, "--key",
                     system_->data_dir() + "/ledger_sign.pub", "--heads", heads}});
    ASSERT_TRUE(program.ok()) << program.status();
    const auto said = (*program)->WaitForLine(line, kSoon);
    EXPECT_TRUE(said.ok()) << said.status();
    const auto code = (*program)->Wait(kSoon);
    EXPECT_TRUE(code.ok() && *code == expected) << code.status();
  };
  run(good, "✓", 0);
  run(bad, "✗", 1);
}

}  // namespace
}  // namespace huying::testing
