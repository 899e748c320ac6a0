// SPDX-License-Identifier: Apache-2.0
#include "services/platform/auth/signature.h"

#include <sodium.h>

namespace huying::auth {
namespace {
static_assert(kPublicKeyBytes == crypto_sign_PUBLICKEYBYTES);
static_assert(kSignatureBytes == crypto_sign_BYTES);
static_assert(kSigningSeedBytes == crypto_sign_SEEDBYTES);

const unsigned char* Octets(std::string_view s) {
  return reinterpret_cast<const unsigned char*>(s.data());
}
}  // namespace

SigningKey SigningKey::Generate() {
  const Secret seed = Secret::Random(kSigningSeedBytes);
  return FromSeed(seed.view());
}

SigningKey SigningKey::FromSeed(std::string_view seed) {
  EnsureSodium();
  SigningKey key;
  unsigned char secret[crypto_sign_SECRETKEYBYTES];
  unsigned char public_key[crypto_sign_PUBLICKEYBYTES];
  crypto_sign_seed_keypair(public_key, secret, Octets(seed));
  key.seed_ = Secret(seed);
  key.secret_ = Secret({reinterpret_cast<const char*>(secret), sizeof(secret)});
  key.public_key_.assign(reinterpret_cast<const char*>(public_key), sizeof(public_key));
  key.key_id_ = KeyId(key.public_key_);
  sodium_memzero(secret, sizeof(secret));
  return key;
}

std::string Sign(const SigningKey& key, std::string_view bytes) {
  EnsureSodium();
  std::string signature(kSignatureBytes, '\0');
  crypto_sign_detached(reinterpret_cast<unsigned char*>(signature.data()), nullptr, Octets(bytes),
                       bytes.size(), key.secret().data());
  return signature;
}

bool VerifySignature(std::string_view public_key, std::string_view bytes,
                     std::string_view signature) {
  EnsureSodium();
  if (public_key.size() != kPublicKeyBytes || signature.size() != kSignatureBytes) return false;
  return crypto_sign_verify_detached(Octets(signature), Octets(bytes), bytes.size(),
                                     Octets(public_key)) == 0;
}

std::string KeyId(std::string_view public_key) {
  EnsureSodium();
  unsigned char digest[crypto_hash_sha256_BYTES];
  crypto_hash_sha256(digest, Octets(public_key), public_key.size());
  return ToHex({reinterpret_cast<const char*>(digest), 8});
}

}  // namespace huying::auth
