// SPDX-License-Identifier: Apache-2.0
#include "services/platform/runtime/realm_home_impl.h"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <filesystem>
#include <utility>

#include "absl/strings/str_cat.h"
#include "services/platform/base/status.h"
#include "services/platform/push/hub_options.h"

namespace huying::runtime {
namespace {
constexpr int kTroubleLoggedEvery = 10;
constexpr int kStuckAttempts = 8;  // with their back-off, some 13 s
constexpr absl::Duration kUndecidedMax = absl::Seconds(30);
// No follower's: written where the ledger must show that it can write.
constexpr char kHealthCursor[] = "health";

int64_t FileBytes(const std::string& path) {
  std::error_code missing;
  const auto size = std::filesystem::file_size(path, missing);
  return missing ? 0 : static_cast<int64_t>(size);
}

ledger::LedgerOptions OptionsOf(const HomeNeeds& needs, const Realm& realm,
                                const std::string& service) {
  ledger::LedgerOptions options;
  options.service = service;
  options.realm = realm.name();
  options.path = realm.LedgerPath(service);
  options.installation = needs.installation;
  options.clock = &realm.clock();
  options.machine_clock = needs.machine_clock;
  // A stepped clock stands still while nobody runs it: nothing falls due unseen.
  options.record_outages = needs.record_outages && !realm.stepped();
  options.outage_min = needs.outage_min;
  options.restart_grace = needs.restart_grace;
  return options;
}
}  // namespace

absl::StatusOr<std::unique_ptr<RealmHomeImpl>> RealmHomeImpl::Open(
    const HomeNeeds& needs, const Realm& realm, const std::string& service,
    std::vector<ledger::KindSchema> kinds) {
  std::unique_ptr<RealmHomeImpl> home(new RealmHomeImpl(needs, realm, service));
  ASSIGN_OR_RETURN(push::Envelope envelope,
                   push::Envelope::Make(realm.name(), service, needs.push_key));
  home->envelope_ = std::make_unique<push::Envelope>(std::move(envelope));
  ASSIGN_OR_RETURN(
      home->ledger_,
      ledger::Ledger::Open(*needs.engine, OptionsOf(needs, realm, service), std::move(kinds)));
  const auto project = [raw = home.get()](const ledger::StoredEntry& entry) {
    return raw->Project(entry);
  };
  home->source_ = std::make_unique<push::LocalChannelSource>(*home->ledger_, project);
  push::HubOptions hub;
  hub.source = home->source_.get();
  hub.bus = needs.bus;
  hub.envelope = home->envelope_.get();
  hub.machine_clock = needs.machine_clock;
  home->hub_ = std::make_unique<StoppableHub>(push::MakeHub(hub));
  if (needs.bus != nullptr) {
    push::RelayOptions relay;
    relay.machine_clock = needs.machine_clock;
    home->relay_ =
        std::make_unique<push::Relay>(*home->ledger_, *needs.bus, *home->envelope_, project, relay);
  }
  return home;
}

RealmHomeImpl::~RealmHomeImpl() { Stop(); }

void RealmHomeImpl::OnDue(std::string_view handler, ledger::DueHandler use_case) {
  due_handlers_[std::string(handler)] = std::move(use_case);
}

void RealmHomeImpl::AddReactor(std::unique_ptr<ledger::Reactor> reactor) {
  reactors_.push_back(std::move(reactor));
}

void RealmHomeImpl::SetEventProjection(
    std::function<std::string(const ledger::StoredEntry& entry)> project) {
  absl::MutexLock lock(&projection_mutex_);
  projection_ = std::move(project);
}

std::string RealmHomeImpl::Project(const ledger::StoredEntry& entry) const {
  push::Projection project;
  {
    absl::MutexLock lock(&projection_mutex_);
    project = projection_;
  }
  return project ? project(entry) : std::string();
}

absl::Status RealmHomeImpl::Start(std::shared_ptr<void> service_object) {
  service_object_ = std::move(service_object);
  for (auto& reactor : reactors_) {
    ledger::ReactorOptions options;
    options.on_trouble = [name = absl::StrCat(realm(), "/", service_)](
                             const std::string& request_id, int attempt,
                             const absl::Status& status) {
      if (attempt != 1 && attempt % kTroubleLoggedEvery != 0) return;
      spdlog::warn("{}: effect {} failed for the moment ({} times): {}", name, request_id, attempt,
                   std::string(status.message()));
    };
    runners_.push_back(std::make_unique<ledger::ReactorRunner>(
        *ledger_, clock(), *needs_.machine_clock, std::move(reactor), std::move(options)));
  }
  reactors_.clear();
  for (auto& runner : runners_) runner->Start();
  ledger::TimekeeperOptions options;
  options.machine_clock = needs_.machine_clock;
  timekeeper_ = std::make_unique<ledger::Timekeeper>(*ledger_, clock(), std::move(due_handlers_),
                                                     std::move(options));
  timekeeper_->Start();
  return absl::OkStatus();
}

void RealmHomeImpl::Stop() {
  absl::MutexLock lock(&stop_mutex_);
  if (std::exchange(stopped_, true)) return;
  if (timekeeper_) timekeeper_->Stop();
  for (auto& runner : runners_) runner->Stop();
  if (relay_) relay_->Stop();
  if (hub_) hub_->Stop();
  if (ledger_) ledger_->Stop();
}

bool RealmHomeImpl::stopped() const {
  absl::MutexLock lock(&stop_mutex_);
  return stopped_;
}

int64_t RealmHomeImpl::ReactorLag() const {
  int64_t lag = 0;
  for (const auto& runner : runners_) lag += runner->Lag();
  return lag;
}

platform::v1::ProbeResponse::Ledger RealmHomeImpl::Probe() {
  platform::v1::ProbeResponse::Ledger probe;
  probe.set_ledger(service_);
  hub_->ProveNow();
  // The head last: what happens while we look shows as a difference at the next probe.
  const bool timekeeper_idle = timekeeper_ == nullptr || timekeeper_->Idle(clock().Now());
  probe.set_reactor_lag(ReactorLag());
  probe.set_in_flight(ledger_->InFlight() + (timekeeper_idle ? 0 : 1));
  // While Redis is away its lag grows and nobody waits for it: streams were proved by the journal.
  if (relay_ != nullptr && relay_->bus_up()) probe.set_relay_lag(relay_->stats().lag);
  const int64_t head = ledger_->Head().seq;
  probe.set_head(head);
  const auto [streams, behind] = hub_->Progress(head);
  probe.set_streams(streams);
  probe.set_streams_behind(behind);
  if (const auto due = ledger_->NextDue(); due.ok() && *due < absl::InfiniteFuture()) {
    *probe.mutable_next_due() = base::ToProto(*due);
  }
  return probe;
}

bool RealmHomeImpl::StorageWorks() {
  // Commands that nobody decides: the writer hangs in a call that does not come back. A stepped clock stands
  // still, and says nothing.
  if (clock().Now() - ledger_->OldestUndecided() > kUndecidedMax) return false;
  if (!ledger_->Read().ok()) return false;
  return !ledger_->StorageFails() ||
         ledger_->SaveCursor(kHealthCursor, {ledger_->header().epoch(), 0, ""}).ok();
}

std::vector<std::string> RealmHomeImpl::ReactorTroubles() const {
  std::vector<std::string> troubles;
  for (const auto& runner : runners_) {
    const std::string name = absl::StrCat(realm(), "/", service_, " ", runner->cursor_name());
    if (const absl::Status status = runner->status(); !status.ok()) {
      troubles.push_back(absl::StrCat(name, " has stopped: ", status.message()));
    } else if (runner->FailedAttempts() >= kStuckAttempts) {
      troubles.push_back(absl::StrCat(name, " has failed ", runner->FailedAttempts(),
                                      " times in a row, ", runner->Lag(), " entries wait"));
    }
  }
  return troubles;
}

void RealmHomeImpl::Poke() {
  if (timekeeper_) timekeeper_->Poke();
}

void RealmHomeImpl::Hold() {
  if (timekeeper_) timekeeper_->Hold();
}

void RealmHomeImpl::Measure(obs::Metrics& metrics) {
  const obs::Labels labels = {{"ledger", service_}, {"realm", realm()}};
  const auto set = [&](std::string_view name, std::string_view help, int64_t value) {
    metrics.GetGauge(name, help, labels).Set(static_cast<double>(value));
  };
  set("huying_ledger_head", "Entries in the journal", ledger_->Head().seq);
  set("huying_ledger_bytes", "Size of the ledger's file", FileBytes(realm_.LedgerPath(service_)));
  set("huying_ledger_wal_bytes", "Size of its write-ahead log",
      FileBytes(realm_.LedgerPath(service_) + "-wal"));
  set("huying_ledger_in_flight", "Commands queued and not answered", ledger_->InFlight());
  set("huying_reactor_lag", "Entries reactors have not finished", ReactorLag());
  int failed = 0;
  for (const auto& runner : runners_) failed = std::max(failed, runner->FailedAttempts());
  set("huying_reactor_failed_attempts", "Failures in a row of the step a reactor is at", failed);
  const push::HubStats hub = hub_->stats();
  set("huying_push_gap_reads", "Journal reads because a message was lost", hub.gap_reads);
  set("huying_push_forged", "Messages whose MAC was not ours", hub.forged);
  set("huying_push_streams", "Open subscriptions", hub_->Progress(0).first);
  if (relay_ != nullptr) {
    set("huying_relay_lag", "Entries not yet on Redis", relay_->stats().lag);
  }
}

}  // namespace huying::runtime
