// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <map>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "services/platform/base/clock.h"
#include "services/platform/context/call_context.h"
#include "services/platform/ledger/ledger.h"

// Turns due rows of one ledger into ordinary commands.
//
//   ledger::Timekeeper timekeeper(ledger, realm_clock,
//       {{"answer-limit", [&](const CallContext& context, const Ledger::DueDeadline& due) {
//           return service.AnswerLimitPassed(context, due.deadline.subject);
//         }}});
//   timekeeper.Start();
//
// A row fires once: when its command is accepted the row goes with it, unless the command set it to
// another time. A row that was moved or cleared before its command is decided does nothing. What is
// refused for good is recorded ("ledger.DropDeadline", with the reason as a flag), never repeated;
// what fails for the moment is tried again with back-off.
namespace huying::ledger {

// May gather from lower services, as a use case does; runs on the timekeeper's thread.
using DueHandler =
    std::function<absl::StatusOr<Command>(const context::CallContext&, const Ledger::DueDeadline&)>;

struct TimekeeperOptions {
  const base::Clock* machine_clock = nullptr;  // for the handlers' deadline; none = no deadline
  absl::Duration handler_timeout = absl::Seconds(10);
  absl::Duration poll = absl::Milliseconds(200);  // machine time
  int retry_polls_max = 64;                       // longest back-off, in polls
  // Adds what calls to lower services need (a node token).
  std::function<void(context::CallContext&)> prepare;
};

// Thread-safe. Stop it before the ledger and before what its handlers refer to.
class Timekeeper {
 public:
  Timekeeper(Ledger& ledger, const base::Clock& realm_clock,
             std::map<std::string, DueHandler> handlers, TimekeeperOptions options = {});
  ~Timekeeper() { Stop(); }

  void Start();
  void Stop();
  // The realm's clock has moved: look at once. Ends a hold.
  void Poke();
  // Fires nothing until the next Poke; waits (at most 5 s) until no round is under way. For a clock
  // that is moved in several processes at once.
  void Hold();
  // Nothing is due at `now` and nothing is being done.
  bool Idle(absl::Time now) const;

 private:
  static constexpr int kRowsPerRound = 64;
  struct Trouble {
    absl::Time due_at;
    bool answered = false;  // its command was accepted, and yet the row is still there
    int failures = 0;
    int64_t next_round = 0;
  };

  void Loop();
  void Round();
  std::vector<Ledger::DueDeadline> Ready();
  void Fire(std::vector<Ledger::DueDeadline> rows);
  absl::StatusOr<Command> CommandFor(const Ledger::DueDeadline& due) const;
  Command DropCommand(const Ledger::DueDeadline& due, const absl::Status& why) const;
  context::CallContext ContextFor(const Ledger::DueDeadline& due) const;
  void Note(const Ledger::DueDeadline& due, const absl::Status& outcome);

  Ledger& ledger_;
  const base::Clock& realm_clock_;
  const std::map<std::string, DueHandler> handlers_;
  const TimekeeperOptions options_;
  // On the timekeeper's thread only.
  std::map<std::string, Trouble> troubles_;
  int64_t rounds_ = 0;

  mutable absl::Mutex mutex_;
  bool poked_ ABSL_GUARDED_BY(mutex_) = false;
  bool busy_ ABSL_GUARDED_BY(mutex_) = false;
  bool held_ ABSL_GUARDED_BY(mutex_) = false;
  bool stopping_ ABSL_GUARDED_BY(mutex_) = false;
  std::thread thread_;
};

// Worth trying again, unchanged: nothing was decided.
bool IsTransient(const absl::Status& status);

}  // namespace huying::ledger
