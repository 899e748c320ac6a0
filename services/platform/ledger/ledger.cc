// SPDX-License-Identifier: Apache-2.0
#include "services/platform/ledger/ledger.h"

#include <utility>

#include "absl/synchronization/mutex.h"
#include "services/platform/base/status.h"
#include "services/platform/ledger/ledger_impl.h"

namespace huying::ledger {

absl::StatusOr<std::unique_ptr<Ledger>> Ledger::Open(sql::Engine& engine, LedgerOptions options,
                                                     std::vector<KindSchema> kinds) {
  ASSIGN_OR_RETURN(Kinds tables, Kinds::Make(std::move(kinds)));
  ASSIGN_OR_RETURN(std::unique_ptr<sql::Database> database, engine.Open(options.path));
  auto ledger =
      std::make_unique<LedgerImpl>(std::move(options), std::move(tables), std::move(database));
  RETURN_IF_ERROR(ledger->Start());
  return ledger;
}

absl::StatusOr<common::v1::Receipt> Ledger::ExecuteAndWait(Command command, absl::Duration wait) {
  // Shared: the answer may come after the caller has gone.
  struct Answer {
    absl::Mutex mutex;
    std::optional<absl::StatusOr<common::v1::Receipt>> value ABSL_GUARDED_BY(mutex);
  };
  auto answer = std::make_shared<Answer>();
  Execute(std::move(command), [answer](absl::StatusOr<common::v1::Receipt> receipt) {
    absl::MutexLock lock(&answer->mutex);
    answer->value = std::move(receipt);
  });
  absl::MutexLock lock(&answer->mutex);
  const auto is_there = [&answer]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(answer->mutex) {
    return answer->value.has_value();
  };
  if (!answer->mutex.AwaitWithTimeout(absl::Condition(&is_there), wait)) {
    return base::ProblemStatus(absl::StatusCode::kDeadlineExceeded, base::Reason::DEADLINE_EXCEEDED,
                               "等待超时，结果未知", "the wait is over; the outcome is open")
        .Next("请用同一请求编号再次查询", "ask again with the same request id");
  }
  return *std::move(answer->value);
}

}  // namespace huying::ledger
