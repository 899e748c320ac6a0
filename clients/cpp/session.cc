// SPDX-License-Identifier: Apache-2.0
#include "clients/cpp/session.h"

#include <algorithm>
#include <limits>
#include <random>
#include <utility>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "google/protobuf/descriptor.h"
#include "huying/common/v1/policy.pb.h"
#include "services/platform/base/strings.h"
#include "services/platform/rpc/retry.h"

namespace huying::client {
namespace {

constexpr size_t kRequestIdBytes = 16;
constexpr absl::Duration kRetryWaitMax = absl::Seconds(1);

common::v1::Idempotency IdempotencyOf(std::string_view method) {
  std::string name(method);
  std::replace(name.begin(), name.end(), '/', '.');
  const auto* descriptor =
      google::protobuf::DescriptorPool::generated_pool()->FindMethodByName(name);
  if (descriptor == nullptr) return common::v1::IDEMPOTENCY_UNSPECIFIED;
  return descriptor->options().GetExtension(common::v1::policy).idempotency();
}

}  // namespace

Connection::Connection(ConnectionOptions options)
    : options_(std::move(options)),
      clock_(options_.machine_clock != nullptr ? options_.machine_clock : &system_clock_) {}

absl::StatusOr<std::unique_ptr<Connection>> Connection::Open(ConnectionOptions options) {
  std::unique_ptr<Connection> connection(new Connection(std::move(options)));
  ASSIGN_OR_RETURN(connection->channel_, connection->OpenChannel(connection->options_.server));
  for (const auto& [service, server] : connection->options_.elsewhere) {
    ASSIGN_OR_RETURN(connection->elsewhere_[absl::StrCat("huying.", service, ".v1")],
                     connection->OpenChannel(server));
  }
  return connection;
}

absl::StatusOr<std::unique_ptr<rpc::Channel>> Connection::OpenChannel(const std::string& server) {
  rpc::ChannelOptions channel;
  channel.target = server;
  channel.tls = options_.tls || !options_.ca_file.empty();
  channel.root_certificate_file = options_.ca_file;
  channel.machine_clock = clock_;
  return rpc::Channel::Open(std::move(channel));
}

rpc::Channel& Connection::ChannelFor(std::string_view method) {
  // "huying.alert.v1.AlertService/IssueNotice" → "huying.alert.v1"
  const std::string_view service = method.substr(0, method.find('/'));
  const auto found = elsewhere_.find(std::string(service.substr(0, service.rfind('.'))));
  return found == elsewhere_.end() ? *channel_ : *found->second;
}

absl::Status Connection::Call(std::string_view method, std::string_view token,
                              const google::protobuf::Message& request,
                              google::protobuf::Message* response, absl::Duration limit) {
  const absl::Time deadline =
      clock_->Now() + (limit > absl::ZeroDuration() ? limit : options_.call_limit);
  // As often as the time allows: a server that is started anew is back in seconds. To issue a token twice
  // does no harm.
  rpc::RetryOptions retry;
  retry.attempts_max = std::numeric_limits<int>::max();
  retry.wait_max = kRetryWaitMax;
  common::v1::Idempotency idempotency = IdempotencyOf(method);
  if (idempotency == common::v1::TOKEN) idempotency = common::v1::READ;
  return rpc::CallWithRetry(idempotency, retry, *clock_, deadline, [&] {
    return ChannelFor(method).Call(method, token, deadline, request, response);
  });
}

std::unique_ptr<rpc::ClientStream> Connection::OpenStream(std::string_view method,
                                                          std::string_view token,
                                                          const google::protobuf::Message& request,
                                                          rpc::StreamCallbacks callbacks) {
  return ChannelFor(method).OpenStream(method, token, absl::InfiniteFuture(), request,
                                       std::move(callbacks));
}

std::string NewRequestId() {
  std::random_device device;  // the kernel's generator
  std::string bytes;
  while (bytes.size() < kRequestIdBytes) {
    const uint32_t word = device();
    bytes.append(reinterpret_cast<const char*>(&word), sizeof(word));
  }
  return absl::BytesToHexString(bytes);
}

void FillRequestId(google::protobuf::Message& request) {
  const auto* field = request.GetDescriptor()->FindFieldByName("request_id");
  if (field == nullptr || field->cpp_type() != google::protobuf::FieldDescriptor::CPPTYPE_STRING) {
    return;
  }
  const auto* reflection = request.GetReflection();
  if (reflection->GetString(request, field).empty()) {
    reflection->SetString(&request, field, NewRequestId());
  }
}

absl::Status Session::CallInto(std::string_view method, const google::protobuf::Message& request,
                               google::protobuf::Message* response, absl::Duration limit) {
  std::unique_ptr<google::protobuf::Message> filled(request.New());
  filled->CopyFrom(request);
  FillRequestId(*filled);
  absl::Status status = connection_.Call(method, token(), *filled, response, limit);
  const bool expired = !status.ok() && renew_ != nullptr &&
                       base::ProblemOf(status).reason() == base::Reason::TOKEN_EXPIRED;
  if (!expired) return status;
  RETURN_IF_ERROR(RenewNow());
  return connection_.Call(method, token(), *filled, response, limit);
}

std::string Session::token() const {
  absl::MutexLock lock(&mutex_);
  return token_;
}

void Session::set_token(std::string token) {
  absl::MutexLock lock(&mutex_);
  token_ = std::move(token);
}

absl::Status Session::RenewNow() {
  if (renew_ == nullptr) {
    return base::Unauthenticated(base::Reason::SIGN_IN_NEEDED, "需要重新登录", "sign in again");
  }
  ASSIGN_OR_RETURN(std::string fresh, renew_());
  set_token(std::move(fresh));
  return absl::OkStatus();
}

}  // namespace huying::client
