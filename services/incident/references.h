// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "huying/common/v1/common.pb.h"
#include "huying/plan/v1/plan.pb.h"
#include "services/directory/api.h"
#include "services/directory/facts.h"
#include "services/incident/rules/tasks.h"
#include "services/platform/context/call_context.h"

// Names and codes that a request refers to, looked up in the directory before the decision. What it does
// not know is INVALID_ARGUMENT with the request's field. When it gives no answer the act goes on, and a
// flag says what was not checked (act first).
//
//   ASSIGN_OR_RETURN(auto unchecked, references.Post(context, "posts/fire-duty", "executor_post"));
//   if (unchecked) tx.AddFlag(*unchecked);
namespace huying::incident {

// Thread-safe; blocks at most context::kLowerServiceWait per question. The api must outlive it.
class References {
 public:
  using Context = context::CallContext;
  using Unchecked = std::optional<common::v1::Flag>;

  explicit References(directory::Api& directory) : directory_(directory), facts_(directory) {}

  absl::StatusOr<Unchecked> Post(const Context& context, const std::string& name,
                                 std::string_view field) const;
  absl::StatusOr<Unchecked> Unit(const Context& context, const std::string& name,
                                 std::string_view field) const;

  // Of the units and posts that a level's tasks go to: those directory does not know. Of a silent
  // directory nothing is known, and nothing is said here.
  std::set<std::string> UnknownExecutors(const Context& context,
                                         const plan::v1::ResponseLevel& level) const;

  // What Unit says of a directory that was silent a moment ago: it is not waited for twice.
  static common::v1::Flag UnitUnchecked(const std::string& name);

  struct Areas {
    std::vector<std::string> codes;  // 12 digits
    std::vector<std::string> above;  // whatever lies above one of them
    Unchecked unchecked;
  };
  // The areas of an act, as directory writes them. Outside the actor's own area: OUTSIDE_AREA (HARD).
  absl::StatusOr<Areas> AreasFor(const Context& context, std::string_view permission,
                                 const std::vector<std::string>& asked) const;

  struct Path {
    std::string code;                // 12 digits
    std::vector<std::string> above;  // nearest first
    int64_t as_of_seq = 0;
  };
  // Nothing when directory gives no answer; INVALID_ARGUMENT / UNKNOWN_AREA when there is no such area.
  absl::StatusOr<std::optional<Path>> PathOf(const Context& context, const std::string& code) const;

  // Who is told when the post owes something; "" when it has none or directory gives no answer.
  std::string SupervisorOf(const Context& context, const std::string& post) const;
  // The same with silence told apart: an error when directory gives no answer.
  absl::StatusOr<std::string> PostAbove(const Context& context, const std::string& post) const;
  // The post that answers for the district the path lies in; "" as above.
  std::string DutyPostOver(const Context& context, const Path& path) const;
  // The post that answers for the area; "" as above.
  std::string DutyPostOf(const Context& context, const std::string& area) const;

  // How the caller's post stands to a task's executor, a post or else a unit. Nothing when directory gives
  // no answer or does not know the executor.
  std::optional<rules::Standing> StandingTo(const Context& context, const v1::Task& task) const;

 private:
  using Units = std::map<std::string, directory::v1::Unit>;
  absl::StatusOr<Units> FindUnits(const Context& context, const std::set<std::string>& names) const;
  directory::Api& directory_;
  const directory::Facts facts_;
};

}  // namespace huying::incident
