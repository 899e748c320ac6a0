// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "huying/platform/v1/control.pb.h"
#include "services/platform/auth/signature.h"
#include "services/platform/base/clock.h"
#include "services/platform/context/call_context.h"
#include "services/platform/rpc/authenticator.h"

// Signed tokens: "1.<claims>.<signature>", both parts base64url, 1 = Ed25519. Whoever holds the
// installation's token key can mint; the claims are readable, not secret.
//
//   auth::Tokens tokens(keys.token_sign(), machine_clock);
//   ASSIGN_OR_RETURN(std::string token, tokens.Mint(claims));       // expires_at is filled in
//   ASSIGN_OR_RETURN(TokenClaims claims, tokens.Verify(token));
namespace huying::auth {

inline constexpr absl::Duration kTokenLifetime = absl::Minutes(15);
inline constexpr absl::Duration kNodeTokenLifetime = absl::Minutes(2);
inline constexpr absl::Duration kTokenLifetimeMax = absl::Hours(24);
inline constexpr size_t kTokenBytesMax = 16 * 1024;
// What only tokens between processes carry: principals "node:incident" and "system:incident" (a reactor), and
// the permission of the policy "node".
inline constexpr char kNodePrincipalPrefix[] = "node:";
inline constexpr char kSystemPrincipalPrefix[] = "system:";
inline constexpr char kNodePermission[] = "node";

// Thread-safe. The key and the clock must outlive it.
class Tokens final : public rpc::Authenticator {
 public:
  Tokens(const SigningKey& key, const base::Clock& machine_clock,
         absl::Duration lifetime = kTokenLifetime)
      : key_(key), clock_(machine_clock), lifetime_(lifetime) {}

  // Fills in token_id (when empty) and expires_at. A realm and a principal are required. A
  // process's principal or permission and a system actor are refused here: MintNodeToken alone gives them.
  absl::StatusOr<std::string> Mint(platform::v1::TokenClaims claims) const;
  absl::StatusOr<std::string> Mint(platform::v1::TokenClaims claims, absl::Duration lifetime) const;
  // For a call from `service` in this process to another process: the person who decided stays the
  // actor, request ids stay with `principal` ("node:<service>" when empty).
  absl::StatusOr<std::string> MintNodeToken(std::string_view service, std::string_view realm,
                                            const common::v1::Actor& actor,
                                            std::string_view principal,
                                            const std::vector<std::string>& permissions) const;
  // The same from a call's context, its exercise included; what rpc::RemoteCaller sends.
  absl::StatusOr<std::string> MintForCall(std::string_view service,
                                          const context::CallContext& context) const;

  absl::StatusOr<platform::v1::TokenClaims> Verify(std::string_view token) override;

 private:
  absl::StatusOr<std::string> SignClaims(platform::v1::TokenClaims claims,
                                         absl::Duration lifetime) const;

  const SigningKey& key_;
  const base::Clock& clock_;
  const absl::Duration lifetime_;
};

}  // namespace huying::auth
