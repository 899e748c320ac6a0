// SPDX-License-Identifier: Apache-2.0
#include "services/platform/push/hub.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <functional>
#include <memory>
#include <set>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "services/platform/push/bus_fake.h"
#include "services/platform/push/subscriber.h"
#include "services/platform/push/testing/push_world.h"

namespace huying::push {
namespace {

using platform::v1::PushMessage;
using ::testing::ElementsAre;
using testing::Eventually;
using testing::PushWorld;
using testing::Recorder;

constexpr absl::Duration kNever = absl::Hours(1);

std::vector<int64_t> UpTo(int64_t last) {
  std::vector<int64_t> seqs;
  for (int64_t seq = 1; seq <= last; ++seq) seqs.push_back(seq);
  return seqs;
}

TEST(HubTest, DeliversThePastThenTheLiveEntriesOfItsChannelsOnly) {
  FakeBus bus;
  PushWorld world(&bus);
  world.Append({"down:1"});
  world.Append({"down:2"});
  world.Append({"down:1", "up:9"});
  Recorder recorder;
  const auto subscription = world.Subscribe({"down:1", "up:9"}, 1, recorder);
  ASSERT_TRUE(recorder.WaitForEntries(1));
  world.Append({"down:2"});
  world.Append({"up:9"});
  ASSERT_TRUE(recorder.WaitForEntries(2));
  EXPECT_THAT(recorder.seqs(), ElementsAre(3, 5));
  EXPECT_EQ(recorder.events().back().bytes, "entry");
  EXPECT_TRUE(recorder.WaitForComplete(5));
}

TEST(HubTest, InSteadyStateNothingIsReadFromTheJournal) {
  FakeBus bus;
  PushWorld world(&bus);
  Recorder recorder;
  const auto subscription = world.Subscribe({"down:1", "down:2", "up:9"}, 0, recorder);
  world.Settle();
  for (int i = 0; i < 200; ++i) {
    world.Append(i % 3 == 0   ? std::vector<std::string>{"down:1", "up:9"}
                 : i % 3 == 1 ? std::vector<std::string>{"down:2", "up:9"}
                              : std::vector<std::string>{"down:1", "down:2"});
  }
  ASSERT_TRUE(recorder.WaitForEntries(200));
  ASSERT_TRUE(recorder.WaitForComplete(200));
  ASSERT_TRUE(Eventually([&] { return world.hub().stats().applied == 200; }));
  const HubStats stats = world.hub().stats();
  EXPECT_EQ(recorder.seqs(), UpTo(200));
  EXPECT_EQ(stats.gap_reads, 0);
  EXPECT_EQ(stats.poll_reads, 0);
  EXPECT_EQ(stats.forged + stats.stale_epoch + stats.unproven + stats.dropped, 0);
}

TEST(HubTest, WorksWithoutAnyBusByPolling) {
  PushWorld world(nullptr);
  EXPECT_FALSE(world.hub().redis_up());
  world.Append({"down:1"});
  Recorder recorder;
  const auto subscription = world.Subscribe({"down:1"}, 0, recorder);
  world.Append({"down:1"});
  world.Append({"down:2"});
  EXPECT_TRUE(recorder.WaitForEntries(2));
  EXPECT_TRUE(recorder.WaitForComplete(3));
  EXPECT_THAT(recorder.seqs(), ElementsAre(1, 2));
}

TEST(HubTest, ALostLastMessageIsFoundByThePollAlone) {
  FakeBus bus;
  PushWorld world(&bus, {.beacon_interval = kNever, .arrival_grace = absl::Milliseconds(20)});
  Recorder recorder;
  const auto subscription = world.Subscribe({"down:1"}, 0, recorder);
  world.Append({"down:1"});
  ASSERT_TRUE(recorder.WaitForEntries(1));
  world.Settle();
  bus.SetFaults({.drop = 1});
  world.Append({"down:1"});
  EXPECT_TRUE(recorder.WaitForEntries(2));
  EXPECT_EQ(world.hub().stats().gap_reads, 1);
}

TEST(HubTest, ALostMessageIsFoundByTheNextBeaconAlone) {
  FakeBus bus;
  PushWorld world(&bus, {.poll_interval = kNever});
  Recorder recorder;
  const auto subscription = world.Subscribe({"down:1"}, 0, recorder);
  world.Append({"down:1"});
  ASSERT_TRUE(recorder.WaitForEntries(1));
  const int64_t published = bus.stats().published;
  bus.SetFaults({.drop = 1});
  world.Append({"down:1"});
  ASSERT_TRUE(Eventually([&] { return bus.stats().published > published; }));
  ASSERT_TRUE(Eventually([&] { return world.relay().stats().lag == 0; }));
  bus.SetFaults({});
  EXPECT_TRUE(recorder.WaitForEntries(2));
}

TEST(HubTest, OlderNeverFollowsNewerOnAnyChannelHeard) {
  FakeBus bus;
  PushWorld world(&bus, {.beacon_interval = kNever, .poll_interval = kNever});
  Recorder recorder;
  const auto subscription = world.Subscribe({"down:1", "up:9"}, 0, recorder);
  world.Append({"down:1"});
  ASSERT_TRUE(recorder.WaitForEntries(1));
  world.Settle();
  world.StopRelay();
  // Entry 2 is on up:9 only and its message gets lost; entry 3 is on both.
  world.Append({"up:9"});
  world.Append({"down:1", "up:9"});
  PushMessage message;
  message.set_realm("live");
  message.set_ledger("alert");
  message.set_epoch(1);
  message.set_seq(3);
  message.set_event("entry");
  for (const auto& [channel, prev] : {std::pair{"down:1", 1}, std::pair{"up:9", 2}}) {
    PushMessage::Link* link = message.add_links();
    link->set_channel(channel);
    link->set_prev(prev);
  }
  bus.Inject(world.envelope().ChannelName("down:1"), world.envelope().Seal(message));
  ASSERT_TRUE(recorder.WaitForEntries(3));
  EXPECT_THAT(recorder.seqs(), ElementsAre(1, 2, 3));
  EXPECT_EQ(world.hub().stats().gap_reads, 1);
}

TEST(HubTest, AMessageThatTheJournalDoesNotKnowIsNeverApplied) {
  FakeBus bus;
  PushWorld world(&bus);
  Recorder recorder;
  const auto subscription = world.Subscribe({"down:1"}, 0, recorder);
  world.Append({"down:1"});
  ASSERT_TRUE(recorder.WaitForEntries(1));
  PushMessage message;
  message.set_realm("live");
  message.set_ledger("alert");
  message.set_epoch(1);
  message.set_seq(9);
  PushMessage::Link* link = message.add_links();
  link->set_channel("down:1");
  link->set_prev(8);
  const std::string channel = world.envelope().ChannelName("down:1");
  bus.Inject(channel, world.envelope().Seal(message));
  ASSERT_TRUE(Eventually([&] { return world.hub().stats().unproven == 1; }));
  message.set_realm("drill-1");
  bus.Inject(channel, Envelope::Make("drill-1", "alert", testing::TestMacKey())->Seal(message));
  bus.Inject(channel, "rubbish");
  ASSERT_TRUE(Eventually([&] { return world.hub().stats().forged == 2; }));
  world.Append({"down:1"});
  ASSERT_TRUE(recorder.WaitForEntries(2));
  EXPECT_THAT(recorder.seqs(), ElementsAre(1, 2));
}

TEST(HubTest, ProveNowDeliversEverythingUpToTheHead) {
  FakeBus bus;
  PushWorld world(&bus, {.beacon_interval = kNever, .poll_interval = kNever});
  Recorder one;
  Recorder two;
  const auto first = world.Subscribe({"down:1"}, 0, one);
  const auto second = world.Subscribe({"down:2"}, 0, two);
  bus.SetFaults({.drop = 1});
  world.Append({"down:1"});
  world.Append({"down:2"});
  world.hub().ProveNow();
  EXPECT_THAT(one.seqs(), ElementsAre(1));
  EXPECT_THAT(two.seqs(), ElementsAre(2));
  EXPECT_EQ(world.hub().Progress(2), (std::pair<int64_t, int64_t>(2, 0)));
  world.Append({"down:3"});
  EXPECT_EQ(world.hub().Progress(3), (std::pair<int64_t, int64_t>(2, 2)));
  world.hub().ProveNow();
  EXPECT_EQ(world.hub().Progress(3), (std::pair<int64_t, int64_t>(2, 0)));
}

// Every entry up to `complete_to` on the channels must have come before the event that says so.
class CompletenessJudge {
 public:
  explicit CompletenessJudge(std::function<bool(int64_t)> heard) : heard_(std::move(heard)) {}
  void operator()(const Event& event) {
    absl::MutexLock lock(&mutex_);
    if (!event.progress_only) seen_.insert(event.seq);
    for (int64_t seq = judged_ + 1; seq <= event.complete_to; ++seq) {
      if (heard_(seq) && !seen_.contains(seq)) ++violations_;
      judged_ = seq;
    }
  }
  int violations() const {
    absl::MutexLock lock(&mutex_);
    return violations_;
  }
  int64_t judged() const {
    absl::MutexLock lock(&mutex_);
    return judged_;
  }

