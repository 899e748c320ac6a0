// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

// Keyed hash of bytes (HMAC-SHA512-256): MACs on push messages and payload hashes of request ids.
//
//   envelope.set_mac(auth::Mac(keys.push_mac(), body));
//   if (!auth::VerifyMac(keys.push_mac(), body, envelope.mac())) drop it;
namespace huying::auth {

inline constexpr size_t kMacKeyBytes = 32;
inline constexpr size_t kMacBytes = 32;

// `key` must have kMacKeyBytes. Any thread.
std::string Mac(std::string_view key, std::string_view bytes);
// Constant time; false for a key or MAC of the wrong length.
bool VerifyMac(std::string_view key, std::string_view bytes, std::string_view mac);

}  // namespace huying::auth
