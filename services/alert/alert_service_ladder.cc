// SPDX-License-Identifier: Apache-2.0
//
// Due rows: silence climbs, a period ends, directory is asked again. Who is silent is paged from a
// snapshot when the row fires; the decision checks each again by key.
#include <algorithm>
#include <map>
#include <utility>

#include "absl/strings/str_cat.h"
#include "services/alert/alert_service.h"
#include "services/alert/rules/areas.h"
#include "services/alert/rules/ladder.h"
#include "services/alert/rules/lifecycle.h"
#include "services/alert/rules/recipients.h"
#include "services/alert/rules/warning.h"
#include "services/alert/store.h"
#include "services/platform/base/clock.h"
#include "services/platform/base/status.h"

namespace huying::alert {
namespace {
using Frozen = v1::RecipientList::Recipient;

common::v1::Tier TierOf(const std::string& deadline_key) {
  common::v1::Tier tier = common::v1::TIER_UNSPECIFIED;
  common::v1::Tier_Parse(deadline_key.substr(deadline_key.rfind('/') + 1), &tier);
  return tier;
}

// Of those who were silent in the snapshot, who still is.
absl::StatusOr<std::vector<Frozen>> StillSilent(ledger::Transaction& tx, const std::string& alert,
                                                const std::vector<Frozen>& silent) {
  std::vector<Frozen> still;
  for (const Frozen& post : silent) {
    ASSIGN_OR_RETURN(const auto act,
                     tx.Find(kRecipients, rules::RecipientName(alert, post.post())));
    if (!act || !rules::Spoke(act->value.state())) still.push_back(post);
  }
  return still;
}

std::string ReasonOf(int step) {
  return step == rules::kStepDeputies ? "超过应答时限未应答，呼叫副岗" : "副岗仍未应答，报告上一级";
}

struct ClimbFacts {
  std::string key;
  int step = 0;
  common::v1::Tier tier = common::v1::TIER_UNSPECIFIED;
  Gather::HolderFacts holders;
  absl::Duration wait;
};

// Every post a step may call, once.
std::vector<std::string> CandidatesOf(const v1::Alert& alert, const v1::RecipientList& list,
                                      const std::vector<Frozen>& silent, int step) {
  std::vector<std::string> posts;
  for (const Frozen& post : silent) {
    for (auto& candidate : rules::Candidates(alert, list, post, step)) {
      posts.push_back(std::move(candidate));
    }
  }
  std::sort(posts.begin(), posts.end());
  posts.erase(std::unique(posts.begin(), posts.end()), posts.end());
  return posts;
}

void RecordStep(ledger::Transaction& tx, const v1::Alert& alert, const v1::RecipientList& list,
                const std::vector<Frozen>& silent, const ClimbFacts& facts) {
  const v1::Escalation record =
      rules::MakeStep(alert, list, silent, facts.holders.holders,
                      {.step = facts.step,
                       .tier = facts.tier,
                       .name = rules::StepName(alert.name(), facts.tier, facts.step),
                       .reason = ReasonOf(facts.step),
                       .at = tx.now(),
                       .in_outage = tx.in_outage()});
  tx.Set(kEscalations, record.name(), record);
  if (facts.holders.as_of_seq > 0) tx.AddSource("directory", facts.holders.as_of_seq);
  if (!facts.holders.holders) {
    tx.AddFlag(
        rules::MakeFlag("alert.holders-unknown", "目录服务未应答：按副岗顺序呼叫，在岗人待核"));
  }
  if (!record.empty_posts().empty()) {
    tx.AddFlag(rules::MakeFlag(
        "alert.empty-step",
        absl::StrCat("无人可呼叫的岗位 ", record.empty_posts_size(), " 个，已跳过")));
  }
  PublishStep(tx, record);
  if (facts.step != rules::kStepDeputies) return;
  tx.SetDeadline({.key = facts.key,
                  .handler = rules::kLadderWaitHandler,
                  .due_at = tx.now() + facts.wait,
                  .subject = alert.name()});
}

struct UnknownFacts {
  std::string key;
  std::string refused;  // why directory refuses the areas; "": it is silent
  std::string supervisor;
  rules::AskLimits limits;
};

// Still nobody knows who must answer: whoever issued it is told, and directory is asked again.
absl::Status StayUnknown(ledger::Transaction& tx, const v1::Alert& alert,
                         const UnknownFacts& facts) {
  const rules::NextAsk ask = rules::AskAgain(tx.now() - base::FromProto(alert.issued_at()),
                                             !facts.refused.empty(), facts.limits);
  if (!ask.given_up) {
    tx.SetDeadline({.key = facts.key,
                    .handler = rules::kResolveHandler,
                    .due_at = tx.now() + ask.after,
                    .subject = alert.name()});
  }
  if (!ask.alarm) return absl::OkStatus();
  const std::string why = facts.refused.empty() ? "目录服务未应答" : facts.refused;
  const v1::Escalation step = rules::MakeUnknownStep(
      alert, ask, facts.supervisor, {.reason = why, .at = tx.now(), .in_outage = tx.in_outage()});
  ASSIGN_OR_RETURN(const auto known, tx.Find(kEscalations, step.name()));
  if (known) return absl::OkStatus();
  tx.Create(kEscalations, step.name(), step);
  tx.AddFlag(rules::MakeFlag("alert.recipients-unknown", step.reason()));
  PublishAlert(tx, alert);
  PublishStep(tx, step);
  // An area that nobody knows has nobody above it: the issuer's own clients hear it all the same.
  for (const auto& channel : rules::RecipientChannels(alert.issuer().area(), alert.parents())) {
    tx.Publish(channel);
  }
  return absl::OkStatus();
}

// A row whose alert is gone or ended stands for nothing.
ledger::Command JustClear(const std::string& key) {
  ledger::Command command;
  command.decide = [key](ledger::Transaction& tx) {
    tx.ClearDeadline(key);
    return absl::OkStatus();
  };
  return command;
}
}  // namespace

AlertService::Command AlertService::AnswerLimitPassed(const Context& context,
                                                      const ledger::Ledger::DueDeadline& due) {
  return Climb(context, due, rules::kStepDeputies);
}
AlertService::Command AlertService::LadderWaitPassed(const Context& context,
                                                     const ledger::Ledger::DueDeadline& due) {
  return Climb(context, due, rules::kStepTierAbove);
}

AlertService::Command AlertService::Climb(const Context& context,
                                          const ledger::Ledger::DueDeadline& due, int step) {
  const std::string& key = due.deadline.key;
  const common::v1::Tier tier = TierOf(key);
  ASSIGN_OR_RETURN(auto reader, ledger_.Read());
  ASSIGN_OR_RETURN(auto seen, reader->Find(kAlerts, due.deadline.subject));
  ASSIGN_OR_RETURN(auto list, reader->Find(kRecipientLists, due.deadline.subject));
  if (!seen || !list) return JustClear(key);
  ASSIGN_OR_RETURN(const auto acts, ActsOf(*reader, seen->value.name()));
  reader.reset();
  std::map<std::string, v1::RecipientState> states;
  for (const auto& [post, act] : acts) states[post] = act.state();
  std::vector<Frozen> silent = rules::SilentOf(list->value, tier, states);
  ClimbFacts facts{.key = key, .step = step, .tier = tier};
  facts.holders = gather_.HoldersOf(context, CandidatesOf(seen->value, list->value, silent, step));
  facts.wait = LimitsFor(seen->value, rules_, clock_.Now()).wait;

  ledger::Command command;
  command.reads = {CaseRef(seen->value.case_id()), kAlerts.Ref(seen->value.name())};
  for (const Frozen& post : silent) {
    command.reads.push_back(kRecipients.Ref(rules::RecipientName(seen->value.name(), post.post())));
  }
  command.decide = [facts = std::move(facts), silent = std::move(silent), name = seen->value.name(),
                    list = std::move(list->value)](ledger::Transaction& tx) -> absl::Status {
    tx.ClearDeadline(facts.key);
    ASSIGN_OR_RETURN(const auto alert, tx.Get(kAlerts, name));
    tx.SetCase(alert.value.case_id());
    if (!rules::Transition(alert.value, rules::Act::kClimb).ok()) return absl::OkStatus();
    ASSIGN_OR_RETURN(const std::vector<Frozen> still, StillSilent(tx, name, silent));
    if (!still.empty()) RecordStep(tx, alert.value, list, still, facts);
    return absl::OkStatus();
  };
  return command;
}

AlertService::Command AlertService::ExpiryReached(const Context&,
                                                  const ledger::Ledger::DueDeadline& due) {
  ledger::Command command;
  const std::string name = due.deadline.subject;
  command.reads = {kAlerts.Ref(name)};
  command.decide = [key = due.deadline.key, name](ledger::Transaction& tx) -> absl::Status {
    tx.ClearDeadline(key);
    ASSIGN_OR_RETURN(auto stored, tx.Find(kAlerts, name));
    if (!stored) return absl::OkStatus();
    tx.SetCase(stored->value.case_id());
    auto expired = rules::Expire(std::move(stored->value));
    if (!expired.ok()) return absl::OkStatus();  // it ended meanwhile
    tx.Change(kAlerts, name, *expired);
    tx.Subject(kAlerts, name);
    // 到期 is not 解除: whoever signed and sent it is told until a person lifts or extends.
    v1::Escalation alarm;
    alarm.set_name(absl::StrCat(name, "/escalations/expired"));
    alarm.set_alert(name);
    alarm.set_alert_title(expired->title());
    alarm.set_step(rules::kStepTierAbove);
    alarm.set_tier(expired->issuer().tier());
    if (!expired->signer().post().empty()) alarm.add_called_posts(expired->signer().post());
    if (expired->issuer().post() != expired->signer().post()) {
      alarm.add_called_posts(expired->issuer().post());
    }
    *alarm.mutable_at() = base::ToProto(tx.now());
    alarm.set_in_outage(tx.in_outage());
    alarm.set_reason("已到期，到期不等于解除：请解除或延长");
    tx.Set(kEscalations, alarm.name(), alarm);
    tx.AddFlag(rules::MakeFlag("alert.expired", alarm.reason()));
    PublishAlert(tx, *expired);
    PublishStep(tx, alarm);
    return absl::OkStatus();
  };
  return command;
}

AlertService::Command AlertService::ResolveRecipientsDue(const Context& context,
                                                         const ledger::Ledger::DueDeadline& due) {
  const std::string& key = due.deadline.key;
  ASSIGN_OR_RETURN(auto reader, ledger_.Read());
  ASSIGN_OR_RETURN(auto seen, reader->Find(kAlerts, due.deadline.subject));
  reader.reset();
  if (!seen) return JustClear(key);
  std::vector<common::v1::Tier> tiers;
  for (const int tier : seen->value.tiers()) tiers.push_back(static_cast<common::v1::Tier>(tier));
  SendFacts facts{.limits = LimitsFor(seen->value, rules_, clock_.Now())};
  auto recipients = gather_.Recipients(context, ToStrings(seen->value.target_areas()), tiers);
  UnknownFacts unknown{.key = key, .limits = facts.limits.ask};
  if (recipients.ok()) {
    facts.recipients = *std::move(recipients);
  } else {
    unknown.refused = base::ProblemOf(recipients.status()).message();
  }
  if (!facts.recipients) {
    unknown.supervisor = gather_.SupervisorOf(context, seen->value.issuer().post());
  }

  ledger::Command command;
  command.reads = {CaseRef(seen->value.case_id()), kAlerts.Ref(seen->value.name())};
  command.decide = [key, facts, unknown,
                    name = seen->value.name()](ledger::Transaction& tx) -> absl::Status {
    tx.ClearDeadline(key);
    ASSIGN_OR_RETURN(auto stored, tx.Get(kAlerts, name));
    v1::Alert alert = std::move(stored.value);
    tx.SetCase(alert.case_id());
    if (!rules::InForce(alert.state()) || !alert.recipients_unknown()) return absl::OkStatus();
    if (!facts.recipients) return StayUnknown(tx, alert, unknown);
    v1::RecipientList list;
    // The limits run from the moment it is known who must answer.
    RETURN_IF_ERROR(FreezeAtIssue(tx, facts, alert, list));
    tx.Change(kAlerts, name, alert);
    tx.Subject(kAlerts, name);
    tx.Set(kRecipientLists, name, list);
    SetAnswerRows(tx, alert, facts.limits);
    PublishAlert(tx, alert);
    return RememberAreas(tx, *facts.recipients);
  };
  return command;
}

std::vector<std::string> AlertService::MakeUpChannels(const common::v1::MakeUp& row) {
  // Paper is the affair of the area that issued; its supervisor's clients hear that area, too.
  std::vector<std::string> channels = {rules::Up(row.actor().area())};
  if (!row.supervisor_post().empty()) {
    channels.push_back(rules::PostChannel(row.supervisor_post()));
  }
  return channels;
}

}  // namespace huying::alert
