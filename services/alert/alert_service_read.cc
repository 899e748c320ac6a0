// SPDX-License-Identifier: Apache-2.0
//
// Reads, each of one snapshot.
#include <algorithm>
#include <set>
#include <utility>

#include "services/alert/alert_service.h"
#include "services/alert/rules/areas.h"
#include "services/alert/rules/lifecycle.h"
#include "services/alert/rules/recipients.h"
#include "services/alert/store.h"
#include "services/platform/base/status.h"
#include "services/platform/guard/makeups.h"

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
}  // namespace

absl::StatusOr<v1::GetAlertResponse> AlertService::GetAlert(const Context&,
                                                            const v1::GetAlertRequest& request) {
  RETURN_IF_ERROR(rules::ValidateAlertName(request.name(), "name"));
  ASSIGN_OR_RETURN(auto reader, ledger_.Read());
  ASSIGN_OR_RETURN(auto stored, reader->Get(kAlerts, request.name()));
  ASSIGN_OR_RETURN(auto list, reader->Find(kRecipientLists, request.name()));
  v1::GetAlertResponse response;
  *response.mutable_alert() = std::move(stored.value);
  response.set_version(stored.version);
  if (list) *response.mutable_recipients() = std::move(list->value);
  return response;
}

absl::StatusOr<v1::ListAlertsResponse> AlertService::ListAlerts(
    const Context& context, const v1::ListAlertsRequest& request) {
  std::vector<std::string> ancestors;
  std::string area;
  if (!request.area().empty()) {
    ASSIGN_OR_RETURN(const AreaPlace place, PlaceOf(context, request.area()));
    area = place.area;
    ancestors = place.ancestors;
  }
  ledger::Filter filter{.newest_first = true};
  if (request.in_force_only()) filter.where.push_back({"in_force", "=", ledger::Int(1)});
  if (!request.refers_to().empty()) {
    filter.where.push_back({"refers_to", "=", ledger::Text(request.refers_to())});
  }
  ASSIGN_OR_RETURN(auto reader, ledger_.Read());
  ASSIGN_OR_RETURN(auto page,
                   reader->List(kAlerts, filter, request.page_size(), request.page_token()));
  v1::ListAlertsResponse response;
  ASSIGN_OR_RETURN(const int64_t head, reader->HeadSeq());
  response.set_as_of_seq(head);
  response.set_next_page_token(page.next_page_token);
  for (auto& alert : page.items) {
    // What an area hears is told by its path, not by a column: a page may come out short.
    if (!area.empty() && !rules::Hears(area, ancestors, alert.value)) continue;
    *response.add_alerts() = std::move(alert.value);
  }
  return response;
}

absl::StatusOr<v1::ListRecipientsResponse> AlertService::ListRecipients(
    const Context&, const v1::ListRecipientsRequest& request) {
  RETURN_IF_ERROR(rules::ValidateAlertName(request.alert(), "alert"));
  ASSIGN_OR_RETURN(auto reader, ledger_.Read());
  ASSIGN_OR_RETURN(const auto alert, reader->Get(kAlerts, request.alert()));
  ASSIGN_OR_RETURN(const auto list, reader->Find(kRecipientLists, request.alert()));
  ASSIGN_OR_RETURN(auto acts, ActsOf(*reader, request.alert()));
  ASSIGN_OR_RETURN(
      const auto steps,
      reader->All(kEscalations, {.where = {{"alert", "=", ledger::Text(request.alert())}}}));
  if (list) {
    for (const auto& frozen : list->value.recipients()) {
      acts.try_emplace(frozen.post(), rules::Fresh(alert.value, frozen));
    }
  }
  for (const auto& step : steps) {
    for (const std::string& post : step.value.silent_posts()) {
      if (auto act = acts.find(post); act != acts.end()) act->second.set_escalated(true);
    }
  }
  // Ordered by post; the token is the last one shown.
  const int size = PageSize(request.page_size());
  v1::ListRecipientsResponse response;
  for (auto at = acts.upper_bound(request.page_token()); at != acts.end(); ++at) {
    if (response.recipients_size() == size) {
      response.set_next_page_token(response.recipients(size - 1).post());
      break;
    }
    *response.add_recipients() = std::move(at->second);
  }
  return response;
}

absl::StatusOr<v1::ListEscalationsResponse> AlertService::ListEscalations(
    const Context&, const v1::ListEscalationsRequest& request) {
  ledger::Filter filter;
  if (!request.alert().empty()) {
    filter.where.push_back({"alert", "=", ledger::Text(request.alert())});
  }
  ASSIGN_OR_RETURN(auto reader, ledger_.Read());
  ASSIGN_OR_RETURN(auto page,
                   reader->List(kEscalations, filter, request.page_size(), request.page_token()));
  v1::ListEscalationsResponse response;
  Fill(page, response.mutable_escalations(), response.mutable_next_page_token());
  return response;
}

absl::StatusOr<v1::ListMakeUpsResponse> AlertService::ListMakeUps(
    const Context&, const v1::ListMakeUpsRequest& request) {
  ASSIGN_OR_RETURN(auto reader, ledger_.Read());
  ASSIGN_OR_RETURN(auto page,
                   reader->List(guard::kMakeUps, {}, request.page_size(), request.page_token()));
  v1::ListMakeUpsResponse response;
  response.set_next_page_token(page.next_page_token);
  for (auto& row : page.items) {
    const auto state = row.value.state();
    const bool open = state == common::v1::MakeUp::OPEN || state == common::v1::MakeUp::OVERDUE;
    if (request.open_only() && !open) continue;
    *response.add_make_ups() = std::move(row.value);
  }
  return response;
}

absl::StatusOr<v1::RollUp> AlertService::GetRollUp(const Context&,
                                                   const v1::GetRollUpRequest& request) {
  RETURN_IF_ERROR(rules::ValidateAlertName(request.alert(), "alert"));
  ASSIGN_OR_RETURN(auto reader, ledger_.Read());
  return ComputeRollUp(*reader, request.alert(), clock_.Now());
}

absl::Status AlertService::WatchRollUp(const Context&, const v1::GetRollUpRequest& request,
                                       rpc::Sink<v1::RollUp> sink) {
  RETURN_IF_ERROR(rules::ValidateAlertName(request.alert(), "alert"));
  return streams_.WatchRollUp(request.alert(), std::move(sink));
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
  ASSIGN_OR_RETURN(const auto path, gather_.AreaPath(context, asked));
  if (path) {
    place.area = path->targets.front();
    rules::Parents parents(path->parents.begin(), path->parents.end());
    place.ancestors = rules::AncestorsOf(place.area, parents);
    return place;
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

absl::Status AlertService::Subscribe(const Context& context, const v1::SubscribeRequest& request,
                                     rpc::Sink<v1::SubscribeEvent> sink) {
  const std::string& asked = request.area().empty() ? context.actor.area() : request.area();
  ASSIGN_OR_RETURN(const AreaPlace place, PlaceOf(context, asked));
  const std::string& own = context.actor.area();
  const bool beneath =
      std::find(place.ancestors.begin(), place.ancestors.end(), own) != place.ancestors.end();
  if (place.area != own && !beneath) {
    return base::Denied(base::Reason::OUTSIDE_AREA, "只能订阅本辖区及以下",
                        "only your own area and those beneath may be watched")
        .Field("area")
        .Rule("alert.own-subtree");
  }
  AlertStreams::Listener listener{.area = place.area, .ancestors = place.ancestors};
  if (request.has_resume_from()) listener.resume_from = request.resume_from();
  return streams_.Subscribe(listener, std::move(sink));
}

}  // namespace huying::alert
