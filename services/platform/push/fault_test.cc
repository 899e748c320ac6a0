// SPDX-License-Identifier: Apache-2.0
//
// Redis is a hint: whatever happens to it or to the line, every subscriber has every entry within
// two seconds of the fault's end, once. A ledger on SQLite, a real redis-server, the intervals of
// production.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "services/platform/ledger/testing/ledger_fixture.h"
#include "services/platform/push/hub_options.h"
#include "services/platform/push/redis/redis_bus.h"
#include "services/platform/push/relay.h"
#include "services/platform/push/testing/push_world.h"
#include "services/platform/push/testing/recorder.h"
#include "services/platform/push/testing/redis_server.h"
#include "tests/support/redis_faults.h"
#include "tests/support/tcp_gate.h"

namespace huying::push {
namespace {

using huying::testing::TcpGate;
using testing::Eventually;
using testing::Recorder;
using testing::RedisServer;

constexpr absl::Duration kHealed = absl::Seconds(2);

class PushFaultTest : public ledger::LedgerFixture {
 protected:
  // The relay publishes straight; the hub, as if in another process, hears through the gate.
  void SetUp() override {
    Open();
    publishing_ = redis::MakeRedisBus({.link = Link(redis_.unix_address())});
    hearing_ = redis::MakeRedisBus({.link = Link({.port = gate_.port()})});
    relay_ = std::make_unique<Relay>(*ledger_, *publishing_, envelope_, testing::ActOf,
                                     RelayOptions{.machine_clock = &clock_});
    source_ = std::make_unique<LocalChannelSource>(*ledger_, testing::ActOf);
    hub_ = MakeHub({.source = source_.get(),
                    .bus = hearing_.get(),
                    .envelope = &envelope_,
                    .machine_clock = &clock_});
    ASSERT_TRUE(Eventually([&] { return hub_->redis_up() && relay_->bus_up(); }));
    // One hears everything, one a part, one begins in the middle.
    Subscribe({"down:1", "down:2", "up:9"}, 0);
    Subscribe({"down:2"}, 0);
    Append(10);
    Subscribe({"down:1", "up:9"}, 5);
    hub_->ProveNow();
  }
  void TearDown() override {
    subscriptions_.clear();
    hub_.reset();
    relay_.reset();
  }

  static redis::LinkOptions Link(const redis::Address& address) {
    static const base::SystemClock clock;
    return {.address = address, .machine_clock = &clock};
  }

  void Subscribe(std::vector<std::string> channels, int64_t after_seq) {
    auto& follower = followers_.emplace_back(new Follower{channels, after_seq});
    subscriptions_.push_back(
        *hub_->Subscribe(std::move(channels), after_seq, follower->recorder.callback()));
  }

  void Append(int entries) {
    static const std::vector<std::vector<std::string>> channels_of = {
        {"down:1", "up:9"}, {"down:2"}, {"down:1", "down:2", "up:9"}, {"up:9"}};
    for (int i = 0; i < entries; ++i) {
      const auto& channels = channels_of[static_cast<size_t>(next_++) % channels_of.size()];
      const auto receipt = Run(Write([channels](ledger::Transaction& tx) {
        tx.Set(ledger::Docs(), "docs/1", ledger::Doc("docs/1", "text"));
        for (const std::string& channel : channels) tx.Publish(channel);
        return absl::OkStatus();
      }));
      ASSERT_TRUE(receipt.ok()) << receipt.status();
      entries_.emplace_back(receipt->seq(), channels);
    }
  }

  // Every subscriber has every entry within the time, and dropping by seq has nothing to drop.
  void ExpectEverythingWithin(absl::Duration limit) {
    const absl::Time deadline = clock_.Now() + limit;
    for (const auto& follower : followers_) {
      const std::vector<int64_t> expected = Expected(*follower);
      EXPECT_TRUE(follower->recorder.WaitForEntries(expected.size(), deadline - clock_.Now()));
      EXPECT_EQ(follower->recorder.sorted_seqs(), expected);
      EXPECT_EQ(follower->recorder.seqs().size(), expected.size()) << "each once";
    }
  }

  // The proof that normal service came back: no reading, only Redis.
  void ExpectSteadyState() {
    ASSERT_TRUE(Eventually([&] { return hub_->redis_up() && relay_->bus_up(); }));
    ASSERT_TRUE(Eventually([&] { return relay_->stats().lag == 0; }));
    const int64_t beacons = hub_->stats().beacons;
    ASSERT_TRUE(Eventually([&] { return hub_->stats().beacons > beacons + 1; }));
    hub_->ProveNow();
    const HubStats before = hub_->stats();
    Append(20);
    ExpectEverythingWithin(kHealed);
    const HubStats after = hub_->stats();
    EXPECT_EQ(after.gap_reads, before.gap_reads);
    EXPECT_EQ(after.poll_reads, before.poll_reads);
    EXPECT_EQ(after.join_reads, before.join_reads);
  }

  struct Follower {
    std::vector<std::string> channels;
    int64_t after_seq;
    Recorder recorder;
  };
  std::vector<int64_t> Expected(const Follower& follower) const {
    std::vector<int64_t> seqs;
    for (const auto& [seq, channels] : entries_) {
      const bool heard =
          std::any_of(channels.begin(), channels.end(), [&](const std::string& channel) {
            return std::count(follower.channels.begin(), follower.channels.end(), channel) > 0;
          });
      if (heard && seq > follower.after_seq) seqs.push_back(seq);
    }
    return seqs;
  }

