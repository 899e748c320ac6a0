// SPDX-License-Identifier: Apache-2.0
#include "clients/drill/situation.h"

#include "absl/strings/str_join.h"
#include "google/protobuf/util/message_differencer.h"
#include "services/platform/base/clock.h"

namespace huying::drill_client {
namespace {

template <typename Message>
Message ParsedRecord(const platform::v1::Change& change) {
  Message message;
  message.ParseFromString(change.image());
  return message;
}

// What the law or the table sets a time for; tasks and items are shown elsewhere.
bool IsClock(const common::v1::Obligation& owed) {
  return owed.kind() == common::v1::Obligation::REPORT ||
         owed.kind() == common::v1::Obligation::VERIFICATION ||
         owed.kind() == common::v1::Obligation::DECISION;
}

// The whole list was sent when the alert was issued; only who departs from that has a record.
void AddRecipients(const alert::v1::RecipientList& list, AlertView& view) {
  for (const auto& one : list.recipients()) {
    alert::v1::Recipient& recipient = view.recipients[one.post()];
    if (!recipient.post().empty()) continue;
    recipient.set_alert(list.alert());
    recipient.set_post(one.post());
    recipient.set_post_title(one.post_title());
    recipient.set_area(one.area());
    recipient.set_area_name(one.area_name());
    recipient.set_tier(one.tier());
    recipient.set_state(alert::v1::SENT);
  }
}

void UpdateRecipient(const alert::v1::Recipient& update, AlertView& view) {
  alert::v1::Recipient& recipient = view.recipients[update.post()];
  const std::string title = recipient.post_title();
  const std::string area_name = recipient.area_name();
  recipient = update;
  if (recipient.post_title().empty()) recipient.set_post_title(title);
  if (recipient.area_name().empty()) recipient.set_area_name(area_name);
}

}  // namespace

void Situation::Apply(const drill::rules::SeenEntry& seen) {
  for (const platform::v1::Change& change : seen.entry.changes()) {
    if (seen.ledger == "alert") ApplyAlert(change);
    if (seen.ledger == "incident") ApplyIncident(change, base::FromProto(seen.entry.received_at()));
  }
}

void Situation::NoteFigures(const incident::v1::Incident& incident, absl::Time at) {
  const auto before = incidents_.find(incident.name());
  const bool same = before != incidents_.end() && before->second.level() == incident.level() &&
                    google::protobuf::util::MessageDifferencer::Equals(before->second.figures(),
                                                                       incident.figures());
  if (same) return;
  FiguresAt now{incident.name(), at, incident.figures(), incident.level(), ""};
  if (!incident.level_history().empty()) {
    const auto& last = *incident.level_history().rbegin();
    now.reason = last.reason().empty() ? absl::StrJoin(last.reasons(), "；") : last.reason();
  }
  figures_.push_back(std::move(now));
}

void Situation::ApplyAlert(const platform::v1::Change& change) {
  if (change.kind() == "alert") {
    alerts_[change.key()].alert = ParsedRecord<alert::v1::Alert>(change);
  } else if (change.kind() == "recipient_list") {
    const auto list = ParsedRecord<alert::v1::RecipientList>(change);
    AddRecipients(list, alerts_[list.alert()]);
  } else if (change.kind() == "recipient") {
    const auto recipient = ParsedRecord<alert::v1::Recipient>(change);
    UpdateRecipient(recipient, alerts_[recipient.alert()]);
  } else if (change.kind() == "escalation") {
    auto escalation = ParsedRecord<alert::v1::Escalation>(change);
    alerts_[escalation.alert()].escalations.push_back(std::move(escalation));
  }
}

void Situation::ApplyIncident(const platform::v1::Change& change, absl::Time at) {
  if (change.kind() == "incident") {
    auto incident = ParsedRecord<incident::v1::Incident>(change);
    NoteFigures(incident, at);
    incidents_[change.key()] = std::move(incident);
  } else if (change.kind() == "report") {
    reports_[change.key()] = ParsedRecord<incident::v1::Report>(change);
  } else if (change.kind() == "response") {
    responses_[change.key()] = ParsedRecord<incident::v1::Response>(change);
  } else if (change.kind() == "task") {
    tasks_[change.key()] = ParsedRecord<incident::v1::Task>(change);
  } else if (change.kind() == "obligation") {
    auto owed = ParsedRecord<common::v1::Obligation>(change);
    if (IsClock(owed)) clocks_[change.key()] = std::move(owed);
  }
}

const std::string& Situation::TitleOf(const std::string& post) const {
  const auto it = titles_.find(post);
  return it == titles_.end() || it->second.empty() ? post : it->second;
}

TierCounts Situation::Counts(common::v1::Tier tier) const {
  TierCounts counts;
  for (const auto& [name, view] : alerts_) {
    for (const auto& [post, recipient] : view.recipients) {
      if (recipient.tier() != tier) continue;
      ++counts.sent;
      counts.delivered += recipient.has_delivered_at() ? 1 : 0;
      counts.read += recipient.has_read_at() ? 1 : 0;
      counts.answered += recipient.state() == alert::v1::ANSWERED ? 1 : 0;
      counts.cannot_comply += recipient.state() == alert::v1::CANNOT_COMPLY ? 1 : 0;
      counts.late += recipient.late() ? 1 : 0;
    }
  }
  return counts;
}

ClockCounts Situation::Clocks() const {
  ClockCounts counts;
  for (const auto& [name, clock] : clocks_) {
    counts.met += clock.state() == common::v1::Obligation::MET ? 1 : 0;
    counts.running += clock.state() == common::v1::Obligation::RUNNING ? 1 : 0;
    counts.missed += clock.has_overdue_at() ? 1 : 0;
  }
  return counts;
}

TaskCounts Situation::Tasks() const {
  TaskCounts counts;
  for (const auto& [name, task] : tasks_) {
    ++counts.assigned;
    counts.accepted += task.has_accepted_at() ? 1 : 0;
    counts.done += task.has_done_at() ? 1 : 0;
    counts.overdue += task.overdue() ? 1 : 0;
  }
  return counts;
}

}  // namespace huying::drill_client
