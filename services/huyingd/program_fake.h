// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <fcntl.h>
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <string>
#include <utility>
#include <vector>

#include "absl/time/clock.h"
#include "absl/time/time.h"

namespace huying::huyingd {

// A program run by a test, its standard output and error in one text; killed at the end of the test.
//
//   Program server({HUYING_BIN_DIR "/huyingd", "--data=" + dir});
//   ASSERT_TRUE(server.WaitFor("huyingd ready", absl::Seconds(30))) << server.output();
//   server.Signal(SIGTERM);
//   EXPECT_EQ(server.WaitExit(absl::Seconds(30)), 0);
class Program {
 public:
  explicit Program(std::vector<std::string> arguments) {
    int ends[2];
    if (::pipe2(ends, O_CLOEXEC) != 0) return;
    std::vector<char*> argv;
    argv.reserve(arguments.size() + 1);
    for (std::string& argument : arguments) argv.push_back(argument.data());
    argv.push_back(nullptr);
    pid_ = ::fork();
    if (pid_ == 0) {
      ::dup2(ends[1], STDOUT_FILENO);
      ::dup2(ends[1], STDERR_FILENO);
      ::execv(argv[0], argv.data());
      ::_exit(127);
    }
    ::close(ends[1]);
    out_ = ends[0];
    ::fcntl(out_, F_SETFL, O_NONBLOCK);
  }
  ~Program() {
    if (pid_ > 0 && exit_ < 0) {
      ::kill(pid_, SIGKILL);
      WaitExit(absl::Seconds(10));
    }
    if (out_ >= 0) ::close(out_);
  }
  Program(const Program&) = delete;
  Program& operator=(const Program&) = delete;

  // False when the text did not come in time or the program ended first.
  bool WaitFor(const std::string& text, absl::Duration limit) {
    const absl::Time until = absl::Now() + limit;
    while (output_.find(text) == std::string::npos) {
      if (absl::Now() > until || !Read(until)) return output_.find(text) != std::string::npos;
    }
    return true;
  }
  // The exit code; 128 + signal; -1 when it did not end in time.
  int WaitExit(absl::Duration limit) {
    const absl::Time until = absl::Now() + limit;
    while (exit_ < 0 && absl::Now() < until) {
      int status = 0;
      if (::waitpid(pid_, &status, WNOHANG) == pid_) {
        exit_ = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
      } else {
        Read(absl::Now() + absl::Milliseconds(20));
      }
    }
    while (Read(absl::Now())) {
    }
    return exit_;
  }
  void Signal(int signal) { ::kill(pid_, signal); }
  pid_t pid() const { return pid_; }
  const std::string& output() const { return output_; }
  // "7400" of "listen=127.0.0.1:7400".
  std::string Value(const std::string& name) const {
    const size_t at = output_.find(name + "=");
    if (at == std::string::npos) return "";
    const size_t from = at + name.size() + 1;
    return output_.substr(from, output_.find_first_of(" \n", from) - from);
  }

 private:
  // False at the end of the output.
  bool Read(absl::Time until) {
    pollfd ready = {out_, POLLIN, 0};
    const int wait_ms =
        static_cast<int>(std::max<int64_t>(0, absl::ToInt64Milliseconds(until - absl::Now())));
    if (::poll(&ready, 1, wait_ms) <= 0) return wait_ms > 0;
    char buffer[4096];
    const ssize_t size = ::read(out_, buffer, sizeof(buffer));
    if (size > 0) output_.append(buffer, static_cast<size_t>(size));
    return size > 0;
  }

  pid_t pid_ = -1;
  int out_ = -1;
  int exit_ = -1;
  std::string output_;
};

}  // namespace huying::huyingd
