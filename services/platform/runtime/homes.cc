// SPDX-License-Identifier: Apache-2.0
#include "services/platform/runtime/homes.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "services/platform/base/status.h"
#include "services/platform/base/strings.h"

namespace huying::runtime {
namespace {
using base::Reason;

absl::Status NoService(std::string_view service) {
  return base::NotFound(absl::StrCat("services/", base::Abs(service)));
}

absl::Status LiveOnly(std::string_view service) {
  return base::Denied(
             Reason::WRONG_REALM, absl::StrCat("服务 ", base::Abs(service), " 只在实战域中"),
             absl::StrCat("the service ", base::Abs(service), " lives in the live realm only"))
      .Next("使用实战令牌", "use a live token");
}
}  // namespace

absl::Status Homes::Register(ServiceKind kind) {
  for (const ServiceKind& known : kinds_) {
    if (known.service == kind.service) {
      return base::AlreadyExists(absl::StrCat("服务 ", kind.service, " 登记了两次"),
                                 absl::StrCat("service ", kind.service, " registered twice"));
    }
  }
  kinds_.push_back(std::move(kind));
  return absl::OkStatus();
}

absl::Status Homes::OpenRealm(std::string_view name) {
  ASSIGN_OR_RETURN(const Visit realm, realms_.Enter(name));
  absl::MutexLock lock(&open_mutex_);
  if (stopped_) {
    return base::Unavailable(Reason::SHUTTING_DOWN, "服务器正在停止", "the server is stopping");
  }
  for (const ServiceKind& kind : kinds_) {
    if (kind.live_only && name != kLiveRealm) continue;
    if (Lookup(kind.service, name) == nullptr) RETURN_IF_ERROR(OpenOne(*realm, kind));
  }
  return absl::OkStatus();
}

absl::Status Homes::OpenOne(const Realm& realm, const ServiceKind& kind) {
  ASSIGN_OR_RETURN(auto home, RealmHomeImpl::Open(needs_, realm, kind.service, kind.kinds));
  ASSIGN_OR_RETURN(std::shared_ptr<void> service, kind.wire(*home));
  RETURN_IF_ERROR(home->Start(std::move(service)));
  absl::MutexLock lock(&mutex_);
  homes_[{realm.name(), kind.service}] = std::move(home);
  return absl::OkStatus();
}

RealmHomeImpl* Homes::Lookup(std::string_view service, std::string_view realm) const {
  absl::MutexLock lock(&mutex_);
  const auto it = homes_.find({std::string(realm), std::string(service)});
  return it == homes_.end() ? nullptr : it->second.get();
}

absl::StatusOr<RealmHomeImpl*> Homes::Find(std::string_view service, std::string_view realm) {
  // Also for a home that is there: a closed realm is refused at once.
  RETURN_IF_ERROR(realms_.Find(realm).status());
  if (RealmHomeImpl* home = Lookup(service, realm)) return home;
  const auto kind = std::find_if(kinds_.begin(), kinds_.end(),
                                 [&](const ServiceKind& k) { return k.service == service; });
  if (kind == kinds_.end()) return NoService(service);
  if (kind->live_only && realm != kLiveRealm) return LiveOnly(service);
  RETURN_IF_ERROR(OpenRealm(realm));
  if (RealmHomeImpl* home = Lookup(service, realm)) return home;
  return NoService(service);
}

std::vector<RealmHomeImpl*> Homes::OfRealm(std::string_view realm) const {
  std::vector<RealmHomeImpl*> result;
  for (const ServiceKind& kind : kinds_) {
    if (RealmHomeImpl* home = Lookup(kind.service, realm)) result.push_back(home);
  }
  return result;
}

std::vector<RealmHomeImpl*> Homes::All() const {
  std::vector<RealmHomeImpl*> result;
  absl::MutexLock lock(&mutex_);
  for (const auto& [key, home] : homes_) result.push_back(home.get());
  return result;
}

std::vector<std::string> Homes::services() const {
  std::vector<std::string> names;
  for (const ServiceKind& kind : kinds_) names.push_back(kind.service);
  return names;
}

absl::Status Homes::ForEach(const std::function<absl::Status(RealmHomeImpl&)>& look) {
  for (const std::string& name : realms_.OpenNames()) {
    const absl::StatusOr<Visit> visit = realms_.Enter(name);
    if (!visit.ok()) continue;  // closed meanwhile
    for (RealmHomeImpl* home : OfRealm(name)) RETURN_IF_ERROR(look(*home));
  }
  return absl::OkStatus();
}

void Homes::CloseRealm(std::string_view realm, absl::Duration limit) {
  {
    absl::MutexLock lock(&open_mutex_);
    std::vector<RealmHomeImpl*> homes = OfRealm(realm);
    std::reverse(homes.begin(), homes.end());
    for (RealmHomeImpl* home : homes) home->Stop();
  }
  realms_.WaitUntilLeft(realm, limit);
  TakeApartWhatWasLeft();
}

void Homes::TakeApartWhatWasLeft() {
  std::vector<std::unique_ptr<RealmHomeImpl>> gone;  // taken apart outside the locks
  absl::MutexLock open_lock(&open_mutex_);
  absl::MutexLock lock(&mutex_);
  for (auto it = homes_.begin(); it != homes_.end();) {
    if (!realms_.WaitUntilLeft(it->first.first, absl::ZeroDuration())) {
      ++it;
      continue;
    }
    gone.push_back(std::move(it->second));
    it = homes_.erase(it);
  }
}

void Homes::StopAll() {
  absl::MutexLock lock(&open_mutex_);
  stopped_ = true;
  // Upper services first: their reactors and due handlers call the lower ones.
  for (auto kind = kinds_.rbegin(); kind != kinds_.rend(); ++kind) {
    for (RealmHomeImpl* home : All()) {
      if (home->service() == kind->service) home->Stop();
    }
  }
}

}  // namespace huying::runtime
