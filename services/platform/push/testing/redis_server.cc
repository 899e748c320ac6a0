// SPDX-License-Identifier: Apache-2.0
#include "services/platform/push/testing/redis_server.h"

#include <fcntl.h>
#include <netinet/in.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <future>
#include <thread>
#include <vector>

namespace huying::push::testing {
namespace {

constexpr int kStartTries = 500;
constexpr int kTryPauseUs = 10'000;

[[noreturn]] void Fail(const char* what) {
  std::fprintf(stderr, "RedisServer: %s: %s\n", what, std::strerror(errno));
  std::abort();
}

int FreePort() {
  const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof(address);
  if (fd < 0 || bind(fd, reinterpret_cast<sockaddr*>(&address), size) != 0 ||
      getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size) != 0) {
    Fail("no free port");
  }
  close(fd);
  return ntohs(address.sin_port);
}

}  // namespace

RedisServer::RedisServer() {
  const std::string pattern = std::filesystem::temp_directory_path() / "huying-redis-XXXXXX";
  std::vector<char> name(pattern.c_str(), pattern.c_str() + pattern.size() + 1);
  if (mkdtemp(name.data()) == nullptr) Fail("no temporary folder");
  folder_ = name.data();
  socket_path_ = folder_ + "/redis.sock";
  port_ = FreePort();
  Start();
}

RedisServer::~RedisServer() {
  Kill();
  std::error_code ignored;
  std::filesystem::remove_all(folder_, ignored);
}

void RedisServer::Start() {
  if (keeper_.joinable()) return;
  std::promise<pid_t> started;
  ended_ = false;
  keeper_ = std::thread([&, this] { Keep(started); });
  pid_ = started.get_future().get();
  for (int i = 0; i < kStartTries && !ended_; ++i) {
    if (Answers("PING\r\n", "+PONG")) return;
    usleep(kTryPauseUs);
  }
  Fail("redis-server does not start (is it installed?)");
}

// The server dies with the thread that started it, so that none outlives a test that crashed; hence a
// thread that lives as long as the server.
void RedisServer::Keep(std::promise<pid_t>& started) {
  const std::string port = std::to_string(port_);
  const pid_t parent = getpid();
  const pid_t pid = fork();
  if (pid < 0) Fail("fork");
  if (pid == 0) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent) _exit(1);
    const int null = open("/dev/null", O_RDWR);
    dup2(null, STDOUT_FILENO);
    execlp("redis-server", "redis-server", "--port", port.c_str(), "--bind", "127.0.0.1",
           "--unixsocket", socket_path_.c_str(), "--unixsocketperm", "700", "--dir",
           folder_.c_str(), "--save", "", "--appendonly", "no", nullptr);
    _exit(127);
  }
  started.set_value(pid);
  waitpid(pid, nullptr, 0);
  ended_ = true;
}

void RedisServer::End(int signal) {
  if (!keeper_.joinable()) return;
  if (!ended_) {
    kill(pid_, SIGCONT);
    kill(pid_, signal);
  }
  keeper_.join();
}

void RedisServer::Stop() { End(SIGTERM); }
void RedisServer::Kill() { End(SIGKILL); }
void RedisServer::Freeze() { kill(pid_, SIGSTOP); }
void RedisServer::Thaw() { kill(pid_, SIGCONT); }

void RedisServer::FlushAll() {
  if (!Answers("FLUSHALL\r\n", "+OK")) Fail("FLUSHALL");
}

bool RedisServer::Answers(const std::string& command, const std::string& expected) const {
  const int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::strncpy(address.sun_path, socket_path_.c_str(), sizeof(address.sun_path) - 1);
  bool good = connect(fd, reinterpret_cast<sockaddr*>(&address), sizeof(address)) == 0 &&
              send(fd, command.data(), command.size(), MSG_NOSIGNAL) ==
                  static_cast<ssize_t>(command.size());
  if (good) {
    timeval limit{.tv_sec = 2, .tv_usec = 0};
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit));
    char answer[64];
    const ssize_t got = recv(fd, answer, sizeof(answer), 0);
    good = got > 0 && std::string(answer, static_cast<size_t>(got)).rfind(expected, 0) == 0;
  }
  close(fd);
  return good;
}

}  // namespace huying::push::testing
