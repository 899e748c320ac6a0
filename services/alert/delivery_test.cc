// SPDX-License-Identifier: Apache-2.0
//
// Alerts over the real relay and hub: a bus that loses, doubles, reorders and forges changes nothing in
// what a client has in the end.
#include <gmock/gmock.h>

#include <algorithm>
#include <random>

#include "services/alert/rules/areas.h"
#include "services/alert/testing/alert_bench.h"
#include "services/platform/push/bus_fake.h"
#include "services/platform/push/hub_options.h"
#include "services/platform/push/relay.h"

namespace huying::alert {
namespace {
using EventSink = KeptSink<v1::SubscribeEvent>;

class DeliveryTest : public AlertBench {
 protected:
  void SetUp() override {
    relay_ = std::make_unique<push::Relay>(
        *ledger_, bus_, envelope_, ProjectAlertEvent,
        push::RelayOptions{.machine_clock = &machine_, .beacon_interval = absl::Milliseconds(50)});
    source_ = std::make_unique<push::LocalChannelSource>(*ledger_, ProjectAlertEvent);
    real_hub_ = push::MakeHub({.source = source_.get(),
                               .bus = &bus_,
                               .envelope = &envelope_,
                               .machine_clock = &machine_,
                               .poll_interval = absl::Milliseconds(50),
                               .poll_interval_without_bus = absl::Milliseconds(20)});
    live_ = std::make_unique<AlertService>(AlertService::Needs{.ledger = *ledger_,
                                                               .clock = clock_,
                                                               .hub = *real_hub_,
                                                               .directory = directory_,
                                                               .rules = *rules_});
  }
  void TearDown() override {
    live_.reset();
    real_hub_.reset();
    relay_->Stop();
  }
  std::shared_ptr<EventSink> Listen(const std::string& post,
                                    const common::v1::Cursor* from = nullptr) {
    auto sink = std::make_shared<EventSink>();
    v1::SubscribeRequest request;
    if (from != nullptr) *request.mutable_resume_from() = *from;
    const auto status = live_->Subscribe(As(post), request, rpc::Sink<v1::SubscribeEvent>(sink));
    EXPECT_TRUE(status.ok()) << status;
    return sink;
  }
  static std::vector<int64_t> SeqsOf(const EventSink& sink) {
    std::vector<int64_t> seqs;
    for (const auto& event : sink.events()) {
      if (event.has_alert() || event.has_recipient()) seqs.push_back(event.seq());
    }
    return seqs;
  }
  // What the journal says this area's clients hear.
  std::vector<int64_t> Expected(const std::string& area) {
    rules::Parents parents;
    const auto context = As("district-duty");
    directory::v1::GetAreaRequest request;
    request.set_code(area);
    std::vector<std::string> above;
    const auto answer = directory_.GetArea(context, request);
    for (const auto& ancestor : answer->ancestors()) above.push_back(ancestor.code());
    auto reader = *ledger_->Read();
    const auto entries = *reader->ChannelEntries(rules::HeardChannels(area, above), 0, 10'000);
    std::vector<int64_t> seqs;
    seqs.reserve(entries.size());
    for (const auto& item : entries) seqs.push_back(item.entry.entry.seq());
    return seqs;
  }
  void Storm(int acts, uint32_t seed) {
    std::mt19937 random(seed);
    const std::vector<std::string> areas = {directory::kXingshan, directory::kLingbei,
                                            directory::kPingan, directory::kJingxiao};
    const std::vector<std::string> posts = {"lingbei-duty", "pingan-duty", "jingxiao-duty"};
    for (int i = 0; i < acts; ++i) {
      const std::string name = Issue("district-duty", Notice(areas[random() % areas.size()]));
      (void)Answer(posts[random() % posts.size()], name);
    }
  }

  base::SystemClock machine_;
  push::FakeBus bus_{7};
  const push::Envelope envelope_ =
      *push::Envelope::Make("live", "alert", std::string(push::kMacKeyBytes, 'k'));
  std::unique_ptr<push::Relay> relay_;
  std::unique_ptr<push::LocalChannelSource> source_;
  std::unique_ptr<push::Hub> real_hub_;
  std::unique_ptr<AlertService> live_;
};

// R40: a cut-off tier catches up without loss or doubles.
TEST_F(DeliveryTest, ABusThatLosesDoublesReordersAndForgesChangesNothing) {
  const std::map<std::string, std::string> listeners = {{"district-duty", directory::kXingshan},
                                                        {"lingbei-duty", directory::kLingbei},
                                                        {"pingan-duty", directory::kPingan},
                                                        {"jingxiao-duty", directory::kJingxiao}};
  std::map<std::string, std::shared_ptr<EventSink>> sinks;
  for (const auto& [post, area] : listeners) sinks[post] = Listen(post);
  bus_.SetFaults({.drop = 0.3, .duplicate = 0.3, .reorder = 0.3, .forge = 0.1});
  Storm(25, 1);
  bus_.SetUp(false);
  Storm(5, 2);
  bus_.Heal();
  Storm(5, 3);
  real_hub_->ProveNow();
  for (const auto& [post, area] : listeners) {
    std::vector<int64_t> seqs = SeqsOf(*sinks[post]);
    // Order is promised per chain and channel; the whole history is equal when sorted.
    std::sort(seqs.begin(), seqs.end());
    EXPECT_EQ(seqs, Expected(area)) << post;
  }
}

TEST_F(DeliveryTest, AClientThatWasCutOffResumesOverTheRealHub) {
  auto sink = Listen("pingan-duty");
  Storm(5, 4);
  real_hub_->ProveNow();
  common::v1::Cursor cursor;
  for (const auto& event : sink->events()) {
    if (event.has_cursor()) cursor = event.cursor();
  }
  const std::vector<int64_t> before = SeqsOf(*sink);
  sink->Close(absl::OkStatus());
  Storm(5, 5);
  auto again = Listen("pingan-duty", &cursor);
  real_hub_->ProveNow();
  std::vector<int64_t> all = before;
  for (const int64_t seq : SeqsOf(*again)) {
    if (seq > cursor.seq()) all.push_back(seq);
  }
  std::sort(all.begin(), all.end());
  all.erase(std::unique(all.begin(), all.end()), all.end());
  EXPECT_EQ(all, Expected(directory::kPingan));
  EXPECT_FALSE(again->events().empty());
  EXPECT_FALSE(again->events().front().has_resync());
}

}  // namespace
}  // namespace huying::alert
