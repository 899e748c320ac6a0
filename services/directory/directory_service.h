// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "huying/directory/v1/directory_service.pb.h"
#include "services/directory/book.h"
#include "services/directory/rules/acting.h"
#include "services/platform/auth/password.h"
#include "services/platform/auth/throttle.h"
#include "services/platform/auth/tokens.h"
#include "services/platform/base/clock.h"
#include "services/platform/context/call_context.h"
#include "services/platform/ledger/command.h"
#include "services/platform/ledger/ledger.h"
#include "services/platform/privacy/sealer.h"
#include "services/platform/rules/rule_table.h"

namespace huying::directory {

// What signing in needs beside the directory itself; one of each for the process. All outlive the
// services.
struct SignInTools {
  auth::PasswordHasher& hasher;
  auth::Throttle& throttle;
  auth::Tokens& tokens;
  RealmDirectories& realms;
};

// The directory of one realm: who and where, and tokens. Methods are named as the RPCs of
// huying.directory.v1.DirectoryService.
//
//   DirectoryService directory(ledger, realm_clock, privacy::Sealer(keys, "live"), tools, rules);
//   ASSIGN_OR_RETURN(ledger::Command command, directory.PutPost(context, request));
//
// Thread-safe. A mutation gathers and returns the command; passwords and phone numbers are hashed
// and sealed while gathering, so that neither a decision nor a file ever holds one in clear.
class DirectoryService {
 public:
  DirectoryService(ledger::Ledger& ledger, const base::Clock& realm_clock, privacy::Sealer sealer,
                   SignInTools& tools, const ::huying::rules::RuleTable& rules)
      : book_(ledger, realm_clock), sealer_(std::move(sealer)), tools_(tools), rules_(rules) {}

  // --- directory_service_tokens.cc
  absl::StatusOr<v1::TokenResponse> SignIn(const context::CallContext& context,
                                           const v1::SignInRequest& request);
  absl::StatusOr<v1::TokenResponse> RenewToken(const context::CallContext& context,
                                               const v1::RenewTokenRequest& request);
  absl::StatusOr<v1::TokenResponse> EnterRealm(const context::CallContext& context,
                                               const v1::EnterRealmRequest& request);
  absl::StatusOr<v1::MintActorTokensResponse> MintActorTokens(
      const context::CallContext& context, const v1::MintActorTokensRequest& request);

  // --- directory_service_import.cc
  absl::StatusOr<ledger::Command> ImportDirectory(const context::CallContext& context,
                                                  const v1::ImportDirectoryRequest& request);
  absl::StatusOr<ledger::Command> ImportAreas(const context::CallContext& context,
                                              const v1::ImportAreasRequest& request);

  // --- directory_service_put.cc
  absl::StatusOr<ledger::Command> PutUnit(const context::CallContext& context,
                                          const v1::PutUnitRequest& request);
  absl::StatusOr<ledger::Command> PutRole(const context::CallContext& context,
                                          const v1::PutRoleRequest& request);
  absl::StatusOr<ledger::Command> PutPost(const context::CallContext& context,
                                          const v1::PutPostRequest& request);
  absl::StatusOr<ledger::Command> PutPerson(const context::CallContext& context,
                                            const v1::PutPersonRequest& request);
  absl::StatusOr<ledger::Command> PutPowerItem(const context::CallContext& context,
                                               const v1::PutPowerItemRequest& request);

  // --- directory_service_roster.cc
  absl::StatusOr<ledger::Command> PutShift(const context::CallContext& context,
                                           const v1::PutShiftRequest& request);
  absl::StatusOr<ledger::Command> CancelShift(const context::CallContext& context,
                                              const v1::CancelShiftRequest& request);
  absl::StatusOr<v1::ListShiftsResponse> ListShifts(const context::CallContext& context,
                                                    const v1::ListShiftsRequest& request);
  absl::StatusOr<v1::LookAheadResponse> LookAhead(const context::CallContext& context,
                                                  const v1::LookAheadRequest& request);
  absl::StatusOr<v1::GetDutyContactResponse> GetDutyContact(
      const context::CallContext& context, const v1::GetDutyContactRequest& request);

  // --- directory_service_accounts.cc
  absl::StatusOr<ledger::Command> PutAccount(const context::CallContext& context,
                                             const v1::PutAccountRequest& request);
  absl::StatusOr<ledger::Command> ConfirmGrant(const context::CallContext& context,
                                               const v1::ConfirmGrantRequest& request);
  absl::StatusOr<ledger::Command> RejectGrant(const context::CallContext& context,
                                              const v1::RejectGrantRequest& request);
  absl::StatusOr<v1::GetAccountResponse> GetAccount(const context::CallContext& context,
                                                    const v1::GetAccountRequest& request);
  absl::StatusOr<v1::ListAccountsResponse> ListAccounts(const context::CallContext& context,
                                                        const v1::ListAccountsRequest& request);
  absl::StatusOr<v1::ListGrantsResponse> ListGrants(const context::CallContext& context,
                                                    const v1::ListGrantsRequest& request);

