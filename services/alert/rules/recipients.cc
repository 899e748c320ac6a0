// SPDX-License-Identifier: Apache-2.0
#include "services/alert/rules/recipients.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "services/alert/rules/areas.h"
#include "services/platform/base/clock.h"
#include "services/platform/base/status.h"
#include "services/platform/base/strings.h"

namespace huying::alert::rules {
namespace {
using base::Reason;
using Frozen = v1::RecipientList::Recipient;

constexpr std::string_view kPosts = "posts/";

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

absl::Status NotARecipient(std::string_view post) {
  return base::Denied(Reason::CONDITION_NOT_MET,
                      absl::StrCat("岗位 ", base::Abs(post), " 不是应答对象，无需应答"),
                      absl::StrCat(base::Abs(post), " is not among those who must answer"))
      .Rule("alert.recipient-only")
      .Next("代他人记录应答的，填写 for_post 和 person_name",
            "to write down another's answer, fill for_post and person_name");
}

// Directory has not said who must answer: whoever answers for its own area is heard.
Frozen Provisional(const common::v1::Actor& actor) {
  Frozen recipient;
  recipient.set_post(actor.post());
  recipient.set_post_title(actor.post_name());
  recipient.set_area(actor.area());
  recipient.set_tier(actor.tier());
  return recipient;
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

void ApplyAnswer(v1::Recipient& recipient, const v1::AnswerRequest& request,
                 const common::v1::Actor& speaker, const common::v1::Actor* recorder,
                 absl::Time received_at) {
  // A second answer brings new content; the time that counts is that of the first.
  if (!Spoke(recipient.state())) {
    *recipient.mutable_answered_at() = base::ToProto(received_at);
    recipient.set_late(recipient.has_limit_at() &&
                       received_at > base::FromProto(recipient.limit_at()));
  }
  recipient.set_state(request.kind() == v1::CANNOT ? v1::CANNOT_COMPLY : v1::ANSWERED);
  recipient.set_answer(request.kind());
  recipient.set_answer_text(request.text());
  if (request.kind() == v1::EVACUATED) recipient.set_evacuated(request.evacuated());
  recipient.set_channel(request.channel());
  *recipient.mutable_answered_by() = speaker;
  recipient.clear_recorded_by();
  if (recorder != nullptr) *recipient.mutable_recorded_by() = *recorder;
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
