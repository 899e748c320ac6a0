// SPDX-License-Identifier: Apache-2.0
#include "services/platform/auth/mac.h"

#include <sodium.h>

#include "services/platform/auth/secret.h"

namespace huying::auth {
namespace {
static_assert(kMacKeyBytes == crypto_auth_KEYBYTES);
static_assert(kMacBytes == crypto_auth_BYTES);

const unsigned char* Bytes(std::string_view s) {
  return reinterpret_cast<const unsigned char*>(s.data());
}
}  // namespace

std::string Mac(std::string_view key, std::string_view bytes) {
  EnsureSodium();
  if (key.size() != kMacKeyBytes) return "";
  std::string mac(kMacBytes, '\0');
  crypto_auth(reinterpret_cast<unsigned char*>(mac.data()), Bytes(bytes), bytes.size(), Bytes(key));
  return mac;
}

bool VerifyMac(std::string_view key, std::string_view bytes, std::string_view mac) {
  EnsureSodium();
  if (key.size() != kMacKeyBytes || mac.size() != kMacBytes) return false;
  return crypto_auth_verify(Bytes(mac), Bytes(bytes), bytes.size(), Bytes(key)) == 0;
}

}  // namespace huying::auth
