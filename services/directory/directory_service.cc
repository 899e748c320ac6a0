// SPDX-License-Identifier: Apache-2.0
#include "services/directory/directory_service.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "services/directory/page_of.h"
#include "services/directory/rules/powers.h"
#include "services/directory/store.h"
#include "services/platform/base/status.h"
#include "services/platform/base/strings.h"

namespace huying::directory {
namespace {

// A copy of a directory takes the rosters of these days and what is to come.
constexpr absl::Duration kShiftsExportedSince = absl::Hours(24 * 7);
constexpr absl::Duration kShiftsExportedMax = absl::Hours(24 * 366 * 10);
constexpr int kShiftsAPageMax = 4000;  // with everything else below the bound of one import
constexpr int kAreasAtOnceMax = 500;
constexpr int kPostsAtOnceMax = 500;
constexpr int kPostsByKeyMax = 50;

absl::Status AtMost(int count, int max, std::string_view field) {
  if (count <= max) return absl::OkStatus();
  return base::Invalid(base::Reason::FIELD_TOO_LONG, absl::StrCat("最多", max, "项"),
                       absl::StrCat("at most ", max))
      .Field(field);
}

}  // namespace

absl::Duration DirectoryService::ShiftMax() const {
  return std::min(rules_.DurationOf("directory.shift-max", Now(), rules::kShiftLongest),
                  rules::kShiftLongest);
}

absl::StatusOr<v1::GetAreaResponse> DirectoryService::GetArea(const context::CallContext&,
                                                              const v1::GetAreaRequest& request) {
  ASSIGN_OR_RETURN(Book::Page page, book_.Open());
  return rules::AreaAnswer(page.view(), request.code());
}

absl::StatusOr<v1::ListAreasResponse> DirectoryService::ListAreas(
    const context::CallContext&, const v1::ListAreasRequest& request) {
  ASSIGN_OR_RETURN(Book::Page page, book_.Open());
  const rules::AreaTree& tree = page.view()->areas;
  std::vector<const v1::Area*> areas = tree.All();
  if (!request.within().empty()) {
    ASSIGN_OR_RETURN(const v1::Area* top,
                     rules::KnownArea(page.view(), request.within(), "within"));
    areas = tree.Within(top->code());
  }
  v1::ListAreasResponse response;
  ASSIGN_OR_RETURN(
      *response.mutable_next_page_token(),
      PageOf(
          areas, [](const v1::Area* area) { return area->code(); }, request.page_size(),
          request.page_token(), [&](const v1::Area* area) { *response.add_areas() = *area; }));
  response.set_as_of_seq(page.view().as_of_seq);
  return response;
}

absl::StatusOr<v1::ListUnitsResponse> DirectoryService::ListUnits(
    const context::CallContext&, const v1::ListUnitsRequest& request) {
  ASSIGN_OR_RETURN(Book::Page page, book_.Open());
  ASSIGN_OR_RETURN(auto units,
                   page.reader().List(Units(), {}, request.page_size(), request.page_token()));
  v1::ListUnitsResponse response;
  for (auto& unit : units.items) *response.add_units() = std::move(unit.value);
  response.set_next_page_token(units.next_page_token);
  return response;
}

absl::StatusOr<v1::GetPostResponse> DirectoryService::GetPost(const context::CallContext&,
                                                              const v1::GetPostRequest& request) {
  ASSIGN_OR_RETURN(Book::Page page, book_.Open());
  return rules::PostAnswer(page.view(), request.name());
}

absl::StatusOr<v1::ListPostsResponse> DirectoryService::ListPosts(
    const context::CallContext&, const v1::ListPostsRequest& request) {
  ASSIGN_OR_RETURN(Book::Page page, book_.Open());
  ledger::Filter filter;
  if (!request.area().empty()) {
    ASSIGN_OR_RETURN(const v1::Area* area, rules::KnownArea(page.view(), request.area(), "area"));
    filter.where.push_back({"area", "=", ledger::Text(area->code())});
  }
  ASSIGN_OR_RETURN(auto posts,
                   page.reader().List(Posts(), filter, request.page_size(), request.page_token()));
  v1::ListPostsResponse response;
  for (auto& post : posts.items) *response.add_posts() = std::move(post.value);
  response.set_next_page_token(posts.next_page_token);
  return response;
}

absl::StatusOr<v1::ListPeopleResponse> DirectoryService::ListPeople(
    const context::CallContext&, const v1::ListPeopleRequest& request) {
  ASSIGN_OR_RETURN(Book::Page page, book_.Open());
  ASSIGN_OR_RETURN(auto people,
                   page.reader().List(People(), {}, request.page_size(), request.page_token()));
  v1::ListPeopleResponse response;
  for (auto& stored : people.items) {
    v1::Person& person = *response.add_people();
    person = std::move(stored.value);
    // One row that does not open must not hide the others: it stays without a number.
    if (!sealer_.Unseal(person).ok()) person.clear_sealed();
    RETURN_IF_ERROR(privacy::Mask(person));
    person.set_display_name(privacy::MaskText(person.display_name()));
  }
  response.set_next_page_token(people.next_page_token);
  return response;
}

absl::StatusOr<v1::ListPowerItemsResponse> DirectoryService::ListPowerItems(
    const context::CallContext&, const v1::ListPowerItemsRequest& request) {
  ASSIGN_OR_RETURN(Book::Page page, book_.Open());
  ASSIGN_OR_RETURN(auto items,
                   page.reader().List(PowerItems(), {}, request.page_size(), request.page_token()));
  v1::ListPowerItemsResponse response;
  for (auto& item : items.items) {
    *response.add_items() = std::move(item.value);
    response.add_versions(item.version);
  }
  response.set_next_page_token(items.next_page_token);
  return response;
}

absl::StatusOr<v1::ListPowerItemRevisionsResponse> DirectoryService::ListPowerItemRevisions(
    const context::CallContext&, const v1::ListPowerItemRevisionsRequest& request) {
  ASSIGN_OR_RETURN(Book::Page page, book_.Open());
  std::vector<const v1::PowerItem*> revisions;
  for (const v1::PowerItem& item : page.view()->power_items) {
    if (item.name() == request.name()) revisions.push_back(&item);
  }
  if (revisions.empty()) return base::NotFound(request.name()).Field("name");
  std::sort(revisions.begin(), revisions.end(),
            [](const auto* a, const auto* b) { return a->revision() > b->revision(); });
  v1::ListPowerItemRevisionsResponse response;
  ASSIGN_OR_RETURN(
      *response.mutable_next_page_token(),
      PageOf(
          revisions, [](const v1::PowerItem* item) { return absl::StrCat(item->revision()); },
          request.page_size(), request.page_token(),
          [&](const v1::PowerItem* item) { *response.add_revisions() = *item; }));
  response.set_as_of_seq(page.view().as_of_seq);
  return response;
}

absl::StatusOr<v1::WhoHoldsResponse> DirectoryService::WhoHolds(
    const context::CallContext&, const v1::WhoHoldsRequest& request) {
  RETURN_IF_ERROR(AtMost(request.posts_size(), kPostsAtOnceMax, "posts"));
  ASSIGN_OR_RETURN(Book::Page page, book_.Open());
  const absl::Time at = request.has_at() ? base::FromProto(request.at()) : Now();
  const std::vector<std::string> posts(request.posts().begin(), request.posts().end());
  // A few by key; many in one query.
  ASSIGN_OR_RETURN(const rules::ShiftsAt shifts, request.posts_size() <= kPostsByKeyMax
                                                     ? LoadShiftsOf(page.reader(), posts, at)
                                                     : page.ShiftsAt(at));
  return rules::WhoHolds(page.view(), shifts, request);
}

absl::StatusOr<v1::GetRosterResponse> DirectoryService::GetRoster(
    const context::CallContext& context, const v1::GetRosterRequest& request) {
  ASSIGN_OR_RETURN(Book::Page page, book_.Open());
  ASSIGN_OR_RETURN(const rules::ShiftsAt shifts,
                   page.ShiftsAt(request.has_at() ? base::FromProto(request.at()) : Now()));
  const std::string& code = request.area().empty() ? context.actor.area() : request.area();
  ASSIGN_OR_RETURN(const v1::Area* top, rules::KnownArea(page.view(), code, "area"));
  std::vector<const v1::Post*> posts;
  for (const v1::Area* area : page.view()->areas.Within(top->code())) {
    for (const auto& [name, post] : page.view()->posts) {
      if (post.area() == area->code()) posts.push_back(&post);
    }
  }
  v1::GetRosterResponse response;
  ASSIGN_OR_RETURN(*response.mutable_next_page_token(),
                   PageOf(
                       posts, [](const v1::Post* post) { return post->name(); },
                       request.page_size(), request.page_token(),
                       [&](const v1::Post* post) {
                         *response.add_holders() = rules::HolderOf(page.view(), shifts, *post);
                       }));
  response.set_as_of_seq(page.view().as_of_seq);
  return response;
}

absl::StatusOr<v1::ResolveRecipientsResponse> DirectoryService::ResolveRecipients(
    const context::CallContext&, const v1::ResolveRecipientsRequest& request) {
  RETURN_IF_ERROR(AtMost(request.areas_size(), kAreasAtOnceMax, "areas"));
  ASSIGN_OR_RETURN(Book::Page page, book_.Open());
  ASSIGN_OR_RETURN(const rules::ShiftsAt shifts, page.ShiftsAt(Now()));
  return rules::ResolveRecipients(page.view(), shifts, request);
}

absl::StatusOr<v1::CheckCompetenceResponse> DirectoryService::CheckCompetence(
    const context::CallContext& context, const v1::CheckCompetenceRequest& request) {
  RETURN_IF_ERROR(AtMost(request.areas_size(), kAreasAtOnceMax, "areas"));
  ASSIGN_OR_RETURN(Book::Page page, book_.Open());
  return rules::CheckCompetence(page.view(), request, context.actor, context.permissions, Now());
}

// Everything of a directory but its shifts, without secrets.
absl::Status DirectoryService::ExportRows(Book::Page& page, v1::Directory& directory) {
  const rules::View& view = page.view();
  for (const v1::Area* area : view->areas.All()) *directory.add_areas() = *area;
  for (const auto& [name, unit] : view->units) *directory.add_units() = unit;
  for (const auto& [name, role] : view->roles) *directory.add_roles() = role;
  for (const auto& [name, post] : view->posts) *directory.add_posts() = post;
  ASSIGN_OR_RETURN(auto people, page.reader().All(People(), {}));
  for (const auto& stored : people) {
    // Named field by field: a secret that is added later is not exported by being forgotten.
    v1::Person& person = *directory.add_people();
    person.set_name(stored.value.name());
    person.set_display_name(stored.value.display_name());
    person.set_unit(stored.value.unit());
  }
  // All revisions, oldest first: the newest may not be in force yet, and an exercise may play years ago.
  std::vector<v1::PowerItem> items;
  for (const v1::PowerItem& item : view->power_items) {
    if (rules::EverInForce(item)) items.push_back(item);
  }
  std::stable_sort(items.begin(), items.end(), [](const auto& a, const auto& b) {
    return std::pair(a.name(), a.revision()) < std::pair(b.name(), b.revision());
  });
  directory.mutable_power_items()->Assign(items.begin(), items.end());
  return absl::OkStatus();
}

absl::StatusOr<v1::ExportDirectoryResponse> DirectoryService::ExportDirectory(
    const context::CallContext&, const v1::ExportDirectoryRequest& request) {
  ASSIGN_OR_RETURN(Book::Page page, book_.Open());
  v1::ExportDirectoryResponse response;
  v1::Directory& directory = *response.mutable_directory();
  if (request.page_token().empty()) RETURN_IF_ERROR(ExportRows(page, directory));
  const absl::Time from = request.has_shifts_from() ? base::FromProto(request.shifts_from())
                                                    : Now() - kShiftsExportedSince;
  const absl::Time to =
      request.has_shifts_to() ? base::FromProto(request.shifts_to()) : Now() + kShiftsExportedMax;
  std::string token = request.page_token();
  do {
    ASSIGN_OR_RETURN(auto shifts, page.reader().List(Shifts(), ShiftsBetween(from, to),
                                                     ledger::kPageSizeMax, token));
    for (auto& stored : shifts.items) {
      if (!stored.value.cancelled()) *directory.add_shifts() = std::move(stored.value);
    }
    token = shifts.next_page_token;
  } while (!token.empty() && directory.shifts_size() < kShiftsAPageMax);
  response.set_next_page_token(token);
  response.set_as_of_seq(page.view().as_of_seq);
  return response;
}

}  // namespace huying::directory
