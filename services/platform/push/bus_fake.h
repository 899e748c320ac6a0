// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <deque>
#include <random>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "services/platform/push/bus.h"
#include "services/platform/push/channel_table.h"

// A bus in memory for tests. It delivers on the publisher's thread, in order and once, unless told
// otherwise; the same seed makes the same faults for the same calls.
//
//   FakeBus bus(seed);
//   bus.SetFaults({.drop = 0.3, .duplicate = 0.2, .reorder = 0.2, .forge = 0.1});
//   bus.SetUp(false);
//   bus.Heal();   // no faults, up, what was held back is delivered
namespace huying::push {

class FakeBus final : public Bus {
 public:
  // Probabilities per message.
  struct Faults {
    double drop = 0;
    double duplicate = 0;
    double reorder = 0;  // held back until some other messages have passed
    double forge = 0;    // one bit flipped
  };

  explicit FakeBus(uint32_t seed = 1) : random_(seed) {}

  void SetFaults(const Faults& faults) {
    absl::MutexLock lock(&mutex_);
    faults_ = faults;
  }
  void SetUp(bool up) {
    absl::MutexLock lock(&mutex_);
    if (std::exchange(up_, up) == up) return;
    ++(up ? stats_.connects : stats_.disconnects);
    if (up) {
      for (const std::string& channel : table_.Channels()) Confirm(channel);
    } else {
      held_back_.clear();
    }
    for (BusListener* listener : listeners_) listener->OnState(up);
  }
  void Heal() {
    SetFaults({});
    SetUp(true);
    absl::MutexLock lock(&mutex_);
    for (const Message& message : std::exchange(held_back_, {})) Deliver(message);
  }
  // As if somebody else had published it: no faults.
  void Inject(std::string_view channel, std::string_view bytes) {
    absl::MutexLock lock(&mutex_);
    Deliver({std::string(channel), std::string(bytes)});
  }

  bool Publish(std::string_view channel, std::string_view bytes) override {
    absl::MutexLock lock(&mutex_);
    if (!up_) {
      ++stats_.dropped;
      return false;
    }
    ++stats_.published;
    if (Happens(faults_.drop)) return true;
    Message message{std::string(channel), std::string(bytes)};
    if (Happens(faults_.forge) && !message.bytes.empty()) {
      message.bytes[random_() % message.bytes.size()] ^= static_cast<char>(1 << random_() % 8);
    }
    if (Happens(faults_.reorder)) {
      held_back_.push_back(std::move(message));
      return true;
    }
    Deliver(message);
    if (Happens(faults_.duplicate)) Deliver(message);
    if (!held_back_.empty() && Happens(0.5)) {
      Deliver(held_back_.front());
      held_back_.pop_front();
    }
    return true;
  }
  void AddListener(BusListener* listener) override {
    absl::MutexLock lock(&mutex_);
    listeners_.push_back(listener);
    listener->OnState(up_);
  }
  void RemoveListener(BusListener* listener) override {
    absl::MutexLock lock(&mutex_);
    std::erase(listeners_, listener);
    table_.RemoveAll(listener);
  }
  void Subscribe(BusListener* listener, const std::vector<std::string>& channels) override {
    absl::MutexLock lock(&mutex_);
    for (const std::string& channel : channels) {
      table_.Add(listener, channel);
      if (up_) Confirm(channel);
    }
  }
  void Unsubscribe(BusListener* listener, const std::vector<std::string>& channels) override {
    absl::MutexLock lock(&mutex_);
    for (const std::string& channel : channels) table_.Remove(listener, channel);
  }
  bool up() const override {
    absl::MutexLock lock(&mutex_);
    return up_;
  }
  BusStats stats() const override {
    absl::MutexLock lock(&mutex_);
    return stats_;
  }
  std::vector<std::string> Channels() const {
    absl::MutexLock lock(&mutex_);
    return table_.Channels();
  }

 private:
  struct Message {
    std::string channel;
    std::string bytes;
  };

  bool Happens(double probability) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    return probability > 0 && std::uniform_real_distribution<double>(0, 1)(random_) < probability;
  }
  void Confirm(const std::string& channel) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    for (BusListener* listener : table_.Find(channel)) listener->OnSubscribed(channel);
  }
  void Deliver(const Message& message) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    if (!up_) return;
    ++stats_.received;
    for (BusListener* listener : table_.Find(message.channel)) {
      listener->OnMessage(message.channel, message.bytes);
    }
  }

  mutable absl::Mutex mutex_;
  std::mt19937 random_ ABSL_GUARDED_BY(mutex_);
  Faults faults_ ABSL_GUARDED_BY(mutex_);
  bool up_ ABSL_GUARDED_BY(mutex_) = true;
  BusStats stats_ ABSL_GUARDED_BY(mutex_);
  std::deque<Message> held_back_ ABSL_GUARDED_BY(mutex_);
  std::vector<BusListener*> listeners_ ABSL_GUARDED_BY(mutex_);
  ChannelTable table_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace huying::push
