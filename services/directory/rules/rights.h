// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "huying/common/v1/common.pb.h"
#include "huying/directory/v1/directory.pb.h"
#include "services/directory/rules/view.h"
#include "services/platform/context/permissions.h"

// Rights over rights: who may change what others may do.
//
// Roles, posts and deputies give rights to posts, and accounts give the rights of their posts to persons.
// A change of them is judged by what some account may do after it and might not before.
//
//   rules::Verdict verdict = rules::JudgeRights(view, rows, {actor, permissions});
//   RETURN_IF_ERROR(verdict.refusal);
//   if (verdict.second_person) ...  // the rows wait in a grant until somebody else confirms it
//
// Pure functions.
namespace huying::directory::rules {

inline constexpr char kRolesPermission[] = "directory.roles";
inline constexpr char kAccountsPermission[] = "directory.accounts";

struct Caller {
  const common::v1::Actor& actor;
  const context::Permissions& permissions;
};

// A right is grave when its last word is sign, issue, approve, accounts or roles: nobody gives it alone.
bool IsGrave(std::string_view permission);

// What every account gains when `change` is put over the view; accounts that gain nothing are left out.
// The same right over another area or at another tier is a right gained. Only roles, posts and accounts
// of `change` count.
std::vector<v1::Grant::Gain> GainsOf(const View& view, const v1::Directory& change);
// It has a grave right, the administrator's flag or another person.
bool NeedsSecondPerson(const v1::Grant::Gain& gain);

// Whoever acts gains it himself: by his account or as the person.
bool IsOwn(const v1::Grant::Gain& gain, const common::v1::Actor& actor);

// Whether somebody else than `actor` could confirm a grant: another person, known, with another enabled
// account, who has directory.roles.
bool SomebodyElseMayConfirm(const View& view, const common::v1::Actor& actor);

struct Verdict {
  absl::Status refusal;                // OK, or why nothing of it is done
  std::vector<v1::Grant::Gain> gains;  // those that need a second person
  bool second_person = false;          // it waits for one
  bool alone = false;  // it would, but there is nobody yet who could be one: done, and flagged
};

// May the caller put these rows? Rows that are as they were ask for nothing. Refusals:
// PERMISSION_MISSING (field names the row) without directory.roles or directory.accounts;
// directory.own-rights, directory.rights-held: he gains by it himself, or gives what he has not;
// directory.administrator-account: only an administrator changes an administrator's account;
// directory.administrator-post, directory.one-account, directory.last-administrator.
// A process that makes a copy (a system actor) is bound by the last line alone.
Verdict JudgeRights(const View& view, const v1::Directory& rows, const Caller& caller);

// The same of rows that wait in a grant: what must hold whoever puts them, and what is gained by it now.
Verdict JudgeHeld(const View& view, const v1::Directory& rows);

// May the caller set this account's password? Whoever can sign in as somebody may do all he may: an
// administrator, or somebody who has all those rights himself.
absl::Status MaySetPassword(const View& view, const v1::Account& account, const Caller& caller);

}  // namespace huying::directory::rules
