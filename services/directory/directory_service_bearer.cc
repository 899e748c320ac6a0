// SPDX-License-Identifier: Apache-2.0
//
// Who a token's bearer is at the moment of an act: a token is a snapshot, up to 15 minutes old (an actor's: hours).
#include <algorithm>
#include <optional>

#include "absl/strings/match.h"
#include "services/directory/directory_service.h"
#include "services/directory/rules/acting.h"
#include "services/directory/rules/sign_in.h"
#include "services/directory/store.h"
#include "services/platform/runtime/realms.h"

namespace huying::directory {

absl::Status DirectoryService::CheckBearer(context::CallContext& context) {
  const bool live = book_.realm() == runtime::kLiveRealm;
  const bool plays = absl::StartsWith(context.principal, "actor:");
  if (!live) {
    ASSIGN_OR_RETURN(const RealmDirectories::Found here, tools_.realms.Find(book_.realm()));
    RETURN_IF_ERROR(rules::CheckNotOver(here.finished));
  }
  if (!plays) {
    ASSIGN_OR_RETURN(const RealmDirectories::Found home, tools_.realms.Find(runtime::kLiveRealm));
    const absl::Status account = AccountOf(context, *home.book).status();
    // A directory that cannot be read stops no act: the token's word stands.
    if (absl::IsPermissionDenied(account) || absl::IsUnauthenticated(account)) return account;
  }
  auto page = book_.Open();
  if (!page.ok()) return absl::OkStatus();
  const auto post = page->view()->posts.find(context.actor.post());
  if (post == page->view()->posts.end()) return absl::OkStatus();
  const auto shifts = LoadShiftsOf(page->reader(), {post->first}, context.received_at);
  if (!shifts.ok()) return absl::OkStatus();
  if (plays) {
    const common::v1::Actor now = rules::ExerciseActorOf(page->view(), *shifts, post->second);
    context.actor.set_person(now.person());
    context.actor.set_person_name(now.person_name());
    return absl::OkStatus();
  }
  auto flag = rules::OffDuty(page->view(), *shifts, context.actor.person(), &post->second);
  context.flags.erase(std::remove_if(context.flags.begin(), context.flags.end(),
                                     [](const common::v1::Flag& known) {
                                       return known.rule_id() == rules::kOffDutyRule;
                                     }),
                      context.flags.end());
  if (flag) context.flags.push_back(*std::move(flag));
  return absl::OkStatus();
}

}  // namespace huying::directory
