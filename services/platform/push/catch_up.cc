// SPDX-License-Identifier: Apache-2.0
#include "services/platform/push/catch_up.h"

#include <utility>

#include "absl/time/time.h"

namespace huying::push {
namespace {

constexpr absl::Duration kCatchUpRetry = absl::Milliseconds(100);

}  // namespace

CatchUp::CatchUp(ChannelSource& source, Callbacks callbacks)
    : source_(source), callbacks_(std::move(callbacks)) {
  thread_ = std::thread([this] { Run(); });
}

CatchUp::~CatchUp() {
  {
    absl::MutexLock lock(&mutex_);
    stop_ = true;
  }
  thread_.join();
}

void CatchUp::Add(std::shared_ptr<Subscriber> subscriber) {
  absl::MutexLock lock(&mutex_);
  queue_.push_back(std::move(subscriber));
}

bool CatchUp::Stopping() const {
  absl::MutexLock lock(&mutex_);
  return stop_;
}

void CatchUp::Run() {
  while (true) {
    std::shared_ptr<Subscriber> subscriber;
    {
      const auto ready = [this]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
        return stop_ || !queue_.empty();
      };
      absl::MutexLock lock(&mutex_, absl::Condition(&ready));
      if (stop_) return;
      subscriber = std::move(queue_.front());
      queue_.pop_front();
    }
    if (Bring(*subscriber) == Outcome::kDone) {
      callbacks_.joined();
      continue;
    }
    absl::MutexLock lock(&mutex_);
    queue_.push_back(std::move(subscriber));
    mutex_.AwaitWithTimeout(absl::Condition(&stop_), kCatchUpRetry);
  }
}

CatchUp::Outcome CatchUp::Bring(Subscriber& subscriber) {
  platform::v1::ReadChannelsRequest request;
  for (const std::string& channel : subscriber.channels()) request.add_channels(channel);
  request.set_limit(kChannelPageMax);
  while (!subscriber.closed() && !Stopping()) {
    request.set_after_seq(subscriber.position());
    const auto page = source_.Read(request);
    callbacks_.read(page.ok());
    if (!page.ok()) return Outcome::kTryAgain;
    if (page->head() < subscriber.position()) {
      subscriber.Resync();
      return Outcome::kDone;
    }
    for (const platform::v1::PushMessage& message : page->messages()) {
      subscriber.CatchUp(message.seq(), message.event());
    }
    if (!page->more() && subscriber.JoinLive(page->head(), callbacks_.proven)) {
      return Outcome::kDone;
    }
  }
  return Outcome::kDone;
}

}  // namespace huying::push
