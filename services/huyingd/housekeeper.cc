// SPDX-License-Identifier: Apache-2.0
#include "services/huyingd/housekeeper.h"

#include <spdlog/spdlog.h>

#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "services/platform/runtime/admin.h"
#include "services/platform/runtime/heads_daily.h"

namespace huying::huyingd {

Housekeeper::Housekeeper(runtime::Platform& platform, SetHealth set_health)
    : platform_(platform), set_health_(std::move(set_health)), thread_([this] { Run(); }) {}

Housekeeper::~Housekeeper() {
  {
    absl::MutexLock lock(&mutex_);
    stopping_ = true;
  }
  thread_.join();
}

void Housekeeper::Run() {
  while (true) {
    Look();
    absl::MutexLock lock(&mutex_);
    if (mutex_.AwaitWithTimeout(absl::Condition(&stopping_), kHousekeepingInterval)) return;
  }
}

void Housekeeper::Look() {
  absl::MutexLock lock(&look_mutex_);
  (void)platform_.homes().ForEach([this](runtime::RealmHomeImpl& home) {
    // Exercises come and go: their series would stay on the page for ever.
    if (!home.is_exercise()) home.Measure(platform_.metrics());
    return absl::OkStatus();
  });
  LookAtServices();
  LookAtReactors();
  LookAtDisk();
  LookAtRedis();
  LookAtBackup();
  const runtime::Layout layout(platform_.config().data_dir());
  const auto heads = runtime::WriteDailyHeads(platform_.homes(), platform_.keys().ledger_sign(),
                                              layout, platform_.machine_clock().Now());
  if (!heads.ok()) {
    spdlog::error("daily heads were not signed: {}", std::string(heads.status().message()));
  } else if (*heads) {
    spdlog::info("signed the heads of today");
  }
}

// Health is set each time; the log hears of changes.
void Housekeeper::Say(const std::string& part, bool good, const std::string& text) {
  set_health_(part, good);
  platform_.metrics()
      .GetGauge("huying_health", "1: good; 0: degraded, or not serving", {{"part", part}})
      .Set(good ? 1 : 0);
  const auto before = said_.find(part);
  const bool changed = before == said_.end() ? !good : before->second != good;
  said_[part] = good;
  if (changed && good) spdlog::info("{} is good again", part);
  if (changed && !good) spdlog::warn("{}: {}", part, text);
}

// Of all its realms: callers cannot ask for the health of one.
void Housekeeper::LookAtServices() {
  std::map<std::string, std::vector<std::string>> failing;
  for (const std::string& service : platform_.homes().services()) failing[service];
  (void)platform_.homes().ForEach([&failing](runtime::RealmHomeImpl& home) {
    if (!home.stopped() && !home.StorageWorks()) failing[home.service()].push_back(home.realm());
    return absl::OkStatus();
  });
  for (const std::string& name : platform_.router().methods().Services()) {
    // "huying.alert.v1.AlertService" is of "alert".
    const std::vector<std::string> parts = absl::StrSplit(name, '.');
    const auto found = parts.size() > 1 ? failing.find(parts[1]) : failing.end();
    if (found == failing.end()) continue;
    Say(name, found->second.empty(),
        absl::StrCat("its ledger cannot be written in realm ", absl::StrJoin(found->second, ", ")));
  }
}

void Housekeeper::LookAtReactors() {
  std::vector<std::string> troubles;
  (void)platform_.homes().ForEach([&troubles](runtime::RealmHomeImpl& home) {
    for (std::string& trouble : home.ReactorTroubles()) troubles.push_back(std::move(trouble));
    return absl::OkStatus();
  });
  Say("huying.reactors", troubles.empty(), absl::StrJoin(troubles, "; "));
}

void Housekeeper::LookAtDisk() {
  const int64_t free_mb = platform_.disk().free_mb();
  platform_.metrics()
      .GetGauge("huying_disk_free_mb", "Free space under the data folder")
      .Set(static_cast<double>(free_mb));
  Say("huying.disk", platform_.disk().level() == runtime::DiskLevel::kGood,
      absl::StrCat(free_mb, " MB free; imports are refused"));
}

void Housekeeper::LookAtRedis() {
  if (platform_.bus() == nullptr) {
    Say("huying.redis", false, "no Redis is configured; live events come by reading journals");
    return;
  }
  const bool up = platform_.bus()->up();
  platform_.metrics().GetGauge("huying_redis_up", "Redis answers").Set(up ? 1 : 0);
  Say("huying.redis", up, "Redis does not answer; live events come by reading journals");
}

void Housekeeper::LookAtBackup() {
  const auto last = runtime::admin::LastBackup(platform_.config().data_dir());
  const absl::Duration limit = absl::Hours(platform_.config().backup_age_max_hours());
  const absl::Duration age =
      last.ok() ? platform_.machine_clock().Now() - *last : absl::InfiniteDuration();
  if (last.ok()) {
    platform_.metrics()
        .GetGauge("huying_backup_age_seconds", "Since the last backup was completed")
        .Set(absl::ToDoubleSeconds(age));
  }
  Say("huying.backup", age <= limit,
      last.ok() ? "the last backup is too old: run `huying admin backup`"
                : "there is no backup yet: run `huying admin backup`");
}

}  // namespace huying::huyingd
