// SPDX-License-Identifier: Apache-2.0
#include "services/platform/ledger/timekeeper.h"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <memory>
#include <utility>

#include "absl/strings/str_cat.h"
#include "services/platform/base/status.h"

namespace huying::ledger {
namespace {

constexpr absl::Duration kAnswerWait = absl::Seconds(30);
constexpr absl::Duration kHoldWait = absl::Seconds(5);

// Commands on their way, and what became of each.
class Outcomes {
 public:
  explicit Outcomes(Ledger& ledger) : ledger_(ledger) {}

  void Execute(Command command) {
    size_t place = 0;
    {
      absl::MutexLock lock(&state_->mutex);
      place = state_->statuses.size();
      state_->statuses.push_back(absl::DeadlineExceededError("no answer in time"));
      ++state_->left;
    }
    ledger_.Execute(std::move(command),
                    [state = state_, place](const absl::StatusOr<common::v1::Receipt>& receipt) {
                      absl::MutexLock lock(&state->mutex);
                      state->statuses[place] = receipt.status();
                      --state->left;
                    });
  }
  // In the order of Execute.
  std::vector<absl::Status> Wait() {
    absl::MutexLock lock(&state_->mutex);
    const auto all_there = [this]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(state_->mutex) {
      return state_->left == 0;
    };
    state_->mutex.AwaitWithTimeout(absl::Condition(&all_there), kAnswerWait);
    return state_->statuses;
  }

 private:
  struct State {
    absl::Mutex mutex;
    size_t left ABSL_GUARDED_BY(mutex) = 0;
    std::vector<absl::Status> statuses ABSL_GUARDED_BY(mutex);
  };
  Ledger& ledger_;
  const std::shared_ptr<State> state_ = std::make_shared<State>();  // outlives a wait too long
};

// The handler's decision, around which the row is looked at again and taken away.
Command FiringOnce(Command command, const Deadline& deadline) {
  command.reads.push_back(DeadlineRef(deadline.key));
  command.decide = [inner = std::move(command.decide), key = deadline.key,
                    due_at = deadline.due_at](Transaction& tx) -> absl::Status {
    ASSIGN_OR_RETURN(std::optional<Deadline> row, tx.FindDeadline(key));
    if (!row || row->due_at != due_at) return absl::OkStatus();
    RETURN_IF_ERROR(inner(tx));
    ASSIGN_OR_RETURN(std::optional<Deadline> left, tx.FindDeadline(key));
    if (left && left->due_at == due_at) tx.ClearDeadline(key);
    return absl::OkStatus();
  };
  return command;
}

}  // namespace

bool IsTransient(const absl::Status& status) {
  return absl::IsUnavailable(status) || absl::IsDeadlineExceeded(status) ||
         absl::IsAborted(status) || absl::IsResourceExhausted(status) ||
         // Between processes: keys or clocks that differ are put right, the effect is owed all the same.
         absl::IsUnauthenticated(status) || absl::IsCancelled(status);
}

Timekeeper::Timekeeper(Ledger& ledger, const base::Clock& realm_clock,
                       std::map<std::string, DueHandler> handlers, TimekeeperOptions options)
    : ledger_(ledger),
      realm_clock_(realm_clock),
      handlers_(std::move(handlers)),
      options_(std::move(options)) {}

void Timekeeper::Start() {
  thread_ = std::thread([this] { Loop(); });
}

void Timekeeper::Stop() {
  {
    absl::MutexLock lock(&mutex_);
    stopping_ = true;
  }
  if (thread_.joinable()) thread_.join();
}

void Timekeeper::Poke() {
  absl::MutexLock lock(&mutex_);
  held_ = false;
  poked_ = true;
}

void Timekeeper::Hold() {
  const auto quiet = [this]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) { return !busy_; };
  absl::MutexLock lock(&mutex_);
  held_ = true;
  mutex_.AwaitWithTimeout(absl::Condition(&quiet), kHoldWait);
}

bool Timekeeper::Idle(absl::Time now) const {
  {
    absl::MutexLock lock(&mutex_);
    if (busy_ || poked_) return false;
  }
  const absl::StatusOr<absl::Time> next = ledger_.NextDue();
  return next.ok() && *next > now;
}

void Timekeeper::Loop() {
  const auto called = [this]()
                          ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) { return stopping_ || poked_; };
  while (true) {
    bool run = false;
    {
      absl::MutexLock lock(&mutex_);
      if (stopping_) return;
      run = busy_ = !held_;
      poked_ = false;
    }
    if (run) Round();
    absl::MutexLock lock(&mutex_);
    busy_ = false;
    mutex_.AwaitWithTimeout(absl::Condition(&called), options_.poll);
  }
}

void Timekeeper::Round() {
  ++rounds_;
  while (true) {
    std::vector<Ledger::DueDeadline> ready = Ready();
    if (ready.empty()) return;
    Fire(std::move(ready));
    absl::MutexLock lock(&mutex_);
    if (stopping_) return;
  }
}

