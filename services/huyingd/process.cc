// SPDX-License-Identifier: Apache-2.0
#include "services/huyingd/process.h"

#include <spdlog/spdlog.h>
#include <unistd.h>

#include <filesystem>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "services/platform/base/status.h"

namespace huying::huyingd {
namespace {
using base::Problem;
using platform::v1::ServerConfig;

// "module alert: …", with reason and next step kept.
absl::Status Named(const std::string& part, const absl::Status& status) {
  const Problem problem = base::ProblemOf(status);
  return base::ProblemStatus(status.code(), problem.reason(),
                             absl::StrCat(part, "：", problem.message()),
                             absl::StrCat(part, ": ", problem.message_en()))
      .Field(problem.field())
      .Rule(problem.rule_id())
      .Next(problem.next_step(), problem.next_step_en());
}
}  // namespace

absl::StatusOr<std::unique_ptr<Process>> Process::Start(const ServerConfig& config) {
  std::unique_ptr<Process> process(new Process());
  RETURN_IF_ERROR(process->StartParts(config));
  return process;
}

absl::Status Process::StartParts(const ServerConfig& config) {
  std::vector<std::string> elsewhere;
  for (const auto& remote : config.remote()) elsewhere.push_back(remote.service());
  ASSIGN_OR_RETURN(services_, StartOrder(BuiltServices(),
                                         std::vector<std::string>(config.services().begin(),
                                                                  config.services().end()),
                                         elsewhere));
  ASSIGN_OR_RETURN(lock_, ledger::DataDirectory::Lock(config.data_dir()));
  runtime::PlatformOptions options;
  options.config = config;
  options.services = services_;
  ASSIGN_OR_RETURN(platform_, runtime::Platform::Create(std::move(options)));
  RETURN_IF_ERROR(StartModules());
  if (const absl::Status opened = platform_->Open(); !opened.ok()) return Named("ledgers", opened);
  return Serve();
}

absl::Status Process::StartModules() {
  for (const std::string& service : services_) {
    ASSIGN_OR_RETURN(auto module, MakeModule(service, *platform_));
    if (const absl::Status started = module->Start(); !started.ok()) {
      return Named("module " + service, started);
    }
    modules_.push_back(std::move(module));
    spdlog::info("module {} started", service);
  }
  return absl::OkStatus();
}

absl::Status Process::Serve() {
  const ServerConfig& config = platform_->config();
  rpc::ServerOptions options;
  options.addresses = {config.listen()};
  options.certificate_file = config.tls().certificate();
  options.key_file = config.tls().private_key();
  options.client_ca_file = config.tls().client_ca();
  absl::StatusOr<std::unique_ptr<rpc::Server>> server =
      rpc::Server::Start(platform_->router(), std::move(options));
  if (!server.ok()) return Named("listen " + config.listen(), server.status());
  server_ = *std::move(server);
  if (!config.metrics().empty()) {
    auto exposer = obs::Exposer::Start(platform_->metrics(), config.metrics());
    if (!exposer.ok()) return Named("metrics " + config.metrics(), exposer.status());
    exposer_ = *std::move(exposer);
  }
  housekeeper_ = std::make_unique<Housekeeper>(
      *platform_, [server = server_.get()](std::string_view part, bool good) {
        server->SetServing(part, good);
      });
  return absl::OkStatus();
}

std::string Process::ReadyLine() const {
  const ServerConfig& config = platform_->config();
  std::string listen = config.listen();
  if (server_->port() > 0) {
    listen = absl::StrCat(listen.substr(0, listen.rfind(':')), ":", server_->port());
  }
  std::string line =
      absl::StrCat("huyingd ready listen=", listen, " services=", absl::StrJoin(services_, ","),
                   " data=", config.data_dir(), " pid=", ::getpid());
  if (exposer_) {
    const std::string address = config.metrics();
    absl::StrAppend(&line, " metrics=", address.substr(0, address.rfind(':')), ":",
                    exposer_->port());
  }
  if (config.redis().empty()) absl::StrAppend(&line, " redis=none");
  return line;
}

void Process::Stop() {
  if (std::exchange(stopped_, true) || platform_ == nullptr) return;
  const absl::Duration limit = absl::Milliseconds(platform_->config().limits().stop_within_ms());
  housekeeper_.reset();
  if (server_) server_->Stop(limit);
  platform_->Stop(limit);
  for (auto module = modules_.rbegin(); module != modules_.rend(); ++module) (*module)->Stop();
  server_.reset();
  exposer_.reset();
  // Service objects live in the platform's homes and may refer to their module's members.
  platform_->ForgetServices();
  modules_.clear();
  platform_.reset();
  lock_.reset();
}

}  // namespace huying::huyingd
