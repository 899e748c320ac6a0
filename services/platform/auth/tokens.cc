// SPDX-License-Identifier: Apache-2.0
#include "services/platform/auth/tokens.h"

#include <sodium.h>

#include <algorithm>
#include <optional>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "services/platform/base/status.h"
#include "services/platform/base/strings.h"

namespace huying::auth {
namespace {
using base::Reason;
using platform::v1::TokenClaims;

constexpr char kAlgorithm[] = "1";
// Signed in front of the token's text, so that a token's signature is good for nothing else.
constexpr char kDomain[] = "huying.token:";

std::string Encode(std::string_view bytes) {
  std::string text(
      sodium_base64_ENCODED_LEN(bytes.size(), sodium_base64_VARIANT_URLSAFE_NO_PADDING), '\0');
  sodium_bin2base64(text.data(), text.size(), reinterpret_cast<const unsigned char*>(bytes.data()),
                    bytes.size(), sodium_base64_VARIANT_URLSAFE_NO_PADDING);
  text.pop_back();
  return text;
}

std::optional<std::string> Decode(std::string_view text) {
  std::string bytes(text.size(), '\0');
  size_t size = 0;
  if (sodium_base642bin(reinterpret_cast<unsigned char*>(bytes.data()), bytes.size(), text.data(),
                        text.size(), nullptr, &size, nullptr,
                        sodium_base64_VARIANT_URLSAFE_NO_PADDING) != 0) {
    return std::nullopt;
  }
  bytes.resize(size);
  return bytes;
}

absl::Status NotAToken() {
  return base::Unauthenticated(Reason::SIGN_IN_NEEDED, "令牌无效", "the token is not valid")
      .Next("请重新登录", "sign in again");
}

absl::Status WithoutRealm() {
  return base::Unauthenticated(Reason::TOKEN_WITHOUT_REALM, "令牌没有指明域",
                               "the token names no realm")
      .Next("请重新登录", "sign in again");
}
}  // namespace

absl::StatusOr<std::string> Tokens::Mint(TokenClaims claims) const {
  return Mint(std::move(claims), lifetime_);
}

absl::StatusOr<std::string> Tokens::Mint(TokenClaims claims, absl::Duration lifetime) const {
  if (absl::StartsWith(claims.principal(), kNodePrincipalPrefix) ||
      absl::StartsWith(claims.principal(), kSystemPrincipalPrefix)) {
    return base::Denied(Reason::PERMISSION_MISSING, "此主体只用于进程之间",
                        "this principal is for processes only")
        .Field("principal");
  }
  const auto& held = claims.permissions();
  if (std::find(held.begin(), held.end(), kNodePermission) != held.end()) {
    return base::Denied(Reason::PERMISSION_MISSING, "此权限只用于进程之间",
                        "this permission is for processes only")
        .Field("permissions");
  }
  if (!claims.actor().system().empty()) {
    return base::Denied(Reason::PERMISSION_MISSING, "人员令牌不能代表系统",
                        "a person's token does not speak for the system")
        .Field("actor.system");
  }
  return SignClaims(std::move(claims), lifetime);
}

absl::StatusOr<std::string> Tokens::MintNodeToken(
    std::string_view service, std::string_view realm, const common::v1::Actor& actor,
    std::string_view principal, const std::vector<std::string>& permissions) const {
  context::CallContext context;
  context.realm = std::string(realm);
  context.actor = actor;
  context.principal = std::string(principal);
  context.permissions = {permissions.begin(), permissions.end()};
  return MintForCall(service, context);
}

absl::StatusOr<std::string> Tokens::MintForCall(std::string_view service,
                                                const context::CallContext& context) const {
  TokenClaims claims;
  *claims.mutable_actor() = context.actor;
  if (context.actor.person().empty() && context.actor.system().empty()) {
    claims.mutable_actor()->set_system(std::string(service));
  }
  claims.set_realm(context.realm);
  claims.set_exercise(context.exercise);
  claims.mutable_flags()->Assign(context.flags.begin(), context.flags.end());
  claims.set_principal(context.principal.empty()
                           ? absl::StrCat(kNodePrincipalPrefix, base::Abs(service))
                           : context.principal);
  for (const std::string& permission : context.permissions) {
    if (permission != kNodePermission) claims.add_permissions(permission);
  }
  claims.add_permissions(kNodePermission);
  return SignClaims(std::move(claims), kNodeTokenLifetime);
}

absl::StatusOr<std::string> Tokens::SignClaims(TokenClaims claims, absl::Duration lifetime) const {
  EnsureSodium();
  if (claims.realm().empty()) return WithoutRealm();
  if (claims.principal().empty()) {
    return base::Invalid(Reason::FIELD_MISSING, "令牌缺少主体", "the token has no principal")
        .Field("principal");
  }
  if (claims.token_id().empty()) claims.set_token_id(RandomHex(8));
  *claims.mutable_expires_at() =
      base::ToProto(clock_.Now() + std::min(lifetime, kTokenLifetimeMax));
  std::string token = absl::StrCat(kAlgorithm, ".", Encode(claims.SerializeAsString()));
  const std::string signature = Sign(key_, absl::StrCat(kDomain, token));
  absl::StrAppend(&token, ".", Encode(signature));
  if (token.size() > kTokenBytesMax) {
    return base::Invalid(Reason::MESSAGE_TOO_LARGE, "令牌内容过大", "the claims are too large");
  }
  return token;
}

absl::StatusOr<TokenClaims> Tokens::Verify(std::string_view token) {
  EnsureSodium();
  if (token.empty()) {
    return base::Unauthenticated(Reason::SIGN_IN_NEEDED, "请先登录", "sign in first");
  }
  if (token.size() > kTokenBytesMax) return NotAToken();
  const size_t first = token.find('.');
  const size_t last = token.rfind('.');
  if (first == std::string_view::npos || first == last || token.substr(0, first) != kAlgorithm) {
    return NotAToken();
  }
  const auto signature = Decode(token.substr(last + 1));
  if (!signature ||
      !VerifySignature(key_.public_key(), absl::StrCat(kDomain, base::Abs(token.substr(0, last))),
                       *signature)) {
    return NotAToken();
  }
  const auto bytes = Decode(token.substr(first + 1, last - first - 1));
  TokenClaims claims;
  if (!bytes || !claims.ParseFromString(*bytes)) return NotAToken();
  if (claims.realm().empty()) return WithoutRealm();
  if (base::FromProto(claims.expires_at()) <= clock_.Now()) {
    return base::Unauthenticated(Reason::TOKEN_EXPIRED, "登录已过期", "the token has expired")
        .Next("请重新登录", "sign in again");
  }
  return claims;
}

}  // namespace huying::auth
