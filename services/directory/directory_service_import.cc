// SPDX-License-Identifier: Apache-2.0
//
// Whole files: all or nothing, the same file again changes nothing.
#include <algorithm>
#include <vector>

#include "absl/strings/str_cat.h"
#include "services/directory/directory_service.h"
#include "services/directory/editor.h"
#include "services/directory/rules/areas_csv.h"
#include "services/directory/rules/forms.h"
#include "services/directory/store.h"
#include "services/platform/base/status.h"

namespace huying::directory {
namespace {

constexpr char kAccountsPermission[] = "directory.accounts";

std::string Path(std::string_view list, int index) {
  return absl::StrCat("directory.", absl::string_view(list.data(), list.size()), "[", index, "]");
}

// Codes of 6 and 9 digits become 12, by the table so far and the file's own areas.
void Normalise(const rules::View& view, v1::Directory& directory) {
  std::vector<v1::Area> all;
  for (const v1::Area* area : view->areas.All()) all.push_back(*area);
  all.insert(all.end(), directory.areas().begin(), directory.areas().end());
  const rules::AreaTree tree(all);
  const auto normalise = [&tree](std::string* code) {
    if (const v1::Area* area = tree.Find(*code)) *code = area->code();
  };
  for (v1::Area& area : *directory.mutable_areas()) normalise(area.mutable_parent());
  for (v1::Unit& unit : *directory.mutable_units()) normalise(unit.mutable_area());
  for (v1::Post& post : *directory.mutable_posts()) normalise(post.mutable_area());
}

// A file may bring accounts, not passwords and not administrators.
absl::Status CheckAccounts(const context::CallContext& context, v1::Directory& directory) {
  if (directory.accounts().empty()) return absl::OkStatus();
  if (std::find(context.permissions.begin(), context.permissions.end(), kAccountsPermission) ==
      context.permissions.end()) {
    return base::Denied(base::Reason::PERMISSION_MISSING, "导入账户需要权限 directory.accounts",
                        "accounts need the permission directory.accounts")
        .Field("directory.accounts");
  }
  for (int i = 0; i < directory.accounts_size(); ++i) {
    v1::Account& account = *directory.mutable_accounts(i);
    account.clear_password_hash();
    account.clear_sealed();
    if (!account.administrator()) continue;
    return base::Invalid(base::Reason::FIELD_INVALID, "管理员账户不能由文件导入",
                         "an administrator is not made by a file")
        .Field(absl::StrCat(Path("accounts", i), ".administrator"))
        .Next("请用 PutAccount 单独设置", "put that account by itself");
  }
  return absl::OkStatus();
}

template <typename List>
absl::Status PutAll(Editor& editor, const List& list, std::string_view name) {
  for (int i = 0; i < list.size(); ++i) RETURN_IF_ERROR(editor.Put(list[i], Path(name, i)));
  return absl::OkStatus();
}

absl::Status PutAccounts(ledger::Transaction& tx, Editor& editor, const v1::Directory& directory) {
  for (int i = 0; i < directory.accounts_size(); ++i) {
    v1::Account account = directory.accounts(i);
    ASSIGN_OR_RETURN(auto stored, tx.Find(Accounts(), account.name()));
    if (stored) {
      if (stored->value.has_sealed()) *account.mutable_sealed() = stored->value.sealed();
      account.set_administrator(stored->value.administrator());
      account.set_disabled(stored->value.disabled());
    }
    RETURN_IF_ERROR(editor.Put(account, Path("accounts", i)));
  }
  return absl::OkStatus();
}

absl::Status DecideImport(ledger::Transaction& tx, const v1::Directory& directory,
                          const std::string& source, absl::Duration shift_max) {
  ASSIGN_OR_RETURN(const int64_t number, tx.NextNumber("imports"));
  v1::Import import;
  import.set_name(absl::StrCat("imports/", number));
  import.set_source(source);
  tx.Create(Imports(), import.name(), import);
  Editor editor(tx, {.shift_max = shift_max, .skip_unchanged = true});
  RETURN_IF_ERROR(PutAll(editor, directory.areas(), "areas"));
  RETURN_IF_ERROR(PutAll(editor, directory.units(), "units"));
  RETURN_IF_ERROR(PutAll(editor, directory.roles(), "roles"));
  RETURN_IF_ERROR(PutAll(editor, directory.people(), "people"));
  RETURN_IF_ERROR(PutAll(editor, directory.posts(), "posts"));
  RETURN_IF_ERROR(PutAll(editor, directory.shifts(), "shifts"));
  RETURN_IF_ERROR(PutAll(editor, directory.power_items(), "power_items"));
  RETURN_IF_ERROR(PutAccounts(tx, editor, directory));
  RETURN_IF_ERROR(editor.Finish());
  import.set_rows(directory.areas_size() + directory.units_size() + directory.roles_size() +
                  directory.people_size() + directory.posts_size() + directory.shifts_size() +
                  directory.power_items_size() + directory.accounts_size());
  import.set_changed(editor.changed());
  tx.Change(Imports(), import.name(), import);
  tx.Subject(Imports(), import.name());
  return absl::OkStatus();
}

template <typename List, typename Kind>
void AddReads(ledger::Command& command, const List& list, const Kind& kind) {
  for (const auto& row : list) command.reads.push_back(kind.Ref(row.name()));
}

ledger::Command ImportCommand(v1::Directory directory, std::string source,
                              absl::Duration shift_max) {
  ledger::Command command;
  for (const v1::Area& area : directory.areas()) command.reads.push_back(Areas().Ref(area.code()));
  AddReads(command, directory.units(), Units());
  AddReads(command, directory.roles(), Roles());
  AddReads(command, directory.people(), People());
  AddReads(command, directory.posts(), Posts());
  AddReads(command, directory.power_items(), PowerItems());
  AddReads(command, directory.accounts(), Accounts());
  command.decide = [directory = std::move(directory), source = std::move(source),
                    shift_max](ledger::Transaction& tx) {
    return DecideImport(tx, directory, source, shift_max);
  };
  return command;
}

}  // namespace

absl::Status DirectoryService::SealPerson(ledger::Reader& reader, v1::Person& person) {
  person.clear_sealed();  // ciphertext comes from here and from nowhere else
  ASSIGN_OR_RETURN(auto stored, reader.Find(People(), person.name()));
  if (!stored || !stored->value.has_sealed()) return sealer_.Seal(person, person.name());
  v1::Person before = stored->value;
  RETURN_IF_ERROR(sealer_.Unseal(before).status());
  const bool same = (person.phone().empty() || person.phone() == before.phone()) &&
                    (person.id_number().empty() || person.id_number() == before.id_number());
  *person.mutable_sealed() = stored->value.sealed();
  if (same) {
    person.clear_phone();
    person.clear_id_number();
  }
  return sealer_.Seal(person, person.name());
}

absl::StatusOr<ledger::Command> DirectoryService::ImportDirectory(
    const context::CallContext& context, const v1::ImportDirectoryRequest& request) {
  v1::Directory directory = request.directory();
  RETURN_IF_ERROR(rules::CheckSize(directory));
  RETURN_IF_ERROR(CheckAccounts(context, directory));
  ASSIGN_OR_RETURN(Book::Page page, book_.Open());
  Normalise(page.view(), directory);
  for (int i = 0; i < directory.people_size(); ++i) {
    v1::Person& person = *directory.mutable_people(i);
    RETURN_IF_ERROR(base::InField(rules::CheckPerson(person), Path("people", i)));
    RETURN_IF_ERROR(base::InField(SealPerson(page.reader(), person), Path("people", i)));
  }
  return ImportCommand(std::move(directory), "directory", ShiftMax());
}

absl::StatusOr<ledger::Command> DirectoryService::ImportAreas(
    const context::CallContext&, const v1::ImportAreasRequest& request) {
  ASSIGN_OR_RETURN(Book::Page page, book_.Open());
  ASSIGN_OR_RETURN(const std::vector<v1::Area> areas,
                   rules::ParseAreasCsv(request.csv(), page.view()->areas));
  v1::Directory directory;
  directory.mutable_areas()->Assign(areas.begin(), areas.end());
  return ImportCommand(std::move(directory), "areas.csv", ShiftMax());
}

}  // namespace huying::directory
