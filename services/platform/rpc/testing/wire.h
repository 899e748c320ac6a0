// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "absl/synchronization/notification.h"
#include "gtest/gtest.h"
#include "services/platform/rpc/server.h"
#include "services/platform/rpc/testing/toy.h"
#include "tests/support/eventually.h"

// The toy behind a real server, and streams that collect what they are told.
namespace huying::rpc::testing {

struct Wire {
  explicit Wire(ServerOptions options = {.addresses = {"127.0.0.1:0"}}, RouterOptions router = {})
      : toy(std::move(router)) {
    auto started = Server::Start(*toy.router, std::move(options));
    if (!started.ok()) {
      ADD_FAILURE() << started.status();
      return;
    }
    server = *std::move(started);
    token = toy.Token(toy.Officer());
  }
  std::unique_ptr<Channel> Tcp() {
    return *Channel::Open({.target = "127.0.0.1:" + std::to_string(server->port())});
  }
  absl::Time Soon() const { return toy.machine.Now() + absl::Seconds(10); }

  Toy toy;
  std::string token;
  std::unique_ptr<Server> server;
};

struct Watched {
  int64_t events() {
    std::lock_guard lock(mutex);
    return static_cast<int64_t>(seqs.size());
  }
  bool WaitForEnd(absl::Duration limit = absl::Seconds(10)) {
    return ended.WaitForNotificationWithTimeout(limit);
  }
  std::mutex mutex;
  std::vector<int64_t> seqs;
  absl::Status status;
  absl::Notification ended;
  absl::Notification first;  // the first event has come
  absl::Notification go_on;  // a slow reader waits for it after its first event
  std::unique_ptr<ClientStream> stream;
};

inline std::unique_ptr<Watched> Watch(Channel& channel, const std::string& token,
                                      const rpctest::v1::WatchRequest& request, bool slow = false,
                                      absl::Time deadline = absl::InfiniteFuture()) {
  auto watched = std::make_unique<Watched>();
  Watched* w = watched.get();
  w->stream = channel.OpenTypedStream<rpctest::v1::WatchEvent>(
      kWatch, token, deadline, request,
      [w, slow](const rpctest::v1::WatchEvent& event) {
        {
          std::lock_guard lock(w->mutex);
          w->seqs.push_back(event.seq());
        }
        if (!w->first.HasBeenNotified()) w->first.Notify();
        if (slow) w->go_on.WaitForNotification();
      },
      [w](const absl::Status& status) {
        w->status = status;
        w->ended.Notify();
      });
  return watched;
}

using huying::testing::Eventually;

}  // namespace huying::rpc::testing
