// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "huying/alert/v1/alert_service.pb.h"
#include "services/platform/ledger/reader.h"
#include "services/platform/push/feed_view.h"

// What a stream of alerts shows of the state and of each event. How it is sent is push::Feed's.
namespace huying::alert {

// The alerts in force at one seq, read once for all who join at it. Thread-safe.
class InForce {
 public:
  using Alerts = std::vector<std::shared_ptr<const v1::Alert>>;
  absl::StatusOr<std::shared_ptr<const Alerts>> At(ledger::Reader& reader, int64_t seq);

 private:
  absl::Mutex mutex_;
  std::shared_ptr<const Alerts> alerts_ ABSL_GUARDED_BY(mutex_);
  int64_t seq_ ABSL_GUARDED_BY(mutex_) = -1;
};

struct Listener {
  std::string area;
  std::vector<std::string> ancestors;  // nearest first
  // A unit outside the three tiers hears what goes down to its area, and nothing that comes up it.
  bool governs = true;
};
// The channels of the hub that a listener hears.
std::vector<std::string> ChannelsOf(const Listener& listener);

class AlertView final : public push::FeedView<v1::SubscribeEvent> {
 public:
  AlertView(Listener listener, std::shared_ptr<InForce> in_force)
      : listener_(std::move(listener)), in_force_(std::move(in_force)) {}

  absl::StatusOr<push::FeedSnapshot<v1::SubscribeEvent>> Take(ledger::Reader& reader,
                                                              int64_t seq) override;
  const v1::SubscribeEvent* Show(const v1::SubscribeEvent& whole, v1::SubscribeEvent& own) override;

 private:
  const Listener listener_;
  const std::shared_ptr<InForce> in_force_;
};

}  // namespace huying::alert
