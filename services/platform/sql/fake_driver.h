// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "services/platform/sql/sql.h"

// For tests: stands before a real engine, counts round trips, keeps statement texts and lets the
// third round trip fail.
//
//   sql::CountingEngine engine(sql::MakeSqliteEngine());
//   auto ledger = ledger::Ledger::Open(engine, options, kinds);
//   engine.Reset();
//   ... one batch ...
//   EXPECT_EQ(engine.WriterRuns(), 2);
//   engine.FailWriterRun(2);   // the second from now answers UNAVAILABLE and runs nothing
namespace huying::sql {

// Thread-safe. Must outlive the databases it opened.
class CountingEngine final : public Engine {
 public:
  explicit CountingEngine(std::unique_ptr<Engine> inner) : inner_(std::move(inner)) {}

  absl::StatusOr<std::unique_ptr<Database>> Open(const std::string& path) override;

  void Reset();  // counts and texts; faults stay
  int64_t WriterRuns() const;
  int64_t ReaderRuns() const;
  // Texts of the statements the writer ran since Reset, one list per round trip.
  std::vector<std::vector<std::string>> WriterTexts() const;

  // The nth writer round trip from now fails: nothing of it runs.
  void FailWriterRun(int nth);
  // The nth writer round trip from now runs, but its answer is lost.
  void LoseWriterAnswer(int nth);
  // The nth writer round trip from now and every later one fail, as for a process that was killed;
  // FailAllWriterRuns(false) ends it.
  void FailFromWriterRun(int nth);
  // Every writer round trip fails until switched off.
  void FailAllWriterRuns(bool on);

 private:
  class CountingConnection;
  class CountingDatabase;
  enum class Fate { kRun, kFail, kLoseAnswer };
  Fate Next(bool writer, absl::Span<const Statement> statements);

  const std::unique_ptr<Engine> inner_;
  mutable absl::Mutex mutex_;
  int64_t writer_runs_ ABSL_GUARDED_BY(mutex_) = 0;
  int64_t reader_runs_ ABSL_GUARDED_BY(mutex_) = 0;
  std::vector<std::vector<std::string>> texts_ ABSL_GUARDED_BY(mutex_);
  int fail_in_ ABSL_GUARDED_BY(mutex_) = 0;
  int fail_from_in_ ABSL_GUARDED_BY(mutex_) = 0;
  int lose_in_ ABSL_GUARDED_BY(mutex_) = 0;
  bool fail_all_ ABSL_GUARDED_BY(mutex_) = false;
};

}  // namespace huying::sql
