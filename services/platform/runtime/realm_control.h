// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "absl/status/statusor.h"
#include "huying/platform/v1/control.pb.h"
#include "services/platform/context/call_context.h"
#include "services/platform/rpc/routes.h"
#include "services/platform/runtime/homes.h"
#include "services/platform/runtime/realms.h"

namespace huying::runtime {

// huying.platform.v1.RealmService: opens, steps and closes an exercise's realm in this process. Its caller
// is the service that directs exercises, in every process. Thread-safe.
class RealmControl {
 public:
  RealmControl(Realms& realms, Homes& homes) : realms_(realms), homes_(homes) {}
  void Register(rpc::RouteTable& routes);

  absl::StatusOr<platform::v1::OpenRealmResponse> OpenRealm(
      const context::CallContext& context, const platform::v1::OpenRealmRequest& request);
  // Blocks until the streams of this process were told of everything.
  absl::StatusOr<platform::v1::ProbeResponse> Probe(const context::CallContext& context,
                                                    const platform::v1::ProbeRequest& request);
  absl::StatusOr<platform::v1::SetTimeResponse> SetTime(
      const context::CallContext& context, const platform::v1::SetTimeRequest& request);
  absl::StatusOr<platform::v1::FinishRealmResponse> FinishRealm(
      const context::CallContext& context, const platform::v1::FinishRealmRequest& request);
  absl::StatusOr<platform::v1::CloseRealmResponse> CloseRealm(
      const context::CallContext& context, const platform::v1::CloseRealmRequest& request);

 private:
  Realms& realms_;
  Homes& homes_;
};

}  // namespace huying::runtime
