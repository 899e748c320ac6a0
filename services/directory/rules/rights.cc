// SPDX-License-Identifier: Apache-2.0
#include "services/directory/rules/rights.h"

#include <algorithm>
#include <map>
#include <set>
#include <tuple>
#include <utility>

#include "absl/strings/str_cat.h"
#include "google/protobuf/util/message_differencer.h"
#include "services/directory/rules/sign_in.h"
#include "services/platform/base/status.h"
#include "services/platform/base/strings.h"
#include "services/platform/guard/persons.h"

namespace huying::directory::rules {
namespace {

using base::Reason;
using common::v1::Actor;
using google::protobuf::util::MessageDifferencer;
using Gain = v1::Grant::Gain;

// What is allowed, where, and at which tier.
using Right = std::tuple<std::string, std::string, common::v1::Tier>;
using Rights = std::set<Right>;
template <typename T>
using ByName = std::map<std::string, T, std::less<>>;

constexpr std::string_view kGrave[] = {"sign", "issue", "approve", "accounts", "roles"};

// The tables that rights come from.
struct Sources {
  ByName<v1::Role> roles;
  ByName<v1::Post> posts;
  ByName<v1::Account> accounts;
};

Sources SourcesOf(const View& view) { return {view->roles, view->posts, view->accounts}; }

Sources With(Sources tables, const v1::Directory& change) {
  for (const v1::Role& role : change.roles()) tables.roles[role.name()] = role;
  for (const v1::Post& post : change.posts()) tables.posts[post.name()] = post;
  for (const v1::Account& account : change.accounts()) tables.accounts[account.name()] = account;
  return tables;
}

// Post → what its roles say, and what it may do as a deputy.
ByName<Rights> RightsOfPosts(const Sources& tables) {
  ByName<Rights> own;
  for (const auto& [name, post] : tables.posts) {
    Rights& rights = own[name];
    for (const std::string& role_name : post.roles()) {
      auto role = tables.roles.find(role_name);
      if (role == tables.roles.end()) continue;
      for (const std::string& permission : role->second.permissions()) {
        rights.emplace(permission, post.area(), post.tier());
      }
    }
  }
  ByName<Rights> all = own;
  for (const auto& [name, post] : tables.posts) {
    for (const std::string& deputy : post.deputies()) {
      if (auto at = all.find(deputy); at != all.end()) {
        at->second.insert(own[name].begin(), own[name].end());
      }
    }
  }
  return all;
}

Rights RightsOf(const ByName<Rights>& of_posts, const v1::Account& account) {
  Rights rights;
  if (account.disabled()) return rights;
  for (const std::string& post : account.posts()) {
    auto at = of_posts.find(post);
    if (at != of_posts.end()) rights.insert(at->second.begin(), at->second.end());
  }
  return rights;
}

bool IsAdministrator(const v1::Account& account) {
  return account.administrator() && !account.disabled();
}

bool IsAdministrator(const Sources& tables, const Actor& actor) {
  auto at = tables.accounts.find(actor.account());
  return at != tables.accounts.end() && IsAdministrator(at->second);
}

std::vector<Gain> Gains(const Sources& before, const Sources& after) {
  const ByName<Rights> posts_before = RightsOfPosts(before);
  const ByName<Rights> posts_after = RightsOfPosts(after);
  std::vector<Gain> gains;
  for (const auto& [name, account] : after.accounts) {
    auto at = before.accounts.find(name);
    const v1::Account known = at == before.accounts.end() ? v1::Account() : at->second;
    const bool passes = !known.person().empty() && known.person() != account.person();
    const Rights had = passes ? Rights() : RightsOf(posts_before, known);
    std::set<std::string> fresh;
    for (const Right& right : RightsOf(posts_after, account)) {
      if (!had.contains(right)) fresh.insert(std::get<0>(right));
    }
    const bool risen = IsAdministrator(account) && (passes || !IsAdministrator(known));
    if (fresh.empty() && !risen && !passes) continue;
    Gain& gain = gains.emplace_back();
    gain.set_account(name);
    gain.set_person(account.person());
    gain.mutable_permissions()->Assign(fresh.begin(), fresh.end());
    gain.set_administrator(risen);
    if (passes) gain.set_person_before(known.person());
  }
  return gains;
}

// The rows that are not as they were.
template <typename Rows, typename Known>
Rows Changed(const Rows& rows, const Known& known, std::vector<int>* index = nullptr) {
  Rows changed;
  for (int i = 0; i < rows.size(); ++i) {
    auto at = known.find(rows[i].name());
    if (at != known.end() && MessageDifferencer::Equals(at->second, rows[i])) continue;
    *changed.Add() = rows[i];
    if (index != nullptr) index->push_back(i);
  }
  return changed;
}

bool RightsDiffer(const v1::Post& post, const ByName<v1::Post>& known) {
  auto at = known.find(post.name());
  // A post nobody had before has roles or deputies of its own to be given.
  const v1::Post before = at == known.end() ? v1::Post() : at->second;
  const auto same = [](const auto& a, const auto& b) {
    return std::equal(a.begin(), a.end(), b.begin(), b.end());
  };
  const bool moved =
      at != known.end() && (post.area() != before.area() || post.tier() != before.tier());
  return moved || !same(post.roles(), before.roles()) || !same(post.deputies(), before.deputies());
}

absl::Status Missing(std::string_view permission, std::string_view row) {
  return base::Denied(Reason::PERMISSION_MISSING,
                      absl::StrCat("改动 ", base::Abs(row), " 需要权限 ", base::Abs(permission)),
                      absl::StrCat("changing ", base::Abs(row), " needs the permission ",
                                   base::Abs(permission)))
      .Rule("directory.rights-permission")
      .Next("请由有此权限的人员或管理员办理", "ask somebody who has it, or an administrator");
}

absl::Status CheckPermissions(const Sources& tables, const v1::Directory& rows,
                              const Caller& caller) {
  if (!caller.permissions.Contains(kRolesPermission)) {
    const auto roles = Changed(rows.roles(), tables.roles);
    if (!roles.empty()) return Missing(kRolesPermission, roles[0].name());
    for (const v1::Post& post : rows.posts()) {
      if (RightsDiffer(post, tables.posts)) return Missing(kRolesPermission, post.name());
    }
  }
  if (!caller.permissions.Contains(kAccountsPermission)) {
    const auto accounts = Changed(rows.accounts(), tables.accounts);
    if (!accounts.empty()) return Missing(kAccountsPermission, accounts[0].name());
  }
  return absl::OkStatus();
}

absl::Status CheckAdministratorsAccounts(const Sources& before, const Sources& after,
                                         const v1::Directory& rows, const Actor& actor) {
  for (const v1::Account& account : Changed(rows.accounts(), before.accounts)) {
    auto at = before.accounts.find(account.name());
    const bool was = at != before.accounts.end() && at->second.administrator();
    if (!was && !after.accounts.at(account.name()).administrator()) continue;
    if (IsAdministrator(before, actor)) continue;
    return base::Denied(Reason::PERMISSION_MISSING, "管理员账户只能由管理员改动",
                        "only an administrator changes an administrator's account")
        .Field("account")
        .Rule("directory.administrator-account")
        .Next("请由管理员办理", "ask an administrator");
  }
  return absl::OkStatus();
}

absl::Status CheckGiven(const Sources& before, const std::vector<Gain>& gains,
                        const Caller& caller) {
  const bool administrator = IsAdministrator(before, caller.actor);
  for (const Gain& gain : gains) {
    if (IsOwn(gain, caller.actor)) {
      return base::Denied(Reason::PERMISSION_MISSING, "不能给自己增加权限",
                          "nobody gives rights to himself")
          .Rule("directory.own-rights")
          .Next("请由另一人提出", "let another person propose it");
    }
    if (administrator) continue;
    for (const std::string& permission : gain.permissions()) {
      if (caller.permissions.Contains(permission)) continue;
      return base::Denied(Reason::PERMISSION_MISSING,
                          absl::StrCat("不能授予本人没有的权限 ", permission),
                          absl::StrCat("you have not the right you would give: ", permission))
          .Rule("directory.rights-held")
          .Next("请由有此权限的人员或管理员提出",
                "let somebody who has it, or an administrator, propose it");
    }
  }
  return absl::OkStatus();
}

// Without anybody who could be the second person: a district that is being set up. An account does not pass on.
absl::Status CheckAlone(const std::vector<Gain>& gains) {
  const bool passes = std::any_of(gains.begin(), gains.end(),
                                  [](const Gain& gain) { return !gain.person_before().empty(); });
  if (!passes) return absl::OkStatus();
  return base::Refused(
             Reason::CONDITION_NOT_MET, "账户换人须第二人复核，现在没有可复核的人",
             "passing an account to another person takes a second person, and there is none")
      .Field("account.person")
      .Rule("directory.second-person")
      .Next("请停用此账户，为新的人员另立账户",
            "disable this account and make one for the new person");
}

absl::Status CheckProposer(const Actor& actor) {
  if (!actor.person().empty()) return absl::OkStatus();
  return base::Refused(Reason::SAME_PERSON, "提出人身份不明，无法确认复核的是另一人",
                       "the proposing person is not known, so a second cannot be told apart")
      .Rule("directory.second-person")
      .Next("请先把本账户绑定到本人（huying directory account 账户 --person 人员）",
            "first bind your account to yourself (huying directory account NAME --person PERSON)");
}

void KeepGrave(std::vector<Gain>& gains) {
  gains.erase(std::remove_if(gains.begin(), gains.end(),
                             [](const Gain& gain) { return !NeedsSecondPerson(gain); }),
              gains.end());
}

// Sealed data is no part of the view.
v1::Directory Bare(v1::Directory rows) {
  for (v1::Account& account : *rows.mutable_accounts()) {
    account.clear_password_hash();
    account.clear_sealed();
  }
  return rows;
}

// What must hold whoever makes the change.
absl::Status CheckAccounts(const Sources& before, const Sources& after, const v1::Directory& rows) {
  ByName<std::string> account_of;
  int administrators = 0;
  for (const auto& [name, account] : after.accounts) {
    if (IsAdministrator(account)) ++administrators;
    if (account.disabled() || account.person().empty()) continue;
    const auto [at, first] = account_of.emplace(account.person(), name);
    if (first) continue;
    const auto& put = rows.accounts();
    const bool touched = std::any_of(put.begin(), put.end(), [&](const v1::Account& row) {
      return row.name() == name || row.name() == at->second;
    });
    if (!touched) continue;
    return base::Refused(Reason::ALREADY_EXISTS,
                         absl::StrCat(account.person(), " 已有账户：", at->second, "、", name),
                         absl::StrCat(account.person(), " would have two accounts: ", at->second,
                                      " and ", name))
        .Field("account.person")
        .Rule("directory.one-account")
        .Next("一人一户：给原账户增加岗位，或先停用原账户",
              "one person, one account: give the other one the post, or disable it first");
  }
  for (const v1::Account& row : rows.accounts()) {
    if (!row.administrator() || row.posts().empty()) continue;
    return base::Invalid(Reason::FIELD_INVALID, "管理员账户不能有岗位",
                         "an administrator's account holds no post")
        .Field("account.posts")
        .Rule("directory.administrator-post")
        .Next("管理与值守分开：另立账户", "whoever is on duty has an account of his own");
  }
  const bool had = std::any_of(before.accounts.begin(), before.accounts.end(),
                               [](const auto& row) { return IsAdministrator(row.second); });
  if (!had || administrators > 0) return absl::OkStatus();
  return base::Refused(Reason::CONDITION_NOT_MET, "这是最后一个可用的管理员账户",
                       "it is the last enabled administrator")
      .Field("account")
      .Rule("directory.last-administrator")
      .Next("请先设立另一个管理员", "make another administrator first");
}

}  // namespace

bool IsOwn(const Gain& gain, const Actor& actor) {
  return (!actor.account().empty() && gain.account() == actor.account()) ||
         (!actor.person().empty() && gain.person() == actor.person());
}

bool IsGrave(std::string_view permission) {
  const std::string_view last = permission.substr(permission.rfind('.') + 1);
  return std::find(std::begin(kGrave), std::end(kGrave), last) != std::end(kGrave);
}

bool NeedsSecondPerson(const Gain& gain) {
  return gain.administrator() || !gain.person_before().empty() ||
         std::any_of(gain.permissions().begin(), gain.permissions().end(),
                     [](const std::string& permission) { return IsGrave(permission); });
}

std::vector<Gain> GainsOf(const View& view, const v1::Directory& change) {
  const Sources before = SourcesOf(view);
  return Gains(before, With(before, change));
}

bool SomebodyElseMayConfirm(const View& view, const Actor& actor) {
  const ByName<Rights> of_posts = RightsOfPosts(SourcesOf(view));
  const auto may = [&](const v1::Account& account) {
    if (account.disabled() || account.person().empty()) return false;
    if (account.name() == actor.account() || account.person() == actor.person()) return false;
    if (account.administrator()) return true;
    const Rights rights = RightsOf(of_posts, account);
    return std::any_of(rights.begin(), rights.end(),
                       [](const Right& right) { return std::get<0>(right) == kRolesPermission; });
  };
  return std::any_of(view->accounts.begin(), view->accounts.end(),
                     [&](const auto& account) { return may(account.second); });
}

Verdict JudgeHeld(const View& view, const v1::Directory& rows) {
  const Sources before = SourcesOf(view);
  const Sources after = With(before, rows);
  Verdict verdict;
  verdict.refusal = CheckAccounts(before, after, rows);
  verdict.gains = Gains(before, after);
  KeepGrave(verdict.gains);
  return verdict;
}

Verdict JudgeRights(const View& view, const v1::Directory& put, const Caller& caller) {
  const v1::Directory rows = Bare(put);
  const Sources before = SourcesOf(view);
  const Sources after = With(before, rows);
  Verdict verdict;
  const bool process = !caller.actor.system().empty();
  if (!process) verdict.refusal = CheckPermissions(before, rows, caller);
  if (!process && verdict.refusal.ok()) {
    verdict.refusal = CheckAdministratorsAccounts(before, after, rows, caller.actor);
  }
  if (verdict.refusal.ok()) verdict.refusal = CheckAccounts(before, after, rows);
  if (process || !verdict.refusal.ok()) return verdict;
  verdict.gains = Gains(before, after);
  verdict.refusal = CheckGiven(before, verdict.gains, caller);
  KeepGrave(verdict.gains);
  if (!verdict.refusal.ok() || verdict.gains.empty()) return verdict;
  verdict.second_person = SomebodyElseMayConfirm(view, caller.actor);
  verdict.alone = !verdict.second_person;
  verdict.refusal = verdict.alone ? CheckAlone(verdict.gains) : CheckProposer(caller.actor);
  return verdict;
}

absl::Status MaySetPassword(const View& view, const v1::Account& account, const Caller& caller) {
  const Sources tables = SourcesOf(view);
  if (!caller.actor.system().empty() || account.name() == caller.actor.account() ||
      IsAdministrator(tables, caller.actor)) {
    return absl::OkStatus();
  }
  if (account.administrator()) {
    return base::Denied(Reason::PERMISSION_MISSING, "管理员账户的口令只能由管理员设定",
                        "only an administrator sets an administrator's password")
        .Field("account")
        .Rule("directory.administrator-account")
        .Next("请由管理员办理", "ask an administrator");
  }
  for (const Right& right : RightsOf(RightsOfPosts(tables), account)) {
    if (caller.permissions.Contains(std::get<0>(right))) continue;
    return base::Denied(Reason::PERMISSION_MISSING,
                        absl::StrCat("该账户有本人没有的权限 ", std::get<0>(right)),
                        absl::StrCat("that account has a right you have not: ", std::get<0>(right)))
        .Field("account")
        .Rule("directory.rights-held")
        .Next("请由管理员办理", "ask an administrator");
  }
  return absl::OkStatus();
}

}  // namespace huying::directory::rules
