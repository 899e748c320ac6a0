// SPDX-License-Identifier: Apache-2.0
#include "services/plan/api_fake.h"

#include "services/plan/rules/dry_run.h"
#include "services/plan/rules/plan_yaml.h"
#include "services/platform/base/status.h"

namespace huying::plan {
namespace {

absl::Status Down() {
  return base::Unavailable(base::Reason::LOWER_SERVICE_UNAVAILABLE, "预案服务没有应答",
                           "plan does not answer");
}

}  // namespace

absl::StatusOr<std::string> FakePlans::Import(const std::string& yaml) {
  rules::PlanText read = rules::ReadPlan(yaml);
  RETURN_IF_ERROR(rules::FirstError(read.findings));
  absl::MutexLock lock(&mutex_);
  std::vector<v1::Plan>& versions = plans_[read.plan.name()];
  read.plan.set_revision(static_cast<int>(versions.size()) + 1);
  read.plan.set_source_yaml(yaml);
  read.plan.set_state(v1::IN_FORCE);
  if (!versions.empty()) versions.back().set_state(v1::SUPERSEDED);
  versions.push_back(read.plan);
  ++seq_;
  return read.plan.name();
}

void FakePlans::SetDown(bool down) {
  absl::MutexLock lock(&mutex_);
  down_ = down;
}

int FakePlans::dry_runs() const {
  absl::MutexLock lock(&mutex_);
  return dry_runs_;
}

absl::StatusOr<v1::Plan> FakePlans::Find(const std::string& name, int revision) {
  if (down_) return Down();
  const auto it = plans_.find(name);
  if (it == plans_.end() || revision > static_cast<int>(it->second.size()) || revision < 0) {
    return base::NotFound(name);
  }
  return revision == 0 ? it->second.back() : it->second[revision - 1];
}

absl::StatusOr<v1::GetPlanResponse> FakePlans::GetPlan(const context::CallContext&,
                                                       const v1::GetPlanRequest& request) {
  absl::MutexLock lock(&mutex_);
  ASSIGN_OR_RETURN(v1::Plan plan, Find(request.name(), request.revision()));
  v1::GetPlanResponse response;
  *response.mutable_plan() = std::move(plan);
  response.set_as_of_seq(seq_);
  return response;
}

absl::StatusOr<v1::DryRunResponse> FakePlans::DryRun(const context::CallContext&,
                                                     const v1::DryRunRequest& request) {
  absl::MutexLock lock(&mutex_);
  ++dry_runs_;
  RETURN_IF_ERROR(rules::CheckFacts(request.facts()));
  ASSIGN_OR_RETURN(v1::Plan plan, Find(request.name(), request.revision()));
  ASSIGN_OR_RETURN(v1::DryRunResponse response,
                   rules::DryRunPlan(plan, request.level(), rules::FactsOf(request.facts())));
  response.set_as_of_seq(seq_);
  return response;
}

absl::StatusOr<common::v1::Receipt> FakePlans::CopyPlan(const context::CallContext&,
                                                        const v1::CopyPlanRequest& request) {
  absl::MutexLock lock(&mutex_);
  if (down_) return Down();
  copied_.push_back(request.plan().name());
  common::v1::Receipt receipt;
  receipt.set_name(request.plan().name());
  receipt.set_state("IN_FORCE");
  return receipt;
}

std::vector<std::string> FakePlans::copied() const {
  absl::MutexLock lock(&mutex_);
  return copied_;
}

absl::StatusOr<v1::ExportPlansResponse> FakePlans::ExportPlans(const context::CallContext&,
                                                               const v1::ExportPlansRequest&) {
  absl::MutexLock lock(&mutex_);
  if (down_) return Down();
  v1::ExportPlansResponse response;
  for (const auto& [name, versions] : plans_) *response.add_plans() = versions.back();
  return response;
}

}  // namespace huying::plan
