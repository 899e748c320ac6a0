// SPDX-License-Identifier: Apache-2.0
//
// Nothing waits to be polled for: what is owed reaches the post that owes it, and no other.
#include "services/platform/duty/inbox.h"

#include <gmock/gmock.h>

#include <map>
#include <random>

#include "services/platform/base/status.h"
#include "services/platform/duty/states.h"
#include "services/platform/ledger/testing/ledger_fixture.h"
#include "services/platform/push/testing/pumped_hub.h"
#include "services/platform/rpc/testing/kept_sink.h"

namespace huying::duty {
namespace {

using common::v1::Actor;
using common::v1::InboxEvent;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using Sink = rpc::testing::KeptSink<InboxEvent>;

constexpr char kArea[] = "230407000000";
constexpr char kCommunity[] = "230407001001";

Actor At(const std::string& post, const std::string& area,
         common::v1::Tier tier = common::v1::DISTRICT) {
  Actor actor;
  actor.set_post(post);
  actor.set_area(area);
  actor.set_tier(tier);
  return actor;
}

// What a client holds: what is open, by name.
std::map<std::string, std::string> Held(const Sink& sink) {
  std::map<std::string, std::string> held;
  const auto take = [&held](const Obligation& obligation) {
    held.erase(obligation.name());
    if (IsOpen(obligation.state())) held[obligation.name()] = obligation.Utf8DebugString();
  };
  for (const InboxEvent& event : sink.events()) {
    if (event.has_owed()) take(event.owed());
    for (const Obligation& obligation : event.changed().obligations()) take(obligation);
  }
  return held;
}

class InboxTest : public ledger::LedgerFixture {
 protected:
  InboxTest() {
    auto opened = ledger::Ledger::Open(engine_, Options(), {kObligations.schema()});
    EXPECT_TRUE(opened.ok()) << opened.status();
    ledger_ = *std::move(opened);
    hub_ = std::make_unique<push::testing::PumpedHub>(*ledger_, ProjectInbox);
    inbox_ = std::make_unique<Inbox>(*ledger_, clock_, *hub_,
                                     push::FeedOptions{.heartbeat = absl::InfiniteDuration()});
  }
  ~InboxTest() override { inbox_.reset(); }

  std::shared_ptr<Sink> Listen(const Actor& actor, const common::v1::InboxRequest& request = {}) {
    auto sink = std::make_shared<Sink>();
    const absl::Status status = inbox_->Subscribe(actor, request, rpc::Sink<InboxEvent>(sink));
    EXPECT_TRUE(status.ok()) << status;
    return sink;
  }
  // Owes one thing; returns its name.
  std::string Owed(const std::string& post, const std::string& area,
                   const std::string& rule = "incident.verify") {
    std::string name;
    auto receipt = Run(Write([&](ledger::Transaction& tx) -> absl::Status {
      Obligation one = About("incidents/2026-0007", rule, "核实时限");
      one.set_kind(Obligation::VERIFICATION);
      one.set_post(post);
      one.set_area(area);
      one.set_matter("燃气爆炸，3 人被埋");
      Due(one, tx.now(), tx.now() + absl::Minutes(15));
      ASSIGN_OR_RETURN(name, Owe(tx, std::move(one)));
      return absl::OkStatus();
    }));
    EXPECT_TRUE(receipt.ok()) << receipt.status();
    return name;
  }
  void Do(const std::function<absl::Status(ledger::Transaction&)>& decide) {
    auto receipt = Run(Write(decide));
    EXPECT_TRUE(receipt.ok()) << receipt.status();
  }

