// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "clients/cpp/session.h"
#include "google/protobuf/message.h"
#include "huying/common/v1/common.pb.h"
#include "services/platform/base/status.h"
#include "services/platform/rpc/channel.h"

// A signed-in post, calling real servers.
//
//   Client& duty = system.As("posts/district-duty");
//   auto receipt = duty.Call<Receipt>("alert.IssueNotice", request);    // as often as the policy allows
//   auto status = duty.Once("alert.IssueNotice", bad_request).status(); // one try, as it comes
namespace huying::testing {

inline constexpr absl::Duration kCallLimit = absl::Seconds(20);

// "alert.IssueNotice" -> "huying.alert.v1.AlertService/IssueNotice".
std::string FullMethod(std::string_view method);

// Where each service answers.
struct Routes {
  std::map<std::string, std::string> address_of;                  // service -> address; "" = others
  std::map<std::string, std::unique_ptr<rpc::Channel>> channels;  // by address
  std::unique_ptr<client::Connection> connection;                 // to all of them

  const std::string& AddressOf(std::string_view service) const;
  rpc::Channel& ChannelFor(std::string_view method) const;
};

// Thread-safe after its making. The routes must outlive it.
class Client {
 public:
  Client(Routes& routes, std::string token, common::v1::Actor actor)
      : routes_(routes), session_(*routes.connection, std::move(token)), actor_(std::move(actor)) {}

  template <typename Response = common::v1::Receipt>
  absl::StatusOr<Response> Call(std::string_view method, const google::protobuf::Message& request,
                                absl::Duration limit = kCallLimit) {
    return session_.template Call<Response>(FullMethod(method), request, limit);
  }
  // No retry, no request id that was not given.
  template <typename Response = common::v1::Receipt>
  absl::StatusOr<Response> Once(std::string_view method, const google::protobuf::Message& request,
                                absl::Duration limit = kCallLimit) {
    Response response;
    RETURN_IF_ERROR(
        channel(method).Call(FullMethod(method), token(), absl::Now() + limit, request, &response));
    return response;
  }
  rpc::Channel& channel(std::string_view method) const { return routes_.ChannelFor(method); }
  client::Session& session() { return session_; }

  std::string token() const { return session_.token(); }
  const common::v1::Actor& actor() const { return actor_; }

 private:
  const Routes& routes_;
  client::Session session_;
  const common::v1::Actor actor_;
};

}  // namespace huying::testing
