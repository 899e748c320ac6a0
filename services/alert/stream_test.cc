// SPDX-License-Identifier: Apache-2.0
//
// Subscribe and resume: snapshot, then live, nothing lost, nothing twice.
#include "services/alert/stream.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <random>
#include <set>

#include "absl/strings/str_format.h"
#include "services/alert/testing/alert_bench.h"
#include "services/platform/rpc/stream_queue.h"

namespace huying::alert {
namespace {
using base::Reason;
using directory::kGuoan;
using directory::kLingbei;
using directory::kPingan;
using directory::kXingshan;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using Events = std::vector<v1::SubscribeEvent>;
using EventSink = KeptSink<v1::SubscribeEvent>;

class StreamTest : public AlertBench {
 protected:
  std::shared_ptr<EventSink> Subscribe(const std::string& post,
                                       const common::v1::Cursor* cursor = nullptr,
                                       const std::string& area = "", int room = 1'000'000) {
    auto sink = std::make_shared<EventSink>(room);
    v1::SubscribeRequest request;
    request.set_area(area);
    if (cursor != nullptr) *request.mutable_resume_from() = *cursor;
    status_ = alerts_->Subscribe(As(post), request, rpc::Sink<v1::SubscribeEvent>(sink));
    return sink;
  }
  static std::vector<int64_t> SeqsOf(const Events& events) {
    std::vector<int64_t> seqs;
    for (const auto& event : events) {
      if (event.has_alert() || event.has_recipient() || event.has_escalation()) {
        seqs.push_back(event.seq());
      }
    }
    return seqs;
  }
  static common::v1::Cursor LastCursor(const Events& events) {
    common::v1::Cursor cursor;
    for (const auto& event : events) {
      if (event.has_cursor()) cursor = event.cursor();
    }
    return cursor;
  }
  absl::Status status_;
};

TEST_F(StreamTest, ALateJoinerGetsWhatIsInForceForItsAreaThenLive) {
  const std::string mine = Issue("district-duty", Notice(kLingbei));
  Issue("district-duty", Notice(kGuoan));
  const std::string lifted = Issue("district-duty", Notice(kPingan));
  v1::LiftAlertRequest lift;
  lift.set_name(lifted);
  lift.set_reason("已排除");
  ASSERT_TRUE(Do(As("district-duty"), "LiftAlert", &AlertService::LiftAlert, lift).ok());
  ASSERT_TRUE(Answer("pingan-duty", mine).ok());

  auto sink = Subscribe("pingan-duty");
  ASSERT_TRUE(status_.ok()) << status_;
  auto events = sink->events();
  ASSERT_EQ(events.size(), 2u) << "neither the sibling's nor the lifted one";
  EXPECT_EQ(events[0].snapshot().alert().name(), mine);
  ASSERT_EQ(events[0].snapshot().recipients_size(), 1);
  EXPECT_EQ(events[0].snapshot().recipients(0).state(), v1::ANSWERED);
  EXPECT_EQ(events[1].snapshot_end().items(), 1);
  EXPECT_EQ(events[1].cursor().seq(), ledger_->Head().seq);

  const std::string live = Issue("district-duty", Notice(kXingshan));
  Issue("district-duty", Notice(kGuoan));
  hub_->Pump();
  events = sink->events();
  ASSERT_EQ(events.size(), 3u);
  EXPECT_EQ(events[2].alert().alert().name(), live);
  EXPECT_EQ(events[2].alert().act(), "alert.IssueNotice");
  EXPECT_EQ(events[2].cursor().epoch(), 1);
}

// R40: the district hears everything; a tier hears what its own area and those beneath do.
TEST_F(StreamTest, TiersAboveSeeAnswersSiblingsDoNot) {
  auto district = Subscribe("district-duty");
  auto street = Subscribe("lingbei-duty");
  auto self = Subscribe("pingan-duty");
  auto sibling = Subscribe("guoan-duty");
  const std::string name = Issue("district-duty", Notice(kLingbei));
  ASSERT_TRUE(Answer("pingan-duty", name).ok());
  hub_->Pump();
  for (const auto& hears : {district, street, self}) {
    ASSERT_EQ(hears->events().size(), 3u);
    EXPECT_EQ(hears->events()[2].recipient().recipients(0).post(), "posts/pingan-duty");
  }
  EXPECT_EQ(sibling->events().size(), 2u) << "the notice only";
  // The ladder: each sees the silent posts of its own subtree.
  FireAfter(absl::Minutes(10));
  hub_->Pump();
  EXPECT_THAT(sibling->events().back().escalation().escalation().silent_posts(),
              ElementsAre("posts/guoan-duty"));
  EXPECT_FALSE(self->events().back().has_escalation());
}

// DOMAIN 5.2: a mine's dispatcher is told what his area is told; who answers there is not his affair.
TEST_F(StreamTest, AUnitOfTheEconomyHearsWhatGoesDownAndNotWhatComesUp) {
  const std::string before = Issue("district-duty", Notice(kXingshan));
  Issue("district-duty", Notice(kPingan));
  auto mine = Subscribe("mine-dispatch");
  ASSERT_TRUE(status_.ok()) << status_;
  ASSERT_EQ(mine->events().size(), 2u);
  EXPECT_EQ(mine->events()[0].snapshot().alert().name(), before);
  EXPECT_EQ(mine->events()[0].snapshot().recipients_size(), 0);
  const std::string live = Issue("district-duty", Notice(kXingshan));
  Issue("district-duty", Notice(kPingan));
  ASSERT_TRUE(Answer("pingan-duty", live).ok());
  FireAfter(absl::Minutes(11));
  hub_->Pump();
  const auto events = mine->events();
  ASSERT_EQ(events.size(), 3u);
  EXPECT_EQ(events[2].alert().alert().name(), live);
}

TEST_F(StreamTest, OnlyTheOwnSubtreeMayBeWatched) {
  Subscribe("lingbei-duty", nullptr, kPingan);
  EXPECT_TRUE(status_.ok()) << status_;
  Subscribe("lingbei-duty", nullptr, "230407001");
  EXPECT_TRUE(status_.ok()) << "the short form of the code";
  for (const char* area : {directory::kLingnan, kXingshan}) {
    Subscribe("lingbei-duty", nullptr, area);
    EXPECT_EQ(ReasonOf(status_), Reason::OUTSIDE_AREA);
  }
  Subscribe("lingbei-duty", nullptr, "x");
  EXPECT_EQ(ReasonOf(status_), Reason::FIELD_INVALID);
}

TEST_F(StreamTest, AnEntryDeliveredTwiceIsShownOnce) {
  hub_->twice = true;
  auto sink = Subscribe("pingan-duty");
  Issue("district-duty", Notice(kPingan));
  hub_->Pump(/*proven=*/false);
  Issue("district-duty", Notice(kPingan));
  hub_->Pump();
  EXPECT_EQ(SeqsOf(sink->events()).size(), 2u);
}

TEST_F(StreamTest, ACursorIsGivenOnlyOnProof) {
  auto sink = Subscribe("pingan-duty");
  Issue("district-duty", Notice(kPingan));
  hub_->Pump(/*proven=*/false);
  EXPECT_FALSE(sink->events().back().has_cursor());
  Issue("district-duty", Notice(kPingan));
  hub_->Pump();
  EXPECT_EQ(sink->events().back().cursor().seq(), ledger_->Head().seq);
}

TEST_F(StreamTest, ACursorThisLedgerDoesNotKnowIsToldResync) {
  Issue("district-duty", Notice(kPingan));
  auto sink = Subscribe("pingan-duty");
  const common::v1::Cursor good = LastCursor(sink->events());
  for (const std::string why : {"epoch", "seq", "hash"}) {
    common::v1::Cursor bad = good;
    if (why == "epoch") bad.set_epoch(good.epoch() + 1);
    if (why == "seq") bad.set_seq(good.seq() + 1);
    if (why == "hash") bad.set_hash_start("12345678");
    const auto events = Subscribe("pingan-duty", &bad)->events();
    ASSERT_EQ(events.size(), 3u) << why;
    EXPECT_EQ(events[0].resync().reason(), why);
    EXPECT_TRUE(events[1].has_snapshot());
    EXPECT_TRUE(events[2].has_snapshot_end());
  }
  EXPECT_THAT(Subscribe("pingan-duty", &good)->events(), IsEmpty()) << "nothing happened since";
}

// DOMAIN invariant 3: cut off anywhere, the client ends with the same history as one that never was.
TEST_F(StreamTest, ResumingAnywhereLosesNothingAndRepeatsNothingTheClientKept) {
  auto whole = Subscribe("lingbei-duty");
  std::mt19937 random(20091121);
  std::set<int64_t> kept;
  common::v1::Cursor cursor = LastCursor(whole->events());
  auto part = Subscribe("lingbei-duty", &cursor);
  const char* areas[] = {kLingbei, kPingan, kGuoan, kXingshan, directory::kLingnan};
  for (int i = 0; i < 60; ++i) {
    const std::string name = Issue("district-duty", Notice(areas[random() % 5]));
    if (random() % 2 == 0) (void)Answer("pingan-duty", name);
    hub_->Pump(/*proven=*/random() % 3 != 0);
    if (random() % 5 != 0) continue;
    // The line is cut; what the client stored is what it has.
    const auto events = part->events();
    for (const int64_t seq : SeqsOf(events)) kept.insert(seq);
    if (const common::v1::Cursor last = LastCursor(events); last.epoch() != 0) cursor = last;
    part->Close(absl::OkStatus());
    if (random() % 2 == 0) Issue("district-duty", Notice(kLingbei));
    part = Subscribe("lingbei-duty", &cursor);
    ASSERT_TRUE(status_.ok()) << status_;
  }
  hub_->Pump();
  for (const int64_t seq : SeqsOf(part->events())) kept.insert(seq);
  const auto seqs = SeqsOf(whole->events());
  EXPECT_EQ(std::set<int64_t>(seqs.begin(), seqs.end()), kept);
  EXPECT_EQ(std::set<int64_t>(seqs.begin(), seqs.end()).size(), seqs.size()) << "no doubles";
  EXPECT_GT(kept.size(), 60u);
}

TEST_F(StreamTest, ASlowClientIsClosedWithItsCursorAndDelaysNobody) {
  auto slow = Subscribe("pingan-duty", nullptr, "", 2);  // snapshot_end and one event
  auto quick = Subscribe("pingan-duty");
  for (int i = 0; i < 5; ++i) Issue("district-duty", Notice(kPingan));
  hub_->Pump();
  EXPECT_EQ(SeqsOf(quick->events()).size(), 5u);
  ASSERT_TRUE(slow->closed());
  EXPECT_EQ(slow->status().code(), absl::StatusCode::kResourceExhausted);
  const common::v1::Cursor cursor = LastCursor(slow->events());
  EXPECT_THAT(base::ProblemOf(slow->status()).next_step_en(), HasSubstr(push::CursorText(cursor)));
  auto again = Subscribe("pingan-duty", &cursor);
  hub_->Pump();
  EXPECT_EQ(SeqsOf(again->events()).size(), 4u);
}

// A stream's real queue, and a client that takes what it likes.
class QueueClient {
 public:
  QueueClient() {
    queue_->SetWake([this] {
      absl::MutexLock lock(&mutex_);
      woken_ = true;
    });
  }
  // Takes events until there are `count`, within a bound.
  bool TakeUntil(size_t count) {
    while (events_.size() < count) {
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
      rpc::StreamLimits(),
      rpc::StreamQueue::Hooks{.run_later = [](std::function<void()> task) { task(); }});
};

// What is in force may be more than a queue holds, for ever: a notice without an end stays until it is lifted.
TEST_F(StreamTest, ASnapshotLargerThanTheQueueComesWholeThenLive) {
  Open(absl::Milliseconds(5));  // beats meanwhile neither close the stream nor give a cursor
  constexpr int kInForce = 3'000;
  const v1::Alert pattern = Get(Issue("district-duty", Notice(kPingan)));
  ledger::Command many;
  many.decide = [&](ledger::Transaction& tx) {
    tx.Subject(kAlerts, "alerts/2026-0001");
    for (int i = 1; i < kInForce; ++i) {
      v1::Alert alert = pattern;
      alert.set_name(absl::StrFormat("alerts/2026-%04d", i));
      tx.Create(kAlerts, alert.name(), alert);
    }
    return absl::OkStatus();
  };
  ASSERT_TRUE(Run(As("district-duty"), "Fill", std::move(many)).ok());
  QueueClient slow;
  QueueClient quick;
  for (QueueClient* client : {&slow, &quick}) {
    ASSERT_TRUE(alerts_
                    ->Subscribe(As("pingan-duty"), v1::SubscribeRequest(),
                                rpc::Sink<v1::SubscribeEvent>(client->queue()))
                    .ok());
  }
  const int64_t before = ledger_->Head().seq;
  // Issued while both still wait for their snapshots: live for them, not part of it.
  const std::string live = Issue("district-duty", Notice(kPingan));
  ASSERT_TRUE(quick.TakeUntil(kInForce + 1));
  EXPECT_LT(slow.queue()->queued(), 1'024) << "who takes nothing is not flooded";
  EXPECT_FALSE(slow.queue()->closed());
  std::set<std::string> names;
  for (int i = 0; i < kInForce; ++i) {
    ASSERT_TRUE(quick.events()[i].has_snapshot()) << i;
    EXPECT_FALSE(quick.events()[i].has_cursor());
    names.insert(quick.events()[i].snapshot().alert().name());
  }
  EXPECT_EQ(names.size(), static_cast<size_t>(kInForce));
  const auto& end = quick.events()[kInForce];
  ASSERT_TRUE(end.has_snapshot_end());
  EXPECT_EQ(end.snapshot_end().items(), kInForce);
  EXPECT_EQ(end.cursor().seq(), before);
  // The hub joins right after; pump until it has told what happened meanwhile.
  const absl::Time give_up = absl::Now() + absl::Seconds(60);
  const auto told = [&] {
    return std::any_of(quick.events().begin(), quick.events().end(),
                       [&](const auto& event) { return event.alert().alert().name() == live; });
  };
  while (!told() && absl::Now() < give_up) {
    hub_->Pump();
    quick.TakeUntil(quick.events().size() + 1);
  }
  EXPECT_TRUE(told());
  ASSERT_TRUE(slow.TakeUntil(kInForce + 1));
  EXPECT_TRUE(slow.events()[kInForce].has_snapshot_end()) << "the slow one gets all of it, too";
  alerts_.reset();  // before the clients its streams call
}

TEST_F(StreamTest, AClientThatLeavesDuringItsSnapshotIsForgotten) {
  for (int i = 0; i < 3; ++i) Issue("district-duty", Notice(kPingan));
  auto sink = Subscribe("pingan-duty", nullptr, "", 2);  // the third has no room
  EXPECT_EQ(sink->events().size(), 2u);
  sink->Close(absl::OkStatus());
  EXPECT_FALSE(sink->events().back().has_snapshot_end());
  alerts_.reset();  // joins the thread that would have sent the rest
}

TEST_F(StreamTest, HeartbeatsProveHowFarTheClientIsComplete) {
  Open(absl::Milliseconds(5));
  hub_->up = false;
  auto sink = Subscribe("pingan-duty");
  Issue("district-duty", Notice(kGuoan));  // not for this client
  hub_->Pump();
  const int64_t head = ledger_->Head().seq;
  EXPECT_TRUE(sink->Await([&](const Events& events) {
    return !events.empty() && events.back().has_heartbeat() && events.back().cursor().seq() == head;
  }));
  const auto beat = sink->events().back().heartbeat();
  EXPECT_TRUE(beat.degraded());
  EXPECT_EQ(base::FromProto(beat.server_time()), clock_.Now()) << "realm time";
}

TEST_F(StreamTest, StoppingTheServiceClosesEveryStream) {
  auto sink = Subscribe("pingan-duty");
  auto roll = std::make_shared<KeptSink<v1::RollUp>>();
  v1::GetRollUpRequest request;
  request.set_alert(Issue("district-duty", Notice(kPingan)));
  ASSERT_TRUE(alerts_->WatchRollUp(As("district-duty"), request, rpc::Sink<v1::RollUp>(roll)).ok());
  alerts_.reset();
  EXPECT_EQ(ReasonOf(sink->status()), Reason::SHUTTING_DOWN);
  EXPECT_EQ(ReasonOf(roll->status()), Reason::SHUTTING_DOWN);
}

TEST_F(StreamTest, TheRollUpFollowsTheAnswers) {
  const std::string name = Issue("district-duty", Notice(kLingbei));
  const std::string other = Issue("district-duty", Notice(kLingbei));
  auto roll = std::make_shared<KeptSink<v1::RollUp>>();
  v1::GetRollUpRequest request;
  request.set_alert(name);
  ASSERT_TRUE(alerts_->WatchRollUp(As("district-duty"), request, rpc::Sink<v1::RollUp>(roll)).ok());
  ASSERT_TRUE(roll->Await([](const auto& pictures) { return pictures.size() == 1; }));
  ASSERT_TRUE(Answer("pingan-duty", other).ok());
  ASSERT_TRUE(Answer("pingan-duty", name).ok());
  ASSERT_TRUE(Answer("guoan-duty", name).ok());
  ASSERT_TRUE(Answer("lingbei-duty", name).ok());
  hub_->Pump();
  ASSERT_TRUE(roll->Await(
      [](const auto& pictures) { return !pictures.empty() && pictures.back().nodes(0).green(); }));
  EXPECT_LE(roll->events().size(), 4u);
  EXPECT_EQ(ReasonOf(alerts_->WatchRollUp(As("district-duty"), v1::GetRollUpRequest(),
                                          rpc::Sink<v1::RollUp>(roll))),
            Reason::FIELD_MISSING);
}

TEST_F(StreamTest, WithoutDirectoryAClientWhoseAncestorsAreUnknownIsNotLeftDeaf) {
  directory_.SetDown(true);
  Subscribe("pingan-duty");
  EXPECT_EQ(status_.code(), absl::StatusCode::kUnavailable);
  Subscribe("district-duty");
  EXPECT_TRUE(status_.ok()) << status_;
  directory_.SetDown(false);
  Issue("district-duty", Notice(kXingshan));
  directory_.SetDown(true);
  auto sink = Subscribe("pingan-duty");
  EXPECT_TRUE(status_.ok()) << status_;
  EXPECT_EQ(sink->events().size(), 2u);
}

}  // namespace
}  // namespace huying::alert
