// SPDX-License-Identifier: Apache-2.0
#include "services/alert/streams.h"

#include <algorithm>
#include <iterator>
#include <map>
#include <set>
#include <utility>

#include "services/alert/projection.h"
#include "services/alert/rules/areas.h"
#include "services/alert/rules/recipients.h"
#include "services/alert/rules/rollup.h"
#include "services/alert/store.h"
#include "services/alert/stream.h"
#include "services/platform/base/status.h"

namespace huying::alert {
namespace {
absl::Status Stopping() {
  return base::Unavailable(base::Reason::SHUTTING_DOWN, "服务正在停止",
                           "the service is shutting down")
      .Next("稍后以最后的游标继续订阅", "subscribe again with your last cursor");
}

// The cursor of `seq`; epoch 0 when the journal does not say.
absl::StatusOr<v1::Cursor> CursorAt(ledger::Reader& reader, int64_t epoch, int64_t seq) {
  v1::Cursor cursor;
  cursor.set_seq(seq);
  if (seq > 0) {
    ASSIGN_OR_RETURN(const auto entries, reader.Entries(seq - 1, 1));
    if (entries.empty() || entries.front().entry.seq() != seq) return v1::Cursor();
    cursor.set_hash_start(entries.front().hash.substr(0, kHashStartBytes));
  }
  cursor.set_epoch(epoch);
  return cursor;
}

absl::StatusOr<std::vector<v1::Recipient>> OwnRecipients(ledger::Reader& reader,
                                                         const std::string& area,
                                                         const v1::Alert& alert) {
  std::vector<v1::Recipient> own;
  ASSIGN_OR_RETURN(const auto list, reader.Find(kRecipientLists, alert.name()));
  if (!list) return own;
  for (const auto& frozen : list->value.recipients()) {
    if (frozen.area() != area) continue;
    ASSIGN_OR_RETURN(auto act,
                     reader.Find(kRecipients, rules::RecipientName(alert.name(), frozen.post())));
    own.push_back(act ? std::move(act->value) : rules::Fresh(alert, frozen));
  }
  return own;
}

template <typename Streams>
Streams TakeOver(Streams& streams) {
  Streams gone;
  const auto first = std::stable_partition(streams.begin(), streams.end(),
                                           [](const auto& stream) { return !stream->over(); });
  gone.assign(first, streams.end());
  streams.erase(first, streams.end());
  return gone;
}
}  // namespace

bool Bell::Await(absl::Duration wait) {
  absl::MutexLock lock(&mutex_);
  const auto ready = [this]() ABSL_NO_THREAD_SAFETY_ANALYSIS { return rung_ || stopped_; };
  mutex_.AwaitWithTimeout(absl::Condition(&ready), wait);
  rung_ = false;
  return !stopped_;
}

void Bell::Pause(absl::Duration wait) {
  absl::MutexLock lock(&mutex_);
  mutex_.AwaitWithTimeout(absl::Condition(&stopped_), wait);
}

AlertStreams::AlertStreams(ledger::Ledger& ledger, const base::Clock& clock, push::Hub& hub,
                           StreamOptions options)
    : ledger_(ledger),
      clock_(clock),
      hub_(hub),
      options_(options),
      parsed_(std::make_shared<ParsedEvents>(ledger.header().epoch())) {
  thread_ = std::thread([this] { Loop(); });
}

AlertStreams::~AlertStreams() {
  bell_->Stop();
  thread_.join();
  // Outside the lock: ending a subscription waits for its callback.
  std::vector<std::shared_ptr<AlertStream>> streams;
  std::vector<std::shared_ptr<RollUpStream>> roll_ups;
  {
    absl::MutexLock lock(&mutex_);
    streams.swap(streams_);
    for (Arriving& each : arriving_) streams.push_back(std::move(each.stream));
    arriving_.clear();
    roll_ups.swap(roll_ups_);
  }
  for (const auto& stream : streams) {
    stream->Close(Stopping());
    stream->Attach(nullptr);
  }
  for (const auto& stream : roll_ups) {
    stream->Close(Stopping());
    stream->Attach(nullptr);
  }
}

int AlertStreams::open() const {
  absl::MutexLock lock(&mutex_);
  return static_cast<int>(arriving_.size() + streams_.size() + roll_ups_.size());
}

absl::StatusOr<std::optional<std::string>> WhyResync(ledger::Reader& reader, int64_t epoch,
                                                     int64_t head, const v1::Cursor& cursor) {
  if (cursor.epoch() != epoch) return std::optional<std::string>("epoch");
  if (cursor.seq() < 0 || cursor.seq() > head) return std::optional<std::string>("seq");
  ASSIGN_OR_RETURN(const v1::Cursor known, CursorAt(reader, epoch, cursor.seq()));
  if (known.hash_start() != cursor.hash_start()) return std::optional<std::string>("hash");
  return std::optional<std::string>();
}

absl::StatusOr<std::shared_ptr<const AlertStreams::Alerts>> AlertStreams::InForce(
    ledger::Reader& reader, int64_t seq) {
  {
    absl::MutexLock lock(&mutex_);
    if (in_force_seq_ == seq) return in_force_;
  }
  ASSIGN_OR_RETURN(std::vector<v1::Alert> read, AlertsInForce(reader));
  auto alerts = std::make_shared<Alerts>();
  alerts->reserve(read.size());
  for (v1::Alert& alert : read) {
    alerts->push_back(std::make_shared<const v1::Alert>(std::move(alert)));
  }
  absl::MutexLock lock(&mutex_);
  in_force_ = alerts;
  in_force_seq_ = seq;
  return std::shared_ptr<const Alerts>(std::move(alerts));
}

absl::StatusOr<Snapshot> AlertStreams::TakeSnapshot(const Listener& listener,
                                                    ledger::Reader& reader, int64_t seq) {
  ASSIGN_OR_RETURN(const auto alerts, InForce(reader, seq));
  Snapshot snapshot;
  for (const auto& alert : *alerts) {
    const auto hears = listener.governs ? rules::Hears : rules::HearsFromAbove;
    if (!hears(listener.area, listener.ancestors, *alert)) continue;
    Snapshot::Part part{.alert = alert};
    if (listener.governs) {
      ASSIGN_OR_RETURN(part.recipients, OwnRecipients(reader, listener.area, *alert));
    }
    snapshot.parts.push_back(std::move(part));
  }
  ASSIGN_OR_RETURN(snapshot.cursor, CursorAt(reader, ledger_.header().epoch(), seq));
  return snapshot;
}

absl::Status AlertStreams::Join(Arriving arriving) {
  const auto& stream = arriving.stream;
  ASSIGN_OR_RETURN(auto subscription,
                   hub_.Subscribe(std::move(arriving.channels), arriving.from,
                                  [stream](const push::Event& event) { stream->OnEvent(event); }));
  stream->Attach(std::move(subscription));
  absl::MutexLock lock(&mutex_);
  streams_.push_back(stream);
  return absl::OkStatus();
}

absl::Status AlertStreams::Subscribe(const Listener& listener, rpc::Sink<v1::SubscribeEvent> sink) {
  const int64_t epoch = ledger_.header().epoch();
  auto stream = std::make_shared<AlertStream>(listener.area, parsed_, sink, bell_);
  ASSIGN_OR_RETURN(auto reader, ledger_.Read());
  ASSIGN_OR_RETURN(const int64_t head, reader->HeadSeq());
  Arriving arriving{.stream = stream,
                    .channels = rules::HeardChannels(listener.area, listener.ancestors),
                    .from = head};
  if (!listener.governs) {
    auto& channels = arriving.channels;
    channels.erase(std::remove(channels.begin(), channels.end(), rules::Up(listener.area)),
                   channels.end());
  }
  std::optional<std::string> resync;
  if (listener.resume_from) {
    ASSIGN_OR_RETURN(resync, WhyResync(*reader, epoch, head, *listener.resume_from));
  }
  if (listener.resume_from && !resync) {
    reader.reset();
    arriving.from = listener.resume_from->seq();
    stream->Begin(*listener.resume_from);
    return Join(std::move(arriving));
  }
  if (resync) {
    v1::SubscribeEvent event;
    event.mutable_resync()->set_reason(*resync);
    stream->Send(std::move(event));
  }
  ASSIGN_OR_RETURN(Snapshot snapshot, TakeSnapshot(listener, *reader, head));
  reader.reset();  // an old snapshot keeps the log from shrinking
  stream->Hold(std::move(snapshot));
  if (stream->SendMore()) return Join(std::move(arriving));
  {
    absl::MutexLock lock(&mutex_);
    arriving_.push_back(std::move(arriving));
  }
  bell_->Ring();
  return absl::OkStatus();
}

bool AlertStreams::SendSnapshots() {
  std::vector<Arriving> arriving;
  {
    absl::MutexLock lock(&mutex_);
    arriving.swap(arriving_);
  }
  std::vector<Arriving> waiting;
  for (Arriving& each : arriving) {
    if (each.stream->SendMore()) {
      const auto stream = each.stream;
      if (const absl::Status joined = Join(std::move(each)); !joined.ok()) stream->Close(joined);
    } else if (!each.stream->over()) {
      waiting.push_back(std::move(each));
    }
  }
  absl::MutexLock lock(&mutex_);
  arriving_.insert(arriving_.end(), std::make_move_iterator(waiting.begin()),
                   std::make_move_iterator(waiting.end()));
  return !arriving_.empty();
}

absl::StatusOr<v1::RollUp> ComputeRollUp(ledger::Reader& reader, const std::string& name,
                                         absl::Time now) {
  ASSIGN_OR_RETURN(const auto alert, reader.Get(kAlerts, name));
  ASSIGN_OR_RETURN(const auto list, reader.Find(kRecipientLists, name));
  ASSIGN_OR_RETURN(const auto acts, ActsOf(reader, name));
  ASSIGN_OR_RETURN(const int64_t head, reader.HeadSeq());
  return rules::MakeRollUp(alert.value, list ? list->value : v1::RecipientList(), acts, now, head);
}

absl::Status AlertStreams::WatchRollUp(const std::string& name, const rules::Viewer& viewer,
                                       rpc::Sink<v1::RollUp> sink) {
  ASSIGN_OR_RETURN(auto reader, ledger_.Read());
  ASSIGN_OR_RETURN(const auto alert, reader->Get(kAlerts, name));
  ASSIGN_OR_RETURN(const int64_t head, reader->HeadSeq());
  reader.reset();
  // Whatever happens beneath an area is told to the area at the top; the top itself hears by `down:`.
  std::set<std::string> channels;
  for (const std::string& area : alert.value.told_areas()) {
    const std::vector<std::string> above = rules::AncestorsOf(area, alert.value.parents());
    channels.insert(rules::Up(above.empty() ? area : above.back()));
    if (above.empty()) channels.insert(rules::Down(area));
  }
  auto stream = std::make_shared<RollUpStream>(name, viewer, std::move(sink), bell_);
  ASSIGN_OR_RETURN(auto subscription,
                   hub_.Subscribe({channels.begin(), channels.end()}, head,
                                  [stream](const push::Event& event) { stream->OnEvent(event); }));
  stream->Attach(std::move(subscription));
  {
    absl::MutexLock lock(&mutex_);
    roll_ups_.push_back(std::move(stream));
  }
  bell_->Ring();  // the first picture
  return absl::OkStatus();
}

void AlertStreams::Loop() {
  const base::SystemClock machine;
  absl::Time next_beat = machine.Now() + options_.heartbeat;
  bool snapshots_wait = false;
  const auto pause = [&] {
    const absl::Duration wait = std::max(absl::ZeroDuration(), next_beat - machine.Now());
    return snapshots_wait ? std::min(wait, options_.snapshot_pause) : wait;
  };
  while (bell_->Await(pause())) {
    Reap();
    snapshots_wait = SendSnapshots();
    if (RefreshRollUps()) bell_->Pause(options_.roll_up_pause);
    if (machine.Now() < next_beat) continue;
    Beat();
    next_beat = machine.Now() + options_.heartbeat;
  }
}

void AlertStreams::Beat() {
  std::vector<std::shared_ptr<AlertStream>> streams;
  {
    absl::MutexLock lock(&mutex_);
    streams = streams_;
  }
  if (streams.empty()) return;
  v1::Heartbeat beat;
  *beat.mutable_server_time() = base::ToProto(clock_.Now());
  beat.set_degraded(!hub_.redis_up());
  auto reader = ledger_.Read();
  std::map<int64_t, v1::Cursor> cursors;  // most streams stand at the same seq
  const auto cursor_at = [&](int64_t seq) {
    const auto known = cursors.find(seq);
    if (known != cursors.end()) return known->second;
    v1::Cursor cursor;
    if (reader.ok()) {
      auto found = CursorAt(**reader, ledger_.header().epoch(), seq);
      if (found.ok()) cursor = *std::move(found);
    }
    return cursors[seq] = cursor;
  };
  for (const auto& stream : streams) stream->Beat(beat, cursor_at);
}

bool AlertStreams::RefreshRollUps() {
  std::vector<std::shared_ptr<RollUpStream>> roll_ups;
  {
    absl::MutexLock lock(&mutex_);
    roll_ups = roll_ups_;
  }
  if (roll_ups.empty()) return false;
  const auto compute = [this](const std::string& alert) -> absl::StatusOr<v1::RollUp> {
    ASSIGN_OR_RETURN(auto reader, ledger_.Read());
    return ComputeRollUp(*reader, alert, clock_.Now());
  };
  bool any = false;
  for (const auto& stream : roll_ups) any |= stream->Refresh(compute);
  return any;
}

void AlertStreams::Reap() {
  std::vector<std::shared_ptr<AlertStream>> streams;
  std::vector<std::shared_ptr<RollUpStream>> roll_ups;
  {
    absl::MutexLock lock(&mutex_);
    streams = TakeOver(streams_);
    roll_ups = TakeOver(roll_ups_);
  }
  for (const auto& stream : streams) stream->Attach(nullptr);
  for (const auto& stream : roll_ups) stream->Attach(nullptr);
}

}  // namespace huying::alert
