// SPDX-License-Identifier: Apache-2.0
#include "clients/cpp/alert_feed.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "services/platform/base/status.h"

namespace huying::client {
namespace {

using alert::v1::SubscribeEvent;

constexpr char kSubscribe[] = "huying.alert.v1.AlertService/Subscribe";

// Asking again changes nothing: the caller may not hear this area, or there is no such thing.
bool IsFinal(const absl::Status& status) {
  switch (status.code()) {
    case absl::StatusCode::kPermissionDenied:
    case absl::StatusCode::kInvalidArgument:
    case absl::StatusCode::kNotFound:
    case absl::StatusCode::kUnimplemented:
      return true;
    default:
      return false;
  }
}

bool IsExpired(const absl::Status& status) {
  return status.code() == absl::StatusCode::kUnauthenticated &&
         base::ProblemOf(status).reason() == base::Reason::TOKEN_EXPIRED;
}

}  // namespace

AlertFeed::AlertFeed(Session& session, FeedOptions options, OnEvent on_event, OnState on_state)
    : session_(session),
      options_(std::move(options)),
      on_event_(std::move(on_event)),
      on_state_(std::move(on_state)),
      cursor_(options_.resume_from) {
  thread_ = std::thread([this] { Loop(); });
}

AlertFeed::~AlertFeed() {
  {
    absl::MutexLock lock(&mutex_);
    stopping_ = true;
  }
  thread_.join();
}

bool AlertFeed::WaitFor(int64_t seq, absl::Duration limit) const {
  const auto there = [this, seq]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    return cursor_.seq() >= seq || !refusal_.ok();
  };
  absl::MutexLock lock(&mutex_);
  mutex_.AwaitWithTimeout(absl::Condition(&there), limit);
  return cursor_.seq() >= seq;
}

bool AlertFeed::WaitForEntry(int64_t seq, absl::Duration limit) const {
  const auto there = [this, seq]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    return cursor_.seq() >= seq || told_.count(seq) > 0 || !refusal_.ok();
  };
  absl::MutexLock lock(&mutex_);
  mutex_.AwaitWithTimeout(absl::Condition(&there), limit);
  return cursor_.seq() >= seq || told_.count(seq) > 0;
}

common::v1::Cursor AlertFeed::cursor() const {
  absl::MutexLock lock(&mutex_);
  return cursor_;
}

absl::Status AlertFeed::refusal() const {
  absl::MutexLock lock(&mutex_);
  return refusal_;
}

void AlertFeed::Tell(FeedState state, const absl::Status& why) {
  {
    absl::MutexLock lock(&mutex_);
    if (state_ == state && why.ok()) return;
    state_ = state;
  }
  if (on_state_) on_state_(state, why);
}

bool AlertFeed::IsNew(const SubscribeEvent& event) {
  const bool entry = event.has_alert() || event.has_recipient() || event.has_escalation();
  if (!entry || event.seq() == 0) return true;
  if (event.seq() <= cursor_.seq()) return false;
  return seen_.insert(event.seq()).second;
}

void AlertFeed::Take(const SubscribeEvent& event) {
  bool fresh = false;
  {
    absl::MutexLock lock(&mutex_);
    last_heard_ = session_.connection().clock().Now();
    if (stopping_) return;
    if (event.has_resync()) {
      cursor_.Clear();
      seen_.clear();
      told_.clear();
    }
    fresh = IsNew(event);
  }
  if (event.has_resync()) {
    Tell(FeedState::kSnapshot, absl::OkStatus());
  } else if (event.has_snapshot_end() || event.has_alert()) {
    Tell(FeedState::kLive, absl::OkStatus());
  } else if (event.has_heartbeat()) {
    Tell(event.heartbeat().degraded() ? FeedState::kDegraded : FeedState::kLive, absl::OkStatus());
  }
  if (fresh) on_event_(event);
  // The cursor moves after the effect: who waits for it finds the effect done.
  absl::MutexLock lock(&mutex_);
  if (event.seq() > cursor_.seq()) told_.insert(event.seq());
  if (!event.has_cursor()) return;
  cursor_ = event.cursor();
  seen_.erase(seen_.begin(), seen_.upper_bound(cursor_.seq()));
  told_.erase(told_.begin(), told_.upper_bound(cursor_.seq()));
}

absl::Status AlertFeed::RunStream() {
  alert::v1::SubscribeRequest request;
  request.set_area(options_.area);
  {
    absl::MutexLock lock(&mutex_);
    if (cursor_.epoch() > 0) *request.mutable_resume_from() = cursor_;  // also of an empty journal
    stream_over_ = false;
    last_heard_ = session_.connection().clock().Now();
  }
  const std::string token = session_.token();
  auto stream = session_.connection().OpenStream(
      kSubscribe, token, request,
      {.on_event =
           [this](std::string_view bytes) {
             SubscribeEvent event;
             if (event.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) Take(event);
           },
       .on_end =
           [this](const absl::Status& status) {
             absl::MutexLock lock(&mutex_);
             stream_over_ = true;
             stream_end_ = status;
           }});
  const auto over = [this]()
                        ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) { return stream_over_ || stopping_; };
  absl::Status end = absl::OkStatus();
  {
    absl::MutexLock lock(&mutex_);
    while (!over()) {
      const absl::Duration quiet = session_.connection().clock().Now() - last_heard_;
      if (quiet >= options_.quiet_max) break;
      mutex_.AwaitWithTimeout(absl::Condition(&over), options_.quiet_max - quiet);
    }
    end = stream_over_ ? stream_end_
                       : absl::UnavailableError("nothing heard: the stream was given up");
  }
  stream.reset();  // cancels and waits for on_end; outside the lock
  if (!IsExpired(end)) return end;
  // A stream ends with the token it was opened with. The session may have a newer one by now.
  if (session_.token() == token) RETURN_IF_ERROR(session_.RenewNow());
  return absl::UnavailableError("the stream ended with its token; it goes on with the new one");
}

void AlertFeed::Loop() {
  absl::Duration wait = options_.retry_min;
  while (true) {
    int64_t before = 0;
    {
      absl::MutexLock lock(&mutex_);
      if (stopping_) return;
      before = cursor_.seq();
    }
    const absl::Status end = RunStream();
    const bool hopeless = IsFinal(end) || end.code() == absl::StatusCode::kUnauthenticated;
    {
      absl::MutexLock lock(&mutex_);
      if (stopping_) return;
      if (hopeless) refusal_ = end;
    }
    Tell(hopeless ? FeedState::kRefused : FeedState::kLost, end);
    if (hopeless) return;
    absl::MutexLock lock(&mutex_);
    if (cursor_.seq() != before) wait = options_.retry_min;
    mutex_.AwaitWithTimeout(absl::Condition(&stopping_), wait);
    wait = std::min(wait * 2, options_.retry_max);
  }
}

}  // namespace huying::client
