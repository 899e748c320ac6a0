// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "services/platform/base/clock.h"
#include "services/platform/sql/sql.h"

namespace huying::ledger {

inline constexpr int kReaderWaitMs = 2000;
// A snapshot keeps the write-ahead log from shrinking: whoever holds one longer must read anew.
inline constexpr absl::Duration kSnapshotAgeMax = absl::Seconds(30);

// A bounded number of read-only connections. Thread-safe; must outlive its leases.
class ReaderPool {
 public:
  // Gives its connection back when it goes; a connection that failed is closed instead.
  class Lease {
   public:
    Lease(ReaderPool* pool, std::unique_ptr<sql::Connection> connection)
        : pool_(pool), connection_(std::move(connection)), taken_(pool->machine_clock_.Now()) {}
    Lease(Lease&& other) noexcept = default;
    Lease& operator=(Lease&&) = delete;
    ~Lease();
    // Answers as the connection does; after an error the lease is only good for being dropped.
    absl::StatusOr<std::vector<sql::Result>> Run(absl::Span<const sql::Statement> statements);
    absl::StatusOr<sql::Result> RunOne(const sql::Statement& statement);
    const sql::Database& database() const { return pool_->database_; }
    // Set while a snapshot is open: ended before the connection goes back.
    void set_in_snapshot() { in_snapshot_ = true; }

   private:
    absl::Status CheckAge() const;

    ReaderPool* pool_;
    std::unique_ptr<sql::Connection> connection_;
    absl::Time taken_;
    bool in_snapshot_ = false;
    bool failed_ = false;
  };

  // Database and clock must outlive the pool.
  ReaderPool(sql::Database& database, const base::Clock& machine_clock, int readers_max)
      : database_(database), machine_clock_(machine_clock), readers_max_(readers_max) {}

  // Waits up to kReaderWaitMs for one to come free, then RESOURCE_EXHAUSTED.
  absl::StatusOr<Lease> Take();

 private:
  void GiveBack(std::unique_ptr<sql::Connection> connection);

  sql::Database& database_;
  const base::Clock& machine_clock_;
  const int readers_max_;
  absl::Mutex mutex_;
  std::vector<std::unique_ptr<sql::Connection>> idle_ ABSL_GUARDED_BY(mutex_);
  int in_use_ ABSL_GUARDED_BY(mutex_) = 0;
};

}  // namespace huying::ledger
