// SPDX-License-Identifier: Apache-2.0
#include "clients/cli/commands/watch_screen.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "services/platform/base/clock.h"

namespace huying::cli {
namespace {

using alert::v1::Alert;
using alert::v1::Escalation;
using alert::v1::Recipient;
using common::v1::Obligation;

constexpr char kBell[] = "\a";

// When the alert came to the state it is in.
const google::protobuf::Timestamp& ChangedAt(const Alert& alert) {
  return alert.has_ended_at() ? alert.ended_at() : alert.issued_at();
}

const google::protobuf::Timestamp& ActedAt(const Recipient& recipient) {
  if (recipient.has_answered_at()) return recipient.answered_at();
  return recipient.has_read_at() ? recipient.read_at() : recipient.delivered_at();
}

// Of what an obligation says now, the newest.
const google::protobuf::Timestamp& ChangedAt(const Obligation& obligation) {
  if (obligation.has_closed_at()) return obligation.closed_at();
  if (!obligation.climbs().empty()) return obligation.climbs().rbegin()->at();
  return obligation.has_overdue_at() ? obligation.overdue_at() : obligation.start_at();
}

bool IsOwed(const Obligation& obligation) {
  return obligation.state() == Obligation::RUNNING || obligation.state() == Obligation::OVERDUE;
}

}  // namespace

std::string WatchScreen::Head(const google::protobuf::Timestamp& at, bool ring) const {
  return absl::StrCat(ring ? kBell : "", base::BeijingTime(base::FromProto(at)), " ",
                      ModeMark(say_, reader_.mark));
}

std::string WatchScreen::TitleOfAlert(const std::string& name) const {
  const auto title = titles_.find(name);
  return TitleOf(name, title == titles_.end() ? "" : title->second);
}

void WatchScreen::Show(const alert::v1::SubscribeEvent& event) {
  for (const auto& [area, name] : event.area_names()) names_[area] = name;
  if (event.has_snapshot()) {
    ShowAlert("•", event.snapshot().alert(), /*ring=*/false);
    for (const auto& recipient : event.snapshot().recipients()) ShowRecipient(recipient);
    for (const auto& step : event.snapshot().escalations()) ShowStep(step);
  }
  if (event.has_snapshot_end()) {
    Note(say_("— 以上是现在有效的预警与通知, 以下是实时 —",
              "— alerts in force now; live from here —"));
  }
  if (event.has_alert()) {
    ShowAlert("▶", event.alert().alert(), /*ring=*/true);
    for (const auto& other : event.alert().also()) ShowAlert("▷", other, /*ring=*/true);
    for (const auto& step : event.alert().escalations()) ShowStep(step);
  }
  for (const auto& recipient : event.recipient().recipients()) ShowRecipient(recipient);
  for (const auto& step : event.recipient().escalations()) ShowStep(step);
  if (event.has_escalation()) ShowStep(event.escalation().escalation());
  if (event.heartbeat().degraded()) {
    Note(say_("… 推送降级 (Redis 不可用), 变慢但不丢", "… push degraded: slower, nothing is lost"));
  }
  if (event.has_resync()) {
    Note(say_("… 服务器数据已恢复到另一版本，以下重新列出现在有效的",
              "… the server's data were restored; what is in force follows anew"));
  }
}

void WatchScreen::Show(const common::v1::InboxEvent& event) {
  if (event.has_owed()) ShowObligation(event.owed());
  if (event.has_snapshot_end()) {
    Note(say_("— 以上是本岗位现在的待办, 以下是实时 —",
              "— what your post owes now; live from here —"));
  }
  for (const auto& obligation : event.changed().obligations()) ShowObligation(obligation);
}

void WatchScreen::Note(const std::string& text) { out_ << text << std::endl; }

void WatchScreen::ShowAlert(const char* sign, const Alert& alert, bool ring) {
  titles_[alert.name()] = alert.title();
  // The alert's own text begins with the mark.
  out_ << (ring ? kBell : "") << sign << " " << base::BeijingTime(base::FromProto(ChangedAt(alert)))
       << " " << AlertText(say_, alert, names_) << std::endl;
}

void WatchScreen::ShowRecipient(const Recipient& recipient) {
  // SENT is the state of who has done nothing yet: the limit is what matters.
  const bool acted = recipient.state() != alert::v1::SENT;
  out_ << "  " << (acted ? Head(ActedAt(recipient), /*ring=*/false) : ModeMark(say_, reader_.mark))
       << TitleOfAlert(recipient.alert()) << " " << RecipientText(say_, recipient);
  if (!acted && recipient.has_limit_at()) {
    out_ << say_("，应答时限 ", ", answer by ")
         << base::BeijingTime(base::FromProto(recipient.limit_at()));
  }
  out_ << std::endl;
}

void WatchScreen::ShowStep(const Escalation& step) {
  const bool me =
      std::any_of(step.called_posts().begin(), step.called_posts().end(),
                  [this](const std::string& post) { return reader_.posts.count(post) > 0; });
  const std::string title = step.alert_title().empty() ? TitleOfAlert(step.alert())
                                                       : TitleOf(step.alert(), step.alert_title());
  out_ << "  " << Head(step.at(), me) << "‼ "
       << (me ? say_("您被叫应：", "you are called: ") : say_("叫应：", "ladder: ")) << title << " "
       << StepText(say_, step) << std::endl;
  if (me) out_ << "    " << StepAdvice(say_, step) << std::endl;
}

void WatchScreen::ShowObligation(const Obligation& obligation) {
  const bool owed = IsOwed(obligation);
  out_ << Head(ChangedAt(obligation), owed) << (owed ? say_("☎ 待办：", "☎ to do: ") : "✓ ")
       << ObligationText(say_, obligation) << std::endl;
}

}  // namespace huying::cli
