// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "huying/common/v1/common.pb.h"
#include "services/platform/ledger/command.h"
#include "services/platform/ledger/records.h"
#include "services/platform/ledger/timekeeper.h"

// 待补事项 as records of the ledger whose act they belong to. A service that has SOFT guards
//   - lists guard::kMakeUps.schema() among its kinds,
//   - calls OpenMakeUps in the decision that needs them,
//   - registers home.OnDue(guard::kMakeUpHandler, guard::MakeUpDue(channels of a row)).
namespace huying::guard {

// Keyed by name; columns "subject", "state" (number) and "supervisor_post".
extern const ledger::RecordKind<common::v1::MakeUp> kMakeUps;
inline constexpr char kMakeUpHandler[] = "makeup";

enum class MakeUpCommand { kFallDue, kMakeUp };

// Next state, STATE_UNSPECIFIED = not allowed. `late`: received after its due time.
common::v1::MakeUp::State NextMakeUpState(common::v1::MakeUp::State state, MakeUpCommand command,
                                          bool late);

// Puts the rows, their deadlines and the entry's flags (待补). A name that is taken by an earlier
// row of the same rule gets a number behind it. `case_id` empty: the subject's name. `names`, when
// given, gets the names the rows were opened under, in their order: whoever closes one by a rule keeps it.
absl::Status OpenMakeUps(ledger::Transaction& tx, absl::Span<const common::v1::MakeUp> rows,
                         std::string_view case_id = "", std::vector<std::string>* names = nullptr);

// The paper was brought: MADE_UP, or MADE_UP_LATE after the due time. ILLEGAL_TRANSITION when it
// was closed before.
absl::Status CloseMakeUp(ledger::Transaction& tx, std::string_view name,
                         const common::v1::Actor& actor);

// The row is past its time: OVERDUE, its deadline goes, the lateness stays; the row is the
// entry's subject. Nothing when it was made up while it waited to fire. For a service whose handler does more than MakeUpDue.
absl::StatusOr<std::optional<common::v1::MakeUp>> FallDue(ledger::Transaction& tx,
                                                          std::string_view name);

// The due handler: OVERDUE, published on `channels(row)` for the supervisor; the lateness stays.
ledger::DueHandler MakeUpDue(
    std::function<std::vector<std::string>(const common::v1::MakeUp&)> channels);

}  // namespace huying::guard