std::vector<Ledger::DueDeadline> Timekeeper::Ready() {
  const int limit = kRowsPerRound + static_cast<int>(troubles_.size());
  auto due = ledger_.Due(realm_clock_.Now(), limit);
  if (!due.ok()) return {};  // storage: the next poll asks again
  std::vector<Ledger::DueDeadline> ready;
  std::map<std::string, Trouble> still;
  for (Ledger::DueDeadline& one : *due) {
    auto found = troubles_.find(one.deadline.key);
    if (found != troubles_.end() && found->second.due_at == one.deadline.due_at) {
      still.insert(*found);
      if (found->second.next_round > rounds_) continue;
    }
    if (static_cast<int>(ready.size()) < kRowsPerRound) ready.push_back(std::move(one));
  }
  troubles_ = std::move(still);
  return ready;
}

context::CallContext Timekeeper::ContextFor(const Ledger::DueDeadline& due) const {
  const platform::v1::LedgerHeader& header = ledger_.header();
  context::CallContext context;
  context.actor.set_system(header.ledger() + ".timekeeper");
  context.principal = "system:" + header.ledger();
  context.realm = header.realm();
  context.request_id =
      absl::StrCat("deadline/", due.deadline.key, "/", absl::ToUnixMicros(due.deadline.due_at));
  context.method = absl::StrCat(header.ledger(), ".timekeeper/", due.deadline.handler);
  context.received_at = realm_clock_.Now();
  context.deadline = options_.machine_clock == nullptr
                         ? absl::InfiniteFuture()
                         : options_.machine_clock->Now() + options_.handler_timeout;
  if (options_.prepare) options_.prepare(context);
  return context;
}

absl::StatusOr<Command> Timekeeper::CommandFor(const Ledger::DueDeadline& due) const {
  auto handler = handlers_.find(due.deadline.handler);
  if (handler == handlers_.end()) {
    return base::Refused(base::Reason::UNKNOWN_REFERENCE, "没有处理该时限的程序",
                         "no handler for this deadline");
  }
  const context::CallContext context = ContextFor(due);
  ASSIGN_OR_RETURN(Command command, handler->second(context, due));
  command = FiringOnce(std::move(command), due.deadline);
  command.context = context;
  if (command.act.empty()) {
    command.act = absl::StrCat(ledger_.header().ledger(), ".", due.deadline.handler);
  }
  command.payload_hash = "deadline";
  command.in_outage = due.in_outage;
  // Behind the answers that came in before it.
  command.lane = Lane::kAnswer;
  return command;
}

Command Timekeeper::DropCommand(const Ledger::DueDeadline& due, const absl::Status& why) const {
  spdlog::error("ledger {}: deadline {} was dropped: {}", ledger_.header().ledger(),
                due.deadline.key, std::string(why.message()));
  Command command;
  command.decide = [subject = due.deadline.subject, why](Transaction& tx) -> absl::Status {
    common::v1::Flag flag;
    flag.set_rule_id("ledger.deadline-dropped");
    flag.set_text(base::ProblemOf(why).message());
    tx.AddFlag(std::move(flag));
    tx.SetCase(subject);
    return absl::OkStatus();
  };
  command = FiringOnce(std::move(command), due.deadline);
  command.context = ContextFor(due);
  command.context.request_id.clear();  // the row itself says whether this was done
  command.act = "ledger.DropDeadline";
  command.lane = Lane::kAnswer;
  command.in_outage = due.in_outage;
  return command;
}

void Timekeeper::Fire(std::vector<Ledger::DueDeadline> rows) {
  // Each is on its way as soon as it is gathered: none waits for what a later one has to ask for.
  Outcomes outcomes(ledger_);
  std::vector<const Ledger::DueDeadline*> fired;
  for (const Ledger::DueDeadline& due : rows) {
    auto trouble = troubles_.find(due.deadline.key);
    absl::StatusOr<Command> command =
        trouble != troubles_.end() && trouble->second.answered
            ? absl::StatusOr<Command>(DropCommand(due, absl::AbortedError("fired before")))
            : CommandFor(due);
    if (!command.ok() && IsTransient(command.status())) {
      Note(due, command.status());
      continue;
    }
    outcomes.Execute(command.ok() ? *std::move(command) : DropCommand(due, command.status()));
    fired.push_back(&due);
  }
  const std::vector<absl::Status> of_fired = outcomes.Wait();
  Outcomes drops(ledger_);
  std::vector<const Ledger::DueDeadline*> dropped;
  for (size_t i = 0; i < fired.size(); ++i) {
    if (of_fired[i].ok() || IsTransient(of_fired[i])) {
      Note(*fired[i], of_fired[i]);
      continue;
    }
    drops.Execute(DropCommand(*fired[i], of_fired[i]));
    dropped.push_back(fired[i]);
  }
  const std::vector<absl::Status> of_dropped = drops.Wait();
  for (size_t i = 0; i < dropped.size(); ++i) Note(*dropped[i], of_dropped[i]);
}

void Timekeeper::Note(const Ledger::DueDeadline& due, const absl::Status& outcome) {
  Trouble& trouble = troubles_[due.deadline.key];
  trouble.due_at = due.deadline.due_at;
  if (outcome.ok()) {
    trouble.answered = true;
    return;
  }
  const int polls = std::min(1 << std::min(trouble.failures, 16), options_.retry_polls_max);
  ++trouble.failures;
  trouble.next_round = rounds_ + polls;
  spdlog::warn("ledger {}: deadline {} is tried again: {}", ledger_.header().ledger(),
               due.deadline.key, std::string(outcome.message()));
}

}  // namespace huying::ledger
