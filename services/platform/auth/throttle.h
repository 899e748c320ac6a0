// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "services/platform/base/clock.h"

// Slows guessing of passwords down and locks nobody out. Three counts, each with a ceiling, and an
// attempt made too early lengthens none:
//
//   account and source  from a source where the account signed in before, this one alone counts: what
//                       strangers try elsewhere, or others at the same desk, does not hold it up
//   account             from anywhere else: one account is not guessed from many sources
//   source              from anywhere else, and only once it failed on many accounts: one source does
//                       not try a password on everybody. A wrong password in a loop is one account, and
//                       its neighbours behind the same address sign in as ever
//
// A source that is this machine (a loopback address, a Unix socket: every user and every proxy on it) is
// many people and never counts as one.
//
//   RETURN_IF_ERROR(throttle.Check(context.peer, account));   // SIGN_IN_THROTTLED: seconds to wait
//   right ? throttle.Succeeded(context.peer, account) : throttle.Failed(context.peer, account);
namespace huying::auth {

struct ThrottleLimits {
  int free_failures = 3;                          // slips of the finger cost nothing
  int free_accounts = 10;                         // of one source: a desk many people share
  absl::Duration first_delay = absl::Seconds(1);  // then doubled by each failure
  absl::Duration account_delay_max = absl::Seconds(30);
  absl::Duration source_delay_max = absl::Minutes(5);
  absl::Duration forget_after = absl::Minutes(15);  // without a failure
  size_t entries_max = 10'000;                      // each table
};

// Thread-safe. The machine clock must outlive it. Memory only: a restart forgets, which is bounded
// by the cost of a hash.
class Throttle {
 public:
  explicit Throttle(const base::Clock& machine_clock, ThrottleLimits limits = {})
      : clock_(machine_clock), limits_(limits) {}

  // PERMISSION of the moment, not of the account: RESOURCE_EXHAUSTED / SIGN_IN_THROTTLED.
  absl::Status Check(std::string_view source, std::string_view account);
  void Failed(std::string_view source, std::string_view account);
  void Succeeded(std::string_view source, std::string_view account);

  // Entries kept at the moment, for metrics.
  size_t size() const;

 private:
  struct Entry {
    int failures = 0;  // of a source: accounts it failed on, and every failure once those are many
    absl::Time last = absl::InfinitePast();
    absl::Time free_at = absl::InfinitePast();
  };
  using Table = absl::flat_hash_map<std::string, Entry>;
  // One failure more; whether it is the first since the key was forgotten.
  bool Count(Table& table, const std::string& key, int free, absl::Duration delay_max)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  bool IsSpraying(const std::string& source) const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void MakeRoom(Table& table) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  absl::Duration Wait(const Table& table, const std::string& key) const
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  const base::Clock& clock_;
  const ThrottleLimits limits_;
  mutable absl::Mutex mutex_;
  Table sources_ ABSL_GUARDED_BY(mutex_);
  Table accounts_ ABSL_GUARDED_BY(mutex_);
  Table pairs_ ABSL_GUARDED_BY(mutex_);  // account and source
  // Pairs that signed in with success: `last` alone is used.
  Table known_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace huying::auth
