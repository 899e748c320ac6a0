// SPDX-License-Identifier: Apache-2.0
#include "services/platform/rpc/channel.h"

#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/grpcpp.h>
#include <grpcpp/support/client_callback.h>

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/synchronization/notification.h"
#include "services/platform/base/status.h"
#include "services/platform/base/strings.h"
#include "services/platform/rpc/channel_parts.h"
#include "services/platform/rpc/grpc_convert.h"
#include "services/platform/rpc/pem_file.h"

namespace huying::rpc {
namespace {

using google::protobuf::Message;

std::string Path(std::string_view method) {
  return method.empty() || method.front() != '/' ? absl::StrCat("/", base::Abs(method))
                                                 : std::string(method);
}

// gRPC aborts the process when a header holds anything but printable ASCII, so this end looks
// first.
absl::Status AddToken(grpc::ClientContext& context, std::string_view token) {
  if (token.empty()) return absl::OkStatus();
  const auto printable = [](char c) { return c > 0x20 && c < 0x7f; };
  if (!std::all_of(token.begin(), token.end(), printable)) {
    return base::Unauthenticated(base::Reason::SIGN_IN_FAILED, "令牌格式不对",
                                 "this is not a token: it has characters that no token has")
        .Next("重新登录", "sign in again");
  }
  context.AddMetadata("authorization", absl::StrCat(kBearer, base::Abs(token)));
  return absl::OkStatus();
}

absl::Status Unreadable(const Message& response) {
  return base::ProblemStatus(
      absl::StatusCode::kInternal, base::Reason::INTERNAL_FAULT, "对方的应答无法解析",
      absl::StrCat("the answer is not a ", response.GetDescriptor()->full_name()));
}

// One stream: reads event by event; frees itself when gRPC is done with it.
class StreamReactor final : public grpc::ClientBidiReactor<grpc::ByteBuffer, grpc::ByteBuffer> {
 public:
  explicit StreamReactor(StreamCallbacks callbacks) : callbacks_(std::move(callbacks)) {}

  void Start(grpc::GenericStub& stub, const std::string& method, const Message& request) {
    request_ = ToByteBuffer(request);
    stub.PrepareBidiStreamingCall(&context, method, grpc::StubOptions(), this);
    StartWriteLast(&request_, grpc::WriteOptions());
    StartRead(&event_);
    StartCall();
  }
  void OnReadDone(bool ok) override {
    if (!ok) return;  // OnDone has the status
    {
      const FlatBytes bytes(event_);
      callbacks_.on_event(bytes.view());
    }
    event_.Clear();
    StartRead(&event_);
  }
  void OnDone(const grpc::Status& status) override {
    callbacks_.on_end(FromGrpc(status));
    ended_.Notify();
  }
  // Ends a stream that was never started.
  void Refuse(const absl::Status& status) {
    callbacks_.on_end(status);
    ended_.Notify();
  }
  void WaitForEnd() { ended_.WaitForNotification(); }

  grpc::ClientContext context;

