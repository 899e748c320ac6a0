// SPDX-License-Identifier: Apache-2.0
#include "services/directory/rules/view.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "services/platform/base/clock.h"
#include "services/platform/base/status.h"
#include "services/platform/base/strings.h"

namespace huying::directory::rules {
namespace {

using base::Reason;
using common::v1::Tier;

bool Wanted(const v1::ResolveRecipientsRequest& request, Tier tier) {
  if (request.tiers().empty()) return true;
  return std::find(request.tiers().begin(), request.tiers().end(), tier) != request.tiers().end();
}

v1::RecipientPost RecipientOf(const View& view, const ShiftsAt& shifts, const v1::Post& post,
                              const v1::Area& area) {
  v1::RecipientPost recipient;
  recipient.set_post(post.name());
  recipient.set_post_title(post.title());
  recipient.set_area(area.code());
  recipient.set_area_name(area.name());
  recipient.set_tier(post.tier());
  *recipient.mutable_deputies() = post.deputies();
  recipient.set_supervisor(post.supervisor());
  *recipient.mutable_holder() = HolderOf(view, shifts, post);
  for (const v1::Area* above : view->areas.Ancestors(area.code())) {
    recipient.add_ancestors(above->code());
  }
  return recipient;
}

}  // namespace

View ViewOf(const v1::Directory& directory, int64_t as_of_seq) {
  Tables tables;
  tables.areas = AreaTree({directory.areas().begin(), directory.areas().end()});
  for (const auto& unit : directory.units()) tables.units[unit.name()] = unit;
  for (const auto& role : directory.roles()) tables.roles[role.name()] = role;
  for (const auto& post : directory.posts()) tables.posts[post.name()] = post;
  for (const auto& person : directory.people()) {
    tables.people[person.name()] = person.display_name();
  }
  for (const auto& account : directory.accounts()) {
    if (!account.disabled() && !account.person().empty()) {
      tables.account_of[account.person()] = account.name();
    }
    v1::Account& known = tables.accounts[account.name()] = account;
    known.clear_password_hash();
    known.clear_sealed();
  }
  tables.power_items.assign(directory.power_items().begin(), directory.power_items().end());
  return {as_of_seq, std::make_shared<const Tables>(std::move(tables))};
}

bool Covers(const v1::Shift& shift, absl::Time at) {
  return !shift.cancelled() && base::FromProto(shift.start()) <= at &&
         at < base::FromProto(shift.end());
}

v1::Holder HolderOf(const View& view, const ShiftsAt& shifts, const v1::Post& post) {
  v1::Holder holder;
  holder.set_post(post.name());
  holder.set_post_title(post.title());
  if (auto shift = shifts.find(post.name()); shift != shifts.end()) {
    holder.set_person(shift->second.person());
    holder.set_shift(shift->second.name());
    *holder.mutable_shift_start() = shift->second.start();
    *holder.mutable_shift_end() = shift->second.end();
  } else if (!post.standing_holder().empty()) {
    holder.set_person(post.standing_holder());
    holder.set_standing(true);
  }
  if (auto at = view->people.find(holder.person()); at != view->people.end()) {
    holder.set_person_name(at->second);
  }
  if (auto at = view->account_of.find(holder.person()); at != view->account_of.end()) {
    holder.set_account(at->second);
  }
  holder.set_can_sign_in(CanSignInAs(view, holder.person(), post.name()));
  return holder;
}

bool OfDepartment(const View& view, const v1::Post& post) {
  const auto unit = view->units.find(post.unit());
  return unit != view->units.end() && unit->second.department();
}

bool CanSignInAs(const View& view, std::string_view person, std::string_view post) {
  // An exercise has no accounts: whoever is on its roster gets a token from its director.
  if (view->accounts.empty()) return !person.empty();
  auto name = view->account_of.find(person);
  if (name == view->account_of.end()) return false;
  auto account = view->accounts.find(name->second);
  if (account == view->accounts.end()) return false;
  const auto& posts = account->second.posts();
  return std::find(posts.begin(), posts.end(), post) != posts.end();
}

std::set<std::string> PermissionsOf(const View& view, const v1::Post& post) {
  std::set<std::string> permissions;
  for (const std::string& name : post.roles()) {
    auto role = view->roles.find(name);
    if (role == view->roles.end()) continue;
    permissions.insert(role->second.permissions().begin(), role->second.permissions().end());
  }
  return permissions;
}

absl::StatusOr<v1::GetAreaResponse> AreaAnswer(const View& view, std::string_view code) {
  ASSIGN_OR_RETURN(const v1::Area* area, KnownArea(view, code, "code"));
  v1::GetAreaResponse response;
  *response.mutable_area() = *area;
  for (const v1::Area* above : view->areas.Ancestors(area->code())) {
    *response.add_ancestors() = *above;
  }
  for (const v1::Area* child : view->areas.Children(area->code()))
    *response.add_children() = *child;
  response.set_as_of_seq(view.as_of_seq);
  return response;
}

absl::StatusOr<v1::GetPostResponse> PostAnswer(const View& view, std::string_view name) {
  auto at = view->posts.find(name);
  if (at == view->posts.end()) return base::NotFound(name).Field("name");
  v1::GetPostResponse response;
  *response.mutable_post() = at->second;
  for (const std::string& permission : PermissionsOf(view, at->second)) {
    response.add_permissions(permission);
  }
  response.set_as_of_seq(view.as_of_seq);
  return response;
}

absl::StatusOr<v1::WhoHoldsResponse> WhoHolds(const View& view, const ShiftsAt& shifts,
                                              const v1::WhoHoldsRequest& request) {
  v1::WhoHoldsResponse response;
  response.set_as_of_seq(view.as_of_seq);
  if (request.posts().empty()) {
    return base::Invalid(Reason::FIELD_MISSING, "没有指定岗位", "no post was named").Field("posts");
  }
  for (int i = 0; i < request.posts_size(); ++i) {
    auto at = view->posts.find(request.posts(i));
    if (at == view->posts.end()) {
      return base::NotFound(request.posts(i)).Field(absl::StrCat("posts[", i, "]"));
    }
    *response.add_holders() = HolderOf(view, shifts, at->second);
  }
  return response;
}

absl::StatusOr<const v1::Area*> KnownArea(const View& view, std::string_view code,
                                          std::string_view field) {
  if (const v1::Area* area = view->areas.Find(code)) return area;
  return base::Invalid(Reason::UNKNOWN_AREA, absl::StrCat("区划表中没有代码 ", base::Abs(code)),
                       absl::StrCat("area code ", base::Abs(code), " is not in the table"))
      .Field(field)
      .Rule("directory.area-known")
      .Next("请从区划表中选择", "choose one of the table (ListAreas)");
}

absl::StatusOr<v1::ResolveRecipientsResponse> ResolveRecipients(
    const View& view, const ShiftsAt& shifts, const v1::ResolveRecipientsRequest& request) {
  v1::ResolveRecipientsResponse response;
  response.set_as_of_seq(view.as_of_seq);
  if (request.areas().empty()) {
    return base::Invalid(Reason::FIELD_MISSING, "没有目标区域", "no target area").Field("areas");
  }
  std::set<std::string> targets;
  std::set<std::string> beneath;
  for (int i = 0; i < request.areas_size(); ++i) {
    ASSIGN_OR_RETURN(const v1::Area* target,
                     KnownArea(view, request.areas(i), absl::StrCat("areas[", i, "]")));
    if (targets.insert(target->code()).second) *response.add_targets() = *target;
    for (const v1::Area* area : view->areas.Within(target->code())) beneath.insert(area->code());
    for (const v1::Area* area : view->areas.Ancestors(target->code())) {
      if (const v1::Area* above = view->areas.Parent(area->code())) {
        (*response.mutable_parents())[area->code()] = above->code();
      }
    }
  }
  std::map<std::string, std::vector<const v1::Post*>> answering;
  for (const auto& [name, post] : view->posts) {
    if (post.receives_alerts()) answering[post.area()].push_back(&post);
  }
  for (const v1::Area* area : view->areas.All()) {
    if (!beneath.contains(area->code())) continue;
    if (const v1::Area* above = view->areas.Parent(area->code())) {
      (*response.mutable_parents())[area->code()] = above->code();
    }
    bool silent = Wanted(request, area->tier());
    for (const v1::Post* post : answering[area->code()]) {
      // A unit of the economy may hear an alert; it does not answer for the area.
      if (post->tier() == area->tier()) silent = false;
      if (!Wanted(request, post->tier())) continue;
      *response.add_recipients() = RecipientOf(view, shifts, *post, *area);
    }
    if (silent) response.add_silent_areas(area->code());
  }
  return response;
}

}  // namespace huying::directory::rules
