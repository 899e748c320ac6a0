// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "services/platform/auth/secret.h"

// Ed25519 over bytes. The algorithm's id stands beside every signature (SignedStatement.algorithm,
// SignedCaseFile.algorithm, a token's first part), so that SM2 can follow.
//
//   SigningKey key = SigningKey::Generate();
//   std::string signature = Sign(key, statement_bytes);
//   bool good = VerifySignature(key.public_key(), statement_bytes, signature);
namespace huying::auth {

inline constexpr int kSignatureEd25519 = 1;
inline constexpr size_t kPublicKeyBytes = 32;
inline constexpr size_t kSignatureBytes = 64;
inline constexpr size_t kSigningSeedBytes = 32;

// Move-only; const use from any thread.
class SigningKey {
 public:
  SigningKey() = default;
  static SigningKey Generate();
  // `seed`: kSigningSeedBytes, what is kept in the key file.
  static SigningKey FromSeed(std::string_view seed);

  std::string_view seed() const { return seed_.view(); }
  const Secret& secret() const { return secret_; }
  const std::string& public_key() const { return public_key_; }
  const std::string& key_id() const { return key_id_; }

 private:
  Secret seed_;
  Secret secret_;
  std::string public_key_;
  std::string key_id_;
};

std::string Sign(const SigningKey& key, std::string_view bytes);
// False also for a key or signature of the wrong length.
bool VerifySignature(std::string_view public_key, std::string_view bytes,
                     std::string_view signature);
// First 16 hex digits of SHA-256 of the public key.
std::string KeyId(std::string_view public_key);

}  // namespace huying::auth
