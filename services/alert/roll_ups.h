// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "huying/alert/v1/alert_service.pb.h"
#include "services/alert/rules/viewer.h"
#include "services/platform/base/clock.h"
#include "services/platform/ledger/ledger.h"
#include "services/platform/push/bell.h"
#include "services/platform/push/hub.h"
#include "services/platform/rpc/sink.h"

// The roll-ups that somebody watches in one realm: each event that concerns an alert marks its pictures,
// and one thread computes and sends what is marked, many answers in one picture.
//
//   roll_ups.Watch("alerts/2026-0007", viewer, sink);
namespace huying::alert {

class RollUpStream;

// Thread-safe. The ledger, the clock and the hub must outlive it; the destructor closes every stream.
class RollUps {
 public:
  RollUps(ledger::Ledger& ledger, const base::Clock& clock, push::Hub& hub, absl::Duration pause);
  ~RollUps();

  // The part of the roll-up that the viewer may see.
  absl::Status Watch(const std::string& alert, const rules::Viewer& viewer,
                     rpc::Sink<v1::RollUp> sink);

 private:
  void Loop();
  bool Refresh();  // true: a picture was computed
  void Forget();   // the streams that are over

  ledger::Ledger& ledger_;
  const base::Clock& clock_;
  push::Hub& hub_;
  const absl::Duration pause_;  // between two pictures
  const std::shared_ptr<push::Bell> bell_ = std::make_shared<push::Bell>();
  absl::Mutex mutex_;
  std::vector<std::shared_ptr<RollUpStream>> streams_ ABSL_GUARDED_BY(mutex_);
  std::thread thread_;
};

// The picture of one alert as of the reader's snapshot.
absl::StatusOr<v1::RollUp> ComputeRollUp(ledger::Reader& reader, const std::string& alert,
                                         absl::Time now);

}  // namespace huying::alert
