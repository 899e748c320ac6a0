// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "absl/base/thread_annotations.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"

// argon2id password hashes. The hash names its algorithm and cost ("$argon2id$v=19$m=…"), so that
// another algorithm can follow and old hashes are renewed at the next sign-in.
//
//   auth::PasswordHasher hasher(auth::PasswordCost::kModerate);
//   ASSIGN_OR_RETURN(std::string hash, hasher.Hash(password));
//   ASSIGN_OR_RETURN(bool right, hasher.Verify(hash, password));
namespace huying::auth {

enum class PasswordCost {
  kModerate,  // 256 MiB, about a second
  kTest,      // as cheap as the algorithm allows
};

inline constexpr size_t kPasswordBytesMin = 8;
inline constexpr size_t kPasswordBytesMax = 256;
// One hash takes 256 MiB: sign-ins beyond these wait, and beyond that are turned away.
inline constexpr int kHashesAtOnceMax = 2;
inline constexpr int kHashesWaitingMax = 32;
inline constexpr absl::Duration kHashWaitMax = absl::Seconds(20);

// Thread-safe. Blocks its caller for the time of a hash: gather with it, never decide with it.
// RESOURCE_EXHAUSTED when too many wait.
class PasswordHasher {
 public:
  explicit PasswordHasher(PasswordCost cost) : cost_(cost) {}

  // INVALID_ARGUMENT for a password that is too short or too long.
  absl::StatusOr<std::string> Hash(std::string_view password);
  // An empty or unknown hash costs the same time and is false: an unknown account cannot be told
  // from a wrong password by the clock.
  absl::StatusOr<bool> Verify(std::string_view hash, std::string_view password);
  // The hash was made with other parameters than ours.
  bool NeedsRehash(std::string_view hash) const;

 private:
  class Turn;
  absl::Status WaitForTurn();
  void EndTurn();
  std::string NobodysHash();

  const PasswordCost cost_;
  absl::Mutex mutex_;
  int running_ ABSL_GUARDED_BY(mutex_) = 0;
  int waiting_ ABSL_GUARDED_BY(mutex_) = 0;
  std::string nobodys_hash_ ABSL_GUARDED_BY(mutex_);
};

// A password to be shown once: 5 groups of 4 characters without look-alikes, about 98 bits.
std::string RandomPassword();

}  // namespace huying::auth
