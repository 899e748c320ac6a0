// SPDX-License-Identifier: Apache-2.0
#include <memory>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/platform/base/status.h"
#include "services/platform/rpc/testing/wire.h"

namespace huying::rpc {
namespace {

using base::ProblemOf;
using base::Reason;
using rpctest::v1::WatchEvent;
using rpctest::v1::WatchRequest;
using testing::Eventually;
using ::testing::HasSubstr;
using testing::Watch;
using testing::Wire;

WatchRequest Events(int count, int bytes = 0, bool stay_open = false) {
  WatchRequest request;
  request.set_events(count);
  request.set_event_bytes(bytes);
  request.set_stay_open(stay_open);
  return request;
}

TEST(ServerStreamTest, EventsArriveInOrderAndTheStreamEnds) {
  Wire wire;
  auto tcp = wire.Tcp();
  auto inside = wire.server->InProcessChannel();
  for (Channel* channel : {tcp.get(), inside.get()}) {
    auto watched = Watch(*channel, wire.token, Events(500));
    ASSERT_TRUE(watched->WaitForEnd());
    EXPECT_TRUE(watched->status.ok()) << watched->status;
    ASSERT_EQ(watched->seqs.size(), 500u);
    for (int i = 0; i < 500; ++i) ASSERT_EQ(watched->seqs[i], i + 1);
  }
}

TEST(ServerStreamTest, ARefusedStreamEndsWithTheReason) {
  Wire wire;
  auto channel = wire.Tcp();
  WatchRequest request;
  request.set_refuse("the cursor is unknown");
  auto watched = Watch(*channel, wire.token, request);
  ASSERT_TRUE(watched->WaitForEnd());
  EXPECT_EQ(ProblemOf(watched->status).reason(), Reason::RESYNC);

  context::CallContext nobody = wire.toy.Officer();
  nobody.permissions.clear();
  watched = Watch(*channel, wire.toy.Token(nobody), Events(1));
  ASSERT_TRUE(watched->WaitForEnd());
  EXPECT_EQ(watched->status.code(), absl::StatusCode::kPermissionDenied);
}

TEST(ServerStreamTest, AnOpenStreamTakesEventsFromAnyThreadUntilClosed) {
  Wire wire;
  auto channel = wire.Tcp();
  auto watched = Watch(*channel, wire.token, Events(0, 0, true));
  ASSERT_TRUE(Eventually([&] {
    std::lock_guard lock(wire.toy.service.mutex);
    return wire.toy.service.open.size() == 1;
  }));
  const Sink<WatchEvent> sink = wire.toy.service.open[0];
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&] {
      for (int i = 0; i < 100; ++i) EXPECT_TRUE(sink.Send(WatchEvent()));
    });
  }
  for (auto& thread : threads) thread.join();
  sink.Close(absl::OkStatus());
  ASSERT_TRUE(watched->WaitForEnd());
  EXPECT_TRUE(watched->status.ok());
  EXPECT_EQ(watched->events(), 400);
  EXPECT_FALSE(sink.Send(WatchEvent()));
}

TEST(ServerStreamTest, ACancelledStreamIsSeenByItsUseCase) {
  Wire wire;
  auto channel = wire.Tcp();
  auto watched = Watch(*channel, wire.token, Events(1, 0, true));
  ASSERT_TRUE(watched->first.WaitForNotificationWithTimeout(absl::Seconds(10)));
  EXPECT_EQ(wire.toy.router->streams(), 1);
  watched->stream->Cancel();
  ASSERT_TRUE(watched->WaitForEnd());
  EXPECT_EQ(watched->status.code(), absl::StatusCode::kCancelled);
  EXPECT_TRUE(Eventually([&] { return wire.toy.service.streams_ended == 1; }));
  EXPECT_TRUE(wire.toy.service.open[0].closed());
  EXPECT_TRUE(Eventually([&] { return wire.toy.router->streams() == 0; }));
}

TEST(ServerStreamTest, AClientThatVanishesIsSeenByItsUseCase) {
  Wire wire;
  {
    auto channel = wire.Tcp();
    auto watched = Watch(*channel, wire.token, Events(1, 0, true));
    ASSERT_TRUE(watched->first.WaitForNotificationWithTimeout(absl::Seconds(10)));
  }
  EXPECT_TRUE(Eventually([&] { return wire.toy.service.streams_ended == 1; }));
}

TEST(ServerStreamTest, APersonsStreamEndsWithHisTokenAndThatOfAProcessDoesNot) {
  Wire wire;
  auto channel = wire.Tcp();
  const auto request = Events(0, 0, true);
  const absl::Time soon = wire.toy.machine.Now() + absl::Milliseconds(300);
  context::CallContext process = wire.toy.Officer();
  process.permissions.push_back(kNodePermission);
  auto person = Watch(*channel, testing::MintToken(wire.toy.Officer(), soon), request);
  auto node = Watch(*channel, testing::MintToken(process, soon), request);
  ASSERT_TRUE(person->WaitForEnd());
  EXPECT_EQ(person->status.code(), absl::StatusCode::kUnauthenticated);
  EXPECT_EQ(base::ProblemOf(person->status).reason(), base::Reason::TOKEN_EXPIRED);
  EXPECT_FALSE(node->ended.HasBeenNotified());
  node->stream.reset();
}

