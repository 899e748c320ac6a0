// SPDX-License-Identifier: Apache-2.0
#include "services/platform/ledger/ledger_impl.h"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "services/platform/base/status.h"
#include "services/platform/base/utf8.h"
#include "services/platform/ledger/journal.h"
#include "services/platform/ledger/overlay.h"
#include "services/platform/ledger/schema.h"
#include "services/platform/ledger/snapshot_reader.h"

namespace huying::ledger {
namespace {

constexpr absl::Duration kBeatEvery = absl::Seconds(1);
constexpr absl::Duration kLeaveWait = absl::Seconds(30);

absl::Status Stopping() {
  return base::Unavailable(base::Reason::SHUTTING_DOWN, "服务正在停止",
                           "the service is shutting down")
      .Next("请稍后用同一请求编号重试", "try again later with the same request id");
}

}  // namespace

LedgerImpl::LedgerImpl(LedgerOptions options, Kinds kinds, std::unique_ptr<sql::Database> database)
    : options_(std::move(options)),
      kinds_(std::move(kinds)),
      database_(std::move(database)),
      readers_(*database_, *options_.machine_clock, options_.readers_max),
      writer_(*database_, kinds_, *options_.clock, options_.service),
      heartbeat_(options_.path + ".heartbeat", *options_.machine_clock) {}

LedgerImpl::~LedgerImpl() {
  Stop();
  // Calls that are still on their way are refused, and then let go of this ledger.
  const auto left = [this]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) { return expected_.empty(); };
  absl::MutexLock lock(&mutex_);
  if (!mutex_.AwaitWithTimeout(absl::Condition(&left), kLeaveWait)) {
    spdlog::error("ledger {}: {} calls have not let go of it", options_.service, expected_.size());
  }
}

absl::Status LedgerImpl::Start() {
  platform::v1::LedgerHeader wanted;
  wanted.set_ledger(options_.service);
  wanted.set_realm(options_.realm);
  wanted.set_epoch(1);
  wanted.set_hash(platform::v1::SHA256);
  *wanted.mutable_created_at() = base::ToProto(options_.clock->Now());
  wanted.set_installation(options_.installation);
  ASSIGN_OR_RETURN(std::unique_ptr<sql::Connection> connection, database_->OpenWriter());
  ASSIGN_OR_RETURN(OpenedSchema opened, OpenSchema(*database_, *connection, wanted, kinds_));
  header_ = opened.header;
  writer_.Start(std::move(connection), GenesisHash(header_), opened.head);
  RETURN_IF_ERROR(RecordOutage(opened.head));
  {
    absl::MutexLock lock(&mutex_);
    head_ = {header_.epoch(), writer_.head().seq, writer_.head().hash};
    told_head_ = head_.seq;
  }
  heartbeat_.BeatNow();
  thread_ = std::thread([this] { Loop(); });
  return absl::OkStatus();
}

void LedgerImpl::Execute(Command command, Done done) {
  if (!command.context.realm.empty() && command.context.realm != options_.realm) {
    done(base::Denied(base::Reason::WRONG_REALM, "该令牌不属于此域",
                      "the call belongs to another realm"));
    return;
  }
  // An entry with other text could be written, but never be parsed again.
  if (!base::IsUtf8(command.context.request_id) || !base::IsUtf8(command.context.principal)) {
    done(base::Invalid(base::Reason::INVALID_UTF8, "请求编号不是有效的 UTF-8 文本",
                       "the request id is not valid UTF-8")
             .Field("request_id"));
    return;
  }
  absl::Status refused;
  {
    absl::MutexLock lock(&mutex_);
    Waiting waiting{std::move(command), std::move(done)};
    if (stopping_) {
      refused = Stopping();
    } else if (!lanes_.Push(waiting)) {
      refused = base::Exhausted("等待处理的请求太多，请稍后重试",
                                "too many commands are waiting; try again later");
    } else {
      work_.Signal();
      return;
    }
    done = std::move(waiting.done);
  }
  done(refused);
}

