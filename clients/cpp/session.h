// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "absl/base/thread_annotations.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "google/protobuf/message.h"
#include "services/platform/base/clock.h"
#include "services/platform/base/status.h"
#include "services/platform/rpc/channel.h"

// The thin client library: a channel to a server, sessions with a token on it, retries that the
// method's policy allows.
//
//   ASSIGN_OR_RETURN(auto connection, client::Connection::Open({.server = "127.0.0.1:7400"}));
//   client::Session session(*connection, token);
//   IssueNoticeRequest request = …;                       // request_id is filled in
//   ASSIGN_OR_RETURN(Receipt receipt,
//                    session.Call<Receipt>("huying.alert.v1.AlertService/IssueNotice", request));
namespace huying::client {

struct ConnectionOptions {
  std::string server;  // "127.0.0.1:7400", "unix:/run/huying.sock"
  // Services that run in another process, each with its address: {"alert", "127.0.0.1:7402"}.
  std::map<std::string, std::string> elsewhere;
  std::string ca_file;  // PEM; set = TLS
  bool tls = false;     // with the system's roots
  absl::Duration call_limit = absl::Seconds(30);
  // For tests; null = the machine's. Must outlive the connection.
  const base::Clock* machine_clock = nullptr;
};

// Thread-safe. Outlives its sessions and streams.
class Connection {
 public:
  // Connects in the background: an unreachable server shows at the first call.
  static absl::StatusOr<std::unique_ptr<Connection>> Open(ConnectionOptions options);

  // One call with retries: READ, REQUEST_ID and TOKEN methods are sent again, unchanged, when the server
  // was not reachable (UNAVAILABLE), until `limit`. Zero = the connection's own limit.
  absl::Status Call(std::string_view method, std::string_view token,
                    const google::protobuf::Message& request, google::protobuf::Message* response,
                    absl::Duration limit = absl::ZeroDuration());
  std::unique_ptr<rpc::ClientStream> OpenStream(std::string_view method, std::string_view token,
                                                const google::protobuf::Message& request,
                                                rpc::StreamCallbacks callbacks);
  const base::Clock& clock() const { return *clock_; }
  const std::string& server() const { return options_.server; }

 private:
  explicit Connection(ConnectionOptions options);
  absl::StatusOr<std::unique_ptr<rpc::Channel>> OpenChannel(const std::string& server);
  // Of the service that the method belongs to.
  rpc::Channel& ChannelFor(std::string_view method);

  const ConnectionOptions options_;
  const base::SystemClock system_clock_;
  const base::Clock* clock_;
  std::unique_ptr<rpc::Channel> channel_;
  std::map<std::string, std::unique_ptr<rpc::Channel>> elsewhere_;  // by package, "huying.alert.v1"
};

// 128 random bits in hexadecimal.
std::string NewRequestId();

// Fills `request_id` when the message has such a field and it is empty.
void FillRequestId(google::protobuf::Message& request);

// A token on a connection. When the server says that it has expired, `renew` is asked once for
// another. Thread-safe.
class Session {
 public:
  using Renew = std::function<absl::StatusOr<std::string>()>;

  explicit Session(Connection& connection, std::string token = "", Renew renew = nullptr)
      : connection_(connection), renew_(std::move(renew)), token_(std::move(token)) {}

  // A mutation without request id gets a fresh one, the same for every retry.
  absl::Status CallInto(std::string_view method, const google::protobuf::Message& request,
                        google::protobuf::Message* response,
                        absl::Duration limit = absl::ZeroDuration());
  template <typename Response>
  absl::StatusOr<Response> Call(std::string_view method, const google::protobuf::Message& request,
                                absl::Duration limit = absl::ZeroDuration()) {
    Response response;
    RETURN_IF_ERROR(CallInto(method, request, &response, limit));
    return response;
  }

  Connection& connection() { return connection_; }
  std::string token() const;
  void set_token(std::string token);
  // A fresh token, when there is a way to get one.
  absl::Status RenewNow();

 private:
  Connection& connection_;
  const Renew renew_;
  mutable absl::Mutex mutex_;
  std::string token_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace huying::client
