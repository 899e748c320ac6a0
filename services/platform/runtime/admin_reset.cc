// SPDX-License-Identifier: Apache-2.0
#include <utility>

#include "services/platform/auth/secret.h"
#include "services/platform/ledger/data_dir.h"
#include "services/platform/runtime/admin.h"
#include "services/platform/runtime/admin_account.h"

namespace huying::runtime::admin {

absl::StatusOr<ResetPasswordResult> ResetPassword(const ResetPasswordOptions& options,
                                                  const AccountWork& reset_password) {
  const Layout layout(options.data_dir);
  ASSIGN_OR_RETURN(std::string installation, LoadInstallation(layout, false));
  // A ledger has one writer: not while a server has the folder.
  ASSIGN_OR_RETURN(auto lock, ledger::DataDirectory::Lock(options.data_dir));
  ResetPasswordResult result;
  result.account = options.account;
  std::string password = options.password;
  if (password.empty()) {
    password = auth::RandomPassword();
    result.password = password;
  }
  ASSIGN_OR_RETURN(
      auto files, AccountFiles::Open({options.account, "", password}, options.password_cost, layout,
                                     std::move(installation)));
  auth::WipeString(password);
  RETURN_IF_ERROR(reset_password(*files));
  return result;
}

}  // namespace huying::runtime::admin
