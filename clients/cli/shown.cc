// SPDX-License-Identifier: Apache-2.0
#include "clients/cli/shown.h"

#include <set>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "services/platform/base/clock.h"

namespace huying::cli {
namespace {

using alert::v1::Alert;
using alert::v1::Escalation;
using alert::v1::Recipient;
using common::v1::Obligation;

constexpr int kTierAbove = 2;  // the step at which the tier above is called

std::string Time(const google::protobuf::Timestamp& time) {
  return base::BeijingTime(base::FromProto(time));
}

// One indented line, when there is something to say.
void Line(std::string* out, const std::string& label, const std::string& text) {
  if (!text.empty()) absl::StrAppend(out, "\n    ", label, text);
}

std::string Areas(const Say& say, const Alert& alert, const AreaNames& names) {
  std::vector<std::string> areas;
  for (const std::string& area : alert.target_areas()) {
    const auto own = alert.area_names().find(area);
    const auto known = names.find(area);
    areas.push_back(own != alert.area_names().end() ? own->second
                    : known != names.end()          ? known->second
                                                    : area);
  }
  std::string text = absl::StrJoin(areas, "、");
  if (!alert.has_concerns_you()) return text;
  return text + (alert.concerns_you() ? say("（涉及你处：是）", " (your area: yes)")
                                      : say("（涉及你处：否）", " (your area: no)"));
}

std::string Period(const Say& say, const Alert& alert) {
  const std::string from = alert.has_effective_at() ? Time(alert.effective_at()) : "";
  const std::string until = alert.has_expires_at() ? Time(alert.expires_at()) : "";
  if (from.empty() && until.empty()) return "";
  return absl::StrCat(from, say(" 至 ", " to "), until);
}

std::string Limits(const Say& say, const Alert& alert) {
  std::vector<std::string> limits;
  for (const auto& limit : alert.limits()) {
    limits.push_back(
        absl::StrCat(Word(say, common::v1::Tier_Name(limit.tier())), " ", Time(limit.limit_at())));
  }
  return absl::StrJoin(limits, "、");
}

std::string Who(const common::v1::Actor& actor) {
  return actor.post_name().empty() ? actor.person_name()
                                   : absl::StrCat(actor.post_name(), " ", actor.person_name());
}

bool IsOut(alert::v1::AlertState state) {
  return state == alert::v1::ISSUED || state == alert::v1::EXPIRED;
}

std::string PostTitle(const Escalation& step, const std::string& post) {
  const auto title = step.post_titles().find(post);
  return title == step.post_titles().end() || title->second.empty() ? post : title->second;
}

// Title and, where it is known, the person who holds it.
std::string Called(const Escalation& step, const std::string& post) {
  std::string text = PostTitle(step, post);
  for (const auto& held : step.holders()) {
    if (held.post() == post && !held.person_name().empty()) {
      absl::StrAppend(&text, "（", held.person_name(), "）");
    }
  }
  return text;
}

template <typename Posts, typename Title>
std::string Join(const Posts& posts, const Title& title) {
  std::vector<std::string> titles;
  for (const std::string& post : posts) titles.push_back(title(post));
  return absl::StrJoin(titles, "、");
}

}  // namespace

std::string ModeMark(const Say& say, const std::string& mark) {
  return mark.empty() ? say("【实战】", "[LIVE] ") : mark;
}

std::string TitleOf(const std::string& name, const std::string& title) {
  return title.empty() ? name : absl::StrCat(name, "《", title, "》");
}

std::string AlertText(const Say& say, const Alert& alert, const AreaNames& names) {
  std::string out = absl::StrCat(ModeMark(say, alert.mark()), alert.name(), " [",
                                 Word(say, alert::v1::AlertKind_Name(alert.kind())));
  if (alert.color() != alert::v1::COLOR_UNSPECIFIED) {
    absl::StrAppend(&out, " ", Word(say, alert::v1::Color_Name(alert.color())));
  }
  if (alert.urgent()) absl::StrAppend(&out, " ", say("紧急", "urgent"));
  absl::StrAppend(&out, " ", Word(say, alert::v1::AlertState_Name(alert.state()), "AlertState"),
                  "] ", alert.title());
  Line(&out, say("区域：", "areas: "), Areas(say, alert, names));
  Line(&out, "", alert.text());
  Line(&out, say("警示事项：", "cautions: "), alert.cautions());
  Line(&out, say("应当采取的措施：", "measures: "), alert.measures());
  Line(&out, say("期间：", "period: "), Period(say, alert));
  Line(&out, say("理由：", "reason: "), alert.reason());
  Line(&out, say("解除原因：", "why it was lifted: "), alert.lift_reason());
  Line(&out, say("由何预警调整：", "adjusts: "), alert.previous());
  Line(&out, say("已由后继预警取代：", "superseded by: "), alert.next());
  Line(&out, say("涉及：", "refers to: "), alert.refers_to());
  if (alert.has_issuer()) Line(&out, say("发布：", "issued by: "), Who(alert.issuer()));
  if (alert.has_issued_at()) Line(&out, say("发布时间：", "issued at: "), Time(alert.issued_at()));
  if (alert.has_ended_at()) Line(&out, say("结束时间：", "ended at: "), Time(alert.ended_at()));
  if (!IsOut(alert.state())) return out;
  Line(&out, say("应答时限：", "answer by: "), Limits(say, alert));
  Line(&out, say("应答：", "to answer: "),
       absl::StrCat("huying answer ", alert.name(),
                    " --kind received | on-post | evacuated | cannot"));
  return out;
}

std::string RecipientText(const Say& say, const Recipient& recipient) {
  std::string out =
      absl::StrCat(recipient.area_name(), " ", recipient.post_title(), say("：", ": "),
                   Word(say, alert::v1::RecipientState_Name(recipient.state()), "RecipientState"));
  if (recipient.answer() == alert::v1::EVACUATED) {
    absl::StrAppend(&out, say("，已转移 ", ", moved "), recipient.evacuated(), say(" 人", ""));
  } else if (recipient.answer() == alert::v1::ON_POST) {
    absl::StrAppend(&out, say("，已到岗", ", on post"));
  }
  if (!recipient.answer_text().empty()) absl::StrAppend(&out, "（", recipient.answer_text(), "）");
  if (recipient.late()) absl::StrAppend(&out, say("，超时", ", late"));
  if (!recipient.answered_by().person_name().empty()) {
    absl::StrAppend(&out, " · ", recipient.answered_by().person_name());
  }
  return out;
}

std::string StepText(const Say& say, const Escalation& step) {
  std::string out = step.reason();
  const auto part = [&](const char* zh, const char* en, const std::string& text) {
    if (!text.empty()) absl::StrAppend(&out, say("；", "; "), say(zh, en), text);
  };
  part("未应答：", "silent: ", Join(step.silent_posts(), [&](const auto& post) {
         return PostTitle(step, post);
       }));
  part("已呼叫：",
       "called: ", Join(step.called_posts(), [&](const auto& post) { return Called(step, post); }));
  part("无人可呼叫：", "nobody to call for: ", Join(step.empty_posts(), [&](const auto& post) {
         return PostTitle(step, post);
       }));
  if (step.has_limit_at()) part("时限：", "limit: ", Time(step.limit_at()));
  return out;
}

std::string StepAdvice(const Say& say, const Escalation& step) {
  const std::string& alert = step.alert();
  if (step.silent_posts().empty()) {
    return absl::StrCat(say("查看：", "see: "), "huying alert show ", alert);
  }
  if (step.step() < kTierAbove) {
    return absl::StrCat(say("请代为应答：", "answer in its stead: "), "huying answer ", alert,
                        " --kind received | on-post | evacuated | cannot");
  }
  return absl::StrCat(say("请电话联系未应答岗位，并代记应答：",
                          "telephone the silent posts and write their answer down: "),
                      "huying answer ", alert, " --for-post ", step.silent_posts(0),
                      " --person … --kind …");
}

std::string ObligationText(const Say& say, const Obligation& obligation) {
  std::string out = absl::StrCat(
      "[", Word(say, Obligation::Kind_Name(obligation.kind()), "Kind"), " ",
      Word(say, Obligation::State_Name(obligation.state()), "State"), "] ", obligation.title());
  if (!obligation.matter().empty()) absl::StrAppend(&out, say("：", ": "), obligation.matter());
  const std::string& about =
      obligation.subject().empty() ? obligation.case_id() : obligation.subject();
  absl::StrAppend(&out, "（", about, "）");
  if (obligation.has_due_at()) {
    absl::StrAppend(&out, say("，截止 ", ", due "), Time(obligation.due_at()));
  }
  if (obligation.missed() > 1) {
    absl::StrAppend(&out, say("，已错过 ", ", missed "), obligation.missed(), say(" 次", " times"));
  }
  if (!obligation.post().empty()) {
    absl::StrAppend(&out, say("，责任岗位 ", ", owed by "), obligation.post());
  }
  if (!obligation.note().empty()) absl::StrAppend(&out, say("；", "; "), obligation.note());
  return out;
}

}  // namespace huying::cli
