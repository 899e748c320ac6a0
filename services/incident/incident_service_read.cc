// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <map>
#include <memory>
#include <utility>

#include "services/incident/incident_service.h"
#include "services/incident/rules/reading.h"
#include "services/incident/rules/tasks.h"
#include "services/platform/base/status.h"
#include "services/platform/duty/list.h"
#include "services/platform/ledger/filled_page.h"
#include "services/platform/privacy/mask.h"

// Reads. A reporter is shown masked; lists do not unseal at all. Each caller sees what lies in his area
// (rules/reading.h): one incident of another's is refused, in a list it is left out.
namespace huying::incident {
namespace {

void Where(ledger::Filter& filter, const char* column, const std::string& value) {
  if (!value.empty()) filter.where.push_back({column, "=", ledger::Text(value)});
}

// The incidents that items of a list belong to, each looked up once.
class Sight {
 public:
  Sight(ledger::Reader& reader, const context::CallContext& context)
      : reader_(reader), viewer_(rules::ViewerOf(context.actor, context.permissions)) {}

  const rules::Viewer& viewer() const { return viewer_; }
  // An item without an incident is nobody's in particular: only who sees everything sees it.
  absl::StatusOr<const v1::Incident*> IncidentOf(const std::string& name) {
    auto at = known_.find(name);
    if (at == known_.end()) {
      ASSIGN_OR_RETURN(auto stored, reader_.Find(kIncidents, name));
      at = known_.emplace(name, stored ? std::move(stored->value) : v1::Incident()).first;
    }
    return &at->second;
  }
  absl::StatusOr<bool> Sees(const std::string& incident) {
    ASSIGN_OR_RETURN(const v1::Incident* found, IncidentOf(incident));
    return rules::MayRead(*found, viewer_);
  }
  // Who executes one of its tasks reads the incident and its responses, wherever his post stands.
  absl::Status CheckExecutorOr(const std::string& incident) {
    const absl::Status by_area = Check(incident);
    if (by_area.ok()) return by_area;
    ASSIGN_OR_RETURN(const auto tasks,
                     reader_.All(kTasks, {.where = {{"incident", "=", ledger::Text(incident)}}}));
    const bool executes = std::any_of(tasks.begin(), tasks.end(), [&](const auto& task) {
      return rules::IsExecutor(task.value, viewer_.actor);
    });
    return executes ? absl::OkStatus() : by_area;
  }
  // A list of one incident that is not his is refused, not empty.
  absl::Status Check(const std::string& incident) {
    if (incident.empty()) return absl::OkStatus();
    ASSIGN_OR_RETURN(const v1::Incident* found, IncidentOf(incident));
    return found->name().empty() ? absl::OkStatus() : rules::CheckRead(*found, viewer_);
  }

