// SPDX-License-Identifier: Apache-2.0
#include "services/platform/rpc/server.h"

#include <grpcpp/grpcpp.h>
#include <grpcpp/health_check_service_interface.h>

#include <algorithm>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "services/platform/base/status.h"
#include "services/platform/base/strings.h"
#include "services/platform/rpc/channel_parts.h"
#include "services/platform/rpc/grpc_convert.h"
#include "services/platform/rpc/pem_file.h"
#include "services/platform/rpc/server_calls.h"

namespace huying::rpc {
namespace {

constexpr absl::Duration kFlushMax = absl::Seconds(1);

int Milliseconds(absl::Duration duration) {
  return static_cast<int>(absl::ToInt64Milliseconds(duration));
}

absl::StatusOr<std::shared_ptr<grpc::ServerCredentials>> CredentialsOf(
    const ServerOptions& options) {
  if (options.certificate_file.empty()) return grpc::InsecureServerCredentials();
  grpc::SslServerCredentialsOptions ssl;
  grpc::SslServerCredentialsOptions::PemKeyCertPair pair;
  ASSIGN_OR_RETURN(pair.cert_chain, ReadPemFile(options.certificate_file));
  ASSIGN_OR_RETURN(pair.private_key, ReadPemFile(options.key_file));
  ssl.pem_key_cert_pairs.push_back(std::move(pair));
  if (!options.client_ca_file.empty()) {
    ASSIGN_OR_RETURN(ssl.pem_root_certs, ReadPemFile(options.client_ca_file));
    ssl.client_certificate_request = GRPC_SSL_REQUEST_AND_REQUIRE_CLIENT_CERTIFICATE_AND_VERIFY;
  }
  return grpc::SslServerCredentials(ssl);
}

absl::Status CheckAddress(const ServerOptions& options, const std::string& address) {
  if (!options.certificate_file.empty() || IsLocalAddress(address)) return absl::OkStatus();
  return base::Refused(base::Reason::CONDITION_NOT_MET,
                       absl::StrCat("没有配置证书,不能监听 ", address, ":只能监听本机地址"),
                       absl::StrCat("without a certificate it may not listen on ", address,
                                    ", which other machines can reach"))
      .Rule("platform.no-plain-text-beyond-this-machine")
      .Next("配置证书和密钥,或改用 127.0.0.1、unix: 地址",
            "configure a certificate and key, or listen on 127.0.0.1 or a unix: address");
}

void SetArguments(grpc::ServerBuilder& builder, const ServerOptions& options,
                  const RouterLimits& limits) {
  // Above our own limit, so that ours answers, in words; gRPC cuts off what is far beyond.
  const size_t receive_max = 2 * std::max(limits.bulk_request_bytes_max, limits.request_bytes_max);
  builder.SetMaxReceiveMessageSize(static_cast<int>(receive_max));
  builder.AddChannelArgument(GRPC_ARG_MAX_METADATA_SIZE, kMetadataMaxBytes);
  builder.AddChannelArgument(GRPC_ARG_ALLOW_REUSEPORT, 0);  // a taken port is an error
  builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_TIME_MS, Milliseconds(options.keepalive_time));
  builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_TIMEOUT_MS, Milliseconds(options.keepalive_limit));
  builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_PERMIT_WITHOUT_CALLS, 1);
  builder.AddChannelArgument(GRPC_ARG_HTTP2_MIN_RECV_PING_INTERVAL_WITHOUT_DATA_MS, 5000);
}

}  // namespace

struct Server::Parts {
  Parts(Router& r, const ServerOptions& options)
      : router(r),
        reflection(r.methods().Services()),
        service(r, options.reflection ? &reflection : nullptr, options.write_limit) {}
  Router& router;
  Reflection reflection;
  RoutedService service;
  std::vector<int> ports;
  std::unique_ptr<grpc::Server> server;  // destroyed first: its calls use the service
  bool stopped = false;
};

bool IsLocalAddress(std::string_view address) {
  const absl::string_view a = base::Abs(address);
  return absl::StartsWith(a, "unix:") || absl::StartsWith(a, "unix-abstract:") ||
         absl::StartsWith(a, "127.") || absl::StartsWith(a, "localhost:") ||
         absl::StartsWith(a, "[::1]:");
}

absl::StatusOr<std::unique_ptr<Server>> Server::Start(Router& router, ServerOptions options) {
  RETURN_IF_ERROR(router.Check());
  for (const std::string& address : options.addresses) {
    RETURN_IF_ERROR(CheckAddress(options, address));
  }
  ASSIGN_OR_RETURN(auto credentials, CredentialsOf(options));
  auto parts = std::make_unique<Parts>(router, options);
  grpc::EnableDefaultHealthCheckService(true);
  grpc::ServerBuilder builder;
  SetArguments(builder, options, router.options().limits);
  builder.RegisterCallbackGenericService(&parts->service);
  parts->ports.resize(options.addresses.size());
  for (size_t i = 0; i < options.addresses.size(); ++i) {
    builder.AddListeningPort(options.addresses[i], credentials, &parts->ports[i]);
  }
  parts->server = builder.BuildAndStart();
  if (parts->server == nullptr) {
    std::string all;
    for (const std::string& address : options.addresses) {
      absl::StrAppend(&all, all.empty() ? "" : ", ", address);
    }
    return base::Unavailable(base::Reason::CONDITION_NOT_MET,
                             absl::StrCat("不能监听 ", all, ":地址已被占用、不可用,或证书有误"),
                             absl::StrCat("cannot listen on ", all,
                                          ": in use, not of this machine, or a bad certificate"))
        .Next("换一个端口,或停掉占用它的程序", "choose another port, or stop what uses it");
  }
  for (size_t i = 0; i < options.addresses.size(); ++i) {
    if (absl::StartsWith(options.addresses[i], "unix")) parts->ports[i] = 0;
  }
  std::unique_ptr<Server> server(new Server(std::move(parts)));
  for (const std::string& service : router.methods().Services()) server->SetServing(service, true);
  server->SetServing("", true);
  return server;
}

Server::Server(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}
Server::~Server() { Stop(absl::Seconds(1)); }

int Server::port() const {
  for (const int port : parts_->ports) {
    if (port > 0) return port;
  }
  return 0;
}
std::vector<int> Server::ports() const { return parts_->ports; }

std::unique_ptr<Channel> Server::InProcessChannel(ChannelOptions options) {
  auto connection = parts_->server->InProcessChannel(ChannelArgumentsOf(options));
  return std::make_unique<Channel>(
      std::make_unique<Channel::Parts>(std::move(connection), std::move(options)));
}

void Server::SetServing(std::string_view service, bool serving) {
  if (auto* health = parts_->server->GetHealthCheckService()) {
    health->SetServingStatus(std::string(service), serving);
  }
}

void Server::Stop(absl::Duration drain) {
  if (std::exchange(parts_->stopped, true)) return;
  if (auto* health = parts_->server->GetHealthCheckService()) health->SetServingStatus(false);
  parts_->router.Drain();
  parts_->router.WaitIdle(drain);
  // gRPC would wait for idle clients to hang up, for as long as it is given: what is left to be done is to
  // flush the last answers.
  parts_->server->Shutdown(ToGrpcDeadline(std::min(drain, kFlushMax)));
}

}  // namespace huying::rpc
