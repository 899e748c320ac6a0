// SPDX-License-Identifier: Apache-2.0
#include "services/directory/bootstrap.h"

#include <algorithm>
#include <utility>

#include "services/directory/editor.h"
#include "services/directory/rules/forms.h"
#include "services/directory/rules/sign_in.h"
#include "services/directory/store.h"
#include "services/platform/base/status.h"
#include "services/platform/runtime/realms.h"

namespace huying::directory {
namespace {

constexpr char kSystem[] = "huying.admin";
constexpr int kFirstPasswordCharactersMin = 12;
constexpr absl::Duration kWriteMax = absl::Seconds(30);

// The hash of a new password in the account's sealed field.
absl::Status SetPassword(auth::PasswordHasher& hasher, privacy::Sealer& sealer,
                         std::string_view password, v1::Account& account) {
  RETURN_IF_ERROR(rules::CheckPassword(password, kFirstPasswordCharactersMin));
  ASSIGN_OR_RETURN(*account.mutable_password_hash(), hasher.Hash(password));
  return sealer.Seal(account, account.name());
}

ledger::Command CommandOf(std::string act, const v1::Account& account) {
  ledger::Command command;
  command.act = std::move(act);
  command.context.realm = runtime::kLiveRealm;
  command.context.principal = kSystem;
  command.context.actor.set_system(kSystem);
  command.context.actor.set_tier(common::v1::DISTRICT);
  command.reads = {Accounts().Ref(account.name())};
  return command;
}

absl::Status Write(runtime::admin::AccountContext& context, ledger::Ledger& ledger,
                   absl::StatusOr<ledger::Command> command) {
  if (!command.ok()) return command.status();
  command->context.received_at = context.clock().Now();
  return ledger.ExecuteAndWait(*std::move(command), kWriteMax).status();
}

absl::StatusOr<bool> HasAdministrator(ledger::Ledger& ledger) {
  ASSIGN_OR_RETURN(const auto reader, ledger.Read());
  ASSIGN_OR_RETURN(const auto accounts, reader->All(Accounts(), {}));
  return std::any_of(accounts.begin(), accounts.end(), [](const auto& stored) {
    return stored.value.administrator() && !stored.value.disabled();
  });
}

}  // namespace

absl::StatusOr<ledger::Command> FirstAdministrator(auth::PasswordHasher& hasher,
                                                   privacy::Sealer& sealer,
                                                   std::string_view account,
                                                   std::string_view password) {
  v1::Account administrator;
  administrator.set_name(rules::AccountName(account));
  administrator.set_administrator(true);
  RETURN_IF_ERROR(base::InField(rules::CheckAccount(administrator), "account"));
  RETURN_IF_ERROR(SetPassword(hasher, sealer, password, administrator));
  ledger::Command command = CommandOf("directory.FirstAdministrator", administrator);
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

absl::Status MakeFirstAccount(runtime::admin::AccountContext& context) {
  ASSIGN_OR_RETURN(auto ledger, context.OpenLedger("directory", DirectoryKinds()));
  const absl::Status written = Write(context, *ledger,
                                     FirstAdministrator(context.passwords(), context.sealer(),
                                                        context.account(), context.password()));
  ledger->Stop();
  return written;
}

absl::StatusOr<ledger::Command> ResetPassword(auth::PasswordHasher& hasher, privacy::Sealer& sealer,
                                              std::string_view account, std::string_view password,
                                              bool administrator) {
  v1::Account fresh;
  fresh.set_name(rules::AccountName(account));
  RETURN_IF_ERROR(SetPassword(hasher, sealer, password, fresh));
  ledger::Command command = CommandOf("directory.ResetPassword", fresh);
  command.decide = [fresh = std::move(fresh),
                    administrator](ledger::Transaction& tx) -> absl::Status {
    ASSIGN_OR_RETURN(auto stored, tx.Get(Accounts(), fresh.name()));
    v1::Account next = stored.value;
    *next.mutable_sealed() = fresh.sealed();
    next.set_credential(next.credential() + 1);
    next.clear_disabled();
    // Whoever stands at the stopped machine may be the only one left: the right comes back with the password.
    if (administrator) {
      next.set_administrator(true);
      next.clear_posts();
    }
    Editor editor(tx, {});
    RETURN_IF_ERROR(editor.Put(next, "account"));
    return editor.Finish();
  };
  return command;
}

absl::Status ResetAccountPassword(runtime::admin::AccountContext& context, bool administrator) {
  ASSIGN_OR_RETURN(auto ledger, context.OpenLedger("directory", DirectoryKinds()));
  auto others = HasAdministrator(*ledger);
  const absl::Status written =
      !others.ok() ? others.status()
                   : Write(context, *ledger,
                           ResetPassword(context.passwords(), context.sealer(), context.account(),
                                         context.password(), administrator || !*others));
  ledger->Stop();
  return written;
}

}  // namespace huying::directory
