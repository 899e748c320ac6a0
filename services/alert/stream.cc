// SPDX-License-Identifier: Apache-2.0
#include "services/alert/stream.h"

#include <algorithm>
#include <utility>

#include "services/alert/rules/areas.h"
#include "services/alert/rules/recipients.h"
#include "services/alert/store.h"
#include "services/platform/base/status.h"

namespace huying::alert {
namespace {
// Leaves out the silent posts of other areas. False: nothing is left to show.
bool Narrow(const std::string& area, v1::SubscribeEvent& event) {
  const auto narrow = [&area](google::protobuf::RepeatedPtrField<v1::Escalation>* steps) {
    for (int i = steps->size() - 1; i >= 0; --i) {
      if (!rules::ShownTo(area, *steps->Mutable(i))) steps->DeleteSubrange(i, 1);
    }
  };
  if (event.has_alert()) narrow(event.mutable_alert()->mutable_escalations());
  if (event.has_recipient()) narrow(event.mutable_recipient()->mutable_escalations());
  if (event.has_escalation()) {
    return rules::ShownTo(area, *event.mutable_escalation()->mutable_escalation());
  }
  return true;
}

bool HasEscalations(const v1::SubscribeEvent& event) {
  return event.has_escalation() || !event.alert().escalations().empty() ||
         !event.recipient().escalations().empty();
}

absl::StatusOr<std::vector<v1::Recipient>> OwnRecipients(ledger::Reader& reader,
                                                         const std::string& area,
                                                         const v1::Alert& alert) {
  std::vector<v1::Recipient> own;
  ASSIGN_OR_RETURN(const auto list, reader.Find(kRecipientLists, alert.name()));
  if (!list) return own;
  for (const auto& frozen : list->value.recipients()) {
    if (frozen.area() != area) continue;
    ASSIGN_OR_RETURN(auto act,
                     reader.Find(kRecipients, rules::RecipientName(alert.name(), frozen.post())));
    own.push_back(act ? std::move(act->value) : rules::Fresh(alert, frozen));
  }
  return own;
}

struct Part {
  std::shared_ptr<const v1::Alert> alert;
  std::vector<v1::Recipient> recipients;  // of the own area
};

v1::SubscribeEvent EventOf(const Part& part) {
  v1::SubscribeEvent event;
  *event.mutable_snapshot()->mutable_alert() = *part.alert;
  event.mutable_snapshot()->mutable_alert()->clear_parents();
  event.mutable_snapshot()->mutable_recipients()->Assign(part.recipients.begin(),
                                                         part.recipients.end());
  return event;
}
}  // namespace

absl::StatusOr<std::shared_ptr<const InForce::Alerts>> InForce::At(ledger::Reader& reader,
                                                                   int64_t seq) {
  {
    absl::MutexLock lock(&mutex_);
    if (seq_ == seq) return alerts_;
  }
  ASSIGN_OR_RETURN(std::vector<v1::Alert> read, AlertsInForce(reader));
  auto alerts = std::make_shared<Alerts>();
  alerts->reserve(read.size());
  for (v1::Alert& alert : read) {
    alerts->push_back(std::make_shared<const v1::Alert>(std::move(alert)));
  }
  absl::MutexLock lock(&mutex_);
  alerts_ = alerts;
  seq_ = seq;
  return std::shared_ptr<const Alerts>(std::move(alerts));
}

std::vector<std::string> ChannelsOf(const Listener& listener) {
  std::vector<std::string> channels = rules::HeardChannels(listener.area, listener.ancestors);
  if (!listener.governs) {
    channels.erase(std::remove(channels.begin(), channels.end(), rules::Up(listener.area)),
                   channels.end());
  }
  return channels;
}

absl::StatusOr<push::FeedSnapshot<v1::SubscribeEvent>> AlertView::Take(ledger::Reader& reader,
                                                                       int64_t seq) {
  ASSIGN_OR_RETURN(const auto alerts, in_force_->At(reader, seq));
  std::vector<Part> parts;
  for (const auto& alert : *alerts) {
    const auto hears = listener_.governs ? rules::Hears : rules::HearsFromAbove;
    if (!hears(listener_.area, listener_.ancestors, *alert)) continue;
    Part part{.alert = alert};
    if (listener_.governs) {
      ASSIGN_OR_RETURN(part.recipients, OwnRecipients(reader, listener_.area, *alert));
    }
    parts.push_back(std::move(part));
  }
  const int size = static_cast<int>(parts.size());
  return push::FeedSnapshot<v1::SubscribeEvent>{
      .size = size, .at = [parts = std::move(parts)](int index) { return EventOf(parts[index]); }};
}

const v1::SubscribeEvent* AlertView::Show(const v1::SubscribeEvent& whole,
                                          v1::SubscribeEvent& own) {
  if (!HasEscalations(whole)) return &whole;
  own = whole;
  return Narrow(listener_.area, own) ? &own : nullptr;
}

}  // namespace huying::alert
