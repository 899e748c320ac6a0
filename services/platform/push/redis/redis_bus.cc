// SPDX-License-Identifier: Apache-2.0
#include "services/platform/push/redis/redis_bus.h"

#include <algorithm>
#include <atomic>
#include <deque>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "services/platform/push/channel_table.h"

namespace huying::push::redis {
namespace {

constexpr size_t kChannelsPerCommand = 256;

class Publisher final : public Link::User {
 public:
  Publisher(const RedisBusOptions& options, std::function<void(bool)> on_state)
      : options_(options), on_state_(std::move(on_state)), link_(options.link, *this) {}

  void Start() { link_.Start(); }
  void Stop() { link_.Stop(); }

  bool Publish(std::string_view channel, std::string_view bytes) {
    {
      absl::MutexLock lock(&mutex_);
      if (!open_ || queue_.size() >= options_.queue_messages_max ||
          queued_bytes_ + bytes.size() > options_.queue_bytes_max) {
        ++dropped_;
        return false;
      }
      queued_bytes_ += bytes.size();
      queue_.push_back({std::string(channel), std::string(bytes)});
      if (queue_.size() > 1) return true;  // woken already
    }
    link_.Wake();
    return true;
  }
  int64_t published() const { return published_; }
  int64_t dropped() const { return dropped_; }

 private:
  struct Message {
    std::string channel;
    std::string bytes;
  };

  void OnConnected(Connection&) override {}
  void OnUp() override {
    {
      absl::MutexLock lock(&mutex_);
      open_ = true;
    }
    on_state_(true);
  }
  void OnDown() override {
    {
      absl::MutexLock lock(&mutex_);
      open_ = false;
      dropped_ += static_cast<int64_t>(queue_.size()) + std::exchange(unanswered_, 0);
      queue_.clear();
      queued_bytes_ = 0;
    }
    on_state_(false);
  }
  void Feed(Connection& connection) override {
    if (connection.HasOutput()) return;  // the socket is behind: the queue holds the rest
    absl::MutexLock lock(&mutex_);
    for (const Message& message : queue_) {
      connection.Append({"PUBLISH", message.channel, message.bytes});
    }
    unanswered_ += static_cast<int64_t>(queue_.size());
    queue_.clear();
    queued_bytes_ = 0;
  }
  bool OnReply(const Reply& reply) override {
    if (reply.kind != Reply::Kind::kInteger) return false;
    --unanswered_;
    ++published_;
    return true;
  }

  const RedisBusOptions options_;
  const std::function<void(bool)> on_state_;
  std::atomic<int64_t> published_{0};
  std::atomic<int64_t> dropped_{0};
  int64_t unanswered_ = 0;  // the link's thread
  absl::Mutex mutex_;
  bool open_ ABSL_GUARDED_BY(mutex_) = false;
  std::deque<Message> queue_ ABSL_GUARDED_BY(mutex_);
  size_t queued_bytes_ ABSL_GUARDED_BY(mutex_) = 0;
  Link link_;
};

class Receiver final : public Link::User {
 public:
  struct Callbacks {
    std::function<void(bool)> on_state;
    std::function<std::vector<std::string>()> wanted;  // all channels, when connected anew
    std::function<void(const std::string& channel)> on_subscribed;
    std::function<void(const std::string& channel, const std::string& bytes)> on_message;
  };
  Receiver(const LinkOptions& options, Callbacks callbacks)
      : callbacks_(std::move(callbacks)), link_(options, *this) {}

  void Start() { link_.Start(); }
  void Stop() { link_.Stop(); }

  void Change(const char* verb, const std::vector<std::string>& channels) {
    if (channels.empty()) return;
    {
      absl::MutexLock lock(&mutex_);
      if (!connected_) return;  // all that is wanted is subscribed to when it is
      changes_.push_back({verb, channels});
    }
    link_.Wake();
  }

 private:
  struct Pending {
    const char* verb;
    std::vector<std::string> channels;
  };

  static void AppendAll(Connection& connection, const char* verb,
                        const std::vector<std::string>& channels) {
    for (size_t i = 0; i < channels.size(); i += kChannelsPerCommand) {
      std::vector<std::string_view> words{verb};
      const size_t end = std::min(channels.size(), i + kChannelsPerCommand);
      words.insert(words.end(), channels.begin() + i, channels.begin() + end);
      connection.Append(words);
    }
  }