 private:
  const std::function<bool(int64_t)> heard_;
  mutable absl::Mutex mutex_;
  std::set<int64_t> seen_;
  int64_t judged_ = 0;
  int violations_ = 0;
};

TEST(HubTest, CompleteToNeverRunsAheadOfWhatWasDelivered) {
  FakeBus bus(7);
  PushWorld world(&bus, {.beacon_interval = absl::Milliseconds(1),
                         .poll_interval = absl::Milliseconds(5),
                         .arrival_grace = absl::Milliseconds(2)});
  CompletenessJudge judge([](int64_t seq) { return seq % 3 != 0; });
  const auto subscription =
      world.hub().Subscribe({"down:1", "down:2"}, 0, [&](const Event& event) { judge(event); });
  ASSERT_TRUE(subscription.ok());
  world.Settle();
  bus.SetFaults({.drop = 0.4, .reorder = 0.3});
  for (int i = 1; i <= 300; ++i) {
    world.Append({i % 3 == 0 ? "down:3" : i % 3 == 1 ? "down:1" : "down:2"});
    // Let a beacon speak of a last message that was lost.
    const int64_t beacons = world.relay().stats().beacons;
    if (i % 4 == 0) {
      ASSERT_TRUE(Eventually([&] { return world.relay().stats().beacons > beacons + 1; }));
    }
  }
  world.hub().ProveNow();
  EXPECT_EQ(judge.violations(), 0);
  EXPECT_EQ(judge.judged(), 300);
}

// Its first page is old by the time it is handed over: meanwhile the test does something.
class SlowSource final : public ChannelSource {
 public:
  SlowSource(ChannelSource& source, std::function<void()> meanwhile)
      : source_(source), meanwhile_(std::move(meanwhile)) {}
  absl::StatusOr<platform::v1::ReadChannelsResponse> Read(
      const platform::v1::ReadChannelsRequest& request) override {
    auto response = source_.Read(request);
    if (request.limit() > 0 && !done_.exchange(true)) meanwhile_();
    return response;
  }

