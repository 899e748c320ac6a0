// SPDX-License-Identifier: Apache-2.0
#include "services/platform/runtime/realms.h"

#include <filesystem>
#include <fstream>
#include <thread>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/platform/base/status.h"
#include "services/platform/base/temp_dir_fake.h"
#include "services/platform/runtime/files.h"

namespace huying::runtime {
namespace {
using base::Reason;
using platform::v1::RealmInfo;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

const absl::Time kStart = absl::FromUnixSeconds(1'258'740'000);

class RealmsTest : public ::testing::Test {
 protected:
  void SetUp() override { Load(); }
  void Load() {
    realms_.reset();
    auto realms = Realms::Load(dir_.path(), clock_, 3);
    ASSERT_TRUE(realms.ok()) << realms.status();
    realms_ = *std::move(realms);
  }
  static RealmInfo Exercise(const std::string& name = "drill-7") {
    RealmInfo info;
    info.set_realm(name);
    info.set_kind(RealmInfo::EXERCISE);
    info.set_stepped_clock(true);
    *info.mutable_now() = base::ToProto(kStart);
    return info;
  }
  Reason ReasonOf(const absl::Status& status) { return base::ProblemOf(status).reason(); }
  absl::Time Now(const std::string& realm) { return (*realms_->Find(realm))->clock().Now(); }

  base::TempDir dir_;
  base::ManualClock clock_{absl::FromUnixSeconds(1'700'000'000)};
  std::unique_ptr<Realms> realms_;
};

TEST_F(RealmsTest, LiveIsAlwaysThereOnTheMachinesClock) {
  auto live = realms_->Find("live");
  ASSERT_TRUE(live.ok());
  EXPECT_FALSE((*live)->is_exercise());
  EXPECT_EQ(Now("live"), clock_.Now());
  EXPECT_EQ((*live)->LedgerPath("alert"), dir_ / "realms/live/alert.db");
  EXPECT_FALSE(realms_->Close("live").ok());
  EXPECT_FALSE(realms_->SetTime("live", clock_.Now() + absl::Hours(1)).ok());
  EXPECT_FALSE(realms_
                   ->Open([] {
                     auto i = Exercise("live");
                     return i;
                   }())
                   .ok());
}

TEST_F(RealmsTest, AnUnknownRealmIsNotFoundAndAClosedOneIsTheWrongRealm) {
  EXPECT_EQ(ReasonOf(realms_->Find("drill-7").status()), Reason::NOT_FOUND);
  EXPECT_EQ(ReasonOf(realms_->Find("").status()), Reason::NOT_FOUND);
  ASSERT_TRUE(realms_->Open(Exercise()).ok());
  EXPECT_TRUE((*realms_->Find("drill-7"))->is_exercise());
  ASSERT_TRUE(realms_->Close("drill-7").ok());
  EXPECT_EQ(ReasonOf(realms_->Find("drill-7").status()), Reason::WRONG_REALM);
  EXPECT_EQ(ReasonOf(realms_->Open(Exercise())), Reason::WRONG_REALM);
  Load();
  EXPECT_EQ(ReasonOf(realms_->Find("drill-7").status()), Reason::WRONG_REALM);
  EXPECT_THAT(realms_->OpenNames(), ElementsAre("live"));
}

TEST_F(RealmsTest, ASteppedClockMovesForwardOnlyAndStandsWhereItWasAfterARestart) {
  ASSERT_TRUE(realms_->Open(Exercise()).ok());
  EXPECT_EQ(Now("drill-7"), kStart);
  clock_.Advance(absl::Hours(5));  // the machine's time is none of its business
  EXPECT_EQ(Now("drill-7"), kStart);
  ASSERT_TRUE(realms_->SetTime("drill-7", kStart + absl::Minutes(10)).ok());
  EXPECT_EQ(base::ProblemOf(realms_->SetTime("drill-7", kStart)).rule_id(),
            "platform.time-forward");
  EXPECT_TRUE(realms_->SetTime("drill-7", kStart + absl::Minutes(10)).ok());
  Load();
  EXPECT_EQ(Now("drill-7"), kStart + absl::Minutes(10));
  EXPECT_TRUE(realms_->Open(Exercise()).ok());  // opened again: the same realm, its time kept
  EXPECT_EQ(Now("drill-7"), kStart + absl::Minutes(10));
}

TEST_F(RealmsTest, ARealmsNameCannotLeaveItsFolder) {
  for (const char* name : {"", "..", "a/b", "Drill", "drill_7", "-x", "演练"}) {
    EXPECT_EQ(ReasonOf(realms_->Open(Exercise(name))), Reason::FIELD_INVALID) << name;
  }
  EXPECT_EQ(ReasonOf(realms_->Open(Exercise(std::string(65, 'a')))), Reason::FIELD_INVALID);
}

TEST_F(RealmsTest, AnExerciseIsNeverAnActualRealm) {
  RealmInfo info = Exercise();
  info.set_kind(RealmInfo::ACTUAL);
  EXPECT_EQ(base::ProblemOf(realms_->Open(info)).field(), "info.kind");
  info.set_kind(RealmInfo::EXERCISE);
  info.clear_now();
  EXPECT_EQ(base::ProblemOf(realms_->Open(info)).field(), "info.now");
  ASSERT_TRUE(realms_->Open(Exercise()).ok());
  info = Exercise();
  info.set_kind(RealmInfo::TEST);
  EXPECT_EQ(realms_->Open(info).code(), absl::StatusCode::kAlreadyExists);
}

TEST_F(RealmsTest, OnlySoManyRealmsAreOpenAtOnce) {
  ASSERT_TRUE(realms_->Open(Exercise("a")).ok());
  ASSERT_TRUE(realms_->Open(Exercise("b")).ok());
  // Not something that passes by itself: nobody should wait for it.
  EXPECT_EQ(realms_->Open(Exercise("c")).code(), absl::StatusCode::kFailedPrecondition);
  ASSERT_TRUE(realms_->Close("a").ok());
  EXPECT_TRUE(realms_->Open(Exercise("c")).ok());
}

TEST_F(RealmsTest, WhoDirectsTheExerciseAndThatItIsOverAreKept) {
  RealmInfo info = Exercise();
  info.set_exercise("exercises/7");
  info.mutable_director()->set_person("people/yang-fan");
  info.set_finished(true);  // not for the caller to say
  ASSERT_TRUE(realms_->Open(info).ok());
  EXPECT_FALSE((*realms_->Find("drill-7"))->finished());
  // Opened again, by whomever: it keeps its director.
  info.mutable_director()->set_person("people/another");
  ASSERT_TRUE(realms_->Open(info).ok());
  EXPECT_TRUE(realms_->Finish("drill-7").ok());
  EXPECT_TRUE(realms_->Finish("drill-7").ok());
  EXPECT_TRUE(realms_->Finish("drill-none").ok());
  EXPECT_TRUE(realms_->Finish("live").ok());
  ASSERT_TRUE(realms_->SetTime("drill-7", kStart + absl::Hours(1)).ok());
  Load();
  const Realm* realm = *realms_->Find("drill-7");  // still open, to be read
  EXPECT_EQ(realm->exercise(), "exercises/7");
  EXPECT_EQ(realm->director().person(), "people/yang-fan");
  EXPECT_TRUE(realm->finished());
  EXPECT_FALSE((*realms_->Find("live"))->finished());
}

TEST_F(RealmsTest, WhoIsInsideStaysAndNobodyEntersAClosedRealm) {
  EXPECT_EQ(ReasonOf(realms_->Enter("drill-7").status()), Reason::NOT_FOUND);
  EXPECT_TRUE(realms_->WaitUntilLeft("drill-7", absl::ZeroDuration())) << "nobody is nowhere";
  ASSERT_TRUE(realms_->Open(Exercise()).ok());
  EXPECT_FALSE(realms_->WaitUntilLeft("drill-7", absl::ZeroDuration())) << "it is open";
  absl::StatusOr<Visit> first = realms_->Enter("drill-7");
  ASSERT_TRUE(first.ok());
  Visit second = *first;  // the same visit, kept twice
  ASSERT_TRUE(realms_->Close("drill-7").ok());
  EXPECT_EQ(ReasonOf(realms_->Enter("drill-7").status()), Reason::WRONG_REALM);
  EXPECT_FALSE(realms_->WaitUntilLeft("drill-7", absl::ZeroDuration()));
  first = absl::CancelledError();
  EXPECT_FALSE(realms_->WaitUntilLeft("drill-7", absl::ZeroDuration()));
  EXPECT_EQ(second->name(), "drill-7");
  std::thread leaves([&second] { second.reset(); });
  EXPECT_TRUE(realms_->WaitUntilLeft("drill-7", absl::Seconds(20)));
  leaves.join();
}

TEST_F(RealmsTest, ADamagedRealmFileIsNamedAtStart) {
  ASSERT_TRUE(realms_->Open(Exercise()).ok());
  realms_.reset();
  std::ofstream(dir_ / "realms/drill-7/realm.textproto") << "realm: \"other\"";
  EXPECT_THAT(base::ProblemOf(Realms::Load(dir_.path(), clock_).status()).message_en(),
              HasSubstr("drill-7/realm.textproto is damaged"));
}

TEST(FilesTest, AnAtomicWriteReplacesTheWholeFile) {
  base::TempDir dir;
  ASSERT_TRUE(WriteFileAtomically(dir / "f", "a long first text").ok());
  ASSERT_TRUE(WriteFileAtomically(dir / "f", "short").ok());
  EXPECT_EQ(*ReadWholeFile(dir / "f"), "short");
  EXPECT_FALSE(std::filesystem::exists(dir / "f.new"));
  EXPECT_FALSE(WriteFileAtomically(dir / "missing/f", "x").ok());
}

}  // namespace
}  // namespace huying::runtime
