// SPDX-License-Identifier: Apache-2.0
//
// One row at a time: units, roles, posts, people, shifts, accounts, power items.
#include "absl/strings/str_cat.h"
#include "services/directory/directory_service.h"
#include "services/directory/editor.h"
#include "services/directory/rules/forms.h"
#include "services/directory/rules/sign_in.h"
#include "services/directory/store.h"
#include "services/platform/base/status.h"

namespace huying::directory {
namespace {

constexpr int kPasswordCharactersMin = 12;

// A short code becomes the 12 digits of the area it names; an unknown one stays, and the decision says
// so. Most callers send the area's own code, and then no view of the directory is needed.
absl::Status Normalise(Book& book, std::string* code) {
  ASSIGN_OR_RETURN(const bool own, book.HasArea(*code));
  if (own) return absl::OkStatus();
  ASSIGN_OR_RETURN(Book::Page page, book.Open());
  if (const v1::Area* area = page.view()->areas.Find(*code)) *code = area->code();
  return absl::OkStatus();
}

// One row into one kind, with the version a screen may have read.
template <typename T>
ledger::Command PutOne(const ledger::RecordKind<T>& kind, T row, std::string field,
                       int64_t expected_version) {
  ledger::Command command;
  command.reads = {kind.Ref(row.name())};
  command.decide = [&kind, row = std::move(row), field = std::move(field),
                    expected_version](ledger::Transaction& tx) -> absl::Status {
    RETURN_IF_ERROR(CheckVersion(tx, kind, row.name(), expected_version));
    Editor editor(tx, {});
    RETURN_IF_ERROR(editor.Put(row, field));
    return editor.Finish();
  };
  return command;
}

// The roster of a post is written by its own unit and by whoever governs its area; an administrator
// without a post and a process writing a copy are bound by their permission alone.
absl::Status CheckRosterArea(ledger::Transaction& tx, const v1::Shift& shift) {
  const common::v1::Actor& actor = tx.actor();
  if (!actor.system().empty() || actor.post().empty()) return absl::OkStatus();
  ASSIGN_OR_RETURN(auto post, tx.Find(Posts(), shift.post()));
  if (!post) return absl::OkStatus();  // Finish() says that it is unknown
  if (!post->value.unit().empty() && post->value.unit() == actor.unit()) return absl::OkStatus();
  ASSIGN_OR_RETURN(const guard::AreaPath path, PathIn(tx, post->value.area()));
  if (guard::Governs(actor, path)) return absl::OkStatus();
  tx.KeepRefusal();
  return base::Denied(base::Reason::OUTSIDE_AREA, "该岗位不在本岗位管辖范围内，不能排班",
                      "the post lies outside your area")
      .Field("shift.post")
      .Rule("directory.roster-area");
}

}  // namespace

absl::StatusOr<ledger::Command> DirectoryService::PutUnit(const context::CallContext&,
                                                          const v1::PutUnitRequest& request) {
  v1::Unit unit = request.unit();
  RETURN_IF_ERROR(Normalise(book_, unit.mutable_area()));
  return PutOne(Units(), std::move(unit), "unit", request.expected_version());
}

absl::StatusOr<ledger::Command> DirectoryService::PutRole(const context::CallContext&,
                                                          const v1::PutRoleRequest& request) {
  return PutOne(Roles(), request.role(), "role", request.expected_version());
}

absl::StatusOr<ledger::Command> DirectoryService::PutPost(const context::CallContext&,
                                                          const v1::PutPostRequest& request) {
  v1::Post post = request.post();
  RETURN_IF_ERROR(Normalise(book_, post.mutable_area()));
  return PutOne(Posts(), std::move(post), "post", request.expected_version());
}

absl::StatusOr<ledger::Command> DirectoryService::PutPerson(const context::CallContext&,
                                                            const v1::PutPersonRequest& request) {
  v1::Person person = request.person();
  RETURN_IF_ERROR(base::InField(rules::CheckPerson(person), "person"));
  ASSIGN_OR_RETURN(Book::Page page, book_.Open());
  RETURN_IF_ERROR(SealPerson(page.reader(), person));
  return PutOne(People(), std::move(person), "person", request.expected_version());
}

absl::StatusOr<ledger::Command> DirectoryService::PutShift(const context::CallContext&,
                                                           const v1::PutShiftRequest& request) {
  ledger::Command command;
  command.reads = {Posts().Ref(request.shift().post()), People().Ref(request.shift().person())};
  command.decide = [shift = request.shift(),
                    shift_max = ShiftMax()](ledger::Transaction& tx) -> absl::Status {
    RETURN_IF_ERROR(CheckRosterArea(tx, shift));
    Editor editor(tx, {.shift_max = shift_max});
    RETURN_IF_ERROR(editor.Put(shift, "shift"));
    return editor.Finish();
  };
  return command;
}

absl::StatusOr<ledger::Command> DirectoryService::PutAccount(const context::CallContext&,
                                                             const v1::PutAccountRequest& request) {
  v1::Account account = request.account();
  account.clear_password_hash();
  account.clear_sealed();
  const bool new_password = !request.password().empty();
  const bool only_password = new_password && rules::IsNameOnly(account);
  RETURN_IF_ERROR(base::InField(
      only_password ? rules::CheckAccountName(account) : rules::CheckAccount(account), "account"));
  if (new_password) {
    const int least =
        static_cast<int>(rules_.NumberOf("directory.password-min", Now(), kPasswordCharactersMin));
    RETURN_IF_ERROR(rules::CheckPassword(request.password(), least));
    ASSIGN_OR_RETURN(*account.mutable_password_hash(), tools_.hasher.Hash(request.password()));
    RETURN_IF_ERROR(sealer_.Seal(account, account.name()));
  }
  ledger::Command command;
  command.reads = {Accounts().Ref(account.name()), People().Ref(account.person())};
  command.decide = [account = std::move(account), new_password,
                    only_password](ledger::Transaction& tx) -> absl::Status {
    v1::Account next = account;
    if (only_password) {
      ASSIGN_OR_RETURN(auto stored, tx.Get(Accounts(), account.name()));
      next = std::move(stored.value);
      *next.mutable_sealed() = account.sealed();
    }
    if (!new_password) {
      ASSIGN_OR_RETURN(auto stored, tx.Find(Accounts(), account.name()));
      if (stored && stored->value.has_sealed()) *next.mutable_sealed() = stored->value.sealed();
    }
    Editor editor(tx, {});
    RETURN_IF_ERROR(editor.Put(next, "account"));
    return editor.Finish();
  };
  return command;
}

absl::StatusOr<ledger::Command> DirectoryService::PutPowerItem(
    const context::CallContext&, const v1::PutPowerItemRequest& request) {
  ledger::Command command =
      PutOne(PowerItems(), request.item(), "item", request.expected_version());
  command.reads.push_back(PowerCodes().Ref(request.item().code()));
  return command;
}

}  // namespace huying::directory
