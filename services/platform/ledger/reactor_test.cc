// SPDX-License-Identifier: Apache-2.0
#include "services/platform/ledger/reactor.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "services/platform/ledger/evidence.h"
#include "services/platform/ledger/schema.h"
#include "services/platform/ledger/testing/ledger_fixture.h"

namespace huying::ledger {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

// Each "start" entry issues two notices in a lower ledger and records what came of them.
class Starter final : public Reactor {
 public:
  using Act = std::function<absl::StatusOr<Receipt>(const context::CallContext&)>;
  explicit Starter(Act act) : act_(std::move(act)) {}
  std::string name() const override { return "starter"; }
  std::vector<Step> StepsFor(const StoredEntry& stored) override {
    if (stored.entry.act() != "test.Start") return {};
    std::vector<Step> steps;
    for (const char* id : {"first", "second"}) {
      const std::string name = absl::StrCat("outcomes/", stored.entry.seq(), "/", id);
      steps.push_back({id, act_, [name](const absl::StatusOr<Receipt>& outcome) {
                         Command command;
                         const std::string text =
                             outcome.ok() ? outcome->name() : outcome.status().ToString();
                         command.reads = {Docs().Ref(name)};
                         command.decide = [name, text](Transaction& tx) {
                           tx.Set(Docs(), name, Doc(name, text));
                           return absl::OkStatus();
                         };
                         return command;
                       }});
    }
    return steps;
  }

 private:
  const Act act_;
};

class ReactorTest : public LedgerFixture {
 protected:
  void SetUp() override {
    Open();
    LedgerOptions options = Options();
    options.service = "lower";
    options.path = folder_ + "/lower.db";
    lower_ = *Ledger::Open(lower_engine_, options, {Docs().schema()});
  }
  ~ReactorTest() override {
    runner_.reset();
    lower_.reset();
  }

  // The lower service's use case: a new notice for each request id.
  absl::StatusOr<Receipt> Issue(const context::CallContext& context) {
    Command command;
    command.decide = [](Transaction& tx) -> absl::Status {
      ASSIGN_OR_RETURN(int64_t n, tx.NextNumber("notices"));
      const std::string name = absl::StrCat("notices/", n);
      tx.Set(Docs(), name, Doc(name, ""));
      return absl::OkStatus();
    };
    command.context = context;
    command.act = "lower.Issue";
    command.payload_hash = "notice";
    return lower_->ExecuteAndWait(std::move(command), absl::Seconds(20));
  }
  void React(Starter::Act act, ReactorOptions options = {}) {
    options.backoff_min = absl::Milliseconds(1);
    options.backoff_max = absl::Milliseconds(4);
    runner_ = std::make_unique<ReactorRunner>(*ledger_, clock_, system_,
                                              std::make_unique<Starter>(std::move(act)), options);
    runner_->Start();
  }
  void Start(const std::string& name) {
    Command command = Put(name, "start");
    command.act = "test.Start";
    command.context.actor.set_person_name("张三");
    ASSERT_TRUE(Run(std::move(command)).ok());
  }
  bool UntilCaughtUp() {
    return Until([this] { return runner_->Lag() == 0; });
  }
  bool Until(const std::function<bool()>& condition) {
    const absl::Time end = system_.Now() + absl::Seconds(20);
    while (!condition()) {
      if (system_.Now() > end) return false;
      ledger_->WaitPast(INT64_MAX, absl::Milliseconds(1));
    }
    return true;
  }
  std::vector<std::string> Notices() {
    std::vector<std::string> names;
    const auto docs = *(*lower_->Read())->All(Docs(), {});
    for (const auto& doc : docs) names.push_back(doc.value.name());
    return names;
  }
  std::vector<std::string> Outcomes() {
    std::vector<std::string> texts;
    const auto docs = *(*ledger_->Read())->All(Docs(), {});
    for (const auto& doc : docs) {
      if (doc.value.name().rfind("outcomes/", 0) == 0) texts.push_back(doc.value.text());
    }
    return texts;
  }

