// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <thread>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "services/platform/runtime/platform.h"

// Looks after the process every two seconds: gauges of every ledger, free disk, Redis, age of the last backup,
// and the daily file of signed heads. A service whose ledgers cannot be written is NOT_SERVING until they can.
// What else is degraded it says as health of "huying.redis", "huying.disk", "huying.backup" and
// "huying.reactors"; the services go on serving. Each also as the gauge huying_health.
namespace huying::huyingd {

inline constexpr absl::Duration kHousekeepingInterval = absl::Seconds(2);

class Housekeeper {
 public:
  using SetHealth = std::function<void(std::string_view part, bool good)>;
  // Starts its thread. The platform must outlive it.
  Housekeeper(runtime::Platform& platform, SetHealth set_health);
  ~Housekeeper();

  // One round, as the thread does it; for tests.
  void Look();

 private:
  void Run();
  void Say(const std::string& part, bool good, const std::string& text);
  void LookAtServices();
  void LookAtReactors();
  void LookAtDisk();
  void LookAtRedis();
  void LookAtBackup();

  runtime::Platform& platform_;
  const SetHealth set_health_;
  absl::Mutex look_mutex_;
  std::map<std::string, bool> said_ ABSL_GUARDED_BY(look_mutex_);
  absl::Mutex mutex_;
  bool stopping_ ABSL_GUARDED_BY(mutex_) = false;
  std::thread thread_;
};

}  // namespace huying::huyingd
