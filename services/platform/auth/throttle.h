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

// Slows guessing of passwords down, per source and per account, and locks nobody out: the delay has
// a ceiling, an attempt made too early does not lengthen it, and a source from which the account
// signed in before is not held up by strangers' failures on that account. So a duty post can always
// sign in.
//
//   RETURN_IF_ERROR(throttle.Check(context.peer, account));   // SIGN_IN_THROTTLED: seconds to wait
//   right ? throttle.Succeeded(context.peer, account) : throttle.Failed(context.peer, account);
namespace huying::auth {

struct ThrottleLimits {
  int free_failures = 3;                          // slips of the finger cost nothing
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
    int failures = 0;
    absl::Time last = absl::InfinitePast();
    absl::Time free_at = absl::InfinitePast();
  };
  using Table = absl::flat_hash_map<std::string, Entry>;
  void Count(Table& table, const std::string& key, absl::Duration delay_max)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void MakeRoom(Table& table) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  absl::Duration Wait(const Table& table, const std::string& key) const
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  const base::Clock& clock_;
  const ThrottleLimits limits_;
  mutable absl::Mutex mutex_;
  Table sources_ ABSL_GUARDED_BY(mutex_);
  Table accounts_ ABSL_GUARDED_BY(mutex_);
  // account + source that signed in with success: `last` alone is used.
  Table known_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace huying::auth
