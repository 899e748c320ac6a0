// SPDX-License-Identifier: Apache-2.0
#include "services/plan/module.h"

#include <string>

#include "services/plan/plan_rpc.h"
#include "services/plan/plan_service.h"
#include "services/plan/store.h"
#include "services/platform/base/status.h"
#include "services/platform/runtime/per_realm.h"

namespace huying::plan {
namespace {

class PlanModule final : public runtime::Module {
 public:
  explicit PlanModule(runtime::Platform& platform) : platform_(platform) {}
  std::string name() const override { return "plan"; }

  absl::Status Start() override {
    plans_ = std::make_unique<runtime::PerRealm<PlanService>>(
        platform_.homes(), "plan", PlanKinds(),
        [](runtime::RealmHome& home) -> absl::StatusOr<std::unique_ptr<PlanService>> {
          return std::make_unique<PlanService>(home.ledger());
        });
    RETURN_IF_ERROR(plans_->status());
    RegisterPlan(platform_.routes(), plans_->Finder(), plans_->LedgerFinder());
    return absl::OkStatus();
  }
  void Stop() override {}

 private:
  runtime::Platform& platform_;
  std::unique_ptr<runtime::PerRealm<PlanService>> plans_;
};

}  // namespace

std::unique_ptr<runtime::Module> MakePlanModule(runtime::Platform& platform) {
  return std::make_unique<PlanModule>(platform);
}

}  // namespace huying::plan
