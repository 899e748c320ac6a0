// SPDX-License-Identifier: Apache-2.0
#include "services/platform/sql/sql.h"

#include <utility>

#include "services/platform/base/status.h"

namespace huying::sql {

absl::StatusOr<Result> Connection::RunOne(const Statement& statement) {
  ASSIGN_OR_RETURN(std::vector<Result> results, Run(absl::MakeConstSpan(&statement, 1)));
  return std::move(results.front());
}

}  // namespace huying::sql
