// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "huying/common/v1/common.pb.h"
#include "huying/directory/v1/directory.pb.h"
#include "services/directory/rules/view.h"

// What a token says of its bearer: which post, who, with which permissions.
//
//   ASSIGN_OR_RETURN(const v1::Post* post, rules::ChoosePost(view, shifts, account,
//   request.post())); claims.mutable_actor()->Swap(&rules::ActorOf(view, account, post));
//
// Pure functions.
namespace huying::directory::rules {

// "zhangwei" → "accounts/zhangwei"; a full name stays.
std::string AccountName(std::string_view account);

// The requested post, which must be one of the account's (PERMISSION_DENIED otherwise); without a
// request the one its person holds now, else the first. Null: the account has no post.
absl::StatusOr<const v1::Post*> ChoosePost(const View& view, const ShiftsAt& shifts,
                                           const v1::Account& account, std::string_view requested);

// `post` null: an administrator without a post acts for the district.
common::v1::Actor ActorOf(const View& view, const v1::Account& account, const v1::Post* post);

// Who plays a post in an exercise: its holder there, or a stand-in of its own, so that two posts
// nobody holds are still two persons.
common::v1::Actor ExerciseActorOf(const View& view, const ShiftsAt& shifts, const v1::Post& post);

// What the post's roles say; an administrator may besides change the directory, accounts, rosters
// and plans, and nothing else.
std::vector<std::string> PermissionsOf(const View& view, const v1::Account& account,
                                       const v1::Post* post);

// The account's other posts, in its order.
std::vector<std::string> OtherPosts(const v1::Account& account, const v1::Post* post);

// "exercises/2026-0001" runs in the realm "drill-2026-0001" and in no other.
bool IsRealmOf(std::string_view exercise, std::string_view realm);

// An exercise as its realm was opened.
struct Played {
  std::string exercise;
  common::v1::Actor director;
  bool finished = false;
};
// The person or the account.
bool Directs(const common::v1::Actor& director, const common::v1::Actor& actor);
// FAILED_PRECONDITION / directory.exercise-over once it is: no token, no act.
absl::Status CheckNotOver(bool finished);
// Only who directs the exercise, the person or the account, has its actors' tokens minted, and only
// until it is over. PERMISSION_DENIED / directory.actor-director, FAILED_PRECONDITION /
// directory.exercise-over.
absl::Status MayMint(std::string_view exercise, const Played& played,
                     const common::v1::Actor& caller);

}  // namespace huying::directory::rules
