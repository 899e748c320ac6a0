// SPDX-License-Identifier: Apache-2.0
#include "services/platform/push/redis/redis_bus.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "services/platform/push/testing/push_world.h"
#include "services/platform/push/testing/redis_server.h"

namespace huying::push::redis {
namespace {

using testing::Eventually;
using testing::PushWorld;
using testing::Recorder;
using testing::RedisServer;

class Ear final : public BusListener {
 public:
  void OnMessage(std::string_view channel, std::string_view bytes) override {
    absl::MutexLock lock(&mutex_);
    messages_.emplace_back(std::string(channel) + "=" + std::string(bytes));
  }
  void OnSubscribed(std::string_view channel) override {
    absl::MutexLock lock(&mutex_);
    confirmed_.emplace_back(channel);
  }
  void OnState(bool up) override {
    absl::MutexLock lock(&mutex_);
    states_.push_back(up);
  }
  std::vector<std::string> messages() const {
    absl::MutexLock lock(&mutex_);
    return messages_;
  }
  std::vector<std::string> confirmed() const {
    absl::MutexLock lock(&mutex_);
    return confirmed_;
  }
  std::vector<bool> states() const {
    absl::MutexLock lock(&mutex_);
    return states_;
  }

 private:
  mutable absl::Mutex mutex_;
  std::vector<std::string> messages_;
  std::vector<std::string> confirmed_;
  std::vector<bool> states_;
};

const base::SystemClock kClock;

LinkOptions Quick(const Address& address) {
  return {.address = address,
          .machine_clock = &kClock,
          .ping_interval = absl::Milliseconds(50),
          .silence_max = absl::Milliseconds(300),
          .back_off_min = absl::Milliseconds(5),
          .back_off_max = absl::Milliseconds(50)};
}

class RedisBusTest : public ::testing::TestWithParam<bool> {
 protected:
  Address address() const { return GetParam() ? redis_.unix_address() : redis_.tcp_address(); }
  RedisServer redis_;
};

TEST_P(RedisBusTest, DeliversBinaryMessagesOfExactChannelsInOrder) {
  const auto bus = MakeRedisBus({.link = Quick(address())});
  Ear ear;
  bus->AddListener(&ear);
  bus->Subscribe(&ear, {"a", "b"});
  ASSERT_TRUE(Eventually([&] { return bus->up() && ear.confirmed().size() >= 2; }));
  const std::string binary("\0\r\n$1\xff", 6);
  EXPECT_TRUE(bus->Publish("a", binary));
  EXPECT_TRUE(bus->Publish("ab", "not for us"));
  for (int i = 0; i < 1000; ++i) bus->Publish("b", std::to_string(i));
  ASSERT_TRUE(Eventually([&] { return ear.messages().size() >= 1001; }));
  EXPECT_EQ(ear.messages()[0], "a=" + binary);
  for (int i = 0; i < 1000; ++i) EXPECT_EQ(ear.messages()[1 + i], "b=" + std::to_string(i));
  EXPECT_TRUE(Eventually([&] { return bus->stats().published == 1002; }));
  EXPECT_EQ(bus->stats().dropped, 0);
  bus->RemoveListener(&ear);
}

TEST_P(RedisBusTest, ReconnectsAndSubscribesAgain) {
  const auto bus = MakeRedisBus({.link = Quick(address())});
  Ear ear;
  bus->AddListener(&ear);
  bus->Subscribe(&ear, {"a"});
  ASSERT_TRUE(Eventually([&] { return bus->up() && !ear.confirmed().empty(); }));
  const size_t confirmed = ear.confirmed().size();
  redis_.Kill();
  ASSERT_TRUE(Eventually([&] { return !bus->up(); }));
  EXPECT_TRUE(Eventually([&] { return !bus->Publish("a", "lost"); }));
  EXPECT_GE(bus->stats().dropped, 1);
  redis_.Start();
  ASSERT_TRUE(Eventually([&] { return bus->up(); }));
  EXPECT_GT(ear.confirmed().size(), confirmed);
  EXPECT_TRUE(bus->Publish("a", "found"));
  ASSERT_TRUE(Eventually([&] { return !ear.messages().empty(); }));
  EXPECT_EQ(ear.messages().back(), "a=found");
  const std::vector<bool> states = ear.states();
  EXPECT_NE(std::find(states.begin(), states.end(), false), states.end());
  EXPECT_TRUE(states.back());
  bus->RemoveListener(&ear);
}

INSTANTIATE_TEST_SUITE_P(Sockets, RedisBusTest, ::testing::Bool(),
                         [](const auto& socket) { return socket.param ? "Unix" : "Tcp"; });

TEST(RedisBusLifeTest, AHalfOpenPeerIsNoticedAndReplaced) {
  RedisServer redis;
  const auto bus = MakeRedisBus({.link = Quick(redis.tcp_address())});
  ASSERT_TRUE(Eventually([&] { return bus->up(); }));
  redis.Freeze();
  EXPECT_TRUE(Eventually([&] { return !bus->up(); }, absl::Seconds(5)));
  redis.Thaw();
  EXPECT_TRUE(Eventually([&] { return bus->up(); }));
}

TEST(RedisBusLifeTest, WithoutAServerNothingBlocksAndEverythingIsCounted) {
  const auto bus = MakeRedisBus({.link = Quick({.unix_socket = "/nonexistent/redis.sock"})});
  Ear ear;
  bus->AddListener(&ear);
  bus->Subscribe(&ear, {"a"});
  for (int i = 0; i < 1000; ++i) EXPECT_FALSE(bus->Publish("a", "x"));
  EXPECT_EQ(bus->stats().dropped, 1000);
  EXPECT_FALSE(bus->up());
  bus->RemoveListener(&ear);
}

TEST(RedisBusLifeTest, AFullQueueDropsAndCounts) {
  RedisServer redis;
  const auto bus = MakeRedisBus({.link = Quick(redis.tcp_address()), .queue_bytes_max = 1 << 20});
  ASSERT_TRUE(Eventually([&] { return bus->up(); }));
  redis.Freeze();
  const std::string big(256 << 10, 'x');
  EXPECT_TRUE(Eventually([&] { return !bus->Publish("a", big); }));
  EXPECT_GE(bus->stats().dropped, 1);
  redis.Thaw();
}

TEST(RedisBusLifeTest, RelayAndHubTalkOverRedisWithoutReadingTheJournal) {
  RedisServer redis;
  const auto bus = MakeRedisBus({.link = Quick(redis.unix_address())});
  ASSERT_TRUE(Eventually([&] { return bus->up(); }));
  PushWorld world(bus.get());
  Recorder recorder;
  const auto subscription = world.Subscribe({"down:1", "up:9"}, 0, recorder);
  ASSERT_TRUE(Eventually([&] { return world.hub().redis_up() && world.relay().bus_up(); }));
  ASSERT_TRUE(Eventually([&] { return world.hub().stats().polls > 3; }));
  world.Settle();
  for (int i = 0; i < 300; ++i) {
    world.Append(i % 2 == 0 ? std::vector<std::string>{"down:1", "up:9"}
                            : std::vector<std::string>{"up:9"});
  }
  ASSERT_TRUE(recorder.WaitForEntries(300));
  ASSERT_TRUE(recorder.WaitForComplete(300));
  EXPECT_EQ(recorder.seqs(), recorder.sorted_seqs());
  EXPECT_EQ(recorder.seqs().size(), 300U);
  EXPECT_EQ(world.hub().stats().gap_reads, 0);
  EXPECT_EQ(world.hub().stats().poll_reads, 0);
}

}  // namespace
}  // namespace huying::push::redis
