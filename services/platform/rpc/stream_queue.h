// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <deque>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/synchronization/mutex.h"
#include "services/platform/rpc/sink.h"

namespace huying::rpc {

struct StreamLimits {
  int events_max = 1024;
  size_t bytes_max = 8 << 20;
};

// The bounded queue between a use case (Send, Close) and a transport (Next, Wake, End).
//
//   queue->SetWake([this] { Pump(); });                 // transport, once, before the use case
//   runs while (auto bytes = queue->Next()) Write(*bytes);   // one write in flight if (auto status
//   = queue->Outcome()) Finish(*status);
//
// Thread-safe. Calls nothing back while it holds its lock.
class StreamQueue final : public MessageSink {
 public:
  struct Hooks {
    // Ends of streams run through this, so that a use case that gives up its subscription there
    // never does so inside that subscription's own callback. Must outlive the stream's end.
    std::function<void(std::function<void()>)> run_later;
    // Hides what must not leave the process from the use case's closing status; runs under the
    // queue's lock, at most once. May be empty.
    std::function<absl::Status(absl::Status)> present;
  };
  StreamQueue(StreamLimits limits, Hooks hooks);

  // MessageSink.
  bool Send(const google::protobuf::Message& event) override;
  void Close(absl::Status status) override;
  bool closed() const override;
  void OnClosed(std::function<void()> callback) override;
  int queued() const override;

  // Transport. `wake` runs on the thread that sent or closed, when the transport had found nothing.
  void SetWake(std::function<void()> wake);
  // The next event to write; nothing: the transport will be woken.
  std::optional<std::string> Next();
  // The stream's status once it is closed and drained.
  std::optional<absl::Status> Outcome() const;
  // The client has gone or the write failed: drops what is queued; the transport is not woken
  // again.
  void End(absl::Status status);
  // What ended the stream; OK while it is open.
  absl::Status end_status() const;
  int sent() const;

 private:
  // The callbacks to run once the lock is released.
  std::vector<std::function<void()>> CloseLocked(absl::Status status)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void RunLaterAll(std::vector<std::function<void()>> callbacks);

  const StreamLimits limits_;
  const Hooks hooks_;
  mutable absl::Mutex mutex_;
  std::deque<std::string> events_ ABSL_GUARDED_BY(mutex_);
  size_t bytes_ ABSL_GUARDED_BY(mutex_) = 0;
  int sent_ ABSL_GUARDED_BY(mutex_) = 0;
  bool closed_ ABSL_GUARDED_BY(mutex_) = false;
  bool waiting_ ABSL_GUARDED_BY(mutex_) = true;  // the transport found nothing, or has not looked
  absl::Status status_ ABSL_GUARDED_BY(mutex_);
  std::function<void()> wake_ ABSL_GUARDED_BY(mutex_);
  std::vector<std::function<void()>> on_closed_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace huying::rpc
