// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "huying/platform/v1/control.pb.h"
#include "services/drill/rules/match.h"
#include "services/drill/rules/step.h"
#include "services/platform/context/call_context.h"
#include "services/platform/rpc/caller.h"

// The second realm that drill sees: as an ordinary client of every process of the installation, with
// calls that name the exercise's realm.
//
//   RealmClient realms(platform.EveryProcess());
//   RETURN_IF_ERROR(realms.Open(context, info));
//   ASSIGN_OR_RETURN(rules::Probes probes, realms.Probe(context, "drill-2026-0007"));
namespace huying::drill {

// Thread-safe. The callers must outlive it. Blocks until the answers or `context.deadline`.
class RealmClient {
 public:
  // This process first.
  explicit RealmClient(std::vector<rpc::Caller*> processes) : processes_(std::move(processes)) {}

  absl::Status Open(const context::CallContext& context, const platform::v1::RealmInfo& info);
  absl::StatusOr<rules::Probes> Probe(const context::CallContext& context, std::string_view realm);
  // Lower services may be called by upper ones whose deadline comes due, so every process has the
  // new time before any of them acts on it.
  absl::Status SetTime(const context::CallContext& context, std::string_view realm, absl::Time now);
  // Over: nobody gets a token for it any more.
  absl::Status Finish(const context::CallContext& context, std::string_view realm);
  absl::Status Close(const context::CallContext& context, std::string_view realm);

  // Every entry of every ledger of the realm, page by page, each ledger in its order.
  using OnEntry = std::function<void(rules::SeenEntry)>;
  absl::Status ForEachEntry(const context::CallContext& context, std::string_view realm,
                            const OnEntry& on_entry);

  // A context for calls into `realm`, acting for the person of `outer`.
  static context::CallContext Into(const context::CallContext& outer, std::string_view realm);

 private:
  static absl::Status ReadLedger(rpc::Caller& process, const context::CallContext& inside,
                                 const std::string& ledger, const OnEntry& on_entry);

  const std::vector<rpc::Caller*> processes_;
};

}  // namespace huying::drill
