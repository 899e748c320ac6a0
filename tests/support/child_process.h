// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/types.h>

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"

// A program of ours, run by a test and never outliving it.
//
//   auto server = ChildProcess::Start({.command = {"bin/huyingd", "--data=/tmp/x"}, .log_file = "/tmp/x.log"});
//   ASSERT_TRUE((*server)->WaitForLine("huyingd ready", absl::Seconds(30)).ok());
//   (*server)->Kill();
namespace huying::testing {

// Used by one thread, which must live as long: the kernel kills the child when that thread ends.
class ChildProcess {
 public:
  struct Options {
    std::vector<std::string> command;
    std::string log_file;                  // standard error goes there, appended
    int only_core = -1;                    // runs on this core alone, as `taskset -c` does
    std::vector<std::string> environment;  // "NAME=value", besides our own
  };
  static absl::StatusOr<std::unique_ptr<ChildProcess>> Start(const Options& options);
  ~ChildProcess() { Kill(); }
  ChildProcess(const ChildProcess&) = delete;
  ChildProcess& operator=(const ChildProcess&) = delete;

  // The first line of standard output that begins so. UNAVAILABLE when the program ends before, with the
  // end of its log; DEADLINE_EXCEEDED after `limit`.
  absl::StatusOr<std::string> WaitForLine(std::string_view start, absl::Duration limit);
  // SIGKILL: nothing is flushed, nothing is said. Twice does nothing.
  void Kill();
  // SIGTERM; the exit code, or DEADLINE_EXCEEDED (and then it is killed).
  absl::StatusOr<int> Terminate(absl::Duration limit);
  // The exit code of a program that ends by itself; as above. -N: ended by signal N.
  absl::StatusOr<int> Wait(absl::Duration limit);
  // No file may grow past so many bytes, as on a full disk; 0 = they may again.
  void LimitFileSize(int64_t bytes);
  // Stands still with its connections open, and goes on.
  void Freeze();
  void Thaw();
  pid_t pid() const { return pid_; }

 private:
  ChildProcess(pid_t pid, int output, std::string log_file);
  bool Reap(absl::Duration limit);

  const pid_t pid_;
  int output_ = -1;
  const std::string log_file_;
  std::string read_;
  bool over_ = false;
  int exit_code_ = 0;
};

// The last lines of a file, for messages.
std::string TailOf(const std::string& file, size_t bytes_max = 4000);

}  // namespace huying::testing