  const base::SystemClock system_{};
  sql::CountingEngine lower_engine_{sql::MakeSqliteEngine()};
  std::unique_ptr<Ledger> lower_;
  std::unique_ptr<ReactorRunner> runner_;
};

TEST_F(ReactorTest, EachStepHappensAndItsOutcomeIsRecorded) {
  React([this](const context::CallContext& context) { return Issue(context); });
  Start("docs/a");
  Start("docs/b");
  ASSERT_TRUE(UntilCaughtUp());
  EXPECT_THAT(Notices(), ElementsAre("notices/1", "notices/2", "notices/3", "notices/4"));
  EXPECT_THAT(Outcomes(), ElementsAre("notices/1", "notices/2", "notices/3", "notices/4"));
  const auto entry = (*(*lower_->Read())->Entries(0, 1)).at(0).entry;
  EXPECT_EQ(entry.request_id(), "alert/1/first");
  EXPECT_EQ(entry.principal(), "system:alert");
  EXPECT_EQ(entry.actor().system(), "alert.reactor");
  EXPECT_EQ(entry.actor().person_name(), "张三");  // acting for the person who decided
}

TEST_F(ReactorTest, ARefusalIsAnOutcomeAndDoesNotBlock) {
  React([](const context::CallContext&) -> absl::StatusOr<Receipt> {
    return base::Refused(base::Reason::CONDITION_NOT_MET, "不可以", "no");
  });
  Start("docs/a");
  Start("docs/b");
  ASSERT_TRUE(UntilCaughtUp());
  EXPECT_EQ(Outcomes().size(), 4u);
  EXPECT_NE(Outcomes()[0].find("FAILED_PRECONDITION"), std::string::npos);
  EXPECT_EQ(runner_->Troubles(), 0);
}

TEST_F(ReactorTest, TransientErrorsAreRetriedAndRaiseTheAlarm) {
  std::atomic<int> failures = 0;
  std::atomic<int> alarms = 0;
  React(
      [&](const context::CallContext& context) -> absl::StatusOr<Receipt> {
        static constexpr absl::StatusCode kCodes[] = {
            absl::StatusCode::kUnavailable, absl::StatusCode::kDeadlineExceeded,
            absl::StatusCode::kAborted, absl::StatusCode::kResourceExhausted};
        if (failures < 4) return absl::Status(kCodes[failures++], "not now");
        return Issue(context);
      },
      {.on_trouble = [&](const std::string& id, int attempt, const absl::Status&) {
        EXPECT_EQ(id, "alert/1/first");
        EXPECT_EQ(attempt, ++alarms);
      }});
  Start("docs/a");
  ASSERT_TRUE(UntilCaughtUp());
  EXPECT_THAT(Notices(), ElementsAre("notices/1", "notices/2"));
  EXPECT_EQ(runner_->Troubles(), 4);
  EXPECT_EQ(alarms, 4);
}

// The process is killed between any two of the steps' acts, records and the cursor: its own ledger
// takes nothing more from the nth round trip on, and a new process begins again.
class KilledReactorTest : public ReactorTest, public ::testing::WithParamInterface<int> {
 protected:
  static constexpr int kStuckRuns = 20;
};

TEST_P(KilledReactorTest, KilledAnywhereEachEffectHappensOnce) {
  Start("docs/a");
  engine_.FailFromWriterRun(GetParam());
  React([this](const context::CallContext& context) { return Issue(context); });
  // Stuck in a record or at the cursor; with a late fault it comes through.
  ASSERT_TRUE(
      Until([&] { return runner_->Lag() == 0 || engine_.WriterRuns() > GetParam() + kStuckRuns; }));
  runner_.reset();
  engine_.FailAllWriterRuns(false);
  Open();
  React([this](const context::CallContext& context) { return Issue(context); });
  ASSERT_TRUE(UntilCaughtUp());
  EXPECT_THAT(Notices(), ElementsAre("notices/1", "notices/2"));
  EXPECT_THAT(Outcomes(), ElementsAre("notices/1", "notices/2"));
  EXPECT_EQ(ledger_->Head().seq, 3);
}

INSTANTIATE_TEST_SUITE_P(AtRoundTrip, KilledReactorTest, ::testing::Range(1, 8));

TEST_F(ReactorTest, KilledAfterTheLastRecordButBeforeTheCursorRepeatsWithoutASecondEffect) {
  React([this](const context::CallContext& context) { return Issue(context); });
  Start("docs/a");
  ASSERT_TRUE(UntilCaughtUp());
  runner_.reset();
  // As if the cursor had never been saved.
  ASSERT_TRUE(ledger_->SaveCursor("reactor/starter", {0, 0, ""}).ok());
  std::atomic<int> acts = 0;
  React([&](const context::CallContext& context) {
    ++acts;
    return Issue(context);
  });
  ASSERT_TRUE(UntilCaughtUp());
  EXPECT_EQ(acts, 0);  // the recorded outcomes say it was done
  EXPECT_EQ(Notices().size(), 2u);
}

TEST_F(ReactorTest, ARecordedRefusalIsNotTriedAgainEvenWhenItWouldNowBeLegal) {
  React([](const context::CallContext&) -> absl::StatusOr<Receipt> {
    return base::Refused(base::Reason::CONDITION_NOT_MET, "不可以", "no");
  });
  Start("docs/a");
  ASSERT_TRUE(UntilCaughtUp());
  runner_.reset();
  ASSERT_TRUE(ledger_->SaveCursor("reactor/starter", {0, 0, ""}).ok());
  React([this](const context::CallContext& context) { return Issue(context); });
  ASSERT_TRUE(UntilCaughtUp());
  EXPECT_THAT(Notices(), IsEmpty());
}

TEST_F(ReactorTest, ACursorThatDoesNotFitTheJournalStopsTheReactor) {
  Start("docs/a");
  ASSERT_TRUE(ledger_->SaveCursor("reactor/starter", {1, 1, "12345678"}).ok());
  React([this](const context::CallContext& context) { return Issue(context); });
  ASSERT_TRUE(Until([this] { return !runner_->status().ok(); }));
  EXPECT_TRUE(absl::IsDataLoss(runner_->status()));
  EXPECT_THAT(Notices(), IsEmpty());
}

TEST_F(ReactorTest, AfterARestoreTheCarriedCursorGoesOn) {
  React([this](const context::CallContext& context) { return Issue(context); });
  Start("docs/a");
  ASSERT_TRUE(UntilCaughtUp());
  runner_.reset();
  ledger_.reset();
  ASSERT_TRUE(BeginNewEpoch(engine_, Options().path).ok());
  Open();
  React([this](const context::CallContext& context) { return Issue(context); });
  Start("docs/b");
  ASSERT_TRUE(UntilCaughtUp());
  EXPECT_TRUE(runner_->status().ok());
  EXPECT_EQ(Notices().size(), 4u);
}

TEST_F(ReactorTest, ManyEntriesWithoutStepsPassQuicklyAndAreCounted) {
  React([this](const context::CallContext& context) { return Issue(context); });
  for (int i = 0; i < 1000; ++i) {
    ledger_->Execute(Put(absl::StrCat("docs/", i), "x"), [](const absl::StatusOr<Receipt>&) {});
  }
  Start("docs/last");
  ASSERT_TRUE(UntilCaughtUp());
  EXPECT_EQ(Notices().size(), 2u);
  EXPECT_GE(ledger_->LoadCursor("reactor/starter")->seq, 1001);
}

}  // namespace
}  // namespace huying::ledger
