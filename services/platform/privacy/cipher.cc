// SPDX-License-Identifier: Apache-2.0
#include "services/platform/privacy/cipher.h"

#include <sodium.h>

#include "services/platform/auth/secret.h"

namespace huying::privacy {
namespace {
static_assert(kCipherKeyBytes == crypto_aead_xchacha20poly1305_ietf_KEYBYTES);
constexpr size_t kNonceBytes = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES;
constexpr size_t kTagBytes = crypto_aead_xchacha20poly1305_ietf_ABYTES;

const unsigned char* Bytes(std::string_view s) {
  return reinterpret_cast<const unsigned char*>(s.data());
}
unsigned char* Bytes(std::string& s) { return reinterpret_cast<unsigned char*>(s.data()); }
}  // namespace

Ciphertext Encrypt(std::string_view key, std::string_view context, std::string_view clear) {
  Ciphertext result{auth::RandomBytes(kNonceBytes), std::string(clear.size() + kTagBytes, '\0')};
  unsigned long long size = 0;
  crypto_aead_xchacha20poly1305_ietf_encrypt(Bytes(result.bytes), &size, Bytes(clear), clear.size(),
                                             Bytes(context), context.size(), nullptr,
                                             Bytes(std::string_view(result.nonce)), Bytes(key));
  result.bytes.resize(size);
  return result;
}

std::optional<std::string> Decrypt(std::string_view key, std::string_view context,
                                   const Ciphertext& ciphertext) {
  auth::EnsureSodium();
  if (key.size() != kCipherKeyBytes || ciphertext.nonce.size() != kNonceBytes ||
      ciphertext.bytes.size() < kTagBytes) {
    return std::nullopt;
  }
  std::string clear(ciphertext.bytes.size() - kTagBytes, '\0');
  unsigned long long size = 0;
  if (crypto_aead_xchacha20poly1305_ietf_decrypt(
          Bytes(clear), &size, nullptr, Bytes(std::string_view(ciphertext.bytes)),
          ciphertext.bytes.size(), Bytes(context), context.size(),
          Bytes(std::string_view(ciphertext.nonce)), Bytes(key)) != 0) {
    return std::nullopt;
  }
  clear.resize(size);
  return clear;
}

}  // namespace huying::privacy
