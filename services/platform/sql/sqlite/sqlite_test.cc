// SPDX-License-Identifier: Apache-2.0
#include "services/platform/sql/sqlite/sqlite.h"

#include <gtest/gtest.h>

#include <filesystem>

#include "absl/strings/str_cat.h"
#include "services/platform/base/status.h"
#include "services/platform/sql/sqlite/testing/power_cut.h"

namespace huying::sql {
namespace {

class SqliteTest : public ::testing::Test {
 protected:
  SqliteTest() {
    std::string pattern = std::filesystem::temp_directory_path() / "sqlite-XXXXXX";
    folder_ = ::mkdtemp(pattern.data());
    path_ = folder_ + "/test.db";
  }
  ~SqliteTest() override {
    writer_.reset();
    std::filesystem::remove_all(folder_);
  }
  void Open(SqliteOptions options = {}) {
    engine_ = MakeSqliteEngine(std::move(options));
    database_ = *engine_->Open(path_);
    writer_ = *database_->OpenWriter();
  }
  Result Do(const Statement& statement) {
    auto result = writer_->RunOne(statement);
    EXPECT_TRUE(result.ok()) << result.status() << " " << statement.text;
    return result.ok() ? *std::move(result) : Result();
  }

  std::string folder_;
  std::string path_;
  std::unique_ptr<Engine> engine_;
  std::unique_ptr<Database> database_;
  std::unique_ptr<Connection> writer_;
};

TEST_F(SqliteTest, EachTypeComesBackAsItWasStored) {
  Open();
  Do({"CREATE TABLE t(a BIGINT, b TEXT, c BYTEA, d BYTEA, e TEXT)"});
  const std::string odd("a\0b\xff", 4);
  Do({"INSERT INTO t VALUES ($1, $2, $3, $4, $5)",
      {int64_t{1} << 60, std::string("文字"), Blob{odd}, Blob{}, std::monostate()}});
  const Row expected = {int64_t{1} << 60, std::string("文字"), Blob{odd}, Blob{}, std::monostate()};
  EXPECT_EQ(Do({"SELECT * FROM t"}).rows.at(0), expected);
}

TEST_F(SqliteTest, ParametersBindByNumberNotByFirstAppearance) {
  Open();
  const Row row = Do({"SELECT $2, $1, $2", {std::string("one"), std::string("two")}}).rows.at(0);
  EXPECT_EQ(row, (Row{std::string("two"), std::string("one"), std::string("two")}));
}

TEST_F(SqliteTest, AWrongNumberOfParametersIsAFaultNotANull) {
  Open();
  EXPECT_FALSE(writer_->RunOne({"SELECT $1, $2", {std::string("one")}}).ok());
}

TEST_F(SqliteTest, TheOneTextForAllEnginesWorks) {
  Open();
  Do({"CREATE TABLE t(name TEXT PRIMARY KEY, version BIGINT)"});
  const Statement upsert = {
      "INSERT INTO t(name, version) VALUES ($1, 1) ON CONFLICT (name) DO UPDATE SET "
      "version = t.version + 1 RETURNING version",
      {std::string("x")}};
  EXPECT_EQ(Do(upsert).rows.at(0).at(0), Value(int64_t{1}));
  EXPECT_EQ(Do(upsert).rows.at(0).at(0), Value(int64_t{2}));
  EXPECT_EQ(Do({"SELECT name FROM t WHERE (version, name) > ($1, $2)", {int64_t{2}, std::string()}})
                .rows.size(),
            1u);
}

TEST_F(SqliteTest, ErrorsStopTheRunAndKeepTheDriversWordsOut) {
  Open();
  Do({"CREATE TABLE t(a BIGINT)"});
  const Statement run[] = {
      {"INSERT INTO t VALUES (1)"}, {"SELECT secret FROM nowhere"}, {"INSERT INTO t VALUES (2)"}};
  const auto result = writer_->Run(run);
  ASSERT_TRUE(absl::IsUnavailable(result.status()));
  EXPECT_EQ(base::ProblemOf(result.status()).reason(), base::Reason::STORAGE_UNAVAILABLE);
  EXPECT_EQ(std::string(result.status().message()).find("nowhere"), std::string::npos);
  EXPECT_EQ(Do({"SELECT count(*) FROM t"}).rows.at(0).at(0), Value(int64_t{1}));
}

TEST_F(SqliteTest, AReaderSeesASnapshotAndCannotWrite) {
  Open();
  Do({"CREATE TABLE t(a BIGINT)"});
  auto reader = *database_->OpenReader();
  const Statement begin[] = {{database_->BeginSnapshot()}, {"SELECT count(*) FROM t"}};
  ASSERT_TRUE(reader->Run(begin).ok());
  Do({"INSERT INTO t VALUES (1)"});
  EXPECT_EQ(reader->RunOne({"SELECT count(*) FROM t"})->rows.at(0).at(0), Value(int64_t{0}));
  EXPECT_FALSE(reader->RunOne({"INSERT INTO t VALUES (1)"}).ok());
}

TEST_F(SqliteTest, TheWriterIsDurableByDefault) {
  Open();
  EXPECT_EQ(Do({"PRAGMA synchronous"}).rows.at(0).at(0), Value(int64_t{2}));  // FULL
  EXPECT_EQ(Do({"PRAGMA journal_mode"}).rows.at(0).at(0), Value(std::string("wal")));
  EXPECT_EQ(Do({"PRAGMA foreign_keys"}).rows.at(0).at(0), Value(int64_t{0}));
}

TEST_F(SqliteTest, EachCommitIsSyncedBeforeItReturns) {
  PowerCut::Install();
  Open({.vfs = PowerCut::kVfs});
  Do({"CREATE TABLE t(a BIGINT)"});
  for (int i = 0; i < 20; ++i) {
    const int64_t before = PowerCut::Syncs();
    Do({"INSERT INTO t VALUES (1)"});
    EXPECT_GE(PowerCut::Syncs(), before + 1);
  }
}

TEST_F(SqliteTest, AFailedSyncOnCommitIsTheEndOfTheProcess) {
  PowerCut::Install();
  std::string told;
  Open({.vfs = PowerCut::kVfs,
        .on_lost_commit = [&told](std::string_view text) { told = std::string(text); }});
  Do({"CREATE TABLE t(a BIGINT)"});
  PowerCut::FailSyncsFrom(1);
  const Statement run[] = {{"BEGIN IMMEDIATE"}, {"INSERT INTO t VALUES (1)"}, {"COMMIT"}};
  EXPECT_FALSE(writer_->Run(run).ok());
  EXPECT_NE(told, "");
  PowerCut::FailSyncsFrom(0);
}

TEST_F(SqliteTest, ByDefaultThatMeansExitCode74) {
  PowerCut::Install();
  Open({.vfs = PowerCut::kVfs});
  Do({"CREATE TABLE t(a BIGINT)"});
  const Statement run[] = {{"BEGIN IMMEDIATE"}, {"INSERT INTO t VALUES (1)"}, {"COMMIT"}};
  EXPECT_EXIT(
      {
        PowerCut::FailSyncsFrom(1);
        (void)writer_->Run(run);
      },
      ::testing::ExitedWithCode(74), "");
}

TEST_F(SqliteTest, AFullDiskIsAnErrorNotTheEnd) {
  std::string told;
  Open({.max_pages = 40,
        .on_lost_commit = [&told](std::string_view text) { told = std::string(text); }});
  Do({"CREATE TABLE t(a TEXT)"});
  absl::Status status;
  for (int i = 0; i < 1000 && status.ok(); ++i) {
    const Statement run[] = {
        {"BEGIN IMMEDIATE"}, {"INSERT INTO t VALUES ($1)", {std::string(2000, 'x')}}, {"COMMIT"}};
    status = writer_->Run(run).status();
  }
  EXPECT_TRUE(absl::IsUnavailable(status));
  EXPECT_EQ(told, "");
}

TEST_F(SqliteTest, ABackupIsAConsistentCopyOfADatabaseInUse) {
  Open();
  Do({"CREATE TABLE t(a BIGINT)"});
  Do({"INSERT INTO t VALUES (1)"});
  ASSERT_TRUE(writer_->RunOne({"BEGIN IMMEDIATE"}).ok());
  Do({"INSERT INTO t VALUES (2)"});  // not committed: not in the copy
  const std::string copy = folder_ + "/copy.db";
  ASSERT_TRUE(database_->BackUpTo(copy).ok());
  ASSERT_TRUE(writer_->RunOne({"COMMIT"}).ok());
  auto reader = *(*engine_->Open(copy))->OpenReader();
  EXPECT_EQ(reader->RunOne({"SELECT count(*) FROM t"})->rows.at(0).at(0), Value(int64_t{1}));
  EXPECT_FALSE(std::filesystem::exists(copy + ".part"));
  EXPECT_FALSE(database_->BackUpTo("/nonexistent/copy.db").ok());
}

TEST_F(SqliteTest, TheLogIsFoldedInAndStaysBounded) {
  Open();
  Do({"CREATE TABLE t(a TEXT)"});
  for (int i = 0; i < 60; ++i) {
    std::vector<Statement> run = {{"BEGIN IMMEDIATE"}};
    for (int n = 0; n < 100; ++n) {
      run.push_back({"INSERT INTO t VALUES ($1)", {std::string(4000, 'x')}});
    }
    run.push_back({"COMMIT"});
    ASSERT_TRUE(writer_->Run(run).ok());
  }
  const auto sizes = *database_->Sizes();
  EXPECT_GT(sizes.first, 8 << 20);
  EXPECT_LT(sizes.second, 20 << 20);
}

}  // namespace
}  // namespace huying::sql
