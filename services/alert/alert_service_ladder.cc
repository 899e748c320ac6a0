// SPDX-License-Identifier: Apache-2.0
//
// Due rows: silence climbs, a period ends, directory is asked again. Who is silent is paged from a
// snapshot when the row fires; the decision checks each again by key.
#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "services/alert/alert_service.h"
#include "services/alert/rules/areas.h"
#include "services/alert/rules/ladder.h"
#include "services/alert/rules/lifecycle.h"
#include "services/alert/rules/recipients.h"
#include "services/alert/rules/retract.h"
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
absl::StatusOr<std::vector<Frozen>> StillSilent(ledger::Transaction& tx, const v1::Alert& alert,
                                                const std::vector<Frozen>& silent) {
  std::vector<Frozen> still;
  for (const Frozen& post : silent) {
    ASSIGN_OR_RETURN(const auto act,
                     tx.Find(kRecipients, rules::RecipientName(alert.name(), post.post())));
    if (!act || !rules::Spoke(rules::AsAsked(alert, act->value).state())) still.push_back(post);
  }
  return still;
}

// Takes out those for whom the tier above was told already.
template <typename Posts>
void DropPosts(const Posts& told, std::vector<Frozen>& silent) {
  const std::set<std::string> out(told.begin(), told.end());
  silent.erase(std::remove_if(silent.begin(), silent.end(),
                              [&out](const Frozen& post) { return out.count(post.post()) > 0; }),
               silent.end());
}

std::string ReasonOf(int step) {
  return step == rules::kStepDeputies ? "超过应答时限未应答，呼叫副岗" : "副岗仍未应答，报告上一级";
}
constexpr absl::Duration kExpiredRepeat = absl::Minutes(30);
constexpr char kAtOnceReason[] = "超过应答时限未应答，且无副岗可呼叫，直接报告上一级";

struct ClimbFacts {
  std::string key;
  int step = 0;
  common::v1::Tier tier = common::v1::TIER_UNSPECIFIED;
  Gather::HolderFacts holders;
  absl::Duration wait;
};

// Every post that the step, or the one it goes on to at once, may call; each once.
std::vector<std::string> CandidatesOf(const v1::Alert& alert, const v1::RecipientList& list,
                                      const std::vector<Frozen>& silent, int step) {
  std::set<std::string> posts;
  for (const Frozen& post : silent) {
    for (int at = step; at <= rules::kStepTierAbove; ++at) {
      for (auto& candidate : rules::Candidates(alert, list, post, at)) {
        posts.insert(std::move(candidate));
      }
    }
  }
  return {posts.begin(), posts.end()};
}

v1::Escalation PutStep(ledger::Transaction& tx, const v1::Alert& alert,
                       const v1::RecipientList& list, const std::vector<Frozen>& silent,
                       const ClimbFacts& facts, const rules::StepFacts& step) {
  v1::Escalation record = rules::MakeStep(alert, list, silent, facts.holders.holders, step);
  tx.Set(kEscalations, record.name(), record);
  if (!record.empty_posts().empty()) {
    tx.AddFlag(
        rules::MakeFlag("alert.empty-step",
                        absl::StrCat("无人可呼叫的岗位 ", record.empty_posts_size(),
                                     " 个，已跳过：", absl::StrJoin(record.empty_posts(), "、"))));
  }
  PublishStep(tx, record);
  return record;
}

