// SPDX-License-Identifier: Apache-2.0
#include "services/directory/api_fake.h"

#include "absl/strings/str_cat.h"
#include "services/platform/base/status.h"
#include "services/platform/base/strings.h"

namespace huying::directory {

using base::Abs;

FakeDirectory::FakeDirectory(const base::Clock& clock) : clock_(clock) {
  Replace(XingshanForTests());
}

absl::Status FakeDirectory::Begin(std::string_view rpc) {
  if (down_) {
    return base::Unavailable(base::Reason::LOWER_SERVICE_UNAVAILABLE, "通讯录服务没有应答",
                             "the directory does not answer");
  }
  ++calls_[std::string(rpc)];
  return absl::OkStatus();
}

void FakeDirectory::Changed() { view_ = rules::ViewOf(directory_, ++seq_); }

v1::Post* FakeDirectory::FindPost(std::string_view name) {
  for (v1::Post& post : *directory_.mutable_posts()) {
    if (post.name() == name) return &post;
  }
  return nullptr;
}

common::v1::Actor FakeDirectory::ActorOf(const v1::Post& post) const {
  const v1::Holder holder =
      rules::HolderOf(view_, rules::ShiftsOf(directory_.shifts(), clock_.Now()), post);
  common::v1::Actor actor;
  actor.set_person(holder.person());
  actor.set_person_name(holder.person_name());
  actor.set_account(holder.account());
  actor.set_post(post.name());
  actor.set_post_name(post.title());
  actor.set_unit(post.unit());
  actor.set_tier(post.tier());
  actor.set_area(post.area());
  actor.set_department(rules::OfDepartment(view_, post));
  return actor;
}

context::CallContext FakeDirectory::As(std::string_view post, std::string_view realm) const {
  absl::MutexLock lock(&mutex_);
  context::CallContext context;
  context.realm = std::string(realm);
  context.received_at = clock_.Now();
  context.deadline = base::SystemClock().Now() + absl::Seconds(5);
  auto at = view_->posts.find(post);
  if (at == view_->posts.end()) return context;
  context.actor = ActorOf(at->second);
  context.principal = context.actor.account();
  const auto permissions = rules::PermissionsOf(view_, at->second);
  context.permissions.assign(permissions.begin(), permissions.end());
  return context;
}

void FakeDirectory::SetHolder(std::string_view post, std::string_view person) {
  absl::MutexLock lock(&mutex_);
  if (v1::Post* found = FindPost(post)) found->set_standing_holder(std::string(person));
  if (!person.empty() && view_->people.find(person) == view_->people.end()) {
    v1::Person* fresh = directory_.add_people();
    fresh->set_name(std::string(person));
    fresh->set_display_name(absl::StrCat("（虚构）", Abs(person)));
  }
  Changed();
}

void FakeDirectory::SetReceivesAlerts(std::string_view post, bool receives) {
  absl::MutexLock lock(&mutex_);
  if (v1::Post* found = FindPost(post)) found->set_receives_alerts(receives);
  Changed();
}

void FakeDirectory::RemovePowerItems(std::string_view permission) {
  absl::MutexLock lock(&mutex_);
  auto* items = directory_.mutable_power_items();
  for (int i = items->size() - 1; i >= 0; --i) {
    if (items->at(i).permission() == permission) items->DeleteSubrange(i, 1);
  }
  Changed();
}

void FakeDirectory::AddShift(const v1::Shift& shift) {
  absl::MutexLock lock(&mutex_);
  *directory_.add_shifts() = shift;
  Changed();
}

void FakeDirectory::Replace(const v1::Directory& directory) {
  absl::MutexLock lock(&mutex_);
  directory_ = directory;
  Changed();
}

void FakeDirectory::SetDown(bool down) {
  absl::MutexLock lock(&mutex_);
  down_ = down;
}

int FakeDirectory::calls(std::string_view rpc) const {
  absl::MutexLock lock(&mutex_);
  auto at = calls_.find(rpc);
  return at == calls_.end() ? 0 : at->second;
}

v1::Directory FakeDirectory::imported() const {
  absl::MutexLock lock(&mutex_);
  return imported_;
}

absl::StatusOr<v1::GetAreaResponse> FakeDirectory::GetArea(const context::CallContext&,
                                                           const v1::GetAreaRequest& request) {
  absl::MutexLock lock(&mutex_);
  RETURN_IF_ERROR(Begin("GetArea"));
  return rules::AreaAnswer(view_, request.code());
}

absl::StatusOr<v1::ListAreasResponse> FakeDirectory::ListAreas(
    const context::CallContext&, const v1::ListAreasRequest& request) {
  absl::MutexLock lock(&mutex_);
  RETURN_IF_ERROR(Begin("ListAreas"));
  v1::ListAreasResponse response;
  const auto areas =
      request.within().empty() ? view_->areas.All() : view_->areas.Within(request.within());
  for (const v1::Area* area : areas) *response.add_areas() = *area;
  response.set_as_of_seq(seq_);
  return response;
}

absl::StatusOr<v1::ListUnitsResponse> FakeDirectory::ListUnits(const context::CallContext&,
                                                               const v1::ListUnitsRequest&) {
  absl::MutexLock lock(&mutex_);
  RETURN_IF_ERROR(Begin("ListUnits"));
  v1::ListUnitsResponse response;
  for (const auto& [name, unit] : view_->units) *response.add_units() = unit;
  return response;
}

absl::StatusOr<v1::ListPostsResponse> FakeDirectory::ListPosts(
    const context::CallContext&, const v1::ListPostsRequest& request) {
  absl::MutexLock lock(&mutex_);
  RETURN_IF_ERROR(Begin("ListPosts"));
  v1::ListPostsResponse response;
  const v1::Area* area = view_->areas.Find(request.area());
  for (const auto& [name, post] : view_->posts) {
    if (request.area().empty() || (area != nullptr && post.area() == area->code())) {
      *response.add_posts() = post;
    }
  }
  return response;
}

absl::StatusOr<v1::GetPostResponse> FakeDirectory::GetPost(const context::CallContext&,
                                                           const v1::GetPostRequest& request) {
  absl::MutexLock lock(&mutex_);
  RETURN_IF_ERROR(Begin("GetPost"));
  return rules::PostAnswer(view_, request.name());
}

absl::StatusOr<v1::WhoHoldsResponse> FakeDirectory::WhoHolds(const context::CallContext&,
                                                             const v1::WhoHoldsRequest& request) {
  absl::MutexLock lock(&mutex_);
  RETURN_IF_ERROR(Begin("WhoHolds"));
  const absl::Time at = request.has_at() ? base::FromProto(request.at()) : clock_.Now();
  return rules::WhoHolds(view_, rules::ShiftsOf(directory_.shifts(), at), request);
}

absl::StatusOr<v1::ResolveRecipientsResponse> FakeDirectory::ResolveRecipients(
    const context::CallContext&, const v1::ResolveRecipientsRequest& request) {
  absl::MutexLock lock(&mutex_);
  RETURN_IF_ERROR(Begin("ResolveRecipients"));
  return rules::ResolveRecipients(view_, rules::ShiftsOf(directory_.shifts(), clock_.Now()),
                                  request);
}

absl::StatusOr<v1::CheckCompetenceResponse> FakeDirectory::CheckCompetence(
    const context::CallContext& context, const v1::CheckCompetenceRequest& request) {
  absl::MutexLock lock(&mutex_);
  RETURN_IF_ERROR(Begin("CheckCompetence"));
  return rules::CheckCompetence(view_, request, context.actor, context.permissions, clock_.Now());
}

absl::StatusOr<common::v1::Receipt> FakeDirectory::ImportDirectory(
    const context::CallContext&, const v1::ImportDirectoryRequest& request) {
  absl::MutexLock lock(&mutex_);
  RETURN_IF_ERROR(Begin("ImportDirectory"));
  imported_ = request.directory();
  common::v1::Receipt receipt;
  receipt.set_name("imports/1");
  receipt.set_version(1);
  receipt.set_ledger("directory");
  receipt.set_seq(++seq_);
  return receipt;
}

absl::StatusOr<v1::ExportDirectoryResponse> FakeDirectory::ExportDirectory(
    const context::CallContext&, const v1::ExportDirectoryRequest&) {
  absl::MutexLock lock(&mutex_);
  RETURN_IF_ERROR(Begin("ExportDirectory"));
  v1::ExportDirectoryResponse response;
  *response.mutable_directory() = directory_;
  response.mutable_directory()->clear_accounts();
  response.set_as_of_seq(seq_);
  return response;
}

absl::StatusOr<v1::MintActorTokensResponse> FakeDirectory::MintActorTokens(
    const context::CallContext&, const v1::MintActorTokensRequest& request) {
  absl::MutexLock lock(&mutex_);
  RETURN_IF_ERROR(Begin("MintActorTokens"));
  if (request.realm() == "live") {
    return base::Denied(base::Reason::WRONG_REALM, "演练令牌不能用于实战", "never in live")
        .Field("realm");
  }
  v1::MintActorTokensResponse response;
  for (const std::string& name : request.posts()) {
    auto at = view_->posts.find(name);
    if (at == view_->posts.end()) return base::NotFound(name);
    auto* minted = response.add_tokens();
    minted->set_post(name);
    minted->set_token(absl::StrCat("token:", request.realm(), ":", name));
    *minted->mutable_actor() = ActorOf(at->second);
  }
  *response.mutable_expires_at() = base::ToProto(base::SystemClock().Now() + absl::Hours(1));
  return response;
}

}  // namespace huying::directory
