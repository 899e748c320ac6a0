// SPDX-License-Identifier: Apache-2.0
//
// huyingd: one process, any subset of the services.
//   huyingd --services=all --data=/var/lib/huying --redis=127.0.0.1:6379
// Exit codes: 0 stopped as asked, 1 did not start or did not stop, 2 wrong flags or configuration.
#include <pthread.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <string>
#include <thread>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/clock.h"
#include "services/huyingd/flags.h"
#include "services/huyingd/modules.h"
#include "services/huyingd/process.h"
#include "services/platform/base/status.h"
#include "services/platform/config/config.h"
#include "services/platform/rules/rule_table.h"

namespace huying::huyingd {
namespace {
constexpr int kExitFailed = 1;
constexpr int kExitUsage = 2;
// Beyond the configured time for calls in flight, for ledgers and threads to end.
constexpr absl::Duration kStopGrace = absl::Seconds(20);

void Say(const base::Problem& problem) {
  std::string line = absl::StrCat("huyingd: ", problem.message());
  if (!problem.field().empty()) absl::StrAppend(&line, " [", problem.field(), "]");
  absl::StrAppend(&line, "\n  ", problem.message_en(), "\n");
  if (!problem.next_step().empty()) {
    absl::StrAppend(&line, "  → ", problem.next_step(), "\n    ", problem.next_step_en(), "\n");
  }
  std::fputs(line.c_str(), stderr);
}

void ListServices() {
  for (const ServiceEntry& entry : BuiltServices()) {
    std::printf("%-10s %s%s%s\n", entry.name.c_str(), entry.title.c_str(),
                entry.depends_on.empty() ? "" : "  <- ",
                absl::StrJoin(entry.depends_on, ", ").c_str());
  }
}

// True when the configuration can be used.
bool Check(const platform::v1::ServerConfig& config) {
  std::vector<std::string> known;
  for (const ServiceEntry& entry : ServiceTable()) known.push_back(entry.name);
  auto problems = config::Validate(config, known);
  if (!config.rules_file().empty()) {
    const auto table = rules::RuleTable::FromTextFile(config.rules_file());
    if (!table.ok()) problems.push_back(base::ProblemOf(table.status()));
  }
  for (const base::Problem& problem : problems) Say(problem);
  return problems.empty();
}

sigset_t StopSignals() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  return signals;
}

// A stop that hangs ends the process all the same: what was acknowledged is on disk. A second signal ends
// it at once.
void GuardStop(absl::Duration limit) {
  std::thread([limit] {
    const sigset_t signals = StopSignals();
    const timespec wait = absl::ToTimespec(limit);
    const bool again = sigtimedwait(&signals, nullptr, &wait) > 0;
    spdlog::error(again ? "told twice to stop: ending now" : "the stop took too long: ending now");
    ::_exit(kExitFailed);
  }).detach();
}

int Serve(const platform::v1::ServerConfig& config) {
  const sigset_t signals = StopSignals();
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);  // before any thread, so that all inherit it
  std::signal(SIGPIPE, SIG_IGN);
  auto process = Process::Start(config);
  if (!process.ok()) {
    Say(base::ProblemOf(process.status()));
    return kExitFailed;
  }
  std::printf("%s\n", (*process)->ReadyLine().c_str());
  std::fflush(stdout);
  int signal = 0;
  sigwait(&signals, &signal);
  spdlog::info("stopping on signal {}", signal);
  GuardStop(absl::Milliseconds(config.limits().stop_within_ms()) + kStopGrace);
  (*process)->Stop();
  spdlog::info("stopped");
  return 0;
}

int Main(int argc, const char* const* argv) {
  spdlog::set_default_logger(spdlog::stderr_logger_mt("huyingd"));
  // Debian builds Abseil with its lock-order graph on: a few per cent of every call.
  absl::SetMutexDeadlockDetectionMode(absl::OnDeadlockCycle::kIgnore);
  auto parsed = ParseFlags(argc, argv);
  if (!parsed.ok()) {
    Say(base::ProblemOf(parsed.status()));
    return kExitUsage;
  }
  if (parsed->exit_code) return *parsed->exit_code;
  const Flags& flags = parsed->flags;
  if (flags.list_services) {
    ListServices();
    return 0;
  }
  if (flags.print_config) std::fputs(config::Print(flags.config).c_str(), stdout);
  const bool good = Check(flags.config);
  if (flags.print_config || flags.check_config) return good ? 0 : kExitUsage;
  if (!good) return kExitUsage;
  spdlog::set_level(spdlog::level::from_str(flags.config.log().level()));
  return Serve(flags.config);
}
}  // namespace
}  // namespace huying::huyingd

int main(int argc, char** argv) { return huying::huyingd::Main(argc, argv); }
