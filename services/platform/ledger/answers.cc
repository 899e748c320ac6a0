// SPDX-License-Identifier: Apache-2.0
#include "services/platform/ledger/answers.h"

#include <utility>

namespace huying::ledger {
namespace {

void GiveAll(std::vector<Waiting>& commands, Writer::Answers& answers) {
  for (size_t i = 0; i < commands.size(); ++i) commands[i].done(std::move(answers[i]));
}

}  // namespace

Answers::Answers() : thread_([this] { Run(); }) {}

void Answers::Give(std::vector<Waiting> batch, Writer::Answers answers, bool later) {
  const auto size = static_cast<int64_t>(batch.size());
  {
    absl::MutexLock lock(&mutex_);
    pending_ += size;
    if (later && !stopping_) {
      batches_.push_back({std::move(batch), std::move(answers)});
      return;
    }
  }
  GiveAll(batch, answers);
  absl::MutexLock lock(&mutex_);
  pending_ -= size;
}

int64_t Answers::pending() const {
  absl::MutexLock lock(&mutex_);
  return pending_;
}

void Answers::Run() {
  const auto has_work = [this]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    return stopping_ || !batches_.empty();
  };
  while (true) {
    Batch batch;
    {
      absl::MutexLock lock(&mutex_);
      mutex_.Await(absl::Condition(&has_work));
      if (batches_.empty()) return;
      batch = std::move(batches_.front());
      batches_.pop_front();
    }
    const auto size = static_cast<int64_t>(batch.commands.size());
    GiveAll(batch.commands, batch.answers);
    batch = Batch();  // frees what the commands held before anybody may think that all is done
    absl::MutexLock lock(&mutex_);
    pending_ -= size;
  }
}

void Answers::Stop() {
  {
    absl::MutexLock lock(&mutex_);
    stopping_ = true;
  }
  if (thread_.joinable()) thread_.join();
}

}  // namespace huying::ledger
