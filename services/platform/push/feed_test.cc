// SPDX-License-Identifier: Apache-2.0
//
// Snapshot, then live: nothing between the two is lost, nothing is shown twice, and a cursor is a proof.
#include "services/platform/push/feed.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <map>
#include <random>
#include <set>
#include <thread>

#include "services/platform/push/bus_fake.h"
#include "services/platform/push/hub_options.h"
#include "services/platform/push/relay.h"
#include "services/platform/push/testing/toy_feed.h"
#include "services/platform/rpc/stream_queue.h"

namespace huying::push {
namespace {

using base::Reason;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::Note;
using testing::NoteEvent;
using testing::NoteFeed;
using testing::NoteSink;
using testing::NoteView;
using testing::ProjectNote;
using Events = std::vector<NoteEvent>;

// What a client holds that took these events: each note as told last.
std::map<std::string, std::string> Fold(const Events& events) {
  std::map<std::string, std::string> notes;
  for (const NoteEvent& event : events) {
    if (event.has_resync()) notes.clear();
    if (event.has_note()) {
      notes[event.note().name()] = event.note().text() + "#" + event.note().secret();
    }
  }
  return notes;
}
std::vector<int64_t> LiveSeqs(const Events& events) {
  std::vector<int64_t> seqs;
  for (const NoteEvent& event : events) {
    if (event.has_note() && event.seq() != 0) seqs.push_back(event.seq());
  }
  return seqs;
}
common::v1::Cursor LastCursor(const Events& events) {
  common::v1::Cursor cursor;
  for (const NoteEvent& event : events) {
    if (event.has_cursor()) cursor = event.cursor();
  }
  return cursor;
}
Reason ReasonOf(const absl::Status& status) { return base::ProblemOf(status).reason(); }

class FeedTest : public testing::ToyFeedFixture {};

TEST_F(FeedTest, ALateJoinerGetsWhatStandsThenWhatHappens) {
  PutNote("a", "one");
  PutNote("a", "two");
  PutNote("b", "three");
  const auto sink = Listen();
  ASSERT_EQ(sink->events().size(), 3u);
  EXPECT_EQ(sink->events()[0].note().text(), "two");
  EXPECT_EQ(sink->events()[2].snapshot_end().items(), 2);
  EXPECT_EQ(sink->events()[2].cursor().seq(), ledger_->Head().seq);
  PutNote("a", "four");
  hub_->Pump();
  ASSERT_EQ(sink->events().size(), 4u);
  EXPECT_EQ(sink->events()[3].note().text(), "four");
  EXPECT_EQ(sink->events()[3].cursor().epoch(), ledger_->header().epoch());
}

TEST_F(FeedTest, ASnapshotIsTheFoldOfTheEventsTheSameListenerWasShown) {
  const auto whole = Listen();
  const auto narrowed = Listen(std::nullopt, /*sees_secrets=*/false);
  std::mt19937 random(20091121);
  const char* texts[] = {"plain", "half#secret", "#secret", ""};
  for (int i = 0; i < 200; ++i) {
    // A note keeps its kind of text: one that was shown is not hidden later.
    const int note = static_cast<int>(random() % 12);
    PutNote(std::to_string(note), texts[note % 4] + std::to_string(i));
    if (random() % 10 != 0) continue;
    hub_->Pump();
    EXPECT_EQ(Fold(Listen()->events()), Fold(whole->events()));
    EXPECT_EQ(Fold(Listen(std::nullopt, false)->events()), Fold(narrowed->events()));
  }
}

TEST_F(FeedTest, AnEntryDeliveredTwiceIsShownOnce) {
  hub_->twice = true;
  const auto sink = Listen();
  PutNote("a", "one");
  hub_->Pump(/*proven=*/false);
  PutNote("a", "two");
  hub_->Pump();
  EXPECT_EQ(LiveSeqs(sink->events()).size(), 2u);
}

TEST_F(FeedTest, ACursorIsGivenOnlyOnProof) {
  const auto sink = Listen();
  PutNote("a", "one");
  hub_->Pump(/*proven=*/false);
  EXPECT_FALSE(sink->events().back().has_cursor());
  PutNote("a", "two");
  hub_->Pump();
  EXPECT_EQ(sink->events().back().cursor().seq(), ledger_->Head().seq);
}

TEST_F(FeedTest, ACursorThisLedgerDoesNotKnowIsToldResyncAndGetsASnapshot) {
  PutNote("a", "one");
  const common::v1::Cursor good = LastCursor(Listen()->events());
  for (const std::string why : {"epoch", "seq", "hash"}) {
    common::v1::Cursor bad = good;
    if (why == "epoch") bad.set_epoch(good.epoch() + 1);
    if (why == "seq") bad.set_seq(good.seq() + 1);
    if (why == "hash") bad.set_hash_start("12345678");
    const Events events = Listen(bad)->events();
    ASSERT_EQ(events.size(), 3u) << why;
    EXPECT_EQ(events[0].resync().reason(), why);
    EXPECT_TRUE(events[1].has_note());
    EXPECT_TRUE(events[2].has_snapshot_end());
  }
  EXPECT_THAT(Listen(good)->events(), IsEmpty()) << "nothing happened since";
}

TEST_F(FeedTest, ALedgerThatIsRestoredUnderAnOpenStreamEndsItWithResync) {
  const auto sink = Listen();
  hub_->Resync();
  EXPECT_EQ(ReasonOf(sink->status()), Reason::RESYNC);
}

TEST_F(FeedTest, ASlowClientIsClosedWithItsCursorAndDelaysNobody) {
  const auto slow = Listen(std::nullopt, true, 2);  // snapshot_end and one event
  const auto quick = Listen();
  for (int i = 0; i < 5; ++i) PutNote("a", std::to_string(i));
  hub_->Pump();
  EXPECT_EQ(LiveSeqs(quick->events()).size(), 5u);
  ASSERT_TRUE(slow->closed());
  EXPECT_EQ(slow->status().code(), absl::StatusCode::kResourceExhausted);
  const common::v1::Cursor cursor = LastCursor(slow->events());
  EXPECT_THAT(base::ProblemOf(slow->status()).next_step_en(), HasSubstr(CursorText(cursor)));
  const auto again = Listen(cursor);
  hub_->Pump();
  EXPECT_EQ(LiveSeqs(again->events()).size(), 4u);
}

TEST_F(FeedTest, AnEventThisListenerMayNotSeeIsNotSentAndStillProvesItsPlace) {
  Start(absl::Milliseconds(5));
  const auto sink = Listen(std::nullopt, /*sees_secrets=*/false);
  PutNote("a", "#secret");
  hub_->Pump();
  const int64_t head = ledger_->Head().seq;
  EXPECT_TRUE(sink->Await([&](const Events& events) {
    return !events.empty() && events.back().has_heartbeat() && events.back().cursor().seq() == head;
  }));
  EXPECT_THAT(LiveSeqs(sink->events()), IsEmpty());
}

TEST_F(FeedTest, HeartbeatsSayTheRealmsTimeAndThatThePushIsDegraded) {
  Start(absl::Milliseconds(5));
  hub_->up = false;
  const auto sink = Listen();
  ASSERT_TRUE(sink->Await(
      [](const Events& events) { return !events.empty() && events.back().has_heartbeat(); }));
  const auto beat = sink->events().back().heartbeat();
  EXPECT_TRUE(beat.degraded());
  EXPECT_EQ(base::FromProto(beat.server_time()), clock_.Now());
}

TEST_F(FeedTest, TheEndOfTheServiceClosesEveryStreamAlsoOneInItsSnapshot) {
  PutNote("a", "one");
  const auto live = Listen();
  const auto arriving = Listen(std::nullopt, true, 0);
  EXPECT_EQ(feed_->open(), 2);
  feed_.reset();
  EXPECT_EQ(ReasonOf(live->status()), Reason::SHUTTING_DOWN);
  EXPECT_EQ(ReasonOf(arriving->status()), Reason::SHUTTING_DOWN);
}

TEST_F(FeedTest, AClientThatLeavesIsForgotten) {
  const auto sink = Listen();
  sink->Close(absl::OkStatus());
  const absl::Time give_up = absl::Now() + absl::Seconds(20);
  while (feed_->open() > 0 && absl::Now() < give_up) std::this_thread::yield();
  EXPECT_EQ(feed_->open(), 0);
}

// A stream's real queue, and a client that takes what it likes.
class Taker {
 public:
  Taker() {
    queue_->SetWake([this] {
      absl::MutexLock lock(&mutex_);
      woken_ = true;
    });
  }
  // Takes events until `enough`, within a bound.
  template <typename Enough>
  bool TakeUntil(const Enough& enough) {
    while (!enough(events_)) {
      if (const auto bytes = queue_->Next()) {
        events_.emplace_back();
        EXPECT_TRUE(events_.back().ParseFromString(*bytes));
        continue;
      }
      absl::MutexLock lock(&mutex_);
      if (!mutex_.AwaitWithTimeout(absl::Condition(&woken_), absl::Seconds(60))) return false;
      woken_ = false;
    }
    return true;
  }
  std::shared_ptr<rpc::StreamQueue> queue() { return queue_; }
  const Events& events() const { return events_; }

