// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "huying/alert/v1/alert_service.pb.h"
#include "services/alert/rules/viewer.h"
#include "services/platform/ledger/reader.h"
#include "services/platform/push/feed_view.h"

// What a stream of alerts shows of the state and of each event. How it is sent is push::Feed's; what the
// viewer may see of each record is rules::Narrow's, as in every read.
namespace huying::alert {

// An alert in force with its ladder. The tables of areas stand beside it.
struct Standing {
  v1::Alert alert;
  rules::Parents parents;
  google::protobuf::Map<std::string, std::string> area_names;
  std::vector<v1::Escalation> steps;
  struct Paper {
    std::string area;  // that owes it
    v1::Escalation step;
  };
  std::vector<Paper> overdue;  // make-ups, which climb like a step
};

// What is in force at one seq, read once for all who join at it. Thread-safe.
class InForce {
 public:
  using Alerts = std::vector<std::shared_ptr<const Standing>>;
  absl::StatusOr<std::shared_ptr<const Alerts>> At(ledger::Reader& reader, int64_t seq);

 private:
  absl::Mutex mutex_;
  std::shared_ptr<const Alerts> alerts_ ABSL_GUARDED_BY(mutex_);
  int64_t seq_ ABSL_GUARDED_BY(mutex_) = -1;
};

struct Listener {
  rules::Viewer viewer;  // as a post of the area it listens for
  // A unit outside the three tiers hears what goes down to its area, and nothing that comes up it.
  bool governs = true;
};
// The channels of the hub that a listener hears: those of its area, and those of its posts.
std::vector<std::string> ChannelsOf(const Listener& listener);

class AlertView final : public push::FeedView<v1::SubscribeEvent> {
 public:
  AlertView(Listener listener, std::shared_ptr<InForce> in_force);

  absl::StatusOr<push::FeedSnapshot<v1::SubscribeEvent>> Take(ledger::Reader& reader,
                                                              int64_t seq) override;
  const v1::SubscribeEvent* Show(const v1::SubscribeEvent& whole, v1::SubscribeEvent& own) override;

 private:
  using Steps = google::protobuf::RepeatedPtrField<v1::Escalation>;
  using Recipients = google::protobuf::RepeatedPtrField<v1::Recipient>;

  // The alert is heard by area, or this post is called for it.
  bool Stands(const Standing& standing) const;
  absl::StatusOr<std::vector<v1::Recipient>> OwnRecipients(ledger::Reader& reader,
                                                           const Standing& standing) const;
  v1::SubscribeEvent SnapshotOf(const Standing& standing,
                                const std::vector<v1::Recipient>& recipients);
  bool HeardByArea(const v1::SubscribeEvent& event) const;
  void Narrow(Steps* steps) const;
  // Of alerts told to this post and not to its area: those that ended or call it now. False: none.
  static bool KeepCalled(v1::AlertChanged* change);
  // Of acts told to this post and not to its area: its own, and those that called it.
  void KeepOwn(const Steps& steps, Recipients* recipients) const;
  // The names that this stream has not been told yet.
  template <typename Names>
  void TellNames(const Names& names, v1::SubscribeEvent& event);

  const Listener listener_;
  const std::vector<std::string> area_channels_;
  const std::shared_ptr<InForce> in_force_;
  std::set<std::string> named_;  // areas whose names were told
};

}  // namespace huying::alert
