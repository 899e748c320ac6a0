// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "huying/alert/v1/alert_service.pb.h"
#include "services/platform/rpc/channel.h"
#include "tests/support/client.h"

// A bare subscription, as it comes over the wire. `Listener` sits on the client library, which drops what it has
// seen; this one drops nothing, so a double, something older after something newer, or what was told to be
// complete already, is seen and named.
//
//   RawListener wire(system.As("posts/pingan-duty"));
//   EXPECT_TRUE(wire.WaitForAlerts(names, kSoon));
//   EXPECT_EQ(wire.faults(), std::vector<std::string>{});
//   wire.Resume();                               // after a kill: a new stream from its cursor
namespace huying::testing {

// Thread-safe but for Resume. The client must outlive it.
class RawListener {
 public:
  explicit RawListener(Client& client);

  // The stream is over: opens the next one where it ended, as a client does. Entries past the cursor may come
  // again then, and only then. False: it is not over within `limit`.
  bool Resume(absl::Duration limit);

  bool WaitForSnapshot(absl::Duration limit) const;
  // Told live or by the snapshot.
  bool WaitForAlerts(const std::set<std::string>& names, absl::Duration limit) const;
  // Live events of the alert with this act, on all streams together.
  int TimesTold(const std::string& name, const std::string& act = "alert.IssueNotice") const;
  // Title of every alert it was told of.
  std::map<std::string, std::string> titles() const;
  std::vector<std::string> faults() const;

 private:
  using Event = alert::v1::SubscribeEvent;
  void Open() ABSL_LOCKS_EXCLUDED(mutex_);
  void On(const Event& event);
  void CheckOrder(const Event& event) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  Client& client_;
  mutable absl::Mutex mutex_;
  // Of the present stream.
  bool over_ ABSL_GUARDED_BY(mutex_) = false;
  common::v1::Cursor cursor_ ABSL_GUARDED_BY(mutex_);
  std::set<int64_t> seqs_ ABSL_GUARDED_BY(mutex_);
  std::map<std::string, int64_t> last_of_alert_ ABSL_GUARDED_BY(mutex_);
  // Of all of them.
  bool snapshot_ ABSL_GUARDED_BY(mutex_) = false;
  std::map<std::string, std::string> titles_ ABSL_GUARDED_BY(mutex_);
  std::map<std::pair<std::string, std::string>, int> told_ ABSL_GUARDED_BY(mutex_);  // name, act
  std::vector<std::string> faults_ ABSL_GUARDED_BY(mutex_);
  std::unique_ptr<rpc::ClientStream> stream_;
};

}  // namespace huying::testing
