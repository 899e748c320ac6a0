// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "services/platform/base/status.h"
#include "services/platform/ledger/ledger.h"
#include "services/platform/ledger/records.h"
#include "services/platform/runtime/homes.h"

// A service's class, one object per realm, made when the realm is opened.
//
//   runtime::PerRealm<AlertService> alerts(platform.homes(), "alert", AlertKinds(),
//       [&](runtime::RealmHome& home) { return MakeAlert(home, *directory); });
//   RETURN_IF_ERROR(alerts.status());
//   rpc::Routes<AlertService> routes(platform.routes(), "huying.alert.v1.AlertService", alerts.Finder(),
//                                    alerts.LedgerFinder());
//
// An unknown realm is NOT_FOUND, a closed one WRONG_REALM: no code of a service asks which realm it is in.
namespace huying::runtime {

// Find is thread-safe; what it finds lasts as long as the caller's Visit of the realm (the router makes one for
// every call). `homes` must outlive it; what the factory captures must outlive `homes`' StopAll.
template <typename Service>
class PerRealm {
 public:
  using Factory = std::function<absl::StatusOr<std::unique_ptr<Service>>(RealmHome&)>;

  PerRealm(Homes& homes, std::string service, std::vector<ledger::KindSchema> kinds,
           Factory factory, bool live_only = false)
      : homes_(homes), service_(std::move(service)) {
    ServiceKind kind;
    kind.service = service_;
    kind.kinds = std::move(kinds);
    kind.live_only = live_only;
    kind.wire = [factory =
                     std::move(factory)](RealmHome& home) -> absl::StatusOr<std::shared_ptr<void>> {
      ASSIGN_OR_RETURN(std::unique_ptr<Service> made, factory(home));
      return std::shared_ptr<void>(std::shared_ptr<Service>(std::move(made)));
    };
    status_ = homes_.Register(std::move(kind));
  }

  // Of the registration.
  const absl::Status& status() const { return status_; }

  absl::StatusOr<Service*> Find(std::string_view realm) const {
    ASSIGN_OR_RETURN(RealmHomeImpl * home, homes_.Find(service_, realm));
    return static_cast<Service*>(home->service_object());
  }
  absl::StatusOr<ledger::Ledger*> FindLedger(std::string_view realm) const {
    ASSIGN_OR_RETURN(RealmHomeImpl * home, homes_.Find(service_, realm));
    return &home->ledger();
  }
  // For rpc::Routes; valid as long as this object.
  std::function<absl::StatusOr<Service*>(std::string_view)> Finder() const {
    return [this](std::string_view realm) { return Find(realm); };
  }
  std::function<absl::StatusOr<ledger::Ledger*>(std::string_view)> LedgerFinder() const {
    return [this](std::string_view realm) { return FindLedger(realm); };
  }

 private:
  Homes& homes_;
  const std::string service_;
  absl::Status status_;
};

}  // namespace huying::runtime
