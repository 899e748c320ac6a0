// SPDX-License-Identifier: Apache-2.0
#include "services/platform/runtime/disk.h"

#include <sys/statvfs.h>

#include <utility>

#include "absl/strings/str_cat.h"
#include "services/platform/base/status.h"

namespace huying::runtime {
namespace {
constexpr absl::Duration kLookEvery = absl::Seconds(1);
constexpr int64_t kMb = 1 << 20;

int64_t AskKernel(const std::string& folder) {
  struct statvfs info {};
  if (::statvfs(folder.c_str(), &info) != 0) return -1;
  return static_cast<int64_t>(info.f_bavail) * static_cast<int64_t>(info.f_frsize);
}
}  // namespace

DiskWatch::DiskWatch(std::string folder, DiskLimits limits, const base::Clock& machine_clock,
                     FreeBytes free_bytes)
    : folder_(std::move(folder)),
      limits_(limits),
      clock_(machine_clock),
      free_bytes_(free_bytes ? std::move(free_bytes) : AskKernel) {}

void DiskWatch::Look() {
  const absl::Time now = clock_.Now();
  if (now >= looked_ && now - looked_ < kLookEvery) return;
  looked_ = now;
  free_ = free_bytes_(folder_);
}

int64_t DiskWatch::free_mb() {
  absl::MutexLock lock(&mutex_);
  Look();
  return free_ < 0 ? -1 : free_ / kMb;
}

DiskLevel DiskWatch::level() {
  const int64_t free = free_mb();
  if (free < 0) return DiskLevel::kGood;  // unknown: nobody is stopped by a guess
  if (free < limits_.critical_mb) return DiskLevel::kCritical;
  return free < limits_.low_mb ? DiskLevel::kLow : DiskLevel::kGood;
}

absl::Status DiskWatch::Admit(ledger::Lane lane) {
  const DiskLevel now = level();
  const bool refused = (lane == ledger::Lane::kBulk && now != DiskLevel::kGood) ||
                       (lane == ledger::Lane::kAnswer && now == DiskLevel::kCritical);
  if (!refused) return absl::OkStatus();
  const int64_t free = free_mb();
  return base::ProblemStatus(
             absl::StatusCode::kResourceExhausted, base::Reason::DISK_LOW,
             absl::StrCat("磁盘空间不足（剩余 ", free, " MB），暂不受理此类请求"),
             absl::StrCat("the disk is low (", free, " MB free): this is not taken now"))
      .Rule("platform.disk-low")
      .Next("清理磁盘或扩容；预警和命令不受影响", "free or add space; alerts and orders go on");
}

}  // namespace huying::runtime