  std::unique_ptr<push::testing::PumpedHub> hub_;
  std::unique_ptr<Inbox> inbox_;
};

TEST_F(InboxTest, WhatIsOwedReachesThePostThatOwesItAndNoOther) {
  const auto duty = Listen(At("posts/district-duty", kArea));
  const auto fire = Listen(At("posts/fire-duty", kArea));
  Owed("posts/district-duty", kCommunity);
  hub_->Pump();
  ASSERT_EQ(duty->events().size(), 2u);
  const Obligation owed = duty->events()[1].changed().obligations(0);
  EXPECT_EQ(owed.matter(), "燃气爆炸，3 人被埋");
  EXPECT_EQ(duty->events()[1].changed().act(), "test.Write");
  EXPECT_EQ(duty->events()[1].cursor().seq(), ledger_->Head().seq);
  EXPECT_EQ(fire->events().size(), 1u);
}

TEST_F(InboxTest, WhoActsForAPostHearsWhatItOwes) {
  Actor acting = At("posts/district-leader", kArea);
  acting.set_acting_for_post("posts/district-duty");
  const auto live = Listen(acting);
  Owed("posts/district-duty", kCommunity);
  hub_->Pump();
  EXPECT_EQ(Held(*live).size(), 1u);
  EXPECT_EQ(Held(*Listen(acting)), Held(*live));
}

TEST_F(InboxTest, WhatNamesNoPostReachesEverybodyOnDutyInThatVeryArea) {
  const auto here = Listen(At("posts/pingan-duty", kCommunity, common::v1::COMMUNITY));
  const auto above = Listen(At("posts/district-duty", kArea));
  const auto mine = Listen(At("posts/mine", kCommunity, common::v1::EXTERNAL));
  Owed("", kCommunity);
  hub_->Pump();
  EXPECT_EQ(Held(*here).size(), 1u);
  EXPECT_THAT(Held(*above), IsEmpty());
  EXPECT_THAT(Held(*mine), IsEmpty());
}

TEST_F(InboxTest, WhatIsOverdueReachesThePostAboveAndWhatIsMetLeavesBothInboxes) {
  const auto duty = Listen(At("posts/district-duty", kArea));
  const auto leader = Listen(At("posts/district-leader", kArea));
  const std::string name = Owed("posts/district-duty", kCommunity);
  hub_->Pump();
  EXPECT_THAT(Held(*leader), IsEmpty());
  clock_.Advance(absl::Minutes(15));
  Do([&](ledger::Transaction& tx) { return FallDue(tx, name, "posts/district-leader").status(); });
  hub_->Pump();
  EXPECT_EQ(Held(*leader).size(), 1u);
  EXPECT_EQ(leader->events().back().changed().obligations(0).state(), Obligation::OVERDUE);
  Do([&](ledger::Transaction& tx) { return Meet(tx, name, "incidents/2026-0007").status(); });
  hub_->Pump();
  EXPECT_THAT(Held(*duty), IsEmpty());
  EXPECT_THAT(Held(*leader), IsEmpty());
  EXPECT_EQ(leader->events().back().changed().obligations(0).state(), Obligation::MET_LATE);
}

TEST_F(InboxTest, WhatALateJoinerIsShownIsTheFoldOfWhatTheSameListenerWasShown) {
  Actor acting = At("posts/c", kArea);
  acting.set_acting_for_post("posts/a");
  const std::vector<Actor> everybody = {At("posts/a", kArea), At("posts/b", kCommunity), acting,
                                        At("posts/d", kCommunity, common::v1::EXTERNAL)};
  std::vector<std::shared_ptr<Sink>> live;
  for (const Actor& actor : everybody) live.push_back(Listen(actor));
  const std::vector<std::string> posts = {"posts/a", "posts/b", "posts/c", "posts/d", ""};
  std::mt19937 random(20091121);
  const auto any = [&](size_t below) { return random() % below; };
  std::vector<std::string> open;
  for (int i = 0; i < 80; ++i) {
    const size_t at = open.empty() ? 0 : any(open.size());
    const std::string name = open.empty() ? "" : open[at];
    switch (open.empty() ? 0 : any(4)) {
      case 0:
      case 1:
        open.push_back(Owed(posts[any(posts.size())], any(2) == 0 ? kArea : kCommunity));
        break;
      case 2:
        clock_.Advance(absl::Minutes(15));
        Do([&](ledger::Transaction& tx) {
          return FallDue(tx, name, posts[any(posts.size())]).status();
        });
        break;
      default:
        Do([&](ledger::Transaction& tx) { return Meet(tx, name, "x").status(); });
        open.erase(open.begin() + static_cast<std::ptrdiff_t>(at));
    }
    hub_->Pump(any(2) == 0);
    for (size_t k = 0; k < everybody.size(); ++k) {
      ASSERT_EQ(Held(*Listen(everybody[k])), Held(*live[k])) << everybody[k].post() << " at " << i;
    }
  }
}

TEST_F(InboxTest, AClientGoesOnFromItsCursor) {
  Owed("posts/a", kArea);
  const auto first = Listen(At("posts/a", kArea));
  common::v1::InboxRequest request;
  *request.mutable_resume_from() = first->events().back().cursor();
  Owed("posts/a", kArea, "task.deadline");
  const auto again = Listen(At("posts/a", kArea), request);
  hub_->Pump();
  ASSERT_EQ(again->events().size(), 1u);
  EXPECT_EQ(again->events()[0].changed().obligations(0).rule_id(), "task.deadline");
}

TEST_F(InboxTest, ASignInWithoutPostOrAreaHasNoInbox) {
  auto sink = std::make_shared<Sink>();
  const absl::Status status = inbox_->Subscribe(Actor(), {}, rpc::Sink<InboxEvent>(sink));
  EXPECT_EQ(base::ProblemOf(status).rule_id(), "platform.inbox-of-a-post");
}

}  // namespace
}  // namespace huying::duty
