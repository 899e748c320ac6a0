// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <utility>

#include "services/platform/push/hub_impl.h"

// How the hub follows: messages, beacons, polls and reads move the positions; see positions.h.
namespace huying::push {
namespace {

using platform::v1::PushBeacon;
using platform::v1::PushMessage;
using platform::v1::ReadChannelsRequest;
using platform::v1::ReadChannelsResponse;

constexpr absl::Duration kFollowRetry = absl::Milliseconds(100);

Claim ClaimOf(const ReadChannelsResponse& response) {
  Claim claim;
  claim.head = response.head();
  for (const auto& [channel, head] : response.channel_heads()) {
    claim.channel_heads.emplace_back(channel, head);
  }
  return claim;
}

}  // namespace

absl::StatusOr<ReadChannelsResponse> HubImpl::ReadSource(const std::vector<std::string>& channels,
                                                         int64_t after_seq, int limit) {
  ReadChannelsRequest request;
  for (const std::string& channel : channels) request.add_channels(channel);
  request.set_after_seq(after_seq);
  request.set_limit(limit);
  absl::StatusOr<ReadChannelsResponse> response = options_.source->Read(request);
  if (!response.ok()) {
    ++counters_.source_errors;
    retry_at_ = Now() + kFollowRetry;
  }
  return response;
}

void HubImpl::Join(std::vector<std::shared_ptr<Subscriber>> joins) {
  std::vector<std::string> fresh;
  for (std::shared_ptr<Subscriber>& subscriber : joins) {
    for (const std::string& channel : subscriber->channels()) {
      auto [it, added] = listeners_.try_emplace(channel);
      if (added) {
        unplaced_.insert(channel);
        fresh.push_back(options_.envelope->ChannelName(channel));
      }
      it->second.push_back(subscriber);
    }
    all_.push_back(subscriber);
    unplaced_subscribers_.push_back(std::move(subscriber));
  }
  channels_heard_ = listeners_.size();
  if (!fresh.empty() && options_.bus != nullptr) {
    unconfirmed_.insert(fresh.begin(), fresh.end());
    options_.bus->Subscribe(this, fresh);
  }
  PlaceNewChannels();
}

// A new channel starts at its present head: nobody is live on it, and who subscribed reads what was
// before by itself, later than this.
void HubImpl::PlaceNewChannels() {
  if (!unplaced_.empty()) {
    const std::vector<std::string> channels(unplaced_.begin(), unplaced_.end());
    const auto response = ReadSource(channels, 0, 0);
    if (!response.ok()) return;
    if (!SourceEpochFits(response->epoch())) return;
    if (positions_.empty()) Prove(response->head());
    for (const auto& [channel, head] : response->channel_heads()) positions_.Add(channel, head);
    unplaced_.clear();
  }
  for (auto& subscriber : std::exchange(unplaced_subscribers_, {})) {
    catch_up_->Add(std::move(subscriber));
  }
}

void HubImpl::Handle(const std::string& sealed) {
  const Opened opened = options_.envelope->Open(sealed);
  if (const auto* message = std::get_if<PushMessage>(&opened)) {
    ++counters_.messages;
    if (BusEpochFits(message->epoch())) HandleMessage(*message);
  } else if (const auto* beacon = std::get_if<PushBeacon>(&opened)) {
    ++counters_.beacons;
    if (BusEpochFits(beacon->epoch())) HandleBeacon(*beacon);
  } else {
    ++counters_.forged;
  }
}

void HubImpl::HandleMessage(const PushMessage& message) {
  switch (positions_.Judge(message)) {
    case Positions::Verdict::kUnheard:
      return;
    case Positions::Verdict::kSeen:
      ++counters_.duplicates;
      return;
    case Positions::Verdict::kNext:
      Apply(message);
      return;
    case Positions::Verdict::kGap:
      // What the journal does not know is not applied, however well it is sealed.
      if (ReadHole() && positions_.Judge(message) == Positions::Verdict::kGap) {
        ++counters_.unproven;
      }
      return;
  }
}

void HubImpl::HandleBeacon(const PushBeacon& beacon) {
  if (beacon_counter_ != 0 && beacon.counter() > beacon_counter_ + 1) {
    counters_.beacons_missed += static_cast<int64_t>(beacon.counter() - beacon_counter_ - 1);
  }
  beacon_counter_ = beacon.counter();
  const Claim claim = push::ClaimOf(beacon, positions_);
  if (positions_.Behind(claim)) {
    ReadHole();
  } else if (positions_.Fulfilled(claim)) {
    Prove(claim.head);
  }
}

void HubImpl::Apply(const PushMessage& message) {
  ++counters_.applied;
  std::vector<Subscriber*> receivers;
  for (const std::string& channel : positions_.Apply(message)) {
    const auto it = listeners_.find(channel);
    if (it == listeners_.end()) continue;
    for (const auto& subscriber : it->second) {
      if (subscriber->marked_seq == message.seq()) continue;
      subscriber->marked_seq = message.seq();
      receivers.push_back(subscriber.get());
    }
  }
  for (Subscriber* subscriber : receivers) {
    if (subscriber->Live(message.seq(), message.event())) ++counters_.events;
  }
}

// Asks for heads. What was published just now may still be on its way over the bus, so a plain poll
// waits a little before it calls that a loss.
void HubImpl::Poll(Why why) {
  ++counters_.polls;
  read_failed_ = false;
  Sweep();
  next_poll_ = Now() + (bus_up_ ? options_.poll_interval : options_.poll_interval_without_bus);
  const auto response = ReadSource(positions_.Channels(), 0, 0);
  if (!response.ok()) {
    read_failed_ = true;
    return;
  }
  if (!SourceEpochFits(response->epoch())) return;
  Claim claim = ClaimOf(*response);
  if (positions_.Fulfilled(claim)) {
    Prove(claim.head);
  } else if (why == Why::kGap && bus_up_) {
    if (!open_claim_) {
      open_claim_ = std::move(claim);
      open_claim_until_ = Now() + options_.arrival_grace;
    }
  } else {
    ReadOn(why);
  }
}

void HubImpl::Settle() {
  if (!open_claim_) return;
  if (positions_.Fulfilled(*open_claim_)) {
    Prove(open_claim_->head);
  } else if (Now() >= open_claim_until_) {
    ReadOn(Why::kGap);
  } else {
    return;
  }
  open_claim_.reset();
  open_claim_until_ = absl::InfiniteFuture();
}

// Reads everything past what is proven, on all channels heard: in seq order each entry is then next
// or seen, whatever was missing where. False: the source does not answer; tried again soon.
bool HubImpl::ReadOn(Why why) {
  switch (why) {
    case Why::kGap:
      ++counters_.gap_reads;
      break;
    case Why::kPoll:
      ++counters_.poll_reads;
      break;
    case Why::kJoin:
      ++counters_.join_reads;
      break;
    case Why::kProve:
      ++counters_.prove_reads;
      break;
  }
  const std::vector<std::string> channels = positions_.Channels();
  int64_t after = positions_.complete_to();
  while (true) {
    const auto response = ReadSource(channels, after, kChannelPageMax);
    if (!response.ok()) {
      read_failed_ = true;
      return false;
    }
    if (!SourceEpochFits(response->epoch())) return true;
    for (const PushMessage& message : response->messages()) {
      if (positions_.Judge(message) == Positions::Verdict::kNext) Apply(message);
      after = message.seq();
    }
    if (!response->more()) {
      Prove(response->head());
      return true;
    }
    Prove(after);
  }
}

void HubImpl::Prove(int64_t head) {
  if (head <= positions_.complete_to()) return;
  positions_.Prove(head);
  proven_ = head;
  for (const auto& subscriber : all_) subscriber->Prove(head);
}

// False: not of the epoch we follow. A newer one is believed only from the source.
bool HubImpl::BusEpochFits(int64_t epoch) {
  if (epoch == epoch_) return true;
  if (epoch_ == 0) return false;  // nothing is followed yet
  ++counters_.stale_epoch;
  if (epoch < epoch_) return false;
  const auto response = ReadSource({}, 0, 0);
  if (response.ok()) SourceEpochFits(response->epoch());
  return false;
}

// False: the ledger was restored, and everything begins anew.
bool HubImpl::SourceEpochFits(int64_t epoch) {
  if (epoch == epoch_) return true;
  if (epoch_ == 0) {
    epoch_ = epoch;
    return true;
  }
  StartEpoch(epoch);
  return false;
}

void HubImpl::StartEpoch(int64_t epoch) {
  epoch_ = epoch;
  beacon_counter_ = 0;
  positions_.Clear();
  proven_ = 0;
  open_claim_.reset();
  open_claim_until_ = absl::InfiniteFuture();
  // Positions of the old epoch mean nothing any more.
  for (const auto& subscriber : all_) {
    subscriber->Resync();
    subscriber->Close();
  }
  Sweep();
}

}  // namespace huying::push
