// SPDX-License-Identifier: Apache-2.0
#include "services/platform/rpc/server_calls.h"

#include <algorithm>
#include <atomic>
#include <optional>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "services/platform/base/status.h"
#include "services/platform/rpc/grpc_convert.h"

namespace huying::rpc {
namespace {

std::string_view TokenOf(const grpc::CallbackServerContext& context) {
  const auto& metadata = context.client_metadata();
  const auto it = metadata.find("authorization");
  if (it == metadata.end()) return {};
  std::string_view value(it->second.data(), it->second.size());
  constexpr size_t kPrefix = sizeof(kBearer) - 1;
  if (!absl::StartsWithIgnoreCase(absl::string_view(value.data(), value.size()), kBearer))
    return {};
  return value.substr(kPrefix);
}

absl::Status ClientGone() {
  return base::ProblemStatus(absl::StatusCode::kCancelled, base::Reason::REASON_UNSPECIFIED,
                             "客户端已断开", "the client has gone");
}

}  // namespace

// A stream's transport end. One mutex and a finished flag: gRPC forbids a write after Finish, and
// wakes, write ends and cancellation come from three different threads.
class StreamCall : public std::enable_shared_from_this<StreamCall> {
 public:
  StreamCall(grpc::ServerGenericBidiReactor* reactor, grpc::CallbackServerContext* context,
             std::shared_ptr<StreamQueue> queue, const WriteWatch& watch)
      : watch_(watch), queue_(std::move(queue)), reactor_(reactor), context_(context) {}

  void Start() {
    queue_->SetWake([self = shared_from_this()] { self->Pump(); });
    Pump();
  }
  void Pump() {
    absl::MutexLock lock(&mutex_);
    PumpLocked();
  }
  void WriteDone(bool ok) {
    absl::MutexLock lock(&mutex_);
    writing_ = false;
    if (!ok) queue_->End(ClientGone());
    PumpLocked();
  }
  void Cancelled() {
    queue_->End(ClientGone());
    Pump();
  }
  // The reactor and its context go away, and with the queue's hold on us so may we.
  void Detach() {
    {
      absl::MutexLock lock(&mutex_);
      reactor_ = nullptr;
      context_ = nullptr;
    }
    queue_->End(ClientGone());
  }
  void CutIfStuck(absl::Time now, absl::Duration limit) {
    absl::MutexLock lock(&mutex_);
    if (context_ != nullptr && writing_ && now - write_started_ > limit) context_->TryCancel();
  }

 private:
  void PumpLocked() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    if (reactor_ == nullptr || finished_ || writing_) return;
    if (std::optional<std::string> bytes = queue_->Next()) {
      buffer_ = ToByteBuffer(*bytes);
      writing_ = true;
      write_started_ = watch_.Now();
      reactor_->StartWrite(&buffer_);
      return;
    }
    if (std::optional<absl::Status> outcome = queue_->Outcome()) {
      finished_ = true;
      reactor_->Finish(ToGrpc(*outcome));
    }
  }

  const WriteWatch& watch_;
  const std::shared_ptr<StreamQueue> queue_;
  absl::Mutex mutex_;
  grpc::ServerGenericBidiReactor* reactor_ ABSL_GUARDED_BY(mutex_);
  grpc::CallbackServerContext* context_ ABSL_GUARDED_BY(mutex_);
  grpc::ByteBuffer buffer_ ABSL_GUARDED_BY(mutex_);
  bool writing_ ABSL_GUARDED_BY(mutex_) = false;
  bool finished_ ABSL_GUARDED_BY(mutex_) = false;
  absl::Time write_started_ ABSL_GUARDED_BY(mutex_);
};

namespace {

// One unary or server-streaming call. Deletes itself when gRPC is done with it, which is never
// before the router has answered.
class RoutedCall final : public grpc::ServerGenericBidiReactor {
 public:
  RoutedCall(Router& router, WriteWatch& watch, grpc::GenericCallbackServerContext* context)
      : router_(router), watch_(watch), context_(context) {
    StartRead(&request_);
  }

  void OnReadDone(bool ok) override {
    if (!ok) {
      return Finish(
          ToGrpc(base::Invalid(base::Reason::MALFORMED_REQUEST, "没有收到请求内容,或内容过大",
                               "there is no request, or it is too large")));
    }
    const FlatBytes bytes(request_);
    const std::string peer = context_->peer();
    const Incoming incoming{
        .method = context_->method(),
        .token = TokenOf(*context_),
        .peer = peer,
        .deadline = ToMachineTime(context_->deadline(), *router_.options().machine_clock)};
    Reply reply;
    reply.answer = [this](const absl::Status& status, const google::protobuf::Message* response) {
      Answer(status, response);
    };
    reply.stream = [this](std::shared_ptr<StreamQueue> queue) { Stream(std::move(queue)); };
    router_.Handle(incoming, bytes.view(), std::move(reply));
  }
  void OnWriteDone(bool ok) override {
    if (StreamCall* stream = stream_) stream->WriteDone(ok);
  }
  void OnCancel() override {
    cancelled_ = true;
    if (StreamCall* stream = stream_) stream->Cancelled();
  }
  void OnDone() override {
    if (owned_stream_ != nullptr) {
      watch_.Remove(owned_stream_);
      owned_stream_->Detach();
    }
    delete this;
  }

