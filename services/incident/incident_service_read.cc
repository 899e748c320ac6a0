// SPDX-License-Identifier: Apache-2.0
#include <memory>
#include <utility>

#include "services/incident/incident_service.h"
#include "services/platform/base/status.h"
#include "services/platform/guard/makeups.h"
#include "services/platform/privacy/mask.h"

// Reads. A reporter is shown masked; lists do not unseal at all.
namespace huying::incident {
namespace {

template <typename T>
absl::StatusOr<ledger::Page<T>> ListBy(ledger::Ledger& ledger, const ledger::RecordKind<T>& kind,
                                       ledger::Filter filter, int page_size,
                                       const std::string& page_token) {
  ASSIGN_OR_RETURN(std::unique_ptr<ledger::Reader> reader, ledger.Read());
  return reader->List(kind, filter, page_size, page_token);
}

void Where(ledger::Filter& filter, const char* column, const std::string& value) {
  if (!value.empty()) filter.where.push_back({column, "=", ledger::Text(value)});
}

}  // namespace

absl::StatusOr<v1::GetIncidentResponse> IncidentService::GetIncident(
    const Context&, const v1::GetIncidentRequest& request) {
  ASSIGN_OR_RETURN(std::unique_ptr<ledger::Reader> reader, ledger_.Read());
  ASSIGN_OR_RETURN(auto stored, reader->Get(kIncidents, request.name()));
  v1::GetIncidentResponse response;
  *response.mutable_incident() = std::move(stored.value);
  response.set_version(stored.version);
  RETURN_IF_ERROR(sealer_.Unseal(*response.mutable_incident()).status());
  RETURN_IF_ERROR(privacy::Mask(*response.mutable_incident()));
  return response;
}

absl::StatusOr<v1::ListIncidentsResponse> IncidentService::ListIncidents(
    const Context&, const v1::ListIncidentsRequest& request) {
  ledger::Filter filter;
  filter.newest_first = true;
  if (request.open_only()) filter.where.push_back({"open", "=", ledger::Int(1)});
  ASSIGN_OR_RETURN(auto page,
                   ListBy(ledger_, kIncidents, filter, request.page_size(), request.page_token()));
  v1::ListIncidentsResponse response;
  for (auto& item : page.items) {
    item.value.mutable_reporter()->clear_sealed();
    *response.add_incidents() = std::move(item.value);
  }
  response.set_next_page_token(page.next_page_token);
  return response;
}

absl::StatusOr<v1::ListReportsResponse> IncidentService::ListReports(
    const Context&, const v1::ListReportsRequest& request) {
  ledger::Filter filter;
  Where(filter, "incident", request.incident());
  ASSIGN_OR_RETURN(auto page,
                   ListBy(ledger_, kReports, filter, request.page_size(), request.page_token()));
  v1::ListReportsResponse response;
  for (auto& item : page.items) *response.add_reports() = std::move(item.value);
  response.set_next_page_token(page.next_page_token);
  return response;
}

absl::StatusOr<v1::ListClocksResponse> IncidentService::ListClocks(
    const Context&, const v1::ListClocksRequest& request) {
  ledger::Filter filter;
  Where(filter, "incident", request.incident());
  ASSIGN_OR_RETURN(auto page,
                   ListBy(ledger_, kClocks, filter, request.page_size(), request.page_token()));
  v1::ListClocksResponse response;
  for (auto& item : page.items) *response.add_clocks() = std::move(item.value);
  response.set_next_page_token(page.next_page_token);
  return response;
}

absl::StatusOr<v1::GetResponseResponse> IncidentService::GetResponse(
    const Context&, const v1::GetResponseRequest& request) {
  ASSIGN_OR_RETURN(std::unique_ptr<ledger::Reader> reader, ledger_.Read());
  ASSIGN_OR_RETURN(auto stored, reader->Get(kResponses, request.name()));
  v1::GetResponseResponse response;
  *response.mutable_response() = std::move(stored.value);
  response.set_version(stored.version);
  return response;
}

absl::StatusOr<v1::ListResponsesResponse> IncidentService::ListResponses(
    const Context&, const v1::ListResponsesRequest& request) {
  ledger::Filter filter;
  Where(filter, "incident", request.incident());
  ASSIGN_OR_RETURN(auto page,
                   ListBy(ledger_, kResponses, filter, request.page_size(), request.page_token()));
  v1::ListResponsesResponse response;
  for (auto& item : page.items) *response.add_responses() = std::move(item.value);
  response.set_next_page_token(page.next_page_token);
  return response;
}

absl::StatusOr<v1::ListTasksResponse> IncidentService::ListTasks(
    const Context&, const v1::ListTasksRequest& request) {
  ledger::Filter filter;
  Where(filter, "response", request.response());
  Where(filter, "post", request.executor_post());
  ASSIGN_OR_RETURN(auto page,
                   ListBy(ledger_, kTasks, filter, request.page_size(), request.page_token()));
  v1::ListTasksResponse response;
  for (auto& item : page.items) *response.add_tasks() = std::move(item.value);
  response.set_next_page_token(page.next_page_token);
  return response;
}

absl::StatusOr<v1::ListOpenItemsResponse> IncidentService::ListOpenItems(
    const Context&, const v1::ListOpenItemsRequest& request) {
  ledger::Filter filter;
  Where(filter, "incident", request.incident());
  if (request.open_only()) filter.where.push_back({"open", "=", ledger::Int(1)});
  ASSIGN_OR_RETURN(auto page,
                   ListBy(ledger_, kOpenItems, filter, request.page_size(), request.page_token()));
  v1::ListOpenItemsResponse response;
  for (auto& item : page.items) *response.add_items() = std::move(item.value);
  response.set_next_page_token(page.next_page_token);
  return response;
}

absl::StatusOr<v1::ListMakeUpsResponse> IncidentService::ListMakeUps(
    const Context&, const v1::ListMakeUpsRequest& request) {
  // Closed rows are MADE_UP and MADE_UP_LATE; a filter joins with "and" only.
  ledger::Filter filter;
  if (request.open_only()) {
    filter.where.push_back({"state", "!=", ledger::Int(common::v1::MakeUp::MADE_UP)});
    filter.where.push_back({"state", "!=", ledger::Int(common::v1::MakeUp::MADE_UP_LATE)});
  }
  ASSIGN_OR_RETURN(auto page, ListBy(ledger_, guard::kMakeUps, filter, request.page_size(),
                                     request.page_token()));
  v1::ListMakeUpsResponse response;
  for (auto& item : page.items) *response.add_make_ups() = std::move(item.value);
  response.set_next_page_token(page.next_page_token);
  return response;
}

}  // namespace huying::incident
