// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>

// XChaCha20-Poly1305: the one cipher so far; its id (CipherAlgorithm) stands beside every
// ciphertext.
namespace huying::privacy {

inline constexpr size_t kCipherKeyBytes = 32;

struct Ciphertext {
  std::string nonce;
  std::string bytes;
};

// `key` has kCipherKeyBytes; `context` is authenticated and must be the same when decrypting. The
// nonce is random: 24 bytes make a repetition impossible in practice.
Ciphertext Encrypt(std::string_view key, std::string_view context, std::string_view clear);
// Nothing when key, context, nonce or a byte is not the original.
std::optional<std::string> Decrypt(std::string_view key, std::string_view context,
                                   const Ciphertext& ciphertext);

}  // namespace huying::privacy
