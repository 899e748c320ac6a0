// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/time/time.h"

struct redisContext;

// One connection to Redis that never blocks but in Wait, driven by one thread.
//
//   auto connection = Connection::Open({.unix_socket = "/run/redis.sock"}, absl::Seconds(2));
//   connection->Append({"SUBSCRIBE", channel});
//   while (connection->Wait(wake_fd, absl::Seconds(1)) && connection->Exchange(on_reply)) { ... }
namespace huying::push::redis {

struct Address {
  std::string host = "127.0.0.1";
  int port = 6379;
  std::string unix_socket;  // instead of host and port
  std::string password;
};

struct Reply {
  enum class Kind { kText, kError, kInteger, kArray, kOther };
  Kind kind = Kind::kOther;
  std::string text;
  std::vector<Reply> elements;
};

// Not thread-safe.
class Connection {
 public:
  // Null: refused, or not connected within the limit.
  static std::unique_ptr<Connection> Open(const Address& address, absl::Duration limit);
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  void Append(const std::vector<std::string_view>& words);
  // What was appended is not yet all handed to the kernel.
  bool HasOutput() const { return has_output_; }
  // Until the socket is ready, `wake_fd` is readable or the time is over. False: broken.
  bool Wait(int wake_fd, absl::Duration limit);
  // Writes and reads what goes without waiting. `heard` tells that bytes came. False: broken.
  bool Exchange(const std::function<void(const Reply&)>& on_reply, bool& heard);

 private:
  explicit Connection(redisContext* context) : context_(context) {}
  bool FinishConnecting(absl::Duration limit);

  redisContext* const context_;
  bool has_output_ = false;
  bool readable_ = false;
};

}  // namespace huying::push::redis
