// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "services/alert/rules/competence.h"
#include "services/alert/rules/freeze.h"
#include "services/alert/rules/ladder.h"
#include "services/directory/api.h"
#include "services/directory/facts.h"
#include "services/platform/context/call_context.h"

// Who must answer an alert and who holds the posts of its ladder, as directory says. `nullopt` = directory
// did not answer: a missing lower service stops nobody (act first). Other questions: directory::Facts.
//
//   ASSIGN_OR_RETURN(auto recipients, gather.Recipients(context, areas, tiers));
//
// Thread-safe; blocks at most context::kLowerServiceWait per question.
namespace huying::alert {

class Gather {
 public:
  explicit Gather(directory::Api& directory) : directory_(directory), facts_(directory) {}

  const directory::Facts& facts() const { return facts_; }

  absl::StatusOr<std::optional<rules::RecipientFacts>> Recipients(
      const context::CallContext& context, const std::vector<std::string>& areas,
      const std::vector<common::v1::Tier>& tiers, std::string_view field = "target_areas");

  struct HolderFacts {
    rules::Holders holders;         // nullopt: directory did not answer
    std::set<std::string> unknown;  // posts it does not know
    int64_t as_of_seq = 0;
  };
  HolderFacts HoldersOf(const context::CallContext& context, const std::vector<std::string>& posts);

 private:
  directory::Api& directory_;
  const directory::Facts facts_;
};

}  // namespace huying::alert
