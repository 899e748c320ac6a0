// SPDX-License-Identifier: Apache-2.0
#include "services/directory/change.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "services/directory/editor.h"
#include "services/directory/rules/grants.h"
#include "services/directory/store.h"
#include "services/platform/base/clock.h"
#include "services/platform/base/status.h"
#include "services/platform/base/strings.h"

namespace huying::directory {
namespace {

using base::Reason;
using rules::Verdict;

// What is put now, and what waits for the second person.
struct Split {
  v1::Directory now;
  v1::Directory held;
  Verdict verdict;
};

absl::StatusOr<int64_t> MarkOf(ledger::Reader& reader) {
  ASSIGN_OR_RETURN(const auto mark, reader.Find(RightsMarks(), kRightsMark));
  return mark ? mark->value.changes() : 0;
}

absl::Status CheckMark(ledger::Transaction& tx, int64_t seen) {
  ASSIGN_OR_RETURN(const auto mark, tx.Find(RightsMarks(), kRightsMark));
  if ((mark ? mark->value.changes() : 0) == seen) return absl::OkStatus();
  return base::Aborted(Reason::FACTS_CHANGED, "岗位、职责或账户刚刚有变化，请重试",
                       "a role, post or account has just changed: try again");
}

bool TouchesRights(const v1::Directory& rows) {
  return !rows.roles().empty() || !rows.posts().empty() || !rows.accounts().empty();
}

// Rows that give nothing by themselves need not wait with the accounts that gain by them.
Split SplitRows(const v1::Directory& rows, bool import, const rules::View& view,
                const rules::Caller& caller) {
  Split split{rows, {}, rules::JudgeRights(view, rows, caller)};
  if (!split.verdict.refusal.ok() || !split.verdict.second_person) return split;
  if (import) {
    split.now.clear_accounts();
    for (const v1::Account& account : rows.accounts()) {
      const auto& gains = split.verdict.gains;
      const bool gains_by_it = std::any_of(gains.begin(), gains.end(), [&](const auto& gain) {
        return gain.account() == account.name();
      });
      *(gains_by_it ? split.held : split.now).add_accounts() = account;
    }
    if (!rules::JudgeRights(view, split.now, caller).second_person) return split;
  }
  split.held = rows;
  split.now.Clear();
  return split;
}

std::string Path(const RowsChange& change, std::string_view list, int index) {
  if (!change.field.empty()) return change.field;
  return absl::StrCat("directory.", base::Abs(list), "[", index, "]");
}

absl::Status PutAll(Editor& editor, const v1::Directory& rows, const RowsChange& change) {
  const auto put = [&](const auto& list, std::string_view name) -> absl::Status {
    for (int i = 0; i < list.size(); ++i) {
      RETURN_IF_ERROR(editor.Put(list[i], Path(change, name, i)));
    }
    return absl::OkStatus();
  };
  RETURN_IF_ERROR(put(rows.areas(), "areas"));
  RETURN_IF_ERROR(put(rows.units(), "units"));
  RETURN_IF_ERROR(put(rows.roles(), "roles"));
  RETURN_IF_ERROR(put(rows.people(), "people"));
  RETURN_IF_ERROR(put(rows.posts(), "posts"));
  RETURN_IF_ERROR(put(rows.shifts(), "shifts"));
  RETURN_IF_ERROR(put(rows.power_items(), "power_items"));
  RETURN_IF_ERROR(put(rows.accounts(), "accounts"));
  return editor.Finish();
}

int CountOf(const v1::Directory& rows) {
  return rows.areas_size() + rows.units_size() + rows.roles_size() + rows.people_size() +
         rows.posts_size() + rows.shifts_size() + rows.power_items_size() + rows.accounts_size();
}

// Every row that a grant can change, with its kind.
template <typename Each>
absl::Status ForRights(const v1::Directory& rows, Each each) {
  for (const auto& row : rows.roles()) RETURN_IF_ERROR(each(Roles(), row));
  for (const auto& row : rows.posts()) RETURN_IF_ERROR(each(Posts(), row));
  for (const auto& row : rows.accounts()) RETURN_IF_ERROR(each(Accounts(), row));
  return absl::OkStatus();
}

common::v1::Flag FlagOf(std::string_view rule, std::string text) {
  common::v1::Flag flag;
  flag.set_rule_id(std::string(rule));
  flag.set_text(std::move(text));
  return flag;
}

// `whole`: nothing is put besides, so the grant is what the receipt is about.
absl::Status Propose(ledger::Transaction& tx, const v1::Directory& held, const Verdict& verdict,
                     const RowsChange& change, bool whole) {
  // What cannot be put is said now, not to the second person.
  Editor check(tx, {.shift_max = change.shift_max, .check_only = true, .overlap = change.overlap});
  RETURN_IF_ERROR(PutAll(check, held, change));
  ASSIGN_OR_RETURN(const int64_t number, tx.NextNumber("grants"));
  v1::Grant grant;
  grant.set_name(absl::StrCat("grants/", number));
  grant.set_state(v1::Grant::AWAITS_SECOND);
  grant.mutable_gains()->Assign(verdict.gains.begin(), verdict.gains.end());
  *grant.mutable_proposer() = tx.actor();
  *grant.mutable_proposed_at() = base::ToProto(tx.now());
  v1::GrantRows rows;
  rows.set_name(grant.name());
  *rows.mutable_rows() = held;
  RETURN_IF_ERROR(ForRights(held, [&](const auto& kind, const auto& row) -> absl::Status {
    ASSIGN_OR_RETURN(const auto stored, tx.Find(kind, row.name()));
    (*rows.mutable_versions())[row.name()] = stored ? stored->version : 0;
    grant.add_changes(row.name());
    return absl::OkStatus();
  }));
  tx.Create(Grants(), grant.name(), grant);
  tx.Create(RowsOfGrants(), grant.name(), rows);
  if (whole) tx.Subject(Grants(), grant.name());
  tx.AddFlag(FlagOf("directory.second-person",
                    absl::StrCat("待第二人复核后生效: ", grant.name(), "（", verdict.gains.size(),
                                 "个账户因此获得权限）")));
  return absl::OkStatus();
}

absl::Status PutNow(ledger::Transaction& tx, const Split& split, const RowsChange& change) {
  const bool import = change.field.empty();
  v1::Import record;
  if (import) {
    ASSIGN_OR_RETURN(const int64_t number, tx.NextNumber("imports"));
    record.set_name(absl::StrCat("imports/", number));
    record.set_source(change.source);
    tx.Create(Imports(), record.name(), record);
  }
  Editor editor(
      tx, {.shift_max = change.shift_max, .skip_unchanged = import, .overlap = change.overlap});
  RETURN_IF_ERROR(PutAll(editor, split.now, change));
  if (import) {
    record.set_rows(CountOf(split.now) + CountOf(split.held));
    record.set_changed(editor.changed());
    tx.Change(Imports(), record.name(), record);
    tx.Subject(Imports(), record.name());
  }
  if (editor.kept_by_hand() > 0) {
    tx.AddFlag(FlagOf("directory.roster-by-hand",
                      absl::StrCat("手工班次保持不变，文件为其让出时间：", editor.kept_by_hand())));
  }
  for (const common::v1::Flag& flag : change.flags) tx.AddFlag(flag);
  if (split.verdict.alone) {
    tx.AddFlag(FlagOf("directory.second-person",
                      "无第二人可复核：尚无另一人有授权权限，本次授权由一人作出"));
  }
  return absl::OkStatus();
}

absl::Status Decide(ledger::Transaction& tx, const Split& split, const RowsChange& change,
                    int64_t mark) {
  if (TouchesRights(change.rows)) RETURN_IF_ERROR(CheckMark(tx, mark));
  if (change.check != nullptr) RETURN_IF_ERROR(change.check(tx));
  if (!split.verdict.refusal.ok()) {
    if (absl::IsPermissionDenied(split.verdict.refusal)) tx.KeepRefusal();
    return split.verdict.refusal;
  }
  if (CountOf(split.now) > 0) RETURN_IF_ERROR(PutNow(tx, split, change));
  if (CountOf(split.held) == 0) return absl::OkStatus();
  return Propose(tx, split.held, split.verdict, change, CountOf(split.now) == 0);
}

template <typename List, typename Kind>
void AddReads(ledger::Command& command, const List& list, const Kind& kind) {
  for (const auto& row : list) command.reads.push_back(kind.Ref(row.name()));
}

void AddReads(ledger::Command& command, const v1::Directory& rows) {
  for (const v1::Area& area : rows.areas()) command.reads.push_back(Areas().Ref(area.code()));
  AddReads(command, rows.units(), Units());
  AddReads(command, rows.roles(), Roles());
  AddReads(command, rows.people(), People());
  AddReads(command, rows.posts(), Posts());
  AddReads(command, rows.power_items(), PowerItems());
  AddReads(command, rows.accounts(), Accounts());
  command.reads.push_back(RightsMarks().Ref(kRightsMark));
}

absl::Status CheckVersions(ledger::Transaction& tx, const v1::GrantRows& held) {
  return ForRights(held.rows(), [&](const auto& kind, const auto& row) -> absl::Status {
    ASSIGN_OR_RETURN(const auto stored, tx.Find(kind, row.name()));
    auto at = held.versions().find(row.name());
    if (at != held.versions().end() && at->second == (stored ? stored->version : 0)) {
      return absl::OkStatus();
    }
    return base::Refused(Reason::STALE_VERSION,
                         absl::StrCat(row.name(), " 在提出之后又有改动，须重新提出"),
                         absl::StrCat(row.name(), " has changed since: propose it anew"))
        .Field("name")
        .Rule("directory.grant-stale")
        .Next("请退回后重新提出", "reject this one and propose anew");
  });
}

absl::Status DecideConfirm(ledger::Transaction& tx, v1::Grant grant, const v1::GrantRows& held,
                           int64_t mark) {
  RETURN_IF_ERROR(CheckMark(tx, mark));
  RETURN_IF_ERROR(CheckVersions(tx, held));
  grant.set_state(v1::Grant::GRANTED);
  *grant.mutable_decider() = tx.actor();
  *grant.mutable_decided_at() = base::ToProto(tx.now());
  tx.Change(Grants(), grant.name(), grant);
  Editor editor(tx, {.skip_unchanged = true, .overlap = rules::Overlap::kFile});
  RETURN_IF_ERROR(PutAll(editor, held.rows(), {}));
  tx.Subject(Grants(), grant.name());
  return absl::OkStatus();
}

// Nobody gains by it now what the second person was not shown.
bool AsProposed(const v1::Grant& grant, const std::vector<v1::Grant::Gain>& gains) {
  const auto shown = [&](const v1::Grant::Gain& gain) {
    return std::any_of(
        grant.gains().begin(), grant.gains().end(), [&](const v1::Grant::Gain& proposed) {
          const auto& all = proposed.permissions();
          return proposed.account() == gain.account() && proposed.person() == gain.person() &&
                 proposed.person_before() == gain.person_before() &&
                 proposed.administrator() == gain.administrator() &&
                 std::includes(all.begin(), all.end(), gain.permissions().begin(),
                               gain.permissions().end());
        });
  };
  return std::all_of(gains.begin(), gains.end(), shown);
}

}  // namespace

void Normalise(v1::Account& account) {
  if (!account.disabled()) account.clear_disabled();
  if (!account.administrator()) account.clear_administrator();
}

void Normalise(v1::Post& post) {
  if (!post.receives_alerts()) post.clear_receives_alerts();
}

absl::StatusOr<ledger::Command> CommandFor(RowsChange change, Book::Page& page,
                                           const rules::Caller& caller) {
  Split split = TouchesRights(change.rows)
                    ? SplitRows(change.rows, change.field.empty(), page.view(), caller)
                    : Split{change.rows, {}, {}};
  ASSIGN_OR_RETURN(const int64_t mark, MarkOf(page.reader()));
  ledger::Command command;
  AddReads(command, change.rows);
  command.decide = [split = std::move(split), change = std::move(change),
                    mark](ledger::Transaction& tx) { return Decide(tx, split, change, mark); };
  return command;
}

absl::StatusOr<ledger::Command> ConfirmCommand(const std::string& name, Book::Page& page,
                                               const rules::Caller& caller) {
  ASSIGN_OR_RETURN(auto grant, page.reader().Get(Grants(), name));
  ASSIGN_OR_RETURN(auto held, page.reader().Get(RowsOfGrants(), name));
  ASSIGN_OR_RETURN(const int64_t mark, MarkOf(page.reader()));
  absl::Status refusal = rules::MayConfirm(grant.value, caller.actor);
  if (refusal.ok()) {
    const Verdict verdict = rules::JudgeHeld(page.view(), held.value.rows());
    refusal = verdict.refusal;
    if (refusal.ok() && !AsProposed(grant.value, verdict.gains)) {
      refusal = base::Refused(Reason::CONDITION_NOT_MET, "提出之后情况有变，所得权限已不同",
                              "what would be gained by it has changed since it was proposed")
                    .Field("name")
                    .Rule("directory.grant-stale")
                    .Next("请退回后重新提出", "reject this one and propose anew");
    }
  }
  ledger::Command command;
  command.reads = {Grants().Ref(name)};
  AddReads(command, held.value.rows());
  command.decide = [name, refusal, held = std::move(held.value),
                    mark](ledger::Transaction& tx) -> absl::Status {
    ASSIGN_OR_RETURN(auto grant, tx.Get(Grants(), name));
    RETURN_IF_ERROR(rules::CheckProposed(grant.value));
    if (!refusal.ok()) {
      if (absl::IsPermissionDenied(refusal)) tx.KeepRefusal();
      return refusal;
    }
    return DecideConfirm(tx, std::move(grant.value), held, mark);
  };
  return command;
}

ledger::Command RejectCommand(const std::string& name, const std::string& reason) {
  ledger::Command command;
  command.reads = {Grants().Ref(name)};
  command.decide = [name, reason](ledger::Transaction& tx) -> absl::Status {
    ASSIGN_OR_RETURN(auto grant, tx.Get(Grants(), name));
    RETURN_IF_ERROR(rules::CheckProposed(grant.value));
    grant.value.set_state(v1::Grant::TURNED_DOWN);
    *grant.value.mutable_decider() = tx.actor();
    *grant.value.mutable_decided_at() = base::ToProto(tx.now());
    grant.value.set_reason(reason);
    tx.Change(Grants(), name, grant.value);
    return absl::OkStatus();
  };
  return command;
}

}  // namespace huying::directory