 private:
  ChannelSource& source_;
  const std::function<void()> meanwhile_;
  std::atomic<bool> done_{false};
};

class HandOverTest : public ::testing::TestWithParam<int> {};

TEST_P(HandOverTest, WhatArrivesLiveWhileThePastIsReadIsNotLost) {
  const int live = GetParam();
  FakeBus bus;
  PushWorld world(&bus);
  for (int i = 0; i < 3; ++i) world.Append({"down:1"});
  std::unique_ptr<Hub> hub;
  SlowSource slow(world.source(), [&] {
    for (int i = 0; i < live; ++i) world.Append({"down:1"});
    EXPECT_TRUE(Eventually([&] { return hub->stats().applied == live; }));
  });
  const base::SystemClock clock;
  // Neither polls nor beacons help: what was held is all there is.
  hub = MakeHub({.source = &slow,
                 .bus = &bus,
                 .envelope = &world.envelope(),
                 .machine_clock = &clock,
                 .poll_interval = kNever});
  Recorder recorder;
  const auto subscription = hub->Subscribe({"down:1"}, 0, recorder.callback());
  ASSERT_TRUE(subscription.ok());
  ASSERT_TRUE(recorder.WaitForEntries(static_cast<size_t>(live) + 3));
  EXPECT_EQ(recorder.seqs(), UpTo(live + 3));
  hub.reset();
}

INSTANTIATE_TEST_SUITE_P(HeldOrMoreThanCanBeHeld, HandOverTest,
                         ::testing::Values(1, 50, static_cast<int>(kHeldEventsMax) + 20));

TEST(HubTest, AHandOverWithConcurrentWritesHasNoHole) {
  FakeBus bus;
  PushWorld world(&bus);
  std::atomic<bool> writing{true};
  std::thread writer([&] {
    for (int i = 0; i < 3000; ++i) world.Append({i % 2 == 0 ? "down:1" : "down:2"});
    writing = false;
  });
  std::vector<std::unique_ptr<Recorder>> recorders;
  std::vector<std::unique_ptr<Subscription>> subscriptions;
  while (writing && recorders.size() < 40) {
    recorders.push_back(std::make_unique<Recorder>());
    subscriptions.push_back(world.Subscribe({"down:1", "down:2"}, 0, *recorders.back()));
  }
  writer.join();
  for (const auto& recorder : recorders) {
    ASSERT_TRUE(recorder->WaitForComplete(3000));
    EXPECT_EQ(recorder->sorted_seqs(), UpTo(3000));
    EXPECT_EQ(recorder->seqs().size(), 3000U) << "each once";
  }
}

TEST(HubTest, NothingIsDeliveredAfterTheSubscriptionIsGone) {
  FakeBus bus;
  PushWorld world(&bus);
  Recorder recorder;
  auto subscription = world.Subscribe({"down:1"}, 0, recorder);
  world.Append({"down:1"});
  ASSERT_TRUE(recorder.WaitForEntries(1));
  subscription.reset();
  world.Append({"down:1"});
  world.hub().ProveNow();
  EXPECT_THAT(recorder.seqs(), ElementsAre(1));
  EXPECT_EQ(world.hub().Progress(0).first, 0);
  // Nobody listens any more: the bus is told.
  EXPECT_TRUE(Eventually([&] { return bus.Channels().size() == 1; }));  // the beacon
  // And somebody new begins where he says.
  Recorder later;
  const auto again = world.Subscribe({"down:1"}, 1, later);
  ASSERT_TRUE(later.WaitForEntries(1));
  EXPECT_THAT(later.seqs(), ElementsAre(2));
}

TEST(HubTest, ASubscriptionMayEndItselfInItsCallbackAndOutliveTheHub) {
  FakeBus bus;
  auto world = std::make_unique<PushWorld>(&bus);
  std::unique_ptr<Subscription> self;
  std::atomic<int> calls{0};
  absl::Mutex mutex;
  {
    absl::MutexLock lock(&mutex);
    self = *world->hub().Subscribe({"down:1"}, 0, [&](const Event& event) {
      if (event.progress_only) return;
      absl::MutexLock inner(&mutex);
      ++calls;
      self.reset();
    });
  }
  Recorder recorder;
  auto other = world->Subscribe({"down:1"}, 0, recorder);
  world->Append({"down:1"});
  world->Append({"down:1"});
  ASSERT_TRUE(recorder.WaitForEntries(2));
  EXPECT_TRUE(Eventually([&] { return calls == 1; }));
  world.reset();
  other.reset();
}

TEST(HubTest, WhenTheBusComesBackWhatWasMissedIsRead) {
  FakeBus bus;
  PushWorld world(&bus, {.poll_interval_without_bus = kNever});
  Recorder recorder;
  const auto subscription = world.Subscribe({"down:1"}, 0, recorder);
  world.Append({"down:1"});
  ASSERT_TRUE(recorder.WaitForEntries(1));
  bus.SetUp(false);
  ASSERT_TRUE(Eventually([&] { return !world.hub().redis_up(); }));
  world.Append({"down:1"});
  EXPECT_TRUE(Eventually([&] { return world.relay().stats().lag >= 1; }));
  bus.SetUp(true);
  ASSERT_TRUE(recorder.WaitForEntries(2));
  EXPECT_THAT(recorder.seqs(), ElementsAre(1, 2));
}

TEST(HubTest, AJournalThatDoesNotAnswerIsAskedAgain) {
  FakeBus bus;
  PushWorld world(&bus);
  world.Append({"down:1"});
  world.ledger().SetBroken(true);
  Recorder recorder;
  const auto subscription = world.Subscribe({"down:1"}, 0, recorder);
  ASSERT_TRUE(Eventually([&] { return world.hub().stats().source_errors > 0; }));
  world.Append({"down:1"});
  world.ledger().SetBroken(false);
  ASSERT_TRUE(recorder.WaitForEntries(2));
  EXPECT_THAT(recorder.seqs(), ElementsAre(1, 2));
  EXPECT_TRUE(recorder.WaitForComplete(2));
}

TEST(HubTest, ACursorPastTheHeadIsToldToResync) {
  FakeBus bus;
  PushWorld world(&bus);
  world.Append({"down:1"});
  Recorder recorder;
  const auto subscription = world.Subscribe({"down:1"}, 50, recorder);
  EXPECT_TRUE(recorder.WaitForResync());
}

TEST(HubTest, ARestoredLedgerIsANewEpochAndEverybodyResyncs) {
  FakeBus bus;
  PushWorld world(&bus);
  for (int i = 0; i < 5; ++i) world.Append({"down:1"});
  Recorder recorder;
  const auto subscription = world.Subscribe({"down:1"}, 0, recorder);
  ASSERT_TRUE(recorder.WaitForComplete(5));
  world.StopRelay();
  world.ledger().Restore(3);
  world.StartRelay();
  ASSERT_TRUE(recorder.WaitForResync());
  world.Append({"down:1"});
  Recorder later;
  const auto again = world.Subscribe({"down:1"}, 0, later);
  ASSERT_TRUE(later.WaitForEntries(4));
  world.Append({"down:1"});
  ASSERT_TRUE(later.WaitForEntries(5));
  EXPECT_THAT(later.seqs(), ElementsAre(1, 2, 3, 4, 5));
  EXPECT_EQ(recorder.seqs().size(), 5U);
}

TEST(HubTest, AThousandSubscriptionsAreServedByOnePoll) {
  FakeBus bus;
  PushWorld world(&bus);
  std::vector<std::string> channels;
  for (int area = 0; area < 13; ++area) {
    channels.push_back("down:" + std::to_string(area));
    channels.push_back("up:" + std::to_string(area));
  }
  std::vector<std::unique_ptr<Recorder>> recorders;
  std::vector<std::unique_ptr<Subscription>> subscriptions;
  for (int i = 0; i < 1000; ++i) {
    recorders.push_back(std::make_unique<Recorder>());
    subscriptions.push_back(world.Subscribe(channels, 0, *recorders.back()));
  }
  world.hub().ProveNow();
  ASSERT_EQ(world.hub().Progress(0), (std::pair<int64_t, int64_t>(1000, 0)));
  const int64_t polls = world.hub().stats().polls;
  for (int i = 0; i < 50; ++i) world.Append({channels[static_cast<size_t>(i) % 26]});
  for (const auto& recorder : recorders) {
    ASSERT_TRUE(recorder->WaitForEntries(50));
    EXPECT_EQ(recorder->seqs(), UpTo(50));
  }
  EXPECT_EQ(world.hub().stats().gap_reads, 0);
  EXPECT_LT(world.hub().stats().polls - polls, 200);
}

TEST(HubTest, BadSubscriptionsAreRefused) {
  FakeBus bus;
  PushWorld world(&bus);
  const auto ignore = [](const Event&) {};
  EXPECT_EQ(world.hub().Subscribe({}, 0, ignore).status().code(),
            absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(world.hub().Subscribe({"down:1"}, -1, ignore).status().code(),
            absl::StatusCode::kInvalidArgument);
  std::vector<std::string> many;
  for (int i = 0; i < 2000; ++i) many.push_back("down:" + std::to_string(i));
  EXPECT_EQ(world.hub().Subscribe(many, 0, ignore).status().code(),
            absl::StatusCode::kResourceExhausted);
}

}  // namespace
}  // namespace huying::push
