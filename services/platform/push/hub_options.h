// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "absl/time/time.h"
#include "services/platform/base/clock.h"
#include "services/platform/push/bus.h"
#include "services/platform/push/channel_source.h"
#include "services/platform/push/envelope.h"
#include "services/platform/push/hub.h"

// Makes the hub of one ledger in one realm, of this process or another one.
//
//   LocalChannelSource source(ledger, projection);
//   std::unique_ptr<Hub> hub = MakeHub({.source = &source, .bus = &bus, .envelope = &envelope,
//                                       .machine_clock = &clock});
namespace huying::push {

inline constexpr size_t kChannelsPerSubscriptionMax = 1024;
inline constexpr size_t kChannelsPerHubMax = 16'384;
inline constexpr size_t kInboxItemsMax = 8192;

// All pointers must outlive the hub.
struct HubOptions {
  ChannelSource* source = nullptr;
  Bus* bus = nullptr;  // none: lives by polling
  const Envelope* envelope = nullptr;
  const base::Clock* machine_clock = nullptr;

  absl::Duration poll_interval = absl::Seconds(1);
  absl::Duration poll_interval_without_bus = absl::Milliseconds(200);
  // What a poll finds may still be on its way: read only after this.
  absl::Duration arrival_grace = absl::Milliseconds(400);
  absl::Duration prove_wait_max = absl::Seconds(10);
};

std::unique_ptr<Hub> MakeHub(const HubOptions& options);

}  // namespace huying::push
