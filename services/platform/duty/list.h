// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "huying/common/v1/obligation.pb.h"
#include "services/platform/duty/obligation.h"
#include "services/platform/ledger/reader.h"

// The list function of every service that owes something.
//
//   ASSIGN_OR_RETURN(auto reader, ledger.Read());
//   return duty::List(*reader, request, clock.Now(), [&](const Obligation& o) -> absl::StatusOr<bool> {
//     return duty::Concerns(o, context.actor) || sight.Sees(o.case_id());
//   });
namespace huying::duty {

// A page of what the request asks for and `sees` lets through, by name, each with `remaining` at `now`.
absl::StatusOr<common::v1::ListObligationsResponse> List(
    ledger::Reader& reader, const common::v1::ListObligationsRequest& request, absl::Time now,
    const std::function<absl::StatusOr<bool>(const Obligation&)>& sees);

// Until it is due at `now`, negative when it is overdue; unset for what has no due time or is closed.
void SetRemaining(Obligation& obligation, absl::Time now);

}  // namespace huying::duty
