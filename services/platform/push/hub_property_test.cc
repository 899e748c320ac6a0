// SPDX-License-Identifier: Apache-2.0
//
// Random worlds from a seed: whatever the bus does, the history that each subscriber has, sorted by
// seq, is the journal's. A failure prints its seed; --gtest_filter with it repeats the same faults.
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <memory>
#include <random>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "services/platform/push/bus_fake.h"
#include "services/platform/push/testing/push_world.h"

namespace huying::push {
namespace {

using testing::PushWorld;
using testing::Recorder;

constexpr int kAreas = 5;
constexpr int kSteps = 400;

class HubPropertyTest : public ::testing::TestWithParam<uint32_t> {
 protected:
  int Roll(int sides) { return static_cast<int>(random_() % static_cast<uint32_t>(sides)); }

  std::vector<std::string> SomeChannels() {
    std::set<std::string> channels;
    for (int i = 1 + Roll(3); i > 0; --i) {
      channels.insert((Roll(2) == 0 ? "down:" : "up:") + std::to_string(Roll(kAreas)));
    }
    return {channels.begin(), channels.end()};
  }

  struct Follower {
    std::vector<std::string> channels;
    int64_t after_seq = 0;
    Recorder recorder;
    std::unique_ptr<Subscription> subscription;
  };

  void Append() {
    std::vector<std::string> channels = SomeChannels();
    const int64_t seq = world_.Append(channels);
    journal_.emplace_back(seq, std::move(channels));
  }
  void Join() {
    auto follower = std::make_unique<Follower>();
    follower->channels = SomeChannels();
    follower->after_seq = journal_.empty() ? 0 : Roll(static_cast<int>(journal_.size()) + 1);
    follower->subscription =
        world_.Subscribe(follower->channels, follower->after_seq, follower->recorder);
    followers_.push_back(std::move(follower));
  }
  void Leave() {
    if (followers_.size() > 4) followers_.erase(followers_.begin() + Roll(4));
  }
  void Disturb() {
    const auto some = [&] { return Roll(2) == 0 ? 0.0 : Roll(60) / 100.0; };
    bus_.SetFaults({.drop = some(), .duplicate = some(), .reorder = some(), .forge = some() / 2});
  }
  void Step() {
    const int dice = Roll(100);
    if (dice < 70) {
      Append();
    } else if (dice < 78) {
      Join();
    } else if (dice < 82) {
      Leave();
    } else if (dice < 90) {
      Disturb();
    } else if (dice < 94) {
      bus_.SetUp(Roll(2) == 0);
    } else if (dice < 97) {
      world_.ledger().SetBroken(Roll(2) == 0);
    } else {
      world_.ledger().SetBroken(false);
      world_.hub().ProveNow();
    }
  }

  std::vector<int64_t> Expected(const Follower& follower) const {
    std::vector<int64_t> seqs;
    for (const auto& [seq, channels] : journal_) {
      const bool heard =
          std::any_of(channels.begin(), channels.end(), [&](const std::string& channel) {
            return std::count(follower.channels.begin(), follower.channels.end(), channel) > 0;
          });
      if (heard && seq > follower.after_seq) seqs.push_back(seq);
    }
    return seqs;
  }

  // On one channel, never older after newer.
  void ExpectOrderPerChannel(const Follower& follower) const {
    for (const std::string& channel : follower.channels) {
      int64_t last = 0;
      for (const int64_t seq : follower.recorder.seqs()) {
        const auto& channels = journal_[static_cast<size_t>(seq) - 1].second;
        if (std::count(channels.begin(), channels.end(), channel) == 0) continue;
        EXPECT_GT(seq, last) << channel;
        last = seq;
      }
    }
  }

  std::mt19937 random_{GetParam()};
  FakeBus bus_{GetParam()};
  PushWorld world_{&bus_,
                   {.beacon_interval = absl::Milliseconds(7),
                    .poll_interval = absl::Milliseconds(11),
                    .poll_interval_without_bus = absl::Milliseconds(5),
                    .arrival_grace = absl::Milliseconds(3)}};
  std::vector<std::unique_ptr<Follower>> followers_;
  std::vector<std::pair<int64_t, std::vector<std::string>>> journal_;
};

TEST_P(HubPropertyTest, TheHistorySortedBySeqIsTheJournal) {
  SCOPED_TRACE("seed " + std::to_string(GetParam()));
  Join();
  for (int i = 0; i < kSteps; ++i) Step();
  world_.ledger().SetBroken(false);
  bus_.Heal();
  Append();
  const int64_t head = journal_.back().first;
  for (const auto& follower : followers_) {
    ASSERT_TRUE(follower->recorder.WaitForComplete(head));
    EXPECT_EQ(follower->recorder.sorted_seqs(), Expected(*follower));
    EXPECT_EQ(follower->recorder.seqs().size(), Expected(*follower).size()) << "each once";
    ExpectOrderPerChannel(*follower);
  }
  EXPECT_EQ(world_.hub().Progress(head).second, 0);
  EXPECT_EQ(world_.hub().stats().unproven, 0);
}

INSTANTIATE_TEST_SUITE_P(Seeds, HubPropertyTest, ::testing::Range(1U, 13U));

}  // namespace
}  // namespace huying::push
