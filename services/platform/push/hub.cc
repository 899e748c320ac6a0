// SPDX-License-Identifier: Apache-2.0
#include "services/platform/push/hub.h"

#include <algorithm>
#include <utility>

#include "services/platform/base/status.h"
#include "services/platform/push/hub_impl.h"

// The outside of the hub: callers, the inbox and the thread's loop. Following is in hub_follow.cc.
namespace huying::push {

std::unique_ptr<Hub> MakeHub(const HubOptions& options) {
  return std::make_unique<HubImpl>(options);
}

HubStats HubCounters::Snapshot() const {
  return {.messages = messages,
          .applied = applied,
          .duplicates = duplicates,
          .gap_reads = gap_reads,
          .poll_reads = poll_reads,
          .join_reads = join_reads,
          .prove_reads = prove_reads,
          .polls = polls,
          .source_errors = source_errors,
          .forged = forged,
          .stale_epoch = stale_epoch,
          .unproven = unproven,
          .dropped = dropped,
          .beacons = beacons,
          .beacons_missed = beacons_missed,
          .events = events};
}

HubImpl::HubImpl(const HubOptions& options) : options_(options) {
  catch_up_ = std::make_unique<CatchUp>(
      *options_.source,
      CatchUp::Callbacks{
          .read = [this](bool ok) { ++(ok ? counters_.join_reads : counters_.source_errors); },
          // Taking the lock makes ProveNow look again.
          .joined = [this] { absl::MutexLock lock(&mutex_); },
          .proven = [this] { return proven_.load(); }});
  if (options_.bus != nullptr) {
    options_.bus->AddListener(this);
    options_.bus->Subscribe(this, {options_.envelope->BeaconChannelName()});
  }
  thread_ = std::thread([this] { Run(); });
}

HubImpl::~HubImpl() {
  if (options_.bus != nullptr) options_.bus->RemoveListener(this);
  {
    absl::MutexLock lock(&mutex_);
    inbox_.stop = true;
  }
  thread_.join();
  catch_up_.reset();
  std::vector<std::shared_ptr<Subscriber>> left;
  {
    absl::MutexLock lock(&mutex_);
    left.swap(registry_);
  }
  for (const auto& subscriber : left) subscriber->Close();
}

absl::StatusOr<std::unique_ptr<Subscription>> HubImpl::Subscribe(
    std::vector<std::string> channels, int64_t after_seq,
    std::function<void(const Event&)> callback) {
  std::sort(channels.begin(), channels.end());
  channels.erase(std::unique(channels.begin(), channels.end()), channels.end());
  if (channels.empty()) {
    return base::Invalid(base::Reason::FIELD_MISSING, "没有要收听的频道", "no channel to hear")
        .Field("channels");
  }
  if (channels.size() > kChannelsPerSubscriptionMax ||
      channels_heard_ + channels.size() > kChannelsPerHubMax) {
    return base::Exhausted("收听的频道太多", "too many channels heard");
  }
  if (after_seq < 0) {
    return base::Invalid(base::Reason::FIELD_INVALID, "续传位置不能为负数",
                         "the cursor must not be negative")
        .Field("after_seq");
  }
  auto subscriber =
      std::make_shared<Subscriber>(std::move(channels), after_seq, std::move(callback));
  absl::MutexLock lock(&mutex_);
  registry_.push_back(subscriber);
  inbox_.joins.push_back(subscriber);
  return std::make_unique<SubscriberHandle>(std::move(subscriber));
}

void HubImpl::ProveNow() {
  absl::MutexLock lock(&mutex_);
  const int64_t ticket = ++prove_wanted_;
  inbox_.prove_ticket = ticket;
  const auto proven = [&]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    if (inbox_.stop) return true;
    if (prove_done_ < ticket) return false;
    return std::all_of(registry_.begin(), registry_.end(), [&](const auto& subscriber) {
      return subscriber->closed() || subscriber->complete_to() >= prove_head_;
    });
  };
  mutex_.AwaitWithTimeout(absl::Condition(&proven), options_.prove_wait_max);
}

std::pair<int64_t, int64_t> HubImpl::Progress(int64_t head) const {
  absl::MutexLock lock(&mutex_);
  std::pair<int64_t, int64_t> progress{0, 0};
  for (const auto& subscriber : registry_) {
    if (subscriber->closed()) continue;
    ++progress.first;
    if (subscriber->complete_to() < head) ++progress.second;
  }
  return progress;
}

