// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "services/platform/context/call_context.h"
#include "services/platform/duty/obligation.h"
#include "services/platform/ledger/ledger.h"
#include "services/platform/ledger/timekeeper.h"

// The due handler of every obligation of a service.
//
//   home.OnDue(duty::kDueHandler, duty::OnDue(ledger, {
//       .act = "incident.ObligationFellDue",
//       .post_above = [&](const auto& context, const auto&, const std::string& post) {
//         return references.SupervisorOf(context, post);
//       }}));
namespace huying::duty {

struct DueOptions {
  std::string act;  // the use case's name in the journal
  // The post that is told next when `post` has not done it: "" when nobody stands above, an error when
  // directory gives no answer (the step is then taken without a post). Runs before the decision; may
  // ask lower services. Its thread is the timekeeper's.
  std::function<absl::StatusOr<std::string>(const context::CallContext&, const Obligation&,
                                            const std::string& post)>
      post_above;
  // What else follows in the service's own records and channels, inside the decision. May be empty.
  std::function<absl::Status(ledger::Transaction&, const Obligation&)> then;
};

// `ledger` must outlive the handler.
ledger::DueHandler OnDue(ledger::Ledger& ledger, DueOptions options);

}  // namespace huying::duty
