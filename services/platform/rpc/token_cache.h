// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "services/platform/context/permissions.h"
#include "services/platform/rpc/authenticator.h"

namespace huying::rpc {

// What the bearer of a token is and may do. Shared by the calls that come with it.
struct Bearer {
  platform::v1::TokenClaims claims;  // without the permissions, which are beside them
  context::Permissions permissions;
};

// Tokens verified a moment ago: checking a signature costs as much as the rest of a small call. An
// entry lives at most `kept`, never past the token's own end; refusals are not kept.
//
// Thread-safe.
class TokenCache {
 public:
  explicit TokenCache(int tokens_max, absl::Duration kept = absl::Minutes(1))
      : tokens_max_(tokens_max), kept_(kept) {}

  absl::StatusOr<std::shared_ptr<const Bearer>> Verify(Authenticator& authenticator,
                                                       std::string_view token, absl::Time now);

 private:
  struct Entry {
    std::shared_ptr<const Bearer> bearer;
    absl::Time until;
  };
  const int tokens_max_;
  const absl::Duration kept_;
  absl::Mutex mutex_;
  absl::flat_hash_map<std::string, Entry> entries_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace huying::rpc
