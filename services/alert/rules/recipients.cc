// SPDX-License-Identifier: Apache-2.0
#include "services/alert/rules/recipients.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "services/alert/rules/areas.h"
#include "services/alert/rules/competence.h"
#include "services/platform/base/clock.h"
#include "services/platform/base/status.h"
#include "services/platform/base/strings.h"

namespace huying::alert::rules {
namespace {
using base::Reason;
using Frozen = v1::RecipientList::Recipient;

constexpr std::string_view kPosts = "posts/";
constexpr int kStatementsMax = 30;

const Frozen* Find(const v1::RecipientList& list, std::string_view post) {
  if (post.empty()) return nullptr;
  for (const Frozen& recipient : list.recipients()) {
    if (recipient.post() == post) return &recipient;
  }
  return nullptr;
}

bool IsDeputy(const Frozen& recipient, const std::string& post) {
  return std::find(recipient.deputies().begin(), recipient.deputies().end(), post) !=
         recipient.deputies().end();
}

// Why the statement is kept but not shown; nothing: it is shown.
std::optional<common::v1::Flag> WhyWeaker(const v1::Recipient& shown, const v1::Statement& said) {
  if (!Spoke(shown.state()) || said.kind() == v1::CANNOT) return std::nullopt;
  // What was asked is taken back: there is nothing left that could not be done.
  if (said.kind() == v1::STOPPED) return std::nullopt;
  if (shown.state() == v1::CANNOT_COMPLY) {
    if (said.solved() && !said.off_duty()) return std::nullopt;
    return MakeFlag("alert.cannot-stands",
                    "“无法执行”仍然有效：须由在班人员写明如何解决（solved）后才算应答");
  }
  if (said.off_duty() && !shown.off_duty()) {
    return MakeFlag("alert.on-duty-answer-stands", "在班人员的应答仍然有效");
  }
  if (StrengthOf(said.kind()) < StrengthOf(shown.answer())) {
    return MakeFlag("alert.stronger-answer-stands", "此前较强的应答仍然有效");
  }
  if (said.kind() == v1::EVACUATED && shown.answer() == v1::EVACUATED &&
      said.evacuated() < shown.evacuated() && said.text().empty()) {
    return MakeFlag("alert.evacuated-lower", "转移人数少于此前所报，须写明理由，仍按此前人数显示");
  }
  return std::nullopt;
}

void Show(v1::Recipient& recipient, const v1::Statement& statement) {
  recipient.set_state(statement.kind() == v1::CANNOT ? v1::CANNOT_COMPLY : v1::ANSWERED);
  recipient.set_answer(statement.kind());
  recipient.set_answer_text(statement.text());
  if (statement.kind() == v1::EVACUATED) recipient.set_evacuated(statement.evacuated());
  recipient.set_channel(statement.channel());
  recipient.set_off_duty(statement.off_duty());
  *recipient.mutable_answered_by() = statement.by();
  recipient.clear_recorded_by();
  if (statement.has_recorded_by()) *recipient.mutable_recorded_by() = statement.recorded_by();
}

// A full list loses its oldest weak statement; what is shown is a field of its own.
void AddStatement(v1::Recipient& recipient, v1::Statement statement) {
  auto* all = recipient.mutable_statements();
  if (all->size() >= kStatementsMax) {
    auto weak = std::find_if(all->begin(), all->end(), [](const v1::Statement& said) {
      return said.kind() == v1::RECEIVED || said.kind() == v1::ON_POST;
    });
    all->erase(weak == all->end() ? all->begin() : weak);
  }
  *all->Add() = std::move(statement);
}

absl::Status NotARecipient(std::string_view post) {
  return base::Denied(Reason::CONDITION_NOT_MET,
                      absl::StrCat("岗位 ", base::Abs(post), " 不是应答对象，无需应答"),
                      absl::StrCat(base::Abs(post), " is not among those who must answer"))
      .Rule("alert.recipient-only")
      .Next("代他人记录应答的，填写 for_post 和 person_name",
            "to write down another's answer, fill for_post and person_name");
}

// Who may write down what a post said by telephone: its supervisor, and whoever governs its area. A
// department and a unit outside the three tiers have no duty over another post.
bool HasDutyOver(const v1::Alert& alert, const Frozen& recipient, const common::v1::Actor& actor) {
  const std::string& supervisor = recipient.supervisor();
  const bool supervises = !supervisor.empty() && guard::IsGovernment(actor.tier()) &&
                          (actor.post() == supervisor || actor.acting_for_post() == supervisor);
  return supervises || guard::Governs(actor, recipient.area(), alert.parents());
}

absl::StatusOr<Answering> ByPhone(const v1::Alert& alert, const Frozen& recipient,
                                  const common::v1::Actor& actor,
                                  const v1::AnswerRequest& request) {
  if (!HasDutyOver(alert, recipient, actor)) {
    return base::Denied(Reason::OUTSIDE_AREA,
                        absl::StrCat("岗位 ", recipient.post(), " 不由本岗位负责，不能代记其应答"),
                        absl::StrCat("this post has no duty over ", recipient.post()))
        .Field("for_post")
        .Rule("alert.answer-for-beneath")
        .Next("请其本人、副岗、直接上级或上级政府值班岗记录",
              "let it, its deputy, its supervisor or a government post above write it down");
  }
  if (request.person_name().empty()) {
    return base::Invalid(Reason::FIELD_MISSING, "代记应答须写明应答人姓名",
                         "say who spoke: an answer is a named person's act")
        .Field("person_name")
        .Rule("alert.named-person");
  }
  Answering answering{.recipient = recipient, .recorded = true};
  answering.speaker.set_person_name(request.person_name());
  answering.speaker.set_post(recipient.post());
  answering.speaker.set_post_name(recipient.post_title());
  answering.speaker.set_area(recipient.area());
  answering.speaker.set_tier(recipient.tier());
  return answering;
}
}  // namespace

std::string RecipientName(std::string_view alert, std::string_view post) {
  if (post.substr(0, kPosts.size()) == kPosts) post.remove_prefix(kPosts.size());
  return absl::StrCat(base::Abs(alert), "/recipients/", base::Abs(post));
}

std::optional<absl::Time> LimitOf(const v1::Alert& alert, common::v1::Tier tier) {
  for (const auto& limit : alert.limits()) {
    if (limit.tier() == tier) return base::FromProto(limit.limit_at());
  }
  return std::nullopt;
}

v1::Recipient Fresh(const v1::Alert& alert, const Frozen& frozen) {
  v1::Recipient recipient;
  recipient.set_name(RecipientName(alert.name(), frozen.post()));
  recipient.set_alert(alert.name());
  recipient.set_post(frozen.post());
  recipient.set_post_title(frozen.post_title());
  recipient.set_area(frozen.area());
  recipient.set_area_name(frozen.area_name());
  recipient.set_tier(frozen.tier());
  recipient.set_stood_down(frozen.stood_down());
  recipient.set_state(v1::SENT);
  if (const auto limit = LimitOf(alert, frozen.tier())) {
    *recipient.mutable_limit_at() = base::ToProto(*limit);
  }
  return recipient;
}

bool ApplyReceipt(v1::Recipient& recipient, v1::RecipientState reported, absl::Time received_at) {
  const std::string before = recipient.SerializeAsString();
  recipient.set_state(Advance(recipient.state(), reported));
  if (!recipient.has_delivered_at()) *recipient.mutable_delivered_at() = base::ToProto(received_at);
  if (reported == v1::READ && !recipient.has_read_at()) {
    *recipient.mutable_read_at() = base::ToProto(received_at);
  }
  return recipient.SerializeAsString() != before;
}

std::vector<common::v1::Flag> ApplyAnswer(v1::Recipient& recipient, v1::Statement statement) {
  std::vector<common::v1::Flag> flags;
  // The time that counts is that of the first answer.
  if (!Spoke(recipient.state())) {
    *recipient.mutable_answered_at() = statement.received_at();
    recipient.set_late(recipient.has_limit_at() && base::FromProto(statement.received_at()) >
                                                       base::FromProto(recipient.limit_at()));
  }
  if (statement.off_duty()) {
    flags.push_back(MakeFlag("alert.answered-off-duty", "应答人此时不在班"));
  }
  if (const auto weaker = WhyWeaker(recipient, statement)) {
    flags.push_back(*weaker);
  } else {
    Show(recipient, statement);
  }
  AddStatement(recipient, std::move(statement));
  return flags;
}

Frozen Provisional(const common::v1::Actor& actor) {
  Frozen recipient;
  recipient.set_post(actor.post());
  recipient.set_post_title(actor.post_name());
  recipient.set_area(actor.area());
  recipient.set_tier(actor.tier());
  return recipient;
}

const Frozen* OwnRecipient(const v1::RecipientList& list, const common::v1::Actor& actor) {
  const Frozen* own = Find(list, actor.post());
  return own != nullptr ? own : Find(list, actor.acting_for_post());
}

absl::StatusOr<Answering> WhoAnswers(const v1::Alert& alert, const v1::RecipientList& list,
                                     const common::v1::Actor& actor,
                                     const v1::AnswerRequest& request) {
  const std::string& wanted = request.for_post();
  const bool for_self =
      wanted.empty() || wanted == actor.post() || wanted == actor.acting_for_post();
  if (for_self) {
    const Frozen* own = wanted.empty() ? OwnRecipient(list, actor) : Find(list, wanted);
    if (own != nullptr) return Answering{.recipient = *own, .speaker = actor};
  }
  // A deputy answers in the post's stead; when it is deputy of several, it says for which.
  std::vector<const Frozen*> deputised;
  for (const Frozen& recipient : list.recipients()) {
    if (IsDeputy(recipient, actor.post()) && (wanted.empty() || wanted == recipient.post())) {
      deputised.push_back(&recipient);
    }
  }
  if (deputised.size() == 1) {
    Answering answering{.recipient = *deputised.front(), .speaker = actor};
    answering.speaker.set_acting_for_post(deputised.front()->post());
    return answering;
  }
  if (deputised.size() > 1) {
    return base::Invalid(Reason::FIELD_MISSING, "本岗位是多个岗位的副手，请写明代哪个岗位应答",
                         "this post is deputy of several: say for which one it answers")
        .Field("for_post");
  }
  if (!for_self) {
    const Frozen* other = Find(list, wanted);
    if (other == nullptr) return NotARecipient(wanted);
    return ByPhone(alert, *other, actor, request);
  }
  if (alert.recipients_unknown()) {
    return Answering{.recipient = Provisional(actor), .speaker = actor};
  }
  return NotARecipient(actor.post());
}

}  // namespace huying::alert::rules
