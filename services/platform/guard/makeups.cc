// SPDX-License-Identifier: Apache-2.0
#include "services/platform/guard/makeups.h"

#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "services/platform/base/clock.h"
#include "services/platform/base/status.h"
#include "services/platform/base/strings.h"

namespace huying::guard {
namespace {
using base::Reason;
using common::v1::MakeUp;

constexpr int kSameRuleMax = 100;  // rows of one rule and subject

struct Row {
  MakeUp::State from;
  MakeUpCommand command;
  MakeUp::State in_time;
  MakeUp::State late;
};
// What is not in the table is not allowed.
constexpr std::array<Row, 3> kTable = {{
    {MakeUp::OPEN, MakeUpCommand::kFallDue, MakeUp::OVERDUE, MakeUp::OVERDUE},
    {MakeUp::OPEN, MakeUpCommand::kMakeUp, MakeUp::MADE_UP, MakeUp::MADE_UP_LATE},
    {MakeUp::OVERDUE, MakeUpCommand::kMakeUp, MakeUp::MADE_UP_LATE, MakeUp::MADE_UP_LATE},
}};

absl::StatusOr<std::string> FreeName(ledger::Transaction& tx, const std::string& wanted) {
  std::string name = wanted;
  for (int number = 2; number <= kSameRuleMax; ++number) {
    ASSIGN_OR_RETURN(auto taken, tx.Find(kMakeUps, name));
    if (!taken) return name;
    name = absl::StrCat(wanted, "-", number);
  }
  return base::Refused(Reason::CONDITION_NOT_MET, "同一事项的待补记录过多",
                       "too many make-up rows of one rule")
      .Rule("platform.make-ups-bounded");
}
}  // namespace

const ledger::RecordKind<MakeUp> kMakeUps(
    "makeup", [](const MakeUp& row) { return MakeUp::State_Name(row.state()); },
    {{"subject", [](const MakeUp& row) { return ledger::Text(row.subject()); }},
     {"state", [](const MakeUp& row) { return ledger::Int(row.state()); }},
     {"supervisor_post", [](const MakeUp& row) { return ledger::Text(row.supervisor_post()); }}});

MakeUp::State NextMakeUpState(MakeUp::State state, MakeUpCommand command, bool late) {
  for (const Row& row : kTable) {
    if (row.from == state && row.command == command) return late ? row.late : row.in_time;
  }
  return MakeUp::STATE_UNSPECIFIED;
}

absl::Status OpenMakeUps(ledger::Transaction& tx, absl::Span<const MakeUp> rows,
                         std::string_view case_id, std::vector<std::string>* names) {
  for (MakeUp row : rows) {
    ASSIGN_OR_RETURN(std::string name, FreeName(tx, row.name()));
    row.set_name(name);
    if (names != nullptr) names->push_back(name);
    row.set_case_id(case_id.empty() ? row.subject() : std::string(case_id));
    tx.Create(kMakeUps, name, row);
    tx.SetDeadline({.key = name,
                    .handler = kMakeUpHandler,
                    .due_at = base::FromProto(row.due_at()),
                    .subject = row.subject()});
    common::v1::Flag flag;
    flag.set_rule_id(row.rule_id());
    flag.set_text(absl::StrCat("待补：", row.text()));
    flag.set_make_up(name);
    tx.AddFlag(std::move(flag));
  }
  return absl::OkStatus();
}

absl::Status CloseMakeUp(ledger::Transaction& tx, std::string_view name,
                         const common::v1::Actor& actor) {
  ASSIGN_OR_RETURN(auto stored, tx.Get(kMakeUps, name));
  MakeUp row = std::move(stored.value);
  const bool late = tx.received_at() > base::FromProto(row.due_at());
  const MakeUp::State next = NextMakeUpState(row.state(), MakeUpCommand::kMakeUp, late);
  if (next == MakeUp::STATE_UNSPECIFIED) {
    return base::Refused(Reason::ILLEGAL_TRANSITION, "该待补事项已经办结", "it was made up before")
        .Rule("platform.make-up-states");
  }
  row.set_state(next);
  *row.mutable_closed_at() = base::ToProto(tx.received_at());
  *row.mutable_closed_by() = actor;
  tx.Change(kMakeUps, name, row);
  tx.ClearDeadline(name);
  tx.SetCase(row.case_id());
  return absl::OkStatus();
}

absl::StatusOr<std::optional<MakeUp>> FallDue(ledger::Transaction& tx, std::string_view name) {
  tx.ClearDeadline(name);
  ASSIGN_OR_RETURN(auto stored, tx.Find(kMakeUps, name));
  if (!stored) return std::optional<MakeUp>();
  MakeUp row = std::move(stored->value);
  tx.SetCase(row.case_id());
  const MakeUp::State next = NextMakeUpState(row.state(), MakeUpCommand::kFallDue, true);
  // Made up while the row waited to fire: nothing is overdue.
  if (next == MakeUp::STATE_UNSPECIFIED) return std::optional<MakeUp>();
  row.set_state(next);
  tx.Change(kMakeUps, name, row);
  tx.Subject(kMakeUps, name);
  return std::optional<MakeUp>(std::move(row));
}

ledger::DueHandler MakeUpDue(std::function<std::vector<std::string>(const MakeUp&)> channels) {
  return [channels = std::move(channels)](
             const context::CallContext&,
             const ledger::Ledger::DueDeadline& due) -> absl::StatusOr<ledger::Command> {
    ledger::Command command;
    command.reads = {kMakeUps.Ref(due.deadline.key)};
    command.decide = [channels, name = due.deadline.key](ledger::Transaction& tx) -> absl::Status {
      ASSIGN_OR_RETURN(const std::optional<MakeUp> row, FallDue(tx, name));
      if (!row) return absl::OkStatus();
      for (const std::string& channel : channels(*row)) tx.Publish(channel);
      return absl::OkStatus();
    };
    return command;
  };
}

}  // namespace huying::guard
