// SPDX-License-Identifier: Apache-2.0
//
// The peer: raw Redis pub/sub, N subscriber connections read by one epoll loop, one message after
// another; the time from before PUBLISH to each subscriber's message.
#include <hiredis/hiredis.h>
#include <sys/epoll.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <chrono>
#include <iostream>
#include <string>
#include <vector>

namespace {

using SteadyClock = std::chrono::steady_clock;

redisContext* Connect(const std::string& path) {
  redisContext* context = redisConnectUnix(path.c_str());
  if (context == nullptr || context->err != 0) {
    std::cerr << "cannot connect to redis\n";
    std::exit(1);
  }
  return context;
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app{"raw Redis pub/sub fan-out, the peer of ./dev bench"};
  std::string redis;
  int subscribers = 100;
  int messages = 20;
  app.add_option("--redis", redis)->required();
  app.add_option("--subscribers", subscribers)->check(CLI::Range(1, 10000));
  app.add_option("--messages", messages)->check(CLI::Range(1, 1000));
  CLI11_PARSE(app, argc, argv);

  const int poll = epoll_create1(EPOLL_CLOEXEC);
  std::vector<redisContext*> connections;
  for (int i = 0; i < subscribers; ++i) {
    redisContext* context = Connect(redis);
    freeReplyObject(redisCommand(context, "SUBSCRIBE bench"));
    epoll_event event{};
    event.events = EPOLLIN;
    event.data.ptr = context;
    epoll_ctl(poll, EPOLL_CTL_ADD, context->fd, &event);
    connections.push_back(context);
  }
  redisContext* publisher = Connect(redis);
  const std::string payload(512, 'x');
  std::vector<double> all;
  std::vector<double> last;
  for (int i = 0; i < messages; ++i) {
    const auto start = SteadyClock::now();
    redisAppendCommand(publisher, "PUBLISH bench %b", payload.data(), payload.size());
    int done = 0;
    while (done == 0) redisBufferWrite(publisher, &done);
    int seen = 0;
    double at = 0;
    while (seen < subscribers) {
      epoll_event events[256];
      const int ready = epoll_wait(poll, events, 256, 10'000);
      if (ready <= 0) return 1;
      for (int e = 0; e < ready; ++e) {
        auto* context = static_cast<redisContext*>(events[e].data.ptr);
        redisBufferRead(context);
        void* reply = nullptr;
        while (redisGetReplyFromReader(context, &reply) == REDIS_OK && reply != nullptr) {
          freeReplyObject(reply);
          at = std::chrono::duration<double, std::milli>(SteadyClock::now() - start).count();
          all.push_back(at);
          ++seen;
        }
      }
    }
    last.push_back(at);
    void* reply = nullptr;
    redisGetReply(publisher, &reply);
    freeReplyObject(reply);
  }
  std::sort(all.begin(), all.end());
  std::sort(last.begin(), last.end());
  std::cout << "{\"p50_ms\": " << all[all.size() / 2]
            << ", \"p99_ms\": " << all[all.size() * 99 / 100]
            << ", \"last_ms\": " << last[last.size() / 2] << "}" << std::endl;
  for (redisContext* context : connections) redisFree(context);
  redisFree(publisher);
  close(poll);
}
