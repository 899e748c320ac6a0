// SPDX-License-Identifier: Apache-2.0
#include "services/directory/directory_rpc.h"

namespace huying::directory {

void RegisterDirectory(rpc::RouteTable& table, rpc::Routes<DirectoryService>::FindService find,
                       rpc::Routes<DirectoryService>::FindLedger find_ledger) {
  rpc::Routes<DirectoryService> routes(table, "huying.directory.v1.DirectoryService",
                                       std::move(find), std::move(find_ledger));
  routes.Read("SignIn", &DirectoryService::SignIn);
  routes.Read("RenewToken", &DirectoryService::RenewToken);
  routes.Read("EnterRealm", &DirectoryService::EnterRealm);
  routes.Read("MintActorTokens", &DirectoryService::MintActorTokens);

  routes.Mutation("ImportDirectory", &DirectoryService::ImportDirectory);
  routes.Mutation("ImportAreas", &DirectoryService::ImportAreas);
  routes.Mutation("PutUnit", &DirectoryService::PutUnit);
  routes.Mutation("PutRole", &DirectoryService::PutRole);
  routes.Mutation("PutPost", &DirectoryService::PutPost);
  routes.Mutation("PutPerson", &DirectoryService::PutPerson);
  routes.Mutation("PutShift", &DirectoryService::PutShift);
  routes.Mutation("CancelShift", &DirectoryService::CancelShift);
  routes.Mutation("PutAccount", &DirectoryService::PutAccount);
  routes.Mutation("ConfirmGrant", &DirectoryService::ConfirmGrant);
  routes.Mutation("RejectGrant", &DirectoryService::RejectGrant);
  routes.Mutation("PutPowerItem", &DirectoryService::PutPowerItem);

  routes.Read("GetArea", &DirectoryService::GetArea);
  routes.Read("ListAreas", &DirectoryService::ListAreas);
  routes.Read("ListUnits", &DirectoryService::ListUnits);
  routes.Read("GetPost", &DirectoryService::GetPost);
  routes.Read("ListPosts", &DirectoryService::ListPosts);
  routes.Read("ListPeople", &DirectoryService::ListPeople);
  routes.Read("GetAccount", &DirectoryService::GetAccount);
  routes.Read("ListAccounts", &DirectoryService::ListAccounts);
  routes.Read("ListGrants", &DirectoryService::ListGrants);
  routes.Read("ListPowerItems", &DirectoryService::ListPowerItems);
  routes.Read("ListPowerItemRevisions", &DirectoryService::ListPowerItemRevisions);
  routes.Read("WhoHolds", &DirectoryService::WhoHolds);
  routes.Read("GetRoster", &DirectoryService::GetRoster);
  routes.Read("ListShifts", &DirectoryService::ListShifts);
  routes.Read("LookAhead", &DirectoryService::LookAhead);
  routes.Read("GetDutyContact", &DirectoryService::GetDutyContact);
  routes.Read("ResolveRecipients", &DirectoryService::ResolveRecipients);
  routes.Read("CheckCompetence", &DirectoryService::CheckCompetence);
  routes.Read("ExportDirectory", &DirectoryService::ExportDirectory);
}

}  // namespace huying::directory
