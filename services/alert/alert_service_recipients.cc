// SPDX-License-Identifier: Apache-2.0
//
// Delivered, read, answered.
#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "services/alert/alert_service.h"
#include "services/alert/rules/areas.h"
#include "services/alert/rules/ladder.h"
#include "services/alert/rules/lifecycle.h"
#include "services/alert/rules/recipients.h"
#include "services/alert/store.h"
#include "services/platform/base/clock.h"
#include "services/platform/base/status.h"

namespace huying::alert {
namespace {
using base::Reason;
constexpr char kOffDutyRule[] = "directory.off-duty";  // of a token whose bearer is not on duty

// One item, or one answer, with what was found before the decision: who the recipient is. The list is
// frozen, so this holds as long as its revision does.
struct Found {
  rules::Answering answering;
  int64_t revision = 0;
};

absl::Status CheckRevision(const v1::Alert& alert, int64_t revision) {
  if (alert.recipients_revision() == revision) return absl::OkStatus();
  return base::Aborted(Reason::FACTS_CHANGED, "应答对象刚刚更新，请重试",
                       "the recipients have just changed; repeat");
}

absl::StatusOr<v1::Recipient> CurrentRecipient(ledger::Transaction& tx, const v1::Alert& alert,
                                               const v1::RecipientList::Recipient& frozen) {
  const std::string name = rules::RecipientName(alert.name(), frozen.post());
  ASSIGN_OR_RETURN(auto stored, tx.Find(kRecipients, name));
  v1::Recipient recipient = stored ? std::move(stored->value) : rules::Fresh(alert, frozen);
  if (recipient.escalated()) return recipient;
  ASSIGN_OR_RETURN(auto step, tx.Find(kEscalations,
                                      rules::StepName(alert, frozen.tier(), rules::kStepDeputies)));
  if (!step) return recipient;
  const auto called = step->value.called_for().find(frozen.post());
  recipient.set_escalated(step->value.post_areas().count(frozen.post()) > 0);
  if (called == step->value.called_for().end()) return recipient;
  for (const auto& held : step->value.holders()) {
    if (held.post() != called->second) continue;
    recipient.set_holder(held.person());
    recipient.set_holder_shift(held.shift());
  }
  return recipient;
}

void PublishRecipient(ledger::Transaction& tx, const v1::Alert& alert,
                      const v1::Recipient& recipient) {
  for (const auto& channel : rules::RecipientChannels(recipient.area(), alert.parents())) {
    tx.Publish(channel);
  }
  tx.Publish(rules::PostChannel(recipient.post()));
}

// On duty is judged by what the token's flags say. What was said by phone is another person's statement,
// and whoever wrote it down answers for it.
v1::Statement StatementOf(const v1::AnswerRequest& request, const rules::Answering& answering,
                          const ledger::Transaction& tx) {
  v1::Statement said;
  said.set_kind(request.kind());
  said.set_text(request.text());
  said.set_evacuated(request.evacuated());
  said.set_solved(request.solved());
  said.set_channel(request.channel());
  *said.mutable_received_at() = base::ToProto(tx.received_at());
  *said.mutable_by() = answering.speaker;
  if (answering.recorded) *said.mutable_recorded_by() = tx.actor();
  const auto& flags = tx.context().flags;
  said.set_off_duty(std::any_of(flags.begin(), flags.end(), [](const common::v1::Flag& flag) {
    return flag.rule_id() == kOffDutyRule;
  }));
  return said;
}

// 无法执行 climbs at once, whatever the limits.
void ClimbCannot(ledger::Transaction& tx, const v1::Alert& alert, const v1::RecipientList& around,
                 const rules::Answering& answering, const rules::Holders& holders,
                 const std::string& reason) {
  const v1::Escalation step =
      rules::MakeStep(alert, around, {answering.recipient}, holders,
                      {.step = rules::kStepTierAbove,
                       .tier = answering.recipient.tier(),
                       .name = rules::CannotStepName(alert.name(), answering.recipient.post()),
                       .reason = absl::StrCat("无法执行：", reason),
                       .at = tx.now(),
                       .in_outage = tx.in_outage()});
  tx.Set(kEscalations, step.name(), step);
  PublishStep(tx, step);
  for (const std::string& post : step.empty_posts()) {
    tx.AddFlag(rules::MakeFlag("alert.empty-step", absl::StrCat("无上级岗位可告知：", post)));
  }
}
}  // namespace

AlertService::Command AlertService::Answer(const Context& context,
                                           const v1::AnswerRequest& request) {
  RETURN_IF_ERROR(rules::ValidateAnswer(request, Limits()));
  ASSIGN_OR_RETURN(auto reader, ledger_.Read());
  ASSIGN_OR_RETURN(auto seen, reader->Get(kAlerts, request.alert()));
  RETURN_IF_ERROR(rules::Transition(seen.value, rules::Act::kAnswer).status());
  ASSIGN_OR_RETURN(auto list, reader->Find(kRecipientLists, request.alert()));
  reader.reset();
  Found found{.revision = seen.value.recipients_revision()};
  const v1::RecipientList around = list ? std::move(list->value) : v1::RecipientList();
  ASSIGN_OR_RETURN(found.answering, rules::WhoAnswers(seen.value, around, context.actor, request));
  const auto& frozen = found.answering.recipient;
  Gather::HolderFacts above;
  if (request.kind() == v1::CANNOT) {
    above = gather_.HoldersOf(context,
                              rules::Candidates(seen.value, around, frozen, rules::kStepTierAbove));
  }
  ledger::Command command;
  command.reads = {
      CaseRef(seen.value.case_id()), kAlerts.Ref(request.alert()),
      kRecipients.Ref(rules::RecipientName(request.alert(), frozen.post())),
      kEscalations.Ref(rules::StepName(seen.value, frozen.tier(), rules::kStepDeputies))};
  const bool cannot = request.kind() == v1::CANNOT;
  command.decide = [request, found, above, cannot, around = cannot ? around : v1::RecipientList()](
                       ledger::Transaction& tx) -> absl::Status {
    ASSIGN_OR_RETURN(const auto alert, tx.Get(kAlerts, request.alert()));
    RETURN_IF_ERROR(rules::Transition(alert.value, rules::Act::kAnswer).status());
    RETURN_IF_ERROR(CheckRevision(alert.value, found.revision));
    ASSIGN_OR_RETURN(v1::Recipient recipient,
                     CurrentRecipient(tx, alert.value, found.answering.recipient));
    const auto said = StatementOf(request, found.answering, tx);
    AddFlags(tx, rules::ApplyAnswer(recipient, said));
    if (cannot) recipient.set_escalated(true);
    tx.Set(kRecipients, recipient.name(), recipient);
    tx.Subject(kRecipients, recipient.name());
    if (cannot) {
      ClimbCannot(tx, alert.value, around, found.answering, above.holders, request.text());
      if (above.as_of_seq > 0) tx.AddSource("directory", above.as_of_seq);
    }
    if (recipient.late()) {
      tx.AddFlag(rules::MakeFlag("alert.answered-late", "超过应答时限后应答"));
    }
    tx.SetCase(alert.value.case_id());
    PublishRecipient(tx, alert.value, recipient);
    return absl::OkStatus();
  };
  return command;
}

AlertService::Command AlertService::ReportReceipts(const Context& context,
                                                   const v1::ReportReceiptsRequest& request) {
  RETURN_IF_ERROR(rules::ValidateReceipts(request));
  ASSIGN_OR_RETURN(auto reader, ledger_.Read());
  std::map<std::string, Found> found;  // by alert
  ledger::Command command;
  for (int i = 0; i < request.items_size(); ++i) {
    const std::string& name = request.items(i).alert();
    if (found.count(name) > 0) continue;
    ASSIGN_OR_RETURN(auto alert, reader->Find(kAlerts, name));
    if (!alert || !rules::WasIssued(alert->value.state())) {
      return base::Invalid(Reason::UNKNOWN_REFERENCE, absl::StrCat("没有已发布的 ", name),
                           absl::StrCat(name, " was never issued"))
          .Field(absl::StrCat("items[", i, "].alert"));
    }
    ASSIGN_OR_RETURN(auto list, reader->Find(kRecipientLists, name));
    const v1::RecipientList all = list ? std::move(list->value) : v1::RecipientList();
    const auto* own = rules::OwnRecipient(all, context.actor);
    // A viewer's client reports, too; only those who must answer are kept, or may turn out to.
    const bool unknown = alert->value.recipients_unknown();
    if (own == nullptr && !unknown) continue;
    Found& mine = found[name];
    mine.answering.recipient = own != nullptr ? *own : rules::Provisional(context.actor);
    mine.revision = alert->value.recipients_revision();
    command.reads.push_back(CaseRef(alert->value.case_id()));
    command.reads.push_back(kAlerts.Ref(name));
    command.reads.push_back(
        kRecipients.Ref(rules::RecipientName(name, mine.answering.recipient.post())));
  }
  if (found.empty()) {
    return base::Denied(Reason::CONDITION_NOT_MET, "本岗位不是应答对象，无需回执",
                        "this post is not among those who must answer")
        .Rule("alert.recipient-only");
  }
  command.decide = [request, found](ledger::Transaction& tx) -> absl::Status {
    std::set<std::string> cases;
    std::optional<v1::Recipient> unchanged;
    bool any_news = false;
    for (const auto& [name, mine] : found) {
      ASSIGN_OR_RETURN(const auto alert, tx.Get(kAlerts, name));
      RETURN_IF_ERROR(CheckRevision(alert.value, mine.revision));
      ASSIGN_OR_RETURN(v1::Recipient recipient,
                       CurrentRecipient(tx, alert.value, mine.answering.recipient));
      bool news = false;
      for (const auto& item : request.items()) {
        if (item.alert() != name) continue;
        news |= rules::ApplyReceipt(recipient, item.state(), tx.received_at());
      }
      cases.insert(alert.value.case_id());
      if (news) {
        if (!any_news) tx.Subject(kRecipients, recipient.name());
        tx.Set(kRecipients, recipient.name(), recipient);
        PublishRecipient(tx, alert.value, recipient);
      } else {
        unchanged = std::move(recipient);
      }
      any_news |= news;
    }
    // A receipt needs a subject, also when it brought nothing new.
    if (!any_news) tx.Set(kRecipients, unchanged->name(), *unchanged);
    // An entry has one case. A batch over several is kept under the post that sent it.
    tx.SetCase(cases.size() == 1 ? *cases.begin() : absl::StrCat("receipts/", tx.actor().post()));
    return absl::OkStatus();
  };
  return command;
}

}  // namespace huying::alert
