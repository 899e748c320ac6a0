// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "clients/cpp/alert_feed.h"
#include "huying/alert/v1/alert_service.pb.h"
#include "tests/support/client.h"

// A screen that follows what an area hears, and remembers everything it was shown.
//
//   Listener screen(system.As("posts/pingan-duty"));
//   EXPECT_TRUE(screen.WaitForAlert("alerts/2026-0001", absl::Seconds(2)));
//   EXPECT_EQ(screen.TimesTold("alerts/2026-0001"), 1);
namespace huying::testing {

// Thread-safe. The client must outlive it.
class Listener {
 public:
  explicit Listener(Client& client, common::v1::Cursor resume_from = {}, std::string area = "");
  ~Listener();

  // Told of the alert, by the snapshot or live.
  bool WaitForAlert(const std::string& name, absl::Duration limit) const;
  bool WaitForAlerts(const std::set<std::string>& names, absl::Duration limit) const;
  bool WaitForSnapshot(absl::Duration limit) const;
  // Any state of the listener, looked at after each event.
  bool WaitFor(const std::function<bool(const std::vector<alert::v1::SubscribeEvent>&)>& holds,
               absl::Duration limit) const;

  // Live events about the alert with this act; a double shows here.
  int TimesTold(const std::string& name, const std::string& act = "alert.IssueNotice") const;
  std::set<std::string> alerts() const;
  std::set<std::string> silent_posts() const;  // of the escalations shown
  std::set<std::string> called_posts() const;
  std::vector<alert::v1::SubscribeEvent> events() const;
  // Seqs of live events, in the order shown; heartbeats and snapshots are none.
  std::vector<int64_t> seqs() const;
  // When it was first told of the alert.
  absl::Time told_at(const std::string& name) const;
  bool degraded() const;  // what the last heartbeat said
  int resyncs() const;

  client::AlertFeed& feed() { return *feed_; }

 private:
  void On(const alert::v1::SubscribeEvent& event);
  void Note(const alert::v1::Alert& alert) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  mutable absl::Mutex mutex_;
  std::vector<alert::v1::SubscribeEvent> events_ ABSL_GUARDED_BY(mutex_);  // without heartbeats
  std::map<std::string, absl::Time> told_ ABSL_GUARDED_BY(mutex_);
  bool snapshot_ ABSL_GUARDED_BY(mutex_) = false;
  bool degraded_ ABSL_GUARDED_BY(mutex_) = false;
  int resyncs_ ABSL_GUARDED_BY(mutex_) = 0;
  std::unique_ptr<client::AlertFeed> feed_;
};

// Follows one alert's roll-up.
class RollUpWatch {
 public:
  RollUpWatch(Client& client, const std::string& alert);
  bool WaitFor(const std::function<bool(const alert::v1::RollUp&)>& holds,
               absl::Duration limit) const;
  alert::v1::RollUp last() const;

 private:
  mutable absl::Mutex mutex_;
  alert::v1::RollUp last_ ABSL_GUARDED_BY(mutex_);
  std::unique_ptr<rpc::ClientStream> stream_;
};

}  // namespace huying::testing
