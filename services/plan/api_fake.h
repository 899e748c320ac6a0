// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "services/plan/api.h"

// A plan service for the tests of other services: versions in memory, the same pure rules as the real
// one. Thread-safe.
//
//   plan::FakePlans plans;
//   plans.Import(yaml);                 // revision 1, 2, …
//   plans.SetDown(true);                // answers UNAVAILABLE
namespace huying::plan {

class FakePlans final : public Api {
 public:
  FakePlans() = default;
  // Reads, checks and puts in force; the plan's name.
  absl::StatusOr<std::string> Import(const std::string& yaml);
  void SetDown(bool down);
  int dry_runs() const;

  absl::StatusOr<v1::GetPlanResponse> GetPlan(const context::CallContext& context,
                                              const v1::GetPlanRequest& request) override;
  absl::StatusOr<v1::DryRunResponse> DryRun(const context::CallContext& context,
                                            const v1::DryRunRequest& request) override;
  absl::StatusOr<common::v1::Receipt> CopyPlan(const context::CallContext& context,
                                               const v1::CopyPlanRequest& request) override;
  // Names, in the order they were copied.
  std::vector<std::string> copied() const;
  absl::StatusOr<v1::ExportPlansResponse> ExportPlans(
      const context::CallContext& context, const v1::ExportPlansRequest& request) override;

 private:
  absl::StatusOr<v1::Plan> Find(const std::string& name, int revision)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  mutable absl::Mutex mutex_;
  std::map<std::string, std::vector<v1::Plan>> plans_ ABSL_GUARDED_BY(mutex_);
  int64_t seq_ ABSL_GUARDED_BY(mutex_) = 0;
  std::vector<std::string> copied_ ABSL_GUARDED_BY(mutex_);
  int dry_runs_ ABSL_GUARDED_BY(mutex_) = 0;
  bool down_ ABSL_GUARDED_BY(mutex_) = false;
};

}  // namespace huying::plan
