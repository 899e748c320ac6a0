// SPDX-License-Identifier: Apache-2.0
#include "services/platform/runtime/platform.h"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <filesystem>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "services/platform/base/status.h"
#include "services/platform/base/strings.h"
#include "services/platform/config/config.h"
#include "services/platform/push/redis/redis_bus.h"
#include "services/platform/rpc/remote_caller.h"
#include "services/platform/runtime/default_rules.h"
#include "services/platform/runtime/files.h"
#include "services/platform/runtime/journal_control.h"
#include "services/platform/runtime/layout.h"
#include "services/platform/runtime/realm_control.h"
#include "services/platform/sql/sqlite/sqlite.h"

namespace huying::runtime {
namespace {
using base::Reason;
using platform::v1::ServerConfig;

// Who speaks when a call between processes names no principal.
constexpr char kProcessPrincipal[] = "process";

push::redis::Address RedisAddress(const std::string& text) {
  push::redis::Address address;
  if (text.rfind("unix:", 0) == 0) {
    address.unix_socket = text.substr(5);
    return address;
  }
  const size_t colon = text.rfind(':');
  address.host = text.substr(0, colon);
  (void)absl::SimpleAtoi(text.substr(colon + 1), &address.port);
  return address;
}

absl::Status CheckRemotes(const ServerConfig& config, const std::vector<std::string>& here) {
  for (const auto& remote : config.remote()) {
    if (std::find(here.begin(), here.end(), remote.service()) == here.end()) continue;
    return base::Refused(
        Reason::CONDITION_NOT_MET,
        absl::StrCat("服务 ", remote.service(), " 已在本进程运行，不能又配置为远端"),
        absl::StrCat(remote.service(), " runs here and is named as remote too"));
  }
  return absl::OkStatus();
}

// The shipped table, or the district's own; of that, what it lacks is named: there fallbacks hold.
absl::StatusOr<rules::RuleTable> LoadRules(const std::string& file, absl::Time now) {
  ASSIGN_OR_RETURN(rules::RuleTable shipped, rules::RuleTable::FromText(kDefaultRules));
  if (file.empty()) return shipped;
  ASSIGN_OR_RETURN(rules::RuleTable own, rules::RuleTable::FromTextFile(file));
  std::vector<std::string> ids;
  for (const auto& row : shipped.rows()) {
    if (shipped.Find(row.id(), now) != nullptr) ids.push_back(row.id());
  }
  for (const std::string& id : own.Missing(ids, now)) {
    spdlog::warn("{} has no row {} in force: its fallback holds", file, id);
  }
  return own;
}
}  // namespace

// Services of the platform itself.
struct Platform::Control {
  explicit Control(Platform& platform)
      : journals(platform.homes(), platform.keys().ledger_sign(), platform.machine_clock(),
                 [&platform] { return platform.RemoteServices(); }),
        realms(platform.realms(), platform.homes()) {}
  JournalControl journals;
  RealmControl realms;
};

Platform::Platform(PlatformOptions options)
    : options_(std::move(options)),
      machine_clock_(options_.machine_clock ? options_.machine_clock : &system_clock_),
      live_clock_(options_.live_clock ? options_.live_clock : &system_clock_) {}

Platform::~Platform() { Stop(absl::ZeroDuration()); }

absl::StatusOr<std::unique_ptr<Platform>> Platform::Create(PlatformOptions options) {
  RETURN_IF_ERROR(CheckRemotes(options.config, options.services));
  std::unique_ptr<Platform> platform(new Platform(std::move(options)));
  RETURN_IF_ERROR(platform->LoadKeys());
  RETURN_IF_ERROR(platform->LoadData());
  RETURN_IF_ERROR(platform->MakeBus());
  RETURN_IF_ERROR(platform->MakeRouter());
  RETURN_IF_ERROR(platform->Connect());
  return platform;
}

absl::Status Platform::LoadKeys() {
  keys_ = options_.keys;
  if (keys_ == nullptr) {
    ASSIGN_OR_RETURN(auth::KeyRing keys, auth::KeyRing::Load(config().keys_dir()));
    own_keys_ = std::make_unique<auth::KeyRing>(std::move(keys));
    keys_ = own_keys_.get();
  }
  tokens_ = std::make_unique<auth::Tokens>(keys_->token_sign(), *machine_clock_);
  const bool cheap = config().password_cost() == ServerConfig::TEST;
  passwords_ = std::make_unique<auth::PasswordHasher>(cheap ? auth::PasswordCost::kTest
                                                            : auth::PasswordCost::kModerate);
  throttle_ = std::make_unique<auth::Throttle>(*machine_clock_);
  return absl::OkStatus();
}

absl::Status Platform::LoadData() {
  const Layout layout(data_dir());
  RETURN_IF_ERROR(MakeFolder(data_dir()));
  // A second process of an installation has the keys elsewhere, and a folder that starts empty.
  const bool own_folder = options_.keys == nullptr && config().keys_dir() == layout.keys_folder();
  ASSIGN_OR_RETURN(installation_, LoadInstallation(layout, !own_folder));
  ASSIGN_OR_RETURN(rules_, LoadRules(config().rules_file(), live_clock_->Now()));
  engine_ = options_.engine;
  if (engine_ == nullptr) {
    own_engine_ = sql::MakeSqliteEngine();
    engine_ = own_engine_.get();
  }
  RETURN_IF_ERROR(MakeFolder(layout.keystore_folder()));
  ASSIGN_OR_RETURN(key_store_,
                   privacy::KeyStore::Open(*engine_, layout.keystore_file(), *machine_clock_));
  disk_ = std::make_unique<DiskWatch>(
      data_dir(), DiskLimits{config().limits().disk_low_mb(), config().limits().disk_critical_mb()},
      *machine_clock_);
  ASSIGN_OR_RETURN(realms_,
                   Realms::Load(data_dir(), *live_clock_, config().limits().realms_open_max()));
  return absl::OkStatus();
}

absl::Status Platform::MakeBus() {
  bus_ = options_.bus;
  if (bus_ == nullptr && !config().redis().empty()) {
    push::redis::RedisBusOptions redis;
    redis.link.address = RedisAddress(config().redis());
    redis.link.machine_clock = machine_clock_;
    own_bus_ = push::redis::MakeRedisBus(std::move(redis));
    bus_ = own_bus_.get();
  }
  HomeNeeds needs;
  needs.engine = engine_;
  needs.machine_clock = machine_clock_;
  needs.bus = bus_;
  needs.push_key = std::string(keys_->push_mac());
  needs.installation = installation_;
  needs.record_outages = !config().outage().disabled();
  needs.outage_min = absl::Seconds(config().outage().min_seconds());
  needs.restart_grace = absl::Seconds(config().outage().restart_grace_seconds());
  homes_ = std::make_unique<Homes>(*realms_, std::move(needs));
  return absl::OkStatus();
}

absl::Status Platform::MakeRouter() {
  if (config().log().access_file() != config::kNoAccessLog) {
    // A folder that is there is somebody's, its mode is left alone.
    const auto folder = std::filesystem::path(config().log().access_file()).parent_path();
    if (!folder.empty() && !std::filesystem::exists(folder)) {
      RETURN_IF_ERROR(MakeFolder(folder.string()));
    }
    ASSIGN_OR_RETURN(access_log_, obs::AccessLog::Open(config().log().access_file()));
  }
  rpc::RouterOptions router;
  router.authenticator = tokens_.get();
  router.enter_realm =
      [this](std::string_view name) -> absl::StatusOr<std::shared_ptr<const base::Clock>> {
    ASSIGN_OR_RETURN(const Visit visit, realms_->Enter(name));
    return std::shared_ptr<const base::Clock>(visit, &visit->clock());
  };
  router.machine_clock = machine_clock_;
  router.payload_key = std::string(keys_->payload_hash());
  router.metrics = &metrics_;
  router.access_log = access_log_.get();
  router.admit = [this](ledger::Lane lane) { return disk_->Admit(lane); };
  router.limits.streams_max = config().limits().streams_max();
  router.limits.bulk_request_bytes_max = static_cast<size_t>(config().limits().message_bytes_max());
  router.queue_max = config().limits().calls_waiting_max();
  router_ = std::make_unique<rpc::Router>(std::move(router));
  local_ = std::make_unique<rpc::LocalCaller>(*router_);
  return absl::OkStatus();
}

absl::Status Platform::Connect() {
  remotes_.reserve(static_cast<size_t>(config().remote_size()));
  for (const auto& entry : config().remote()) {
    auto known = std::find_if(remotes_.begin(), remotes_.end(), [&](const Remote& remote) {
      return remote.address == entry.address();
    });
    if (known == remotes_.end()) {
      rpc::ChannelOptions channel;
      channel.target = entry.address();
      channel.tls = !entry.ca().empty();
      channel.root_certificate_file = entry.ca();
      if (channel.tls) {
        channel.certificate_file = config().tls().certificate();
        channel.key_file = config().tls().private_key();
      }
      channel.machine_clock = machine_clock_;
      Remote remote{entry.address(), nullptr, nullptr};
      ASSIGN_OR_RETURN(remote.channel, rpc::Channel::Open(std::move(channel)));
      remote.caller = std::make_unique<rpc::RemoteCaller>(
          *remote.channel,
          [this](const context::CallContext& context) {
            return tokens_->MintForCall(kProcessPrincipal, context);
          },
          *machine_clock_);
      remotes_.push_back(std::move(remote));
      known = std::prev(remotes_.end());
    }
    remote_services_[entry.service()] = known->caller.get();
  }
  return absl::OkStatus();
}

bool Platform::RunsHere(std::string_view service) const {
  return std::find(options_.services.begin(), options_.services.end(), service) !=
         options_.services.end();
}

absl::StatusOr<rpc::Caller*> Platform::CallerFor(std::string_view from, std::string_view to) {
  if (RunsHere(to)) return local_.get();
  if (const auto it = remote_services_.find(std::string(to)); it != remote_services_.end()) {
    return it->second;
  }
  return base::Refused(Reason::CONDITION_NOT_MET,
                       absl::StrCat("服务 ", base::Abs(from), " 需要服务 ", base::Abs(to),
                                    "，它既不在本进程，也没有配置远端地址"),
                       absl::StrCat("service ", base::Abs(from), " needs ", base::Abs(to),
                                    ", which neither runs here nor has an address"))
      .Next(absl::StrCat("在 --services 中加入 ", base::Abs(to), "，或在 remote 中写明地址"),
            absl::StrCat("add ", base::Abs(to), " to --services, or name its address in `remote`"));
}

std::vector<rpc::Caller*> Platform::EveryProcess() {
  std::vector<rpc::Caller*> callers = {local_.get()};
  for (const Remote& remote : remotes_) callers.push_back(remote.caller.get());
  return callers;
}

std::vector<std::pair<std::string, rpc::Caller*>> Platform::RemoteServices() {
  return {remote_services_.begin(), remote_services_.end()};
}

absl::Status Platform::Open() {
  control_ = std::make_unique<Control>(*this);
  control_->journals.Register(*router_);
  control_->realms.Register(*router_);
  RETURN_IF_ERROR(router_->Check());
  for (const std::string& realm : realms_->OpenNames()) {
    RETURN_IF_ERROR(homes_->OpenRealm(realm));
  }
  return absl::OkStatus();
}

void Platform::Stop(absl::Duration limit) {
  if (router_) router_->Drain();
  if (homes_) homes_->StopAll();
  if (router_) router_->Stop(limit);
}

}  // namespace huying::runtime
