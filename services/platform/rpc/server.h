// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "services/platform/rpc/channel.h"
#include "services/platform/rpc/router.h"

namespace huying::rpc {

struct ServerOptions {
  // "127.0.0.1:7400", "[::1]:0", "unix:/run/huying/rpc.sock"; port 0 takes a free one. None: calls
  // come through InProcessChannel only.
  std::vector<std::string> addresses;
  // PEM files. Without them only addresses of this machine are accepted.
  std::string certificate_file;
  std::string key_file;
  std::string client_ca_file;  // when set, clients must show a certificate signed by it
  bool reflection = true;
  absl::Duration write_limit = absl::Seconds(20);  // one event of a stream; then the stream is cut
  absl::Duration keepalive_time = absl::Seconds(20);
  absl::Duration keepalive_limit = absl::Seconds(10);
};

// Carries calls from gRPC to a router: unary and server-streaming RPCs by name, health per service,
// and server reflection.
//
//   ASSIGN_OR_RETURN(auto server, rpc::Server::Start(router, {.addresses = {"127.0.0.1:0"}}));
//   spdlog::info("listening on port {}", server->port());
//   server->Stop(absl::Seconds(5));                  // before the ledgers and the router
//
// Thread-safe. The router must outlive it; the destructor stops with a short drain.
class Server {
 public:
  // Refuses to start when the router is not complete, an address is taken, or one beyond this
  // machine is asked for without a certificate.
  static absl::StatusOr<std::unique_ptr<Server>> Start(Router& router, ServerOptions options);
  ~Server();

  // Of the first TCP address; 0 when there is none.
  int port() const;
  // One per address, 0 for unix sockets.
  std::vector<int> ports() const;
  // A channel without a socket, for tests and tools in the same process.
  std::unique_ptr<Channel> InProcessChannel(ChannelOptions options = {});

  // What grpc.health.v1.Health says of a service; all serve once started. "" is the whole server.
  void SetServing(std::string_view service, bool serving);
  // Health says NOT_SERVING, new calls and open streams answer UNAVAILABLE / SHUTTING_DOWN, calls
  // in flight have until `drain`; then they are cancelled. Called twice, does nothing.
  void Stop(absl::Duration drain);

 private:
  struct Parts;
  explicit Server(std::unique_ptr<Parts> parts);
  std::unique_ptr<Parts> parts_;
};

// "127.0.0.1:…", "localhost:…", "[::1]:…", "unix:…": reachable from this machine only.
bool IsLocalAddress(std::string_view address);

}  // namespace huying::rpc
