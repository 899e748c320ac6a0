// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "huying/platform/v1/control.pb.h"
#include "services/platform/base/clock.h"

// The realms of this process: `live`, which is always there and runs on the machine's clock, and
// one per exercise, with folder and clock of its own. What a realm is stands in
// <data>/realms/<realm>/realm.textproto.
//
//   ASSIGN_OR_RETURN(auto realms, Realms::Load("/var/lib/huying", system_clock));
//   RETURN_IF_ERROR(realms->Open(info));                           // an exercise, on a stepped
//   clock ASSIGN_OR_RETURN(const Realm* realm, realms->Find("drill-7"));  // NOT_FOUND, or
//   WRONG_REALM when closed RETURN_IF_ERROR(realms->SetTime("drill-7", next_due));          // on
//   disk before the clock moves
namespace huying::runtime {

inline constexpr char kLiveRealm[] = "live";
inline constexpr int kRealmNameMax = 64;

// Lives as long as `Realms`, closed or not, so that its clock may be referred to.
class Realm {
 public:
  const std::string& name() const { return name_; }
  const std::string& folder() const { return folder_; }
  bool is_exercise() const { return kind_ == platform::v1::RealmInfo::EXERCISE; }
  // The exercise that is played here, who directs it and which posts are played: fixed when the realm is opened.
  const std::string& exercise() const { return exercise_; }
  const common::v1::Actor& director() const { return director_; }
  // The posts that are played.
  const std::vector<std::string>& actor_posts() const { return actor_posts_; }
  bool finished() const { return finished_; }
  bool stepped() const { return stepped_ != nullptr; }
  const base::Clock& clock() const { return stepped_ ? *stepped_ : live_clock_; }
  // Where a service keeps its ledger of this realm.
  std::string LedgerPath(std::string_view service) const;

 private:
  friend class Realms;
  Realm(const platform::v1::RealmInfo& info, std::string folder, const base::Clock& live_clock);
  platform::v1::RealmInfo Info() const;

  const std::string name_;
  const std::string folder_;
  const platform::v1::RealmInfo::Kind kind_;
  const base::Clock& live_clock_;
  const std::unique_ptr<base::ManualClock> stepped_;
  const std::string exercise_;
  const common::v1::Actor director_;
  const std::vector<std::string> actor_posts_;
  std::atomic<bool> finished_ = false;
  bool closed_ = false;  // both guarded by Realms::mutex_
  int visitors_ = 0;
};

// Whoever uses what a realm holds keeps one of these: while it is kept, nothing of the realm is taken
// apart. Closing a realm lets nobody in any more and waits for those inside.
using Visit = std::shared_ptr<const Realm>;

// Thread-safe. `live_clock` must outlive it.
class Realms {
 public:
  // Reads what is there and makes `live` when it is not.
  static absl::StatusOr<std::unique_ptr<Realms>> Load(const std::string& data_dir,
                                                      const base::Clock& live_clock,
                                                      int open_max = 16);

  // Makes an exercise's realm. Again with the same kind and clock: nothing happens. Refused:
  // `live`, a name that is no name, a closed realm, more than `open_max` open ones.
  absl::Status Open(const platform::v1::RealmInfo& info);
  // `unknown` is NOT_FOUND; closed is PERMISSION_DENIED / WRONG_REALM.
  absl::StatusOr<const Realm*> Find(std::string_view name) const;
  // The same, and to stay inside. Visits end before this object.
  absl::StatusOr<Visit> Enter(std::string_view name);
  // Is the realm closed, or unknown, and nobody inside? Waits for that, `limit` at most.
  bool WaitUntilLeft(std::string_view name, absl::Duration limit) const;
  // Stepped clocks only; an earlier time than now is refused, the same time does nothing.
  absl::Status SetTime(std::string_view name, absl::Time now);
  // The exercise is over; the realm stays open, to be read and scored. Unknown realms are left alone:
  // an exercise may be stopped before its realm is made.
  absl::Status Finish(std::string_view name);
  // Marks it closed on disk. `live` never closes.
  absl::Status Close(std::string_view name);

  std::vector<platform::v1::RealmInfo> List() const;
  // Names of the realms that are not closed, `live` first.
  std::vector<std::string> OpenNames() const;

 private:
  Realms(std::string folder, const base::Clock& live_clock, int open_max)
      : folder_(std::move(folder)), live_clock_(live_clock), open_max_(open_max) {}
  absl::Status LoadOne(const std::string& folder) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  absl::Status Save(const platform::v1::RealmInfo& info, const std::string& folder) const;
  void Leave(const Realm& realm);
  // Null when there is none.
  Realm* Lookup(std::string_view name) const;
  bool IsClosed(const Realm& realm) const;

  const std::string folder_;  // <data>/realms
  const base::Clock& live_clock_;
  const int open_max_;
  absl::Mutex
      change_mutex_;  // one change at a time, with its disk write; look-ups do not wait for it
  mutable absl::Mutex mutex_;  // taken second, and briefly
  std::map<std::string, std::unique_ptr<Realm>, std::less<>> realms_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace huying::runtime
