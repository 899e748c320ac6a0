// SPDX-License-Identifier: Apache-2.0
#include "tests/support/tcp_gate.h"

#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <utility>

namespace huying::testing {
namespace {

constexpr int kPollMs = 1000;

[[noreturn]] void Fail(const char* what) {
  std::fprintf(stderr, "TcpGate: %s: %s\n", what, std::strerror(errno));
  std::abort();
}

sockaddr_in Loopback(int port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(static_cast<uint16_t>(port));
  return address;
}

void MakeQuick(int fd) {
  const int on = 1;
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
  fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK);
}

}  // namespace

size_t RespFrameLength(std::string_view bytes) {
  const size_t line_end = bytes.find("\r\n");
  if (line_end == std::string_view::npos) return 0;
  const size_t after_line = line_end + 2;
  int64_t count = 0;
  std::from_chars(bytes.data() + 1, bytes.data() + line_end, count);
  switch (bytes[0]) {
    case '$': {
      if (count < 0) return after_line;
      const size_t length = after_line + static_cast<size_t>(count) + 2;
      return length <= bytes.size() ? length : 0;
    }
    case '*': {
      size_t length = after_line;
      for (int64_t i = 0; i < count; ++i) {
        const size_t element = RespFrameLength(bytes.substr(length));
        if (element == 0) return 0;
        length += element;
      }
      return length;
    }
    default:
      return after_line;
  }
}

TcpGate::TcpGate(Target target, Framing framing) : target_(std::move(target)), framing_(framing) {
  listener_ = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  sockaddr_in address = Loopback(0);
  socklen_t size = sizeof(address);
  if (listener_ < 0 || bind(listener_, reinterpret_cast<sockaddr*>(&address), size) != 0 ||
      listen(listener_, SOMAXCONN) != 0 ||
      getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size) != 0) {
    Fail("listen");
  }
  port_ = ntohs(address.sin_port);
  wake_fd_ = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
  thread_ = std::thread([this] { Run(); });
}

TcpGate::~TcpGate() {
  stop_ = true;
  Wake();
  thread_.join();
  for (const Pair& pair : pairs_) close(pair.up.from), close(pair.up.to);
  close(listener_);
  close(wake_fd_);
}

void TcpGate::FilterToClient(Filter filter) {
  absl::MutexLock lock(&mutex_);
  to_client_ = std::move(filter);
}

void TcpGate::FilterToServer(Filter filter) {
  absl::MutexLock lock(&mutex_);
  to_server_ = std::move(filter);
}

void TcpGate::Stall(bool on) {
  stalled_ = on;
  Wake();
}

void TcpGate::Refuse(bool on) { refusing_ = on; }

void TcpGate::Cut() {
  cut_ = true;
  Wake();
}

void TcpGate::Heal() {
  FilterToClient(nullptr);
  FilterToServer(nullptr);
  Refuse(false);
  Stall(false);
}

void TcpGate::Wake() {
  const uint64_t one = 1;
  [[maybe_unused]] const ssize_t written = write(wake_fd_, &one, sizeof(one));
}

int TcpGate::ConnectToTarget() const {
  sockaddr_un local{};
  local.sun_family = AF_UNIX;
  std::strncpy(local.sun_path, target_.unix_socket.c_str(), sizeof(local.sun_path) - 1);
  const sockaddr_in remote = Loopback(target_.port);
  const bool is_unix = !target_.unix_socket.empty();
  const int fd = socket(is_unix ? AF_UNIX : AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const int result = is_unix
                         ? connect(fd, reinterpret_cast<sockaddr*>(&local), sizeof(local))
                         : connect(fd, reinterpret_cast<const sockaddr*>(&remote), sizeof(remote));
  if (result == 0) return fd;
  close(fd);
  return -1;
}

void TcpGate::Accept() {
  const int client = accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
  if (client < 0) return;
  const int server = refusing_ ? -1 : ConnectToTarget();
  if (server < 0) {
    close(client);
    return;
  }
  ++accepted_;
  MakeQuick(client);
  MakeQuick(server);
  Pair& pair = pairs_.emplace_back();
  pair.up = {.from = client, .to = server};
  pair.down = {.from = server, .to = client, .to_client = true};
}

void TcpGate::Run() {
  while (!stop_) {
    std::vector<pollfd> descriptors = {{.fd = wake_fd_, .events = POLLIN},
                                       {.fd = listener_, .events = POLLIN}};
    const bool stalled = stalled_;
    for (const Pair& pair : pairs_) {
      for (const auto& [in, out] : {std::pair(&pair.up, &pair.down), {&pair.down, &pair.up}}) {
        const short events = static_cast<short>(POLLIN | (out->waiting.empty() ? 0 : POLLOUT));
        descriptors.push_back({.fd = stalled ? -1 : in->from, .events = events});
      }
    }
    poll(descriptors.data(), descriptors.size(), kPollMs);
    uint64_t count = 0;
    [[maybe_unused]] const ssize_t got = read(wake_fd_, &count, sizeof(count));
    const bool cut = cut_.exchange(false);
    size_t next = 2;
    for (Pair& pair : pairs_) {
      const bool up = descriptors[next++].revents != 0;
      const bool down = descriptors[next++].revents != 0;
      if (cut || (!stalled_ && !(Pump(pair.up, up) && Pump(pair.down, down)))) pair.broken = true;
    }
    std::erase_if(pairs_, [](const Pair& pair) {
      if (pair.broken) close(pair.up.from), close(pair.up.to);
      return pair.broken;
    });
    if (descriptors[1].revents != 0) Accept();
  }
}

bool TcpGate::Pump(Direction& direction, bool readable) {
  if (readable) {
    char buffer[16 << 10];
    const ssize_t got = recv(direction.from, buffer, sizeof(buffer), MSG_DONTWAIT);
    if (got == 0 || (got < 0 && errno != EAGAIN)) return false;
    if (got > 0) {
      direction.partial.append(buffer, static_cast<size_t>(got));
      Forward(direction);
    }
  }
  if (direction.waiting.empty()) return true;
  const ssize_t sent = send(direction.to, direction.waiting.data(), direction.waiting.size(),
                            MSG_NOSIGNAL | MSG_DONTWAIT);
  if (sent < 0) return errno == EAGAIN;
  direction.waiting.erase(0, static_cast<size_t>(sent));
  return true;
}

void TcpGate::Forward(Direction& direction) {
  Filter filter;
  {
    absl::MutexLock lock(&mutex_);
    filter = direction.to_client ? to_client_ : to_server_;
  }
  while (!direction.partial.empty()) {
    const size_t length =
        framing_ == Framing::kBytes ? direction.partial.size() : RespFrameLength(direction.partial);
    if (length == 0) return;
    std::string frame = direction.partial.substr(0, length);
    direction.partial.erase(0, length);
    if (!filter) {
      direction.waiting += frame;
      continue;
    }
    for (const std::string& passed : filter(std::move(frame))) direction.waiting += passed;
  }
}

}  // namespace huying::testing
