// SPDX-License-Identifier: Apache-2.0
#include "services/alert/stream.h"

#include <utility>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "services/alert/rules/areas.h"
#include "services/platform/base/status.h"

namespace huying::alert {
namespace {
constexpr int kSnapshotQueuedMax = 256;

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

bool Concerns(const v1::SubscribeEvent& event, const std::string& alert) {
  if (event.has_alert()) {
    if (event.alert().alert().name() == alert) return true;
    for (const auto& other : event.alert().also()) {
      if (other.name() == alert) return true;
    }
  }
  for (const auto& recipient : event.recipient().recipients()) {
    if (recipient.alert() == alert) return true;
  }
  return event.escalation().escalation().alert() == alert;
}

// The hub's ledger is not the one the stream began on, or its cursor lies past the head.
absl::Status MustResync() {
  return base::Aborted(base::Reason::RESYNC, "数据已恢复到另一版本，请重新订阅",
                       "the journal was restored; subscribe again")
      .Next("重新订阅，先收快照", "subscribe again: a snapshot comes first");
}
}  // namespace

std::string CursorText(const v1::Cursor& cursor) {
  return absl::StrCat(cursor.epoch(), "/", cursor.seq(), "/",
                      absl::BytesToHexString(cursor.hash_start()));
}

std::shared_ptr<const v1::SubscribeEvent> ParsedEvents::Get(const push::Event& event) {
  if (event.bytes.empty()) return nullptr;
  {
    absl::MutexLock lock(&mutex_);
    if (const auto known = by_seq_.find(event.seq); known != by_seq_.end()) return known->second;
  }
  auto parsed = std::make_shared<v1::SubscribeEvent>();
  if (!parsed->ParseFromString(event.bytes)) return nullptr;
  parsed->mutable_cursor()->set_epoch(epoch_);
  absl::MutexLock lock(&mutex_);
  if (by_seq_.size() >= kKept) by_seq_.erase(by_seq_.begin());
  by_seq_[event.seq] = parsed;
  return parsed;
}

AlertStream::AlertStream(std::string area, std::shared_ptr<ParsedEvents> parsed,
                         rpc::Sink<v1::SubscribeEvent> sink, std::shared_ptr<Bell> bell)
    : area_(std::move(area)), parsed_(std::move(parsed)), sink_(std::move(sink)) {
  sink_.OnClosed([over = over_, bell = std::move(bell)] {
    over->store(true);
    bell->Ring();
  });
}

bool AlertStream::Send(v1::SubscribeEvent event) {
  absl::MutexLock lock(&mutex_);
  return SendLocked(event);
}

bool AlertStream::SendLocked(const v1::SubscribeEvent& event) {
  if (over()) return false;
  if (sink_.Send(event)) {
    if (event.has_cursor()) told_ = event.cursor();
    return true;
  }
  CloseSlow();
  return false;
}

void AlertStream::CloseSlow() {
  const std::string cursor = CursorText(told_);
  sink_.Close(base::Exhausted("客户端接收太慢，连接已断开",
                              "the client reads too slowly; the stream has ended")
                  .Rule("alert.stream-queue")
                  .Next(absl::StrCat("以游标 ", cursor, " 继续订阅"),
                        absl::StrCat("subscribe again with resume_from ", cursor)));
}

void AlertStream::Hold(Snapshot snapshot) {
  absl::MutexLock lock(&mutex_);
  snapshot_ = std::move(snapshot);
}

bool AlertStream::SendMore() {
  absl::MutexLock lock(&mutex_);
  if (over()) return false;
  for (; parts_sent_ < snapshot_.parts.size(); ++parts_sent_) {
    // The rest of the queue is for what happens meanwhile, and for the heartbeat.
    if (sink_.queued() >= kSnapshotQueuedMax) return false;
    const Snapshot::Part& part = snapshot_.parts[parts_sent_];
    v1::SubscribeEvent event;
    *event.mutable_snapshot()->mutable_alert() = *part.alert;
    event.mutable_snapshot()->mutable_alert()->clear_parents();
    event.mutable_snapshot()->mutable_recipients()->Assign(part.recipients.begin(),
                                                           part.recipients.end());
    // No room in bytes: as in events, the client has not taken enough yet.
    if (!sink_.Send(event)) return false;
  }
  v1::SubscribeEvent end;
  end.mutable_snapshot_end()->set_alerts(static_cast<int>(snapshot_.parts.size()));
  end.set_seq(snapshot_.cursor.seq());
  *end.mutable_cursor() = snapshot_.cursor;
  if (!sink_.Send(end)) return false;
  BeginLocked(snapshot_.cursor);
  snapshot_.parts.clear();
  return true;
}

void AlertStream::Begin(const v1::Cursor& cursor) {
  absl::MutexLock lock(&mutex_);
  BeginLocked(cursor);
}

void AlertStream::BeginLocked(const v1::Cursor& cursor) {
  complete_to_ = cursor.seq();
  told_ = cursor;
}

void AlertStream::OnEvent(const push::Event& event) {
  if (event.resync) return sink_.Close(MustResync());
  const auto whole = event.progress_only ? nullptr : parsed_->Get(event);
  absl::MutexLock lock(&mutex_);
  if (!event.progress_only) {
    if (event.seq <= complete_to_ || !seen_.insert(event.seq).second) return;
  }
  if (event.complete_to > complete_to_) {
    complete_to_ = event.complete_to;
    seen_.erase(seen_.begin(), seen_.upper_bound(complete_to_));
  }
  if (whole == nullptr) return;
  // The entry's own cursor is proof only when everything before it was delivered, too.
  const bool proven = event.complete_to >= event.seq;
  if (proven && !HasEscalations(*whole)) {
    SendLocked(*whole);
    return;
  }
  v1::SubscribeEvent shown = *whole;
  if (!proven) shown.clear_cursor();
  if (Narrow(area_, shown)) SendLocked(shown);
}

void AlertStream::Beat(const v1::Heartbeat& beat,
                       const std::function<v1::Cursor(int64_t)>& cursor_at) {
  int64_t complete_to = 0;
  {
    absl::MutexLock lock(&mutex_);
    complete_to = complete_to_;
  }
  v1::SubscribeEvent event;
  *event.mutable_heartbeat() = beat;
  const v1::Cursor cursor = cursor_at(complete_to);  // reads the journal: not under the lock
  absl::MutexLock lock(&mutex_);
  // An event may have told more meanwhile.
  if (cursor.epoch() != 0 && cursor.seq() >= told_.seq()) *event.mutable_cursor() = cursor;
  SendLocked(event);
}

void AlertStream::Attach(std::unique_ptr<push::Subscription> subscription) {
  subscription_ = std::move(subscription);
}

RollUpStream::RollUpStream(std::string alert, rules::Viewer viewer, rpc::Sink<v1::RollUp> sink,
                           std::shared_ptr<Bell> bell)
    : alert_(std::move(alert)),
      viewer_(std::move(viewer)),
      sink_(std::move(sink)),
      bell_(std::move(bell)) {
  sink_.OnClosed([over = over_, bell = bell_] {
    over->store(true);
    bell->Ring();
  });
}

void RollUpStream::OnEvent(const push::Event& event) {
  if (event.resync) return sink_.Close(MustResync());
  v1::SubscribeEvent shown;
  if (event.bytes.empty() || !shown.ParseFromString(event.bytes)) return;
  if (!Concerns(shown, alert_) || dirty_.exchange(true)) return;
  bell_->Ring();
}

bool RollUpStream::Refresh(
    const std::function<absl::StatusOr<v1::RollUp>(const std::string&)>& compute) {
  if (over() || !dirty_.exchange(false)) return false;
  auto picture = compute(alert_);
  if (!picture.ok()) {
    dirty_ = true;  // again at the next beat
    return true;
  }
  rules::Narrow(viewer_, *picture);
  v1::RollUp content = *picture;
  content.clear_as_of_seq();
  std::string now = content.SerializeAsString();
  if (now == last_) return true;
  last_ = std::move(now);
  if (sink_.Send(*picture)) return true;
  sink_.Close(base::Exhausted("客户端接收太慢，连接已断开",
                              "the client reads too slowly; the stream has ended")
                  .Rule("alert.stream-queue")
                  .Next("重新订阅", "watch again"));
  return true;
}

void RollUpStream::Attach(std::unique_ptr<push::Subscription> subscription) {
  subscription_ = std::move(subscription);
}

}  // namespace huying::alert
