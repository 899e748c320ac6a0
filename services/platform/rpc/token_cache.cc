// SPDX-License-Identifier: Apache-2.0
#include "services/platform/rpc/token_cache.h"

#include <algorithm>
#include <utility>

#include "services/platform/base/clock.h"
#include "services/platform/base/status.h"
#include "services/platform/base/strings.h"

namespace huying::rpc {

absl::StatusOr<std::shared_ptr<const Bearer>> TokenCache::Verify(Authenticator& authenticator,
                                                                 std::string_view token,
                                                                 absl::Time now) {
  {
    absl::MutexLock lock(&mutex_);
    const auto it = entries_.find(base::Abs(token));
    if (it != entries_.end()) {
      if (now < it->second.until) return it->second.bearer;
      entries_.erase(it);
    }
  }
  auto bearer = std::make_shared<Bearer>();
  ASSIGN_OR_RETURN(bearer->claims, authenticator.Verify(token));
  const auto& names = bearer->claims.permissions();
  bearer->permissions = {names.begin(), names.end()};
  bearer->claims.clear_permissions();
  if (tokens_max_ <= 0) return bearer;
  const absl::Time until = std::min(now + kept_, base::FromProto(bearer->claims.expires_at()));
  absl::MutexLock lock(&mutex_);
  // Full: starting over is rare, and cheaper than keeping an order of use at each call.
  if (static_cast<int>(entries_.size()) >= tokens_max_) entries_.clear();
  entries_[std::string(token)] = {bearer, until};
  return bearer;
}

}  // namespace huying::rpc