// A post nobody can be called for does not wait for the next step: the tier above is told in the same act.
void RecordStep(ledger::Transaction& tx, const v1::Alert& alert, const v1::RecipientList& list,
                const std::vector<Frozen>& silent, const ClimbFacts& facts) {
  rules::StepFacts step{.step = facts.step,
                        .tier = facts.tier,
                        .name = rules::StepName(alert, facts.tier, facts.step),
                        .reason = ReasonOf(facts.step),
                        .at = tx.now(),
                        .in_outage = tx.in_outage()};
  const v1::Escalation first = PutStep(tx, alert, list, silent, facts, step);
  tx.Subject(kEscalations, first.name());
  if (facts.holders.as_of_seq > 0) tx.AddSource("directory", facts.holders.as_of_seq);
  if (!facts.holders.holders) {
    tx.AddFlag(
        rules::MakeFlag("alert.holders-unknown", "目录服务未应答：按副岗顺序呼叫，在岗人待核"));
  }
  if (!facts.holders.unknown.empty()) {
    tx.AddFlag(rules::MakeFlag(
        "alert.post-unknown",
        absl::StrCat("组织目录中没有的岗位：", absl::StrJoin(facts.holders.unknown, "、"))));
  }
  if (facts.step != rules::kStepDeputies) return;
  const std::set<std::string> empty(first.empty_posts().begin(), first.empty_posts().end());
  std::vector<Frozen> alone;
  for (const Frozen& post : silent) {
    if (empty.count(post.post()) > 0) alone.push_back(post);
  }
  if (!alone.empty()) {
    step.step = rules::kStepTierAbove;
    step.name = rules::AtOnceStepName(alert, facts.tier);
    step.reason = kAtOnceReason;
    PutStep(tx, alert, list, alone, facts, step);
  }
  if (alone.size() == silent.size()) return;
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
  ASSIGN_OR_RETURN(const auto at_once,
                   reader->Find(kEscalations, rules::AtOnceStepName(seen->value, tier)));
  reader.reset();
  std::map<std::string, v1::RecipientState> states;
  for (const auto& [post, act] : acts) states[post] = rules::AsAsked(seen->value, act).state();
  std::vector<Frozen> silent = rules::SilentOf(list->value, tier, states);
  if (at_once && step == rules::kStepTierAbove) DropPosts(at_once->value.silent_posts(), silent);
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
    ASSIGN_OR_RETURN(const std::vector<Frozen> still, StillSilent(tx, alert.value, silent));
    if (!still.empty()) RecordStep(tx, alert.value, list, still, facts);
    return absl::OkStatus();
  };
  return command;
}

AlertService::Command AlertService::ExpiryReached(const Context& context,
                                                  const ledger::Ledger::DueDeadline& due) {
  const std::string name = due.deadline.subject;
  ASSIGN_OR_RETURN(auto reader, ledger_.Read());
  ASSIGN_OR_RETURN(const auto seen, reader->Find(kAlerts, name));
  reader.reset();
  if (!seen) return JustClear(due.deadline.key);
  const std::string supervisor = gather_.facts().SupervisorOf(context, seen->value.issuer().post());
  const absl::Duration repeat =
      rules_.DurationOf("alert.expired-repeat", clock_.Now(), kExpiredRepeat);
  ledger::Command command;
  command.reads = {CaseRef(seen->value.case_id()), kAlerts.Ref(name)};
  command.decide = [key = due.deadline.key, name, supervisor,
                    repeat](ledger::Transaction& tx) -> absl::Status {
    tx.ClearDeadline(key);
    ASSIGN_OR_RETURN(auto stored, tx.Get(kAlerts, name));
    v1::Alert alert = std::move(stored.value);
    tx.SetCase(alert.case_id());
    if (alert.state() == v1::RETRACTED) {
      alert.set_awaiting_stop(false);
      tx.Change(kAlerts, name, alert);
      return absl::OkStatus();
    }
    const bool again = alert.state() == v1::EXPIRED;
    if (!again) {
      auto expired = rules::Expire(std::move(alert));
      if (!expired.ok()) return absl::OkStatus();  // it ended meanwhile
      alert = *std::move(expired);
      tx.Change(kAlerts, name, alert);
      tx.Subject(kAlerts, name);
    }
    ASSIGN_OR_RETURN(const int64_t times, tx.NextNumber(absl::StrCat(name, "/expired")));
    const v1::Escalation alarm = rules::MakeExpiredStep(
        alert, static_cast<int>(times), supervisor, {.at = tx.now(), .in_outage = tx.in_outage()});
    tx.Create(kEscalations, alarm.name(), alarm);
    tx.AddFlag(rules::MakeFlag("alert.expired", alarm.reason()));
    tx.SetDeadline({.key = key,
                    .handler = rules::kExpiryHandler,
                    .due_at = tx.now() + rules::ExpiredAgain(static_cast<int>(times), repeat),
                    .subject = name});
    PublishAlert(tx, alert);
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
    unknown.supervisor = gather_.facts().SupervisorOf(context, seen->value.issuer().post());
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
