// SPDX-License-Identifier: Apache-2.0
//
// The way of a warning 预警: drafted, reviewed, signed, issued, adjusted, extended, withdrawn.
#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "services/alert/alert_number.h"
#include "services/alert/alert_service.h"
#include "services/alert/rules/areas.h"
#include "services/alert/rules/ladder.h"
#include "services/alert/rules/lifecycle.h"
#include "services/alert/rules/retract.h"
#include "services/alert/rules/warning.h"
#include "services/alert/store.h"
#include "services/platform/base/clock.h"
#include "services/platform/base/status.h"
#include "services/platform/guard/makeups.h"

namespace huying::alert {
namespace {

constexpr int kChainMax = 100;  // adjustments of one warning

// A draft is nobody's business on the channels; one that is out is everybody's.
void PublishIfOut(ledger::Transaction& tx, const v1::Alert& alert) {
  if (rules::WasIssued(alert.state())) PublishAlert(tx, alert);
}

absl::Status PutPaper(ledger::Transaction& tx, const rules::Paper& paper) {
  tx.Change(kAlerts, paper.alert.name(), paper.alert);
  tx.Subject(kAlerts, paper.alert.name());
  for (const std::string& row : paper.made_up) {
    RETURN_IF_ERROR(guard::CloseMakeUp(tx, row, tx.actor()));
  }
  tx.SetCase(paper.alert.case_id());
  PublishIfOut(tx, paper.alert);
  return absl::OkStatus();
}

// The old one of the chain goes in the same command: no client ever sees two colours in force.
absl::Status SupersedePrevious(ledger::Transaction& tx, v1::Alert& alert,
                               std::optional<v1::Alert>& superseded) {
  if (alert.previous().empty()) return absl::OkStatus();
  ASSIGN_OR_RETURN(auto old, tx.Get(kAlerts, alert.previous()));
  // Drafted against one that was adjusted meanwhile: it replaces the chain's newest.
  for (int length = 0; old.value.state() == v1::SUPERSEDED && length < kChainMax; ++length) {
    ASSIGN_OR_RETURN(old, tx.Get(kAlerts, old.value.next()));
  }
  if (old.value.name() != alert.previous()) {
    tx.AddFlag(
        rules::MakeFlag("alert.chain-newest",
                        absl::StrCat("起草后原预警已调整，现替换其最新一期：", old.value.name())));
    alert.set_previous(old.value.name());
  }
  ASSIGN_OR_RETURN(superseded, rules::Supersede(std::move(old.value), alert, tx.now()));
  rules::UnionTold(*superseded, alert);
  return StopLadder(tx, *superseded);
}
// Says what the correction changes, and asks those it no longer concerns to stop. They answer as quickly
// as they had to answer the one before.
absl::Status StandDown(ledger::Transaction& tx, const v1::Alert& old, const SendFacts& facts,
                       v1::Alert& alert, v1::RecipientList& list) {
  rules::SayWhatChanged(old, alert);
  ASSIGN_OR_RETURN(const auto told, tx.Find(kRecipientLists, old.name()));
  if (!told || rules::AddStoodDown(told->value, alert, list) == 0) return absl::OkStatus();
  alert.set_recipient_count(list.recipients_size());
  rules::TierDurations limits = facts.limits.answer;
  for (auto& [tier, limit] : limits) limit = std::min(limit, rules::DefaultLimit(old, tier));
  rules::SetLimits(list, limits, tx.now(), alert);
  return absl::OkStatus();
}
}  // namespace

AlertService::Command AlertService::DraftCommand(const Context& context,
                                                 const v1::WarningContent& content,
                                                 const std::string& previous,
                                                 const std::string& reason) {
  RETURN_IF_ERROR(rules::ValidateWarning(content, "content", Limits(), context.received_at));
  RETURN_IF_ERROR(rules::CheckDrillWords(content.title(), content.text(), content.confirm_wording(),
                                         mark_, "content"));
  ASSIGN_OR_RETURN(const std::string case_id,
                   rules::CaseOf(content.case_id(), content.refers_to(), context.actor, "content"));
  const std::vector<std::string> asked = ToStrings(content.target_areas());
  ASSIGN_OR_RETURN(Acting acting,
                   GatherActing(context, "alert.warning.draft", asked, "content.target_areas"));
  ASSIGN_OR_RETURN(auto recipients, gather_.Recipients(context, asked, {}, "content.target_areas"));
  const rules::Targets targets = rules::TargetsOf(asked, recipients);
  ledger::Command command;
  if (!previous.empty()) command.reads = {kAlerts.Ref(previous)};
  command.reads.push_back(ledger::CounterRef(AlertSeries(clock_.Now())));
  if (recipients) command.reads.push_back(kKnownAreas.Ref(kKnownAreasKey));
  command.decide = [content, case_id, previous, reason, targets, acting, recipients,
                    mark = mark_](ledger::Transaction& tx) -> absl::Status {
    RETURN_IF_ERROR(
        Judge(tx, acting.competence, targets.areas, acting.known.parents(), rules::Effect::kInside)
            .status());
    v1::Alert alert = rules::DraftWarning(content, targets.areas, tx.actor());
    if (!previous.empty()) {
      ASSIGN_OR_RETURN(const auto old, tx.Get(kAlerts, previous));
      ASSIGN_OR_RETURN(
          alert, rules::DraftSuccessor(old.value, content, targets.areas, reason, tx.actor()));
    }
    ASSIGN_OR_RETURN(std::string name, NextAlertName(tx));
    alert.set_name(name);
    // A successor stays in the case of its chain.
    if (alert.case_id().empty()) alert.set_case_id(case_id.empty() ? name : case_id);
    alert.set_mark(mark);
    if (recipients) {
      alert.mutable_parents()->insert(recipients->parents.begin(), recipients->parents.end());
    }
    tx.Create(kAlerts, name, alert);
    tx.Subject(kAlerts, name);
    tx.SetCase(alert.case_id());
    AddBasis(tx, alert);
    if (targets.guessed) tx.AddFlag(rules::GuessedAreasFlag());
    if (recipients) RETURN_IF_ERROR(RememberAreas(tx, *recipients));
    return absl::OkStatus();
  };
  return command;
}

AlertService::Command AlertService::DraftWarning(const Context& context,
                                                 const v1::DraftWarningRequest& request) {
  return DraftCommand(context, request.content(), "", "");
}

AlertService::Command AlertService::AdjustWarning(const Context& context,
                                                  const v1::AdjustWarningRequest& request) {
  RETURN_IF_ERROR(rules::ValidateReason(request.reason(), "reason", Limits()));
  RETURN_IF_ERROR(PeekWarning(request.name()).status());
  return DraftCommand(context, request.content(), request.name(), request.reason());
}

AlertService::Command AlertService::ReviewWarning(const Context& context,
                                                  const v1::ReviewWarningRequest& request) {
  ASSIGN_OR_RETURN(const v1::Alert seen, PeekWarning(request.name()));
  const std::vector<std::string> areas = ToStrings(seen.target_areas());
  ASSIGN_OR_RETURN(Acting acting, GatherActing(context, "alert.warning.review", areas, "name"));
  std::optional<rules::RecipientFacts> recipients;
  if (!rules::WasIssued(seen.state())) {
    ASSIGN_OR_RETURN(recipients, gather_.Recipients(context, areas, {}, "name"));
  }
  ledger::Command command;
  command.reads = {CaseRef(seen.case_id()), kAlerts.Ref(request.name())};
  command.decide = [request, areas, acting, recipients](ledger::Transaction& tx) -> absl::Status {
    ASSIGN_OR_RETURN(auto stored, tx.Get(kAlerts, request.name()));
    tx.SetCase(stored.value.case_id());
    RETURN_IF_ERROR(JudgeDistrict(tx));
    RETURN_IF_ERROR(
        Judge(tx, acting.competence, areas, stored.value.parents(), rules::Effect::kInside)
            .status());
    RETURN_IF_ERROR(rules::CheckVersion(request.expected_version(), stored.version));
    ASSIGN_OR_RETURN(rules::Paper paper,
                     rules::ReviewWarning(std::move(stored.value), request.opinion(), tx.actor()));
    const bool freeze = recipients && !rules::WasIssued(paper.alert.state());
    v1::RecipientList list;
    if (freeze) {
      rules::Freeze(*recipients, paper.alert, list);
      tx.AddSource("directory", recipients->as_of_seq);
    }
    RETURN_IF_ERROR(PutPaper(tx, paper));
    if (!freeze) return absl::OkStatus();
    tx.Set(kRecipientLists, paper.alert.name(), list);
    return RememberAreas(tx, *recipients);
  };
  return command;
}

AlertService::Command AlertService::SignWarning(const Context& context,
                                                const v1::SignWarningRequest& request) {
  ASSIGN_OR_RETURN(const v1::Alert seen, PeekWarning(request.name()));
  const std::vector<std::string> areas = ToStrings(seen.target_areas());
  ASSIGN_OR_RETURN(Acting acting, GatherActing(context, "alert.warning.sign", areas, "name"));
  const OwedFacts owed = GatherOwed(context, context.actor.area());
  ledger::Command command;
  command.reads = {CaseRef(seen.case_id()), kAlerts.Ref(request.name())};
  command.decide = [request, areas, acting, owed](ledger::Transaction& tx) -> absl::Status {
    ASSIGN_OR_RETURN(auto stored, tx.Get(kAlerts, request.name()));
    tx.SetCase(stored.value.case_id());
    RETURN_IF_ERROR(JudgeDistrict(tx));
    RETURN_IF_ERROR(Judge(tx, acting.competence, areas, stored.value.parents()).status());
    RETURN_IF_ERROR(rules::CheckVersion(request.expected_version(), stored.version));
    ASSIGN_OR_RETURN(rules::Paper paper, rules::SignWarning(std::move(stored.value), tx.actor()));
    RETURN_IF_ERROR(PutPaper(tx, paper));
    if (rules::WasIssued(paper.alert.state())) return absl::OkStatus();
    return OweIssue(tx, paper.alert, owed);
  };
  return command;
}

AlertService::Command AlertService::IssueWarning(const Context& context,
                                                 const v1::IssueWarningRequest& request) {
  ASSIGN_OR_RETURN(const v1::Alert seen, PeekWarning(request.name()));
  const std::vector<std::string> areas = ToStrings(seen.target_areas());
  ASSIGN_OR_RETURN(Acting acting, GatherActing(context, "alert.warning.issue", areas, "name"));
  const absl::Time now = clock_.Now();
  SendFacts facts{.limits = LimitsFor(seen, rules_, now)};
  ASSIGN_OR_RETURN(facts.recipients, gather_.Recipients(context, areas, {}, "name"));
  const OwedFacts owed = GatherOwed(context, context.actor.area());
  facts.unable = UnableToAnswer(context, facts.recipients);
  rules::MakeUpLimits paper;
  paper.review = rules_.DurationOf("alert.make-up.review", now, paper.review);
  paper.signature = rules_.DurationOf("alert.make-up.signature", now, paper.signature);
  if (request.has_urgency()) {
    paper.supervisor_post = gather_.facts().SupervisorOf(context, context.actor.post());
  }
  ledger::Command command;
  command.reads = {CaseRef(seen.case_id()), kAlerts.Ref(request.name()),
                   kRecipientLists.Ref(request.name())};
  if (!seen.previous().empty()) {
    command.reads.push_back(kAlerts.Ref(seen.previous()));
    AddLadderReads(seen.previous(), command);
    command.reads.push_back(kRecipientLists.Ref(seen.previous()));
  }
  command.decide = [request, areas, acting, facts, paper,
                    owed](ledger::Transaction& tx) -> absl::Status {
    ASSIGN_OR_RETURN(auto stored, tx.Get(kAlerts, request.name()));
    tx.SetCase(stored.value.case_id());
    RETURN_IF_ERROR(JudgeDistrict(tx));
    ASSIGN_OR_RETURN(auto verdict, Judge(tx, acting.competence, areas, stored.value.parents()));
    ASSIGN_OR_RETURN(rules::Issued issued,
                     rules::IssueWarning(std::move(stored.value),
                                         request.has_urgency() ? &request.urgency() : nullptr,
                                         paper, tx.actor(), tx.now()));
    v1::Alert& alert = issued.alert;
    alert.set_power_item(verdict.power_item);
    const auto basis = rules::BasisOf(alert.legal_basis(), verdict);
    alert.mutable_legal_basis()->Assign(basis.begin(), basis.end());
    std::optional<v1::Alert> superseded;
    RETURN_IF_ERROR(SupersedePrevious(tx, alert, superseded));
    v1::RecipientList list;
    RETURN_IF_ERROR(FreezeAtIssue(tx, facts, alert, list));
    if (superseded) RETURN_IF_ERROR(StandDown(tx, *superseded, facts, alert, list));
    tx.Change(kAlerts, alert.name(), alert);
    SendOut(tx, facts, alert, list);
    if (superseded) {
      tx.Change(kAlerts, superseded->name(), *superseded);
      RETURN_IF_ERROR(NothingOwed(tx, *superseded, "已由新一期预警替换"));
    }
    RETURN_IF_ERROR(Done(tx, alert, kIssueRule, "已发布"));
    RETURN_IF_ERROR(OweDecision(tx, alert, owed));
    if (facts.recipients) RETURN_IF_ERROR(RememberAreas(tx, *facts.recipients));
    return guard::OpenMakeUps(tx, issued.make_ups, alert.case_id());
  };
  return command;
}

AlertService::Command AlertService::ExtendWarning(const Context& context,
                                                  const v1::ExtendWarningRequest& request) {
  RETURN_IF_ERROR(rules::ValidateReason(request.reason(), "reason", Limits()));
  if (!request.has_expires_at()) {
    return base::Invalid(base::Reason::FIELD_MISSING, "缺少新的到期时间", "the new end is missing")
        .Field("expires_at");
  }
  ASSIGN_OR_RETURN(const v1::Alert seen, PeekWarning(request.name()));
  const std::vector<std::string> areas = ToStrings(seen.target_areas());
  ASSIGN_OR_RETURN(Acting acting, GatherActing(context, "alert.warning.sign", areas, "name"));
  ledger::Command command;
  command.reads = {CaseRef(seen.case_id()), kAlerts.Ref(request.name())};
  command.decide = [request, areas, acting](ledger::Transaction& tx) -> absl::Status {
    ASSIGN_OR_RETURN(auto stored, tx.Get(kAlerts, request.name()));
    tx.SetCase(stored.value.case_id());
    RETURN_IF_ERROR(JudgeDistrict(tx));
    RETURN_IF_ERROR(Judge(tx, acting.competence, areas, stored.value.parents()).status());
    ASSIGN_OR_RETURN(v1::Alert alert,
                     rules::Extend(std::move(stored.value), base::FromProto(request.expires_at()),
                                   request.reason(), tx.now()));
    tx.Change(kAlerts, alert.name(), alert);
    tx.SetDeadline({.key = rules::ExpiryDeadlineKey(alert.name()),
                    .handler = rules::kExpiryHandler,
                    .due_at = base::FromProto(alert.expires_at()),
                    .subject = alert.name()});
    PublishAlert(tx, alert);
    return absl::OkStatus();
  };
  return command;
}

AlertService::Command AlertService::WithdrawDraft(const Context& context,
                                                  const v1::WithdrawDraftRequest& request) {
  RETURN_IF_ERROR(rules::ValidateReason(request.reason(), "reason", Limits()));
  ASSIGN_OR_RETURN(const v1::Alert seen, PeekWarning(request.name()));
  const std::vector<std::string> areas = ToStrings(seen.target_areas());
  ASSIGN_OR_RETURN(Acting acting, GatherActing(context, "alert.warning.draft", areas, "name"));
  ledger::Command command;
  command.reads = {CaseRef(seen.case_id()), kAlerts.Ref(request.name())};
  command.decide = [request, areas, acting](ledger::Transaction& tx) -> absl::Status {
    ASSIGN_OR_RETURN(auto stored, tx.Get(kAlerts, request.name()));
    tx.SetCase(stored.value.case_id());
    RETURN_IF_ERROR(
        Judge(tx, acting.competence, areas, stored.value.parents(), rules::Effect::kInside)
            .status());
    // What was signed is withdrawn where it was signed, or above.
    const bool is_signed = stored.value.has_signer();
    RETURN_IF_ERROR(JudgeEnding(tx, is_signed ? stored.value.signer() : stored.value.drafter(),
                                acting.competence, stored.value.parents()));
    ASSIGN_OR_RETURN(v1::Alert alert,
                     rules::Withdraw(std::move(stored.value), request.reason(), tx.now()));
    tx.Change(kAlerts, alert.name(), alert);
    tx.Subject(kAlerts, alert.name());
    RETURN_IF_ERROR(NothingOwed(tx, alert, "草稿已撤回"));
    if (is_signed) {
      // Its signer, and whoever is about to issue it, are told.
      tx.Publish(rules::Up(alert.signer().area()));
      tx.Publish(rules::Up(alert.drafter().area()));
    }
    return absl::OkStatus();
  };
  return command;
}

}  // namespace huying::alert
