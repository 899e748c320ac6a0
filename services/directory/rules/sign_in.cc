// SPDX-License-Identifier: Apache-2.0
#include "services/directory/rules/sign_in.h"

#include <algorithm>
#include <set>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "services/platform/base/status.h"
#include "services/platform/base/strings.h"

namespace huying::directory::rules {
namespace {

using base::Abs;
using common::v1::Actor;
using common::v1::Tier;

constexpr const char* kAdministratorMay[] = {
    "directory.read", "directory.write", "directory.accounts", "directory.roles",
    "roster.write",   "plan.read",       "plan.write"};
constexpr std::string_view kExercises = "exercises/";
constexpr std::string_view kDrillRealm = "drill-";

void SetPost(const View& view, const v1::Post& post, Actor& actor) {
  actor.set_post(post.name());
  actor.set_post_name(post.title());
  actor.set_unit(post.unit());
  actor.set_tier(post.tier());
  actor.set_area(post.area());
  actor.set_department(OfDepartment(view, post));
}

}  // namespace

std::string AccountName(std::string_view account) {
  if (absl::StartsWith(Abs(account), "accounts/")) return std::string(account);
  return absl::StrCat("accounts/", Abs(account));
}

absl::StatusOr<const v1::Post*> ChoosePost(const View& view, const ShiftsAt& shifts,
                                           const v1::Account& account, std::string_view requested) {
  const auto& own = account.posts();
  if (!requested.empty()) {
    auto post = view->posts.find(requested);
    if (std::find(own.begin(), own.end(), requested) == own.end() || post == view->posts.end()) {
      return base::Denied(base::Reason::PERMISSION_MISSING, "该账户不能以此岗位登录",
                          "the account may not act for this post")
          .Field("post")
          .Rule("directory.account-posts");
    }
    return &post->second;
  }
  const v1::Post* first = nullptr;
  for (const std::string& name : own) {
    auto post = view->posts.find(name);
    if (post == view->posts.end()) continue;
    if (first == nullptr) first = &post->second;
    if (!account.person().empty() &&
        HolderOf(view, shifts, post->second).person() == account.person()) {
      return &post->second;
    }
  }
  return first;
}

Actor ActorOf(const View& view, const v1::Account& account, const v1::Post* post) {
  Actor actor;
  actor.set_account(account.name());
  actor.set_person(account.person());
  auto person = view->people.find(account.person());
  actor.set_person_name(person == view->people.end() ? account.name() : person->second);
  if (post != nullptr) {
    SetPost(view, *post, actor);
    return actor;
  }
  actor.set_tier(Tier::DISTRICT);
  const auto areas = view->areas.All();
  if (!areas.empty()) actor.set_area(areas.front()->code());
  return actor;
}

Actor ExerciseActorOf(const View& view, const ShiftsAt& shifts, const v1::Post& post) {
  const v1::Holder holder = HolderOf(view, shifts, post);
  Actor actor;
  SetPost(view, post, actor);
  const std::string id(absl::StripPrefix(post.name(), "posts/"));
  actor.set_person(holder.person().empty() ? absl::StrCat("people/actor-", id) : holder.person());
  actor.set_person_name(holder.person_name().empty()
                            ? absl::StrCat("演练扮演（", post.title(), "）")
                            : holder.person_name());
  return actor;
}

std::vector<std::string> PermissionsOf(const View& view, const v1::Account& account,
                                       const v1::Post* post) {
  std::set<std::string> permissions;
  if (post != nullptr) permissions = PermissionsOf(view, *post);
  if (account.administrator()) {
    permissions.insert(std::begin(kAdministratorMay), std::end(kAdministratorMay));
  }
  return {permissions.begin(), permissions.end()};
}

std::vector<std::string> OtherPosts(const v1::Account& account, const v1::Post* post) {
  std::vector<std::string> others;
  for (const std::string& name : account.posts()) {
    if (post == nullptr || name != post->name()) others.push_back(name);
  }
  return others;
}

bool Directs(const Actor& director, const Actor& actor) {
  const auto same = [](const std::string& a, const std::string& b) { return !a.empty() && a == b; };
  return same(actor.person(), director.person()) || same(actor.account(), director.account());
}

absl::Status MayMint(std::string_view exercise, const Played& played, const Actor& caller) {
  if (played.exercise != exercise || !Directs(played.director, caller)) {
    return base::Denied(base::Reason::PERMISSION_MISSING, "只有本次演练的导调人可以签发角色令牌",
                        "only the director of this exercise mints its actors' tokens")
        .Field("exercise")
        .Rule("directory.actor-director")
        .Next(absl::StrCat("请由", played.director.person_name(), "办理"),
              absl::StrCat("ask ", played.director.account()));
  }
  return CheckNotOver(played.finished);
}

absl::Status CheckNotOver(bool finished) {
  if (!finished) return absl::OkStatus();
  return base::Refused(base::Reason::CONDITION_NOT_MET, "演练已结束，不再签发令牌，也不再办理",
                       "the exercise is over: no token, and no act any more")
      .Field("exercise")
      .Rule("directory.exercise-over")
      .Next("需要时另行组织演练", "plan another exercise");
}

bool IsRealmOf(std::string_view exercise, std::string_view realm) {
  if (!absl::StartsWith(Abs(exercise), Abs(kExercises))) return false;
  const std::string_view id = exercise.substr(kExercises.size());
  return !id.empty() && realm == absl::StrCat(Abs(kDrillRealm), Abs(id));
}

}  // namespace huying::directory::rules
