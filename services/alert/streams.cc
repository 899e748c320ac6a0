// SPDX-License-Identifier: Apache-2.0
#include "services/alert/streams.h"

#include <algorithm>
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

absl::Status AddOwnRecipients(ledger::Reader& reader, const std::string& area,
                              v1::SnapshotAlert& snapshot) {
  const v1::Alert& alert = snapshot.alert();
  ASSIGN_OR_RETURN(const auto list, reader.Find(kRecipientLists, alert.name()));
  if (!list) return absl::OkStatus();
  for (const auto& frozen : list->value.recipients()) {
    if (frozen.area() != area) continue;
    ASSIGN_OR_RETURN(auto act,
                     reader.Find(kRecipients, rules::RecipientName(alert.name(), frozen.post())));
    *snapshot.add_recipients() = act ? std::move(act->value) : rules::Fresh(alert, frozen);
  }
  return absl::OkStatus();
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
  return static_cast<int>(streams_.size() + roll_ups_.size());
}

absl::StatusOr<std::optional<std::string>> WhyResync(ledger::Reader& reader, int64_t epoch,
                                                     int64_t head, const v1::Cursor& cursor) {
  if (cursor.epoch() != epoch) return std::optional<std::string>("epoch");
  if (cursor.seq() < 0 || cursor.seq() > head) return std::optional<std::string>("seq");
  ASSIGN_OR_RETURN(const v1::Cursor known, CursorAt(reader, epoch, cursor.seq()));
  if (known.hash_start() != cursor.hash_start()) return std::optional<std::string>("hash");
  return std::optional<std::string>();
}

absl::Status AlertStreams::SendSnapshot(const Listener& listener, ledger::Reader& reader,
                                        int64_t seq, AlertStream& stream) {
  ASSIGN_OR_RETURN(std::vector<v1::Alert> alerts, AlertsInForce(reader));
  int count = 0;
  for (v1::Alert& alert : alerts) {
    if (!rules::Hears(listener.area, listener.ancestors, alert)) continue;
    v1::SubscribeEvent event;
    *event.mutable_snapshot()->mutable_alert() = std::move(alert);
    RETURN_IF_ERROR(AddOwnRecipients(reader, listener.area, *event.mutable_snapshot()));
    event.mutable_snapshot()->mutable_alert()->clear_parents();
    if (!stream.Send(std::move(event))) return absl::OkStatus();
    ++count;
  }
  v1::SubscribeEvent end;
  end.mutable_snapshot_end()->set_alerts(count);
  end.set_seq(seq);
  ASSIGN_OR_RETURN(*end.mutable_cursor(), CursorAt(reader, ledger_.header().epoch(), seq));
  stream.Begin(end.cursor());
  stream.Send(std::move(end));
  return absl::OkStatus();
}

absl::Status AlertStreams::Subscribe(const Listener& listener, rpc::Sink<v1::SubscribeEvent> sink) {
  const int64_t epoch = ledger_.header().epoch();
  auto stream = std::make_shared<AlertStream>(listener.area, parsed_, sink, bell_);
  ASSIGN_OR_RETURN(auto reader, ledger_.Read());
  ASSIGN_OR_RETURN(const int64_t head, reader->HeadSeq());
  int64_t from = head;
  std::optional<std::string> resync;
  if (listener.resume_from) {
    ASSIGN_OR_RETURN(resync, WhyResync(*reader, epoch, head, *listener.resume_from));
  }
  if (listener.resume_from && !resync) {
    from = listener.resume_from->seq();
    stream->Begin(*listener.resume_from);
  } else {
    if (resync) {
      v1::SubscribeEvent event;
      event.mutable_resync()->set_reason(*resync);
      stream->Send(std::move(event));
    }
    RETURN_IF_ERROR(SendSnapshot(listener, *reader, head, *stream));
  }
  reader.reset();  // an old snapshot keeps the log from shrinking
  // Everything up to `from` was told; the hub tells everything after it: nothing falls between.
  ASSIGN_OR_RETURN(auto subscription,
                   hub_.Subscribe(rules::HeardChannels(listener.area, listener.ancestors), from,
                                  [stream](const push::Event& event) { stream->OnEvent(event); }));
  stream->Attach(std::move(subscription));
  absl::MutexLock lock(&mutex_);
  streams_.push_back(std::move(stream));
  return absl::OkStatus();
}

absl::StatusOr<v1::RollUp> ComputeRollUp(ledger::Reader& reader, const std::string& name,
                                         absl::Time now) {
  ASSIGN_OR_RETURN(const auto alert, reader.Get(kAlerts, name));
  ASSIGN_OR_RETURN(const auto list, reader.Find(kRecipientLists, name));
  ASSIGN_OR_RETURN(const auto acts, ActsOf(reader, name));
  ASSIGN_OR_RETURN(const int64_t head, reader.HeadSeq());
  return rules::MakeRollUp(alert.value, list ? list->value : v1::RecipientList(), acts, now, head);
}

absl::Status AlertStreams::WatchRollUp(const std::string& name, rpc::Sink<v1::RollUp> sink) {
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
  auto stream = std::make_shared<RollUpStream>(name, std::move(sink), bell_);
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
  while (bell_->Await(std::max(absl::ZeroDuration(), next_beat - machine.Now()))) {
    Reap();
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
