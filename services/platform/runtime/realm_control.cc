// SPDX-License-Identifier: Apache-2.0
#include "services/platform/runtime/realm_control.h"

#include "services/platform/base/status.h"

namespace huying::runtime {
using context::CallContext;

void RealmControl::Register(rpc::RouteTable& table) {
  rpc::Routes<RealmControl> routes(
      table, "huying.platform.v1.RealmService",
      [this](std::string_view) -> absl::StatusOr<RealmControl*> { return this; });
  routes.Read("OpenRealm", &RealmControl::OpenRealm);
  routes.Read("Probe", &RealmControl::Probe);
  routes.Read("SetTime", &RealmControl::SetTime);
  routes.Read("FinishRealm", &RealmControl::FinishRealm);
  routes.Read("CloseRealm", &RealmControl::CloseRealm);
}

absl::StatusOr<platform::v1::OpenRealmResponse> RealmControl::OpenRealm(
    const CallContext&, const platform::v1::OpenRealmRequest& request) {
  RETURN_IF_ERROR(realms_.Open(request.info()));
  RETURN_IF_ERROR(homes_.OpenRealm(request.info().realm()));
  return platform::v1::OpenRealmResponse();
}

absl::StatusOr<platform::v1::ProbeResponse> RealmControl::Probe(
    const CallContext&, const platform::v1::ProbeRequest& request) {
  ASSIGN_OR_RETURN(const Visit realm, realms_.Enter(request.realm()));
  platform::v1::ProbeResponse response;
  for (RealmHomeImpl* home : homes_.OfRealm(request.realm())) {
    *response.add_ledgers() = home->Probe();
  }
  *response.mutable_now() = base::ToProto(realm->clock().Now());
  return response;
}

absl::StatusOr<platform::v1::SetTimeResponse> RealmControl::SetTime(
    const CallContext&, const platform::v1::SetTimeRequest& request) {
  if (!request.has_now()) {
    return base::Invalid(base::Reason::FIELD_MISSING, "缺少时间", "the time is missing")
        .Field("now");
  }
  ASSIGN_OR_RETURN(const Visit realm, realms_.Enter(request.realm()));
  if (request.hold()) {
    for (RealmHomeImpl* home : homes_.OfRealm(request.realm())) home->Hold();
    RETURN_IF_ERROR(realms_.SetTime(request.realm(), base::FromProto(request.now())));
    return platform::v1::SetTimeResponse();
  }
  RETURN_IF_ERROR(realms_.SetTime(request.realm(), base::FromProto(request.now())));
  for (RealmHomeImpl* home : homes_.OfRealm(request.realm())) home->Poke();
  return platform::v1::SetTimeResponse();
}

absl::StatusOr<platform::v1::FinishRealmResponse> RealmControl::FinishRealm(
    const CallContext&, const platform::v1::FinishRealmRequest& request) {
  RETURN_IF_ERROR(realms_.Finish(request.realm()));
  return platform::v1::FinishRealmResponse();
}

absl::StatusOr<platform::v1::CloseRealmResponse> RealmControl::CloseRealm(
    const CallContext&, const platform::v1::CloseRealmRequest& request) {
  // First nobody gets in, then what is inside ends.
  RETURN_IF_ERROR(realms_.Close(request.realm()));
  homes_.CloseRealm(request.realm());
  return platform::v1::CloseRealmResponse();
}

}  // namespace huying::runtime
