// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "huying/platform/v1/control.pb.h"
#include "services/platform/ledger/ledger.h"
#include "services/platform/ledger/reactor.h"
#include "services/platform/ledger/timekeeper.h"
#include "services/platform/obs/metrics.h"
#include "services/platform/push/bus.h"
#include "services/platform/push/channel_source.h"
#include "services/platform/push/envelope.h"
#include "services/platform/push/hub.h"
#include "services/platform/push/relay.h"
#include "services/platform/runtime/realm_home.h"
#include "services/platform/runtime/realms.h"
#include "services/platform/runtime/stoppable_hub.h"
#include "services/platform/sql/sql.h"

namespace huying::runtime {

// What every home of a process shares. All pointers outlive the homes.
struct HomeNeeds {
  sql::Engine* engine = nullptr;
  const base::Clock* machine_clock = nullptr;
  push::Bus* bus = nullptr;  // null: no Redis, followers read journals
  std::string push_key;      // MAC of push messages
  std::string installation;
  bool record_outages = true;
  absl::Duration outage_min = absl::Seconds(30);
  absl::Duration restart_grace = absl::Seconds(60);
};

// The ledger of one service in one realm and what follows it, started in order and stopped in reverse:
// ledger, hub, relay | service object | reactors, timekeeper.
//
// Open, then the factory wires the service, then Start. Afterwards thread-safe.
class RealmHomeImpl final : public RealmHome {
 public:
  static absl::StatusOr<std::unique_ptr<RealmHomeImpl>> Open(const HomeNeeds& needs,
                                                             const Realm& realm,
                                                             const std::string& service,
                                                             std::vector<ledger::KindSchema> kinds);
  ~RealmHomeImpl() override;

  const std::string& service() const override { return service_; }
  const std::string& realm() const override { return realm_.name(); }
  bool is_exercise() const override { return realm_.is_exercise(); }
  ledger::Ledger& ledger() override { return *ledger_; }
  const base::Clock& clock() const override { return realm_.clock(); }
  push::Hub& hub() override { return *hub_; }
  void OnDue(std::string_view handler, ledger::DueHandler use_case) override;
  void AddReactor(std::unique_ptr<ledger::Reactor> reactor) override;
  void SetEventProjection(
      std::function<std::string(const ledger::StoredEntry& entry)> project) override;

  // Keeps the service object and starts reactors and timekeeper.
  absl::Status Start(std::shared_ptr<void> service_object);
  // Twice does nothing. The objects stay, without threads, and answer UNAVAILABLE.
  void Stop();
  bool stopped() const;
  void* service_object() const { return service_object_.get(); }
  // For followers in other processes.
  push::ChannelSource& channels() { return *source_; }

  // What is still to be done before the realm's clock may move; brings the streams up to the head.
  platform::v1::ProbeResponse::Ledger Probe();
  // The realm's clock has moved. Ends a hold.
  void Poke();
  // Due rows wait until the next Poke.
  void Hold();
  // Whether commands can be written. Where the last ones could not, the storage is asked again: nobody else may,
  // when health keeps callers away. May write; not for threads of RPCs.
  bool StorageWorks();
  // What is wrong with reactors, one sentence each: stopped, or one step that keeps failing.
  std::vector<std::string> ReactorTroubles() const;
  // Sets this ledger's gauges.
  void Measure(obs::Metrics& metrics);

 private:
  RealmHomeImpl(const HomeNeeds& needs, const Realm& realm, std::string service)
      : needs_(needs), realm_(realm), service_(std::move(service)) {}
  std::string Project(const ledger::StoredEntry& entry) const;
  int64_t ReactorLag() const;

  const HomeNeeds& needs_;
  const Realm& realm_;
  const std::string service_;
  std::map<std::string, ledger::DueHandler> due_handlers_;
  std::vector<std::unique_ptr<ledger::Reactor>> reactors_;
  mutable absl::Mutex projection_mutex_;
  push::Projection projection_ ABSL_GUARDED_BY(projection_mutex_);
  mutable absl::Mutex stop_mutex_;
  bool stopped_ ABSL_GUARDED_BY(stop_mutex_) = false;

  // Destroyed from the bottom up.
  std::unique_ptr<push::Envelope> envelope_;
  std::unique_ptr<ledger::Ledger> ledger_;
  std::unique_ptr<push::ChannelSource> source_;
  std::unique_ptr<StoppableHub> hub_;
  std::unique_ptr<push::Relay> relay_;
  std::shared_ptr<void> service_object_;
  std::vector<std::unique_ptr<ledger::ReactorRunner>> runners_;
  std::unique_ptr<ledger::Timekeeper> timekeeper_;
};

}  // namespace huying::runtime
