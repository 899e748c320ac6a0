// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "huying/platform/v1/control.pb.h"
#include "services/platform/auth/signature.h"
#include "services/platform/base/clock.h"
#include "services/platform/context/call_context.h"
#include "services/platform/rpc/caller.h"
#include "services/platform/rpc/routes.h"
#include "services/platform/runtime/case_export.h"
#include "services/platform/runtime/homes.h"

namespace huying::runtime {

// huying.platform.v1.JournalService: reads the journals of this process, in the realm of the caller's token;
// what concerns a ledger of another process is asked there, as the same caller. Thread-safe; everything it is
// given outlives it.
class JournalControl {
 public:
  using Remotes = std::function<std::vector<std::pair<std::string, rpc::Caller*>>()>;

  JournalControl(Homes& homes, const auth::SigningKey& key, const base::Clock& machine_clock,
                 Remotes remotes)
      : homes_(homes), key_(key), clock_(machine_clock), remotes_(std::move(remotes)) {}
  void Register(rpc::RouteTable& routes);

  absl::StatusOr<platform::v1::ListEntriesResponse> ListEntries(
      const context::CallContext& context, const platform::v1::ListEntriesRequest& request);
  absl::StatusOr<platform::v1::CaseFileLedger> ExportCase(
      const context::CallContext& context, const platform::v1::ExportCaseRequest& request);
  // NOT_FOUND when no ledger has an entry of the case; UNAVAILABLE when one cannot be asked, because a file
  // that leaves a ledger out is no evidence.
  absl::StatusOr<platform::v1::SignedCaseFile> ExportCaseFile(
      const context::CallContext& context, const platform::v1::ExportCaseRequest& request);
  absl::StatusOr<platform::v1::ReadChannelsResponse> ReadChannels(
      const context::CallContext& context, const platform::v1::ReadChannelsRequest& request);

 private:
  ExportContext ContextFor(const std::string& realm) const;
  rpc::Caller* RemoteOf(const std::string& ledger) const;

  Homes& homes_;
  const auth::SigningKey& key_;
  const base::Clock& clock_;
  const Remotes remotes_;
};

}  // namespace huying::runtime
