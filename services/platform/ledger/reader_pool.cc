// SPDX-License-Identifier: Apache-2.0
#include "services/platform/ledger/reader_pool.h"

#include <utility>

#include "services/platform/base/status.h"

namespace huying::ledger {

ReaderPool::Lease::~Lease() {
  if (connection_ == nullptr) return;  // moved away
  if (in_snapshot_ && !failed_ && !connection_->RunOne({"COMMIT"}).ok()) failed_ = true;
  if (failed_) connection_.reset();
  pool_->GiveBack(std::move(connection_));
}

absl::Status ReaderPool::Lease::CheckAge() const {
  if (!in_snapshot_ || pool_->machine_clock_.Now() - taken_ <= kSnapshotAgeMax) {
    return absl::OkStatus();
  }
  return base::Unavailable(base::Reason::STORAGE_UNAVAILABLE, "读取用时过长，快照已失效",
                           "the read took too long; its snapshot is too old")
      .Next("请缩小范围后重新读取", "read again, and less at a time");
}

absl::StatusOr<std::vector<sql::Result>> ReaderPool::Lease::Run(
    absl::Span<const sql::Statement> statements) {
  RETURN_IF_ERROR(CheckAge());
  auto results = connection_->Run(statements);
  if (!results.ok()) failed_ = true;
  return results;
}

absl::StatusOr<sql::Result> ReaderPool::Lease::RunOne(const sql::Statement& statement) {
  RETURN_IF_ERROR(CheckAge());
  auto result = connection_->RunOne(statement);
  if (!result.ok()) failed_ = true;
  return result;
}

absl::StatusOr<ReaderPool::Lease> ReaderPool::Take() {
  {
    absl::MutexLock lock(&mutex_);
    const auto has_room = [this]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
      return in_use_ < readers_max_;
    };
    if (!mutex_.AwaitWithTimeout(absl::Condition(&has_room), absl::Milliseconds(kReaderWaitMs))) {
      return base::Exhausted("读取请求太多", "too many reads at once");
    }
    ++in_use_;
    if (!idle_.empty()) {
      std::unique_ptr<sql::Connection> connection = std::move(idle_.back());
      idle_.pop_back();
      return Lease(this, std::move(connection));
    }
  }
  absl::StatusOr<std::unique_ptr<sql::Connection>> opened = database_.OpenReader();
  if (!opened.ok()) {
    GiveBack(nullptr);
    return opened.status();
  }
  return Lease(this, *std::move(opened));
}

void ReaderPool::GiveBack(std::unique_ptr<sql::Connection> connection) {
  absl::MutexLock lock(&mutex_);
  --in_use_;
  if (connection != nullptr) idle_.push_back(std::move(connection));
}

}  // namespace huying::ledger
