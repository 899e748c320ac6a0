// SPDX-License-Identifier: Apache-2.0
#include "services/platform/sql/fake_driver.h"

#include <utility>

#include "services/platform/base/status.h"

namespace huying::sql {
namespace {
absl::Status InjectedFault() {
  return base::Unavailable(base::Reason::STORAGE_UNAVAILABLE, "注入的存储故障",
                           "injected storage fault");
}
}  // namespace

class CountingEngine::CountingConnection final : public Connection {
 public:
  CountingConnection(CountingEngine& engine, std::unique_ptr<Connection> inner, bool writer)
      : engine_(engine), inner_(std::move(inner)), writer_(writer) {}

  absl::StatusOr<std::vector<Result>> Run(absl::Span<const Statement> statements) override {
    const Fate fate = engine_.Next(writer_, statements);
    if (fate == Fate::kFail) return InjectedFault();
    auto results = inner_->Run(statements);
    if (fate == Fate::kLoseAnswer) return InjectedFault();
    return results;
  }

 private:
  CountingEngine& engine_;
  const std::unique_ptr<Connection> inner_;
  const bool writer_;
};

class CountingEngine::CountingDatabase final : public Database {
 public:
  CountingDatabase(CountingEngine& engine, std::unique_ptr<Database> inner)
      : engine_(engine), inner_(std::move(inner)) {}

  absl::StatusOr<std::unique_ptr<Connection>> OpenWriter() override {
    ASSIGN_OR_RETURN(std::unique_ptr<Connection> inner, inner_->OpenWriter());
    return std::make_unique<CountingConnection>(engine_, std::move(inner), true);
  }
  absl::StatusOr<std::unique_ptr<Connection>> OpenReader() override {
    ASSIGN_OR_RETURN(std::unique_ptr<Connection> inner, inner_->OpenReader());
    return std::make_unique<CountingConnection>(engine_, std::move(inner), false);
  }
  std::string BeginWrite() const override { return inner_->BeginWrite(); }
  std::string BeginSnapshot() const override { return inner_->BeginSnapshot(); }
  std::string LockWriter() const override { return inner_->LockWriter(); }
  std::string SequenceKey() const override { return inner_->SequenceKey(); }
  absl::Status BackUpTo(const std::string& path) override { return inner_->BackUpTo(path); }
  absl::StatusOr<std::pair<int64_t, int64_t>> Sizes() override { return inner_->Sizes(); }

 private:
  CountingEngine& engine_;
  const std::unique_ptr<Database> inner_;
};

absl::StatusOr<std::unique_ptr<Database>> CountingEngine::Open(const std::string& path) {
  ASSIGN_OR_RETURN(std::unique_ptr<Database> inner, inner_->Open(path));
  return std::make_unique<CountingDatabase>(*this, std::move(inner));
}

CountingEngine::Fate CountingEngine::Next(bool writer, absl::Span<const Statement> statements) {
  absl::MutexLock lock(&mutex_);
  if (!writer) {
    ++reader_runs_;
    return Fate::kRun;
  }
  ++writer_runs_;
  std::vector<std::string>& texts = texts_.emplace_back();
  for (const Statement& statement : statements) texts.push_back(statement.text);
  const bool fail = fail_in_ > 0 && --fail_in_ == 0;
  const bool lose = lose_in_ > 0 && --lose_in_ == 0;
  if (fail_from_in_ > 0 && --fail_from_in_ == 0) fail_all_ = true;
  if (fail || fail_all_) return Fate::kFail;
  return lose ? Fate::kLoseAnswer : Fate::kRun;
}

void CountingEngine::Reset() {
  absl::MutexLock lock(&mutex_);
  writer_runs_ = 0;
  reader_runs_ = 0;
  texts_.clear();
}
int64_t CountingEngine::WriterRuns() const {
  absl::MutexLock lock(&mutex_);
  return writer_runs_;
}
int64_t CountingEngine::ReaderRuns() const {
  absl::MutexLock lock(&mutex_);
  return reader_runs_;
}
std::vector<std::vector<std::string>> CountingEngine::WriterTexts() const {
  absl::MutexLock lock(&mutex_);
  return texts_;
}
void CountingEngine::FailWriterRun(int nth) {
  absl::MutexLock lock(&mutex_);
  fail_in_ = nth;
}
void CountingEngine::LoseWriterAnswer(int nth) {
  absl::MutexLock lock(&mutex_);
  lose_in_ = nth;
}
void CountingEngine::FailFromWriterRun(int nth) {
  absl::MutexLock lock(&mutex_);
  fail_from_in_ = nth;
}
void CountingEngine::FailAllWriterRuns(bool on) {
  absl::MutexLock lock(&mutex_);
  fail_from_in_ = 0;
  fail_all_ = on;
}

}  // namespace huying::sql
