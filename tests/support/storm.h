// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <set>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "huying/alert/v1/alert_service.pb.h"
#include "tests/support/client.h"

// Keeps many commands in flight, and remembers what was acknowledged.
//
//   Storm storm(duty, "230407001001", "第1轮-");
//   storm.RunUntil(200);       // acknowledged; 128 others are under way
//   system.Kill();
//   storm.Settle();            // every call has ended, one way or the other
namespace huying::testing {

inline constexpr int kStormInFlight = 128;

// Settle() before it goes, and before the client does.
class Storm {
 public:
  struct Sent {
    alert::v1::IssueNoticeRequest request;
    std::optional<common::v1::Receipt> receipt;  // of an acknowledged one
    absl::Status status;                         // of the others
  };

  // Urgent notices to `area`, titled by `prefix` and a number.
  Storm(Client& client, std::string area, std::string prefix)
      : client_(client), area_(std::move(area)), prefix_(std::move(prefix)) {}

  // One burst: 128 at once and no more. False: not all were answered within `limit`.
  bool Burst(absl::Duration limit);
  // False: not so many within `limit`.
  bool RunUntil(int acknowledged, absl::Duration limit);
  bool Settle(absl::Duration limit);

  std::vector<Sent> sent() const;
  int under_way() const;

 private:
  void Send();
  void SendAnother();
  void Answered(size_t index, const absl::StatusOr<std::string>& answer);

  Client& client_;
  const std::string area_;
  const std::string prefix_;
  mutable absl::Mutex mutex_;
  std::vector<Sent> sent_ ABSL_GUARDED_BY(mutex_);
  int under_way_ ABSL_GUARDED_BY(mutex_) = 0;
  int acknowledged_ ABSL_GUARDED_BY(mutex_) = 0;
  bool stopping_ ABSL_GUARDED_BY(mutex_) = false;
  bool once_ ABSL_GUARDED_BY(mutex_) = false;
};

// Asks again for everything that was sent: one effect each, and the same receipt where there was one. Adds the names;
// answers how many had not been acknowledged.
int AskAgain(Client& client, const Storm& storm, std::set<std::string>& names);

}  // namespace huying::testing
