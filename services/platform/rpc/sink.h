// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>
#include <utility>

#include "absl/status/status.h"
#include "google/protobuf/message.h"

// The writing end of a server stream as a use case sees it: a bounded queue, no transport.
namespace huying::rpc {

// Thread-safe. The transport drains it, one write in flight with a deadline of its own.
class MessageSink {
 public:
  virtual ~MessageSink() = default;
  // Queues one event. False when the stream is over or the queue is full; a full queue does not end the
  // stream by itself: the use case closes it with the cursor to resume from.
  virtual bool Send(const google::protobuf::Message& event) = 0;
  // Ends the stream after what is queued; a second call does nothing.
  virtual void Close(absl::Status status) = 0;
  virtual bool closed() const = 0;
  // Runs once when the stream is over, whoever ended it; at once when it already is.
  virtual void OnClosed(std::function<void()> callback) = 0;
  // Events queued and not written yet.
  virtual int queued() const = 0;
};

// Typed handle; copies share the stream.
template <typename Event>
class Sink {
 public:
  explicit Sink(std::shared_ptr<MessageSink> sink) : sink_(std::move(sink)) {}
  bool Send(const Event& event) const { return sink_->Send(event); }
  void Close(absl::Status status) const { sink_->Close(std::move(status)); }
  bool closed() const { return sink_->closed(); }
  void OnClosed(std::function<void()> callback) const { sink_->OnClosed(std::move(callback)); }
  int queued() const { return sink_->queued(); }

 private:
  std::shared_ptr<MessageSink> sink_;
};

}  // namespace huying::rpc
