// SPDX-License-Identifier: Apache-2.0
#include <utility>

#include "absl/strings/str_cat.h"
#include "services/platform/auth/keys.h"
#include "services/platform/base/status.h"
#include "services/platform/runtime/admin.h"
#include "services/platform/runtime/admin_account.h"
#include "services/platform/runtime/files.h"
#include "services/platform/runtime/layout.h"
#include "services/platform/runtime/staging.h"

namespace huying::runtime::admin {

absl::StatusOr<InitResult> Init(const InitOptions& options, const AccountWork& first_account) {
  if (options.data_dir.empty() || options.account.empty()) {
    return base::Invalid(base::Reason::FIELD_MISSING, "缺少数据目录或账号",
                         "the data folder or the account is missing");
  }
  ASSIGN_OR_RETURN(Staging staging, Staging::Begin(options.data_dir));
  const Layout layout(staging.path());
  RETURN_IF_ERROR(auth::KeyRing::CreateAll(layout.keys_folder()));
  ASSIGN_OR_RETURN(auth::KeyRing keys, auth::KeyRing::Load(layout.keys_folder()));
  RETURN_IF_ERROR(WriteFileAtomically(layout.public_key_file(),
                                      auth::ToHex(keys.ledger_sign().public_key()) + "\n"));
  InitResult result;
  ASSIGN_OR_RETURN(result.installation, LoadInstallation(layout, true));
  result.account = options.account;
  result.ledger_key_id = keys.ledger_sign().key_id();
  std::string password = options.password;
  if (password.empty()) {
    password = auth::RandomPassword();
    result.password = password;
  }
  {
    ASSIGN_OR_RETURN(auto files,
                     AccountFiles::Open({options.account, options.person_name, password},
                                        options.password_cost, layout, result.installation));
    if (first_account) RETURN_IF_ERROR(first_account(*files));
  }
  auth::WipeString(password);
  RETURN_IF_ERROR(staging.Finish());
  return result;
}

}  // namespace huying::runtime::admin
