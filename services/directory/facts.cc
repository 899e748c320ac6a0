// SPDX-License-Identifier: Apache-2.0
#include "services/directory/facts.h"

#include <algorithm>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "services/platform/base/status.h"
#include "services/platform/base/strings.h"
#include "services/platform/context/hurried.h"

namespace huying::directory {
namespace {

constexpr size_t kHoldersPage = 500;
constexpr int kPostsPage = 500;

// Asks for posts [from, to). A page with a post that directory does not know is refused whole, so it is
// halved until the unknown post stands alone. False: directory gave no answer.
bool AskHolders(Api& directory, const context::CallContext& context,
                const std::vector<std::string>& posts, size_t from, size_t to, Fact<Held>& held) {
  v1::WhoHoldsRequest request;
  for (size_t i = from; i < to; ++i) request.add_posts(posts[i]);
  const auto answer = directory.WhoHolds(context::Hurried(context), request);
  if (answer.ok()) {
    held.as_of_seq = answer->as_of_seq();
    for (const auto& holder : answer->holders()) held.value->by_post[holder.post()] = holder;
    return true;
  }
  if (!absl::IsNotFound(answer.status())) return false;
  if (to - from == 1) {
    held.value->unknown.insert(posts[from]);
    return true;
  }
  const size_t middle = from + (to - from) / 2;
  return AskHolders(directory, context, posts, from, middle, held) &&
         AskHolders(directory, context, posts, middle, to, held);
}

}  // namespace

bool CanAnswer(const Held& held, const std::string& post) {
  const auto holder = held.by_post.find(post);
  return holder != held.by_post.end() && !holder->second.person().empty() &&
         holder->second.can_sign_in();
}

absl::StatusOr<Fact<guard::Competence>> Facts::CompetenceOf(const Context& context,
                                                            std::string_view permission,
                                                            const std::vector<std::string>& areas,
                                                            std::string_view field) const {
  auto answer = directory_.CheckCompetence(context::Hurried(context), permission, areas);
  if (!answer.ok()) {
    if (base::GaveNoAnswer(answer.status())) return Fact<guard::Competence>();
    return InCallersWords(answer.status(), field);
  }
  guard::Competence said;
  said.covers_area = answer->covers_area();
  said.outside_area = answer->outside_area();
  said.post_area = answer->post_area();
  said.has_permission = answer->has_permission();
  said.tier_ok = answer->tier_ok();
  said.power_item = answer->power_item();
  said.legal_basis.assign(answer->legal_basis().begin(), answer->legal_basis().end());
  said.as_of_seq = answer->as_of_seq();
  return Fact<guard::Competence>{std::move(said), answer->as_of_seq()};
}

absl::StatusOr<Fact<Place>> Facts::PlaceOf(const Context& context, const std::string& area,
                                           std::string_view field) const {
  v1::GetAreaRequest request;
  request.set_code(area);
  const auto answer = directory_.GetArea(context::Hurried(context), request);
  if (!answer.ok()) {
    if (base::GaveNoAnswer(answer.status())) return Fact<Place>();
    return InCallersWords(answer.status(), field);
  }
  Place place;
  place.path.area = answer->area().code();
  place.areas[answer->area().code()] = answer->area();
  for (const auto& above : answer->ancestors()) {
    place.path.above.push_back(above.code());
    place.areas[above.code()] = above;
  }
  return Fact<Place>{std::move(place), answer->as_of_seq()};
}

Fact<Held> Facts::HoldersOf(const Context& context, const std::vector<std::string>& posts) const {
  Fact<Held> held{Held(), 0};
  for (size_t from = 0; from < posts.size(); from += kHoldersPage) {
    const size_t to = std::min(from + kHoldersPage, posts.size());
    if (!AskHolders(directory_, context, posts, from, to, held)) return Fact<Held>();
  }
  return held;
}

absl::StatusOr<Fact<v1::Post>> Facts::PostOf(const Context& context,
                                             const std::string& post) const {
  v1::GetPostRequest request;
  request.set_name(post);
  auto answer = directory_.GetPost(context::Hurried(context), request);
  if (answer.ok()) return Fact<v1::Post>{std::move(*answer->mutable_post()), answer->as_of_seq()};
  if (base::GaveNoAnswer(answer.status())) return Fact<v1::Post>();
  return answer.status();
}

std::string Facts::SupervisorOf(const Context& context, const std::string& post) const {
  if (post.empty()) return "";
  const auto found = PostOf(context, post);
  return found.ok() && !found->silent() ? found->value->supervisor() : "";
}

std::string Facts::DutyPostOf(const Context& context, const std::string& area) const {
  v1::ListPostsRequest request;
  request.set_area(area);
  request.set_page_size(kPostsPage);
  const auto posts = directory_.ListPosts(context::Hurried(context), request);
  if (!posts.ok()) return "";
  for (const auto& post : posts->posts()) {
    if (post.receives_alerts()) return post.name();
  }
  return "";
}

absl::Status InCallersWords(const absl::Status& status, std::string_view field) {
  const base::Problem problem = base::ProblemOf(status);
  std::string path = problem.field();
  if (absl::StartsWith(path, "areas")) path = absl::StrCat(base::Abs(field), path.substr(5));
  if (path == "code") path = std::string(field);
  return base::ProblemStatus(status.code(), problem.reason(), problem.message(),
                             problem.message_en())
      .Field(path)
      .Rule(problem.rule_id())
      .Law(problem.legal_article())
      .Next(problem.next_step(), problem.next_step_en());
}

}  // namespace huying::directory
