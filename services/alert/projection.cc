// SPDX-License-Identifier: Apache-2.0
#include "services/alert/projection.h"

#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "huying/alert/v1/alert_service.pb.h"
#include "services/alert/store.h"
#include "services/platform/base/clock.h"
#include "services/platform/duty/obligation.h"
#include "services/platform/guard/makeups.h"
#include "services/platform/push/cursor.h"

namespace huying::alert {
namespace {
// Everything an entry changed that a follower may want.
struct Changed {
  std::vector<v1::Alert> alerts;
  std::vector<v1::Recipient> recipients;
  std::vector<v1::Escalation> escalations;
};

Changed ChangesOf(const platform::v1::Entry& entry) {
  Changed changed;
  for (const platform::v1::Change& change : entry.changes()) {
    if (change.deleted()) continue;
    if (change.kind() == kAlerts.name()) {
      changed.alerts.push_back(kAlerts.Parse(change.image()));
    } else if (change.kind() == kRecipients.name()) {
      changed.recipients.push_back(kRecipients.Parse(change.image()));
    } else if (change.kind() == kEscalations.name()) {
      changed.escalations.push_back(kEscalations.Parse(change.image()));
    } else if (change.kind() == duty::kObligations.name()) {
      const auto owed = duty::kObligations.Parse(change.image());
      if (owed.state() == common::v1::Obligation::OVERDUE) {
        changed.escalations.push_back(StepOf(owed));
      }
    } else if (change.kind() == guard::kMakeUps.name()) {
      const auto row = guard::kMakeUps.Parse(change.image());
      if (row.state() == common::v1::MakeUp::OVERDUE) {
        changed.escalations.push_back(StepOf(row));
      }
    }
  }
  return changed;
}

// The tables of areas stand once in the event, not in each alert: a listener's copy leaves them out.
void MoveTables(v1::Alert& alert, v1::SubscribeEvent& event) {
  event.mutable_parents()->insert(alert.parents().begin(), alert.parents().end());
  event.mutable_area_names()->insert(alert.area_names().begin(), alert.area_names().end());
  alert.clear_parents();
  alert.clear_area_names();
}

template <typename Event>
void AddEscalations(std::vector<v1::Escalation>& steps, Event* event) {
  for (v1::Escalation& step : steps) *event->add_escalations() = std::move(step);
}
}  // namespace

v1::Escalation StepOf(const common::v1::MakeUp& overdue) {
  v1::Escalation step;
  step.set_name(overdue.name());
  step.set_alert(overdue.subject());
  step.set_step(2);
  *step.mutable_at() = overdue.due_at();
  *step.mutable_limit_at() = overdue.due_at();
  step.set_reason(absl::StrCat("待补事项逾期：", overdue.text()));
  if (!overdue.supervisor_post().empty()) step.add_called_posts(overdue.supervisor_post());
  return step;
}

v1::Escalation StepOf(const common::v1::Obligation& overdue) {
  v1::Escalation step;
  step.set_name(overdue.name());
  step.set_alert(overdue.subject());
  step.set_step(2);
  *step.mutable_at() = overdue.overdue_at();
  *step.mutable_limit_at() = overdue.due_at();
  step.set_in_outage(overdue.in_outage());
  step.set_reason(absl::StrCat("逾期未办：", overdue.title()));
  for (const std::string& post : duty::PostsOf(overdue)) step.add_called_posts(post);
  return step;
}

std::string ProjectAlertEvent(const ledger::StoredEntry& stored) {
  const platform::v1::Entry& entry = stored.entry;
  if (entry.channels().empty()) return "";
  Changed changed = ChangesOf(entry);
  v1::SubscribeEvent event;
  for (v1::Alert& alert : changed.alerts) MoveTables(alert, event);
  if (!changed.alerts.empty()) {
    auto* shown = event.mutable_alert();
    shown->set_act(entry.act());
    *shown->mutable_alert() = std::move(changed.alerts.front());
    for (size_t i = 1; i < changed.alerts.size(); ++i) {
      *shown->add_also() = std::move(changed.alerts[i]);
    }
    AddEscalations(changed.escalations, shown);
  } else if (!changed.recipients.empty() || changed.escalations.size() > 1) {
    auto* shown = event.mutable_recipient();
    for (auto& recipient : changed.recipients) *shown->add_recipients() = std::move(recipient);
    AddEscalations(changed.escalations, shown);
  } else if (!changed.escalations.empty()) {
    *event.mutable_escalation()->mutable_escalation() = std::move(changed.escalations.front());
  } else {
    return "";
  }
  *event.mutable_channels() = entry.channels();
  event.set_seq(entry.seq());
  *event.mutable_cursor() = push::CursorOf(stored);
  return event.SerializeAsString();
}

}  // namespace huying::alert