  base::SystemClock clock_;
  RedisServer redis_;
  TcpGate gate_{{.unix_socket = redis_.socket_path()}, TcpGate::Framing::kRedis};
  const Envelope envelope_ = *Envelope::Make("live", "alert", testing::TestMacKey());
  std::unique_ptr<Bus> publishing_;
  std::unique_ptr<Bus> hearing_;
  std::unique_ptr<Relay> relay_;
  std::unique_ptr<LocalChannelSource> source_;
  std::unique_ptr<Hub> hub_;
  std::vector<std::unique_ptr<Follower>> followers_;
  std::vector<std::unique_ptr<Subscription>> subscriptions_;
  std::vector<std::pair<int64_t, std::vector<std::string>>> entries_;
  int next_ = 0;
};

TEST_F(PushFaultTest, InSteadyStateGapReadsAreZero) {
  ExpectSteadyState();
  Append(100);
  ExpectEverythingWithin(kHealed);
  const HubStats stats = hub_->stats();
  EXPECT_EQ(stats.gap_reads, 0);
  EXPECT_EQ(stats.forged + stats.stale_epoch + stats.unproven + stats.dropped, 0);
  EXPECT_EQ(stats.beacons_missed, 0);
}

TEST_F(PushFaultTest, ASwallowedLastMessageIsDeliveredWhileTheConnectionStaysOpen) {
  gate_.FilterToClient(huying::testing::SwallowMessages());
  Append(1);
  ExpectEverythingWithin(kHealed);
  EXPECT_TRUE(hub_->redis_up());
  gate_.Heal();
  ExpectSteadyState();
}

TEST_F(PushFaultTest, DuplicatesAreDropped) {
  gate_.FilterToClient(huying::testing::DuplicateMessages());
  Append(40);
  ExpectEverythingWithin(kHealed);
  EXPECT_GT(hub_->stats().duplicates, 0);
  gate_.Heal();
  ExpectSteadyState();
}

TEST_F(PushFaultTest, ReorderedMessagesArriveInOrderOfTheirChannels) {
  gate_.FilterToClient(huying::testing::ReorderMessages());
  Append(41);
  ExpectEverythingWithin(kHealed);
  // Who hears one channel hears it in order; so does everybody here, because gaps are read.
  for (const auto& follower : followers_) {
    EXPECT_EQ(follower->recorder.seqs(), follower->recorder.sorted_seqs());
  }
  gate_.Heal();
  ExpectSteadyState();
}

TEST_F(PushFaultTest, ForgedMessagesAreCountedAndNeverShown) {
  gate_.FilterToClient(huying::testing::ForgeMessages(1));
  Append(20);
  ExpectEverythingWithin(kHealed);
  EXPECT_GT(hub_->stats().forged, 0);
  gate_.Heal();
  ExpectSteadyState();
}

TEST_F(PushFaultTest, AStalledLineDelaysNobodyForLong) {
  gate_.Stall(true);
  Append(10);
  ExpectEverythingWithin(kHealed);  // even during the fault
  gate_.Stall(false);
  Append(10);
  ExpectEverythingWithin(kHealed);
  ExpectSteadyState();
}

TEST_F(PushFaultTest, ACutLineIsMadeAnewAndWhatWasMissedIsRead) {
  const int64_t connections = gate_.connections();
  gate_.Refuse(true);
  gate_.Cut();
  ASSERT_TRUE(Eventually([&] { return !hub_->redis_up(); }));
  Append(10);
  gate_.Refuse(false);
  ExpectEverythingWithin(kHealed);
  EXPECT_TRUE(Eventually([&] { return gate_.connections() > connections; }));
  ExpectSteadyState();
}

TEST_F(PushFaultTest, RedisStoppedAndStartedAgain) {
  redis_.Stop();
  ASSERT_TRUE(Eventually([&] { return !hub_->redis_up() && !relay_->bus_up(); }));
  Append(10);
  ExpectEverythingWithin(kHealed);  // life without Redis
  EXPECT_GT(hub_->stats().poll_reads, 0);
  redis_.Start();
  Append(10);
  ExpectEverythingWithin(kHealed);
  ExpectSteadyState();
}

TEST_F(PushFaultTest, RedisKilledWhileEntriesAreWritten) {
  std::thread killer([&] {
    for (int i = 0; i < 3; ++i) redis_.Restart();
  });
  Append(200);
  killer.join();
  ExpectEverythingWithin(kHealed);
  ExpectSteadyState();
}

TEST_F(PushFaultTest, RedisFlushedChangesNothing) {
  redis_.FlushAll();
  Append(10);
  ExpectEverythingWithin(kHealed);
  EXPECT_EQ(hub_->stats().gap_reads, 0);
  ExpectSteadyState();
}

TEST_F(PushFaultTest, EverythingAtOnceFromASeed) {
  for (const uint32_t seed : {1U, 2U, 3U}) {
    gate_.FilterToClient(huying::testing::MixFaults(seed));
    Append(60);
    gate_.Cut();
    Append(60);
    gate_.Heal();
    ExpectEverythingWithin(kHealed);
  }
  ExpectSteadyState();
}

}  // namespace
}  // namespace huying::push