TEST(ServerStreamTest, TheCallersDeadlineEndsAStream) {
  Wire wire;
  auto channel = wire.Tcp();
  auto watched = Watch(*channel, wire.token, Events(1, 0, true), /*slow=*/false,
                       wire.toy.machine.Now() + absl::Milliseconds(200));
  ASSERT_TRUE(watched->WaitForEnd());
  EXPECT_EQ(watched->status.code(), absl::StatusCode::kDeadlineExceeded);
  EXPECT_TRUE(Eventually([&] { return wire.toy.service.streams_ended == 1; }));
}

TEST(ServerStreamTest, ASlowClientIsClosedWithTheCursorToResumeFrom) {
  RouterOptions options;
  options.stream_limits.events_max = 50;
  Wire wire({.addresses = {"127.0.0.1:0"}}, std::move(options));
  auto channel = wire.Tcp();
  WatchRequest request = Events(0, 32 << 10);
  request.set_until_full(true);
  auto watched = Watch(*channel, wire.token, request, /*slow=*/true);
  ASSERT_TRUE(Eventually([&] { return wire.toy.service.streams_ended == 1; }));
  watched->go_on.Notify();
  ASSERT_TRUE(watched->WaitForEnd());
  EXPECT_EQ(watched->status.code(), absl::StatusCode::kResourceExhausted);
  // It gets all that was taken for it, then the cursor.
  EXPECT_EQ(watched->events(), wire.toy.service.sent);
  EXPECT_THAT(std::string(watched->status.message()),
              HasSubstr("resume after " + std::to_string(watched->events())));
}

TEST(ServerStreamTest, AClientThatTakesNothingIsCutAfterTheWriteLimit) {
  RouterOptions options;
  options.stream_limits.events_max = 50;
  Wire wire({.addresses = {"127.0.0.1:0"}, .write_limit = absl::Milliseconds(200)},
            std::move(options));
  auto channel = wire.Tcp();
  WatchRequest request = Events(40, 1 << 20, true);
  request.set_events(40);
  auto watched = Watch(*channel, wire.token, request, /*slow=*/true);
  // The stream is over on the server although the client never read on.
  EXPECT_TRUE(Eventually([&] { return wire.toy.service.streams_ended == 1; }));
  watched->go_on.Notify();
  ASSERT_TRUE(watched->WaitForEnd());
  EXPECT_FALSE(watched->status.ok());
}

TEST(ServerStreamTest, ASlowClientDoesNotDelayAnother) {
  Wire wire;
  auto slow_channel = wire.Tcp();
  auto channel = wire.Tcp();
  WatchRequest request = Events(0, 64 << 10);
  request.set_until_full(true);
  auto slow = Watch(*slow_channel, wire.token, request, /*slow=*/true);
  ASSERT_TRUE(slow->first.WaitForNotificationWithTimeout(absl::Seconds(10)));
  auto watched = Watch(*channel, wire.token, Events(100));
  EXPECT_TRUE(watched->WaitForEnd());
  EXPECT_EQ(watched->events(), 100);
  slow->go_on.Notify();
  EXPECT_TRUE(slow->WaitForEnd());
}

TEST(ServerStreamTest, StopEndsOpenStreamsWithAReasonToComeBack) {
  Wire wire;
  auto channel = wire.Tcp();
  auto watched = Watch(*channel, wire.token, Events(1, 0, true));
  ASSERT_TRUE(watched->first.WaitForNotificationWithTimeout(absl::Seconds(10)));
  wire.server->Stop(absl::Seconds(10));
  ASSERT_TRUE(watched->WaitForEnd());
  EXPECT_EQ(ProblemOf(watched->status).reason(), Reason::SHUTTING_DOWN);
}

TEST(ServerStreamTest, ManyStreamsOpenedAndCancelledLeaveNothingBehind) {
  Wire wire;
  auto channel = wire.Tcp();
  for (int round = 0; round < 5; ++round) {
    std::vector<std::unique_ptr<testing::Watched>> all;
    for (int i = 0; i < 40; ++i) {
      all.push_back(Watch(*channel, wire.token, Events(i % 3, 100, i % 2 == 0)));
    }
    for (auto& watched : all) watched->stream->Cancel();
    for (auto& watched : all) ASSERT_TRUE(watched->WaitForEnd());
  }
  EXPECT_TRUE(Eventually([&] { return wire.toy.router->streams() == 0; }));
}

}  // namespace
}  // namespace huying::rpc
