// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <functional>
#include <random>
#include <string>
#include <thread>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "services/platform/base/clock.h"
#include "services/platform/push/redis/connection.h"

// A connection that is kept up: a thread of its own connects, pings, notices a half-open peer, and
// connects again with growing, jittered pauses.
namespace huying::push::redis {

struct LinkOptions {
  Address address;
  const base::Clock* machine_clock = nullptr;  // must outlive the link
  absl::Duration connect_limit = absl::Seconds(2);
  absl::Duration ping_interval = absl::Seconds(1);
  // Nothing heard for so long: the peer is gone, whatever the socket says.
  absl::Duration silence_max = absl::Seconds(3);
  absl::Duration back_off_min = absl::Milliseconds(50);
  absl::Duration back_off_max = absl::Seconds(2);
};

// All methods but Wake and the constructor's caller are on the link's thread.
class Link {
 public:
  class User {
   public:
    virtual ~User() = default;
    // First commands of a new connection.
    virtual void OnConnected(Connection& connection) = 0;
    // The server answered the first ping, and so everything before it.
    virtual void OnUp() = 0;
    // Also after a connection that never came up.
    virtual void OnDown() = 0;
    // Time to append commands; called when woken and after each exchange.
    virtual void Feed(Connection& connection) = 0;
    // Replies that are no pongs and no errors. False: close this connection.
    virtual bool OnReply(const Reply& reply) = 0;
  };

  // `user` must outlive the link.
  Link(LinkOptions options, User& user);
  ~Link();

  void Start();
  // Joins the thread.
  void Stop();
  // Any thread: Feed will be called soon.
  void Wake();

 private:
  void Run();
  void Serve(Connection& connection);
  bool Handle(const Reply& reply);
  void BackOff();
  void ClearWake();
  absl::Time Now() const { return options_.machine_clock->Now(); }

  const LinkOptions options_;
  User& user_;
  const int wake_fd_;
  bool up_ = false;
  int failures_ = 0;
  std::minstd_rand random_;
  std::atomic<bool> stop_{false};
  std::thread thread_;
};

}  // namespace huying::push::redis
