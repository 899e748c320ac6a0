// SPDX-License-Identifier: Apache-2.0
#include "services/platform/auth/secret.h"

#include <sodium.h>

#include <cstdio>
#include <cstdlib>
#include <utility>

namespace huying::auth {

void EnsureSodium() {
  static const int result = sodium_init();  // thread-safe; 1 = done before
  if (result < 0) {
    std::fputs("libsodium cannot start: no randomness\n", stderr);
    std::abort();
  }
}

Secret::Secret(std::string_view bytes) : bytes_(bytes.begin(), bytes.end()) {}

Secret Secret::Random(size_t size_bytes) {
  EnsureSodium();
  Secret secret;
  secret.bytes_.resize(size_bytes);
  randombytes_buf(secret.bytes_.data(), size_bytes);
  return secret;
}

Secret::~Secret() { Wipe(); }

Secret::Secret(Secret&& other) noexcept : bytes_(std::exchange(other.bytes_, {})) {}

Secret& Secret::operator=(Secret&& other) noexcept {
  if (this != &other) {
    Wipe();
    bytes_ = std::exchange(other.bytes_, {});
  }
  return *this;
}

void Secret::Wipe() {
  if (!bytes_.empty()) sodium_memzero(bytes_.data(), bytes_.size());
}

void WipeString(std::string& text) {
  if (!text.empty()) sodium_memzero(text.data(), text.size());
  text.clear();
}

std::string RandomBytes(size_t size_bytes) {
  EnsureSodium();
  std::string bytes(size_bytes, '\0');
  randombytes_buf(bytes.data(), bytes.size());
  return bytes;
}

std::string RandomHex(size_t size_bytes) { return ToHex(RandomBytes(size_bytes)); }

std::string ToHex(std::string_view bytes) {
  std::string hex(bytes.size() * 2 + 1, '\0');
  sodium_bin2hex(hex.data(), hex.size(), reinterpret_cast<const unsigned char*>(bytes.data()),
                 bytes.size());
  hex.pop_back();
  return hex;
}

}  // namespace huying::auth