void HubImpl::OnMessage(std::string_view, std::string_view bytes) {
  absl::MutexLock lock(&mutex_);
  if (inbox_.items.size() >= kInboxItemsMax) {
    ++counters_.dropped;
    inbox_.lost_some = true;
  } else {
    inbox_.items.push_back({.sealed = std::string(bytes)});
  }
}

void HubImpl::OnSubscribed(std::string_view channel) {
  absl::MutexLock lock(&mutex_);
  inbox_.items.push_back({.confirmed = std::string(channel)});
}

void HubImpl::OnState(bool up) {
  absl::MutexLock lock(&mutex_);
  bus_up_ = up;
  inbox_.bus_changed = true;
}

void HubImpl::Run() {
  while (true) {
    Work work = Take();
    if (work.stop) return;
    if (!work.joins.empty()) Join(std::move(work.joins));
    for (const Item& item : work.items) {
      if (!item.confirmed.empty()) {
        unconfirmed_.erase(item.confirmed);
        catch_up_wanted_ = true;
        continue;
      }
      // A confirmed channel may have missed what was published before: that is no gap.
      if (std::exchange(catch_up_wanted_, false)) Poll(Why::kJoin);
      Handle(item.sealed);
    }
    if (std::exchange(catch_up_wanted_, false)) Poll(Why::kJoin);
    Tick(work);
  }
}

HubImpl::Work HubImpl::Take() {
  const auto ready = [this]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    return inbox_.stop || !inbox_.items.empty() || !inbox_.joins.empty() ||
           inbox_.prove_ticket != 0 || inbox_.lost_some || inbox_.bus_changed;
  };
  const absl::Duration wait = std::max(NextWake() - Now(), absl::ZeroDuration());
  absl::MutexLock lock(&mutex_);
  mutex_.AwaitWithTimeout(absl::Condition(&ready), wait);
  Work work = std::exchange(inbox_, Work{});
  inbox_.stop = work.stop;
  return work;
}

absl::Time HubImpl::NextWake() const {
  return std::min({next_poll_, retry_at_, open_claim_until_});
}

void HubImpl::Tick(const Work& work) {
  const absl::Time now = Now();
  const bool retry = now >= retry_at_;
  if (retry) retry_at_ = absl::InfiniteFuture();
  if (retry && !unplaced_subscribers_.empty()) PlaceNewChannels();
  if (work.prove_ticket != 0) prove_pending_ = work.prove_ticket;
  if (prove_pending_ != 0 && (work.prove_ticket != 0 || retry)) {
    AnswerProve();
  } else if (work.bus_changed) {
    Poll(bus_up_ ? Why::kJoin : Why::kPoll);
  } else if (work.lost_some || now >= next_poll_ || (retry && read_failed_)) {
    Poll(bus_up_ ? Why::kGap : Why::kPoll);
  }
  Settle();
}

void HubImpl::AnswerProve() {
  Poll(Why::kProve);
  if (read_failed_ || !unplaced_.empty()) return;  // again, once the source answers
  absl::MutexLock lock(&mutex_);
  prove_done_ = std::max(prove_done_, std::exchange(prove_pending_, 0));
  prove_head_ = positions_.complete_to();
}

// Forgets subscriptions that were closed, and channels that nobody wants any more.
void HubImpl::Sweep() {
  const auto closed = [](const std::shared_ptr<Subscriber>& s) { return s->closed(); };
  if (std::erase_if(all_, closed) == 0) return;
  std::erase_if(unplaced_subscribers_, closed);
  std::vector<std::string> freed;
  for (auto it = listeners_.begin(); it != listeners_.end();) {
    std::erase_if(it->second, closed);
    if (it->second.empty()) {
      freed.push_back(options_.envelope->ChannelName(it->first));
      positions_.Remove(it->first);
      unplaced_.erase(it->first);
      unconfirmed_.erase(freed.back());
      listeners_.erase(it++);
    } else {
      ++it;
    }
  }
  channels_heard_ = listeners_.size();
  if (!freed.empty() && options_.bus != nullptr) options_.bus->Unsubscribe(this, freed);
  absl::MutexLock lock(&mutex_);
  std::erase_if(registry_, closed);
}

}  // namespace huying::push
