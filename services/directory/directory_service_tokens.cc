// SPDX-License-Identifier: Apache-2.0
//
// Tokens: each names exactly one realm; signing in gives one of the live realm.
#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "services/directory/directory_service.h"
#include "services/directory/rules/acting.h"
#include "services/directory/rules/sign_in.h"
#include "services/directory/store.h"
#include "services/platform/base/status.h"
#include "services/platform/base/strings.h"
#include "services/platform/runtime/realms.h"

namespace huying::directory {
namespace {

using base::Reason;

// Long enough for an exercise at wall speed; an actor's player renews it.
constexpr absl::Duration kActorTokenLifetime = absl::Hours(4);
// One day: a deputy who stands in for longer says so again each day.
constexpr absl::Duration kActingMaxDefault = absl::Hours(24);
constexpr int kActorsAtOnceMax = 500;
constexpr size_t kAccountNameBytesMax = 128;
constexpr char kActorPrefix[] = "actor:";

base::ProblemStatus SignInFailed() {
  return base::Unauthenticated(Reason::SIGN_IN_FAILED, "账户或口令不正确",
                               "the account or the password is not right")
      .Next("请核对后重试；急用请由同岗位其他人员登录",
            "check and try again; in a hurry, let a colleague of the post sign in");
}

base::ProblemStatus Disabled() {
  return base::Denied(Reason::SIGN_IN_FAILED, "该账户已停用", "the account is disabled")
      .Rule("directory.account-disabled")
      .Next("请联系通讯录管理员", "ask the directory's administrator");
}

base::ProblemStatus CredentialChanged() {
  return base::Unauthenticated(Reason::TOKEN_EXPIRED, "账户的口令或所属人员已变更",
                               "the account has another password or person by now")
      .Rule("directory.credential")
      .Next("请重新登录", "sign in again");
}

base::ProblemStatus NotAnAccount() {
  return base::Denied(Reason::SIGN_IN_NEEDED, "只有登录账户的令牌可以这样换取",
                      "only the token of a signed-in account can be exchanged")
      .Rule("directory.account-token");
}

base::ProblemStatus OnlyFromLive() {
  return base::Denied(Reason::WRONG_REALM, "只能在实战环境中办理", "only with a live token")
      .Rule("directory.live-only")
      .Next("请使用登录得到的令牌", "use the token of signing in");
}

template <typename Request>
const v1::ActingFor* AskedOf(const Request& request) {
  return request.has_acting_for() ? &request.acting_for() : nullptr;
}

// What the token of one who plays a post says.
platform::v1::TokenClaims ActorClaims(const rules::View& view, const rules::ShiftsAt& shifts,
                                      const v1::Post& post, std::string_view exercise,
                                      std::string_view realm,
                                      const std::optional<rules::Acting>& acting) {
  const auto own = rules::PermissionsOf(view, post);
  std::vector<std::string> permissions(own.begin(), own.end());
  platform::v1::TokenClaims claims;
  *claims.mutable_actor() = rules::ExerciseActorOf(view, shifts, post);
  if (acting) {
    rules::SetActing(*acting, *claims.mutable_actor());
    permissions = rules::WithPermissionsOf(view, std::move(permissions), *acting);
  }
  claims.set_realm(std::string(realm));
  claims.set_principal(absl::StrCat(kActorPrefix, base::Abs(exercise), "/", post.name()));
  claims.set_exercise(std::string(exercise));
  claims.mutable_permissions()->Assign(permissions.begin(), permissions.end());
  return claims;
}

}  // namespace

absl::StatusOr<v1::Account> DirectoryService::CheckedAccount(const context::CallContext& context,
                                                             const v1::SignInRequest& request) {
  const std::string name = rules::AccountName(request.account());
  RETURN_IF_ERROR(tools_.throttle.Check(context.peer, name));
  v1::Account account;
  {
    // The snapshot is given back before the second that a hash takes.
    ASSIGN_OR_RETURN(Book::Page page, book_.Open());
    if (name.size() <= kAccountNameBytesMax) {
      ASSIGN_OR_RETURN(auto stored, page.reader().Find(Accounts(), name));
      if (stored) account = std::move(stored->value);
    }
  }
  RETURN_IF_ERROR(sealer_.Unseal(account).status());
  // No account, or one without a password: an empty hash, which takes as long and is never right.
  ASSIGN_OR_RETURN(const bool right,
                   tools_.hasher.Verify(account.password_hash(), request.password()));
  account.clear_password_hash();
  account.clear_sealed();
  if (account.name().empty() || !right) {
    tools_.throttle.Failed(context.peer, name);
    return SignInFailed();
  }
  tools_.throttle.Succeeded(context.peer, name);
  if (account.disabled()) return Disabled();
  return account;
}

absl::StatusOr<v1::TokenResponse> DirectoryService::TokenOf(platform::v1::TokenClaims claims,
                                                            absl::Duration lifetime) {
  v1::TokenResponse response;
  *response.mutable_actor() = claims.actor();
  *response.mutable_permissions() = claims.permissions();
  *response.mutable_flags() = claims.flags();
  response.set_realm(claims.realm());
  ASSIGN_OR_RETURN(*response.mutable_token(), tools_.tokens.Mint(std::move(claims), lifetime));
  ASSIGN_OR_RETURN(const platform::v1::TokenClaims minted, tools_.tokens.Verify(response.token()));
  *response.mutable_expires_at() = minted.expires_at();
  *response.mutable_server_time() = base::ToProto(base::FromProto(minted.expires_at()) - lifetime);
  return response;
}

absl::StatusOr<v1::TokenResponse> DirectoryService::MintFor(const Book::Page& page,
                                                            std::string_view realm,
                                                            const Bearer& bearer) {
  const rules::View& view = page.view();
  // What an administrator may do besides is for the live realm.
  const bool is_live = realm == runtime::kLiveRealm;
  auto permissions =
      rules::PermissionsOf(view, is_live ? bearer.account : v1::Account(), bearer.post);
  platform::v1::TokenClaims claims;
  *claims.mutable_actor() = rules::ActorOf(view, bearer.account, bearer.post);
  if (bearer.acting) {
    rules::SetActing(*bearer.acting, *claims.mutable_actor());
    permissions = rules::WithPermissionsOf(view, std::move(permissions), *bearer.acting);
  }
  claims.set_realm(std::string(realm));
  claims.set_principal(bearer.account.name());
  claims.set_credential(bearer.account.credential());
  claims.mutable_permissions()->Assign(permissions.begin(), permissions.end());
  if (auto flag = rules::OffDuty(view, bearer.shifts, bearer.account.person(), bearer.post)) {
    *claims.add_flags() = *std::move(flag);
  }
  ASSIGN_OR_RETURN(v1::TokenResponse response, TokenOf(std::move(claims), auth::kTokenLifetime));
  for (std::string& post : rules::OtherPosts(bearer.account, bearer.post)) {
    response.add_other_posts(std::move(post));
  }
  return response;
}

absl::Duration DirectoryService::ActingMax(absl::Time now) const {
  return rules_.DurationOf("directory.acting-for-max", now, kActingMaxDefault);
}

// The post that is named, else the one kept so far; and whom it acts for there.
absl::StatusOr<DirectoryService::Bearer> DirectoryService::BearerOf(const Book::Page& page,
                                                                    const rules::ShiftsAt& shifts,
                                                                    const v1::Account& account,
                                                                    const Wanted& wanted,
                                                                    absl::Time now) {
  Bearer bearer{account, nullptr, std::nullopt, shifts};
  const bool named = !wanted.post.empty();
  ASSIGN_OR_RETURN(bearer.post, rules::ChoosePost(page.view(), shifts, account,
                                                  named ? wanted.post : wanted.kept));
  if (wanted.acting_for == nullptr) return bearer;
  if (!named) {
    bearer.post = rules::DeputyAmong(page.view(), account, wanted.acting_for->post(), bearer.post);
  }
  ASSIGN_OR_RETURN(bearer.acting, rules::MayActFor(page.view(), bearer.post, *wanted.acting_for,
                                                   now, ActingMax(now)));
  return bearer;
}

absl::StatusOr<v1::TokenResponse> DirectoryService::SignIn(const context::CallContext& context,
                                                           const v1::SignInRequest& request) {
  if (book_.realm() != runtime::kLiveRealm) return OnlyFromLive();
  ASSIGN_OR_RETURN(const v1::Account account, CheckedAccount(context, request));
  ASSIGN_OR_RETURN(Book::Page page, book_.Open());
  ASSIGN_OR_RETURN(const rules::ShiftsAt shifts, page.ShiftsAt(Now()));
  ASSIGN_OR_RETURN(const Bearer bearer,
                   BearerOf(page, shifts, account, {request.post(), "", AskedOf(request)}, Now()));
  return MintFor(page, book_.realm(), bearer);
}

// Accounts live in the live realm alone.
absl::StatusOr<v1::Account> DirectoryService::AccountOf(const context::CallContext& context,
                                                        Book& live) {
  if (!absl::StartsWith(context.principal, "accounts/")) return NotAnAccount();
  ASSIGN_OR_RETURN(Book::Page page, live.Open());
  ASSIGN_OR_RETURN(auto stored, page.reader().Find(Accounts(), context.principal));
  if (!stored) return NotAnAccount();
  if (stored->value.disabled()) return Disabled();
  if (stored->value.credential() != context.credential) return CredentialChanged();
  return std::move(stored->value);
}

absl::StatusOr<v1::TokenResponse> DirectoryService::RenewToken(
    const context::CallContext& context, const v1::RenewTokenRequest& request) {
  if (absl::StartsWith(context.principal, kActorPrefix)) return RenewActor(context, request);
  ASSIGN_OR_RETURN(RealmDirectories::Found live, tools_.realms.Find(runtime::kLiveRealm));
  ASSIGN_OR_RETURN(const v1::Account account, AccountOf(context, *live.book));
  ASSIGN_OR_RETURN(Book::Page page, book_.Open());
  ASSIGN_OR_RETURN(const rules::ShiftsAt shifts, page.ShiftsAt(Now()));
  // The post of the token, as it stands now; the account may have lost it since.
  std::string kept = context.actor.post();
  if (!rules::ChoosePost(page.view(), shifts, account, kept).ok()) kept.clear();
  ASSIGN_OR_RETURN(Bearer bearer, BearerOf(page, shifts, account,
                                           {request.post(), kept, AskedOf(request)}, Now()));
  if (!bearer.acting) bearer.acting = ActingOn(page, bearer.post, context, request);
  const bool is_live = book_.realm() == runtime::kLiveRealm;
  if (!is_live && bearer.post == nullptr) return base::NotFound(context.actor.post()).Field("post");
  return MintFor(page, book_.realm(), bearer);
}

std::optional<rules::Acting> DirectoryService::ActingOn(const Book::Page& page,
                                                        const v1::Post* post,
                                                        const context::CallContext& context,
                                                        const v1::RenewTokenRequest& request) {
  if (request.stop_acting()) return std::nullopt;
  return rules::ActsStill(page.view(), post, context.actor, Now(), ActingMax(Now()));
}

// An actor is whoever holds the post now: in an exercise that lasts over a change of shift the night
// shift goes home in the morning.
absl::StatusOr<v1::TokenResponse> DirectoryService::RenewActor(
    const context::CallContext& context, const v1::RenewTokenRequest& request) {
  ASSIGN_OR_RETURN(const RealmDirectories::Found here, tools_.realms.Find(book_.realm()));
  RETURN_IF_ERROR(rules::CheckNotOver(here.finished));
  if (!request.post().empty() && request.post() != context.actor.post()) {
    return base::Denied(Reason::PERMISSION_MISSING, "演练角色不能更换岗位",
                        "an exercise's actor keeps its post")
        .Field("post");
  }
  ASSIGN_OR_RETURN(Book::Page page, book_.Open());
  const auto post = page.view()->posts.find(context.actor.post());
  if (post == page.view()->posts.end()) return base::NotFound(context.actor.post());
  ASSIGN_OR_RETURN(const rules::ShiftsAt shifts, page.ShiftsAt(Now()));
  std::optional<rules::Acting> acting = ActingOn(page, &post->second, context, request);
  if (request.has_acting_for()) {
    ASSIGN_OR_RETURN(acting, rules::MayActFor(page.view(), &post->second, request.acting_for(),
                                              Now(), ActingMax(Now())));
  }
  return TokenOf(
      ActorClaims(page.view(), shifts, post->second, context.exercise, book_.realm(), acting),
      kActorTokenLifetime);
}

absl::StatusOr<v1::TokenResponse> DirectoryService::EnterRealm(
    const context::CallContext& context, const v1::EnterRealmRequest& request) {
  if (book_.realm() != runtime::kLiveRealm) return OnlyFromLive();
  ASSIGN_OR_RETURN(RealmDirectories::Found target, tools_.realms.Find(request.realm()));
  if (!target.exercise) {
    return base::Invalid(Reason::WRONG_REALM, "只能进入演练环境",
                         "only an exercise's realm is entered")
        .Field("realm")
        .Rule("directory.enter-exercise");
  }
  // Its director still reads what was done, and acts no more than anybody (CheckBearer).
  if (!rules::Directs(target.director, context.actor)) {
    RETURN_IF_ERROR(rules::CheckNotOver(target.finished));
  }
  ASSIGN_OR_RETURN(const v1::Account account, AccountOf(context, book_));
  ASSIGN_OR_RETURN(Book::Page page, target.book->Open());
  if (request.post().empty() && context.actor.post().empty()) {
    return base::Invalid(Reason::FIELD_MISSING, "请指明以哪个岗位进入演练",
                         "name the post to enter with")
        .Field("post");
  }
  const absl::Time now = target.book->clock().Now();
  ASSIGN_OR_RETURN(const rules::ShiftsAt shifts, page.ShiftsAt(now));
  ASSIGN_OR_RETURN(const Bearer bearer,
                   BearerOf(page, shifts, account,
                            {request.post(), context.actor.post(), AskedOf(request)}, now));
  return MintFor(page, target.book->realm(), bearer);
}

absl::StatusOr<v1::MintActorTokensResponse> DirectoryService::MintActorTokens(
    const context::CallContext& context, const v1::MintActorTokensRequest& request) {
  if (book_.realm() != runtime::kLiveRealm) return OnlyFromLive();
  if (!rules::IsRealmOf(request.exercise(), request.realm())) {
    return base::Denied(Reason::WRONG_REALM, "演练令牌只能用于该演练自己的环境",
                        "an actor's token is for its exercise's own realm")
        .Field("realm")
        .Rule("directory.actor-realm");
  }
  ASSIGN_OR_RETURN(RealmDirectories::Found target, tools_.realms.Find(request.realm()));
  if (!target.exercise || target.book == &book_) return OnlyFromLive();
  RETURN_IF_ERROR(rules::MayMint(
      request.exercise(), {target.exercise_name, target.director, target.finished}, context.actor));
  if (request.posts_size() > kActorsAtOnceMax || request.posts().empty()) {
    return base::Invalid(request.posts().empty() ? Reason::FIELD_MISSING : Reason::FIELD_TOO_LONG,
                         absl::StrCat("一次1至", kActorsAtOnceMax, "个岗位"),
                         absl::StrCat("1 to ", kActorsAtOnceMax, " posts at once"))
        .Field("posts");
  }
  ASSIGN_OR_RETURN(Book::Page page, target.book->Open());
  ASSIGN_OR_RETURN(const rules::ShiftsAt shifts, page.ShiftsAt(target.book->clock().Now()));
  v1::MintActorTokensResponse response;
  for (int i = 0; i < request.posts_size(); ++i) {
    const auto post = page.view()->posts.find(request.posts(i));
    if (post == page.view()->posts.end()) {
      return base::NotFound(request.posts(i)).Field(absl::StrCat("posts[", i, "]"));
    }
    const auto& played = target.actor_posts;
    if (std::find(played.begin(), played.end(), post->first) == played.end()) {
      return base::Denied(Reason::PERMISSION_MISSING,
                          absl::StrCat(post->second.title(), " 不在本次演练的参演岗位中"),
                          absl::StrCat(post->first, " is not among the exercise's actor_posts"))
          .Field(absl::StrCat("posts[", i, "]"))
          .Rule("directory.actor-posts")
          .Next("请把该岗位写入演练的参演岗位", "name the post in the exercise's actor_posts");
    }
    platform::v1::TokenClaims claims =
        ActorClaims(page.view(), shifts, post->second, request.exercise(), request.realm(), {});
    auto* minted = response.add_tokens();
    minted->set_post(post->first);
    *minted->mutable_actor() = claims.actor();
    ASSIGN_OR_RETURN(*minted->mutable_token(),
                     tools_.tokens.Mint(std::move(claims), kActorTokenLifetime));
  }
  ASSIGN_OR_RETURN(const platform::v1::TokenClaims first,
                   tools_.tokens.Verify(response.tokens(0).token()));
  *response.mutable_expires_at() = first.expires_at();
  return response;
}

}  // namespace huying::directory
