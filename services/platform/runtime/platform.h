// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "huying/platform/v1/config.pb.h"
#include "services/platform/auth/keys.h"
#include "services/platform/auth/password.h"
#include "services/platform/auth/throttle.h"
#include "services/platform/auth/tokens.h"
#include "services/platform/base/clock.h"
#include "services/platform/obs/access_log.h"
#include "services/platform/obs/metrics.h"
#include "services/platform/privacy/key_store.h"
#include "services/platform/push/bus.h"
#include "services/platform/rpc/caller.h"
#include "services/platform/rpc/channel.h"
#include "services/platform/rpc/router.h"
#include "services/platform/rules/rule_table.h"
#include "services/platform/runtime/disk.h"
#include "services/platform/runtime/homes.h"
#include "services/platform/runtime/realms.h"
#include "services/platform/sql/sql.h"

// What a process gives its modules. Made once at start, before the modules; destroyed after them.
//
//   ASSIGN_OR_RETURN(auto platform, runtime::Platform::Create({.config = config, .services = {"directory", "alert"}}));
//   auto alert = MakeAlertModule(*platform);
//   RETURN_IF_ERROR(alert->Start());
//   RETURN_IF_ERROR(platform->Open());       // control RPCs, complete routes, ledgers of every open realm
//   ...                                      // serve
//   platform->Stop(absl::Seconds(10));
namespace huying::runtime {

struct PlatformOptions {
  platform::v1::ServerConfig config;  // complete: config::FillDefaults
  // Services of this process, lower ones first.
  std::vector<std::string> services;
  // The rest is for tests; null = the real thing. Whatever is given outlives the platform.
  const base::Clock* live_clock = nullptr;
  const base::Clock* machine_clock = nullptr;
  sql::Engine* engine = nullptr;
  push::Bus* bus = nullptr;
  const auth::KeyRing* keys = nullptr;
};

// Made and stopped by one thread; the parts it hands out are thread-safe.
class Platform {
 public:
  // FAILED_PRECONDITION in words: no keys, not initialised, keys open to others, a damaged realm file.
  static absl::StatusOr<std::unique_ptr<Platform>> Create(PlatformOptions options);
  ~Platform();

  // For modules.
  const platform::v1::ServerConfig& config() const { return options_.config; }
  rpc::RouteTable& routes() { return *router_; }
  Homes& homes() { return *homes_; }
  const base::Clock& machine_clock() const { return *machine_clock_; }
  const auth::KeyRing& keys() const { return *keys_; }
  auth::Tokens& tokens() { return *tokens_; }
  auth::PasswordHasher& passwords() { return *passwords_; }
  auth::Throttle& throttle() { return *throttle_; }
  privacy::KeyStore& key_store() { return *key_store_; }
  const rules::RuleTable& rules() const { return rules_; }
  obs::Metrics& metrics() { return metrics_; }
  Realms& realms() { return *realms_; }
  const std::string& installation() const { return installation_; }

  // How `from` calls the lower service `to`: in this process, or where config.remote says it is. Otherwise
  // FAILED_PRECONDITION naming both, which stops the start.
  absl::StatusOr<rpc::Caller*> CallerFor(std::string_view from, std::string_view to);
  bool RunsHere(std::string_view service) const;
  // This process and each process that config.remote names, once each: for RealmService, which every one
  // of them serves.
  std::vector<rpc::Caller*> EveryProcess();
  // Services of other processes, each with the way to it.
  std::vector<std::pair<std::string, rpc::Caller*>> RemoteServices();

  // For the program and for tests.
  rpc::Router& router() { return *router_; }
  push::Bus* bus() { return bus_; }
  sql::Engine& engine() { return *engine_; }
  DiskWatch& disk() { return *disk_; }
  // When every module has started: JournalService and RealmService join the routes, which must then be
  // complete, and the ledgers of every open realm are opened.
  absl::Status Open();
  // Calls are refused, those in flight have until `limit`; then every ledger stops.
  void Stop(absl::Duration limit);
  // After Stop: lets the service objects go, before the modules that made them.
  void ForgetServices() { homes_.reset(); }

 private:
  struct Control;
  explicit Platform(PlatformOptions options);
  absl::Status LoadKeys();
  absl::Status LoadData();
  absl::Status MakeBus();
  absl::Status MakeRouter();
  absl::Status Connect();
  const std::string& data_dir() const { return options_.config.data_dir(); }

  // Destroyed from the bottom up.
  const PlatformOptions options_;
  const base::SystemClock system_clock_;
  const base::Clock* machine_clock_ = nullptr;
  const base::Clock* live_clock_ = nullptr;
  obs::Metrics metrics_;
  std::unique_ptr<obs::AccessLog> access_log_;
  std::unique_ptr<sql::Engine> own_engine_;
  sql::Engine* engine_ = nullptr;
  std::unique_ptr<auth::KeyRing> own_keys_;
  const auth::KeyRing* keys_ = nullptr;
  std::string installation_;
  rules::RuleTable rules_;
  std::unique_ptr<auth::Tokens> tokens_;
  std::unique_ptr<auth::PasswordHasher> passwords_;
  std::unique_ptr<auth::Throttle> throttle_;
  std::unique_ptr<privacy::KeyStore> key_store_;
  std::unique_ptr<DiskWatch> disk_;
  std::unique_ptr<push::Bus> own_bus_;
  push::Bus* bus_ = nullptr;
  std::unique_ptr<Realms> realms_;
  std::unique_ptr<rpc::Router> router_;
  std::unique_ptr<rpc::Caller> local_;
  struct Remote {
    std::string address;
    std::unique_ptr<rpc::Channel> channel;
    std::unique_ptr<rpc::Caller> caller;
  };
  std::vector<Remote> remotes_;  // one per address
  std::map<std::string, rpc::Caller*> remote_services_;
  std::unique_ptr<Control> control_;
  std::unique_ptr<Homes> homes_;
};

}  // namespace huying::runtime
