// SPDX-License-Identifier: Apache-2.0
#include "services/platform/ledger/reactor.h"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "services/platform/base/status.h"
#include "services/platform/ledger/timekeeper.h"

namespace huying::ledger {
namespace {

using common::v1::Receipt;

constexpr int kEntriesPerRead = 64;
constexpr int kEntriesUnsavedMax = 256;  // entries without steps cost nothing to read again
constexpr size_t kCursorHashBytes = 8;
constexpr absl::Duration kFollowWait = absl::Seconds(1);
constexpr absl::Duration kRecordWait = absl::Seconds(30);

}  // namespace

ReactorRunner::ReactorRunner(Ledger& ledger, const base::Clock& realm_clock,
                             const base::Clock& machine_clock, std::unique_ptr<Reactor> reactor,
                             ReactorOptions options)
    : ledger_(ledger),
      realm_clock_(realm_clock),
      machine_clock_(machine_clock),
      reactor_(std::move(reactor)),
      options_(std::move(options)),
      cursor_name_("reactor/" + reactor_->name()) {}

void ReactorRunner::Start() {
  thread_ = std::thread([this] { Loop(); });
}

void ReactorRunner::Stop() {
  {
    absl::MutexLock lock(&mutex_);
    stopping_ = true;
  }
  if (!thread_.joinable()) return;
  ledger_.WakeFollowers();
  thread_.join();
}

int64_t ReactorRunner::Lag() const {
  const int64_t done = done_seq_;  // before the head, so that the lag is never too small
  return ledger_.Head().seq - done;
}

absl::Status ReactorRunner::status() const {
  absl::MutexLock lock(&mutex_);
  return status_;
}

bool ReactorRunner::Stopping() const {
  absl::MutexLock lock(&mutex_);
  return stopping_;
}

bool ReactorRunner::Wait(absl::Duration wait) const {
  absl::MutexLock lock(&mutex_);
  return !mutex_.AwaitWithTimeout(absl::Condition(&stopping_), wait);
}

absl::StatusOr<bool> ReactorRunner::CursorFits() const {
  if (done_.seq == 0) return true;
  ASSIGN_OR_RETURN(std::unique_ptr<Reader> reader, ledger_.Read());
  ASSIGN_OR_RETURN(std::vector<StoredEntry> entries, reader->Entries(done_.seq - 1, 1));
  return done_.epoch == ledger_.header().epoch() && !entries.empty() &&
         entries.front().entry.seq() == done_.seq &&
         entries.front().hash.substr(0, kCursorHashBytes) == done_.hash;
}

bool ReactorRunner::LoadCursor() {
  absl::StatusOr<bool> fits = false;
  do {
    absl::StatusOr<Ledger::Position> cursor = ledger_.LoadCursor(cursor_name_);
    if (cursor.ok()) done_ = *cursor;
    fits = cursor.ok() ? CursorFits() : cursor.status();
  } while (!fits.ok() && Wait(options_.backoff_min));
  if (!fits.ok()) return false;
  done_seq_ = done_.seq;
  if (*fits) return true;
  absl::MutexLock lock(&mutex_);
  status_ = absl::DataLossError(absl::StrCat("cursor of ", cursor_name_, " at ", done_.seq,
                                             " does not fit the journal; nothing is done until "
                                             "the restore has checked its cursors"));
  spdlog::critical("{}", std::string(status_.message()));
  return false;
}

void ReactorRunner::Loop() {
  if (!LoadCursor()) return;
  while (!Stopping()) {
    absl::StatusOr<std::vector<StoredEntry>> entries = std::vector<StoredEntry>();
    {
      auto reader = ledger_.Read();
      entries = reader.ok() ? (*reader)->Entries(done_.seq, kEntriesPerRead) : reader.status();
    }
    if (!entries.ok()) {
      if (!Wait(options_.backoff_min)) return;
      continue;
    }
    if (entries->empty()) ledger_.WaitPast(done_.seq, kFollowWait);
    for (const StoredEntry& entry : *entries) {
      if (!Finish(entry)) return;
    }
  }
  if (unsaved_ > 0) SaveCursor();
}

bool ReactorRunner::Finish(const StoredEntry& entry) {
  const std::vector<Step> steps = reactor_->StepsFor(entry);
  for (const Step& step : steps) {
    if (!RunStep(entry, step)) return false;
  }
  done_ = {ledger_.header().epoch(), entry.entry.seq(), entry.hash.substr(0, kCursorHashBytes)};
  ++unsaved_;
  while ((!steps.empty() && unsaved_ > 0) || unsaved_ >= kEntriesUnsavedMax) {
    if (!SaveCursor() && !Wait(options_.backoff_min)) return false;
  }
  done_seq_ = done_.seq;
  return true;
}

bool ReactorRunner::SaveCursor() {
  if (!ledger_.SaveCursor(cursor_name_, done_).ok()) return false;
  unsaved_ = 0;
  return true;
}

context::CallContext ReactorRunner::ContextFor(const StoredEntry& entry,
                                               const std::string& request_id) const {
  const platform::v1::LedgerHeader& header = ledger_.header();
  context::CallContext context;
  context.actor = entry.entry.actor();
  context.actor.set_system(header.ledger() + ".reactor");
  context.principal = "system:" + header.ledger();
  context.realm = header.realm();
  context.request_id = request_id;
  context.method = absl::StrCat(header.ledger(), ".reactor/", reactor_->name());
  context.received_at = realm_clock_.Now();
  context.deadline = machine_clock_.Now() + options_.act_timeout;
  if (options_.prepare) options_.prepare(context);
  return context;
}

std::optional<absl::StatusOr<Receipt>> ReactorRunner::Persist(
    const std::string& request_id, const std::function<absl::StatusOr<Receipt>()>& attempt) {
  absl::Duration backoff = options_.backoff_min;
  for (int attempts = 1; !Stopping(); ++attempts) {
    absl::StatusOr<Receipt> answer = attempt();
    if (!IsTransient(answer.status())) {
      failed_attempts_ = 0;
      return answer;
    }
    ++troubles_;
    failed_attempts_ = attempts;
    if (options_.on_trouble) options_.on_trouble(request_id, attempts, answer.status());
    if (!Wait(backoff)) break;
    backoff = std::min(backoff * 2, options_.backoff_max);
  }
  return std::nullopt;
}

bool ReactorRunner::RunStep(const StoredEntry& entry, const Step& step) {
  const std::string id =
      absl::StrCat(ledger_.header().ledger(), "/", entry.entry.seq(), "/", step.id);
  const std::string outcome_id = id + "/outcome";
  const std::string principal = "system:" + ledger_.header().ledger();
  if (step.record) {
    // A refusal is not remembered below: what is recorded here must not be tried a second time.
    bool recorded = false;
    const auto asked = Persist(id, [&]() -> absl::StatusOr<Receipt> {
      ASSIGN_OR_RETURN(std::optional<Receipt> receipt,
                       ledger_.FindReceipt(principal, outcome_id, "outcome"));
      recorded = receipt.has_value();
      return Receipt();
    });
    if (!asked) return false;
    if (recorded) return true;
  }
  const auto outcome = Persist(id, [&] { return step.act(ContextFor(entry, id)); });
  if (!outcome) return false;
  if (!step.record) return true;
  const auto recorded = Persist(outcome_id, [&] {
    Command command = step.record(*outcome);
    command.context = ContextFor(entry, outcome_id);
    command.payload_hash = "outcome";
    if (command.act.empty()) command.act = ledger_.header().ledger() + ".reactor." + step.id;
    return ledger_.ExecuteAndWait(std::move(command), kRecordWait);
  });
  if (!recorded) return false;
  if (!recorded->ok()) {
    // Our own ledger refused its own reactor's report: a fault of ours that must not block others.
    spdlog::error("outcome of {} was not recorded: {}", id,
                  std::string(recorded->status().message()));
    ++troubles_;
    if (options_.on_trouble) options_.on_trouble(outcome_id, 1, recorded->status());
  }
  return true;
}

}  // namespace huying::ledger
