// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "services/platform/base/clock.h"
#include "services/platform/context/call_context.h"
#include "services/platform/ledger/ledger.h"

// An effect in a lower service: a reactor follows its own service's journal and acts for the person
// who decided. Each step happens once, also when the process is killed in the middle: a step's
// request id is made from (ledger, seq, step), its outcome is recorded in the own ledger under
// (ledger, seq, step, outcome), and the cursor moves after the last step.
//
//   std::vector<Step> StepsFor(const StoredEntry& stored) override {
//     if (stored.entry.act() != "incident.ActivateResponse") return {};
//     return {{.id = "notice",
//              .act = [this](const CallContext& c) { return alerts_.IssueNotice(c, ...); },
//              .record = [](const absl::StatusOr<Receipt>& outcome) { return Recorded(outcome);
//              }}};
//   }
namespace huying::ledger {

struct Step {
  std::string id;  // unique within the entry
  std::function<absl::StatusOr<common::v1::Receipt>(const context::CallContext&)> act;
  // The outcome, a refusal too, becomes a record of the own ledger. It must change something, or a
  // repetition would not know of it. May be empty when nobody needs to know.
  std::function<Command(const absl::StatusOr<common::v1::Receipt>& outcome)> record;
};

class Reactor {
 public:
  virtual ~Reactor() = default;
  // Names its cursor; constant for ever.
  virtual std::string name() const = 0;
  // A pure function of the entry: a repetition must ask for the same under the same ids.
  virtual std::vector<Step> StepsFor(const StoredEntry& entry) = 0;
};

struct ReactorOptions {
  absl::Duration act_timeout = absl::Seconds(10);
  absl::Duration backoff_min = absl::Milliseconds(50);
  absl::Duration backoff_max = absl::Seconds(10);
  // For the alarm: each failed attempt of a step, from the runner's thread.
  std::function<void(const std::string& request_id, int attempt, const absl::Status&)> on_trouble;
  // Adds what a call to a lower service needs (a node token).
  std::function<void(context::CallContext&)> prepare;
};

// One reactor on a thread of its own. Thread-safe. Stop it before the ledgers and services it uses.
class ReactorRunner {
 public:
  // References must outlive the runner.
  ReactorRunner(Ledger& ledger, const base::Clock& realm_clock, const base::Clock& machine_clock,
                std::unique_ptr<Reactor> reactor, ReactorOptions options = {});
  ~ReactorRunner() { Stop(); }

  void Start();
  // Leaves a step under way unfinished; the next start repeats it.
  void Stop();
  // Entries this reactor has not finished.
  int64_t Lag() const;
  // Attempts that failed for the moment, since Start.
  int64_t Troubles() const { return troubles_; }
  // Of the step under way, one after the other; 0 once it went through.
  int FailedAttempts() const { return failed_attempts_; }
  const std::string& cursor_name() const { return cursor_name_; }
  // Not OK when the cursor does not fit the journal (a restore without its cursors): nothing is
  // done then, for nobody knows what was done before.
  absl::Status status() const;

 private:
  bool Stopping() const;
  bool Wait(absl::Duration wait) const;  // false when stopping
  bool LoadCursor();
  absl::StatusOr<bool> CursorFits() const;
  void Loop();
  bool Finish(const StoredEntry& entry);
  bool RunStep(const StoredEntry& entry, const Step& step);
  // Repeats while the answer is transient; nullopt when stopping.
  std::optional<absl::StatusOr<common::v1::Receipt>> Persist(
      const std::string& request_id,
      const std::function<absl::StatusOr<common::v1::Receipt>()>& attempt);
  context::CallContext ContextFor(const StoredEntry& entry, const std::string& request_id) const;
  bool SaveCursor();

  Ledger& ledger_;
  const base::Clock& realm_clock_;
  const base::Clock& machine_clock_;
  const std::unique_ptr<Reactor> reactor_;
  const ReactorOptions options_;
  const std::string cursor_name_;
  Ledger::Position done_;  // on the runner's thread
  int64_t unsaved_ = 0;
  std::atomic<int64_t> done_seq_ = 0;
  std::atomic<int64_t> troubles_ = 0;
  std::atomic<int> failed_attempts_ = 0;
  mutable absl::Mutex mutex_;
  bool stopping_ ABSL_GUARDED_BY(mutex_) = false;
  absl::Status status_ ABSL_GUARDED_BY(mutex_);
  std::thread thread_;
};

}  // namespace huying::ledger
