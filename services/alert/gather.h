// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "services/alert/rules/competence.h"
#include "services/alert/rules/freeze.h"
#include "services/alert/rules/ladder.h"
#include "services/directory/api.h"
#include "services/platform/context/call_context.h"

// Facts of the directory for a decision. `nullopt` = directory did not answer: a missing lower service
// stops nobody (act first). What directory refuses (an unknown area) is an error with our field path.
//
//   ASSIGN_OR_RETURN(auto competence, gather.Competence(context, "alert.notice.issue", areas));
//
// Thread-safe; blocks at most context::kLowerServiceWait per question.
namespace huying::alert {

class Gather {
 public:
  explicit Gather(directory::Api& directory) : directory_(directory) {}

  absl::StatusOr<std::optional<rules::Competence>> Competence(
      const context::CallContext& context, std::string_view permission,
      const std::vector<std::string>& areas, std::string_view field = "target_areas");

  absl::StatusOr<std::optional<rules::RecipientFacts>> Recipients(
      const context::CallContext& context, const std::vector<std::string>& areas,
      const std::vector<common::v1::Tier>& tiers, std::string_view field = "target_areas");

  struct HolderFacts {
    rules::Holders holders;  // nullopt: directory did not answer
    int64_t as_of_seq = 0;
  };
  HolderFacts HoldersOf(const context::CallContext& context, const std::vector<std::string>& posts);

  // "" when it has none or directory does not answer.
  std::string SupervisorOf(const context::CallContext& context, const std::string& post);

  // The area (`targets`) by its code as sent, and `parents` of it and those above; nullopt: no answer.
  absl::StatusOr<std::optional<rules::RecipientFacts>> AreaPath(const context::CallContext& context,
                                                                const std::string& area);

 private:
  directory::Api& directory_;
};

}  // namespace huying::alert
