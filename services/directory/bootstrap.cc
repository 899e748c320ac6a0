// SPDX-License-Identifier: Apache-2.0
#include "services/directory/bootstrap.h"

#include <utility>

#include "services/directory/editor.h"
#include "services/directory/rules/forms.h"
#include "services/directory/rules/sign_in.h"
#include "services/directory/store.h"
#include "services/platform/base/status.h"
#include "services/platform/runtime/realms.h"

namespace huying::directory {
namespace {

constexpr char kSystem[] = "huying.admin.init";
constexpr int kPasswordCharactersMin = 12;

}  // namespace

absl::StatusOr<ledger::Command> FirstAdministrator(auth::PasswordHasher& hasher,
                                                   privacy::Sealer& sealer,
                                                   std::string_view account,
                                                   std::string_view password) {
  v1::Account administrator;
  administrator.set_name(rules::AccountName(account));
  administrator.set_administrator(true);
  RETURN_IF_ERROR(base::InField(rules::CheckAccount(administrator), "account"));
  RETURN_IF_ERROR(rules::CheckPassword(password, kPasswordCharactersMin));
  ASSIGN_OR_RETURN(*administrator.mutable_password_hash(), hasher.Hash(password));
  RETURN_IF_ERROR(sealer.Seal(administrator, administrator.name()));

  ledger::Command command;
  command.act = "directory.FirstAdministrator";
  command.context.realm = runtime::kLiveRealm;
  command.context.principal = kSystem;
  command.context.actor.set_system(kSystem);
  command.context.actor.set_tier(common::v1::DISTRICT);
  command.reads = {Accounts().Ref(administrator.name())};
  command.decide = [administrator =
                        std::move(administrator)](ledger::Transaction& tx) -> absl::Status {
    // One number of this series is ever given, and a refused command takes none.
    ASSIGN_OR_RETURN(const int64_t number, tx.NextNumber("first-administrator"));
    ASSIGN_OR_RETURN(auto stored, tx.Find(Accounts(), administrator.name()));
    if (number != 1 || stored) {
      return base::AlreadyExists("第一个管理员已经设立", "there is a first administrator already")
          .Rule("directory.first-administrator")
          .Next("请由现有管理员设置账户", "let the present administrator put accounts");
    }
    Editor editor(tx, {});
    RETURN_IF_ERROR(editor.Put(administrator, "account"));
    return editor.Finish();
  };
  return command;
}

}  // namespace huying::directory
