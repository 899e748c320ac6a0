// SPDX-License-Identifier: Apache-2.0
#include "services/alert/module.h"

#include <string>
#include <utility>

#include "services/alert/alert_rpc.h"
#include "services/alert/alert_service.h"
#include "services/alert/projection.h"
#include "services/alert/rules/ladder.h"
#include "services/alert/store.h"
#include "services/directory/api.h"
#include "services/platform/duty/obligation.h"
#include "services/platform/guard/makeups.h"
#include "services/platform/runtime/per_realm.h"

namespace huying::alert {
namespace {
constexpr char kExerciseMark[] = "【演练】";

// One realm's service, wired to its due rows and its event feed.
std::unique_ptr<AlertService> Wire(runtime::RealmHome& home, directory::Api& directory,
                                   const huying::rules::RuleTable& rules) {
  auto service = std::make_unique<AlertService>(
      AlertService::Needs{.ledger = home.ledger(),
                          .clock = home.clock(),
                          .hub = home.hub(),
                          .directory = directory,
                          .rules = rules,
                          .mark = home.is_exercise() ? kExerciseMark : ""});
  const auto on_due = [&home, s = service.get()](
                          const char* handler,
                          AlertService::Command (AlertService::*use_case)(
                              const context::CallContext&, const ledger::Ledger::DueDeadline&)) {
    home.OnDue(handler, [s, use_case](const context::CallContext& context,
                                      const ledger::Ledger::DueDeadline& due) {
      return (s->*use_case)(context, due);
    });
  };
  on_due(rules::kAnswerLimitHandler, &AlertService::AnswerLimitPassed);
  on_due(rules::kLadderWaitHandler, &AlertService::LadderWaitPassed);
  on_due(rules::kExpiryHandler, &AlertService::ExpiryReached);
  on_due(rules::kResolveHandler, &AlertService::ResolveRecipientsDue);
  home.OnDue(duty::kDueHandler, service->ObligationFellDue());
  home.OnDue(guard::kMakeUpHandler, guard::MakeUpDue(&AlertService::MakeUpChannels));
  home.SetEventProjection(ProjectAlertEvent);
  return service;
}

class AlertModule final : public runtime::Module {
 public:
  explicit AlertModule(runtime::Platform& platform) : platform_(platform) {}
  std::string name() const override { return "alert"; }

  absl::Status Start() override {
    ASSIGN_OR_RETURN(rpc::Caller * directory, platform_.CallerFor("alert", "directory"));
    directory_ = std::make_unique<directory::Api>(*directory);
    alerts_ = std::make_unique<runtime::PerRealm<AlertService>>(
        platform_.homes(), "alert", AlertKinds(),
        [this](runtime::RealmHome& home) -> absl::StatusOr<std::unique_ptr<AlertService>> {
          return Wire(home, *directory_, platform_.rules());
        });
    RETURN_IF_ERROR(alerts_->status());
    RegisterAlert(platform_.routes(), alerts_->Finder(), alerts_->LedgerFinder());
    return absl::OkStatus();
  }
  void Stop() override {}

 private:
  runtime::Platform& platform_;
  std::unique_ptr<directory::Api> directory_;
  std::unique_ptr<runtime::PerRealm<AlertService>> alerts_;
};
}  // namespace

std::unique_ptr<runtime::Module> MakeAlertModule(runtime::Platform& platform) {
  return std::make_unique<AlertModule>(platform);
}

}  // namespace huying::alert
