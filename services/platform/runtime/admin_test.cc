// SPDX-License-Identifier: Apache-2.0
#include "services/platform/runtime/admin.h"

#include <sys/stat.h>

#include <atomic>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <thread>

#include "absl/strings/match.h"
#include "absl/time/clock.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "huying/platform/testing/privacy_sample.pb.h"
#include "services/platform/auth/keys.h"
#include "services/platform/base/temp_dir_fake.h"
#include "services/platform/privacy/sealer.h"
#include "services/platform/runtime/files.h"
#include "services/platform/runtime/heads_daily.h"
#include "services/platform/runtime/notes_fake.h"
#include "services/platform/runtime/platform_fake.h"
#include "services/platform/sql/sqlite/sqlite.h"

namespace huying::runtime::admin {
namespace {
namespace fs = std::filesystem;
using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

constexpr absl::Duration kPatience = absl::Seconds(20);

std::string AllBytes(const std::string& folder) {
  std::stringstream bytes;
  for (const auto& file : fs::recursive_directory_iterator(folder)) {
    if (file.is_regular_file() && file.file_size() > 0) {
      bytes << std::ifstream(file.path(), std::ios::binary).rdbuf();
    }
  }
  return bytes.str();
}

const ledger::RecordKind<platform::testing::Reporter>& Reporters() {
  static const auto* const kind = new ledger::RecordKind<platform::testing::Reporter>(
      "reporter", [](const platform::testing::Reporter&) { return std::string(); },
      {{"source", [](const platform::testing::Reporter& r) { return ledger::Text(r.source()); }}});
  return *kind;
}

class InitTest : public ::testing::Test {
 protected:
  InitOptions Options() const {
    InitOptions options;
    options.data_dir = dir_ / "data";
    options.password_cost = auth::PasswordCost::kTest;
    return options;
  }
  base::TempDir dir_;
};

TEST_F(InitTest, AFreshFolderGetsKeysAnIdAndAPasswordShownOnce) {
  std::string seen;
  auto made = Init(Options(), [&](AccountContext& context) -> absl::Status {
    seen = context.password();
    EXPECT_EQ(context.account(), "admin");
    ASSIGN_OR_RETURN(auto ledger, context.OpenLedger("notes", {Notes().schema()}));
    ledger::Command command;
    command.context.received_at = context.clock().Now();
    command.act = "notes.First";
    command.decide = [](ledger::Transaction& tx) {
      common::v1::Flag note;
      tx.Set(Notes(), "accounts/admin", note);
      return absl::OkStatus();
    };
    RETURN_IF_ERROR(ledger->ExecuteAndWait(std::move(command), absl::Seconds(10)).status());
    ledger->Stop();
    return absl::OkStatus();
  });
  ASSERT_TRUE(made.ok()) << made.status();
  EXPECT_EQ(made->password, seen);
  EXPECT_GE(seen.size(), 20u);
  EXPECT_THAT(AllBytes(dir_.path()), Not(HasSubstr(seen)));
  EXPECT_TRUE(auth::KeyRing::Load(dir_ / "data/keys").ok());
  auto report = Verify({.data_dir = dir_ / "data"});
  ASSERT_TRUE(report.ok()) << report.status();
  EXPECT_TRUE(report->ok());
  ASSERT_EQ(report->ledgers.size(), 1u);
  EXPECT_EQ(report->ledgers[0].entries, 1);
}

TEST_F(InitTest, AFolderWithContentIsLeftAlone) {
  ASSERT_TRUE(Init(Options(), nullptr).ok());
  const std::string before = AllBytes(dir_ / "data/keys");
  EXPECT_EQ(Init(Options(), nullptr).status().code(), absl::StatusCode::kAlreadyExists);
  EXPECT_EQ(AllBytes(dir_ / "data/keys"), before);
}

TEST_F(InitTest, AFirstAccountThatFailsLeavesNothingBehind) {
  InitOptions options = Options();
  options.password = "given by the caller";
  const auto failed = Init(options, [](AccountContext&) {
    return absl::Status(base::Invalid(base::Reason::FIELD_INVALID, "账号不合规", "bad account"));
  });
  EXPECT_EQ(failed.status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_FALSE(fs::exists(dir_ / "data"));
  EXPECT_TRUE(fs::is_empty(dir_.path()));
  auto again = Init(options, nullptr);
  ASSERT_TRUE(again.ok());
  EXPECT_EQ(again->password, "");  // given: not shown
}

// A platform with two services in a folder as `huying admin init` leaves it.
class BackupTest : public ::testing::Test {
 protected:
  void SetUp() override {
    InitOptions options;
    options.data_dir = data_;
    options.password_cost = auth::PasswordCost::kTest;
    ASSERT_TRUE(Init(options, nullptr).ok());
    Start(data_);
  }
  void TearDown() override { platform_.reset(); }

  void Start(const std::string& folder) {
    platform_.reset();
    PlatformOptions options;
    options.config.set_data_dir(folder);
    config::FillDefaults(options.config);
    options.services = {"notes", "board"};
    auto made = Platform::Create(std::move(options));
    ASSERT_TRUE(made.ok()) << made.status();
    platform_ = *std::move(made);
    notes_ = std::make_unique<PerRealm<NoteService>>(
        platform_->homes(), "notes", std::vector{Notes().schema(), Reporters().schema()},
        MakeNotes);
    board_ = std::make_unique<PerRealm<NoteService>>(
        platform_->homes(), "board", std::vector{Notes().schema()}, [this](RealmHome& home) {
          home.AddReactor(std::make_unique<CopyReactor>(*notes_, home.realm()));
          return MakeNotes(home);
        });
    ASSERT_TRUE(platform_->Open().ok());
  }
  NoteService& Live() { return **notes_->Find("live"); }
  NoteService& Board() { return **board_->Find("live"); }
  BackupOptions Options(const std::string& name = "backup") {
    return {.data_dir = data_,
            .to = dir_ / name,
            .keystore_to = dir_ / (name + "-keystore"),
            .keys_to = dir_ / (name + "-keys"),
            .order = {"notes", "board"}};
  }
  RestoreOptions RestoreFrom(const std::string& name = "backup") {
    return {.from = dir_ / name,
            .keystore_from = dir_ / (name + "-keystore"),
            .keys_from = dir_ / (name + "-keys"),
            .data_dir = dir_ / "restored"};
  }
  std::vector<std::string> FindingsOf(const VerifyOptions& options) {
    auto report = Verify(options);
    EXPECT_TRUE(report.ok()) << report.status();
    if (!report.ok()) return {"?"};
    std::vector<std::string> findings = report->findings;
    for (const auto& ledger : report->ledgers) {
      for (const std::string& finding : ledger.findings) findings.push_back(finding);
    }
    return findings;
  }
  void Sql(const std::string& path, const std::string& text) {
    auto engine = sql::MakeSqliteEngine();
    auto database = engine->Open(path);
    auto connection = (*database)->OpenWriter();
    ASSERT_TRUE(connection.ok());
    const auto result = (*connection)->RunOne({text, {}});
    ASSERT_TRUE(result.ok()) << result.status();
    ASSERT_GT(result->changed, 0);
  }

  base::TempDir dir_;
  const std::string data_ = dir_ / "data";
  std::unique_ptr<Platform> platform_;
  std::unique_ptr<PerRealm<NoteService>> notes_;
  std::unique_ptr<PerRealm<NoteService>> board_;
};

TEST_F(BackupTest, ABackupOfARunningServerIsRestoredWithANewEpochAndEveryEffectOnce) {
  std::atomic<bool> stop = false;
  std::thread busy([&] {
    for (int i = 0; !stop; ++i) {
      EXPECT_TRUE(Board().WriteNow(absl::StrCat("notes/", i), "copy: hello").ok());
    }
  });
  ASSERT_GE(Board().home().ledger().WaitPast(29, kPatience), 30);
  auto copy = Backup(Options());
  stop = true;
  busy.join();
  ASSERT_TRUE(copy.ok()) << copy.status();
  ASSERT_EQ(copy->ledgers.size(), 2u);
  EXPECT_EQ(copy->ledgers[0].service, "board");  // the upper one first
  EXPECT_EQ(copy->ledgers[0].epoch, 1);
  EXPECT_THAT(FindingsOf({.data_dir = dir_ / "backup"}), IsEmpty());
  EXPECT_TRUE(LastBackup(data_).ok());

  auto restored = Restore(RestoreFrom());
  ASSERT_TRUE(restored.ok()) << restored.status();
  EXPECT_THAT(restored->warnings, IsEmpty());
  for (const LedgerCopy& ledger : restored->ledgers) EXPECT_EQ(ledger.epoch, 2);
  EXPECT_THAT(FindingsOf({.data_dir = dir_ / "restored"}), IsEmpty());

  Start(dir_ / "restored");
  EXPECT_EQ(Board().home().ledger().Head().epoch, 2);
  // Each note of the board ends in notes exactly once: nothing skipped, nothing done twice.
  const int64_t board = Board().home().ledger().Head().seq;
  ledger::Ledger& notes = Live().home().ledger();
  for (int64_t seq = 0; seq < board;) seq = std::max(seq + 1, notes.WaitPast(seq, kPatience));
  EXPECT_EQ(notes.Head().seq, board);
  ASSERT_TRUE(Board().WriteNow("notes/after", "copy: after").ok());
  EXPECT_EQ(notes.WaitPast(board, kPatience), board + 1);
  EXPECT_EQ(Live().Text("notes/after"), "after");
}

TEST_F(BackupTest, AnExerciseIsRestoredAtItsOwnTime) {
  platform::v1::RealmInfo info;
  info.set_realm("drill-7");
  info.set_kind(platform::v1::RealmInfo::EXERCISE);
  info.set_stepped_clock(true);
  *info.mutable_now() = base::ToProto(absl::FromUnixSeconds(1'258'740'000));
  ASSERT_TRUE(platform_->realms().Open(info).ok());
  ASSERT_TRUE((*notes_->Find("drill-7"))->WriteNow("notes/1", "drill").ok());
  ASSERT_TRUE(platform_->realms().SetTime("drill-7", absl::FromUnixSeconds(1'258'740'600)).ok());
  ASSERT_TRUE(Backup(Options()).ok());
  ASSERT_TRUE(Restore(RestoreFrom()).ok());
  Start(dir_ / "restored");
  NoteService& drill = **notes_->Find("drill-7");
  EXPECT_EQ(drill.Text("notes/1"), "drill");
  EXPECT_EQ(drill.home().clock().Now(), absl::FromUnixSeconds(1'258'740'600));
}

TEST_F(BackupTest, NothingIsOverwrittenByABackupOrARestore) {
  ASSERT_TRUE(Backup(Options()).ok());
  EXPECT_EQ(Backup(Options()).status().code(), absl::StatusCode::kAlreadyExists);
  ASSERT_TRUE(Restore(RestoreFrom()).ok());
  EXPECT_EQ(Restore(RestoreFrom()).status().code(), absl::StatusCode::kAlreadyExists);
}

TEST_F(BackupTest, ADamagedOrHalfBackupIsNotRestored) {
  ASSERT_TRUE(Live().WriteNow("notes/1", "hello").ok());
  ASSERT_TRUE(Backup(Options()).ok());
  const std::string file = dir_ / "backup/realms/live/notes.db";
  std::fstream damaged(file, std::ios::in | std::ios::out | std::ios::binary);
  damaged.seekp(5000);
  damaged.put('\x7f');
  damaged.close();
  const auto refused = Restore(RestoreFrom());
  EXPECT_THAT(base::ProblemOf(refused.status()).message_en(), HasSubstr("realms/live/notes.db"));
  EXPECT_FALSE(fs::exists(dir_ / "restored"));
  fs::remove(dir_ / "backup/manifest.textproto");
  EXPECT_THAT(base::ProblemOf(Restore(RestoreFrom()).status()).message_en(),
              HasSubstr("not a whole backup"));
}

TEST_F(BackupTest, AFolderWithoutKeysOfItsOwnSaysSoWhenTheyAreAskedFor) {
  BackupOptions options = Options();
  fs::remove_all(fs::path(options.data_dir) / "keys");
  const auto backup = Backup(options);
  EXPECT_EQ(base::ProblemOf(backup.status()).field(), "keys_to");
  EXPECT_FALSE(fs::exists(dir_ / "backup"));
}

TEST_F(BackupTest, KeysStayOutOfABackupUnlessAskedForAndARestoreSaysSo) {
  BackupOptions options = Options();
  options.keystore_to.clear();
  options.keys_to.clear();
  ASSERT_TRUE(Backup(options).ok());
  for (const auto& file : fs::recursive_directory_iterator(dir_ / "backup")) {
    EXPECT_NE(file.path().extension(), ".key") << file.path();
    EXPECT_THAT(file.path().string(), Not(HasSubstr("keystore")));
  }
  RestoreOptions restore = RestoreFrom();
  restore.keystore_from.clear();
  restore.keys_from.clear();
  auto restored = Restore(restore);
  ASSERT_TRUE(restored.ok()) << restored.status();
  EXPECT_EQ(restored->warnings.size(), 2u);
}

TEST_F(BackupTest, VerifyNamesAnEditedRecordAChangedEntryAndACutEnd) {
  for (int i = 0; i < 3; ++i) ASSERT_TRUE(Live().WriteNow(absl::StrCat("notes/", i), "a").ok());
  ASSERT_TRUE(*WriteDailyHeads(platform_->homes(), platform_->keys().ledger_sign(), Layout(data_),
                               absl::Now()));
  EXPECT_THAT(FindingsOf({.data_dir = data_}), IsEmpty());  // of a running server
  platform_.reset();
  const std::string file = data_ + "/realms/live/notes.db";
  fs::copy(data_, dir_ / "edited", fs::copy_options::recursive);
  Sql(dir_ / "edited/realms/live/notes.db", "UPDATE r_note SET data = x'00' WHERE key = 'notes/1'");
  EXPECT_THAT(FindingsOf({.data_dir = dir_ / "edited"}), Contains(HasSubstr("notes/1")));
  fs::copy(data_, dir_ / "flipped", fs::copy_options::recursive);
  Sql(dir_ / "flipped/realms/live/notes.db", "UPDATE entry SET bytes = x'00' WHERE seq = 2");
  EXPECT_THAT(FindingsOf({.data_dir = dir_ / "flipped"}), Contains(HasSubstr("entry 2")));
  // Everything of the last entry is taken away: the chain fits, the signed head does not.
  Sql(file, "DELETE FROM entry WHERE seq = 3");
  EXPECT_THAT(FindingsOf({.data_dir = data_}),
              Contains(::testing::AllOf(HasSubstr("entry 3"), HasSubstr("is missing"))));
}

TEST_F(BackupTest, HeadsSignedWithAnotherKeyAreNotBelieved) {
  ASSERT_TRUE(Live().WriteNow("notes/1", "a").ok());
  const auth::KeyRing forger = auth::KeyRing::Ephemeral();
  ASSERT_TRUE(
      *WriteDailyHeads(platform_->homes(), forger.ledger_sign(), Layout(data_), absl::Now()));
  EXPECT_FALSE(*WriteDailyHeads(platform_->homes(), forger.ledger_sign(), Layout(data_),
                                absl::Now()));  // one file a day
  EXPECT_THAT(FindingsOf({.data_dir = data_}), Contains(HasSubstr("signed with another key")));
}

TEST_F(BackupTest, NoFileOfADataFolderHoldsAPersonsNameOrNumber) {
  constexpr char kName[] = "王标记明";
  constexpr char kPhone[] = "13987654321";
  constexpr char kId[] = "230407197001010017";
  platform::testing::Reporter reporter;
  reporter.set_person_name(kName);
  reporter.set_phone(kPhone);
  reporter.set_id_number(kId);
  reporter.set_source("网格员上报");
  privacy::Sealer sealer(platform_->key_store(), "live");
  ASSERT_TRUE(sealer.Seal(reporter, "incidents/1/reporter").ok());
  // Stored as a record, in the entry's after-image, and in a backup.
  ledger::Command command = Live().Write("notes/1", "x", "");
  command.decide = [reporter](ledger::Transaction& tx) {
    tx.Set(Reporters(), "incidents/1/reporter", reporter);
    return absl::OkStatus();
  };
  ASSERT_TRUE(Live().home().ledger().ExecuteAndWait(std::move(command), absl::Seconds(10)).ok());
  ASSERT_TRUE(Backup(Options()).ok());
  platform_->Stop(absl::Seconds(1));
  const std::string bytes = AllBytes(dir_.path());
  ASSERT_TRUE(absl::StrContains(bytes, "网格员上报"));  // the grep can find something
  for (const char* text : {kName, kPhone, kId}) {
    EXPECT_FALSE(absl::StrContains(bytes, text)) << text;
  }
  // Who holds the keys can read it.
  ASSERT_TRUE(sealer.Unseal(reporter).ok());
  EXPECT_EQ(reporter.phone(), kPhone);
}

}  // namespace
}  // namespace huying::runtime::admin