  void OnConnected(Connection& connection) override {
    {
      absl::MutexLock lock(&mutex_);
      connected_ = true;
      changes_.clear();  // what they led to is what is wanted now
    }
    AppendAll(connection, "SUBSCRIBE", callbacks_.wanted());
  }
  void OnUp() override { callbacks_.on_state(true); }
  void OnDown() override {
    {
      absl::MutexLock lock(&mutex_);
      connected_ = false;
    }
    callbacks_.on_state(false);
  }
  void Feed(Connection& connection) override {
    absl::MutexLock lock(&mutex_);
    for (const Pending& change : changes_) AppendAll(connection, change.verb, change.channels);
    changes_.clear();
  }
  bool OnReply(const Reply& reply) override {
    if (reply.kind != Reply::Kind::kArray || reply.elements.size() != 3) return false;
    const std::string& kind = reply.elements[0].text;
    if (kind == "message") {
      callbacks_.on_message(reply.elements[1].text, reply.elements[2].text);
    } else if (kind == "subscribe") {
      callbacks_.on_subscribed(reply.elements[1].text);
    }
    return true;
  }

  const Callbacks callbacks_;
  absl::Mutex mutex_;
  bool connected_ ABSL_GUARDED_BY(mutex_) = false;
  std::vector<Pending> changes_ ABSL_GUARDED_BY(mutex_);
  Link link_;
};

class RedisBus final : public Bus {
 public:
  explicit RedisBus(const RedisBusOptions& options)
      : publisher_(options, [this](bool up) { SetState(publisher_up_, up); }),
        receiver_(options.link,
                  {.on_state = [this](bool up) { SetState(receiver_up_, up); },
                   .wanted =
                       [this] {
                         absl::MutexLock lock(&mutex_);
                         return table_.Channels();
                       },
                   .on_subscribed = [this](const std::string& channel) { Confirm(channel); },
                   .on_message = [this](const std::string& channel,
                                        const std::string& bytes) { Deliver(channel, bytes); }}) {
    publisher_.Start();
    receiver_.Start();
  }
  ~RedisBus() override {
    publisher_.Stop();
    receiver_.Stop();
  }

  bool Publish(std::string_view channel, std::string_view bytes) override {
    return publisher_.Publish(channel, bytes);
  }
  void AddListener(BusListener* listener) override {
    absl::MutexLock lock(&mutex_);
    listeners_.push_back(listener);
    listener->OnState(up_);
  }
  void RemoveListener(BusListener* listener) override {
    absl::MutexLock lock(&mutex_);
    std::erase(listeners_, listener);
    receiver_.Change("UNSUBSCRIBE", table_.RemoveAll(listener));
  }
  void Subscribe(BusListener* listener, const std::vector<std::string>& channels) override {
    absl::MutexLock lock(&mutex_);
    for (const std::string& channel : channels) table_.Add(listener, channel);
    receiver_.Change("SUBSCRIBE", channels);  // also when heard already: it is confirmed again
  }
  void Unsubscribe(BusListener* listener, const std::vector<std::string>& channels) override {
    absl::MutexLock lock(&mutex_);
    std::vector<std::string> freed;
    for (const std::string& channel : channels) {
      if (table_.Remove(listener, channel)) freed.push_back(channel);
    }
    receiver_.Change("UNSUBSCRIBE", freed);
  }
  bool up() const override { return up_; }
  BusStats stats() const override {
    return {.published = publisher_.published(),
            .dropped = publisher_.dropped(),
            .received = received_,
            .connects = connects_,
            .disconnects = disconnects_};
  }

 private:
  void SetState(bool& side, bool up) {
    absl::MutexLock lock(&mutex_);
    if (side != up) ++(up ? connects_ : disconnects_);
    side = up;
    const bool both = publisher_up_ && receiver_up_;
    if (up_.exchange(both) == both) return;
    for (BusListener* listener : listeners_) listener->OnState(both);
  }
  void Confirm(const std::string& channel) {
    absl::MutexLock lock(&mutex_);
    for (BusListener* listener : table_.Find(channel)) listener->OnSubscribed(channel);
  }
  void Deliver(const std::string& channel, const std::string& bytes) {
    ++received_;
    absl::MutexLock lock(&mutex_);
    for (BusListener* listener : table_.Find(channel)) listener->OnMessage(channel, bytes);
  }

  std::atomic<bool> up_{false};
  std::atomic<int64_t> received_{0};
  std::atomic<int64_t> connects_{0};
  std::atomic<int64_t> disconnects_{0};
  absl::Mutex mutex_;
  std::vector<BusListener*> listeners_ ABSL_GUARDED_BY(mutex_);
  ChannelTable table_ ABSL_GUARDED_BY(mutex_);
  bool publisher_up_ ABSL_GUARDED_BY(mutex_) = false;
  bool receiver_up_ ABSL_GUARDED_BY(mutex_) = false;
  // Last: their threads use what stands above.
  Publisher publisher_;
  Receiver receiver_;
};

}  // namespace

std::unique_ptr<Bus> MakeRedisBus(RedisBusOptions options) {
  return std::make_unique<RedisBus>(options);
}

}  // namespace huying::push::redis