bool LedgerImpl::TakeWork(std::vector<Waiting>& batch, std::vector<PendingCursor*>& cursors) {
  absl::MutexLock lock(&mutex_);
  const auto has_work = [this]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    return stopping_ || !lanes_.empty() || !cursors_.empty();
  };
  if (!has_work()) work_.WaitWithTimeout(&mutex_, kBeatEvery);
  batch = lanes_.TakeBatch();
  cursors = std::exchange(cursors_, {});
  deciding_ = static_cast<int64_t>(batch.size());
  deciding_oldest_ = OldestReceived(batch);
  return !stopping_ || !batch.empty() || !cursors.empty();
}

void LedgerImpl::Loop() {
  std::vector<Waiting> batch;
  std::vector<PendingCursor*> cursors;
  while (TakeWork(batch, cursors)) {
    if (!batch.empty() || !cursors.empty()) RunWork(std::move(batch), cursors);
    heartbeat_.Beat();
  }
  heartbeat_.BeatNow();
}

void LedgerImpl::RunWork(std::vector<Waiting> batch, const std::vector<PendingCursor*>& cursors) {
  std::vector<CursorSave> saves;
  saves.reserve(cursors.size());
  for (PendingCursor* cursor : cursors) saves.push_back(cursor->save);
  Writer::Outcome outcome = writer_.Run(batch, std::move(saves));
  const bool more = TakeOver(outcome, cursors);
  // With nothing else to do the writer answers by itself: a hand-over would only cost time.
  answers_.Give(std::move(batch), std::move(outcome.answers), /*later=*/more);
  absl::MutexLock lock(&mutex_);
  deciding_ = 0;
  if (std::exchange(told_head_, head_.seq) != head_.seq) head_told_.SignalAll();
  if (std::exchange(told_published_, published_) != published_) published_told_.SignalAll();
}

bool LedgerImpl::TakeOver(const Writer::Outcome& outcome,
                          const std::vector<PendingCursor*>& cursors) {
  absl::MutexLock lock(&mutex_);
  storage_fails_ = !outcome.written.ok();
  if (outcome.written.ok()) {
    head_ = {header_.epoch(), writer_.head().seq, writer_.head().hash};
    if (outcome.published) published_ = head_.seq;
  }
  deciding_oldest_ = absl::InfiniteFuture();
  for (PendingCursor* cursor : cursors) {
    cursor->status = outcome.written;
    cursor->done = true;
  }
  return !lanes_.empty();
}

void LedgerImpl::Stop() {
  {
    absl::MutexLock lock(&mutex_);
    stopping_ = true;
    work_.Signal();
    WakeFollowersLocked();
  }
  if (thread_.joinable()) thread_.join();
  answers_.Stop();
}

absl::StatusOr<std::optional<common::v1::Receipt>> LedgerImpl::FindReceipt(
    std::string_view principal, std::string_view request_id, std::string_view payload_hash) {
  if (request_id.empty()) return std::optional<common::v1::Receipt>();
  ASSIGN_OR_RETURN(ReaderPool::Lease lease, readers_.Take());
  ASSIGN_OR_RETURN(sql::Result result,
                   lease.RunOne({"SELECT payload_hash, bytes FROM entry WHERE principal = $1 "
                                 "AND request_id = $2 AND request_id <> ''",
                                 {std::string(principal), std::string(request_id)}}));
  if (result.rows.empty()) return std::optional<common::v1::Receipt>();
  platform::v1::Entry entry;
  entry.ParseFromString(BytesAt(result.rows.front(), 1));
  ASSIGN_OR_RETURN(common::v1::Receipt receipt,
                   AnswerAgain(ReceiptOf(entry, options_.service), BytesAt(result.rows.front(), 0),
                               payload_hash));
  return std::optional<common::v1::Receipt>(std::move(receipt));
}

absl::StatusOr<std::unique_ptr<Reader>> LedgerImpl::Read() {
  return SnapshotReader::Begin(readers_, kinds_);
}

Ledger::Position LedgerImpl::Head() const {
  absl::MutexLock lock(&mutex_);
  return head_;
}

int64_t LedgerImpl::WaitPast(int64_t seq, absl::Duration wait) const {
  return Wait(head_told_, told_head_, seq, wait);
}

int64_t LedgerImpl::WaitPublished(int64_t seq, absl::Duration wait) const {
  return Wait(published_told_, told_published_, seq, wait);
}

