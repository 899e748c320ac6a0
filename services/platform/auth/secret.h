// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace huying::auth {

// Key bytes that are wiped when they go. Move-only, so that no copy stays behind by accident.
//
//   Secret key = Secret::Random(32);
//   std::string mac = Mac(key.view(), bytes);
class Secret {
 public:
  Secret() = default;
  explicit Secret(std::string_view bytes);
  static Secret Random(size_t size_bytes);
  ~Secret();
  Secret(Secret&& other) noexcept;
  Secret& operator=(Secret&& other) noexcept;
  Secret(const Secret&) = delete;
  Secret& operator=(const Secret&) = delete;

  std::string_view view() const { return {bytes_.data(), bytes_.size()}; }
  const unsigned char* data() const {
    return reinterpret_cast<const unsigned char*>(bytes_.data());
  }
  size_t size() const { return bytes_.size(); }
  bool empty() const { return bytes_.empty(); }

 private:
  void Wipe();
  std::vector<char> bytes_;
};

// Overwrites the characters of a string that held a secret and empties it.
void WipeString(std::string& text);

// `size_bytes` random bytes, and the same as lower-case hex (two characters a byte).
std::string RandomBytes(size_t size_bytes);
std::string RandomHex(size_t size_bytes);
std::string ToHex(std::string_view bytes);

// Prepares libsodium; every function of this folder calls it first. Ends the process when the
// machine has no randomness to give, because nothing that follows would be safe.
void EnsureSodium();

}  // namespace huying::auth
