// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "services/platform/ledger/records.h"
#include "services/platform/runtime/realm_home_impl.h"
#include "services/platform/runtime/realms.h"

// Every ledger of this process: one home per service and open realm. A realm's homes are opened together,
// lower services first, at start or when the realm is first used.
//
//   homes.Register({.service = "alert", .kinds = AlertKinds(), .wire = build});    // once, at start
//   RETURN_IF_ERROR(homes.OpenRealm("live"));
//   ASSIGN_OR_RETURN(RealmHomeImpl* home, homes.Find("alert", "drill-7"));
namespace huying::runtime {

struct ServiceKind {
  std::string service;
  std::vector<ledger::KindSchema> kinds;
  // Builds the service class of one realm and hangs its due handlers and reactors on the home. The home
  // owns what comes back.
  std::function<absl::StatusOr<std::shared_ptr<void>>(RealmHome&)> wire;
  bool live_only = false;  // has no part in exercises (the service that directs them)
};

// How long the door of a closed realm is held for those inside. Less than the limit of the call that closes.
inline constexpr absl::Duration kLeaveLimit = absl::Seconds(10);

// Thread-safe after the last Register. `realms` and what `needs` points to must outlive it.
class Homes {
 public:
  Homes(Realms& realms, HomeNeeds needs) : realms_(realms), needs_(std::move(needs)) {}
  ~Homes() { StopAll(); }

  // At start, in the order of dependence. ALREADY_EXISTS for a second one of the name.
  absl::Status Register(ServiceKind kind);
  // Opens the realm's homes that are not open yet.
  absl::Status OpenRealm(std::string_view realm);
  // NOT_FOUND for an unknown realm or service, WRONG_REALM for a closed one. A pointer stays valid as
  // long as its user's Visit of the realm (every call makes one), or on a thread of the realm's own.
  absl::StatusOr<RealmHomeImpl*> Find(std::string_view service, std::string_view realm);
  // Homes of a realm that are open, lower services first. Valid as above.
  std::vector<RealmHomeImpl*> OfRealm(std::string_view realm) const;
  // Visits every open realm, `live` first. Stops at the first error.
  absl::Status ForEach(const std::function<absl::Status(RealmHomeImpl&)>& look);
  std::vector<std::string> services() const;

  // Of a realm that lets nobody in any more: stops its homes, upper services first, so that whoever is
  // inside gets an answer, and takes them apart when all have left. Who has not left within `limit` keeps
  // the stopped objects; a later call takes them apart.
  void CloseRealm(std::string_view realm, absl::Duration limit = kLeaveLimit);
  // No home is opened after this.
  void StopAll();

 private:
  using Key = std::pair<std::string, std::string>;  // realm, service
  absl::Status OpenOne(const Realm& realm, const ServiceKind& kind)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(open_mutex_);
  RealmHomeImpl* Lookup(std::string_view service, std::string_view realm) const;
  std::vector<RealmHomeImpl*> All() const;
  void TakeApartWhatWasLeft();

  Realms& realms_;
  const HomeNeeds needs_;
  std::vector<ServiceKind> kinds_;
  absl::Mutex open_mutex_;  // one home is opened at a time; readers do not wait for it
  bool stopped_ ABSL_GUARDED_BY(open_mutex_) = false;
  mutable absl::Mutex mutex_;
  std::map<Key, std::unique_ptr<RealmHomeImpl>> homes_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace huying::runtime
