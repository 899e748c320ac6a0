// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "services/platform/base/clock.h"
#include "services/platform/ledger/command.h"

// Free space under the data folder. When it runs low, imports are refused; when it is nearly gone,
// everything but orders and alerts, which last as long as the disk does.
//
//   DiskWatch disk(data_dir, {.low_mb = 1024, .critical_mb = 256}, machine_clock);
//   RETURN_IF_ERROR(disk.Admit(ledger::Lane::kBulk));    // RESOURCE_EXHAUSTED / DISK_LOW
namespace huying::runtime {

enum class DiskLevel { kGood, kLow, kCritical };

struct DiskLimits {
  int64_t low_mb = 1024;
  int64_t critical_mb = 256;
};

// Thread-safe; looks at the disk at most once a second.
class DiskWatch {
 public:
  using FreeBytes = std::function<int64_t(const std::string& folder)>;  // -1 = unknown
  DiskWatch(std::string folder, DiskLimits limits, const base::Clock& machine_clock,
            FreeBytes free_bytes = nullptr);

  DiskLevel level();
  int64_t free_mb();
  // Below `low_mb` the bulk lane is refused, below `critical_mb` the answers' lane too.
  absl::Status Admit(ledger::Lane lane);

 private:
  void Look() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  const std::string folder_;
  const DiskLimits limits_;
  const base::Clock& clock_;
  const FreeBytes free_bytes_;
  absl::Mutex mutex_;
  absl::Time looked_ ABSL_GUARDED_BY(mutex_) = absl::InfinitePast();
  int64_t free_ ABSL_GUARDED_BY(mutex_) = -1;
};

}  // namespace huying::runtime
