// SPDX-License-Identifier: Apache-2.0
#include "services/alert/send_out.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "services/alert/rules/areas.h"
#include "services/alert/rules/ladder.h"
#include "services/platform/base/clock.h"
#include "services/platform/base/status.h"

namespace huying::alert {
namespace {
constexpr absl::Duration kGrace = absl::ZeroDuration();
constexpr absl::Duration kWait = absl::Minutes(5);
constexpr absl::Duration kResolveRetry = absl::Seconds(30);
constexpr absl::Duration kResolveAlarm = absl::Minutes(5);
constexpr absl::Duration kResolveGiveUp = absl::Hours(24);

void FlagRecipients(ledger::Transaction& tx, const v1::Alert& alert, const v1::RecipientList& list,
                    const std::vector<std::string>& unable) {
  if (alert.recipients_unknown()) {
    tx.AddFlag(rules::MakeFlag("alert.recipients-unknown",
                               "目录服务未应答：应答对象待定，恢复后自动确定"));
  } else if (alert.recipients_stale()) {
    tx.AddFlag(
        rules::MakeFlag("alert.recipients-stale", "目录服务未应答：按审核时确定的应答对象发出"));
  }
  if (list.recipients().empty() && !alert.recipients_unknown()) {
    tx.AddFlag(rules::MakeFlag("alert.nobody-to-answer",
                               "没有任何岗位需要应答：请核对目标区域和层级，并电话通知"));
  }
  if (!unable.empty()) {
    tx.AddFlag(rules::MakeFlag(
        "alert.nobody-can-answer",
        absl::StrCat("此刻无人能登录应答的岗位，请电话通知：", absl::StrJoin(unable, "、"))));
  }
  if (!list.silent_areas().empty()) {
    tx.AddFlag(rules::MakeFlag(
        "alert.area-without-post",
        absl::StrCat("无应答岗位的区域：", absl::StrJoin(list.silent_areas(), "、"))));
  }
}
}  // namespace

LadderLimits LimitsFor(const v1::Alert& alert, const huying::rules::RuleTable& table,
                       absl::Time at) {
  LadderLimits limits;
  for (const auto tier : {common::v1::EXTERNAL, common::v1::DISTRICT, common::v1::SUBDISTRICT,
                          common::v1::COMMUNITY}) {
    limits.answer[tier] =
        table.DurationOf(rules::LimitRuleId(alert, tier), at, rules::DefaultLimit(alert, tier));
  }
  limits.grace = table.DurationOf("alert.answer-grace", at, kGrace);
  limits.wait = table.DurationOf("alert.ladder-wait", at, kWait);
  limits.ask.retry = table.DurationOf("alert.resolve-retry", at, kResolveRetry);
  limits.ask.alarm_after = table.DurationOf("alert.resolve-alarm", at, kResolveAlarm);
  limits.ask.give_up_after = table.DurationOf("alert.resolve-give-up", at, kResolveGiveUp);
  return limits;
}

absl::Status FreezeAtIssue(ledger::Transaction& tx, const SendFacts& facts, v1::Alert& alert,
                           v1::RecipientList& list) {
  if (facts.recipients) {
    rules::Freeze(*facts.recipients, alert, list);
    tx.AddSource("directory", facts.recipients->as_of_seq);
  } else {
    ASSIGN_OR_RETURN(auto frozen, tx.Find(kRecipientLists, alert.name()));
    ASSIGN_OR_RETURN(auto known, tx.Find(kKnownAreas, kKnownAreasKey));
    if (known) {
      // Only what the caller could not say: who is whose parent.
      for (const auto& [area, parent] : known->value.parents()) {
        alert.mutable_parents()->insert({area, parent});
      }
    }
    if (frozen) list = std::move(frozen->value);
    list.set_alert(alert.name());
    alert.set_recipients_stale(true);
    alert.set_recipients_unknown(!frozen.has_value());
    alert.set_recipients_revision(alert.recipients_revision() + 1);
  }
  rules::LeaveOutIssuer(alert, list);
  rules::SetLimits(list, facts.limits.answer, tx.now(), alert);
  return absl::OkStatus();
}

void SetAnswerRows(ledger::Transaction& tx, const v1::Alert& alert, const LadderLimits& limits) {
  for (const auto& limit : alert.limits()) {
    tx.SetDeadline({.key = rules::AnswerDeadlineKey(alert.name(), limit.tier()),
                    .handler = rules::kAnswerLimitHandler,
                    .due_at = base::FromProto(limit.limit_at()),
                    .grace = limits.grace,
                    .subject = alert.name()});
  }
}

void SendOut(ledger::Transaction& tx, const SendFacts& facts, const v1::Alert& alert,
             const v1::RecipientList& list) {
  tx.Subject(kAlerts, alert.name());
  tx.Set(kRecipientLists, alert.name(), list);
  tx.SetCase(alert.case_id());
  SetAnswerRows(tx, alert, facts.limits);
  if (alert.has_expires_at()) {
    tx.SetDeadline({.key = rules::ExpiryDeadlineKey(alert.name()),
                    .handler = rules::kExpiryHandler,
                    .due_at = base::FromProto(alert.expires_at()),
                    .subject = alert.name()});
  }
  if (alert.recipients_unknown()) {
    tx.SetDeadline({.key = rules::ResolveDeadlineKey(alert.name()),
                    .handler = rules::kResolveHandler,
                    .due_at = tx.now() + facts.limits.ask.retry,
                    .subject = alert.name()});
  }
  FlagRecipients(tx, alert, list, facts.unable);
  AddBasis(tx, alert);
  PublishAlert(tx, alert);
}

void AddLadderReads(std::string_view alert, ledger::Command& command) {
  for (const auto& key : rules::LadderKeys(alert)) {
    command.reads.push_back(ledger::DeadlineRef(key));
  }
  for (const auto& name : rules::StepNames(alert)) {
    command.reads.push_back(kEscalations.Ref(name));
  }
}

absl::Status StopLadder(ledger::Transaction& tx, const v1::Alert& alert) {
  for (const std::string& key : rules::LadderKeys(alert.name())) {
    ASSIGN_OR_RETURN(const auto row, tx.FindDeadline(key));
    if (row) tx.ClearDeadline(key);
  }
  // Who was called hears that it is over, wherever the post stands.
  for (const std::string& name : rules::StepNames(alert.name())) {
    ASSIGN_OR_RETURN(const auto step, tx.Find(kEscalations, name));
    if (!step) continue;
    for (const std::string& post : step->value.called_posts()) {
      tx.Publish(rules::PostChannel(post));
    }
  }
  return absl::OkStatus();
}

void PublishAlert(ledger::Transaction& tx, const v1::Alert& alert) {
  for (const std::string& channel : rules::AlertChannels(alert)) tx.Publish(channel);
}

void PublishStep(ledger::Transaction& tx, const v1::Escalation& step) {
  for (const std::string& channel : rules::EscalationChannels(step)) tx.Publish(channel);
}

absl::Status RememberAreas(ledger::Transaction& tx, const rules::RecipientFacts& facts) {
  ASSIGN_OR_RETURN(auto stored, tx.Find(kKnownAreas, kKnownAreasKey));
  v1::KnownAreas known = stored ? std::move(stored->value) : v1::KnownAreas();
  if (rules::Learn(facts, known)) tx.Set(kKnownAreas, kKnownAreasKey, known);
  return absl::OkStatus();
}

void AddFlags(ledger::Transaction& tx, const std::vector<common::v1::Flag>& flags) {
  for (const common::v1::Flag& flag : flags) tx.AddFlag(flag);
}

void AddBasis(ledger::Transaction& tx, const v1::Alert& alert) {
  for (const auto& basis : alert.legal_basis()) tx.AddBasis(basis);
}

}  // namespace huying::alert
