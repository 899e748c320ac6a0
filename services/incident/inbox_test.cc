// SPDX-License-Identifier: Apache-2.0
//
// Nothing of an incident waits to be polled for: intake, proposal, task, report of a lower tier and what is
// overdue reach the post that must act.
#include <gmock/gmock.h>

#include <iostream>

#include "services/incident/testing/incident_bench.h"
#include "services/platform/duty/states.h"
#include "services/platform/push/bus_fake.h"
#include "services/platform/push/hub_options.h"
#include "services/platform/push/relay.h"

namespace huying::incident {
namespace {

using common::v1::InboxEvent;
using duty::Obligation;
using ::testing::Contains;
using ::testing::IsEmpty;
using ::testing::Not;
using Sink = rpc::testing::KeptSink<InboxEvent>;

class InboxTest : public IncidentBench {
 protected:
  std::shared_ptr<Sink> Listen(IncidentService& service, const std::string& post) {
    auto sink = std::make_shared<Sink>();
    const absl::Status status =
        service.WatchInbox(directory_.As(post), {}, rpc::Sink<InboxEvent>(sink));
    EXPECT_TRUE(status.ok()) << status;
    return sink;
  }
  std::shared_ptr<Sink> Listen(const std::string& post) { return Listen(*service_, post); }
  // Rules of what was told, in order; `state` of its last word.
  static std::vector<std::string> Rung(const Sink& sink, Obligation::State state) {
    std::map<std::string, Obligation> last;
    for (const InboxEvent& event : sink.events()) {
      if (event.has_owed()) last[event.owed().name()] = event.owed();
      for (const auto& obligation : event.changed().obligations()) {
        last[obligation.name()] = obligation;
      }
    }
    std::vector<std::string> rules;
    for (const auto& [name, obligation] : last) {
      if (obligation.state() == state) rules.push_back(obligation.rule_id());
    }
    return rules;
  }
};

v1::TakeIntakeRequest GasExplosion() {
  v1::TakeIntakeRequest request;
  request.set_title("燃气爆炸，3 人被埋");
  request.set_area("230407001001");
  request.set_event_class(v1::ACCIDENT);
  request.mutable_figures()->set_missing(3);
  request.mutable_reporter()->set_person_name("王小明");
  request.mutable_reporter()->set_phone("13812340001");
  return request;
}

// The real relay and hub over a bus in memory; the time from before the call to the district's stream.
TEST_F(InboxTest, ACommunitysGasExplosionRingsAtTheDistrictsDutyPostWithinASecond) {
  const base::SystemClock machine;
  push::FakeBus bus(7);
  const push::Envelope envelope =
      *push::Envelope::Make("live", "incident", std::string(push::kMacKeyBytes, 'k'));
  push::LocalChannelSource source(*ledger_, duty::ProjectInbox);
  push::Relay relay(*ledger_, bus, envelope, duty::ProjectInbox, {.machine_clock = &machine});
  const auto hub = push::MakeHub(
      {.source = &source, .bus = &bus, .envelope = &envelope, .machine_clock = &machine});
  const auto service = MakeService(*hub);
  const auto district = Listen(*service, "posts/district-duty");
  const auto fire = Listen(*service, "posts/fire-duty");
  hub->ProveNow();  // live, not catching up
  const absl::Time start = machine.Now();
  ASSERT_TRUE(Do(&IncidentService::TakeIntake, GasExplosion(), "posts/pingan-duty").ok());
  ASSERT_TRUE(district->Await([](const auto& events) { return events.back().has_changed(); }));
  const absl::Duration took = machine.Now() - start;
  std::cout << "intake to ring: " << took << "\n";
  EXPECT_LT(took, absl::Seconds(1));
  const Obligation rung = district->events().back().changed().obligations(0);
  EXPECT_EQ(rung.matter(), "燃气爆炸，3 人被埋");
  EXPECT_EQ(rung.kind(), Obligation::VERIFICATION);
  EXPECT_EQ(fire->events().size(), 1u) << "nobody else is rung";
}

TEST_F(InboxTest, WhoConnectsLaterSeesWhatIsOwedAndNothingThatIsDone) {
  const std::string name = TakeIn();
  const auto open = Rung(*Listen("posts/district-duty"), Obligation::RUNNING);
  EXPECT_THAT(open, Not(IsEmpty()));
  v1::TakeOverRequest take;
  take.set_name(name);
  ASSERT_TRUE(Do(&IncidentService::TakeOver, take, "posts/district-duty").ok());
  v1::ConfirmIncidentRequest confirm;
  confirm.set_name(name);
  confirm.set_lead_department("units/emergency");
  ASSERT_TRUE(Do(&IncidentService::ConfirmIncident, confirm, "posts/district-duty").ok());
  EXPECT_THAT(Rung(*Listen("posts/district-duty"), Obligation::RUNNING),
              Not(Contains("incident.verify")));
}

TEST_F(InboxTest, WhatIsOverdueRingsOnePostHigher) {
  const auto duty = Listen("posts/district-duty");
  TakeIn();
  Advance(absl::Minutes(20));
  hub_->Pump();
  EXPECT_THAT(Rung(*duty, Obligation::OVERDUE), Contains("incident.verify"));
}

}  // namespace
}  // namespace huying::incident
