// SPDX-License-Identifier: Apache-2.0
#include "tests/support/raw_listener.h"

#include <algorithm>

#include "absl/strings/str_cat.h"

namespace huying::testing {
namespace {

std::set<std::string> AlertsIn(const alert::v1::SubscribeEvent& event) {
  std::set<std::string> names;
  if (event.has_alert()) names.insert(event.alert().alert().name());
  for (const auto& recipient : event.recipient().recipients()) names.insert(recipient.alert());
  if (event.has_escalation()) names.insert(event.escalation().escalation().alert());
  return names;
}

}  // namespace

RawListener::RawListener(Client& client) : client_(client) { Open(); }

void RawListener::Open() {
  alert::v1::SubscribeRequest request;
  {
    absl::MutexLock lock(&mutex_);
    over_ = false;
    seqs_.clear();
    last_of_alert_.clear();
    if (cursor_.epoch() > 0) *request.mutable_resume_from() = cursor_;
  }
  stream_ = client_.channel("alert.Subscribe")
                .OpenTypedStream<Event>(
                    FullMethod("alert.Subscribe"), client_.token(), absl::InfiniteFuture(), request,
                    [this](const Event& event) { On(event); },
                    [this](const absl::Status&) {
                      absl::MutexLock lock(&mutex_);
                      over_ = true;
                    });
}

bool RawListener::Resume(absl::Duration limit) {
  {
    absl::MutexLock lock(&mutex_);
    if (!mutex_.AwaitWithTimeout(absl::Condition(&over_), limit)) return false;
  }
  stream_.reset();  // outside the lock
  Open();
  return true;
}

void RawListener::CheckOrder(const Event& event) {
  const int64_t seq = event.seq();
  if (!seqs_.insert(seq).second) faults_.push_back(absl::StrCat("entry ", seq, " came twice"));
  if (seq <= cursor_.seq()) {
    faults_.push_back(
        absl::StrCat("entry ", seq, " came after it was said to be complete to ", cursor_.seq()));
  }
  for (const std::string& name : AlertsIn(event)) {
    int64_t& last = last_of_alert_[name];
    if (seq < last) {
      faults_.push_back(absl::StrCat(name, ": entry ", seq, " came after the newer ", last));
    }
    last = std::max(last, seq);
  }
}

void RawListener::On(const Event& event) {
  absl::MutexLock lock(&mutex_);
  if (event.has_resync()) faults_.push_back("resync: " + event.resync().reason());
  if (event.has_snapshot_end()) snapshot_ = true;
  if (event.has_snapshot()) {
    titles_[event.snapshot().alert().name()] = event.snapshot().alert().title();
  }
  if (event.has_alert() || event.has_recipient() || event.has_escalation()) CheckOrder(event);
  if (event.has_alert()) {
    titles_[event.alert().alert().name()] = event.alert().alert().title();
    ++told_[{event.alert().alert().name(), event.alert().act()}];
  }
  if (event.has_cursor()) cursor_ = event.cursor();
}

bool RawListener::WaitForSnapshot(absl::Duration limit) const {
  absl::MutexLock lock(&mutex_);
  return mutex_.AwaitWithTimeout(absl::Condition(&snapshot_), limit);
}

bool RawListener::WaitForAlerts(const std::set<std::string>& names, absl::Duration limit) const {
  absl::MutexLock lock(&mutex_);
  const auto condition = [&]() ABSL_NO_THREAD_SAFETY_ANALYSIS {
    return std::all_of(names.begin(), names.end(),
                       [&](const std::string& name) { return titles_.contains(name); });
  };
  return mutex_.AwaitWithTimeout(absl::Condition(&condition), limit);
}

int RawListener::TimesTold(const std::string& name, const std::string& act) const {
  absl::MutexLock lock(&mutex_);
  const auto found = told_.find({name, act});
  return found == told_.end() ? 0 : found->second;
}

std::map<std::string, std::string> RawListener::titles() const {
  absl::MutexLock lock(&mutex_);
  return titles_;
}

std::vector<std::string> RawListener::faults() const {
  absl::MutexLock lock(&mutex_);
  return faults_;
}

}  // namespace huying::testing
