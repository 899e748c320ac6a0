// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <list>
#include <memory>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"

// Stands between a client and a server and makes the faults of networks: frames that vanish, come
// twice or changed, connections that stall, break or are refused.
//
//   TcpGate gate({.unix_socket = redis.socket_path()}, TcpGate::Framing::kRedis);
//   ... client connects to 127.0.0.1:gate.port() ...
//   gate.FilterToClient(SwallowMessages());   // the connection stays open
//   gate.Heal();
namespace huying::testing {

// Thread-safe.
class TcpGate {
 public:
  struct Target {
    int port = 0;  // on 127.0.0.1
    std::string unix_socket;
  };
  enum class Framing {
    kBytes,  // whatever one read gives
    kRedis,  // whole RESP values
  };
  // Gives what goes on in place of the frame. Called on the gate's thread; must not call the gate.
  using Filter = std::function<std::vector<std::string>(std::string frame)>;

  explicit TcpGate(Target target, Framing framing = Framing::kBytes);
  ~TcpGate();
  TcpGate(const TcpGate&) = delete;
  TcpGate& operator=(const TcpGate&) = delete;

  int port() const { return port_; }
  int64_t connections() const { return accepted_.load(); }  // ever accepted

  // An empty filter passes everything.
  void FilterToClient(Filter filter);
  void FilterToServer(Filter filter);
  // Connections stay open, nothing moves; what was sent meanwhile moves afterwards.
  void Stall(bool on);
  // New connections are closed at once.
  void Refuse(bool on);
  // Closes all connections.
  void Cut();
  // None of the above any more.
  void Heal();

 private:
  struct Direction {
    int from = -1;
    int to = -1;
    bool to_client = false;
    std::string partial;  // of a frame
    std::string waiting;  // to be written
  };
  struct Pair {
    Direction up;
    Direction down;
    bool broken = false;
  };

  void Run();
  void Accept();
  int ConnectToTarget() const;
  // Moves what goes without waiting; false when the connection is over.
  bool Pump(Direction& direction, bool readable);
  void Forward(Direction& direction);
  void Wake();

  const Target target_;
  const Framing framing_;
  int listener_ = -1;
  int wake_fd_ = -1;
  int port_ = 0;
  std::list<Pair> pairs_;  // the thread's own
  std::atomic<int64_t> accepted_{0};
  std::atomic<bool> stop_{false};
  std::atomic<bool> stalled_{false};
  std::atomic<bool> refusing_{false};
  std::atomic<bool> cut_{false};
  absl::Mutex mutex_;
  Filter to_client_ ABSL_GUARDED_BY(mutex_);
  Filter to_server_ ABSL_GUARDED_BY(mutex_);
  std::thread thread_;
};

// Length of the first whole RESP value, 0 when it is not all there.
size_t RespFrameLength(std::string_view bytes);

}  // namespace huying::testing
