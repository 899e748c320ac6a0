// SPDX-License-Identifier: Apache-2.0
#include "services/platform/push/redis/connection.h"

#include <hiredis/hiredis.h>
#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <utility>

namespace huying::push::redis {
namespace {

int PollMs(absl::Duration limit) {
  // Up, or a wait of less than a millisecond would spin.
  return static_cast<int>(
      std::clamp<int64_t>(absl::ToInt64Milliseconds(limit + absl::Microseconds(999)), 0, 60'000));
}

Reply Convert(const redisReply& from) {
  Reply reply;
  switch (from.type) {
    case REDIS_REPLY_STRING:
    case REDIS_REPLY_STATUS:
      reply.kind = Reply::Kind::kText;
      reply.text.assign(from.str, from.len);
      break;
    case REDIS_REPLY_ERROR:
      reply.kind = Reply::Kind::kError;
      reply.text.assign(from.str, from.len);
      break;
    case REDIS_REPLY_INTEGER:
      reply.kind = Reply::Kind::kInteger;
      break;
    case REDIS_REPLY_ARRAY:
      reply.kind = Reply::Kind::kArray;
      for (size_t i = 0; i < from.elements; ++i) {
        reply.elements.push_back(Convert(*from.element[i]));
      }
      break;
    default:
      break;
  }
  return reply;
}

}  // namespace

std::unique_ptr<Connection> Connection::Open(const Address& address, absl::Duration limit) {
  redisContext* context = address.unix_socket.empty()
                              ? redisConnectNonBlock(address.host.c_str(), address.port)
                              : redisConnectUnixNonBlock(address.unix_socket.c_str());
  if (context == nullptr) return nullptr;
  std::unique_ptr<Connection> connection(new Connection(context));
  if (context->err != 0 || !connection->FinishConnecting(limit)) return nullptr;
  if (!address.password.empty()) connection->Append({"AUTH", address.password});
  return connection;
}

Connection::~Connection() { redisFree(context_); }

bool Connection::FinishConnecting(absl::Duration limit) {
  pollfd descriptor{.fd = context_->fd, .events = POLLOUT};
  if (poll(&descriptor, 1, PollMs(limit)) != 1) return false;
  int error = 0;
  socklen_t size = sizeof(error);
  return getsockopt(context_->fd, SOL_SOCKET, SO_ERROR, &error, &size) == 0 && error == 0;
}

void Connection::Append(const std::vector<std::string_view>& words) {
  std::vector<const char*> starts;
  std::vector<size_t> lengths;
  for (const std::string_view word : words) {
    starts.push_back(word.data());
    lengths.push_back(word.size());
  }
  redisAppendCommandArgv(context_, static_cast<int>(words.size()), starts.data(), lengths.data());
  has_output_ = true;
}

bool Connection::Wait(int wake_fd, absl::Duration limit) {
  const short events = static_cast<short>(POLLIN | (HasOutput() ? POLLOUT : 0));
  pollfd descriptors[] = {{.fd = context_->fd, .events = events},
                          {.fd = wake_fd, .events = POLLIN}};
  const int ready = poll(descriptors, 2, PollMs(limit));
  readable_ = ready > 0 && (descriptors[0].revents & (POLLIN | POLLHUP | POLLERR)) != 0;
  return ready >= 0 || errno == EINTR;
}

bool Connection::Exchange(const std::function<void(const Reply&)>& on_reply, bool& heard) {
  heard = false;
  if (HasOutput()) {
    int done = 0;
    if (redisBufferWrite(context_, &done) != REDIS_OK) return false;
    has_output_ = done == 0;
  }
  if (!std::exchange(readable_, false)) return true;
  if (redisBufferRead(context_) != REDIS_OK) return false;
  heard = true;
  while (true) {
    void* raw = nullptr;
    if (redisGetReplyFromReader(context_, &raw) != REDIS_OK) return false;
    if (raw == nullptr) return true;
    const Reply reply = Convert(*static_cast<redisReply*>(raw));
    freeReplyObject(raw);
    on_reply(reply);
  }
}

}  // namespace huying::push::redis
