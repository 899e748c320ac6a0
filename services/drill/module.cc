// SPDX-License-Identifier: Apache-2.0
#include "services/drill/module.h"

#include <string>
#include <utility>

#include "services/directory/api.h"
#include "services/drill/drill_rpc.h"
#include "services/drill/drill_service.h"
#include "services/drill/preparation.h"
#include "services/drill/realm_client.h"
#include "services/drill/store.h"
#include "services/plan/api.h"
#include "services/platform/runtime/per_realm.h"

namespace huying::drill {
namespace {

class DrillModule final : public runtime::Module {
 public:
  explicit DrillModule(runtime::Platform& platform) : platform_(platform) {}

  std::string name() const override { return "drill"; }

  absl::Status Start() override {
    ASSIGN_OR_RETURN(rpc::Caller * directory, platform_.CallerFor("drill", "directory"));
    ASSIGN_OR_RETURN(rpc::Caller * plan, platform_.CallerFor("drill", "plan"));
    directory_ = std::make_unique<directory::Api>(*directory);
    plans_ = std::make_unique<plan::Api>(*plan);
    realms_ = std::make_unique<RealmClient>(platform_.EveryProcess());
    preparation_ = std::make_unique<Preparation>(*realms_, *directory_, *plans_);
    drills_ = std::make_unique<runtime::PerRealm<DrillService>>(
        platform_.homes(), "drill", DrillKinds(),
        [this](runtime::RealmHome& home) -> absl::StatusOr<std::unique_ptr<DrillService>> {
          home.AddReactor(MakeExerciseReactor(
              {home.ledger(), platform_.machine_clock(), *realms_, *preparation_}));
          return std::make_unique<DrillService>(home.ledger(), platform_.machine_clock(), *realms_);
        },
        /*live_only=*/true);
    RETURN_IF_ERROR(drills_->status());
    RegisterDrill(platform_.routes(), drills_->Finder(), drills_->LedgerFinder());
    return absl::OkStatus();
  }

  void Stop() override {}

 private:
  runtime::Platform& platform_;
  std::unique_ptr<directory::Api> directory_;
  std::unique_ptr<plan::Api> plans_;
  std::unique_ptr<RealmClient> realms_;
  std::unique_ptr<Preparation> preparation_;
  std::unique_ptr<runtime::PerRealm<DrillService>> drills_;
};

}  // namespace

std::unique_ptr<runtime::Module> MakeDrillModule(runtime::Platform& platform) {
  return std::make_unique<DrillModule>(platform);
}

}  // namespace huying::drill
