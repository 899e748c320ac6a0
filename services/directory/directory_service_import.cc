// SPDX-License-Identifier: Apache-2.0
//
// Whole files: all or nothing, the same file again changes nothing.
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "services/directory/change.h"
#include "services/directory/directory_service.h"
#include "services/directory/rules/areas_csv.h"
#include "services/directory/rules/forms.h"
#include "services/directory/store.h"
#include "services/platform/base/status.h"

namespace huying::directory {
namespace {

std::string Path(std::string_view list, int index) {
  return absl::StrCat("directory.", absl::string_view(list.data(), list.size()), "[", index, "]");
}

// Codes of 6 and 9 digits become 12, by the table so far and the file's own areas.
void NormaliseCodes(const rules::View& view, v1::Directory& directory) {
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

// A file may bring accounts, not passwords and not administrators; whether a stored account is disabled or an
// administrator's is not for a file to say.
absl::Status ReadAccounts(const rules::View& view, v1::Directory& directory) {
  for (int i = 0; i < directory.accounts_size(); ++i) {
    v1::Account& account = *directory.mutable_accounts(i);
    account.clear_password_hash();
    account.clear_sealed();
    account.clear_credential();
    if (account.administrator()) {
      return base::Invalid(base::Reason::FIELD_INVALID, "管理员账户不能由文件导入",
                           "an administrator is not made by a file")
          .Field(absl::StrCat(Path("accounts", i), ".administrator"))
          .Next("请用 PutAccount 单独设置", "put that account by itself");
    }
    if (auto at = view->accounts.find(account.name()); at != view->accounts.end()) {
      account.set_administrator(at->second.administrator());
      account.set_disabled(at->second.disabled());
      const bool passes = account.person() != at->second.person();
      account.set_credential(at->second.credential() + (passes ? 1 : 0));
    }
    Normalise(account);
  }
  for (v1::Post& post : *directory.mutable_posts()) Normalise(post);
  return absl::OkStatus();
}

// Who stands on the file's roster and has no account that may act for the post, there or in the file.
std::optional<common::v1::Flag> NoAccountFlag(const rules::View& view,
                                              const v1::Directory& directory) {
  std::set<std::pair<std::string, std::string>> may;  // person, post
  for (const auto& [name, account] : view->accounts) {
    if (account.disabled()) continue;
    for (const std::string& post : account.posts()) may.emplace(account.person(), post);
  }
  for (const v1::Account& account : directory.accounts()) {
    if (account.disabled()) continue;
    for (const std::string& post : account.posts()) may.emplace(account.person(), post);
  }
  std::set<std::string> missing;
  for (const v1::Shift& shift : directory.shifts()) {
    if (!may.contains({shift.person(), shift.post()})) missing.insert(shift.person());
  }
  if (missing.empty()) return std::nullopt;
  constexpr size_t kNamed = 5;
  std::vector<std::string> named;
  for (const std::string& person : missing) {
    if (named.size() < kNamed) named.push_back(person);
  }
  common::v1::Flag flag;
  flag.set_rule_id("directory.roster-no-account");
  flag.set_text(absl::StrCat(
      "没有可登录所排岗位的账户，到时无人应答：", absl::StrJoin(named, "、"),
      missing.size() > kNamed ? absl::StrCat(" 等", missing.size(), "人") : std::string()));
  return flag;
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
  RowsChange change{.source = "directory", .shift_max = ShiftMax()};
  v1::Directory& directory = change.rows = request.directory();
  RETURN_IF_ERROR(rules::CheckSize(directory));
  ASSIGN_OR_RETURN(Book::Page page, book_.Open());
  NormaliseCodes(page.view(), directory);
  RETURN_IF_ERROR(ReadAccounts(page.view(), directory));
  for (int i = 0; i < directory.people_size(); ++i) {
    v1::Person& person = *directory.mutable_people(i);
    RETURN_IF_ERROR(base::InField(rules::CheckPerson(person), Path("people", i)));
    RETURN_IF_ERROR(base::InField(SealPerson(page.reader(), person), Path("people", i)));
  }
  // A copy brings shifts as they are; a file's are its own, and are replaced by the next file's.
  if (context.actor.system().empty()) {
    for (v1::Shift& shift : *directory.mutable_shifts()) {
      shift.set_origin(v1::Shift::ROTA);
      shift.clear_cancelled();
      shift.clear_cancel_reason();
    }
    if (request.replace_by_hand()) change.overlap = rules::Overlap::kFileReplaces;
    if (auto flag = NoAccountFlag(page.view(), directory)) change.flags.push_back(*flag);
  }
  return CommandFor(std::move(change), page, {context.actor, context.permissions});
}

absl::StatusOr<ledger::Command> DirectoryService::ImportAreas(
    const context::CallContext& context, const v1::ImportAreasRequest& request) {
  ASSIGN_OR_RETURN(Book::Page page, book_.Open());
  ASSIGN_OR_RETURN(const std::vector<v1::Area> areas,
                   rules::ParseAreasCsv(request.csv(), page.view()->areas));
  RowsChange change{.source = "areas.csv"};
  change.rows.mutable_areas()->Assign(areas.begin(), areas.end());
  return CommandFor(std::move(change), page, {context.actor, context.permissions});
}

}  // namespace huying::directory
