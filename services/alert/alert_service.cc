// SPDX-License-Identifier: Apache-2.0
#include "services/alert/alert_service.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "services/alert/alert_number.h"
#include "services/alert/rules/areas.h"
#include "services/alert/rules/ladder.h"
#include "services/alert/rules/lifecycle.h"
#include "services/alert/rules/warning.h"
#include "services/alert/store.h"
#include "services/platform/base/status.h"

namespace huying::alert {
using base::Reason;

AlertService::AlertService(Needs needs)
    : ledger_(needs.ledger),
      clock_(needs.clock),
      rules_(needs.rules),
      mark_(std::move(needs.mark)),
      gather_(needs.directory),
      feed_(needs.ledger, needs.clock, needs.hub, needs.feed),
      roll_ups_(needs.ledger, needs.clock, needs.hub, needs.roll_up_pause) {}

AlertService::~AlertService() = default;

rules::ContentLimits AlertService::Limits() const {
  const absl::Time now = clock_.Now();
  rules::ContentLimits limits;
  const auto number = [&](std::string_view id, int otherwise) {
    return static_cast<int>(rules_.NumberOf(id, now, otherwise));
  };
  limits.title_chars_max = number("alert.title-max", limits.title_chars_max);
  limits.text_chars_max = number("alert.text-max", limits.text_chars_max);
  limits.target_areas_max = number("alert.target-areas-max", limits.target_areas_max);
  limits.measures_chars_min_red_orange =
      number("alert.measures-min-red-orange", limits.measures_chars_min_red_orange);
  limits.evacuated_max = number("alert.evacuated-max", limits.evacuated_max);
  return limits;
}

absl::StatusOr<AlertService::Acting> AlertService::GatherActing(
    const Context& context, std::string_view permission, const std::vector<std::string>& areas,
    std::string_view field) {
  Acting acting;
  ASSIGN_OR_RETURN(auto said, gather_.facts().CompetenceOf(context, permission, areas, field));
  acting.competence = std::move(said.value);
  if (acting.competence) return acting;
  ASSIGN_OR_RETURN(auto reader, ledger_.Read());
  ASSIGN_OR_RETURN(acting.known, KnownAreasOf(*reader));
  return acting;
}

std::vector<std::string> AlertService::UnableToAnswer(
    const Context& context, const std::optional<rules::RecipientFacts>& recipients) const {
  std::vector<std::string> posts;
  if (!recipients) return posts;
  for (const auto& recipient : recipients->list.recipients()) posts.push_back(recipient.post());
  const auto held = gather_.facts().HoldersOf(context, posts);
  if (held.silent()) return {};
  posts.erase(
      std::remove_if(posts.begin(), posts.end(),
                     [&](const auto& post) { return directory::CanAnswer(*held.value, post); }),
      posts.end());
  return posts;
}

absl::StatusOr<v1::Alert> AlertService::Peek(const std::string& name) {
  RETURN_IF_ERROR(rules::ValidateAlertName(name, "name"));
  ASSIGN_OR_RETURN(auto reader, ledger_.Read());
  ASSIGN_OR_RETURN(auto stored, reader->Get(kAlerts, name));
  return std::move(stored.value);
}

absl::StatusOr<v1::Alert> AlertService::PeekWarning(const std::string& name) {
  ASSIGN_OR_RETURN(v1::Alert alert, Peek(name));
  if (alert.kind() == v1::WARNING) return alert;
  return base::Refused(Reason::ILLEGAL_TRANSITION, "这是紧急通知，不是预警",
                       "this is a notice, not a warning")
      .Field("name")
      .Rule("alert.lifecycle")
      .Next("紧急通知只能解除；需要更改的另发通知", "lift it, or send another notice");
}

absl::StatusOr<rules::CompetenceVerdict> Judge(ledger::Transaction& tx,
                                               const std::optional<rules::Competence>& competence,
                                               const std::vector<std::string>& areas,
                                               const rules::Parents& known, rules::Effect effect) {
  auto verdict = rules::JudgeCompetence(tx.actor(), competence, areas, known, effect);
  if (!verdict.ok()) {
    // Denied access is a fact for whoever supervises.
    if (verdict.status().code() == absl::StatusCode::kPermissionDenied) tx.KeepRefusal();
    return verdict.status();
  }
  if (competence) tx.AddSource("directory", competence->as_of_seq);
  AddFlags(tx, verdict->flags);
  return verdict;
}

absl::Status JudgeDistrict(ledger::Transaction& tx) {
  absl::Status status = rules::RequireDistrict(tx.actor());
  if (!status.ok()) tx.KeepRefusal();
  return status;
}

absl::Status JudgeEnding(ledger::Transaction& tx, const common::v1::Actor& origin,
                         const std::optional<rules::Competence>& competence,
                         const rules::Parents& parents) {
  // Who acts for another post stands where that post does.
  common::v1::Actor ending = tx.actor();
  if (competence && !competence->post_area.empty()) ending.set_area(competence->post_area);
  absl::Status status = rules::RequireSameAreaOrAbove(origin, ending, parents);
  if (!status.ok()) tx.KeepRefusal();
  return status;
}

absl::Status JudgeEndingOfIssued(ledger::Transaction& tx, const v1::Alert& alert,
                                 const std::optional<rules::Competence>& competence,
                                 const std::vector<std::string>& areas) {
  tx.SetCase(alert.case_id());
  if (alert.kind() == v1::WARNING) RETURN_IF_ERROR(JudgeDistrict(tx));
  RETURN_IF_ERROR(Judge(tx, competence, areas, alert.parents()).status());
  return JudgeEnding(tx, alert.issuer(), competence, alert.parents());
}

std::string AlertSeries(absl::Time at) {
  const int64_t year = absl::ToCivilYear(at, absl::FixedTimeZone(8 * 60 * 60)).year();
  return absl::StrCat("alerts/", year);
}

absl::StatusOr<std::string> NextAlertName(ledger::Transaction& tx) {
  const std::string series = AlertSeries(tx.now());
  ASSIGN_OR_RETURN(const int64_t number, tx.NextNumber(series));
  return absl::StrFormat("%s-%04d", series, number);
}

AlertService::Command AlertService::IssueNotice(const Context& context,
                                                const v1::IssueNoticeRequest& request) {
  RETURN_IF_ERROR(rules::ValidateNotice(request, Limits(), context.received_at));
  RETURN_IF_ERROR(rules::CheckDrillWords(request.title(), request.text(), request.confirm_wording(),
                                         mark_, ""));
  ASSIGN_OR_RETURN(const std::string case_id,
                   rules::CaseOf(request.case_id(), request.refers_to(), context.actor, ""));
  const std::vector<std::string> asked = ToStrings(request.target_areas());
  ASSIGN_OR_RETURN(Acting acting, GatherActing(context, "alert.notice.issue", asked));
  SendFacts facts;
  std::vector<common::v1::Tier> tiers;
  for (const int tier : request.tiers()) tiers.push_back(static_cast<common::v1::Tier>(tier));
  ASSIGN_OR_RETURN(facts.recipients, gather_.Recipients(context, asked, tiers));
  facts.unable = UnableToAnswer(context, facts.recipients);
  const rules::Targets targets = rules::TargetsOf(asked, facts.recipients);
  const absl::Time now = clock_.Now();
  facts.limits =
      LimitsFor(rules::IssueNotice(request, targets.areas, context.actor, now), rules_, now);

  ledger::Command command;
  command.reads = {CaseRef(case_id), kKnownAreas.Ref(kKnownAreasKey),
                   ledger::CounterRef(AlertSeries(now))};
  command.decide = [request, targets, case_id, acting, facts,
                    mark = mark_](ledger::Transaction& tx) -> absl::Status {
    ASSIGN_OR_RETURN(auto verdict,
                     Judge(tx, acting.competence, targets.areas, acting.known.parents()));
    v1::Alert alert = rules::IssueNotice(request, targets.areas, tx.actor(), tx.now());
    ASSIGN_OR_RETURN(std::string name, NextAlertName(tx));
    alert.set_name(name);
    alert.set_case_id(case_id.empty() ? name : case_id);
    alert.set_mark(mark);
    alert.set_power_item(verdict.power_item);
    const auto basis = rules::BasisOf(request.legal_basis(), verdict);
    alert.mutable_legal_basis()->Assign(basis.begin(), basis.end());
    v1::RecipientList list;
    RETURN_IF_ERROR(FreezeAtIssue(tx, facts, alert, list));
    tx.Create(kAlerts, name, alert);
    SendOut(tx, facts, alert, list);
    if (targets.guessed) tx.AddFlag(rules::GuessedAreasFlag());
    if (facts.recipients) RETURN_IF_ERROR(RememberAreas(tx, *facts.recipients));
    return absl::OkStatus();
  };
  return command;
}

AlertService::Command AlertService::LiftAlert(const Context& context,
                                              const v1::LiftAlertRequest& request) {
  RETURN_IF_ERROR(rules::ValidateReason(request.reason(), "reason", Limits()));
  ASSIGN_OR_RETURN(const v1::Alert seen, Peek(request.name()));
  const bool warning = seen.kind() == v1::WARNING;
  const std::vector<std::string> areas = ToStrings(seen.target_areas());
  ASSIGN_OR_RETURN(
      Acting acting,
      GatherActing(context, warning ? "alert.warning.sign" : "alert.notice.issue", areas, "name"));
  if (warning && !acting.competence) {
    // The policy asked for alert.lift only; a warning wants its signer's permission.
    if (!context.permissions.Contains("alert.warning.sign")) {
      return base::Denied(Reason::PERMISSION_MISSING, "解除预警须由签发岗位办理",
                          "a warning is lifted by a post that may sign one")
          .Rule("alert.competence");
    }
  }
  ledger::Command command;
  command.reads = {CaseRef(seen.case_id()), kAlerts.Ref(request.name())};
  AddLadderReads(seen.name(), command);
  command.decide = [request, areas, acting](ledger::Transaction& tx) -> absl::Status {
    ASSIGN_OR_RETURN(auto stored, tx.Get(kAlerts, request.name()));
    RETURN_IF_ERROR(JudgeEndingOfIssued(tx, stored.value, acting.competence, areas));
    ASSIGN_OR_RETURN(v1::Alert alert,
                     rules::Lift(std::move(stored.value), request.reason(), tx.actor(), tx.now()));
    tx.Change(kAlerts, alert.name(), alert);
    tx.Subject(kAlerts, alert.name());
    RETURN_IF_ERROR(NothingOwed(tx, alert, "预警已解除"));
    AddBasis(tx, alert);
    PublishAlert(tx, alert);
    return StopLadder(tx, alert);
  };
  return command;
}

}  // namespace huying::alert
