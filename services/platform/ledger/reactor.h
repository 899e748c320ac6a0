// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "services/platform/ledger/ledger.h"

// An effect in a lower service: follows its own service's journal, sends commands down with request
// id "<ledger>/<seq>/<step>", and records each outcome, a refusal too, in its own ledger.
namespace huying::ledger {

struct Step {
  std::string id;  // unique within the entry
  // Sends the command; `context` acts for the person who decided, with the step's request id.
  std::function<absl::StatusOr<common::v1::Receipt>(const context::CallContext& context)> act;
  // The command that records the outcome here.
  std::function<Command(const absl::StatusOr<common::v1::Receipt>& outcome)> record;
};

class Reactor {
 public:
  virtual ~Reactor() = default;
  virtual std::string name() const = 0;
  // A pure function of the entry: after a crash it is asked again and must say the same.
  virtual std::vector<Step> StepsFor(const StoredEntry& entry) = 0;
};

}  // namespace huying::ledger