 private:
  ledger::Reader& reader_;
  const rules::Viewer viewer_;
  std::map<std::string, v1::Incident> known_;
};

}  // namespace

absl::StatusOr<v1::GetIncidentResponse> IncidentService::GetIncident(
    const Context& context, const v1::GetIncidentRequest& request) {
  ASSIGN_OR_RETURN(std::unique_ptr<ledger::Reader> reader, ledger_.Read());
  ASSIGN_OR_RETURN(auto stored, reader->Get(kIncidents, request.name()));
  RETURN_IF_ERROR(Sight(*reader, context).CheckExecutorOr(request.name()));
  v1::GetIncidentResponse response;
  *response.mutable_incident() = std::move(stored.value);
  response.set_version(stored.version);
  RETURN_IF_ERROR(sealer_.Unseal(*response.mutable_incident()).status());
  RETURN_IF_ERROR(privacy::Mask(*response.mutable_incident()));
  return response;
}

absl::StatusOr<v1::ListIncidentsResponse> IncidentService::ListIncidents(
    const Context& context, const v1::ListIncidentsRequest& request) {
  ledger::Filter filter;
  filter.newest_first = true;
  filter.order_by = "taken";
  if (request.open_only()) filter.where.push_back({"open", "=", ledger::Int(1)});
  ASSIGN_OR_RETURN(std::unique_ptr<ledger::Reader> reader, ledger_.Read());
  const rules::Viewer viewer = rules::ViewerOf(context.actor, context.permissions);
  ASSIGN_OR_RETURN(
      auto page,
      ledger::FilledPage(*reader, kIncidents, filter, request.page_size(), request.page_token(),
                         [&](const v1::Incident& incident) -> absl::StatusOr<bool> {
                           return rules::MayRead(incident, viewer);
                         }));
  v1::ListIncidentsResponse response;
  for (auto& item : page.items) {
    item.value.mutable_reporter()->clear_sealed();
    *response.add_incidents() = std::move(item.value);
  }
  response.set_next_page_token(page.next_page_token);
  return response;
}

absl::StatusOr<v1::ListReportsResponse> IncidentService::ListReports(
    const Context& context, const v1::ListReportsRequest& request) {
  ledger::Filter filter;
  Where(filter, "incident", request.incident());
  ASSIGN_OR_RETURN(std::unique_ptr<ledger::Reader> reader, ledger_.Read());
  Sight sight(*reader, context);
  RETURN_IF_ERROR(sight.Check(request.incident()));
  ASSIGN_OR_RETURN(
      auto page,
      ledger::FilledPage(*reader, kReports, filter, request.page_size(), request.page_token(),
                         [&](const v1::Report& report) { return sight.Sees(report.incident()); }));
  v1::ListReportsResponse response;
  for (auto& item : page.items) *response.add_reports() = std::move(item.value);
  response.set_next_page_token(page.next_page_token);
  return response;
}

absl::StatusOr<v1::GetResponseResponse> IncidentService::GetResponse(
    const Context& context, const v1::GetResponseRequest& request) {
  ASSIGN_OR_RETURN(std::unique_ptr<ledger::Reader> reader, ledger_.Read());
  ASSIGN_OR_RETURN(auto stored, reader->Get(kResponses, request.name()));
  Sight sight(*reader, context);
  RETURN_IF_ERROR(sight.CheckExecutorOr(stored.value.incident()));
  v1::GetResponseResponse response;
  *response.mutable_response() = std::move(stored.value);
  response.set_version(stored.version);
  return response;
}

absl::StatusOr<v1::ListResponsesResponse> IncidentService::ListResponses(
    const Context& context, const v1::ListResponsesRequest& request) {
  ledger::Filter filter;
  Where(filter, "incident", request.incident());
  ASSIGN_OR_RETURN(std::unique_ptr<ledger::Reader> reader, ledger_.Read());
  Sight sight(*reader, context);
  RETURN_IF_ERROR(sight.Check(request.incident()));
  ASSIGN_OR_RETURN(auto page,
                   ledger::FilledPage(*reader, kResponses, filter, request.page_size(),
                                      request.page_token(), [&](const v1::Response& response) {
                                        return sight.Sees(response.incident());
                                      }));
  v1::ListResponsesResponse response;
  for (auto& item : page.items) *response.add_responses() = std::move(item.value);
  response.set_next_page_token(page.next_page_token);
  return response;
}

absl::StatusOr<v1::ListTasksResponse> IncidentService::ListTasks(
    const Context& context, const v1::ListTasksRequest& request) {
  ledger::Filter filter;
  Where(filter, "response", request.response());
  Where(filter, "post", request.executor_post());
  ASSIGN_OR_RETURN(std::unique_ptr<ledger::Reader> reader, ledger_.Read());
  Sight sight(*reader, context);
  const auto sees = [&](const v1::Task& task) -> absl::StatusOr<bool> {
    ASSIGN_OR_RETURN(const v1::Incident* incident, sight.IncidentOf(task.incident()));
    return rules::MayReadTask(task, *incident, sight.viewer());
  };
  ASSIGN_OR_RETURN(auto page, ledger::FilledPage(*reader, kTasks, filter, request.page_size(),
                                                 request.page_token(), sees));
  v1::ListTasksResponse response;
  for (auto& item : page.items) *response.add_tasks() = std::move(item.value);
  response.set_next_page_token(page.next_page_token);
  return response;
}

absl::StatusOr<common::v1::ListObligationsResponse> IncidentService::ListObligations(
    const Context& context, const common::v1::ListObligationsRequest& request) {
  ASSIGN_OR_RETURN(std::unique_ptr<ledger::Reader> reader, ledger_.Read());
  Sight sight(*reader, context);
  const bool own = !request.post().empty() && (request.post() == context.actor.post() ||
                                               request.post() == context.actor.acting_for_post());
  if (!own) RETURN_IF_ERROR(sight.Check(request.case_id()));
  // Whom it concerns sees it, wherever it is.
  return duty::List(*reader, request, clock_.Now(),
                    [&](const duty::Obligation& obligation) -> absl::StatusOr<bool> {
                      if (duty::Concerns(obligation, context.actor)) return true;
                      return sight.Sees(obligation.case_id());
                    });
}

absl::Status IncidentService::WatchInbox(const Context& context,
                                         const common::v1::InboxRequest& request,
                                         rpc::Sink<common::v1::InboxEvent> sink) {
  return inbox_.Subscribe(context.actor, request, std::move(sink));
}

}  // namespace huying::incident
