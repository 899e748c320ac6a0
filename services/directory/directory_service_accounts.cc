// SPDX-License-Identifier: Apache-2.0
//
// Accounts, and the second person for what they may newly do.
#include <utility>

#include "absl/strings/str_cat.h"
#include "services/directory/change.h"
#include "services/directory/directory_service.h"
#include "services/directory/rules/forms.h"
#include "services/directory/rules/look_ahead.h"
#include "services/directory/rules/merge.h"
#include "services/directory/store.h"
#include "services/platform/base/status.h"

namespace huying::directory {
namespace {

constexpr int kPasswordCharactersMin = 12;

v1::AccountSummary SummaryOf(const rules::View& view, const ledger::Stored<v1::Account>& stored) {
  v1::AccountSummary summary;
  summary.set_name(stored.value.name());
  summary.set_person(stored.value.person());
  auto person = view->people.find(stored.value.person());
  if (person != view->people.end()) summary.set_person_name(person->second);
  *summary.mutable_posts() = stored.value.posts();
  summary.set_disabled(stored.value.disabled());
  summary.set_administrator(stored.value.administrator());
  summary.set_has_password(stored.value.has_sealed());
  summary.set_version(stored.version);
  return summary;
}

// Tokens of before end when the account has another password or person, or is disabled.
bool EndsTokens(const v1::Account& before, const v1::Account& after, bool new_password) {
  return new_password || before.person() != after.person() ||
         (after.disabled() && !before.disabled());
}

}  // namespace

absl::StatusOr<ledger::Command> DirectoryService::PutAccount(const context::CallContext& context,
                                                             const v1::PutAccountRequest& request) {
  v1::Account put = request.account();
  put.clear_password_hash();
  put.clear_sealed();
  put.clear_credential();
  RETURN_IF_ERROR(base::InField(rules::CheckAccountName(put), "account"));
  // Before the page is opened: a hash takes a second, a snapshot is held shortly.
  std::string hash;
  if (!request.password().empty()) {
    const int least =
        static_cast<int>(rules_.NumberOf("directory.password-min", Now(), kPasswordCharactersMin));
    RETURN_IF_ERROR(rules::CheckPassword(request.password(), least));
    ASSIGN_OR_RETURN(hash, tools_.hasher.Hash(request.password()));
  }
  ASSIGN_OR_RETURN(Book::Page page, book_.Open());
  ASSIGN_OR_RETURN(const auto stored, page.reader().Find(Accounts(), put.name()));
  const v1::Account before = stored ? stored->value : v1::Account();
  ASSIGN_OR_RETURN(v1::Account next, rules::Merge(before, put, request.update_mask()));
  next.set_name(put.name());
  RETURN_IF_ERROR(base::InField(rules::CheckAccount(next), "account"));
  Normalise(next);
  const rules::Caller caller{context.actor, context.permissions};
  if (!hash.empty()) {
    if (stored) RETURN_IF_ERROR(rules::MaySetPassword(page.view(), before, caller));
    next.clear_sealed();
    next.set_password_hash(std::move(hash));
    RETURN_IF_ERROR(sealer_.Seal(next, next.name()));
  }
  if (stored && EndsTokens(before, next, !request.password().empty())) {
    next.set_credential(before.credential() + 1);
  }
  RowsChange change;
  change.field = "account";
  if (next.disabled() && !before.disabled() && !before.person().empty()) {
    const absl::Time now = Now();
    ASSIGN_OR_RETURN(const auto shifts,
                     LoadShiftsBetween(page.reader(), now, now + rules::kShiftLongest));
    const std::string left = rules::LeavesEmpty(page.view(), shifts, before.person(), now);
    if (!left.empty()) {
      common::v1::Flag& flag = change.flags.emplace_back();
      flag.set_rule_id("directory.account-leaves");
      flag.set_text(absl::StrCat("停用后这些岗位到时无人可登录，请另行排班：", left));
    }
  }
  *change.rows.add_accounts() = std::move(next);
  return CommandFor(std::move(change), page, caller);
}

absl::StatusOr<ledger::Command> DirectoryService::ConfirmGrant(
    const context::CallContext& context, const v1::ConfirmGrantRequest& request) {
  ASSIGN_OR_RETURN(Book::Page page, book_.Open());
  return ConfirmCommand(request.name(), page, {context.actor, context.permissions});
}

absl::StatusOr<ledger::Command> DirectoryService::RejectGrant(
    const context::CallContext&, const v1::RejectGrantRequest& request) {
  if (request.reason().empty()) {
    return base::Invalid(base::Reason::FIELD_MISSING, "请写明不予通过的理由",
                         "say why it is rejected")
        .Field("reason");
  }
  return RejectCommand(request.name(), request.reason());
}

absl::StatusOr<v1::GetAccountResponse> DirectoryService::GetAccount(
    const context::CallContext&, const v1::GetAccountRequest& request) {
  ASSIGN_OR_RETURN(Book::Page page, book_.Open());
  ASSIGN_OR_RETURN(const auto stored,
                   page.reader().Get(Accounts(), rules::AccountName(request.name())));
  v1::GetAccountResponse response;
  *response.mutable_account() = SummaryOf(page.view(), stored);
  response.set_as_of_seq(page.view().as_of_seq);
  return response;
}

absl::StatusOr<v1::ListAccountsResponse> DirectoryService::ListAccounts(
    const context::CallContext&, const v1::ListAccountsRequest& request) {
  ASSIGN_OR_RETURN(Book::Page page, book_.Open());
  ASSIGN_OR_RETURN(auto accounts,
                   page.reader().List(Accounts(), {}, request.page_size(), request.page_token()));
  v1::ListAccountsResponse response;
  for (const auto& stored : accounts.items) {
    *response.add_accounts() = SummaryOf(page.view(), stored);
  }
  response.set_next_page_token(accounts.next_page_token);
  return response;
}

absl::StatusOr<v1::ListGrantsResponse> DirectoryService::ListGrants(
    const context::CallContext&, const v1::ListGrantsRequest& request) {
  ASSIGN_OR_RETURN(Book::Page page, book_.Open());
  ledger::Filter filter;
  if (request.state() != v1::Grant::STATE_UNSPECIFIED) {
    filter.where.push_back({"state", "=", ledger::Int(request.state())});
  }
  filter.order_by = "proposed_s";
  filter.newest_first = true;
  ASSIGN_OR_RETURN(auto grants,
                   page.reader().List(Grants(), filter, request.page_size(), request.page_token()));
  v1::ListGrantsResponse response;
  for (auto& stored : grants.items) *response.add_grants() = std::move(stored.value);
  response.set_next_page_token(grants.next_page_token);
  return response;
}

}  // namespace huying::directory
