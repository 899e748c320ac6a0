// SPDX-License-Identifier: Apache-2.0
//
// Reads, each of one snapshot.
#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <utility>

#include "absl/strings/match.h"
#include "services/alert/alert_service.h"
#include "services/alert/rules/areas.h"
#include "services/alert/rules/lifecycle.h"
#include "services/alert/rules/recipients.h"
#include "services/alert/rules/viewer.h"
#include "services/alert/store.h"
#include "services/platform/base/status.h"
#include "services/platform/guard/makeups.h"
#include "services/platform/ledger/filled_page.h"

namespace huying::alert {
namespace {
int PageSize(int asked) {
  return asked <= 0 ? ledger::kPageSizeDefault : std::min(asked, ledger::kPageSizeMax);
}

template <typename T, typename Out>
void Fill(ledger::Page<T>& page, Out* items, std::string* next_page_token) {
  for (auto& item : page.items) *items->Add() = std::move(item.value);
  *next_page_token = page.next_page_token;
}

// As this viewer sees it, with the area table it came with.
void Narrow(const rules::Viewer& viewer, v1::Alert& alert) {
  const rules::Parents parents = std::move(*alert.mutable_parents());
  rules::Narrow(viewer, parents, alert);
}

// Reads of one viewer in one snapshot. What lies outside its area is seen when its post is called.
class Eyes {
 public:
  Eyes(const rules::Viewer& viewer, ledger::Reader& reader) : viewer_(viewer), reader_(reader) {}

  absl::StatusOr<bool> See(const v1::Alert& alert) {
    if (rules::SeesByArea(viewer_, alert)) return true;
    if (!rules::WasIssued(alert.state())) return false;
    ASSIGN_OR_RETURN(const auto list, reader_.Find(kRecipientLists, alert.name()));
    if (list && rules::IsCalled(viewer_, list->value)) return true;
    ASSIGN_OR_RETURN(
        const auto steps,
        reader_.All(kEscalations, {.where = {{"alert", "=", ledger::Text(alert.name())}}}));
    return std::any_of(steps.begin(), steps.end(),
                       [&](const auto& step) { return rules::IsCalled(viewer_, step.value); });
  }
  // Of an alert known by its name only; asked once for each.
  absl::StatusOr<bool> SeeNamed(const std::string& name) {
    if (viewer_.all) return true;
    if (const auto known = seen_.find(name); known != seen_.end()) return known->second;
    ASSIGN_OR_RETURN(const auto alert, reader_.Find(kAlerts, name));
    bool sees = false;
    if (alert) {
      ASSIGN_OR_RETURN(sees, See(alert->value));
    }
    return seen_[name] = sees;
  }
  // The alert, or why this viewer is not shown it.
  absl::StatusOr<ledger::Stored<v1::Alert>> Get(const std::string& name, std::string_view field) {
    RETURN_IF_ERROR(rules::ValidateAlertName(name, field));
    ASSIGN_OR_RETURN(auto alert, reader_.Get(kAlerts, name));
    ASSIGN_OR_RETURN(const bool sees, See(alert.value));
    if (!sees) return rules::OutsideView(field);
    return alert;
  }

