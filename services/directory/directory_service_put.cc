// SPDX-License-Identifier: Apache-2.0
//
// One row at a time: units, roles, posts, people, power items.
#include <functional>
#include <string>
#include <utility>

#include "services/directory/change.h"
#include "services/directory/directory_service.h"
#include "services/directory/editor.h"
#include "services/directory/rules/forms.h"
#include "services/directory/rules/merge.h"
#include "services/directory/store.h"
#include "services/platform/base/status.h"

namespace huying::directory {
namespace {

// A short code becomes the 12 digits of the area it names; an unknown one stays, and the decision says
// so. Most callers send the area's own code, and then no view of the directory is needed.
absl::Status Normalise(Book& book, std::string* code) {
  ASSIGN_OR_RETURN(const bool own, book.HasArea(*code));
  if (own) return absl::OkStatus();
  ASSIGN_OR_RETURN(Book::Page page, book.Open());
  if (const v1::Area* area = page.view()->areas.Find(*code)) *code = area->code();
  return absl::OkStatus();
}

// The row as it will be: what the request does not say stays. `check` refuses it in the decision when the
// row is at another version than the caller saw, or was changed since it was merged.
template <typename T>
struct Merged {
  T row;
  std::function<absl::Status(ledger::Transaction&)> check;
};

template <typename T, typename Request>
absl::StatusOr<Merged<T>> MergedWith(ledger::Reader& reader, const ledger::RecordKind<T>& kind,
                                     const T& put, const Request& request) {
  ASSIGN_OR_RETURN(auto stored, reader.Find(kind, put.name()));
  Merged<T> merged;
  ASSIGN_OR_RETURN(merged.row,
                   rules::Merge(stored ? stored->value : T(), put, request.update_mask()));
  merged.row.set_name(put.name());
  merged.check = [&kind, name = put.name(), expected = request.expected_version(),
                  seen = stored ? stored->version : 0](ledger::Transaction& tx) -> absl::Status {
    RETURN_IF_ERROR(CheckVersion(tx, kind, name, expected));
    ASSIGN_OR_RETURN(const auto now, tx.Find(kind, name));
    if ((now ? now->version : 0) == seen) return absl::OkStatus();
    return base::Aborted(base::Reason::FACTS_CHANGED, "该项目刚刚有变化，请重试",
                         "the row has just changed: try again");
  };
  return merged;
}

}  // namespace

absl::StatusOr<ledger::Command> DirectoryService::PutUnit(const context::CallContext& context,
                                                          const v1::PutUnitRequest& request) {
  v1::Unit unit = request.unit();
  RETURN_IF_ERROR(Normalise(book_, unit.mutable_area()));
  ASSIGN_OR_RETURN(Book::Page page, book_.Open());
  ASSIGN_OR_RETURN(auto merged, MergedWith(page.reader(), Units(), unit, request));
  RowsChange change{.field = "unit", .check = std::move(merged.check)};
  *change.rows.add_units() = std::move(merged.row);
  return CommandFor(std::move(change), page, {context.actor, context.permissions});
}

absl::StatusOr<ledger::Command> DirectoryService::PutRole(const context::CallContext& context,
                                                          const v1::PutRoleRequest& request) {
  ASSIGN_OR_RETURN(Book::Page page, book_.Open());
  ASSIGN_OR_RETURN(auto merged, MergedWith(page.reader(), Roles(), request.role(), request));
  RowsChange change{.field = "role", .check = std::move(merged.check)};
  *change.rows.add_roles() = std::move(merged.row);
  return CommandFor(std::move(change), page, {context.actor, context.permissions});
}

absl::StatusOr<ledger::Command> DirectoryService::PutPost(const context::CallContext& context,
                                                          const v1::PutPostRequest& request) {
  v1::Post post = request.post();
  RETURN_IF_ERROR(Normalise(book_, post.mutable_area()));
  ASSIGN_OR_RETURN(Book::Page page, book_.Open());
  ASSIGN_OR_RETURN(auto merged, MergedWith(page.reader(), Posts(), post, request));
  Normalise(merged.row);
  RowsChange change{.field = "post", .check = std::move(merged.check)};
  *change.rows.add_posts() = std::move(merged.row);
  return CommandFor(std::move(change), page, {context.actor, context.permissions});
}

absl::StatusOr<ledger::Command> DirectoryService::PutPerson(const context::CallContext& context,
                                                            const v1::PutPersonRequest& request) {
  v1::Person person = request.person();
  person.clear_sealed();  // ciphertext comes from here and from nowhere else
  RETURN_IF_ERROR(base::InField(rules::CheckName(person.name(), "people", "name"), "person"));
  ASSIGN_OR_RETURN(Book::Page page, book_.Open());
  ASSIGN_OR_RETURN(auto stored, page.reader().Find(People(), person.name()));
  if (stored && stored->value.has_sealed()) RETURN_IF_ERROR(sealer_.Unseal(stored->value).status());
  ASSIGN_OR_RETURN(v1::Person next, rules::Merge(stored ? stored->value : v1::Person(), person,
                                                 request.update_mask()));
  next.set_name(person.name());
  RETURN_IF_ERROR(base::InField(rules::CheckPerson(next), "person"));
  next.clear_sealed();
  RETURN_IF_ERROR(sealer_.Seal(next, next.name()));
  ASSIGN_OR_RETURN(auto merged, MergedWith(page.reader(), People(), person, request));
  RowsChange change{.field = "person", .check = std::move(merged.check)};
  *change.rows.add_people() = std::move(next);
  return CommandFor(std::move(change), page, {context.actor, context.permissions});
}

absl::StatusOr<ledger::Command> DirectoryService::PutPowerItem(
    const context::CallContext& context, const v1::PutPowerItemRequest& request) {
  ASSIGN_OR_RETURN(Book::Page page, book_.Open());
  RowsChange change{.field = "item"};
  change.check = [name = request.item().name(),
                  expected = request.expected_version()](ledger::Transaction& tx) {
    return CheckVersion(tx, PowerItems(), name, expected);
  };
  *change.rows.add_power_items() = request.item();
  ASSIGN_OR_RETURN(ledger::Command command,
                   CommandFor(std::move(change), page, {context.actor, context.permissions}));
  command.reads.push_back(PowerCodes().Ref(request.item().code()));
  return command;
}

}  // namespace huying::directory
