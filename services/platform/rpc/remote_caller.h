// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "services/platform/base/clock.h"
#include "services/platform/rpc/caller.h"
#include "services/platform/rpc/channel.h"
#include "services/platform/rpc/retry.h"

namespace huying::rpc {

// `Caller` of services in another process: mints a short token that says what the context says
// (actor, principal, realm, permissions, exercise) and calls through a channel. Refusals, deadlines
// and acting-for are those of `LocalCaller`; a parity test proves it.
//
//   rpc::RemoteCaller directory(*channel, [&](const CallContext& c) { return signer.Mint(c); },
//   clock);
//
// A token is used again for the same caller for half a minute, less than any token lives: signing and
// verifying one for each call would cost more than the call. `mint` adds the permission "node", as
// auth::Tokens::MintForCall does.
//
// A service that hangs costs one caller his patience, not each in turn: after a call that waited for
// nothing, those who are in a hurry are told at once that it does not answer, for two seconds.
//
// Thread-safe. The channel and the clock must outlive it.
class RemoteCaller final : public Caller {
 public:
  using MintToken = std::function<absl::StatusOr<std::string>(const context::CallContext&)>;

  RemoteCaller(Channel& channel, MintToken mint, const base::Clock& machine_clock,
               RetryOptions retry = {});
  absl::Status Call(const context::CallContext& context, std::string_view method,
                    const google::protobuf::Message& request,
                    google::protobuf::Message* response) override;

 private:
  struct Minted {
    std::string token;
    absl::Time until;
  };
  absl::StatusOr<std::string> TokenFor(const context::CallContext& context);
  bool IsSilent(absl::Time now, absl::Time deadline);
  void Heard(absl::Time asked, const absl::Status& status);

  Channel& channel_;
  const MintToken mint_;
  const base::Clock& machine_clock_;
  const RetryOptions retry_;
  absl::Mutex mutex_;
  absl::flat_hash_map<std::string, Minted> minted_ ABSL_GUARDED_BY(mutex_);
  absl::Time silent_until_ ABSL_GUARDED_BY(mutex_) = absl::InfinitePast();
};

}  // namespace huying::rpc
