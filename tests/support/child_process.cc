// SPDX-License-Identifier: Apache-2.0
#include "tests/support/child_process.h"

#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstring>
#include <fstream>
#include <iterator>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "services/platform/base/strings.h"

namespace huying::testing {
namespace {

absl::Status Failed(const char* what) {
  return absl::InternalError(absl::StrCat(what, ": ", std::strerror(errno)));
}

// As exec wants them, with a null at the end.
std::vector<char*> PointersTo(const std::vector<std::string>& texts) {
  std::vector<char*> pointers;
  for (const std::string& text : texts) pointers.push_back(const_cast<char*>(text.c_str()));
  pointers.push_back(nullptr);
  return pointers;
}

// Between fork and exec: calls that are allowed there only.
[[noreturn]] void Become(const std::vector<char*>& arguments, const std::vector<char*>& environment,
                         int output, int log, pid_t parent, int only_core) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (getppid() != parent) _exit(1);
  if (only_core >= 0) {
    cpu_set_t cores;
    CPU_ZERO(&cores);
    CPU_SET(static_cast<size_t>(only_core), &cores);
    sched_setaffinity(0, sizeof(cores), &cores);
  }
  signal(SIGXFSZ, SIG_IGN);  // a write past LimitFileSize fails; it does not end the program
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, nullptr);
  dup2(output, STDOUT_FILENO);
  dup2(log, STDERR_FILENO);
  execve(arguments[0], arguments.data(), environment.data());
  _exit(127);
}

}  // namespace

std::string TailOf(const std::string& file, size_t bytes_max) {
  std::ifstream in(file, std::ios::binary);
  std::string text((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
  return text.size() > bytes_max ? text.substr(text.size() - bytes_max) : text;
}

absl::StatusOr<std::unique_ptr<ChildProcess>> ChildProcess::Start(const Options& options) {
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) return Failed("pipe");
  const std::string log_file = options.log_file.empty() ? "/dev/null" : options.log_file;
  const int log = open(log_file.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  if (log < 0) return Failed("log file");
  const std::vector<char*> arguments = PointersTo(options.command);
  std::vector<char*> environment = PointersTo(options.environment);
  environment.pop_back();
  for (char** inherited = environ; *inherited != nullptr; ++inherited) {
    environment.push_back(*inherited);
  }
  environment.push_back(nullptr);
  const pid_t parent = getpid();
  const pid_t pid = fork();
  if (pid < 0) return Failed("fork");
  if (pid == 0) Become(arguments, environment, ends[1], log, parent, options.only_core);
  close(ends[1]);
  close(log);
  return std::unique_ptr<ChildProcess>(new ChildProcess(pid, ends[0], log_file));
}

ChildProcess::ChildProcess(pid_t pid, int output, std::string log_file)
    : pid_(pid), output_(output), log_file_(std::move(log_file)) {}

absl::StatusOr<std::string> ChildProcess::WaitForLine(std::string_view start,
                                                      absl::Duration limit) {
  const absl::Time end = absl::Now() + limit;
  size_t from = 0;
  while (true) {
    for (size_t stop; (stop = read_.find('\n', from)) != std::string::npos; from = stop + 1) {
      const std::string line = read_.substr(from, stop - from);
      if (line.rfind(start, 0) == 0) return line;
    }
    const int64_t left_ms = absl::ToInt64Milliseconds(end - absl::Now());
    pollfd readable{.fd = output_, .events = POLLIN, .revents = 0};
    if (left_ms <= 0 || poll(&readable, 1, static_cast<int>(left_ms)) == 0) {
      return absl::DeadlineExceededError(absl::StrCat("no line '", base::Abs(start), "' within ",
                                                      absl::FormatDuration(limit), "\n",
                                                      TailOf(log_file_)));
    }
    char buffer[4096];
    const ssize_t got = read(output_, buffer, sizeof(buffer));
    if (got > 0) {
      read_.append(buffer, static_cast<size_t>(got));
    } else if (got == 0 || errno != EINTR) {
      return absl::UnavailableError(
          absl::StrCat("ended before it said '", base::Abs(start), "'\n", TailOf(log_file_)));
    }
  }
}

bool ChildProcess::Reap(absl::Duration limit) {
  if (over_) return true;
  // A descriptor of the process becomes readable when it ends: no polling for its death.
  const int handle = static_cast<int>(syscall(SYS_pidfd_open, pid_, 0));
  pollfd ended{.fd = handle, .events = POLLIN, .revents = 0};
  const int found = poll(&ended, 1, static_cast<int>(absl::ToInt64Milliseconds(limit)));
  if (handle >= 0) close(handle);
  int status = 0;
  if (found == 0 || waitpid(pid_, &status, 0) != pid_) return false;
  exit_code_ = WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
  over_ = true;
  close(output_);
  return true;
}

void ChildProcess::Kill() {
  if (over_) return;
  kill(pid_, SIGKILL);
  Reap(absl::Seconds(30));
}

absl::StatusOr<int> ChildProcess::Wait(absl::Duration limit) {
  if (Reap(limit)) return exit_code_;
  Kill();
  return absl::DeadlineExceededError(
      absl::StrCat("did not end within ", absl::FormatDuration(limit), "\n", TailOf(log_file_)));
}

absl::StatusOr<int> ChildProcess::Terminate(absl::Duration limit) {
  if (!over_) kill(pid_, SIGTERM);
  return Wait(limit);
}

void ChildProcess::LimitFileSize(int64_t bytes) {
  rlimit limit{};
  limit.rlim_cur = bytes == 0 ? RLIM_INFINITY : static_cast<rlim_t>(bytes);
  limit.rlim_max = RLIM_INFINITY;
  prlimit(pid_, RLIMIT_FSIZE, &limit, nullptr);
}

void ChildProcess::Freeze() { kill(pid_, SIGSTOP); }
void ChildProcess::Thaw() { kill(pid_, SIGCONT); }

}  // namespace huying::testing