int64_t LedgerImpl::Wait(absl::CondVar& told, const int64_t& followed, int64_t seq,
                         absl::Duration wait) const {
  absl::MutexLock lock(&mutex_);
  const int64_t wakes = wakes_;
  while (followed <= seq && !stopping_ && wakes_ == wakes) {
    if (told.WaitWithTimeout(&mutex_, wait)) break;
  }
  return head_.seq;
}

int64_t LedgerImpl::LastPublished() const {
  absl::MutexLock lock(&mutex_);
  return published_;
}

void LedgerImpl::WakeFollowers() {
  absl::MutexLock lock(&mutex_);
  WakeFollowersLocked();
}

void LedgerImpl::WakeFollowersLocked() {
  ++wakes_;
  head_told_.SignalAll();
  published_told_.SignalAll();
}

int64_t LedgerImpl::InFlight() const {
  absl::MutexLock lock(&mutex_);
  return lanes_.size() + deciding_ + answers_.pending();
}

absl::Time LedgerImpl::OldestUndecided() const {
  absl::MutexLock lock(&mutex_);
  const absl::Time expected = expected_.empty() ? absl::InfiniteFuture() : *expected_.begin();
  return std::min({lanes_.OldestReceived(), deciding_oldest_, expected});
}

// Stamped under the lock: whoever asks for the oldest afterwards sees it, and whoever asked before
// read the clock before.
absl::Time LedgerImpl::Expect() {
  absl::MutexLock lock(&mutex_);
  return *expected_.insert(options_.clock->Now());
}

void LedgerImpl::NoLongerExpect(absl::Time received_at) {
  absl::MutexLock lock(&mutex_);
  if (const auto at = expected_.find(received_at); at != expected_.end()) expected_.erase(at);
}

bool LedgerImpl::StorageFails() const {
  absl::MutexLock lock(&mutex_);
  return storage_fails_;
}

absl::StatusOr<std::vector<Ledger::DueDeadline>> LedgerImpl::Due(absl::Time now, int limit) {
  // Asked before the rows are read: what was decided in between is seen in the rows.
  const absl::Time undecided = OldestUndecided();
  ASSIGN_OR_RETURN(ReaderPool::Lease lease, readers_.Take());
  ASSIGN_OR_RETURN(sql::Result result,
                   lease.RunOne({absl::StrCat("SELECT ", kDeadlineColumns,
                                              " FROM deadline WHERE fires_at <= $1 "
                                              "ORDER BY fires_at, key LIMIT $2"),
                                 {absl::ToUnixMicros(now), int64_t{std::max(limit, 1)}}}));
  std::vector<DueDeadline> due;
  for (const sql::Row& row : result.rows) {
    DueDeadline one{DeadlineOf(row), IntAt(row, 5) != 0};
    if (undecided > one.deadline.due_at) due.push_back(std::move(one));
  }
  return due;
}

absl::StatusOr<absl::Time> LedgerImpl::NextDue() {
  ASSIGN_OR_RETURN(ReaderPool::Lease lease, readers_.Take());
  ASSIGN_OR_RETURN(sql::Result result,
                   lease.RunOne({"SELECT fires_at FROM deadline ORDER BY fires_at, key LIMIT 1"}));
  if (result.rows.empty()) return absl::InfiniteFuture();
  return absl::FromUnixMicros(IntAt(result.rows.front(), 0));
}

absl::StatusOr<Ledger::Position> LedgerImpl::LoadCursor(std::string_view follower) {
  ASSIGN_OR_RETURN(ReaderPool::Lease lease, readers_.Take());
  ASSIGN_OR_RETURN(sql::Result result,
                   lease.RunOne({"SELECT epoch, seq, hash FROM cursor WHERE follower = $1",
                                 {std::string(follower)}}));
  if (result.rows.empty()) return Position();
  const sql::Row& row = result.rows.front();
  return Position{IntAt(row, 0), IntAt(row, 1), BytesAt(row, 2)};
}

absl::Status LedgerImpl::SaveCursor(std::string_view follower, const Position& position) {
  PendingCursor pending{.save = {std::string(follower), position}};
  absl::MutexLock lock(&mutex_);
  if (stopping_) return Stopping();
  cursors_.push_back(&pending);
  work_.Signal();
  // The writer answers everything it took, also while it stops.
  mutex_.Await(absl::Condition(&pending.done));
  return pending.status;
}

}  // namespace huying::ledger
