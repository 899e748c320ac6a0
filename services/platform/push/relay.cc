// SPDX-License-Identifier: Apache-2.0
#include "services/platform/push/relay.h"

#include <algorithm>
#include <functional>
#include <utility>

#include "services/platform/base/status.h"

namespace huying::push {
namespace {

constexpr int kPageMax = 128;
// For a Stop or a change of state that slips in just before the wait; a new entry wakes at once.
constexpr absl::Duration kWakeInterval = absl::Milliseconds(100);
constexpr absl::Duration kRelayRetry = absl::Milliseconds(100);

}  // namespace

Relay::Relay(ledger::Ledger& ledger, Bus& bus, Envelope envelope, Projection projection,
             RelayOptions options)
    : ledger_(ledger),
      bus_(bus),
      envelope_(std::move(envelope)),
      projection_(std::move(projection)),
      options_(options) {
  cursor_ = known_after_ = ledger_.Head().seq;
  bus_.AddListener(this);
  came_up_ = false;  // nothing was missed yet
  thread_ = std::thread([this] { Run(); });
}

void Relay::Stop() {
  {
    absl::MutexLock lock(&mutex_);
    stop_ = true;
  }
  if (!thread_.joinable()) return;
  ledger_.WakeFollowers();
  thread_.join();
  bus_.RemoveListener(this);
}

RelayStats Relay::stats() const {
  RelayStats stats;
  stats.entries = entries_;
  stats.messages = messages_;
  stats.skipped = skipped_;
  stats.beacons = beacons_;
  stats.read_errors = read_errors_;
  const int64_t head = ledger_.Head().seq;
  stats.lag = ledger_.LastPublished() > cursor_ ? std::max<int64_t>(0, head - cursor_) : 0;
  return stats;
}

void Relay::OnState(bool up) {
  absl::MutexLock lock(&mutex_);
  up_ = up;
  if (up) came_up_ = true;
}

void Relay::Run() {
  while (true) {
    WaitForWork();
    {
      absl::MutexLock lock(&mutex_);
      if (stop_) return;
    }
    if (!bus_up()) continue;
    Follow();
  }
}

void Relay::WaitForWork() {
  if (!bus_up() || std::exchange(retry_later_, false)) {
    const bool was_up = bus_up();
    const auto changed = [&]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
      return stop_ || up_.load() != was_up;
    };
    absl::MutexLock lock(&mutex_);
    mutex_.AwaitWithTimeout(absl::Condition(&changed), kRelayRetry);
    return;
  }
  if (came_up_) return;
  const absl::Duration till_beacon = next_beacon_ - options_.machine_clock->Now();
  ledger_.WaitPublished(cursor_, std::clamp(till_beacon, absl::ZeroDuration(), kWakeInterval));
}

void Relay::Follow() {
  if (came_up_.exchange(false)) {
    if (const int64_t head = ledger_.Head().seq; head - cursor_ > kRelayWindow) {
      SkipTo(head - kRelayWindow);
    }
    next_beacon_ = absl::InfinitePast();  // at once, after the page
  }
  const int64_t head = ledger_.Head().seq;  // asked first: what comes after it is not passed over
  if (ledger_.LastPublished() <= cursor_) {
    cursor_ = std::max(cursor_.load(), head);
  } else if (!PublishPage().ok()) {
    ++read_errors_;
    retry_later_ = true;
  }
  if (options_.machine_clock->Now() >= next_beacon_) Beacon();
}

void Relay::SkipTo(int64_t seq) {
  skipped_ += seq - cursor_;
  cursor_ = known_after_ = seq;
  heads_.clear();
}

absl::Status Relay::PublishPage() {
  ASSIGN_OR_RETURN(auto reader, ledger_.Read());
  ASSIGN_OR_RETURN(const auto page, reader->Entries(cursor_, kPageMax));
  reader.reset();
  RETURN_IF_ERROR(LearnHeads(page));
  for (const ledger::StoredEntry& entry : page) {
    if (!bus_up()) return absl::OkStatus();
    Publish(entry);
    cursor_ = entry.entry.seq();
  }
  return absl::OkStatus();
}

// The head before the page of each channel that we meet for the first time.
absl::Status Relay::LearnHeads(const std::vector<ledger::StoredEntry>& page) {
  if (heads_.size() > kRelayChannelsMax) {
    heads_.clear();
    known_after_ = cursor_;
  }
  std::vector<std::string> unknown;
  for (const ledger::StoredEntry& entry : page) {
    for (const std::string& channel : entry.entry.channels()) {
      if (!heads_.contains(channel)) unknown.push_back(channel);
    }
  }
  if (unknown.empty()) return absl::OkStatus();
  std::sort(unknown.begin(), unknown.end());
  unknown.erase(std::unique(unknown.begin(), unknown.end()), unknown.end());
  ASSIGN_OR_RETURN(auto reader, ledger_.Read());
  ASSIGN_OR_RETURN(const auto entries,
                   reader->ChannelEntries(unknown, cursor_, static_cast<int>(page.size())));
  absl::flat_hash_map<std::string, int64_t> learnt;
  for (const ledger::Reader::ChannelEntry& item : entries) {
    for (const auto& [channel, prev] : item.prev) learnt.try_emplace(channel, prev);
  }
  for (const std::string& channel : unknown) {
    const auto it = learnt.find(channel);
    if (it == learnt.end()) {
      return base::Unavailable(base::Reason::REASON_UNSPECIFIED, "频道位置缺失",
                               "an entry's channel has no row");
    }
    heads_[channel] = it->second;
  }
  return absl::OkStatus();
}

void Relay::Publish(const ledger::StoredEntry& entry) {
  std::map<std::string, int64_t> prev;
  for (const std::string& channel : entry.entry.channels()) {
    prev.emplace(channel, std::exchange(heads_[channel], entry.entry.seq()));
  }
  if (!prev.empty()) {
    platform::v1::PushMessage message = MakeMessage(ledger_.header(), entry, prev, projection_);
    message.set_sent_at_us(
        static_cast<uint64_t>(absl::ToUnixMicros(options_.machine_clock->Now())));
    const std::string sealed = envelope_.Seal(message);
    for (const auto& [channel, seq] : prev) {
      if (bus_.Publish(envelope_.ChannelName(channel), sealed)) ++messages_;
    }
  }
  ++entries_;
}

void Relay::Beacon() {
  next_beacon_ = options_.machine_clock->Now() + options_.beacon_interval;
  platform::v1::PushBeacon beacon;
  beacon.set_realm(ledger_.header().realm());
  beacon.set_ledger(ledger_.header().ledger());
  beacon.set_epoch(ledger_.header().epoch());
  beacon.set_head(cursor_);
  beacon.set_counter(++beacon_counter_);
  int64_t listed_after = known_after_;
  if (heads_.size() > kBeaconChannelsMax) {
    std::vector<int64_t> seqs;
    seqs.reserve(heads_.size());
    for (const auto& [channel, seq] : heads_) seqs.push_back(seq);
    const auto nth = seqs.begin() + kBeaconChannelsMax;
    std::nth_element(seqs.begin(), nth, seqs.end(), std::greater<>());
    listed_after = std::max(listed_after, *nth);
  }
  for (const auto& [channel, seq] : heads_) {
    if (seq > listed_after || heads_.size() <= kBeaconChannelsMax) {
      (*beacon.mutable_channel_heads())[channel] = seq;
    }
  }
  beacon.set_listed_after(listed_after);
  if (bus_.Publish(envelope_.BeaconChannelName(), envelope_.Seal(beacon))) ++beacons_;
}

}  // namespace huying::push
