// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

#include "absl/status/statusor.h"
#include "huying/platform/v1/control.pb.h"

namespace huying::rpc {

// Says who presents a token. Thread-safe, fast, no storage.
//
//   ASSIGN_OR_RETURN(platform::v1::TokenClaims claims, authenticator.Verify(token));
//
// Errors: UNAUTHENTICATED with SIGN_IN_NEEDED, TOKEN_EXPIRED or TOKEN_WITHOUT_REALM.
class Authenticator {
 public:
  virtual ~Authenticator() = default;
  virtual absl::StatusOr<platform::v1::TokenClaims> Verify(std::string_view token) = 0;
};

}  // namespace huying::rpc