  // --- directory_service.cc
  absl::StatusOr<v1::GetAreaResponse> GetArea(const context::CallContext& context,
                                              const v1::GetAreaRequest& request);
  absl::StatusOr<v1::ListAreasResponse> ListAreas(const context::CallContext& context,
                                                  const v1::ListAreasRequest& request);
  absl::StatusOr<v1::ListUnitsResponse> ListUnits(const context::CallContext& context,
                                                  const v1::ListUnitsRequest& request);
  absl::StatusOr<v1::GetPostResponse> GetPost(const context::CallContext& context,
                                              const v1::GetPostRequest& request);
  absl::StatusOr<v1::ListPostsResponse> ListPosts(const context::CallContext& context,
                                                  const v1::ListPostsRequest& request);
  absl::StatusOr<v1::ListPeopleResponse> ListPeople(const context::CallContext& context,
                                                    const v1::ListPeopleRequest& request);
  absl::StatusOr<v1::ListPowerItemsResponse> ListPowerItems(
      const context::CallContext& context, const v1::ListPowerItemsRequest& request);
  absl::StatusOr<v1::ListPowerItemRevisionsResponse> ListPowerItemRevisions(
      const context::CallContext& context, const v1::ListPowerItemRevisionsRequest& request);
  absl::StatusOr<v1::WhoHoldsResponse> WhoHolds(const context::CallContext& context,
                                                const v1::WhoHoldsRequest& request);
  absl::StatusOr<v1::GetRosterResponse> GetRoster(const context::CallContext& context,
                                                  const v1::GetRosterRequest& request);
  absl::StatusOr<v1::ResolveRecipientsResponse> ResolveRecipients(
      const context::CallContext& context, const v1::ResolveRecipientsRequest& request);
  absl::StatusOr<v1::CheckCompetenceResponse> CheckCompetence(
      const context::CallContext& context, const v1::CheckCompetenceRequest& request);
  absl::StatusOr<v1::ExportDirectoryResponse> ExportDirectory(
      const context::CallContext& context, const v1::ExportDirectoryRequest& request);

  // --- directory_service_bearer.cc
  // Judges the bearer of a token at the moment of an act (Router::SetBearerCheck): account, credential, end of the
  // exercise; holder of an actor's post and 不在班 by the realm's clock at receipt.
  absl::Status CheckBearer(context::CallContext& context);

  Book& book() { return book_; }

 private:
  absl::Time Now() const { return book_.clock().Now(); }
  absl::Duration ShiftMax() const;

  absl::Status ExportRows(Book::Page& page, v1::Directory& directory);

  // Clear phone and id number out, ciphertext in; what is stored stays where the request is silent.
  absl::Status SealPerson(ledger::Reader& reader, v1::Person& person);

  absl::StatusOr<v1::Account> CheckedAccount(const context::CallContext& context,
                                             const v1::SignInRequest& request);
  absl::StatusOr<v1::Account> AccountOf(const context::CallContext& context, Book& live);
  // Who a token is for. Refers to what must outlive it.
  struct Bearer {
    const v1::Account& account;
    const v1::Post* post = nullptr;
    std::optional<rules::Acting> acting;
    const rules::ShiftsAt& shifts;
  };
  struct Wanted {
    std::string post;  // named in the request
    std::string kept;  // of the token so far
    const v1::ActingFor* acting_for = nullptr;
  };
  absl::StatusOr<Bearer> BearerOf(const Book::Page& page, const rules::ShiftsAt& shifts,
                                  const v1::Account& account, const Wanted& wanted, absl::Time now);
  absl::Duration ActingMax(absl::Time now) const;
  // Whom the renewed token still acts for.
  std::optional<rules::Acting> ActingOn(const Book::Page& page, const v1::Post* post,
                                        const context::CallContext& context,
                                        const v1::RenewTokenRequest& request);
  absl::StatusOr<v1::TokenResponse> MintFor(const Book::Page& page, std::string_view realm,
                                            const Bearer& bearer);
  absl::StatusOr<v1::TokenResponse> TokenOf(platform::v1::TokenClaims claims,
                                            absl::Duration lifetime);
  absl::StatusOr<v1::TokenResponse> RenewActor(const context::CallContext& context,
                                               const v1::RenewTokenRequest& request);

  Book book_;
  privacy::Sealer sealer_;
  SignInTools& tools_;
  const ::huying::rules::RuleTable& rules_;
};

}  // namespace huying::directory