 private:
  const rules::Viewer& viewer_;
  ledger::Reader& reader_;
  std::map<std::string, bool> seen_;
};

// What each recipient has done, also those still SENT, and whether it was called for.
absl::StatusOr<std::map<std::string, v1::Recipient>> AllRecipients(ledger::Reader& reader,
                                                                   const v1::Alert& alert,
                                                                   const v1::RecipientList& list) {
  ASSIGN_OR_RETURN(auto acts, ActsOf(reader, alert.name()));
  for (const auto& frozen : list.recipients()) {
    acts.try_emplace(frozen.post(), rules::Fresh(alert, frozen));
  }
  ASSIGN_OR_RETURN(
      const auto steps,
      reader.All(kEscalations, {.where = {{"alert", "=", ledger::Text(alert.name())}}}));
  for (const auto& step : steps) {
    for (const std::string& post : step.value.silent_posts()) {
      if (auto act = acts.find(post); act != acts.end()) act->second.set_escalated(true);
    }
  }
  return acts;
}

bool IsOpen(const common::v1::MakeUp& row) {
  return row.state() == common::v1::MakeUp::OPEN || row.state() == common::v1::MakeUp::OVERDUE;
}
}  // namespace

absl::StatusOr<rules::Viewer> AlertService::ViewerFor(const Context& context) {
  const bool process = !context.actor.system().empty() ||
                       absl::StartsWith(context.principal, "node:") ||
                       absl::StartsWith(context.principal, "system:");
  rules::Viewer viewer = rules::ViewerOf(context.actor, process);
  if (viewer.all || viewer.area.empty()) return viewer;
  // A screen does not wait for directory, and is not refused for its sake: what was told last will do.
  const auto place = gather_.facts().PlaceOf(context, viewer.area, "area");
  ASSIGN_OR_RETURN(auto reader, ledger_.Read());
  ASSIGN_OR_RETURN(v1::KnownAreas known, KnownAreasOf(*reader));
  viewer.known = std::move(*known.mutable_parents());
  if (place.ok() && !place->silent()) {
    std::string below = place->value->path.area;
    for (const std::string& above : place->value->path.above) {
      viewer.known[below] = above;
      below = above;
    }
  }
  viewer.ancestors = rules::AncestorsOf(viewer.area, viewer.known);
  return viewer;
}

absl::StatusOr<v1::GetAlertResponse> AlertService::GetAlert(const Context& context,
                                                            const v1::GetAlertRequest& request) {
  ASSIGN_OR_RETURN(const rules::Viewer viewer, ViewerFor(context));
  ASSIGN_OR_RETURN(auto reader, ledger_.Read());
  ASSIGN_OR_RETURN(auto stored, Eyes(viewer, *reader).Get(request.name(), "name"));
  ASSIGN_OR_RETURN(auto list, reader->Find(kRecipientLists, request.name()));
  v1::GetAlertResponse response;
  if (list) {
    rules::Narrow(viewer, stored.value.parents(), list->value);
    *response.mutable_recipients() = std::move(list->value);
  }
  Narrow(viewer, stored.value);
  *response.mutable_alert() = std::move(stored.value);
  response.set_version(stored.version);
  return response;
}

absl::StatusOr<v1::ListAlertsResponse> AlertService::ListAlerts(
    const Context& context, const v1::ListAlertsRequest& request) {
  ASSIGN_OR_RETURN(const rules::Viewer viewer, ViewerFor(context));
  std::optional<AreaPlace> place;
  if (!request.area().empty()) {
    ASSIGN_OR_RETURN(place, PlaceOf(context, request.area()));
    RETURN_IF_ERROR(CheckOwnSubtree(viewer, *place));
  }
  ledger::Filter filter{.newest_first = true, .order_by = "numbered"};
  if (request.in_force_only()) filter.where.push_back({"in_force", "=", ledger::Int(1)});
  if (!request.refers_to().empty()) {
    filter.where.push_back({"refers_to", "=", ledger::Text(request.refers_to())});
  }
  ASSIGN_OR_RETURN(auto reader, ledger_.Read());
  Eyes eyes(viewer, *reader);
  ASSIGN_OR_RETURN(
      auto page,
      ledger::FilledPage(*reader, kAlerts, filter, request.page_size(), request.page_token(),
                         [&](v1::Alert& alert) -> absl::StatusOr<bool> {
                           if (place && !rules::Hears(place->area, place->ancestors, alert)) {
                             return false;
                           }
                           ASSIGN_OR_RETURN(const bool sees, eyes.See(alert));
                           Narrow(viewer, alert);
                           return sees;
                         }));
  v1::ListAlertsResponse response;
  ASSIGN_OR_RETURN(const int64_t head, reader->HeadSeq());
  response.set_as_of_seq(head);
  Fill(page, response.mutable_alerts(), response.mutable_next_page_token());
  return response;
}

absl::StatusOr<v1::ListRecipientsResponse> AlertService::ListRecipients(
    const Context& context, const v1::ListRecipientsRequest& request) {
  ASSIGN_OR_RETURN(const rules::Viewer viewer, ViewerFor(context));
  ASSIGN_OR_RETURN(auto reader, ledger_.Read());
  ASSIGN_OR_RETURN(const auto alert, Eyes(viewer, *reader).Get(request.alert(), "alert"));
  ASSIGN_OR_RETURN(auto list, reader->Find(kRecipientLists, request.alert()));
  v1::RecipientList shown = list ? std::move(list->value) : v1::RecipientList();
  rules::Narrow(viewer, alert.value.parents(), shown);
  ASSIGN_OR_RETURN(auto acts, AllRecipients(*reader, alert.value, shown));
  std::set<std::string> posts;
  for (const auto& frozen : shown.recipients()) posts.insert(frozen.post());
  // Ordered by post; the token is the last one shown.
  const int size = PageSize(request.page_size());
  v1::ListRecipientsResponse response;
  for (auto at = acts.upper_bound(request.page_token()); at != acts.end(); ++at) {
    // One that answered before it was known who must is on no list; its area tells.
    if (posts.count(at->first) == 0 &&
        !rules::InSubtree(viewer, at->second.area(), alert.value.parents())) {
      continue;
    }
    if (response.recipients_size() == size) {
      response.set_next_page_token(response.recipients(size - 1).post());
      break;
    }
    *response.add_recipients() = std::move(at->second);
  }
  return response;
}

absl::StatusOr<v1::ListEscalationsResponse> AlertService::ListEscalations(
    const Context& context, const v1::ListEscalationsRequest& request) {
  ASSIGN_OR_RETURN(const rules::Viewer viewer, ViewerFor(context));
  ASSIGN_OR_RETURN(auto reader, ledger_.Read());
  Eyes eyes(viewer, *reader);
  ledger::Filter filter;
  if (!request.alert().empty()) {
    RETURN_IF_ERROR(eyes.Get(request.alert(), "alert").status());
    filter.where.push_back({"alert", "=", ledger::Text(request.alert())});
  }
  ASSIGN_OR_RETURN(
      auto page,
      ledger::FilledPage(*reader, kEscalations, filter, request.page_size(), request.page_token(),
                         [&](v1::Escalation& step) -> absl::StatusOr<bool> {
                           ASSIGN_OR_RETURN(const bool sees, eyes.SeeNamed(step.alert()));
                           return sees && rules::Narrow(viewer, step);
                         }));
  v1::ListEscalationsResponse response;
  Fill(page, response.mutable_escalations(), response.mutable_next_page_token());
  return response;
}

absl::StatusOr<v1::ListMakeUpsResponse> AlertService::ListMakeUps(
    const Context& context, const v1::ListMakeUpsRequest& request) {
  ASSIGN_OR_RETURN(const rules::Viewer viewer, ViewerFor(context));
  ASSIGN_OR_RETURN(auto reader, ledger_.Read());
  // Paper is the affair of the area that owes it, and of those above.
  ASSIGN_OR_RETURN(
      auto page,
      ledger::FilledPage(*reader, guard::kMakeUps, {}, request.page_size(), request.page_token(),
                         [&](common::v1::MakeUp& row) -> absl::StatusOr<bool> {
                           if (request.open_only() && !IsOpen(row)) return false;
                           return rules::InSubtree(viewer, row.actor().area(), viewer.known);
                         }));
  v1::ListMakeUpsResponse response;
  Fill(page, response.mutable_make_ups(), response.mutable_next_page_token());
  return response;
}

absl::StatusOr<v1::RollUp> AlertService::GetRollUp(const Context& context,
                                                   const v1::GetRollUpRequest& request) {
  ASSIGN_OR_RETURN(const rules::Viewer viewer, ViewerFor(context));
  ASSIGN_OR_RETURN(auto reader, ledger_.Read());
  RETURN_IF_ERROR(Eyes(viewer, *reader).Get(request.alert(), "alert").status());
  ASSIGN_OR_RETURN(v1::RollUp picture, ComputeRollUp(*reader, request.alert(), clock_.Now()));
  rules::Narrow(viewer, picture);
  return picture;
}

absl::Status AlertService::WatchRollUp(const Context& context, const v1::GetRollUpRequest& request,
                                       rpc::Sink<v1::RollUp> sink) {
  ASSIGN_OR_RETURN(const rules::Viewer viewer, ViewerFor(context));
  {
    ASSIGN_OR_RETURN(auto reader, ledger_.Read());
    RETURN_IF_ERROR(Eyes(viewer, *reader).Get(request.alert(), "alert").status());
  }
  return roll_ups_.Watch(request.alert(), viewer, std::move(sink));
}

absl::StatusOr<AlertService::AreaPlace> AlertService::PlaceOf(const Context& context,
                                                              const std::string& asked) {
  AreaPlace place;
  if (!rules::IsAreaCode(asked)) {
    return base::Invalid(base::Reason::FIELD_INVALID, "区域代码应为 6、9 或 12 位数字",
                         "an area code has 6, 9 or 12 digits")
        .Field("area")
        .Rule("alert.area-code");
  }
  ASSIGN_OR_RETURN(auto said, gather_.facts().PlaceOf(context, asked, "area"));
  if (!said.silent()) {
    return AreaPlace{std::move(said.value->path.area), std::move(said.value->path.above)};
  }
  // Directory is silent: the table as it was last told.
  place.area = rules::PadArea(asked);
  ASSIGN_OR_RETURN(auto reader, ledger_.Read());
  ASSIGN_OR_RETURN(const v1::KnownAreas known, KnownAreasOf(*reader));
  place.ancestors = rules::AncestorsOf(place.area, known.parents());
  if (!place.ancestors.empty() || context.actor.tier() == common::v1::DISTRICT) return place;
  return base::Unavailable(
             base::Reason::LOWER_SERVICE_UNAVAILABLE, "目录服务未应答，不知道上级区域，订阅会漏收",
             "directory does not answer: without the areas above alerts would be missed")
      .Next("稍后重试", "try again soon");
}

absl::Status AlertService::CheckOwnSubtree(const rules::Viewer& viewer, const AreaPlace& place) {
  const bool own = place.area == viewer.area;
  if (viewer.all || own || guard::Sees(viewer.actor, {place.area, place.ancestors})) {
    return absl::OkStatus();
  }
  return base::Denied(base::Reason::OUTSIDE_AREA, "只能查看、订阅本辖区及以下",
                      "only your own area and those beneath may be watched")
      .Field("area")
      .Rule("alert.own-subtree")
      .Next("留空 area 即为本辖区", "leave `area` empty for your own");
}

absl::Status AlertService::Subscribe(const Context& context, const v1::SubscribeRequest& request,
                                     rpc::Sink<v1::SubscribeEvent> sink) {
  const std::string& asked = request.area().empty() ? context.actor.area() : request.area();
  ASSIGN_OR_RETURN(const AreaPlace place, PlaceOf(context, asked));
  ASSIGN_OR_RETURN(rules::Viewer viewer, ViewerFor(context));
  RETURN_IF_ERROR(CheckOwnSubtree(viewer, place));
  // Who listens for an area beneath is shown what a post of that area is shown.
  viewer.all = viewer.all && place.area == viewer.area;
  viewer.area = place.area;
  viewer.ancestors = place.ancestors;
  const Listener listener{.viewer = std::move(viewer),
                          .governs = guard::IsGovernment(context.actor.tier())};
  std::optional<common::v1::Cursor> resume_from;
  if (request.has_resume_from()) resume_from = request.resume_from();
  return feed_.Subscribe({.channels = ChannelsOf(listener),
                          .view = std::make_unique<AlertView>(listener, in_force_),
                          .resume_from = std::move(resume_from)},
                         std::move(sink));
}

}  // namespace huying::alert
