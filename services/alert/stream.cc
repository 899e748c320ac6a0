// SPDX-License-Identifier: Apache-2.0
#include "services/alert/stream.h"

#include <algorithm>
#include <optional>

#include "services/alert/projection.h"
#include "services/alert/rules/areas.h"
#include "services/alert/rules/lifecycle.h"
#include "services/alert/rules/recipients.h"
#include "services/alert/store.h"
#include "services/platform/base/status.h"
#include "services/platform/guard/makeups.h"

namespace huying::alert {
namespace {
using common::v1::MakeUp;

bool Has(const std::vector<std::string>& all, const std::string& one) {
  return std::find(all.begin(), all.end(), one) != all.end();
}

absl::StatusOr<std::shared_ptr<const Standing>> Read(ledger::Reader& reader, v1::Alert alert) {
  auto standing = std::make_shared<Standing>();
  standing->parents = std::move(*alert.mutable_parents());
  standing->area_names = std::move(*alert.mutable_area_names());
  alert.clear_parents();
  alert.clear_area_names();
  const auto name = ledger::Text(alert.name());
  ASSIGN_OR_RETURN(auto steps, reader.All(kEscalations, {.where = {{"alert", "=", name}}}));
  for (auto& step : steps) standing->steps.push_back(std::move(step.value));
  ASSIGN_OR_RETURN(
      const auto owed,
      reader.All(guard::kMakeUps, {.where = {{"subject", "=", name},
                                             {"state", "=", ledger::Int(MakeUp::OVERDUE)}}}));
  for (const auto& row : owed) {
    standing->overdue.push_back({row.value.actor().area(), StepOf(row.value)});
  }
  standing->alert = std::move(alert);
  return std::shared_ptr<const Standing>(std::move(standing));
}

std::vector<std::string> AreaChannels(const Listener& listener) {
  const rules::Viewer& viewer = listener.viewer;
  std::vector<std::string> channels = rules::HeardChannels(viewer.area, viewer.ancestors);
  if (!listener.governs) {
    channels.erase(std::remove(channels.begin(), channels.end(), rules::Up(viewer.area)),
                   channels.end());
  }
  return channels;
}
}  // namespace

absl::StatusOr<std::shared_ptr<const InForce::Alerts>> InForce::At(ledger::Reader& reader,
                                                                   int64_t seq) {
  {
    absl::MutexLock lock(&mutex_);
    if (seq_ == seq) return alerts_;
  }
  ASSIGN_OR_RETURN(std::vector<v1::Alert> read, AlertsShown(reader));
  auto alerts = std::make_shared<Alerts>();
  alerts->reserve(read.size());
  for (v1::Alert& alert : read) {
    ASSIGN_OR_RETURN(auto standing, Read(reader, std::move(alert)));
    alerts->push_back(std::move(standing));
  }
  absl::MutexLock lock(&mutex_);
  alerts_ = alerts;
  seq_ = seq;
  return std::shared_ptr<const Alerts>(std::move(alerts));
}

std::vector<std::string> ChannelsOf(const Listener& listener) {
  std::vector<std::string> channels = AreaChannels(listener);
  for (const std::string& post : listener.viewer.posts) {
    channels.push_back(rules::PostChannel(post));
  }
  return channels;
}

AlertView::AlertView(Listener listener, std::shared_ptr<InForce> in_force)
    : listener_(std::move(listener)),
      area_channels_(AreaChannels(listener_)),
      in_force_(std::move(in_force)) {}

bool AlertView::Stands(const Standing& standing) const {
  const rules::Viewer& viewer = listener_.viewer;
  v1::Alert places = standing.alert;
  *places.mutable_parents() = standing.parents;
  const auto hears = listener_.governs ? rules::Hears : rules::HearsFromAbove;
  return hears(viewer.area, viewer.ancestors, places) ||
         std::any_of(standing.steps.begin(), standing.steps.end(),
                     [&](const auto& step) { return rules::IsCalled(viewer, step); }) ||
         std::any_of(standing.overdue.begin(), standing.overdue.end(),
                     [&](const auto& paper) { return rules::IsCalled(viewer, paper.step); });
}

absl::StatusOr<std::vector<v1::Recipient>> AlertView::OwnRecipients(
    ledger::Reader& reader, const Standing& standing) const {
  const v1::Alert& alert = standing.alert;
  std::vector<v1::Recipient> own;
  ASSIGN_OR_RETURN(const auto list, reader.Find(kRecipientLists, alert.name()));
  if (!list) return own;
  for (const auto& frozen : list->value.recipients()) {
    const bool here = listener_.governs && frozen.area() == listener_.viewer.area;
    if (!here && !Has(listener_.viewer.posts, frozen.post())) continue;
    ASSIGN_OR_RETURN(auto act,
                     reader.Find(kRecipients, rules::RecipientName(alert.name(), frozen.post())));
    own.push_back(act ? std::move(act->value) : rules::Fresh(alert, frozen));
    const bool called_for =
        std::any_of(standing.steps.begin(), standing.steps.end(),
                    [&](const auto& step) { return step.post_areas().count(frozen.post()) > 0; });
    if (called_for) own.back().set_escalated(true);
  }
  return own;
}

v1::SubscribeEvent AlertView::SnapshotOf(const Standing& standing,
                                         const std::vector<v1::Recipient>& recipients) {
  v1::SubscribeEvent event;
  v1::SnapshotAlert& shown = *event.mutable_snapshot();
  *shown.mutable_alert() = standing.alert;
  rules::Narrow(listener_.viewer, standing.parents, *shown.mutable_alert());
  shown.mutable_recipients()->Assign(recipients.begin(), recipients.end());
  shown.mutable_escalations()->Assign(standing.steps.begin(), standing.steps.end());
  for (const auto& [area, step] : standing.overdue) {
    // Told to the area that owes it, to those above, and to whom it climbed.
    if (Has(area_channels_, rules::Up(area)) || rules::IsCalled(listener_.viewer, step)) {
      *shown.add_escalations() = step;
    }
  }
  Narrow(shown.mutable_escalations());
  TellNames(standing.area_names, event);
  return event;
}

absl::StatusOr<push::FeedSnapshot<v1::SubscribeEvent>> AlertView::Take(ledger::Reader& reader,
                                                                       int64_t seq) {
  struct Part {
    std::shared_ptr<const Standing> standing;
    std::vector<v1::Recipient> recipients;
  };
  ASSIGN_OR_RETURN(const auto alerts, in_force_->At(reader, seq));
  std::vector<Part> parts;
  for (const auto& standing : *alerts) {
    if (!Stands(*standing)) continue;
    ASSIGN_OR_RETURN(auto recipients, OwnRecipients(reader, *standing));
    parts.push_back({standing, std::move(recipients)});
  }
  const int size = static_cast<int>(parts.size());
  return push::FeedSnapshot<v1::SubscribeEvent>{
      .size = size, .at = [this, parts = std::move(parts)](int index) {
        return SnapshotOf(*parts[index].standing, parts[index].recipients);
      }};
}

bool AlertView::HeardByArea(const v1::SubscribeEvent& event) const {
  return std::any_of(event.channels().begin(), event.channels().end(),
                     [&](const std::string& channel) { return Has(area_channels_, channel); });
}

void AlertView::Narrow(Steps* steps) const {
  for (int i = steps->size() - 1; i >= 0; --i) {
    if (!rules::Narrow(listener_.viewer, *steps->Mutable(i))) steps->DeleteSubrange(i, 1);
  }
}

bool AlertView::KeepCalled(v1::AlertChanged* change) {
  std::vector<v1::Alert> kept;
  const auto keep = [&](const v1::Alert& alert) {
    const auto& steps = change->escalations();
    const bool calls = std::any_of(steps.begin(), steps.end(),
                                   [&](const auto& step) { return step.alert() == alert.name(); });
    if (calls || !rules::InForce(alert.state())) kept.push_back(alert);
  };
  keep(change->alert());
  for (const v1::Alert& other : change->also()) keep(other);
  if (kept.empty()) return false;
  *change->mutable_alert() = std::move(kept.front());
  change->mutable_also()->Assign(kept.begin() + 1, kept.end());
  return true;
}

void AlertView::KeepOwn(const Steps& steps, Recipients* recipients) const {
  recipients->erase(std::remove_if(recipients->begin(), recipients->end(),
                                   [&](const v1::Recipient& recipient) {
                                     if (Has(listener_.viewer.posts, recipient.post()))
                                       return false;
                                     return std::none_of(
                                         steps.begin(), steps.end(), [&](const auto& step) {
                                           return step.post_areas().count(recipient.post()) > 0;
                                         });
                                   }),
                    recipients->end());
}

template <typename Names>
void AlertView::TellNames(const Names& names, v1::SubscribeEvent& event) {
  for (const auto& [area, name] : names) {
    if (named_.insert(area).second) (*event.mutable_area_names())[area] = name;
  }
}

const v1::SubscribeEvent* AlertView::Show(const v1::SubscribeEvent& whole,
                                          v1::SubscribeEvent& own) {
  own.set_seq(whole.seq());
  *own.mutable_cursor() = whole.cursor();
  if (whole.has_alert()) {
    *own.mutable_alert() = whole.alert();
    rules::Narrow(listener_.viewer, whole.parents(), *own.mutable_alert()->mutable_alert());
    for (v1::Alert& other : *own.mutable_alert()->mutable_also()) {
      rules::Narrow(listener_.viewer, whole.parents(), other);
    }
    Narrow(own.mutable_alert()->mutable_escalations());
    if (!HeardByArea(whole) && !KeepCalled(own.mutable_alert())) return nullptr;
    TellNames(whole.area_names(), own);
    return &own;
  }
  if (whole.has_recipient()) {
    *own.mutable_recipient() = whole.recipient();
    Narrow(own.mutable_recipient()->mutable_escalations());
    if (!HeardByArea(whole)) {
      KeepOwn(own.recipient().escalations(), own.mutable_recipient()->mutable_recipients());
    }
    // Steps of silence alone, and none of them is this listener's.
    const bool steps_only = whole.recipient().recipients().empty();
    if (steps_only && own.recipient().escalations().empty()) return nullptr;
    return &own;
  }
  *own.mutable_escalation() = whole.escalation();
  return rules::Narrow(listener_.viewer, *own.mutable_escalation()->mutable_escalation()) ? &own
                                                                                          : nullptr;
}

}  // namespace huying::alert