 private:
  // May be the last thing done here: OnDone can run on another thread before it returns.
  void Answer(const absl::Status& status, const google::protobuf::Message* response) {
    if (!status.ok()) return Finish(ToGrpc(status));
    response_ = ToByteBuffer(*response);
    StartWriteAndFinish(&response_, grpc::WriteOptions(), grpc::Status::OK);
  }
  void Stream(std::shared_ptr<StreamQueue> queue) {
    owned_stream_ = std::make_shared<StreamCall>(this, context_, std::move(queue), watch_);
    watch_.Add(owned_stream_);
    stream_ = owned_stream_.get();
    owned_stream_->Start();
    if (cancelled_) owned_stream_->Cancelled();  // OnCancel ran before there was a stream
  }

  Router& router_;
  WriteWatch& watch_;
  grpc::GenericCallbackServerContext* const context_;
  grpc::ByteBuffer request_;
  grpc::ByteBuffer response_;
  // Set in OnReadDone, used by later reactions; OnCancel alone may come in between.
  std::shared_ptr<StreamCall> owned_stream_;
  std::atomic<StreamCall*> stream_ = nullptr;
  std::atomic<bool> cancelled_ = false;
};

// Question and answer in turn until the client has no more.
class ReflectionCall final : public grpc::ServerGenericBidiReactor {
 public:
  explicit ReflectionCall(const Reflection& reflection) : reflection_(reflection) {
    StartRead(&request_);
  }
  void OnReadDone(bool ok) override {
    if (!ok) return Finish(grpc::Status::OK);
    const FlatBytes bytes(request_);
    grpc::reflection::v1alpha::ServerReflectionRequest request;
    if (!request.ParseFromArray(bytes.view().data(), static_cast<int>(bytes.view().size()))) {
      return Finish(grpc::Status(grpc::StatusCode::INVALID_ARGUMENT, "not a reflection request"));
    }
    response_ = ToByteBuffer(reflection_.Answer(request));
    StartWrite(&response_);
  }
  void OnWriteDone(bool ok) override {
    if (!ok) return Finish(grpc::Status::CANCELLED);
    StartRead(&request_);
  }
  void OnCancel() override {}
  void OnDone() override { delete this; }

 private:
  const Reflection& reflection_;
  grpc::ByteBuffer request_;
  grpc::ByteBuffer response_;
};

bool IsReflection(const std::string& method) {
  return method == "/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo" ||
         method == "/grpc.reflection.v1.ServerReflection/ServerReflectionInfo";
}

}  // namespace

grpc::ServerGenericBidiReactor* RoutedService::CreateReactor(
    grpc::GenericCallbackServerContext* context) {
  if (reflection_ != nullptr && IsReflection(context->method())) {
    return new ReflectionCall(*reflection_);
  }
  return new RoutedCall(router_, watch_, context);
}

WriteWatch::WriteWatch(absl::Duration limit, const base::Clock& clock)
    : limit_(limit), clock_(clock), thread_([this] { Run(); }) {}

WriteWatch::~WriteWatch() {
  {
    absl::MutexLock lock(&mutex_);
    stop_ = true;
  }
  thread_.join();
}

void WriteWatch::Add(std::shared_ptr<StreamCall> call) {
  absl::MutexLock lock(&mutex_);
  calls_.insert(std::move(call));
}

void WriteWatch::Remove(const std::shared_ptr<StreamCall>& call) {
  absl::MutexLock lock(&mutex_);
  calls_.erase(call);
}

void WriteWatch::Run() {
  const absl::Duration pause = std::clamp(limit_ / 4, absl::Milliseconds(10), absl::Seconds(1));
  while (true) {
    std::vector<std::shared_ptr<StreamCall>> calls;
    {
      absl::MutexLock lock(&mutex_);
      mutex_.AwaitWithTimeout(absl::Condition(&stop_), pause);
      if (stop_) return;
      calls.assign(calls_.begin(), calls_.end());
    }
    const absl::Time now = clock_.Now();
    for (const auto& call : calls) call->CutIfStuck(now, limit_);
  }
}

}  // namespace huying::rpc
