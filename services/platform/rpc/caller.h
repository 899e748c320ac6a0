// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "google/protobuf/message.h"
#include "services/platform/base/status.h"
#include "services/platform/context/call_context.h"

// How one service calls a lower one. The same code whether that service lives in this process (the
// router runs the call on this thread) or in another (a channel carries it): refusals, deadlines and
// acting-for are the same, one parity test proves it.
//
//   auto receipt = rpc::Call<Receipt>(caller, context, "huying.alert.v1.AlertService/IssueNotice", request);
namespace huying::rpc {

// Thread-safe. Blocks the calling thread until the answer or `context.deadline`; never call up the
// order of services, and never from the ledger's writer.
class Caller {
 public:
  virtual ~Caller() = default;
  // The callee sees `context.actor`, `.principal`, `.realm`, `.permissions` and `.deadline`.
  // A mutation's request id is the request's own `request_id` field.
  virtual absl::Status Call(const context::CallContext& context, std::string_view method,
                            const google::protobuf::Message& request,
                            google::protobuf::Message* response) = 0;
};

template <typename Response>
absl::StatusOr<Response> Call(Caller& caller, const context::CallContext& context,
                              std::string_view method, const google::protobuf::Message& request) {
  Response response;
  RETURN_IF_ERROR(caller.Call(context, method, request, &response));
  return response;
}

}  // namespace huying::rpc
