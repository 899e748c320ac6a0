// SPDX-License-Identifier: Apache-2.0
#include "services/platform/push/redis/link.h"

#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <utility>

namespace huying::push::redis {
namespace {

constexpr int kDoublingsMax = 10;

// In subscriber mode a pong is an array.
bool IsPong(const Reply& reply) {
  if (reply.kind == Reply::Kind::kText) return reply.text == "PONG";
  return reply.kind == Reply::Kind::kArray && !reply.elements.empty() &&
         reply.elements.front().text == "pong";
}

bool IsOk(const Reply& reply) { return reply.kind == Reply::Kind::kText && reply.text == "OK"; }

}  // namespace

Link::Link(LinkOptions options, User& user)
    : options_(std::move(options)),
      user_(user),
      wake_fd_(eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)),
      random_(std::random_device()()) {}

Link::~Link() {
  Stop();
  close(wake_fd_);
}

void Link::Start() {
  thread_ = std::thread([this] { Run(); });
}

void Link::Stop() {
  stop_ = true;
  Wake();
  if (thread_.joinable()) thread_.join();
}

void Link::Wake() {
  const uint64_t one = 1;
  [[maybe_unused]] const ssize_t written = write(wake_fd_, &one, sizeof(one));
}

void Link::ClearWake() {
  uint64_t count = 0;
  [[maybe_unused]] const ssize_t got = read(wake_fd_, &count, sizeof(count));
}

void Link::Run() {
  // hiredis writes with plain write(): a peer that is gone must be an error, not a signal.
  sigset_t pipe;
  sigemptyset(&pipe);
  sigaddset(&pipe, SIGPIPE);
  pthread_sigmask(SIG_BLOCK, &pipe, nullptr);
  while (!stop_) {
    if (auto connection = Connection::Open(options_.address, options_.connect_limit)) {
      Serve(*connection);
    }
    if (std::exchange(up_, false)) failures_ = 0;
    user_.OnDown();
    BackOff();
  }
}

void Link::Serve(Connection& connection) {
  user_.OnConnected(connection);
  connection.Append({"PING"});
  absl::Time last_ping = Now();
  absl::Time last_heard = last_ping;
  bool good = true;
  const auto on_reply = [&](const Reply& reply) { good = good && Handle(reply); };
  while (!stop_ && good) {
    if (up_) user_.Feed(connection);
    const absl::Time now = Now();
    if (now - last_heard >= options_.silence_max) return;
    if (now - last_ping >= options_.ping_interval) {
      connection.Append({"PING"});
      last_ping = now;
    }
    const absl::Duration idle =
        std::min(last_ping + options_.ping_interval, last_heard + options_.silence_max) - now;
    if (!connection.Wait(wake_fd_, idle)) return;
    ClearWake();
    bool heard = false;
    if (!connection.Exchange(on_reply, heard)) return;
    if (heard) last_heard = Now();
  }
}

bool Link::Handle(const Reply& reply) {
  if (reply.kind == Reply::Kind::kError) return false;  // loading, no password, no memory
  if (IsOk(reply)) return true;
  if (!IsPong(reply)) return user_.OnReply(reply);
  if (!std::exchange(up_, true)) user_.OnUp();
  return true;
}

void Link::BackOff() {
  absl::Duration pause = options_.back_off_min * (1 << std::min(failures_++, kDoublingsMax));
  pause = std::min(pause, options_.back_off_max);
  pause *= std::uniform_real_distribution<double>(0.5, 1.0)(random_);
  const absl::Time until = Now() + pause;
  while (!stop_) {
    const absl::Duration left = until - Now();
    if (left <= absl::ZeroDuration()) return;
    pollfd descriptor{.fd = wake_fd_, .events = POLLIN};
    poll(&descriptor, 1, static_cast<int>(absl::ToInt64Milliseconds(left)) + 1);
    ClearWake();
  }
}

}  // namespace huying::push::redis
