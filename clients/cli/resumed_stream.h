// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "clients/cli/session.h"
#include "services/platform/base/status.h"
#include "services/platform/rpc/channel.h"

// A stream of a feed at a terminal: opened with a fresh token, resumed from its cursor when it ends or
// falls silent, each entry shown once.
//
//   ResumedStream<InboxEvent, InboxRequest> inbox(session, "huying.incident.v1.IncidentService/WatchInbox",
//       InboxRequest(), [&](const InboxEvent& event) { screen.Show(event); });
//   while (!stop) {
//     if (auto lost = inbox.Keep()) inbox.PauseFor(absl::Seconds(1));   // *lost says why it ended
//     wait a little;
//   }
namespace huying::cli {

// By the steady clock: what waits at a terminal does not care what the machine's clock is set to.
inline absl::Time SteadyNow() {
  return absl::UnixEpoch() + absl::FromChrono(std::chrono::steady_clock::now().time_since_epoch());
}

// `Told` and `Request` are those of huying/common/v1/feed.proto. `on_event` runs on the transport's threads,
// one call at a time; all else is called by one thread.
template <typename Told, typename Request>
class ResumedStream {
 public:
  using OnEvent = std::function<void(const Told&)>;

  ResumedStream(Session& session, std::string method, Request request, OnEvent on_event)
      : session_(session),
        method_(std::move(method)),
        on_event_(std::move(on_event)),
        request_(std::move(request)) {}
  ~ResumedStream() { Stop(); }

  // Opens it when it is not open and its pause is over. Says, once, why it ended: the server's status, or
  // UNAVAILABLE when nothing was heard for `kSilentMax`, heartbeats included.
  std::optional<absl::Status> Keep() {
    if (stream_ == nullptr) {
      if (SteadyNow() < open_at_) return std::nullopt;
      const absl::Status opened = Open();
      return opened.ok() ? std::nullopt : std::make_optional(opened);
    }
    std::optional<absl::Status> end = TakeEnd();
    if (!end && SteadyNow() - last_heard() > kSilentMax) {
      Stop();
      end = base::Unavailable(base::Reason::LOWER_SERVICE_UNAVAILABLE, "服务器没有声音 (无心跳)",
                              "the server is silent (no heartbeat)");
    }
    if (end) stream_.reset();
    return end;
  }
  void PauseFor(absl::Duration wait) { open_at_ = SteadyNow() + wait; }
  // No event is told after this.
  void Stop() {
    if (stream_ == nullptr) return;
    stream_->Cancel();
    absl::MutexLock lock(&mutex_);
    const auto ended = [this]() ABSL_NO_THREAD_SAFETY_ANALYSIS { return end_.has_value(); };
    mutex_.Await(absl::Condition(&ended));
    end_.reset();
    stream_.reset();
  }

  // Something was heard since it was opened last; ever.
  bool heard() const {
    absl::MutexLock lock(&mutex_);
    return heard_;
  }
  bool ever_heard() const {
    absl::MutexLock lock(&mutex_);
    return ever_heard_;
  }

 private:
  static constexpr absl::Duration kSilentMax = absl::Seconds(30);  // six heartbeats

  absl::Status Open() {
    ASSIGN_OR_RETURN(const std::string token, session_.FreshToken());
    ASSIGN_OR_RETURN(rpc::Channel * channel, session_.channel());
    Request request;
    {
      absl::MutexLock lock(&mutex_);
      request = request_;
      heard_ = false;
      last_heard_ = SteadyNow();
    }
    stream_ = channel->OpenTypedStream<Told>(
        method_, token, absl::InfiniteFuture(), request, [this](const Told& event) { On(event); },
        [this](const absl::Status& status) {
          absl::MutexLock lock(&mutex_);
          end_ = status;
        });
    return absl::OkStatus();
  }

  void On(const Told& event) {
    {
      absl::MutexLock lock(&mutex_);
      heard_ = ever_heard_ = true;
      last_heard_ = SteadyNow();
      if (event.has_cursor()) *request_.mutable_resume_from() = event.cursor();
      if (event.has_resync()) seen_.clear();
      // Order is promised per channel, not over all of them: what was seen is remembered by seq.
      const bool entry = event.seq() != 0 && !event.has_snapshot_end();
      const bool again = entry && !seen_.insert(event.seq()).second;
      seen_.erase(seen_.begin(), seen_.lower_bound(request_.resume_from().seq()));
      if (again) return;
    }
    on_event_(event);
  }
  std::optional<absl::Status> TakeEnd() {
    absl::MutexLock lock(&mutex_);
    return std::exchange(end_, std::nullopt);
  }
  absl::Time last_heard() const {
    absl::MutexLock lock(&mutex_);
    return last_heard_;
  }

  Session& session_;
  const std::string method_;
  const OnEvent on_event_;
  std::unique_ptr<rpc::ClientStream> stream_;
  absl::Time open_at_ = absl::InfinitePast();
  mutable absl::Mutex mutex_;
  Request request_ ABSL_GUARDED_BY(mutex_);
  std::set<int64_t> seen_ ABSL_GUARDED_BY(mutex_);  // entries not older than the cursor
  std::optional<absl::Status> end_ ABSL_GUARDED_BY(mutex_);
  bool heard_ ABSL_GUARDED_BY(mutex_) = false;
  bool ever_heard_ ABSL_GUARDED_BY(mutex_) = false;
  absl::Time last_heard_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace huying::cli
