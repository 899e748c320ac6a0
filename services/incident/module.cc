// SPDX-License-Identifier: Apache-2.0
#include "services/incident/module.h"

#include <string>
#include <vector>

#include "services/alert/api.h"
#include "services/directory/api.h"
#include "services/incident/incident_rpc.h"
#include "services/incident/incident_service.h"
#include "services/incident/response_effects.h"
#include "services/incident/store.h"
#include "services/plan/api.h"
#include "services/platform/base/status.h"
#include "services/platform/runtime/per_realm.h"

namespace huying::incident {
namespace {

class IncidentModule final : public runtime::Module {
 public:
  explicit IncidentModule(runtime::Platform& platform) : platform_(platform) {}
  std::string name() const override { return "incident"; }

  absl::Status Start() override {
    ASSIGN_OR_RETURN(rpc::Caller * directory, platform_.CallerFor("incident", "directory"));
    ASSIGN_OR_RETURN(rpc::Caller * plan, platform_.CallerFor("incident", "plan"));
    ASSIGN_OR_RETURN(rpc::Caller * alert, platform_.CallerFor("incident", "alert"));
    directory_ = std::make_unique<directory::Api>(*directory);
    plans_ = std::make_unique<plan::Api>(*plan);
    alerts_ = std::make_unique<alert::Api>(*alert);
    incidents_ = std::make_unique<runtime::PerRealm<IncidentService>>(
        platform_.homes(), "incident", IncidentKinds(),
        [this](runtime::RealmHome& home) { return Wire(home); });
    RETURN_IF_ERROR(incidents_->status());
    RegisterIncident(platform_.routes(), incidents_->Finder(), incidents_->LedgerFinder());
    return absl::OkStatus();
  }
  void Stop() override {}

 private:
  absl::StatusOr<std::unique_ptr<IncidentService>> Wire(runtime::RealmHome& home) {
    auto service = std::make_unique<IncidentService>(
        home.ledger(), home.clock(), home.hub(), *directory_, *plans_,
        privacy::Sealer(platform_.key_store(), home.realm()), platform_.rules());
    const auto on_due = [&home, s = service.get()](
                            const char* handler,
                            IncidentService::Command (IncidentService::*use_case)(
                                const context::CallContext&, const IncidentService::Due&)) {
      home.OnDue(handler, [s, use_case](const context::CallContext& context,
                                        const IncidentService::Due& due) {
        return (s->*use_case)(context, due);
      });
    };
    on_due(duty::kDueHandler, &IncidentService::ObligationFellDue);
    on_due(kAreaPathHandler, &IncidentService::AreaPathDue);
    home.SetEventProjection(duty::ProjectInbox);
    home.AddReactor(std::make_unique<ResponseEffects>(*alerts_));
    return service;
  }

  runtime::Platform& platform_;
  std::unique_ptr<directory::Api> directory_;
  std::unique_ptr<plan::Api> plans_;
  std::unique_ptr<alert::Api> alerts_;
  std::unique_ptr<runtime::PerRealm<IncidentService>> incidents_;
};

}  // namespace

std::unique_ptr<runtime::Module> MakeIncidentModule(runtime::Platform& platform) {
  return std::make_unique<IncidentModule>(platform);
}

}  // namespace huying::incident
