// SPDX-License-Identifier: Apache-2.0
#include "services/incident/response_effects.h"

#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "services/incident/case_tx.h"
#include "services/incident/rules/responses.h"
#include "services/incident/store.h"
#include "services/platform/base/clock.h"
#include "services/platform/base/status.h"

namespace huying::incident {
namespace {

using Outcome = absl::StatusOr<common::v1::Receipt>;

std::optional<v1::Response> ChangedResponse(const platform::v1::Entry& entry) {
  for (const platform::v1::Change& change : entry.changes()) {
    if (change.kind() == kResponses.name() && !change.deleted()) {
      return ledger::RecordKind<v1::Response>::Parse(change.image());
    }
  }
  return std::nullopt;
}

// An alert that somebody lifted before has what the step wants.
bool IsDone(const Outcome& outcome, bool lifting) {
  if (outcome.ok()) return true;
  return lifting && base::ProblemOf(outcome.status()).reason() == base::Reason::ILLEGAL_TRANSITION;
}

// R13: what was refused is an open item of the duty officer; it blocks nothing and does not vanish.
ledger::Command RecordCommand(const std::string& response, const std::string& effect_id,
                              const std::string& lifted, const Outcome& outcome) {
  v1::Response::Effect effect;
  effect.set_id(effect_id);
  if (IsDone(outcome, !lifted.empty())) {
    effect.set_result(lifted.empty() ? outcome->name() : lifted);
  } else {
    effect.set_problem(base::ProblemOf(outcome.status()).message());
  }
  ledger::Command command;
  command.act = "incident.RecordEffect";
  command.reads = {kResponses.Ref(response)};
  command.decide = [response, effect](ledger::Transaction& tx) -> absl::Status {
    ASSIGN_OR_RETURN(auto stored, tx.Get(kResponses, response));
    ASSIGN_OR_RETURN(auto incident, tx.Get(kIncidents, stored.value.incident()));
    v1::Response::Effect timed = effect;
    *timed.mutable_at() = base::ToProto(tx.now());
    rules::RecordEffect(stored.value, std::move(timed));
    tx.Change(kResponses, response, stored.value);
    tx.Subject(kResponses, response);
    tx.SetCase(incident.value.name());
    for (const std::string& channel : ChannelsOf(incident.value)) tx.Publish(channel);
    if (effect.problem().empty()) return absl::OkStatus();
    return OpenItem(tx, incident.value, response, "response.effect-refused",
                    absl::StrCat("响应的后续动作 ", effect.id(), " 未能完成：", effect.problem()));
  };
  return command;
}

alert::v1::IssueNoticeRequest NoticeOf(const v1::Response& response,
                                       const plan::v1::NoticeTemplate& notice) {
  alert::v1::IssueNoticeRequest request;
  request.set_title(notice.title());
  request.set_text(notice.text());
  *request.mutable_target_areas() = notice.areas().empty() ? response.areas() : notice.areas();
  request.set_refers_to(response.name());
  request.set_case_id(response.incident());
  request.set_urgent(notice.urgent());
  *request.mutable_tiers() = notice.tiers();
  *request.mutable_legal_basis() = response.legal_basis();
  return request;
}

}  // namespace

std::vector<ledger::Step> ResponseEffects::StepsFor(const ledger::StoredEntry& stored) {
  std::vector<ledger::Step> steps;
  const std::optional<v1::Response> response = ChangedResponse(stored.entry);
  if (!response) return steps;
  for (const plan::v1::NoticeTemplate& notice : response->notices_to_issue()) {
    steps.push_back(
        {.id = absl::StrCat("notice/", notice.id()),
         .act =
             [this,
              request = NoticeOf(*response, notice)](const context::CallContext& context) mutable {
               request.set_request_id(context.request_id);
               return alerts_.IssueNotice(context, request);
             },
         .record = [name = response->name(), id = notice.id()](
                       const Outcome& outcome) { return RecordCommand(name, id, "", outcome); }});
  }
  for (const std::string& alert : response->alerts_to_lift()) {
    const std::string id = absl::StrCat("lift/", alert);
    steps.push_back(
        {.id = id,
         .act =
             [this, alert, reason = response->end_reason()](const context::CallContext& context) {
               alert::v1::LiftAlertRequest request;
               request.set_request_id(context.request_id);
               request.set_name(alert);
               request.set_reason(absl::StrCat("响应终止：", reason));
               return alerts_.LiftAlert(context, request);
             },
         .record =
             [name = response->name(), id, alert](const Outcome& outcome) {
               return RecordCommand(name, id, alert, outcome);
             }});
  }
  return steps;
}

}  // namespace huying::incident