 private:
  StreamCallbacks callbacks_;
  grpc::ByteBuffer request_;
  grpc::ByteBuffer event_;
  absl::Notification ended_;
};

class GrpcClientStream final : public ClientStream {
 public:
  explicit GrpcClientStream(StreamCallbacks callbacks) : reactor(std::move(callbacks)) {}
  ~GrpcClientStream() override {
    Cancel();
    reactor.WaitForEnd();
  }
  void Cancel() override { reactor.context.TryCancel(); }
  StreamReactor reactor;
};

struct AsyncCall {
  grpc::ClientContext context;
  grpc::ByteBuffer request;
  grpc::ByteBuffer response;
  Channel::Answered done;
};

absl::Duration TimeLeft(const ChannelOptions& options, absl::Time deadline) {
  if (deadline == absl::InfiniteFuture()) return options.default_limit;
  return deadline - options.machine_clock->Now();
}

absl::StatusOr<std::shared_ptr<grpc::ChannelCredentials>> CredentialsOf(
    const ChannelOptions& options) {
  if (!options.tls && options.root_certificate_file.empty()) {
    return grpc::InsecureChannelCredentials();
  }
  grpc::SslCredentialsOptions ssl;
  if (!options.root_certificate_file.empty()) {
    ASSIGN_OR_RETURN(ssl.pem_root_certs, ReadPemFile(options.root_certificate_file));
  }
  if (!options.certificate_file.empty()) {
    ASSIGN_OR_RETURN(ssl.pem_cert_chain, ReadPemFile(options.certificate_file));
    ASSIGN_OR_RETURN(ssl.pem_private_key, ReadPemFile(options.key_file));
  }
  return grpc::SslCredentials(ssl);
}

}  // namespace

grpc::ChannelArguments ChannelArgumentsOf(const ChannelOptions& options) {
  grpc::ChannelArguments arguments;
  arguments.SetMaxReceiveMessageSize(static_cast<int>(options.response_bytes_max));
  arguments.SetInt(GRPC_ARG_MAX_METADATA_SIZE, kMetadataMaxBytes);
  arguments.SetInt(GRPC_ARG_KEEPALIVE_TIME_MS,
                   static_cast<int>(absl::ToInt64Milliseconds(options.keepalive_time)));
  arguments.SetInt(GRPC_ARG_KEEPALIVE_TIMEOUT_MS,
                   static_cast<int>(absl::ToInt64Milliseconds(options.keepalive_limit)));
  // A server that restarts is back within a second or two; do not wait gRPC's minutes for it.
  arguments.SetInt(GRPC_ARG_MAX_RECONNECT_BACKOFF_MS, 2000);
  arguments.SetInt(GRPC_ARG_INITIAL_RECONNECT_BACKOFF_MS, 200);
  arguments.SetInt(GRPC_ARG_MIN_RECONNECT_BACKOFF_MS, 1000);
  // Never share a connection with another channel of the same process: one per Channel object.
  arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
  if (!options.server_name.empty()) arguments.SetSslTargetNameOverride(options.server_name);
  return arguments;
}

absl::StatusOr<std::unique_ptr<Channel>> Channel::Open(ChannelOptions options) {
  ASSIGN_OR_RETURN(auto credentials, CredentialsOf(options));
  auto connection =
      grpc::CreateCustomChannel(options.target, credentials, ChannelArgumentsOf(options));
  return std::make_unique<Channel>(
      std::make_unique<Parts>(std::move(connection), std::move(options)));
}

Channel::Channel(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}
Channel::~Channel() = default;

absl::Status Channel::Call(std::string_view method, std::string_view token, absl::Time deadline,
                           const Message& request, Message* response) {
  grpc::ClientContext context;
  RETURN_IF_ERROR(AddToken(context, token));
  context.set_deadline(ToGrpcDeadline(TimeLeft(parts_->options, deadline)));
  // The caller's own thread polls: no hand-over to a thread of the library.
  grpc::CompletionQueue queue;
  auto call = parts_->stub.PrepareUnaryCall(&context, Path(method), ToByteBuffer(request), &queue);
  call->StartCall();
  grpc::ByteBuffer answer;
  grpc::Status status;
  call->Finish(&answer, &status, &answer);
  void* tag = nullptr;
  bool ok = false;
  queue.Next(&tag, &ok);
  queue.Shutdown();
  if (!status.ok()) return FromGrpc(status);
  const FlatBytes bytes(answer);
  if (!response->ParseFromArray(bytes.view().data(), static_cast<int>(bytes.view().size()))) {
    return Unreadable(*response);
  }
  return absl::OkStatus();
}

void Channel::CallAsync(std::string_view method, std::string_view token, absl::Time deadline,
                        const Message& request, Answered done) {
  auto call = std::make_shared<AsyncCall>();
  const absl::Status usable = AddToken(call->context, token);
  if (!usable.ok()) return done(usable);
  call->context.set_deadline(ToGrpcDeadline(TimeLeft(parts_->options, deadline)));
  call->request = ToByteBuffer(request);
  call->done = std::move(done);
  AsyncCall* raw = call.get();
  parts_->stub.UnaryCall(&raw->context, Path(method), grpc::StubOptions(), &raw->request,
                         &raw->response, [call](const grpc::Status& status) {
                           if (!status.ok()) return call->done(FromGrpc(status));
                           call->done(std::string(FlatBytes(call->response).view()));
                         });
}

std::unique_ptr<ClientStream> Channel::OpenStream(std::string_view method, std::string_view token,
                                                  absl::Time deadline, const Message& request,
                                                  StreamCallbacks callbacks) {
  auto stream = std::make_unique<GrpcClientStream>(std::move(callbacks));
  const absl::Status usable = AddToken(stream->reactor.context, token);
  if (!usable.ok()) {
    stream->reactor.Refuse(usable);
    return stream;
  }
  if (deadline != absl::InfiniteFuture()) {
    stream->reactor.context.set_deadline(
        ToGrpcDeadline(deadline - parts_->options.machine_clock->Now()));
  }
  stream->reactor.Start(parts_->stub, Path(method), request);
  return stream;
}

bool Channel::WaitUntilConnected(absl::Duration limit) {
  return parts_->channel->WaitForConnected(ToGrpcDeadline(limit));
}

}  // namespace huying::rpc
