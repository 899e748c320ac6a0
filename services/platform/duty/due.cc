// SPDX-License-Identifier: Apache-2.0
#include "services/platform/duty/due.h"

#include <algorithm>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "services/platform/base/status.h"

namespace huying::duty {
namespace {

// Whoever was told last stands where the climb goes on; a ladder that runs in a circle has ended.
absl::StatusOr<std::string> NextPost(const context::CallContext& context,
                                     const Obligation& obligation, const DueOptions& options) {
  if (obligation.climbs().empty() && !obligation.supervisor_post().empty()) {
    return obligation.supervisor_post();
  }
  const std::vector<std::string> told = PostsOf(obligation);
  ASSIGN_OR_RETURN(std::string next,
                   options.post_above(context, obligation, told.empty() ? "" : told.back()));
  if (std::find(told.begin(), told.end(), next) != told.end()) return std::string();
  return next;
}

}  // namespace

ledger::DueHandler OnDue(ledger::Ledger& ledger, DueOptions options) {
  return [&ledger, options = std::move(options)](
             const context::CallContext& context,
             const ledger::Ledger::DueDeadline& due) -> absl::StatusOr<ledger::Command> {
    const std::string name = due.deadline.subject;
    std::optional<ledger::Stored<Obligation>> seen;
    {
      ASSIGN_OR_RETURN(std::unique_ptr<ledger::Reader> reader, ledger.Read());
      ASSIGN_OR_RETURN(seen, reader->Find(kObligations, name));
    }
    std::optional<std::string> next;
    if (seen && IsOpen(seen->value.state())) {
      absl::StatusOr<std::string> above = NextPost(context, seen->value, options);
      if (above.ok()) next = *std::move(above);
    }
    ledger::Command command;
    command.act = options.act;
    command.reads = {kObligations.Ref(name)};
    command.decide = [name, next, then = options.then](ledger::Transaction& tx) -> absl::Status {
      ASSIGN_OR_RETURN(const std::optional<Obligation> obligation, FallDue(tx, name, next));
      if (!obligation || !then) return absl::OkStatus();
      return then(tx, *obligation);
    };
    return command;
  };
}

}  // namespace huying::duty
