// SPDX-License-Identifier: Apache-2.0
#include "services/platform/push/positions.h"

#include <gtest/gtest.h>

#include <utility>
#include <vector>

namespace huying::push {
namespace {

using platform::v1::PushBeacon;
using platform::v1::PushMessage;
using Verdict = Positions::Verdict;

PushMessage Message(int64_t seq, std::vector<std::pair<std::string, int64_t>> links) {
  PushMessage message;
  message.set_seq(seq);
  for (const auto& [channel, prev] : links) {
    PushMessage::Link* link = message.add_links();
    link->set_channel(channel);
    link->set_prev(prev);
  }
  return message;
}

TEST(PositionsTest, OnlyTheExactNextIsNext) {
  Positions positions;
  positions.Add("a", 5);
  EXPECT_EQ(positions.Judge(Message(9, {{"a", 5}})), Verdict::kNext);
  EXPECT_EQ(positions.Judge(Message(9, {{"a", 7}})), Verdict::kGap);
  EXPECT_EQ(positions.Judge(Message(5, {{"a", 3}})), Verdict::kSeen);
  EXPECT_EQ(positions.Judge(Message(9, {{"b", 5}})), Verdict::kUnheard);
}

TEST(PositionsTest, EveryChannelHeardMustFit) {
  Positions positions;
  positions.Add("a", 5);
  positions.Add("b", 6);
  EXPECT_EQ(positions.Judge(Message(9, {{"a", 5}, {"b", 6}})), Verdict::kNext);
  EXPECT_EQ(positions.Judge(Message(9, {{"a", 5}, {"b", 8}})), Verdict::kGap);
  EXPECT_EQ(positions.Judge(Message(9, {{"a", 5}, {"unheard", 8}})), Verdict::kNext);
}

TEST(PositionsTest, AChannelAddedLaterMayStandPastTheMessage) {
  Positions positions;
  positions.Add("a", 5);
  positions.Add("late", 20);
  const PushMessage message = Message(9, {{"a", 5}, {"late", 3}});
  EXPECT_EQ(positions.Judge(message), Verdict::kNext);
  EXPECT_EQ(positions.Apply(message), std::vector<std::string>{"a"});
  EXPECT_EQ(positions.Judge(Message(21, {{"late", 20}})), Verdict::kNext);
}

TEST(PositionsTest, AClaimIsFulfilledWhenNothingListedIsAhead) {
  Positions positions;
  positions.Add("a", 5);
  positions.Add("b", 0);
  EXPECT_TRUE(positions.Fulfilled({.head = 8, .channel_heads = {{"a", 5}, {"b", 0}}}));
  EXPECT_FALSE(positions.Fulfilled({.head = 8, .channel_heads = {{"a", 5}, {"b", 7}}}));
  positions.Apply(Message(7, {{"b", 0}}));
  EXPECT_TRUE(positions.Fulfilled({.head = 8, .channel_heads = {{"a", 5}, {"b", 7}}}));
}

TEST(PositionsTest, ABeaconThatDoesNotListAChannelProvesOnlyWhatIsOldEnough) {
  Positions positions;
  positions.Add("a", 5);
  positions.Add("quiet", 2);
  PushBeacon beacon;
  beacon.set_head(30);
  beacon.set_listed_after(20);
  (*beacon.mutable_channel_heads())["other"] = 29;
  // "quiet" may have moved up to 20, and we have proof up to 10 only.
  positions.Prove(10);
  EXPECT_FALSE(positions.Fulfilled(ClaimOf(beacon, positions)));
  positions.Prove(20);
  EXPECT_TRUE(positions.Fulfilled(ClaimOf(beacon, positions)));
  (*beacon.mutable_channel_heads())["a"] = 25;
  EXPECT_FALSE(positions.Fulfilled(ClaimOf(beacon, positions)));
  EXPECT_TRUE(positions.Behind(ClaimOf(beacon, positions)));
}

}  // namespace
}  // namespace huying::push
