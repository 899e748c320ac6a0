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
#include "services/platform/rpc/authenticator.h"

namespace huying::rpc {

// Claims of tokens verified a moment ago: checking a signature costs as much as the rest of a small
// call. An entry lives at most `kept`, never past the token's own end; refusals are not kept.
//
// Thread-safe.
class TokenCache {
 public:
  explicit TokenCache(int tokens_max, absl::Duration kept = absl::Minutes(1))
      : tokens_max_(tokens_max), kept_(kept) {}

  absl::StatusOr<platform::v1::TokenClaims> Verify(Authenticator& authenticator,
                                                   std::string_view token, absl::Time now);

 private:
  struct Entry {
    std::shared_ptr<const platform::v1::TokenClaims> claims;  // copied outside the lock
    absl::Time until;
  };
  const int tokens_max_;
  const absl::Duration kept_;
  absl::Mutex mutex_;
  absl::flat_hash_map<std::string, Entry> entries_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace huying::rpc
