// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "services/platform/base/clock.h"
#include "services/platform/push/hub_options.h"
#include "services/platform/push/relay.h"
#include "services/platform/push/testing/ledger_fake.h"
#include "services/platform/push/testing/recorder.h"

// One ledger in memory, its relay and its hub over a bus, with short intervals.
namespace huying::push::testing {

inline std::string TestMacKey() { return std::string(kMacKeyBytes, 'k'); }

inline std::string ActOf(const ledger::StoredEntry& entry) { return entry.entry.act(); }

class PushWorld {
 public:
  struct Options {
    absl::Duration beacon_interval = absl::Milliseconds(50);
    absl::Duration poll_interval = absl::Milliseconds(50);
    absl::Duration poll_interval_without_bus = absl::Milliseconds(20);
    absl::Duration arrival_grace = absl::Milliseconds(250);
  };

  explicit PushWorld(Bus* bus) : PushWorld(bus, Options()) {}
  PushWorld(Bus* bus, const Options& options)
      : bus_(bus),
        options_(options),
        source_(ledger_, ActOf),
        envelope_(*Envelope::Make("live", "alert", TestMacKey())) {
    if (bus_ != nullptr) StartRelay();
    hub_ = MakeHub({.source = &source_,
                    .bus = bus_,
                    .envelope = &envelope_,
                    .machine_clock = &clock_,
                    .poll_interval = options.poll_interval,
                    .poll_interval_without_bus = options.poll_interval_without_bus,
                    .arrival_grace = options.arrival_grace});
  }

  void StartRelay() {
    relay_ = std::make_unique<Relay>(
        ledger_, *bus_, envelope_, ActOf,
        RelayOptions{.machine_clock = &clock_, .beacon_interval = options_.beacon_interval});
  }
  void StopRelay() { relay_.reset(); }

  std::unique_ptr<Subscription> Subscribe(std::vector<std::string> channels, int64_t after_seq,
                                          Recorder& recorder) {
    auto subscription = hub_->Subscribe(std::move(channels), after_seq, recorder.callback());
    return subscription.ok() ? *std::move(subscription) : nullptr;
  }
  int64_t Append(std::vector<std::string> channels) {
    return ledger_.Append(std::move(channels), "entry");
  }

  // Until what was subscribed is confirmed and proven, so that later reads have later causes.
  void Settle() {
    hub_->ProveNow();
    hub_->ProveNow();
  }

  FakeLedger& ledger() { return ledger_; }
  Relay& relay() { return *relay_; }
  Hub& hub() { return *hub_; }
  const Envelope& envelope() const { return envelope_; }
  LocalChannelSource& source() { return source_; }
  const base::SystemClock& clock() const { return clock_; }

 private:
  Bus* const bus_;
  const Options options_;
  base::SystemClock clock_;
  FakeLedger ledger_{"live", "alert"};
  LocalChannelSource source_;
  const Envelope envelope_;
  std::unique_ptr<Relay> relay_;
  std::unique_ptr<Hub> hub_;
};

}  // namespace huying::push::testing
