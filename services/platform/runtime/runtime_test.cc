// SPDX-License-Identifier: Apache-2.0
#include <atomic>
#include <filesystem>
#include <iterator>
#include <thread>

#include "absl/synchronization/notification.h"
#include "absl/time/clock.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/platform/push/bus_fake.h"
#include "services/platform/rpc/testing/outside.h"
#include "services/platform/runtime/notes_fake.h"
#include "services/platform/runtime/platform_fake.h"

namespace huying::runtime {
namespace {
using base::Reason;
using context::CallContext;
using platform::v1::ProbeResponse;
using platform::v1::RealmInfo;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

const absl::Time kDrillStart = absl::FromUnixSeconds(1'258'740'000);  // 2009-11-21
constexpr absl::Duration kPatience = absl::Seconds(20);

// Two services: notes below, board above, whose reactor writes into notes.
class RuntimeTest : public ::testing::Test {
 protected:
  RuntimeTest() : test_({"notes", "board"}, &bus_) { Wire(); }
  ~RuntimeTest() override { test_.Stop(); }

  void Wire() {
    ASSERT_TRUE(test_.status().ok()) << test_.status();
    notes_ = std::make_unique<PerRealm<NoteService>>(
        test_.platform().homes(), "notes", std::vector{Notes().schema()}, [this](RealmHome& home) {
          ++made_;
          return MakeNotes(home);
        });
    board_ = std::make_unique<PerRealm<NoteService>>(
        test_.platform().homes(), "board", std::vector{Notes().schema()}, [this](RealmHome& home) {
          home.AddReactor(std::make_unique<CopyReactor>(*notes_, home.realm()));
          return MakeNotes(home);
        });
    ASSERT_TRUE(notes_->status().ok() && board_->status().ok());
    const absl::Status opened = test_.platform().Open();
    ASSERT_TRUE(opened.ok()) << opened;
  }
  void Restart() {
    test_.Restart();
    Wire();
  }
  CallContext Node() const {
    CallContext context;
    context.realm = "live";
    context.principal = "node:drill";
    context.deadline = absl::Now() + absl::Seconds(20);
    return context;
  }
  template <typename Response, typename Request>
  absl::StatusOr<Response> Call(const CallContext& context, const std::string& rpc,
                                const Request& request) {
    return rpc::Call<Response>(*test_.platform().EveryProcess().front(), context,
                               "huying.platform.v1." + rpc, request);
  }
  absl::Status OpenDrill(const std::string& name = "drill-7") {
    platform::v1::OpenRealmRequest request;
    request.mutable_info()->set_realm(name);
    request.mutable_info()->set_kind(RealmInfo::EXERCISE);
    request.mutable_info()->set_stepped_clock(true);
    *request.mutable_info()->mutable_now() = base::ToProto(kDrillStart);
    return Call<platform::v1::OpenRealmResponse>(Node(), "RealmService/OpenRealm", request)
        .status();
  }
  absl::Status SetTime(absl::Time now, const std::string& realm = "drill-7") {
    platform::v1::SetTimeRequest request;
    request.set_realm(realm);
    *request.mutable_now() = base::ToProto(now);
    return Call<platform::v1::SetTimeResponse>(Node(), "RealmService/SetTime", request).status();
  }
  absl::Status CloseDrill(const std::string& realm = "drill-7") {
    platform::v1::CloseRealmRequest request;
    request.set_realm(realm);
    return Call<platform::v1::CloseRealmResponse>(Node(), "RealmService/CloseRealm", request)
        .status();
  }
  absl::StatusOr<ProbeResponse> Probe(const std::string& realm = "drill-7") {
    platform::v1::ProbeRequest request;
    request.set_realm(realm);
    return Call<ProbeResponse>(Node(), "RealmService/Probe", request);
  }
  static bool Idle(const ProbeResponse& probe) {
    for (const auto& ledger : probe.ledgers()) {
      if (ledger.in_flight() + ledger.reactor_lag() + ledger.relay_lag() + ledger.streams_behind() >
          0) {
        return false;
      }
      if (ledger.has_next_due() &&
          base::FromProto(ledger.next_due()) <= base::FromProto(probe.now())) {
        return false;
      }
    }
    return true;
  }
  // Twice idle with equal heads, as the drill does it.
  ProbeResponse WaitIdle() {
    const absl::Time until = absl::Now() + kPatience;
    std::string before;
    while (absl::Now() < until) {
      auto probe = Probe();
      EXPECT_TRUE(probe.ok()) << probe.status();
      if (!probe.ok()) return {};
      const std::string now = Idle(*probe) ? probe->SerializeAsString() : "";
      if (!now.empty() && now == before) return *probe;
      before = now;
    }
    ADD_FAILURE() << "the realm did not become idle";
    return {};
  }
  Reason ReasonOf(const absl::Status& status) { return base::ProblemOf(status).reason(); }

  push::FakeBus bus_;
  std::atomic<int> made_ = 0;
  TestPlatform test_;
  std::unique_ptr<PerRealm<NoteService>> notes_;
  std::unique_ptr<PerRealm<NoteService>> board_;
};

TEST_F(RuntimeTest, AServiceIsMadeOncePerRealm) {
  ASSERT_TRUE(OpenDrill().ok());
  NoteService* live = *notes_->Find("live");
  EXPECT_EQ(live, *notes_->Find("live"));
  EXPECT_NE(live, *notes_->Find("drill-7"));
  EXPECT_EQ(made_, 2);
  EXPECT_FALSE(live->home().is_exercise());
  EXPECT_TRUE((*notes_->Find("drill-7"))->home().is_exercise());
}

TEST_F(RuntimeTest, ARealmOpenedByManyThreadsAtOnceHasOneServiceOfEachKind) {
  RealmInfo info;
  info.set_realm("test-1");
  info.set_kind(RealmInfo::TEST);
  ASSERT_TRUE(test_.platform().realms().Open(info).ok());
  std::vector<std::thread> threads;
  std::array<NoteService*, 8> found{};
  for (size_t i = 0; i < found.size(); ++i) {
    threads.emplace_back([&, i] { found[i] = *notes_->Find("test-1"); });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_THAT(found, ::testing::Each(found[0]));
  EXPECT_EQ(made_, 2);
}

TEST_F(RuntimeTest, AnUnknownRealmIsNotFoundAndAClosedOneRefused) {
  EXPECT_EQ(ReasonOf(notes_->Find("drill-7").status()), Reason::NOT_FOUND);
  ASSERT_TRUE(OpenDrill().ok());
  ASSERT_TRUE(CloseDrill().ok());
  EXPECT_EQ(ReasonOf(notes_->Find("drill-7").status()), Reason::WRONG_REALM);
  EXPECT_EQ(ReasonOf(notes_->FindLedger("drill-7").status()), Reason::WRONG_REALM);
  EXPECT_EQ(ReasonOf(Probe().status()), Reason::WRONG_REALM);
  EXPECT_TRUE(CloseDrill().ok()) << "twice is once";
}

TEST_F(RuntimeTest, WhoIsInsideAClosedRealmGetsAnAnswerAndKeepsItUntilHeLeaves) {
  ASSERT_TRUE(OpenDrill().ok());
  absl::StatusOr<Visit> visit = test_.platform().realms().Enter("drill-7");
  ASSERT_TRUE(visit.ok());
  NoteService* service = *notes_->Find("drill-7");
  auto heard = service->home().hub().Subscribe({"down:230407000000"}, 0, [](const push::Event&) {});
  ASSERT_TRUE(heard.ok());
  ASSERT_TRUE(test_.platform().realms().Close("drill-7").ok());
  test_.platform().homes().CloseRealm("drill-7", absl::ZeroDuration());
  // He came in before the door closed: he is told so, and nothing is stored.
  EXPECT_EQ(service->WriteNow("notes/1", "late").status().code(), absl::StatusCode::kUnavailable);
  EXPECT_EQ(test_.platform().homes().OfRealm("drill-7").size(), 2u);
  visit = absl::CancelledError();
  ASSERT_TRUE(CloseDrill().ok());
  EXPECT_TRUE(test_.platform().homes().OfRealm("drill-7").empty());
  heard->reset();  // a subscription may outlive its hub
}

// Entries of a folder of /proc/self: "task" its threads, "fd" its open files.
int64_t CountOf(const std::string& what) {
  const std::filesystem::directory_iterator folder("/proc/self/" + what);
  return std::distance(begin(folder), end(folder));
}

TEST_F(RuntimeTest, TwentyArchivedExercisesLeaveNoThreadAndNoOpenFile) {
  // The live realm opens further reading connections when it first needs them.
  constexpr int64_t kReaders = 6;
  const int64_t threads = CountOf("task"), files = CountOf("fd");
  for (int i = 0; i < 20; ++i) {
    const std::string realm = absl::StrCat("drill-", i);
    ASSERT_TRUE(OpenDrill(realm).ok());
    ASSERT_TRUE((*board_->Find(realm))->WriteNow("notes/1", "copy: hello").ok());
    EXPECT_GT(CountOf("task"), threads);
    EXPECT_GT(CountOf("fd"), files);
    ASSERT_TRUE(CloseDrill(realm).ok());
    EXPECT_TRUE(test_.platform().homes().OfRealm(realm).empty()) << realm;
  }
  EXPECT_EQ(CountOf("task"), threads);
  EXPECT_LE(CountOf("fd"), files + kReaders);
}

TEST_F(RuntimeTest, ARealmClosesWhileManyAreInside) {
  ASSERT_TRUE(OpenDrill().ok());
  std::atomic<int> answered = 0;
  std::vector<std::thread> visitors;
  for (int i = 0; i < 4; ++i) {
    visitors.emplace_back([&, i] {
      for (int n = 0;; ++n) {
        const absl::StatusOr<Visit> visit = test_.platform().realms().Enter("drill-7");
        if (!visit.ok()) break;
        auto service = notes_->Find("drill-7");
        if (!service.ok()) break;
        (void)(*service)->WriteNow(absl::StrCat("notes/", i, "-", n), "x");
        (void)(*service)->Text("notes/0-0");
        ++answered;
      }
    });
  }
  while (answered < 40) std::this_thread::yield();
  ASSERT_TRUE(CloseDrill().ok());
  EXPECT_TRUE(test_.platform().homes().OfRealm("drill-7").empty());
  for (std::thread& visitor : visitors) visitor.join();
}

TEST_F(RuntimeTest, WhatHappensInADrillIsNotInTheLiveLedger) {
  ASSERT_TRUE((*notes_->Find("live"))->WriteNow("notes/1", "live").ok());
  const auto before = (*notes_->FindLedger("live"))->Head();
  ASSERT_TRUE(OpenDrill().ok());
  ASSERT_TRUE((*notes_->Find("drill-7"))->WriteNow("notes/1", "drill").ok());
  EXPECT_EQ((*notes_->Find("live"))->Text("notes/1"), "live");
  EXPECT_EQ((*notes_->FindLedger("live"))->Head().hash, before.hash);
  EXPECT_NE((*notes_->FindLedger("drill-7"))->header().realm(), "live");
}

TEST_F(RuntimeTest, ASteppedRealmMovesFromDueTimeToDueTime) {
  ASSERT_TRUE(OpenDrill().ok());
  NoteService* notes = *notes_->Find("drill-7");
  ASSERT_TRUE(notes->WriteNow("notes/1", "open", absl::Hours(24 * 7)).ok());
  ProbeResponse probe = WaitIdle();
  ASSERT_EQ(probe.ledgers_size(), 2);
  EXPECT_EQ(probe.ledgers(0).ledger(), "notes");
  const absl::Time due = base::FromProto(probe.ledgers(0).next_due());
  EXPECT_EQ(due, kDrillStart + absl::Hours(24 * 7));
  EXPECT_EQ(notes->Text("notes/1"), "open");
  ASSERT_TRUE(SetTime(due).ok());
  probe = WaitIdle();
  EXPECT_EQ(notes->Text("notes/1"), "overdue");
  EXPECT_EQ(probe.ledgers(0).head(), 2);
  EXPECT_FALSE(probe.ledgers(0).has_next_due());
}

TEST_F(RuntimeTest, AProbeWaitsForReactorsAndStreams) {
  ASSERT_TRUE(OpenDrill().ok());
  NoteService* board = *board_->Find("drill-7");
  std::atomic<int> events = 0;
  auto heard = (*notes_->Find("drill-7"))
                   ->home()
                   .hub()
                   .Subscribe({"down:230407000000"}, 0,
                              [&](const push::Event& event) { events += !event.progress_only; });
  ASSERT_TRUE(heard.ok()) << heard.status();
  for (int i = 0; i < 20; ++i) {
    ASSERT_TRUE(board->WriteNow(absl::StrCat("notes/", i), "copy: hello").ok());
  }
  const ProbeResponse probe = WaitIdle();
  EXPECT_EQ(probe.ledgers(0).head(), 20);  // every effect is there
  EXPECT_EQ(probe.ledgers(0).streams(), 1);
  EXPECT_EQ((*notes_->Find("drill-7"))->Text("notes/7"), "hello");
  EXPECT_EQ(events, 20);  // and the stream was told before the probe said so
}

TEST_F(RuntimeTest, TimeNeverRunsBackAndTheLiveRealmCannotBeSet) {
  ASSERT_TRUE(OpenDrill().ok());
  ASSERT_TRUE(SetTime(kDrillStart + absl::Hours(1)).ok());
  EXPECT_EQ(base::ProblemOf(SetTime(kDrillStart)).rule_id(), "platform.time-forward");
  EXPECT_EQ(base::ProblemOf(SetTime(absl::Now(), "live")).rule_id(), "platform.stepped-clock");
  EXPECT_EQ(ReasonOf(Probe("drill-8").status()), Reason::NOT_FOUND);
}

TEST_F(RuntimeTest, OnlyAProcessMayOpenStepAndCloseRealms) {
  platform::v1::TokenClaims person;
  person.set_realm("live");
  person.set_principal("accounts/wang");
  person.add_permissions("drill.direct");
  auto token = test_.platform().tokens().Mint(person);
  ASSERT_TRUE(token.ok()) << token.status();
  EXPECT_EQ(rpc::testing::CallFromOutside(test_.platform().router(),
                                          "huying.platform.v1.RealmService/OpenRealm", *token,
                                          platform::v1::OpenRealmRequest())
                .code(),
            absl::StatusCode::kPermissionDenied);
}

TEST_F(RuntimeTest, AfterARestartADrillStandsWhereItWasAndItsEffectsGoOn) {
  ASSERT_TRUE(OpenDrill().ok());
  ASSERT_TRUE((*board_->Find("drill-7"))->WriteNow("notes/1", "copy: before").ok());
  WaitIdle();
  ASSERT_TRUE(SetTime(kDrillStart + absl::Hours(2)).ok());
  Restart();
  EXPECT_EQ((*notes_->Find("drill-7"))->home().clock().Now(), kDrillStart + absl::Hours(2));
  EXPECT_EQ((*notes_->Find("drill-7"))->Text("notes/1"), "before");
  ASSERT_TRUE((*board_->Find("drill-7"))->WriteNow("notes/2", "copy: after").ok());
  EXPECT_EQ(WaitIdle().ledgers(0).head(), 2);  // each effect once
}

TEST_F(RuntimeTest, WithoutTheBusADrillIsProvedByTheJournal) {
  bus_.SetUp(false);
  ASSERT_TRUE(OpenDrill().ok());
  ASSERT_TRUE((*board_->Find("drill-7"))->WriteNow("notes/1", "copy: hello").ok());
  EXPECT_EQ(WaitIdle().ledgers(0).head(), 1);
  EXPECT_FALSE((*notes_->Find("drill-7"))->home().hub().redis_up());
}

TEST_F(RuntimeTest, AServiceThatIsNeitherHereNorElsewhereStopsTheStart) {
  EXPECT_TRUE(test_.platform().CallerFor("board", "notes").ok());
  const auto missing = test_.platform().CallerFor("board", "weather");
  EXPECT_THAT(base::ProblemOf(missing.status()).message_en(),
              HasSubstr("service board needs weather"));
  EXPECT_THAT(base::ProblemOf(missing.status()).next_step_en(), HasSubstr("--services"));
}

TEST_F(RuntimeTest, TheSameServiceTwiceIsAFault) {
  PerRealm<NoteService> again(test_.platform().homes(), "notes", {},
                              [](RealmHome& home) { return MakeNotes(home); });
  EXPECT_EQ(again.status().code(), absl::StatusCode::kAlreadyExists);
}

TEST(DiskTest, ImportsAreRefusedFirstAndOrdersNever) {
  base::ManualClock clock(absl::FromUnixSeconds(1'700'000'000));
  int64_t free_mb = 5000;
  DiskWatch disk("/", {.low_mb = 1024, .critical_mb = 256}, clock,
                 [&](const std::string&) { return free_mb << 20; });
  const auto admitted = [&](int64_t mb) {
    free_mb = mb;
    clock.Advance(absl::Seconds(2));
    return std::vector<bool>{disk.Admit(ledger::Lane::kControl).ok(),
                             disk.Admit(ledger::Lane::kAnswer).ok(),
                             disk.Admit(ledger::Lane::kBulk).ok()};
  };
  EXPECT_THAT(admitted(1024), ElementsAre(true, true, true));
  EXPECT_THAT(admitted(1023), ElementsAre(true, true, false));
  EXPECT_THAT(admitted(255), ElementsAre(true, false, false));
  EXPECT_EQ(base::ProblemOf(disk.Admit(ledger::Lane::kBulk)).reason(), Reason::DISK_LOW);
  EXPECT_THAT(admitted(-1), ElementsAre(true, true, true));  // unknown: nobody is stopped
}

}  // namespace
}  // namespace huying::runtime
