// SPDX-License-Identifier: Apache-2.0
#include "tests/support/listener.h"

#include <algorithm>
#include <utility>

#include "absl/time/clock.h"

namespace huying::testing {

using alert::v1::SubscribeEvent;

Listener::Listener(Client& client, common::v1::Cursor resume_from, std::string area) {
  feed_ = std::make_unique<client::AlertFeed>(
      client.session(),
      client::FeedOptions{.area = std::move(area), .resume_from = std::move(resume_from)},
      [this](const SubscribeEvent& event) { On(event); });
}

Listener::~Listener() { feed_.reset(); }

void Listener::Note(const alert::v1::Alert& alert) { told_.try_emplace(alert.name(), absl::Now()); }

void Listener::On(const SubscribeEvent& event) {
  absl::MutexLock lock(&mutex_);
  if (event.has_heartbeat()) {
    degraded_ = event.heartbeat().degraded();
    return;
  }
  if (event.has_resync()) ++resyncs_;
  if (event.has_snapshot_end()) snapshot_ = true;
  if (event.has_snapshot()) Note(event.snapshot().alert());
  if (event.has_alert()) Note(event.alert().alert());
  events_.push_back(event);
}

bool Listener::WaitFor(const std::function<bool(const std::vector<SubscribeEvent>&)>& holds,
                       absl::Duration limit) const {
  absl::MutexLock lock(&mutex_);
  const auto condition = [&]() ABSL_NO_THREAD_SAFETY_ANALYSIS { return holds(events_); };
  return mutex_.AwaitWithTimeout(absl::Condition(&condition), limit);
}

bool Listener::WaitForAlerts(const std::set<std::string>& names, absl::Duration limit) const {
  absl::MutexLock lock(&mutex_);
  const auto condition = [&]() ABSL_NO_THREAD_SAFETY_ANALYSIS {
    return std::all_of(names.begin(), names.end(),
                       [&](const std::string& name) { return told_.contains(name); });
  };
  return mutex_.AwaitWithTimeout(absl::Condition(&condition), limit);
}

bool Listener::WaitForAlert(const std::string& name, absl::Duration limit) const {
  return WaitForAlerts({name}, limit);
}

bool Listener::WaitForSnapshot(absl::Duration limit) const {
  absl::MutexLock lock(&mutex_);
  return mutex_.AwaitWithTimeout(absl::Condition(&snapshot_), limit);
}

int Listener::TimesTold(const std::string& name, const std::string& act) const {
  absl::MutexLock lock(&mutex_);
  return static_cast<int>(
      std::count_if(events_.begin(), events_.end(), [&](const SubscribeEvent& event) {
        return event.has_alert() && event.alert().alert().name() == name &&
               event.alert().act() == act;
      }));
}

std::set<std::string> Listener::alerts() const {
  absl::MutexLock lock(&mutex_);
  std::set<std::string> names;
  for (const auto& [name, at] : told_) names.insert(name);
  return names;
}

std::set<std::string> Listener::silent_posts() const {
  absl::MutexLock lock(&mutex_);
  std::set<std::string> posts;
  for (const SubscribeEvent& event : events_) {
    const auto& silent = event.escalation().escalation().silent_posts();
    posts.insert(silent.begin(), silent.end());
  }
  return posts;
}

std::set<std::string> Listener::called_posts() const {
  absl::MutexLock lock(&mutex_);
  std::set<std::string> posts;
  for (const SubscribeEvent& event : events_) {
    const auto& called = event.escalation().escalation().called_posts();
    posts.insert(called.begin(), called.end());
  }
  return posts;
}

std::vector<SubscribeEvent> Listener::events() const {
  absl::MutexLock lock(&mutex_);
  return events_;
}

std::vector<int64_t> Listener::seqs() const {
  absl::MutexLock lock(&mutex_);
  std::vector<int64_t> seqs;
  for (const SubscribeEvent& event : events_) {
    if (event.has_alert() || event.has_recipient() || event.has_escalation()) {
      seqs.push_back(event.seq());
    }
  }
  return seqs;
}

absl::Time Listener::told_at(const std::string& name) const {
  absl::MutexLock lock(&mutex_);
  const auto it = told_.find(name);
  return it == told_.end() ? absl::InfiniteFuture() : it->second;
}

bool Listener::degraded() const {
  absl::MutexLock lock(&mutex_);
  return degraded_;
}

int Listener::resyncs() const {
  absl::MutexLock lock(&mutex_);
  return resyncs_;
}

RollUpWatch::RollUpWatch(Client& client, const std::string& alert) {
  alert::v1::GetRollUpRequest request;
  request.set_alert(alert);
  stream_ =
      client.channel("alert.WatchRollUp")
          .OpenTypedStream<alert::v1::RollUp>(
              FullMethod("alert.WatchRollUp"), client.token(), absl::InfiniteFuture(), request,
              [this](const alert::v1::RollUp& picture) {
                absl::MutexLock lock(&mutex_);
                last_ = picture;
              },
              [](const absl::Status&) {});
}

bool RollUpWatch::WaitFor(const std::function<bool(const alert::v1::RollUp&)>& holds,
                          absl::Duration limit) const {
  absl::MutexLock lock(&mutex_);
  const auto condition = [&]() ABSL_NO_THREAD_SAFETY_ANALYSIS { return holds(last_); };
  return mutex_.AwaitWithTimeout(absl::Condition(&condition), limit);
}

alert::v1::RollUp RollUpWatch::last() const {
  absl::MutexLock lock(&mutex_);
  return last_;
}

}  // namespace huying::testing
