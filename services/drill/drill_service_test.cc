// SPDX-License-Identifier: Apache-2.0
#include "services/drill/drill_service.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "services/directory/api_fake.h"
#include "services/drill/rules/score.h"
#include "services/drill/store.h"
#include "services/plan/api_fake.h"
#include "services/platform/base/status.h"
#include "services/platform/ledger/timekeeper.h"
#include "tests/support/test_ledger.h"

namespace huying::drill {
namespace {

using common::v1::Receipt;
using context::CallContext;
using google::protobuf::Message;

const absl::Time kStart = absl::FromUnixSeconds(1'258'738'200);

// One process: its realm clock, one ledger with due times, and journals to read. Each due time makes
// one entry when the clock reaches it.
class FakeProcess final : public rpc::Caller {
 public:
  explicit FakeProcess(std::string ledger) : ledger_(std::move(ledger)) {}

  absl::Status Call(const CallContext& context, std::string_view method, const Message& request,
                    Message* response) override {
    calls.push_back(
        absl::StrCat(std::string(method.substr(method.rfind('/') + 1)), "@", context.realm));
    principal = context.principal;
    if (down) return base::Unavailable(base::Reason::LOWER_SERVICE_UNAVAILABLE, "断", "down");
    if (absl::StrContains(calls.back(), "OpenRealm")) return Open(request);
    if (absl::StrContains(calls.back(), "SetTime")) return SetTime(request);
    if (absl::StrContains(calls.back(), "Probe")) return Probe(response);
    if (absl::StrContains(calls.back(), "ListEntries")) return List(request, response);
    return absl::OkStatus();
  }

  std::vector<std::string> calls;
  std::string principal;
  bool down = false;
  platform::v1::RealmInfo opened;
  absl::Time now;
  std::vector<absl::Time> due;
  std::vector<platform::v1::Entry> entries;
  int busy_looks = 0;  // answers that much not idle
  std::vector<std::string>* order = nullptr;

 private:
  absl::Status Open(const Message& request) {
    const auto& info = static_cast<const platform::v1::OpenRealmRequest&>(request).info();
    now = base::FromProto(info.now());
    opened = info;
    return absl::OkStatus();
  }
  absl::Status SetTime(const Message& message) {
    const auto& request = static_cast<const platform::v1::SetTimeRequest&>(message);
    now = base::FromProto(request.now());
    if (order != nullptr) order->push_back(absl::StrCat(ledger_, request.hold() ? " set" : " go"));
    if (request.hold()) return absl::OkStatus();
    for (auto it = due.begin(); it != due.end();) {
      if (*it > now) {
        ++it;
        continue;
      }
      platform::v1::Entry entry;
      entry.set_act(ledger_ + ".limit");
      Append(entry);
      it = due.erase(it);
    }
    return absl::OkStatus();
  }
  absl::Status Probe(Message* response) {
    auto& probe = static_cast<platform::v1::ProbeResponse&>(*response);
    *probe.mutable_now() = base::ToProto(now);
    auto& ledger = *probe.add_ledgers();
    ledger.set_ledger(ledger_);
    ledger.set_head(static_cast<int64_t>(entries.size()));
    if (busy_looks > 0) ledger.set_reactor_lag(busy_looks--);
    if (!due.empty()) {
      *ledger.mutable_next_due() = base::ToProto(*std::min_element(due.begin(), due.end()));
    }
    return absl::OkStatus();
  }
  absl::Status List(const Message& message, Message* response) {
    const auto& request = static_cast<const platform::v1::ListEntriesRequest&>(message);
    auto& page = static_cast<platform::v1::ListEntriesResponse&>(*response);
    constexpr int kSmallPage = 2;  // so that the gathering has to page
    for (const auto& entry : entries) {
      if (entry.seq() <= request.after_seq()) continue;
      *page.add_items()->mutable_entry() = entry;
      if (page.items_size() < kSmallPage) continue;
      page.set_next_after_seq(entry.seq());
      break;
    }
    return absl::OkStatus();
  }

 public:
  void Append(platform::v1::Entry entry) {
    entry.set_seq(static_cast<int64_t>(entries.size()) + 1);
    *entry.mutable_received_at() = base::ToProto(now);
    entries.push_back(std::move(entry));
  }

 private:
  const std::string ledger_;
};

class DrillServiceTest : public ::testing::Test {
 protected:
  DrillServiceTest() {
    context_ = directory_.As("posts/drill-director");
    context_.deadline = clock_.Now() + absl::Seconds(20);
  }

  template <typename Request>
  absl::StatusOr<Receipt> Run(
      absl::StatusOr<ledger::Command> (DrillService::*method)(const CallContext&, const Request&),
      Request request, const std::string& act) {
    CallContext context = context_;
    context.request_id = absl::StrCat("r", ++requests_);
    return ledger_.Run((service_.*method)(context, request), context, "drill." + act);
  }
  template <typename Request>
  absl::StatusOr<Receipt> Do(
      absl::StatusOr<ledger::Command> (DrillService::*method)(const CallContext&, const Request&),
      const std::string& act) {
    Request request;
    request.set_name(kName);
    return Run(method, request, act);
  }

  v1::PlanExerciseRequest Plan() {
    v1::PlanExerciseRequest request;
    request.set_title("演练");
    *request.mutable_starts_at() = base::ToProto(kStart);
    request.add_injects()->set_id("alarm");
    v1::Expectation& expectation = *request.add_expectations();
    expectation.set_id("limit");
    expectation.set_from("alarm");
    expectation.mutable_match()->set_act("alert.limit");
    expectation.mutable_limit()->set_seconds(600);
    return request;
  }
  v1::Exercise Get() {
    v1::GetExerciseRequest request;
    request.set_name(kName);
    auto response = service_.GetExercise(context_, request);
    return response.ok() ? response->exercise() : v1::Exercise();
  }
  // Runs the reactor over the journal, as its runner would.
  void React() {
    auto reactor = MakeExerciseReactor({*ledger_, machine_, realms_, preparation_});
    auto reader = ledger_->Read();
    const auto entries = *(*reader)->Entries(reacted_, 100);
    for (const auto& entry : entries) {
      reacted_ = entry.entry.seq();
      for (const auto& step : reactor->StepsFor(entry)) {
        CallContext context = context_;
        context.request_id = absl::StrCat("drill/", reacted_, "/", step.id);
        const auto outcome = step.act(context);
        if (!step.record) continue;
        ledger::Command command = step.record(outcome);
        const std::string act = command.act;
        context.request_id += "/outcome";
        EXPECT_TRUE(ledger_.Run(std::move(command), context, act).ok());
      }
    }
  }
  // What the reactor makes of the journal's last entry.
  ledger::Step StepOfTheLastEntry() {
    reactor_ = MakeExerciseReactor({*ledger_, machine_, realms_, preparation_});
    auto reader = ledger_->Read();
    const auto entries = *(*reader)->Entries(0, 100);
    return reactor_->StepsFor(entries.back()).at(0);
  }
  void MakeRunning() {
    ASSERT_TRUE(Run(&DrillService::PlanExercise, Plan(), "PlanExercise").ok());
    ASSERT_TRUE(Do(&DrillService::ApproveExercise, "ApproveExercise").ok());
    ASSERT_TRUE(Do(&DrillService::StartExercise, "StartExercise").ok());
    React();
    ASSERT_EQ(Get().state(), v1::RUNNING) << Get().problem();
  }
  absl::StatusOr<v1::AdvanceClockResponse> Advance(absl::Duration until) {
    v1::AdvanceClockRequest request;
    request.set_name(kName);
    *request.mutable_until() = base::ToProto(kStart + until);
    return service_.AdvanceClock(context_, request);
  }

  static constexpr char kName[] = "exercises/2027-0001";
  base::SystemClock clock_;
  testing::TestLedger ledger_{"drill", DrillKinds()};
  directory::FakeDirectory directory_{ledger_.clock};
  plan::FakePlans plans_;
  FakeProcess here_{"incident"};
  FakeProcess there_{"alert"};
  RealmClient realms_{{&here_, &there_}};
  Preparation preparation_{realms_, directory_, plans_};
  DrillService service_{*ledger_, clock_, realms_};
  CallContext context_;
  base::ManualClock machine_{kStart};
  std::unique_ptr<ledger::Reactor> reactor_;
  int requests_ = 0;
  int64_t reacted_ = 0;
};

TEST_F(DrillServiceTest, StartingOpensTheRealmEverywhereAndCopiesTheDirectory) {
  MakeRunning();
  EXPECT_EQ(Get().realm(), "drill-2027-0001");
  EXPECT_EQ(here_.calls.front(), "OpenRealm@live");
  EXPECT_EQ(there_.calls.front(), "OpenRealm@live");
  EXPECT_EQ(here_.principal, "node:drill");
  EXPECT_EQ(here_.now, kStart);
  // Who alone has its actors' tokens minted.
  EXPECT_EQ(there_.opened.exercise(), kName);
  EXPECT_EQ(there_.opened.director().person(), context_.actor.person());
  EXPECT_GT(directory_.imported().areas_size(), 12);
}

TEST_F(DrillServiceTest, AMissingPlanIsTheProblemAndItMayBeStartedAgain) {
  v1::PlanExerciseRequest plan = Plan();
  plan.add_plans("plans/none");
  ASSERT_TRUE(Run(&DrillService::PlanExercise, plan, "PlanExercise").ok());
  ASSERT_TRUE(Do(&DrillService::ApproveExercise, "ApproveExercise").ok());
  ASSERT_TRUE(Do(&DrillService::StartExercise, "StartExercise").ok());
  EXPECT_EQ(Get().state(), v1::PREPARING);
  React();
  EXPECT_EQ(Get().state(), v1::APPROVED);
  EXPECT_THAT(Get().problem(), ::testing::HasSubstr("plans/none"));
  EXPECT_TRUE(Do(&DrillService::StartExercise, "StartExercise").ok());
}

TEST_F(DrillServiceTest, ADirectoryThatDoesNotAnswerIsTheProblem) {
  directory_.SetDown(true);
  ASSERT_TRUE(Run(&DrillService::PlanExercise, Plan(), "PlanExercise").ok());
  ASSERT_TRUE(Do(&DrillService::ApproveExercise, "ApproveExercise").ok());
  ASSERT_TRUE(Do(&DrillService::StartExercise, "StartExercise").ok());
  React();
  EXPECT_FALSE(Get().problem().empty());
}

TEST_F(DrillServiceTest, WhatDoesNotAnswerIsAskedForAFewSecondsAndIsThenTheProblem) {
  ASSERT_TRUE(Run(&DrillService::PlanExercise, Plan(), "PlanExercise").ok());
  ASSERT_TRUE(Do(&DrillService::ApproveExercise, "ApproveExercise").ok());
  ASSERT_TRUE(Do(&DrillService::StartExercise, "StartExercise").ok());
  auto step = StepOfTheLastEntry();
  there_.down = true;
  EXPECT_TRUE(ledger::IsTransient(step.act(context_).status())) << "the reactor tries again";
  machine_.Advance(absl::Seconds(6));
  const absl::Status given_up = step.act(context_).status();
  EXPECT_FALSE(ledger::IsTransient(given_up)) << "the next exercise has its turn";
  EXPECT_EQ(base::ProblemOf(given_up).message_en(), "down");
}

TEST_F(DrillServiceTest, AnExerciseStoppedWhileItWaitedIsNotPreparedAnyMore) {
  ASSERT_TRUE(Run(&DrillService::PlanExercise, Plan(), "PlanExercise").ok());
  ASSERT_TRUE(Do(&DrillService::ApproveExercise, "ApproveExercise").ok());
  ASSERT_TRUE(Do(&DrillService::StartExercise, "StartExercise").ok());
  auto step = StepOfTheLastEntry();
  ASSERT_TRUE(Do(&DrillService::StopExercise, "StopExercise").ok());
  here_.calls.clear();
  EXPECT_EQ(step.act(context_).status().code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_TRUE(here_.calls.empty()) << "no realm was opened for it";
}

TEST_F(DrillServiceTest, ARealmThatCannotBeClosedSaysWhyAndMayBeArchivedAgain) {
  MakeRunning();
  ASSERT_TRUE(Do(&DrillService::StopExercise, "StopExercise").ok());
  React();
  EXPECT_TRUE(Get().realm_finished());
  ASSERT_TRUE(Do(&DrillService::ArchiveExercise, "ArchiveExercise").ok());
  there_.down = true;
  React();
  EXPECT_FALSE(Get().realm_closed());
  EXPECT_THAT(Get().problem(), ::testing::HasSubstr("down"));
  there_.down = false;
  ASSERT_TRUE(Do(&DrillService::ArchiveExercise, "ArchiveExercise").ok());
  React();
  EXPECT_TRUE(Get().realm_closed());
  EXPECT_FALSE(Do(&DrillService::ArchiveExercise, "ArchiveExercise").ok()) << "it is closed";
}

TEST_F(DrillServiceTest, TheClockStopsAtEachDueTimeOnTheWay) {
  MakeRunning();
  there_.due = {kStart + absl::Minutes(5)};
  auto first = Advance(absl::Minutes(30));
  ASSERT_TRUE(first.ok()) << first.status();
  EXPECT_EQ(base::FromProto(first->now()), kStart + absl::Minutes(5));
  EXPECT_FALSE(first->reached_until());
  EXPECT_EQ(first->heads().at("alert"), 1) << "what fell due is done before the answer";
  auto second = Advance(absl::Minutes(30));
  EXPECT_EQ(base::FromProto(second->now()), kStart + absl::Minutes(30));
  EXPECT_TRUE(second->reached_until());
  EXPECT_FALSE(second->more_due());
}

TEST_F(DrillServiceTest, AStepWhoseAnswerWasLostIsNotDoneTwice) {
  MakeRunning();
  there_.due = {kStart + absl::Minutes(5)};
  v1::AdvanceClockRequest step;
  step.set_name(kName);
  *step.mutable_until() = base::ToProto(kStart + absl::Minutes(30));
  *step.mutable_expected_now() = base::ToProto(kStart);
  const auto lost = service_.AdvanceClock(context_, step);
  ASSERT_TRUE(lost.ok()) << lost.status();
  const auto again = service_.AdvanceClock(context_, step);
  ASSERT_TRUE(again.ok()) << again.status();
  EXPECT_EQ(again->DebugString(), lost->DebugString());
  EXPECT_EQ(there_.now, kStart + absl::Minutes(5));
  *step.mutable_expected_now() = again->now();
  EXPECT_TRUE(service_.AdvanceClock(context_, step)->reached_until());
}

TEST_F(DrillServiceTest, EveryProcessHasTheTimeBeforeAnyActsOnIt) {
  MakeRunning();
  std::vector<std::string> order;
  here_.order = there_.order = &order;
  ASSERT_TRUE(Advance(absl::Minutes(1)).ok());
  EXPECT_THAT(order,
              ::testing::ElementsAre("incident set", "alert set", "incident go", "alert go"));
}

TEST_F(DrillServiceTest, TheClockWaitsUntilAllAreIdle) {
  MakeRunning();
  there_.busy_looks = 3;
  ASSERT_TRUE(Advance(absl::Minutes(1)).ok());
  EXPECT_EQ(there_.busy_looks, 0);
}

TEST_F(DrillServiceTest, AProcessThatNeverGetsIdleIsNamed) {
  MakeRunning();
  there_.busy_looks = 1'000'000;
  context_.deadline = clock_.Now() + absl::Milliseconds(520);
  const auto answer = Advance(absl::Minutes(1));
  EXPECT_EQ(answer.status().code(), absl::StatusCode::kUnavailable);
  EXPECT_THAT(base::ProblemOf(answer.status()).message_en(),
              ::testing::HasSubstr("alert: reactors behind"));
  EXPECT_EQ(here_.now, kStart) << "the clock stood";
}

TEST_F(DrillServiceTest, AStepCutOffInTheMiddleIsFinishedFirst) {
  MakeRunning();
  here_.now = kStart + absl::Minutes(2);  // the other process was not told
  ASSERT_TRUE(Advance(absl::ZeroDuration()).ok());
  EXPECT_EQ(there_.now, kStart + absl::Minutes(2));
}

TEST_F(DrillServiceTest, APausedClockStands) {
  MakeRunning();
  ASSERT_TRUE(Do(&DrillService::PauseExercise, "PauseExercise").ok());
  EXPECT_EQ(base::ProblemOf(Advance(absl::Minutes(1)).status()).rule_id(), "drill.clock");
  ASSERT_TRUE(Do(&DrillService::ResumeExercise, "ResumeExercise").ok());
  EXPECT_TRUE(Advance(absl::Minutes(1)).ok());
}

TEST_F(DrillServiceTest, TheScoreIsMeasuredFromEveryJournalAndRecordedOnce) {
  MakeRunning();
  v1::RecordInjectRequest inject;
  inject.set_name(kName);
  inject.set_inject("alarm");
  *inject.mutable_at() = base::ToProto(kStart);
  ASSERT_TRUE(Run(&DrillService::RecordInject, inject, "RecordInject").ok());
  for (int i = 0; i < 4; ++i) there_.Append({});  // more than a page
  there_.due = {kStart + absl::Minutes(5)};
  ASSERT_TRUE(Advance(absl::Minutes(30)).ok());
  EXPECT_FALSE(Do(&DrillService::ScoreExercise, "ScoreExercise").ok()) << "it runs still";
  ASSERT_TRUE(Do(&DrillService::FinishExercise, "FinishExercise").ok());
  const auto receipt = Do(&DrillService::ScoreExercise, "ScoreExercise");
  ASSERT_TRUE(receipt.ok()) << receipt.status();
  EXPECT_EQ(receipt->state(), "EVALUATED");
  const v1::Exercise exercise = Get();
  ASSERT_EQ(exercise.results_size(), 1);
  EXPECT_TRUE(exercise.results(0).met());
  EXPECT_EQ(rules::ToDuration(exercise.results(0).measured()), absl::Minutes(5));
  EXPECT_EQ(exercise.results(0).seq(), 5);
  EXPECT_EQ(exercise.met(), 1);
  auto reader = ledger_->Read();
  const auto entries = *(*reader)->Entries(receipt->seq() - 1, 1);
  ASSERT_EQ(entries.size(), 1u);
  EXPECT_EQ(entries[0].entry.sources(0).ledger(), "drill-2027-0001/alert");
  EXPECT_EQ(entries[0].entry.sources(0).seq(), 5);
  EXPECT_FALSE(Do(&DrillService::ScoreExercise, "ScoreExercise").ok());
}

TEST_F(DrillServiceTest, WhatIsDoneAfterTheEndDoesNotCount) {
  MakeRunning();
  v1::RecordInjectRequest inject;
  inject.set_name(kName);
  inject.set_inject("alarm");
  *inject.mutable_at() = base::ToProto(kStart);
  ASSERT_TRUE(Run(&DrillService::RecordInject, inject, "RecordInject").ok());
  ASSERT_TRUE(Do(&DrillService::FinishExercise, "FinishExercise").ok());
  platform::v1::Entry late;
  late.set_act("alert.limit");
  there_.Append(late);
  ASSERT_TRUE(Do(&DrillService::ScoreExercise, "ScoreExercise").ok());
  EXPECT_FALSE(Get().results(0).met());
  EXPECT_EQ(Get().results(0).seen(), 0);
}

TEST_F(DrillServiceTest, ArchivingClosesTheRealmEverywhere) {
  MakeRunning();
  ASSERT_TRUE(Do(&DrillService::StopExercise, "StopExercise").ok());
  ASSERT_TRUE(Do(&DrillService::ArchiveExercise, "ArchiveExercise").ok());
  React();
  EXPECT_EQ(here_.calls.back(), "CloseRealm@live");
  EXPECT_EQ(there_.calls.back(), "CloseRealm@live");
}

TEST_F(DrillServiceTest, WhenItIsOverEveryProcessIsTold) {
  MakeRunning();
  ASSERT_TRUE(Do(&DrillService::PauseExercise, "PauseExercise").ok());
  React();
  EXPECT_NE(here_.calls.back(), "FinishRealm@live");
  ASSERT_TRUE(Do(&DrillService::FinishExercise, "FinishExercise").ok());
  React();
  EXPECT_EQ(here_.calls.back(), "FinishRealm@live");
  EXPECT_EQ(there_.calls.back(), "FinishRealm@live");
}

TEST_F(DrillServiceTest, StoppingWorksWhenNoProcessAnswers) {
  MakeRunning();
  here_.down = there_.down = true;
  EXPECT_FALSE(Do(&DrillService::FinishExercise, "FinishExercise").ok());
  EXPECT_TRUE(Do(&DrillService::StopExercise, "StopExercise").ok());
  EXPECT_EQ(Get().state(), v1::STOPPED);
}

TEST_F(DrillServiceTest, SomebodyElsesExerciseIsNotDirected) {
  MakeRunning();
  context_ = directory_.As("posts/pingan-duty");
  context_.deadline = clock_.Now() + absl::Seconds(20);
  EXPECT_EQ(Do(&DrillService::PauseExercise, "PauseExercise").status().code(),
            absl::StatusCode::kPermissionDenied);
  EXPECT_EQ(Advance(absl::Minutes(1)).status().code(), absl::StatusCode::kPermissionDenied);
}

TEST_F(DrillServiceTest, ARequestWithoutNameOrTimeNamesItsField) {
  EXPECT_EQ(base::ProblemOf(service_.PauseExercise(context_, {}).status()).field(), "name");
  EXPECT_EQ(base::ProblemOf(service_.RecordInject(context_, {}).status()).field(), "at");
  EXPECT_EQ(base::ProblemOf(service_.AdvanceClock(context_, {}).status()).field(), "name");
}

TEST_F(DrillServiceTest, ExercisesAreListedNewestFirst) {
  ASSERT_TRUE(Run(&DrillService::PlanExercise, Plan(), "PlanExercise").ok());
  ASSERT_TRUE(Run(&DrillService::PlanExercise, Plan(), "PlanExercise").ok());
  const auto page = service_.ListExercises(context_, {});
  ASSERT_TRUE(page.ok());
  ASSERT_EQ(page->exercises_size(), 2);
  EXPECT_EQ(page->exercises(0).name(), "exercises/2027-0002");
}

}  // namespace
}  // namespace huying::drill
