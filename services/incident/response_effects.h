// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "services/alert/api.h"
#include "services/platform/ledger/reactor.h"

// What a response does in the alert service: the entry that starts or adjusts it issues its level's
// notices, the one that ends it lifts them. Everything a step needs stands in the entry's after-image of
// the response, so a repetition after a crash asks for the same under the same request ids.
//
//   home.AddReactor(std::make_unique<ResponseEffects>(alerts));
namespace huying::incident {

// Used by its runner's thread. The api must outlive it.
class ResponseEffects final : public ledger::Reactor {
 public:
  explicit ResponseEffects(alert::Api& alerts) : alerts_(alerts) {}
  std::string name() const override { return "response-effects"; }
  std::vector<ledger::Step> StepsFor(const ledger::StoredEntry& stored) override;

 private:
  alert::Api& alerts_;
};

}  // namespace huying::incident