 private:
  absl::Mutex mutex_;
  bool woken_ ABSL_GUARDED_BY(mutex_) = false;
  Events events_;
  const std::shared_ptr<rpc::StreamQueue> queue_ = std::make_shared<rpc::StreamQueue>(
      rpc::StreamLimits{.events_max = 300},
      rpc::StreamQueue::Hooks{.run_later = [](std::function<void()> task) { task(); }});
};

TEST_F(FeedTest, ASnapshotLargerThanTheQueueComesWholeAsTheClientTakesIt) {
  constexpr int kNotes = 1'000;
  ASSERT_TRUE(Run(Write([](ledger::Transaction& tx) {
                tx.Subject(ledger::Docs(), "0");
                for (int i = 0; i < kNotes; ++i) {
                  const std::string name = std::to_string(i);
                  tx.Create(ledger::Docs(), name, ledger::Doc(name, "stands"));
                }
                return absl::OkStatus();
              })).ok());
  Taker taker;
  Join(taker.queue());
  PutNote("meanwhile", "live");  // not part of the snapshot
  ASSERT_TRUE(taker.TakeUntil(
      [](const Events& events) { return !events.empty() && events.back().has_snapshot_end(); }));
  EXPECT_EQ(taker.events().back().snapshot_end().items(), kNotes);
  std::set<std::string> names;
  for (const NoteEvent& event : taker.events()) names.insert(event.note().name());
  EXPECT_EQ(names.size(), kNotes + 1u) << "each once, and the end, which has no name";
  EXPECT_EQ(names.count("meanwhile"), 0u);
  feed_.reset();  // before the client that its stream calls
}

// The real hub over a bus that loses, doubles and reorders, a writer that never pauses, and listeners that
// join in the middle of it: each ends with what stands.
TEST_F(FeedTest, WhoeverJoinsWhileMuchHappensMissesNothingAndSeesNothingTwice) {
  const base::SystemClock machine;
  FakeBus bus(7);
  const Envelope envelope = *Envelope::Make("live", "alert", std::string(kMacKeyBytes, 'k'));
  LocalChannelSource source(*ledger_, ProjectNote);
  Relay relay(*ledger_, bus, envelope, ProjectNote,
              {.machine_clock = &machine, .beacon_interval = absl::Milliseconds(20)});
  const auto hub = MakeHub({.source = &source,
                            .bus = &bus,
                            .envelope = &envelope,
                            .machine_clock = &machine,
                            .poll_interval = absl::Milliseconds(20),
                            .poll_interval_without_bus = absl::Milliseconds(10)});
  feed_.reset();
  feed_ = std::make_unique<NoteFeed>(*ledger_, clock_, *hub);
  bus.SetFaults({.drop = 0.2, .duplicate = 0.2, .reorder = 0.2});
  std::thread writer([this] {
    for (int i = 0; i < 400; ++i) PutNote(std::to_string(i % 7), std::to_string(i));
  });
  std::vector<std::shared_ptr<NoteSink>> sinks;
  for (int64_t next = 0; next < 400;) {
    if (ledger_->Head().seq < next) {
      std::this_thread::yield();
      continue;
    }
    sinks.push_back(Listen());
    next += 10;
  }
  writer.join();
  bus.Heal();
  hub->ProveNow();
  const auto stands = Fold(Listen()->events());
  ASSERT_EQ(stands.size(), 7u);
  ASSERT_EQ(sinks.size(), 40u);
  for (const auto& sink : sinks) {
    const Events events = sink->events();
    EXPECT_EQ(Fold(events), stands);
    const std::vector<int64_t> seqs = LiveSeqs(events);
    EXPECT_EQ(std::set<int64_t>(seqs.begin(), seqs.end()).size(), seqs.size()) << "no doubles";
    EXPECT_TRUE(std::is_sorted(seqs.begin(), seqs.end())) << "one channel is in order";
  }
  feed_.reset();
}

}  // namespace
}  // namespace huying::push
