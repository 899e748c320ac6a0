// SPDX-License-Identifier: Apache-2.0
#include "services/platform/auth/password.h"

#include <sodium.h>

#include "services/platform/auth/secret.h"
#include "services/platform/base/status.h"

namespace huying::auth {
namespace {
using base::Reason;

unsigned long long Ops(PasswordCost cost) {
  return cost == PasswordCost::kModerate ? crypto_pwhash_OPSLIMIT_MODERATE
                                         : crypto_pwhash_OPSLIMIT_MIN;
}
size_t MemoryBytes(PasswordCost cost) {
  return cost == PasswordCost::kModerate ? crypto_pwhash_MEMLIMIT_MODERATE
                                         : crypto_pwhash_MEMLIMIT_MIN;
}
}  // namespace

// Holds one of the places for a running hash.
class PasswordHasher::Turn {
 public:
  explicit Turn(PasswordHasher& hasher) : hasher_(hasher), status_(hasher.WaitForTurn()) {}
  ~Turn() {
    if (status_.ok()) hasher_.EndTurn();
  }
  const absl::Status& status() const { return status_; }

 private:
  PasswordHasher& hasher_;
  const absl::Status status_;
};

absl::Status PasswordHasher::WaitForTurn() {
  absl::MutexLock lock(&mutex_);
  if (waiting_ >= kHashesWaitingMax) {
    return base::Exhausted("同时登录的人太多", "too many sign-ins at once");
  }
  ++waiting_;
  const auto free = [this]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    return running_ < kHashesAtOnceMax;
  };
  const bool turn = mutex_.AwaitWithTimeout(absl::Condition(&free), kHashWaitMax);
  --waiting_;
  if (!turn) return base::Exhausted("同时登录的人太多", "too many sign-ins at once");
  ++running_;
  return absl::OkStatus();
}

void PasswordHasher::EndTurn() {
  absl::MutexLock lock(&mutex_);
  --running_;
}

absl::StatusOr<std::string> PasswordHasher::Hash(std::string_view password) {
  EnsureSodium();
  if (password.size() < kPasswordBytesMin || password.size() > kPasswordBytesMax) {
    return base::Invalid(Reason::FIELD_INVALID, "密码须为 8 至 256 个字符",
                         "a password has 8 to 256 characters")
        .Field("password");
  }
  Turn turn(*this);
  RETURN_IF_ERROR(turn.status());
  char hash[crypto_pwhash_STRBYTES];
  if (crypto_pwhash_str(hash, password.data(), password.size(), Ops(cost_), MemoryBytes(cost_)) !=
      0) {
    return base::Exhausted("内存不足，无法计算密码", "not enough memory to hash a password");
  }
  return std::string(hash);
}

std::string PasswordHasher::NobodysHash() {
  absl::MutexLock lock(&mutex_);
  if (nobodys_hash_.empty()) {
    char hash[crypto_pwhash_STRBYTES];
    const std::string password = RandomHex(16);
    if (crypto_pwhash_str(hash, password.data(), password.size(), Ops(cost_), MemoryBytes(cost_)) ==
        0) {
      nobodys_hash_ = hash;
    }
  }
  return nobodys_hash_;
}

absl::StatusOr<bool> PasswordHasher::Verify(std::string_view hash, std::string_view password) {
  EnsureSodium();
  if (password.size() > kPasswordBytesMax) return false;
  Turn turn(*this);
  RETURN_IF_ERROR(turn.status());
  std::string text(hash);
  const bool known = text.size() < crypto_pwhash_STRBYTES && text.rfind("$argon2id$", 0) == 0;
  if (!known) text = NobodysHash();
  text.resize(crypto_pwhash_STRBYTES, '\0');
  const bool right = crypto_pwhash_str_verify(text.c_str(), password.data(), password.size()) == 0;
  return known && right;
}

bool PasswordHasher::NeedsRehash(std::string_view hash) const {
  EnsureSodium();
  std::string text(hash);
  if (text.size() >= crypto_pwhash_STRBYTES) return true;
  text.resize(crypto_pwhash_STRBYTES, '\0');
  return crypto_pwhash_str_needs_rehash(text.c_str(), Ops(cost_), MemoryBytes(cost_)) != 0;
}

std::string RandomPassword() {
  EnsureSodium();
  constexpr std::string_view kLetters = "abcdefghjkmnpqrstuvwxyz23456789";  // 31: no i l o 0 1
  std::string password;
  for (int i = 0; i < 20; ++i) {
    if (i > 0 && i % 4 == 0) password += '-';
    password += kLetters[randombytes_uniform(static_cast<uint32_t>(kLetters.size()))];
  }
  return password;
}

}  // namespace huying::auth
