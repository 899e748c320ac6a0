// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/types.h>

#include <atomic>
#include <future>
#include <string>
#include <thread>

#include "services/platform/push/redis/connection.h"

// A private redis-server for one test: a temporary folder, a Unix socket and a free port.
//
//   RedisServer redis;                 // started; aborts the test program when that fails
//   auto bus = MakeRedisBus({.link = {.address = redis.unix_address(), .machine_clock = &clock}});
//   redis.Kill(); redis.Start(); redis.FlushAll();
namespace huying::push::testing {

class RedisServer {
 public:
  RedisServer();
  ~RedisServer();  // kills it, removes the folder
  RedisServer(const RedisServer&) = delete;
  RedisServer& operator=(const RedisServer&) = delete;

  // On the same socket and port as before; returns when it answers.
  void Start();
  void Stop();  // SIGTERM
  void Kill();  // SIGKILL
  void Restart() {
    Kill();
    Start();
  }
  void Freeze();  // connections stay open, nothing is answered
  void Thaw();
  void FlushAll();

  int port() const { return port_; }
  const std::string& socket_path() const { return socket_path_; }
  redis::Address tcp_address() const { return {.host = "127.0.0.1", .port = port_}; }
  redis::Address unix_address() const { return {.unix_socket = socket_path_}; }

 private:
  void Keep(std::promise<pid_t>& started);
  void End(int signal);
  bool Answers(const std::string& command, const std::string& expected) const;

  std::string folder_;
  std::string socket_path_;
  int port_ = 0;
  pid_t pid_ = 0;
  std::atomic<bool> ended_{false};
  std::thread keeper_;
};

}  // namespace huying::push::testing
