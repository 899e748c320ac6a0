// SPDX-License-Identifier: Apache-2.0
#include "services/alert/rules/warning.h"

#include <algorithm>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "services/alert/rules/areas.h"
#include "services/alert/rules/content.h"
#include "services/alert/rules/lifecycle.h"
#include "services/alert/rules/retract.h"
#include "services/platform/base/clock.h"
#include "services/platform/base/status.h"
#include "services/platform/base/strings.h"
#include "services/platform/guard/guard.h"
#include "services/platform/guard/persons.h"

namespace huying::alert::rules {
namespace {
using base::Reason;
using common::v1::Actor;

struct Role {
  bool there;
  const Actor& actor;
  std::string_view zh;
  std::string_view en;
};

// The one who acts now is none of those who acted before: three persons and three accounts.
absl::Status CheckOtherPerson(const v1::Alert& alert, const Actor& actor, std::string_view zh,
                              std::string_view en) {
  if (actor.person().empty()) {
    return base::Refused(Reason::SAME_PERSON, "办理人身份不明，无法确认是不同的人",
                         "the acting person is not known, so they cannot be told apart")
        .Rule("alert.three-persons")
        .Next("以本人账号登录后办理", "sign in as a person");
  }
  const Role roles[] = {{alert.has_drafter(), alert.drafter(), "起草人", "the draft's author"},
                        {alert.has_reviewer(), alert.reviewer(), "审核人", "the reviewer"},
                        {alert.has_signer(), alert.signer(), "签发人", "the signer"}};
  for (const Role& role : roles) {
    if (!role.there || guard::AreTwoPersons(role.actor, actor)) continue;
    return base::Refused(Reason::SAME_PERSON,
                         absl::StrCat(base::Abs(zh), "不能同时是", base::Abs(role.zh)),
                         absl::StrCat(base::Abs(en), " cannot be ", base::Abs(role.en), " as well"))
        .Rule("alert.three-persons")
        .Next("请另一人办理", "ask another person");
  }
  return absl::OkStatus();
}

// Takes the open rows of these rules from an alert that is out already; one at least must be open.
absl::StatusOr<std::vector<std::string>> TakeMakeUps(v1::Alert& alert,
                                                     std::initializer_list<const char*> rules,
                                                     std::string_view zh, std::string_view en) {
  std::vector<std::string> taken;
  if (!WasIssued(alert.state())) return taken;
  auto* open = alert.mutable_open_make_ups();
  for (const char* rule_id : rules) {
    const std::string name = MakeUpName(alert.name(), rule_id);
    const auto row = std::find(open->begin(), open->end(), name);
    if (row == open->end()) continue;
    open->erase(row);
    taken.push_back(name);
  }
  if (!taken.empty()) return taken;
  return base::Refused(Reason::ILLEGAL_TRANSITION, absl::StrCat("没有待补的", base::Abs(zh)),
                       absl::StrCat("no ", base::Abs(en), " is to be made up"))
      .Rule("alert.lifecycle")
      .Next("查看待补事项", "look at the make-up rows");
}

void StampIssue(const Actor& issuer, absl::Time now, v1::Alert& alert) {
  alert.set_state(v1::ISSUED);
  *alert.mutable_issuer() = issuer;
  *alert.mutable_issued_at() = base::ToProto(now);
  alert.set_issuer_unit(alert.has_signer() ? alert.signer().unit() : issuer.unit());
}

void TellTargets(v1::Alert& alert) {
  std::set<std::string> told(alert.told_areas().begin(), alert.told_areas().end());
  told.insert(alert.target_areas().begin(), alert.target_areas().end());
  alert.clear_told_areas();
  for (const std::string& area : told) alert.add_told_areas(area);
}

// A warning whose period is over before it leaves would warn of nothing and expire in the same moment.
absl::Status CheckPeriodAtIssue(const v1::Alert& alert, absl::Time now) {
  if (!alert.has_expires_at() || base::FromProto(alert.expires_at()) > now) return absl::OkStatus();
  return base::Refused(Reason::PAST_DEADLINE, "预警期在发布前已经结束",
                       "its period was over before it was issued")
      .Field("name")
      .Rule("alert.period")
      .Next("以新的预警期重新制作；情况紧急的填写 urgency 走绿色通道",
            "draft it anew with a period to come; in urgency it may leave with `urgency`");
}

std::vector<guard::Guard> PaperGuards(const v1::Alert& alert, const MakeUpLimits& limits) {
  return {{.rule_id = kReviewRule,
           .passed = alert.has_reviewer(),
           .problem = base::Refused(Reason::GUARD_NEEDS_URGENCY, "预警未经审核",
                                    "the warning was not reviewed"),
           .make_up_within = limits.review,
           .supervisor_post = limits.supervisor_post},
          {.rule_id = kSignatureRule,
           .passed = alert.has_signer(),
           .problem = base::Refused(Reason::GUARD_NEEDS_URGENCY, "预警未经签发",
                                    "the warning was not signed"),
           .make_up_within = limits.signature,
           .supervisor_post = limits.supervisor_post}};
}
}  // namespace

std::string MakeUpName(std::string_view alert, std::string_view rule_id) {
  return absl::StrCat("makeups/", base::Abs(alert), "/",
                      base::Abs(rule_id.substr(rule_id.find('.') + 1)));
}

v1::Alert DraftWarning(const v1::WarningContent& content, const std::vector<std::string>& areas,
                       const Actor& drafter) {
  v1::Alert alert;
  alert.set_kind(v1::WARNING);
  alert.set_state(v1::DRAFT);
  alert.set_category(content.category());
  alert.set_color(content.color());
  *alert.mutable_effective_at() = content.effective_at();
  if (content.has_expires_at()) *alert.mutable_expires_at() = content.expires_at();
  alert.mutable_target_areas()->Assign(areas.begin(), areas.end());
  alert.set_cautions(content.cautions());
  alert.set_measures(content.measures());
  alert.set_title(content.title());
  alert.set_text(content.text());
  alert.set_refers_to(content.refers_to());
  *alert.mutable_legal_basis() = content.legal_basis();
  *alert.mutable_drafter() = drafter;
  return alert;
}

absl::StatusOr<v1::Alert> DraftSuccessor(const v1::Alert& old, const v1::WarningContent& content,
                                         const std::vector<std::string>& areas,
                                         std::string_view reason, const Actor& drafter) {
  RETURN_IF_ERROR(Transition(old, Act::kAdjust).status());
  v1::Alert alert = DraftWarning(content, areas, drafter);
  alert.set_previous(old.name());
  alert.set_reason(std::string(reason));
  alert.set_case_id(old.case_id());
  UnionTold(old, alert);
  return alert;
}

absl::StatusOr<Paper> ReviewWarning(v1::Alert alert, std::string_view opinion,
                                    const Actor& reviewer) {
  ASSIGN_OR_RETURN(const v1::AlertState next, Transition(alert, Act::kReview));
  ASSIGN_OR_RETURN(auto made_up, TakeMakeUps(alert, {kReviewRule}, "审核", "review"));
  RETURN_IF_ERROR(CheckOtherPerson(alert, reviewer, "审核人", "the reviewer"));
  RETURN_IF_ERROR(CheckFacts(alert, FactsAt::kReview));
  alert.set_state(next);
  *alert.mutable_reviewer() = reviewer;
  alert.set_review_opinion(std::string(opinion));
  return Paper{std::move(alert), std::move(made_up)};
}

absl::StatusOr<Paper> SignWarning(v1::Alert alert, const Actor& signer) {
  ASSIGN_OR_RETURN(const v1::AlertState next, Transition(alert, Act::kSign));
  ASSIGN_OR_RETURN(auto made_up,
                   TakeMakeUps(alert, {kSignatureRule, kRetractionRule}, "签发", "signature"));
  RETURN_IF_ERROR(CheckOtherPerson(alert, signer, "签发人", "the signer"));
  if (alert.state() == v1::RETRACTED && signer.person() == alert.lifter().person()) {
    return base::Refused(Reason::SAME_PERSON, "签发人不能是办理撤回的人",
                         "who retracted it does not sign the retraction")
        .Rule("alert.three-persons")
        .Next("请另一人办理", "ask another person");
  }
  alert.set_state(next);
  *alert.mutable_signer() = signer;
  return Paper{std::move(alert), std::move(made_up)};
}

absl::StatusOr<Issued> IssueWarning(v1::Alert alert, const common::v1::Urgency* urgency,
                                    const MakeUpLimits& limits, const Actor& issuer,
                                    absl::Time now) {
  const bool complete = alert.has_reviewer() && alert.has_signer();
  RETURN_IF_ERROR(Transition(alert, complete ? Act::kIssue : Act::kIssueUrgently).status());
  RETURN_IF_ERROR(CheckPeriodAtIssue(alert, now));
  Issued issued;
  ASSIGN_OR_RETURN(issued.make_ups,
                   guard::Judge(PaperGuards(alert, limits), urgency, alert.name(), issuer, now));
  for (const auto& row : issued.make_ups) alert.add_open_make_ups(row.name());
  StampIssue(issuer, now, alert);
  TellTargets(alert);
  RETURN_IF_ERROR(CheckFacts(alert, FactsAt::kIssue));
  issued.alert = std::move(alert);
  return issued;
}

v1::Alert IssueNotice(const v1::IssueNoticeRequest& request, const std::vector<std::string>& areas,
                      const Actor& issuer, absl::Time now) {
  v1::Alert alert;
  alert.set_kind(v1::NOTICE);
  alert.set_urgent(request.urgent());
  alert.set_title(request.title());
  alert.set_text(request.text());
  alert.set_refers_to(request.refers_to());
  alert.mutable_target_areas()->Assign(areas.begin(), areas.end());
  *alert.mutable_legal_basis() = request.legal_basis();
  *alert.mutable_tiers() = request.tiers();
  if (request.has_expires_at()) *alert.mutable_expires_at() = request.expires_at();
  *alert.mutable_drafter() = issuer;
  StampIssue(issuer, now, alert);
  *alert.mutable_effective_at() = alert.issued_at();
  TellTargets(alert);
  return alert;
}

absl::StatusOr<v1::Alert> Supersede(v1::Alert old, const v1::Alert& successor, absl::Time now) {
  if (old.state() == v1::LIFTED) return old;
  ASSIGN_OR_RETURN(const v1::AlertState next, Transition(old, Act::kSupersede));
  old.set_state(next);
  old.set_next(successor.name());
  *old.mutable_ended_at() = base::ToProto(now);
  return old;
}

absl::StatusOr<v1::Alert> Extend(v1::Alert alert, absl::Time until, std::string_view reason,
                                 absl::Time now) {
  ASSIGN_OR_RETURN(const v1::AlertState next, Transition(alert, Act::kExtend));
  const absl::Time before =
      alert.has_expires_at() ? base::FromProto(alert.expires_at()) : absl::InfiniteFuture();
  if (until <= now || (alert.has_expires_at() && until <= before)) {
    return base::Invalid(Reason::FIELD_INVALID, "新的到期时间应晚于现在和原到期时间",
                         "the new end must be later than now and than the old one")
        .Field("expires_at")
        .Rule("alert.period")
        .Next("缩短预警期请调整或解除", "to shorten it, adjust or lift it");
  }
  alert.set_state(next);
  *alert.mutable_expires_at() = base::ToProto(until);
  alert.set_reason(std::string(reason));
  return alert;
}

absl::StatusOr<v1::Alert> Withdraw(v1::Alert alert, std::string_view reason, absl::Time now) {
  ASSIGN_OR_RETURN(const v1::AlertState next, Transition(alert, Act::kWithdraw));
  alert.set_state(next);
  alert.set_reason(std::string(reason));
  *alert.mutable_ended_at() = base::ToProto(now);
  return alert;
}

absl::StatusOr<v1::Alert> Lift(v1::Alert alert, std::string_view reason, const Actor& lifter,
                               absl::Time now) {
  ASSIGN_OR_RETURN(const v1::AlertState next, Transition(alert, Act::kLift));
  alert.set_state(next);
  alert.set_lift_reason(std::string(reason));
  *alert.mutable_lifter() = lifter;
  *alert.mutable_ended_at() = base::ToProto(now);
  return alert;
}

absl::StatusOr<v1::Alert> Expire(v1::Alert alert) {
  ASSIGN_OR_RETURN(const v1::AlertState next, Transition(alert, Act::kExpire));
  alert.set_state(next);
  return alert;
}

absl::Status CheckVersion(int64_t expected, int64_t actual) {
  if (expected == 0 || expected == actual) return absl::OkStatus();
  return base::Aborted(Reason::STALE_VERSION,
                       absl::StrCat("该预警已被他人修改（现为第 ", actual, " 版）"),
                       absl::StrCat("somebody changed it meanwhile; it is at version ", actual))
      .Field("expected_version")
      .Next("刷新后再办", "read it again, then repeat");
}

}  // namespace huying::alert::rules
