// SPDX-License-Identifier: Apache-2.0
#include "services/platform/push/relay.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "services/platform/push/bus_fake.h"
#include "services/platform/push/testing/push_world.h"

namespace huying::push {
namespace {

using platform::v1::PushBeacon;
using platform::v1::PushMessage;
using testing::Eventually;

// Opens what the relay publishes.
class Ear final : public BusListener {
 public:
  explicit Ear(const Envelope& envelope) : envelope_(envelope) {}
  void OnMessage(std::string_view channel, std::string_view bytes) override {
    const Opened opened = envelope_.Open(bytes);
    absl::MutexLock lock(&mutex_);
    if (const auto* message = std::get_if<PushMessage>(&opened)) {
      messages_.emplace_back(channel, *message);
    } else if (const auto* beacon = std::get_if<PushBeacon>(&opened)) {
      beacons_.push_back(*beacon);
    }
  }
  void OnSubscribed(std::string_view) override {}
  void OnState(bool) override {}

  std::vector<std::pair<std::string, PushMessage>> messages() const {
    absl::MutexLock lock(&mutex_);
    return messages_;
  }
  std::vector<PushBeacon> beacons() const {
    absl::MutexLock lock(&mutex_);
    return beacons_;
  }

 private:
  const Envelope& envelope_;
  mutable absl::Mutex mutex_;
  std::vector<std::pair<std::string, PushMessage>> messages_;
  std::vector<PushBeacon> beacons_;
};

class RelayTest : public ::testing::Test {
 protected:
  void SetUp() override {
    bus_.AddListener(&ear_);
    for (const char* channel : {"down:1", "down:2", "up:9", "beacon"}) {
      bus_.Subscribe(&ear_, {envelope_.ChannelName(channel)});
    }
  }
  void TearDown() override {
    relay_.reset();
    bus_.RemoveListener(&ear_);
  }
  void Start() {
    relay_ = std::make_unique<Relay>(
        ledger_, bus_, envelope_, testing::ActOf,
        RelayOptions{.machine_clock = &clock_, .beacon_interval = absl::Milliseconds(30)});
  }

  base::SystemClock clock_;
  FakeBus bus_;
  testing::FakeLedger ledger_{"live", "alert"};
  const Envelope envelope_ = *Envelope::Make("live", "alert", testing::TestMacKey());
  Ear ear_{envelope_};
  std::unique_ptr<Relay> relay_;
};

TEST_F(RelayTest, PublishesOnEveryChannelOfTheEntryWithEveryPrev) {
  ledger_.Append({"down:1"}, "before");
  ledger_.Append({"up:9"}, "before");
  Start();
  ledger_.Append({"down:1", "up:9"}, "entry");
  ledger_.Append({}, "no channel");
  ledger_.Append({"down:1"}, "entry");
  ASSERT_TRUE(Eventually([&] { return ear_.messages().size() == 3; }));
  const auto messages = ear_.messages();
  EXPECT_EQ(messages[0].first, "huying:live:alert:down:1");
  EXPECT_EQ(messages[1].first, "huying:live:alert:up:9");
  const PushMessage& first = messages[0].second;
  EXPECT_EQ(first.seq(), 3);
  EXPECT_EQ(first.event(), "entry");
  ASSERT_EQ(first.links_size(), 2);
  EXPECT_EQ(first.links(0).channel(), "down:1");
  EXPECT_EQ(first.links(0).prev(), 1);
  EXPECT_EQ(first.links(1).channel(), "up:9");
  EXPECT_EQ(first.links(1).prev(), 2);
  EXPECT_EQ(messages[2].second.seq(), 5);
  EXPECT_EQ(messages[2].second.links(0).prev(), 3);
  EXPECT_TRUE(Eventually([&] { return relay_->stats().lag == 0; }));
}

TEST_F(RelayTest, EntriesWithoutChannelsArePassedOverUnread) {
  Start();
  for (int i = 0; i < 5; ++i) ledger_.Append({}, "no channel");
  ASSERT_TRUE(Eventually([&] {
    const auto beacons = ear_.beacons();
    return !beacons.empty() && beacons.back().head() == 5;
  }));
  EXPECT_EQ(relay_->stats().entries, 0);
  EXPECT_EQ(relay_->stats().lag, 0);
  ledger_.Append({"down:1"}, "entry");
  EXPECT_TRUE(Eventually([&] { return ear_.messages().size() == 1; }));
}

TEST_F(RelayTest, BeaconsCountAndNameTheHeads) {
  ledger_.Append({"down:2"}, "before");
  Start();
  ledger_.Append({"down:1"}, "entry");
  ASSERT_TRUE(Eventually([&] {
    const auto beacons = ear_.beacons();
    return beacons.size() >= 3 && beacons.back().head() == 2;
  }));
  const auto beacons = ear_.beacons();
  for (size_t i = 1; i < beacons.size(); ++i) {
    EXPECT_EQ(beacons[i].counter(), beacons[i - 1].counter() + 1);
  }
  EXPECT_EQ(beacons.back().listed_after(), 1);
  EXPECT_EQ(beacons.back().channel_heads().at("down:1"), 2);
  EXPECT_FALSE(beacons.back().channel_heads().contains("down:2"));
}

TEST_F(RelayTest, ABeaconListsTheMostRecentChannelsAndSaysSo) {
  Start();
  const int channels = static_cast<int>(kBeaconChannelsMax) + 200;
  for (int i = 0; i < channels; ++i) ledger_.Append({"down:" + std::to_string(i)}, "entry");
  ASSERT_TRUE(Eventually([&] {
    const auto beacons = ear_.beacons();
    return !beacons.empty() && beacons.back().head() == channels;
  }));
  const PushBeacon beacon = ear_.beacons().back();
  EXPECT_EQ(beacon.channel_heads_size(), static_cast<int>(kBeaconChannelsMax));
  EXPECT_EQ(beacon.listed_after(), 200);
  for (const auto& [channel, head] : beacon.channel_heads()) EXPECT_GT(head, 200);
}

TEST_F(RelayTest, WithoutABusTheLagGrowsAndAfterwardsOnlyTheWindowIsPublished) {
  Start();
  bus_.SetUp(false);
  ASSERT_TRUE(Eventually([&] { return !relay_->bus_up(); }));
  const int64_t entries = kRelayWindow + 44;
  for (int64_t i = 0; i < entries; ++i) ledger_.Append({"down:1"}, "entry");
  EXPECT_EQ(relay_->stats().lag, entries);
  const size_t beacons = ear_.beacons().size();
  bus_.SetUp(true);
  ASSERT_TRUE(Eventually([&] { return relay_->stats().lag == 0; }));
  ASSERT_TRUE(Eventually([&] { return ear_.beacons().size() > beacons; }));
  EXPECT_EQ(relay_->stats().skipped, 44);
  ASSERT_EQ(ear_.messages().size(), static_cast<size_t>(kRelayWindow));
  EXPECT_EQ(ear_.messages().front().second.seq(), 45);
  EXPECT_EQ(ear_.messages().front().second.links(0).prev(), 44);
}

TEST_F(RelayTest, AJournalThatDoesNotAnswerIsReadAgain) {
  Start();
  ledger_.SetBroken(true);
  ledger_.Append({"down:1"}, "entry");
  ASSERT_TRUE(Eventually([&] { return relay_->stats().read_errors > 0; }));
  ledger_.SetBroken(false);
  EXPECT_TRUE(Eventually([&] { return ear_.messages().size() == 1; }));
}

}  // namespace
}  // namespace huying::push
