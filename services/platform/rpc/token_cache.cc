// SPDX-License-Identifier: Apache-2.0
#include "services/platform/rpc/token_cache.h"

#include <algorithm>
#include <utility>

#include "services/platform/base/clock.h"
#include "services/platform/base/status.h"
#include "services/platform/base/strings.h"

namespace huying::rpc {

absl::StatusOr<platform::v1::TokenClaims> TokenCache::Verify(Authenticator& authenticator,
                                                             std::string_view token,
                                                             absl::Time now) {
  std::shared_ptr<const platform::v1::TokenClaims> known;
  {
    absl::MutexLock lock(&mutex_);
    const auto it = entries_.find(base::Abs(token));
    if (it != entries_.end()) {
      if (now < it->second.until) {
        known = it->second.claims;
      } else {
        entries_.erase(it);
      }
    }
  }
  if (known != nullptr) return *known;
  ASSIGN_OR_RETURN(platform::v1::TokenClaims claims, authenticator.Verify(token));
  if (tokens_max_ <= 0) return claims;
  Entry entry{std::make_shared<const platform::v1::TokenClaims>(claims),
              std::min(now + kept_, base::FromProto(claims.expires_at()))};
  absl::MutexLock lock(&mutex_);
  // Full: starting over is rare, and cheaper than keeping an order of use at each call.
  if (static_cast<int>(entries_.size()) >= tokens_max_) entries_.clear();
  entries_[std::string(token)] = std::move(entry);
  return claims;
}

}  // namespace huying::rpc
