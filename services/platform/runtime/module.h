// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "absl/status/status.h"

// One service's wiring in this process: builds its classes, registers its RPCs, stops what it
// started. services/<svc>/module.h declares only
//
//   std::unique_ptr<runtime::Module> MakeAlertModule(runtime::Platform& platform);
//
// and services/huyingd/modules.cc, the one table of services, names it with what it depends on.
//
//   absl::Status AlertModule::Start() {
//     ASSIGN_OR_RETURN(rpc::Caller * directory, platform_.CallerFor("alert", "directory"));
//     directory_ = std::make_unique<directory::Api>(*directory);
//     alerts_ = std::make_unique<runtime::PerRealm<AlertService>>(
//         platform_, "alert", AlertKinds(), [this](runtime::RealmHome& home) { return
//         MakeAlert(home, *directory_); });
//     rpc::Routes<AlertService> routes(platform_.routes(), "huying.alert.v1.AlertService",
//     alerts_->Finder(),
//                                      alerts_->LedgerFinder());
//     ...
//   }
namespace huying::runtime {

// Used by one thread, the program's. The platform outlives it.
class Module {
 public:
  virtual ~Module() = default;
  virtual std::string name() const = 0;
  // Called after the modules it depends on have started. An error ends the process, with the name.
  // Ledgers are opened by the platform when every module has started.
  virtual absl::Status Start() = 0;
  // In reverse order, after the last call was answered and every ledger has stopped.
  virtual void Stop() = 0;
};

}  // namespace huying::runtime
