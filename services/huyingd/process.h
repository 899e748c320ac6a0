// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "huying/platform/v1/config.pb.h"
#include "services/huyingd/housekeeper.h"
#include "services/huyingd/modules.h"
#include "services/platform/ledger/data_dir.h"
#include "services/platform/obs/exposer.h"
#include "services/platform/rpc/server.h"
#include "services/platform/runtime/module.h"
#include "services/platform/runtime/platform.h"

// A server process: data folder locked, platform made, modules started in order, ledgers opened, calls answered.
//
//   ASSIGN_OR_RETURN(auto process, Process::Start(config));       // complete and valid
//   Print(process->ReadyLine());
//   WaitForSignal();
//   process->Stop();
namespace huying::huyingd {

// Used by one thread.
class Process {
 public:
  // Names the module or the part that did not start. What had started is stopped again.
  static absl::StatusOr<std::unique_ptr<Process>> Start(const platform::v1::ServerConfig& config);
  ~Process() { Stop(); }

  // "huyingd ready listen=127.0.0.1:7400 services=directory,alert …"
  std::string ReadyLine() const;
  int port() const { return server_->port(); }
  runtime::Platform& platform() { return *platform_; }
  rpc::Server& server() { return *server_; }
  // No new calls; those in flight have the configured time; ledgers stop, modules stop in reverse.
  void Stop();

 private:
  Process() = default;
  absl::Status StartParts(const platform::v1::ServerConfig& config);
  absl::Status StartModules();
  absl::Status Serve();

  std::vector<std::string> services_;
  // Destroyed from the bottom up.
  std::unique_ptr<ledger::DataDirectory> lock_;
  std::unique_ptr<runtime::Platform> platform_;
  std::vector<std::unique_ptr<runtime::Module>> modules_;  // those that started
  std::unique_ptr<rpc::Server> server_;
  std::unique_ptr<obs::Exposer> exposer_;
  std::unique_ptr<Housekeeper> housekeeper_;
  bool stopped_ = false;
};

}  // namespace huying::huyingd
