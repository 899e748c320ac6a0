// SPDX-License-Identifier: Apache-2.0
#include "services/alert/rules/retract.h"

#include <algorithm>
#include <set>
#include <string>
#include <utility>

#include "services/alert/rules/lifecycle.h"
#include "services/alert/rules/recipients.h"
#include "services/platform/base/clock.h"
#include "services/platform/base/status.h"
#include "services/platform/guard/guard.h"

namespace huying::alert::rules {
namespace {
using base::Reason;
using common::v1::Actor;

bool IssuedBy(const v1::Alert& alert, const Actor& actor) {
  const Actor& issuer = alert.issuer();
  const bool person = !actor.person().empty() && actor.person() == issuer.person();
  const bool post = !issuer.post().empty() &&
                    (actor.post() == issuer.post() || actor.acting_for_post() == issuer.post());
  return person || post;
}

void Minus(const google::protobuf::RepeatedPtrField<std::string>& from,
           const google::protobuf::RepeatedPtrField<std::string>& what,
           google::protobuf::RepeatedPtrField<std::string>* left) {
  const std::set<std::string> out(what.begin(), what.end());
  for (const std::string& area : from) {
    if (out.count(area) == 0) *left->Add() = area;
  }
}
}  // namespace

absl::StatusOr<Retracted> Retract(v1::Alert alert, std::string_view reason,
                                  const common::v1::Urgency* urgency, const RetractFacts& facts,
                                  const Actor& actor, absl::Time now) {
  ASSIGN_OR_RETURN(const v1::AlertState next, Transition(alert, Act::kRetract));
  Retracted done;
  if (alert.kind() == v1::WARNING) {
    if (!facts.may_sign && !IssuedBy(alert, actor)) {
      return base::Denied(Reason::PERMISSION_MISSING,
                          "误发撤回由签发岗位办理，或由发布岗位在紧急情况下办理",
                          "a post that may sign retracts it, or in urgency the post that issued it")
          .Rule(kRetractionRule)
          .Next("请发布岗位或签发岗位办理", "ask the post that issued it or one that may sign");
    }
    ASSIGN_OR_RETURN(
        done.make_ups,
        guard::Judge({{.rule_id = kRetractionRule,
                       .passed = facts.may_sign,
                       .problem = base::Refused(Reason::GUARD_NEEDS_URGENCY, "误发撤回未经签发",
                                                "the retraction was not signed"),
                       .make_up_within = facts.make_up_within,
                       .supervisor_post = facts.supervisor_post}},
                     urgency, alert.name(), actor, now));
  }
  for (const auto& row : done.make_ups) alert.add_open_make_ups(row.name());
  alert.set_state(next);
  alert.set_lift_reason(std::string(reason));
  *alert.mutable_lifter() = actor;
  *alert.mutable_ended_at() = base::ToProto(now);
  alert.set_awaiting_stop(true);
  done.alert = std::move(alert);
  return done;
}

v1::Recipient AsAsked(const v1::Alert& alert, const v1::Recipient& recipient) {
  if (alert.state() != v1::RETRACTED) return recipient;
  v1::Recipient asked = recipient;
  if (const auto limit = LimitOf(alert, recipient.tier())) {
    *asked.mutable_limit_at() = base::ToProto(*limit);
  }
  if (Spoke(recipient.state()) && recipient.answer() == v1::STOPPED) return asked;
  asked.set_late(false);
  asked.clear_evacuated();
  if (Spoke(asked.state())) asked.set_state(v1::SENT);
  return asked;
}

void SayWhatChanged(const v1::Alert& old, v1::Alert& alert) {
  alert.clear_added_areas();
  alert.clear_dropped_areas();
  Minus(alert.target_areas(), old.target_areas(), alert.mutable_added_areas());
  Minus(old.target_areas(), alert.target_areas(), alert.mutable_dropped_areas());
}

int AddStoodDown(const v1::RecipientList& old, const v1::Alert& alert, v1::RecipientList& list) {
  std::set<std::string> posts = {alert.issuer().post()};
  for (const auto& recipient : list.recipients()) posts.insert(recipient.post());
  int added = 0;
  for (const auto& told : old.recipients()) {
    // Who was stood down by an earlier correction has been asked already.
    if (told.stood_down() || !posts.insert(told.post()).second) continue;
    auto* again = list.add_recipients();
    *again = told;
    again->set_stood_down(true);
    ++added;
  }
  return added;
}

}  // namespace huying::alert::rules
